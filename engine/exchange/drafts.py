"""A dispatch as read: the values a reviewer completes, and the closed table of what a reader may doubt.

Nothing here reads text; `dispatch` fills these in, `draft_yaml` writes them out for review.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from workflows.document_types import Urgency
from workflows.text import Text, mark, say

Relation = Literal["implements", "continues", "reports_into", "urges", "amends", "replaces", "revokes", "cites"]
RELATIONS: tuple[Relation, ...] = (
    "implements", "continues", "reports_into", "urges", "amends", "replaces", "revokes", "cites",
)  # fmt: skip
IssueValue = str | int | list[str] | None

# How an item words its deadline; every item is of exactly one kind.
DUE_KINDS: Mapping[str, str] = {
    "date": mark("before or on a date: trước ngày 20/8/2023"),
    "hour": mark("before an hour of a date: trước 16 giờ ngày 20/8/2023"),
    "month": mark("within a month, quarter or year, or at its middle or end: trong tháng 9, cuối quý III"),
    "interval": mark("an interval, of which the end counts: từ ngày 10/5 đến hết ngày 14/5"),
    "after_event": mark("so many (working) days after something: trong 05 ngày làm việc kể từ ngày nhận được"),
    "until_event": mark("until something: cho đến khi kết thúc mùa mưa"),
    "recurring": mark("every month, quarter, half-year or year: trước ngày 25 hằng tháng"),
    "periodic": mark("again and again, with no period named: báo cáo định kỳ"),
    "by_document": mark("as another document says: theo thời hạn tại Kế hoạch số …"),
    "soft": mark("meant, not set: dự kiến cuối tháng 7"),
    "at_once": mark("at once: ngay, hỏa tốc"),
    "none": mark("it gives none"),
}


@dataclass(frozen=True, slots=True)
class DoubtKind:
    """One thing a reader may doubt; a blocking one must be settled before the directive is issued."""

    blocking: bool
    means: str


DOUBTS: Mapping[str, DoubtKind] = {
    "number-blank": DoubtKind(True, mark("no number is written; settled by `number`, or by the whole `symbol`")),
    "notation-missing": DoubtKind(True, mark("a number without its notation; settled by `notation` or `symbol`")),
    "several-numbers": DoubtKind(False, mark("the heading carries more than one number; the first was taken")),
    "type-unknown": DoubtKind(True, mark("neither symbol nor heading names the type; settled by `type`")),
    "type-differs": DoubtKind(
        False, mark("the heading names another type than the symbol does; the symbol's was taken")
    ),
    "day-blank": DoubtKind(True, mark("month and year are written, the day is not; settled by `issued_on`")),
    "date-missing": DoubtKind(True, mark("no date of its own; settled by `issued_on`")),
    "date-impossible": DoubtKind(True, mark("the calendar has no such day; settled by `issued_on`")),
    "date-differs": DoubtKind(True, mark("`issued_on` lies outside the month and year that the paper gives")),
    "subject-missing": DoubtKind(True, mark("no V/v and no heading under the type; settled by `subject`")),
    "issuer-inferred": DoubtKind(False, mark("the heading names no issuer; the one given is read from the body")),
    "issuer-missing": DoubtKind(False, mark("no issuer is named anywhere; `issue.issuer` will say who it is")),
    "heading-reported": DoubtKind(False, mark("no heading; number and date are from a sentence that speaks about it")),
    "addressees-missing": DoubtKind(False, mark("a letter without Kính gửi")),
    "no-items": DoubtKind(True, mark("no point that assigns anything was found; settled by `items`")),
    "items-unnumbered": DoubtKind(
        False, mark("no numbered points: paragraphs that demand something were read as items")
    ),
    "item-number-jump": DoubtKind(False, mark("the numbers of two items in a row leave a gap")),
    "item-undated": DoubtKind(False, mark("the item gives no plain date; choose `due` or a follow-up `mode`")),
    "due-proposed": DoubtKind(False, mark("`due` was worked out from words that are no plain date; confirm it")),
    "several-dates": DoubtKind(False, mark("the item gives more than one date; the first was taken")),
    "text-after-items": DoubtKind(False, mark("a paragraph after the last item may assign something of its own")),
    "symbol-suspect": DoubtKind(False, mark("an abbreviation in a cited symbol looks misspelt")),
    "cited-date-missing": DoubtKind(False, mark("a cited document has no date, or one the calendar does not have")),
    "cited-date-differs": DoubtKind(False, mark("one symbol is cited with two dates of one year; the first was taken")),
    "end-mark-missing": DoubtKind(False, mark("the body does not end with ./. and may be cut")),
    "recipients-missing": DoubtKind(False, mark("there is no Nơi nhận; the text may be cut")),
    "signer-missing": DoubtKind(
        False, mark("no position or no name of a signer; the text may be cut, or not yet signed")
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the reader is not sure of, in a sentence for the reviewer.

    `code` is one of `DOUBTS`; `line` that of the original, from 1, if there is one to show; `field` the field
    of the draft it bears on, `items[2].due`, counted from 1.
    """

    code: str
    line: int | None
    field: str
    says: str

    @property
    def blocking(self) -> bool:
        return DOUBTS[self.code].blocking


