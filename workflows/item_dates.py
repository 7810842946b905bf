"""The forms in which an item itself says by when (words.DUE_FORMS): what belongs to each, and the date that it gives."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from workflows import deadlines
from workflows.calendar import Calendar, day_end, last_day
from workflows.commands import ItemDraft
from workflows.deadlines import Due
from workflows.definition import Definition
from workflows.directive import Item
from workflows.errors import Incomplete
from workflows.fields import is_text, show_day
from workflows.grammar import RuleText, TimeRule
from workflows.obligation import Because
from workflows.text import Text, say
from workflows.words import DUE_FORMS, WAITING_FORMS

_RULE: TypeAdapter[TimeRule] = TypeAdapter(RuleText)
_EVENT_MAX = 300  # letters of the words for an event
_OWN_RULE = ("counted", *WAITING_FORMS)
_NEEDS_DUE = ("before", "interval")
_NO_DUE = (*_OWN_RULE, "at_once", "by_reference")


def check(draft: ItemDraft, asked: str) -> None:
    """Raises Incomplete where what an item says of its date does not hold together."""
    fault = _fault(draft)
    if fault:
        raise Incomplete(asked, fault)


def _fault(draft: ItemDraft) -> Text | None:
    form = draft.due_form
    if form is not None and form not in DUE_FORMS:
        return say("{form} is not a form of date; allowed: {known}", form=repr(form), known=tuple(DUE_FORMS))
    if form in _NEEDS_DUE and not draft.due:
        return say("it is dated as {form}, and gives no day", form=repr(form))
    if form in _NO_DUE and draft.due:
        return say("it is dated as {form}, and gives a day as well; give one of the two", form=repr(form))
    if bool(draft.due_rule) != (form in _OWN_RULE):
        return say("a time such as '5 working days after receipt' goes with the forms {forms}", forms=_OWN_RULE)
    if draft.due_rule:
        return _rule_fault(draft, draft.due_rule)
    if draft.due_event:
        return say("it names the event {event!r}, and counts from none", event=draft.due_event)
    if form == "interval" and not draft.due_from:
        return say("it is an interval without a first day")
    if draft.due_from and draft.due and draft.due_from > last_day(draft.due):
        days = {"first": show_day(draft.due_from), "last": show_day(last_day(draft.due))}
        return say("its interval begins on {first} and ends before, on {last}", **days)
    if form == "by_reference" and not (draft.mode == "linked" and draft.bases):
        return say("a date by reference needs the mode 'linked' and the document that it follows")
    return None


def _rule_fault(draft: ItemDraft, text: str) -> Text | None:
    """What is wrong with the time that an item gives: it does not read, or counts from what it cannot."""
    rule = read_rule(text)
    if rule is None:
        return say("{rule!r} is not a time such as '5 working days after receipt'", rule=text)
    if draft.due_form == "counted":
        if rule.event not in ("issue", "receipt") or rule.count <= 0:
            return say("'{rule}': an item counts after issue or receipt, or from an event that it names", rule=text)
        return say("it counts from {event}, and names an event", event=rule.event) if draft.due_event else None
    if rule.event != "event":
        return say("'{rule}' does not count from the event {event!r}", rule=text, event=draft.due_event or "")
    named = (draft.due_event or "").strip()
    if not named or len(named) > _EVENT_MAX or not is_text(named):
        return say("say which event '{rule}' counts from, in at most {most} letters", rule=text, most=_EVENT_MAX)
    return None


@lru_cache(maxsize=1024)
def read_rule(text: str) -> TimeRule | None:
    """A time as the language writes it, or None."""
    try:
        return _RULE.validate_python(text)
    except ValidationError:
        return None


def own_rule(item: Item) -> TimeRule | None:
    """The time that the item itself gives in place of a day, or None."""
    return read_rule(item.due_rule) if item.due_rule and not item.due_at else None


def waits(item: Item) -> bool:
    """Has it no date because the day of its event is not known yet?"""
    return item.due_form in WAITING_FORMS and item.due_at is None and item.event_on is None


def last_instant(definition: Definition, due_at: datetime, form: str | None) -> datetime:
    """When a written day ends: "before day X" on the day before it, where the office leaves X out. It is not moved by a day
    off, since a written date is kept."""
    day = last_day(due_at)
    if form == "before" and definition.deadlines.before_day == "excluded" and due_at == day_end(day):
        return day_end(day - timedelta(days=1))
    return due_at


def written(definition: Definition, item: Item, calendar: Calendar) -> Due:
    """The date that the document gives, with its wording kept; a planned one says that it is, and whether it counts."""
    assert item.due_at is not None  # the caller asks only where there is one
    at, notes = last_instant(definition, item.due_at, item.due_form), list[str]()
    if at != item.due_at:
        notes.append("day_left_out")
    if item.due_form == "soft":
        notes.append("planned" if definition.deadlines.soft_dates == "reminded" else "expected")
    return Due(at, Because("as written", last_day(at), calendar.key, label=item.due_wording, notes=tuple(notes)))


def counted_from(item: Item, rule: TimeRule, start: datetime, calendar: Calendar, *notes: str) -> Due:
    """The date that the item's own time gives from a start; explained in the document's words."""
    due = deadlines.reckon(rule, start, calendar, *notes)
    return Due(due.at, replace(due.because, label=item.due_wording or item.due_event))


def begins_at(item: Item) -> datetime | None:
    """The first moment of an interval, before which nobody is reminded of its end."""
    return day_end(item.due_from - timedelta(days=1)) if item.due_from else None


def same_event(one: Item, event: str) -> bool:
    """Does an item wait for, or count from, the event of these words?"""
    return one.due_form in WAITING_FORMS and _plain(one.due_event or "") == _plain(event)


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
