"""What a reviewer is proposed for each item without a plain date: a date worked out from its words, or a mode.

Every proposal is marked by a doubt, and none where a person has filled in something. Where the words leave it open, the
doubt says what to choose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.exchange.drafts import Doubt, Draft, Item, item_name
from engine.exchange.due_dates import begins, hour_in, names_year, worked_out
from engine.exchange.due_fields import AT_ONCE, between
from engine.exchange.due_terms import Term, term_in, until_in
from engine.exchange.modes import mode_of
from workflows.deadlines import rule_words
from workflows.item_dates import read_rule
from workflows.text import Text, mark, say

# Kinds of deadline that speak for a mode. None: nobody can tell from the words alone.
_MODE_OF_KIND: Mapping[str, tuple[str | None, str]] = {
    "recurring": ("periodic", mark('{item}: "{wording}" comes again and again: proposed mode periodic; review it.')),
    "periodic": (
        "periodic",
        mark('{item}: "{wording}" names no period: proposed mode periodic, at the workflow\'s period; review it.'),
    ),
    "by_document": (
        "linked",
        mark('{item}: "{wording}" leaves the date to another document: proposed mode linked; review it.'),
    ),
    "after_event": (
        "on_event",
        mark('{item}: "{wording}" counts from an event: proposed mode on_event; review it.'),
    ),
    "until_event": (
        None,
        mark('{item}: "{wording}" lasts until a day not known yet: choose a mode, or `due` once the day is known.'),
    ),
    "soft": (None, mark('{item}: "{wording}" names no day: agree on one and give `due`, or choose a mode.')),
}
_FROM_THIS_PAPER = re.compile(
    r"\bnhận(?: được)? (?:văn bản|công văn|công điện|quyết định|thông báo|kế hoạch|chỉ thị)\b"
    r"|\b(?:ký|ban hành|phát hành|có hiệu lực)\b",
    re.IGNORECASE,
)
_FROM_RECEIPT = mark(
    '{item}: "{wording}" counts from this document itself: give `due` once that day is known, or choose mode once.'
)
_TERM = mark('{item}: "{wording}" is read as {due}, which is proposed: confirm or correct `due`.')
_EVENT = mark(
    '{item}: "{wording}" is read as {due}, where the event is "{event}", which is proposed: confirm or correct `due` and'
    " `event`."
)
_AT_ONCE = mark('{item}: "{wording}" means at once, which is proposed: confirm it, give `due`, or choose a mode.')
_NO_DAY = mark('{item}: no day follows from "{wording}": give `due`, or choose a mode.')
_AS_MEANT = mark('{item}: "{wording}" is meant, not set; {day} is proposed: confirm or correct `due`.')
_BY_YEAR = mark('{item}: "{wording}" names no year; {day} is proposed: confirm or correct `due`.')
_BY_CODE = mark(
    '{item}: "{wording}" is read as {day} (Civil Code 2015, art. 146), which is proposed: confirm or correct `due`.'
)
_NO_DATE = mark("{item}: no date: proposed mode {mode}; review it.")
_NO_DATE_BUT = mark('{item}: no date: proposed mode {mode}, from "{words}"; review it.')


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one item, and the sentence that marks it; neither date nor mode where it stays open."""

    says: Text
    due: str | None = None
    mode: str | None = None
    event: str | None = None
    soft: bool = False
    follows: str | None = None


def propose(draft: Draft) -> Draft:
    """The draft with a date or a mode proposed for every item that has neither, each marked by a doubt."""
    items = list(draft.items)
    said: dict[str, Doubt] = {}
    for place, item in enumerate(draft.items):
        if item.due or item.mode:
            continue
        made = proposed(item, draft.issued_year, _not_before(draft))
        event, follows = made.event or item.event, made.follows or item.follows
        soft = made.soft or item.soft
        items[place] = replace(item, due=made.due, mode=made.mode, soft=soft, event=event, follows=follows)
        field = f"items[{place + 1}].due"
        said[field] = Doubt("due-proposed" if made.due else "item-undated", item.line, field, made.says)
    doubts = [said.pop(doubt.field, doubt) if doubt.code == "item-undated" else doubt for doubt in draft.doubts]
    return replace(draft, items=tuple(items), doubts=(*doubts, *said.values()))


def proposed(item: Item, year: int | None, not_before: date | None) -> Proposal:
    """The proposal for an item, by the kind of its deadline; `year` is meant where its words name none."""
    name, wording = item_name(item.number), item.due_wording or ""
    if item.due_kind == "none" or not wording:
        found = mode_of(item.text)
        template = _NO_DATE_BUT if found.words else _NO_DATE
        return Proposal(say(template, item=name, mode=found.mode, words=found.words), mode=found.mode)
    on = worked_out(wording, year, not_before) if item.due_kind in _WITH_A_DAY else None
    if on is not None:
        hour = hour_in(wording)
        why = _why(item.due_kind, wording)
        says = say(why, item=name, wording=wording, day=f"{on:%d/%m/%Y}")
        first = begins(wording, on, not_before) if item.due_kind == "interval" else None
        due = between(first, on) if first else f"{on.isoformat()}T{hour}" if hour else on.isoformat()
        return Proposal(says, due=due, soft=item.due_kind == "soft")
    term = _term(item)
    if term:
        template = _AT_ONCE if term.due == AT_ONCE else _EVENT if term.event else _TERM
        says = say(template, item=name, wording=wording, due=_said(term.due), event=term.event)
        return Proposal(says, due=term.due, event=term.event)
    mode, template = _MODE_OF_KIND.get(item.due_kind, (None, _NO_DAY))
    if item.due_kind == "after_event" and _FROM_THIS_PAPER.search(wording):
        mode, template = None, _FROM_RECEIPT
    found = mode_of(item.text)
    if mode is None and found.mode == "on_event":
        mode, template = "on_event", _NO_DATE_BUT
    says = say(template, item=name, wording=wording, mode=mode, words=found.words)
    follows = item.cites[0] if item.due_kind == "by_document" and mode == "linked" and len(item.cites) == 1 else None
    return Proposal(says, mode=mode, soft=item.due_kind == "soft", follows=follows)


def _term(item: Item) -> Term | None:
    """A deadline that is no day: a term, an event, at once. What happens again and again is none: each time has its own."""
    wording = item.due_wording or ""
    if mode_of(item.text).mode == "on_event":
        return None
    match item.due_kind:
        case "after_event":
            return term_in(wording)
        case "until_event":
            return until_in(wording)
        case "at_once":
            return Term(AT_ONCE)
    return None


def _said(due: str) -> Text | str:
    rule = read_rule(due)
    return rule_words(rule) if rule else due


_WITH_A_DAY = ("date", "hour", "month", "interval", "soft")


def _why(kind: str, wording: str) -> str:
    if kind == "soft":
        return _AS_MEANT
    return _BY_YEAR if kind in ("date", "hour", "interval") and not names_year(wording) else _BY_CODE


def _not_before(draft: Draft) -> date | None:
    """The earliest day the document can be of."""
    if draft.issued_on or not (draft.issued_year and draft.issued_month):
        return draft.issued_on
    return date(draft.issued_year, draft.issued_month, 1)
