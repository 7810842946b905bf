"""A dispatch as read: the values a reviewer completes, and the closed table of what a reader may doubt.

Nothing here reads text; `dispatch` fills these in, `draft_yaml` writes them out for review.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Relation = Literal["implements", "continues", "reports_into", "cites"]
RELATIONS: tuple[Relation, ...] = ("implements", "continues", "reports_into", "cites")
Urgency = Literal["khẩn", "thượng khẩn", "hỏa tốc"]
URGENCIES: tuple[Urgency, ...] = ("khẩn", "thượng khẩn", "hỏa tốc")
IssueValue = str | int | list[str] | None


@dataclass(frozen=True, slots=True)
class DoubtKind:
    """One thing a reader may doubt; a blocking one must be settled before the directive is issued."""

    blocking: bool
    means: str


DOUBTS: Mapping[str, DoubtKind] = {
    "number-blank": DoubtKind(True, "no number is written; settled by `number`, or by the whole `symbol`"),
    "notation-missing": DoubtKind(True, "a number without its notation; settled by `notation` or `symbol`"),
    "several-numbers": DoubtKind(False, "the heading carries more than one number; the first was taken"),
    "type-unknown": DoubtKind(True, "neither symbol nor heading names the type; settled by `type`"),
    "type-differs": DoubtKind(False, "the heading names another type than the symbol does; the symbol's was taken"),
    "day-blank": DoubtKind(True, "month and year are written, the day is not; settled by `issued_on`"),
    "date-missing": DoubtKind(True, "no date of its own; settled by `issued_on`"),
    "date-impossible": DoubtKind(True, "the calendar has no such day; settled by `issued_on`"),
    "date-differs": DoubtKind(True, "`issued_on` lies outside the month and year that the paper gives"),
    "subject-missing": DoubtKind(True, "no V/v and no heading under the type; settled by `subject`"),
    "issuer-inferred": DoubtKind(False, "the heading names no issuer; the one given is read from the body"),
    "issuer-missing": DoubtKind(False, "no issuer is named anywhere; `issue.issuer` will say who it is"),
    "heading-reported": DoubtKind(False, "no heading; number and date are from a sentence that speaks about it"),
    "addressees-missing": DoubtKind(False, "a letter without Kính gửi"),
    "no-items": DoubtKind(True, "no point that assigns anything was found; settled by `items`"),
    "items-unnumbered": DoubtKind(False, "no numbered points: paragraphs that demand something were read as items"),
    "item-number-jump": DoubtKind(False, "the numbers of two items in a row leave a gap"),
    "item-undated": DoubtKind(False, "the item gives no plain date; choose `due` or a follow-up `mode`"),
    "several-dates": DoubtKind(False, "the item gives more than one date; the first was taken"),
    "text-after-items": DoubtKind(False, "a paragraph after the last item may assign something of its own"),
    "symbol-suspect": DoubtKind(False, "an abbreviation in a cited symbol looks misspelt"),
    "cited-date-missing": DoubtKind(False, "a cited document has no date, or one the calendar does not have"),
    "cited-date-differs": DoubtKind(False, "one symbol is cited with two dates of one year; the first was taken"),
    "end-mark-missing": DoubtKind(False, "the body does not end with ./. and may be cut"),
    "recipients-missing": DoubtKind(False, "there is no Nơi nhận; the text may be cut"),
    "signer-missing": DoubtKind(False, "no position or no name of a signer; the text may be cut, or not yet signed"),
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
    """Another document that the dispatch names; `relation` is a guess, `line` that of the first mention."""

    symbol: str
    type_word: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    about: str | None = None
    line: int | None = None
    relation: Relation = "cites"


@dataclass(frozen=True, slots=True)
class Item:
    """One point that assigns something. The last five fields are the reviewer's.

    `number` is as written: "2", "Điều 3", "II.1". `due_on` is set only for a plain date; `due_wording` keeps
    the words. `due` is a date or a time, ISO, local. `cites` holds symbols.
    """

    number: str
    text: str
    line: int | None = None
    due_wording: str | None = None
    due_on: date | None = None
    cites: tuple[str, ...] = ()
    sub_points: int = 0
    mode: str | None = None
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the lines that say on whose behalf (TM., KT., TL., … may stack), then position and name."""

    authority: tuple[str, ...] = ()
    position: str | None = None
    name: str | None = None


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
        found.append(standing("number-blank", "number", "The number is blank; give `number`, or the whole `symbol`."))
    elif draft.symbol is None:
        found.append(standing("notation-missing", "notation", "The number has no notation; give the whole `symbol`."))
    if draft.type is None:
        found.append(standing("type-unknown", "type", "The type is not known; give its code, such as CV or TB."))
    found.extend(_standing_about_the_date(draft, standing("date-missing", "issued_on", "Give `issued_on`."), noted))
    if not draft.subject:
        found.append(standing("subject-missing", "subject", "There is no subject; give `subject`."))
    if not draft.items:
        found.append(standing("no-items", "items", "No item assigns anything; give at least one."))
    return found


def _standing_about_the_date(draft: Draft, missing: Doubt, noted: Mapping[str, Doubt]) -> list[Doubt]:
    month, year = draft.issued_month, draft.issued_year
    if draft.issued_on is None:
        if "date-impossible" in noted:
            return [noted["date-impossible"]]
        if month is None or year is None:
            return [missing]
        says = f"The day of {month}/{year} is blank; give `issued_on`."
        return [noted.get("day-blank", Doubt("day-blank", None, "issued_on", says))]
    if month not in (None, draft.issued_on.month) or year not in (None, draft.issued_on.year):
        paper = f"{month or '…'}/{year or '…'}"
        says = f"`issued_on` is {draft.issued_on:%d/%m/%Y}, the paper says {paper}; correct one of them."
        return [Doubt("date-differs", None, "issued_on", says)]
    return []
