"""The law of an event whose day is not known when work is given: its day is entered, and asked for until it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from workflows import dating, deadlines, ending, item_dates, parties
from workflows.calendar import day_end, day_of
from workflows.directive import Item
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import DueSet, EventAsked, EventDaySet, Fact
from workflows.fields import parse_day, show_day
from workflows.grammar import TimeRule
from workflows.ladder import Clock, asks_at, time_asked
from workflows.obligation import Obligation
from workflows.step import Step
from workflows.text import say
from workflows.words import WAITING_FORMS
from workflows.world import World

GIVERS = ("giver.leader", "giver.clerk")
KNOWING = ("holder.clerk", "holder.leader", *GIVERS)  # whoever learns of it first enters it; only the giver changes it


def counts_from_event(world: World, obligation: Obligation) -> bool:
    """Could the day of an event be entered on it, or changed?"""
    one = world.item(obligation.directive, obligation.item)
    return obligation.open and one.due_form in WAITING_FORMS and one.due_at is None


@dataclass(slots=True)
class _Spread:
    """One event's day on its way through a cascade: the dates set so far, since those below are held to them."""

    number: int
    event: str
    on: date
    start: datetime
    reason: str | None
    giver_hears: bool = False
    moved: dict[int, datetime] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)


def set_event_day(world: World, step: Step) -> Iterator[Fact]:
    """The day is entered for everybody who has the item, and for what below it waits for the same event in the same words.
    Done again with a reason it corrects the day. Raises Unmet, Incomplete or NotYours."""
    one, given = step.obligation, step.command.fields
    item = world.item(one.directive, one.item)
    if not counts_from_event(world, one):
        raise Unmet(step.asked, say("its date does not count from an event whose day is not known"))
    if item.event_on and not step.party.startswith("giver."):
        because = say("its day is known, {day}; only the giver changes it", day=show_day(item.event_on))
        raise NotYours(step.asked, because)
    on, issued_on = parse_day(given["event_on"]), world.directive(one.directive).issued_on
    if on == item.event_on:
        raise Unmet(step.asked, say("its day is known to be {day} already", day=show_day(on)))
    if on < issued_on:
        days = {"day": show_day(on), "issued": show_day(issued_on)}
        raise Incomplete(step.asked, say("event_on {day} is before the document's own date, {issued}", **days))
    # In hours it counts from the moment it is entered on its day; a day alone means its end.
    rule = item_dates.own_rule(item)
    at_the_hour = rule is not None and rule.unit == "hour" and on == day_of(step.now)
    start = step.now if at_the_hour else day_end(on)
    spread = _Spread(one.number, item.due_event or "", on, start, given.get("reason"))
    spread.giver_hears = step.party.startswith("holder.")
    yield from _spread(world, spread, item, step.now)


def _spread(world: World, spread: _Spread, item: Item, now: datetime) -> Iterator[Fact]:
    rule = item_dates.own_rule(item)
    key = (item.directive, item.number)
    if rule is None or key in spread.seen:
        return
    spread.seen.add(key)
    owed = [one for one in world.under(item.directive) if one.item == item.number and one.standing is None]
    number = spread.number if any(one.number == spread.number for one in owed) else owed[0].number
    yield EventDaySet(number, *key, spread.event, spread.on, item.event_on, spread.reason)
    for one in owed:
        if one.open and _follows(one, rule):
            yield from _dated(world, spread, one, item, rule, now)
        for child in world.children(one.number):
            below = world.item(child.directive, child.item)
            if item_dates.same_event(below, spread.event) and below.event_on in (None, item.event_on):
                yield from _spread(world, spread, below, now)


def _follows(one: Obligation, rule: TimeRule) -> bool:
    """Does its date come from the event? One that was extended, amended or rested since has a date of its own."""
    return one.waits_for is not None or (one.because is not None and one.because.rule == str(rule))


def _dated(world: World, spread: _Spread, one: Obligation, item: Item, rule: TimeRule, now: datetime) -> Iterator[Fact]:
    """An obligation gets its date, held to the one above; what is below is held to it in turn."""
    due = item_dates.counted_from(item, rule, spread.start, world.calendar)
    if world.workflow_of(one).definition.deadlines.later_than_parent == "refuse":
        limit = spread.moved.get(one.parent or 0) or dating.limit_of(world, one)
        due = deadlines.within(due, limit)
    spread.moved[one.number] = due.at
    told = ["holder.leader", "holder.officer"]
    if spread.giver_hears and one.number == spread.number:  # once, and not for each holder
        told.append("giver.leader")
    yield DueSet(one.number, due.at, due.because, "event", now, parties.told(world, told, one))
    yield from ending.held_below(world, one, due.at, now)


def asked(world: World, obligation: Obligation, clock: Clock, now: datetime) -> EventAsked:
    """Nobody has entered the day: the holder's clerk is asked, and the giver once for each item. What was missed while the
    service was down is asked once."""
    definition, times = world.workflow_of(obligation).definition, time_asked(clock.key)
    while asks_at(obligation, definition, times + 1, world.calendar) <= now:
        times += 1
    who = ["holder.clerk", *(GIVERS if _speaks_for_item(world, obligation) else ())]
    key, event = f"event:{times}", obligation.waits_for or ""
    return EventAsked(obligation.number, key, event, times, parties.told(world, who, obligation))


def _speaks_for_item(world: World, obligation: Obligation) -> bool:
    """Is it the first that waits under its item? Then the giver is asked through it, and not once for each holder."""

    def waits_too(one: Obligation) -> bool:
        same = (one.directive, one.item) == (obligation.directive, obligation.item)
        return same and one.open and one.waits_for is not None and one.number < obligation.number

    # Those of one item mostly have numbers in a row, so that the one before answers for all.
    if obligation.number > 1 and waits_too(world.obligation(obligation.number - 1)):
        return False
    return not any(waits_too(one) for one in world.under(obligation.directive))