@dataclass(frozen=True, slots=True)
class Citation:
    """Another document that the dispatch names; `relation` is a guess, `line` that of the first mention.

    `cascade` and `obligation` are the reviewer's: the obligation under that document which this one bears on.
    """

    symbol: str
    type_word: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    about: str | None = None
    line: int | None = None
    relation: Relation = "cites"
    cascade: str | None = None
    obligation: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One point that assigns something. The fields from `mode` on are the reviewer's.

    `number` is as written: "2", "Điều 3", "II.1". `due_on` is set only for a plain date; `due_wording` keeps the
    words, `due_kind` says what they are, one of `DUE_KINDS`. `due` is a deadline as `due_fields` spells it, `event`
    the event that it counts from, in words; `soft` says that the day is only planned; `follows` is the document whose
    dates it goes by. `cites` holds symbols. The `…_named` fields keep who is named, as written; `lead`, `support`,
    `info`, `controller` and `recipient` are offices of the directory, `parent` the number of the obligation it comes
    under. `targets` are the figures that it asks for, by the name of the number.
    """

    number: str
    text: str
    line: int | None = None
    due_wording: str | None = None
    due_on: date | None = None
    cites: tuple[str, ...] = ()
    sub_points: int = 0
    due_kind: str = "none"
    lead_named: tuple[str, ...] = ()
    support_named: tuple[str, ...] = ()
    info_named: tuple[str, ...] = ()
    recipient_named: str | None = None
    mode: str | None = None
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    due: str | None = None
    officer: str | None = None
    controller: str | None = None
    recipient: str | None = None
    parent: int | None = None
    event: str | None = None
    soft: bool = False
    follows: str | None = None
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the lines that say on whose behalf (TM., KT., TL., … may stack), then position and name."""

    authority: tuple[str, ...] = ()
    position: str | None = None
    name: str | None = None


def item_name(number: str) -> str | Text:
    """How a sentence begins that is about an item: "Item 2", "Điều 3"."""
    return number if number.startswith("Điều") else say("Item {number}", number=number)


def blank_issue() -> dict[str, IssueValue]:
    """The section a reviewer fills in for issuing: office ids, and the workflow."""
    return {"workflow": None, "issuer": None, "under": None, "to": []}


@dataclass(frozen=True, slots=True)
class Draft:
    """A dispatch as far as it could be read. `symbol` is None while the number is blank.

    `number` is an int unless written with a leading zero or a letter ("05", "61a"); `issued_month` and
    `issued_year` are what the paper gives, also when the day is blank.
    """

    type: str | None = None
    number: int | str | None = None
    notation: str | None = None
    symbol: str | None = None
    issuer: str | None = None
    issuer_inferred: bool = False
    place: str | None = None
    issued_on: date | None = None
    issued_month: int | None = None
    issued_year: int | None = None
    subject: str | None = None
    urgency: Urgency | None = None
    addressees: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    items: tuple[Item, ...] = ()
    recipients: tuple[str, ...] = ()
    archived: str | None = None
    signer: Signature | None = None
    issue: Mapping[str, IssueValue] = field(default_factory=blank_issue)
    doubts: tuple[Doubt, ...] = ()


def standing_doubts(draft: Draft) -> list[Doubt]:
    """The blocking doubts that the draft's fields leave open now, whatever its list of doubts says.

    A reviewer settles one by filling in the field, never by deleting the line. None left: it may be issued.
    """
    noted = {doubt.code: doubt for doubt in draft.doubts}

    def standing(code: str, field_name: str, says: str) -> Doubt:
        known = noted.get(code)
        return Doubt(code, known.line if known else None, field_name, known.says if known else says)

    found = []
    if draft.symbol is None and draft.number is None:
        found.append(
            standing("number-blank", "number", say("The number is blank; give `number`, or the whole `symbol`."))
        )
    elif draft.symbol is None:
        found.append(
            standing("notation-missing", "notation", say("The number has no notation; give the whole `symbol`."))
        )
    if draft.type is None:
        found.append(standing("type-unknown", "type", say("The type is not known; give its code, such as CV or TB.")))
    found.extend(
        _standing_about_the_date(draft, standing("date-missing", "issued_on", say("Give `issued_on`.")), noted)
    )
    if not draft.subject:
        found.append(standing("subject-missing", "subject", say("There is no subject; give `subject`.")))
    if not draft.items:
        found.append(standing("no-items", "items", say("No item assigns anything; give at least one.")))
    return found


def _standing_about_the_date(draft: Draft, missing: Doubt, noted: Mapping[str, Doubt]) -> list[Doubt]:
    month, year = draft.issued_month, draft.issued_year
    if draft.issued_on is None:
        if "date-impossible" in noted:
            return [noted["date-impossible"]]
        if month is None or year is None:
            return [missing]
        says = say("The day of {month}/{year} is blank; give `issued_on`.", month=month, year=year)
        return [noted.get("day-blank", Doubt("day-blank", None, "issued_on", says))]
    if month not in (None, draft.issued_on.month) or year not in (None, draft.issued_on.year):
        says = say(
            "`issued_on` is {given}, the paper says {paper}; correct one of them.",
            given=f"{draft.issued_on:%d/%m/%Y}",
            paper=f"{month or '…'}/{year or '…'}",
        )
        return [Doubt("date-differs", None, "issued_on", says)]
    return []
