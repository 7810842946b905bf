"""What an entry changed, in words: what was there before and what is there after it. Where the fact does not say what was
there before, the entry that set it last does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.language import told
from engine.showing.names import Names
from engine.wording import OUTCOME_WORDS, PART_WORDS, day_words, directive_state_words, moment_words
from workflows import facts as f
from workflows.fields import show_day
from workflows.text import Text, say

# For a kind of fact, the kinds of the entries before it that may say what was there.
SET_BEFORE = {
    "DueSet": ("Assigned", "DueSet"),
    "OfficerNamed": ("Assigned", "OfficerNamed"),
    "CarriedOver": ("Assigned", "CarriedOver"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value: what it is called, and both as people write it; `before` is empty where nothing was there or nobody says."""

    name: str
    before: str
    after: str


def changes(fact: f.Fact, earlier: f.Fact | None, names: Names) -> Iterator[Change]:
    """What a fact changed. Values that are written like an instant or a day are written as people here do."""
    told_of = _CHANGES.get(type(fact))
    for name, before, after in told_of(fact, earlier, names) if told_of else ():
        shown = _shown(before, names), _shown(after, names)
        if shown[0] != shown[1]:
            yield Change(told(name), *shown)


Told = Iterator[tuple[str, Any, Any]]


def _shown(value: Any, names: Names) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return told(day_words(value))
    if isinstance(value, date):
        return show_day(value)
    return names.of(value) if isinstance(value, Text) else str(value)


def _moment(at: datetime | None) -> str | None:
    return told(moment_words(at)) if at else None


def _acted(fact: f.Acted, _: f.Fact | None, names: Names) -> Told:
    yield say("State"), names.state(fact.before), names.state(fact.after)
    yield say("Received"), None, _moment(fact.received_at)
    yield say("Report sent"), None, fact.sent_at
    yield say("Answer due"), None, fact.answer_by
    yield say("Rests from"), None, _moment(fact.rested_at)
    yield say("Goes on from"), None, _moment(fact.resumed_at)
    yield say("Rests until"), None, fact.paused_until
    yield say("Ended as"), None, OUTCOME_WORDS.get(fact.outcome or "", fact.outcome)
    for one in fact.figures:
        yield names.field(one.name), None, str(one.total)


def _moved(fact: f.DirectiveMoved, _: f.Fact | None, names: Names) -> Told:
    yield say("State of the directive"), directive_state_words(fact.before), directive_state_words(fact.after)


def _assigned(fact: f.Assigned, _: f.Fact | None, names: Names) -> Told:
    one = fact.obligation
    yield say("Held by"), None, names.office(one.holder)
    yield say("Part"), None, PART_WORDS.get(one.part, one.part)
    yield say("State"), None, names.state(one.state)
    yield say("Due"), None, one.due_at or one.planned_for
    yield say("To be received by"), None, one.receive_by
    yield say("Officer in charge"), None, one.officer


def _due(fact: f.DueSet, earlier: f.Fact | None, names: Names) -> Told:
    yield say("Due"), _due_of(earlier), fact.due_at


def _due_of(earlier: f.Fact | None) -> datetime | None:
    if isinstance(earlier, f.Assigned):
        return earlier.obligation.due_at or earlier.obligation.planned_for
    return earlier.due_at if isinstance(earlier, f.DueSet) else None


def _officer(fact: f.OfficerNamed, earlier: f.Fact | None, names: Names) -> Told:
    before = earlier.obligation.officer if isinstance(earlier, f.Assigned) else getattr(earlier, "officer", None)
    yield say("Officer in charge"), before, fact.officer


def _carried(fact: f.CarriedOver, earlier: f.Fact | None, names: Names) -> Told:
    before = earlier.obligation.until if isinstance(earlier, f.Assigned) else getattr(earlier, "until", None)
    yield say("Stands until"), before, fact.until


def _event(fact: f.EventDaySet, _: f.Fact | None, names: Names) -> Told:
    yield say("Day of the event"), fact.before, fact.event_on


def _corrected(fact: f.Corrected, _: f.Fact | None, names: Names) -> Told:
    yield names.field(fact.field), names.written(fact.old), names.written(fact.new)


def _amended(fact: f.ItemAmended, _: f.Fact | None, names: Names) -> Told:
    yield say("Due"), None, fact.due_at
    yield say("The date in its own words"), None, fact.due_wording
    yield say("Content"), None, fact.text


def _repointed(fact: f.Repointed, _: f.Fact | None, names: Names) -> Told:
    yield say("Given by directive"), str(fact.before_directive), str(fact.directive)
    yield say("Item"), str(fact.before_item), str(fact.item)


def _acknowledged(fact: f.Acknowledged, _: f.Fact | None, names: Names) -> Told:
    yield say("The next rung waits until"), None, _moment(fact.held_until)


def _granted(fact: f.ExtensionGranted, _: f.Fact | None, names: Names) -> Told:
    yield say("Date granted"), None, fact.until


def _administered(fact: f.Administered, _: f.Fact | None, names: Names) -> Told:
    for name, value in fact.details:
        taken = fact.what == "taken"
        yield names.field(name), names.of(value) if taken else None, None if taken else names.of(value)


_CHANGES: dict[type[Any], Callable[[Any, f.Fact | None, Names], Told]] = {
    f.Acted: _acted, f.DirectiveMoved: _moved, f.Assigned: _assigned, f.DueSet: _due, f.OfficerNamed: _officer,
    f.CarriedOver: _carried, f.EventDaySet: _event, f.Corrected: _corrected, f.ItemAmended: _amended,
    f.Repointed: _repointed, f.Acknowledged: _acknowledged, f.ExtensionGranted: _granted, f.Administered: _administered,
}  # fmt: skip
