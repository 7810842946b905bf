"""The law of a calendar that changes: which dates move, by how much, and the facts of it for one running cascade.

What a rule gave is reckoned anew by the new version. A day that a person set (written in the document, extended, amended)
stays, since people work by it; so do the last days to receive and to answer, which were told as they are.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from workflows import deadlines, item_dates, parties
from workflows.calendar import Calendar, day_end, day_of, last_day
from workflows.commands import FollowCalendar
from workflows.deadlines import Due
from workflows.errors import Unmet
from workflows.facts import CalendarFollowed, DueSet, Fact, Told
from workflows.light import light
from workflows.obligation import Because, Obligation
from workflows.text import say
from workflows.world import World

_OF_RECKONING = ("rolled", "uncovered", "held_to_parent", "kept_ahead")  # notes that the reckoning itself gives


@light(frozen=True, slots=True)
class Move:
    """A date that moves: of which obligation, from when to when, and why it is what it then is."""

    number: int
    before: datetime
    after: datetime
    because: Because

    @property
    def by(self) -> timedelta:
        return self.after - self.before


def follow(world: World, command: FollowCalendar, now: datetime) -> Iterator[Fact]:
    """A cascade reckons by another version of its calendar from now on; what is open gets the date that it gives."""
    before, after = world.opened.calendar, command.calendar
    if before == after:
        return
    asked = say("let cascade {cascade} follow calendar {calendar}", cascade=world.opened.id, calendar=after)
    new = world.calendars.get(after)
    if new is None or new.name != before.partition("@")[0]:
        raise Unmet(asked, say("calendar {calendar} is no version of {name} in this database",
                               calendar=after, name=before.partition("@")[0]))  # fmt: skip
    found = moves(world, new, now)  # whole before the first fact: the world follows the facts as they come
    told = {one.number: _told(world, one.number) for one in found}
    yield CalendarFollowed(before, after, command.document, command.reason)
    for one in found:
        yield DueSet(one.number, one.after, one.because, "calendar", now, told[one.number])


def open_work(world: World) -> list[Obligation]:
    """Everything open in a cascade, what is above before what is below."""
    found = {
        one.number: one
        for directive in range(1, world.opened.next_directive)
        for one in world.under(directive)
        if one.open
    }
    return [found[number] for number in sorted(found)]


def moves(world: World, new: Calendar, now: datetime) -> list[Move]:
    """The dates that would move if this cascade reckoned by `new`; nothing is changed."""
    old, found, moved = world.calendar, list[Move](), dict[int, datetime]()
    for one in open_work(world):
        due = _anew(world, one, old, new, moved)
        if due is None or one.due_at is None:
            continue
        due = _not_behind(one.due_at, due, now)
        if due.at != one.due_at:
            moved[one.number] = due.at
            found.append(Move(one.number, one.due_at, due.at, due.because))
    return found


def _told(world: World, number: int) -> Told:
    return parties.told(world, ["holder.leader", "holder.officer"], world.obligation(number))


def _anew(world: World, one: Obligation, old: Calendar, new: Calendar, moved: dict[int, datetime]) -> Due | None:
    """The date by the new version; None where it stays, or is not what the old version gives."""
    because, due_at = one.because, one.due_at
    if because is None or due_at is None or one.planned_for:
        return None
    above = world.obligation(one.parent) if one.parent and not one.standing else None
    limit = above.due_at if above and above.open else None
    new_limit = moved.get(above.number, limit) if above and limit else None
    refuses = world.workflow_of(one).definition.deadlines.later_than_parent == "refuse"
    bounded = refuses or "held_to_parent" in because.notes
    was = _reckoned(one, because, old, old, limit)
    becomes = _reckoned(one, because, old, new, new_limit)
    if was is None or becomes is None or (was.at != due_at and deadlines.within(was, limit).at != due_at):
        kept = Due(due_at, replace(because, notes=tuple(note for note in because.notes if note != "held_to_parent")))
        # It stays as it was set, but for one that would now pass the date above, which has come nearer.
        nearer = refuses and limit and new_limit and due_at <= limit and new_limit < due_at
        return deadlines.within(kept, new_limit) if nearer else None
    return deadlines.within(becomes, new_limit) if bounded else becomes


def _reckoned(
    one: Obligation, because: Because, old: Calendar, calendar: Calendar, above: datetime | None
) -> Due | None:
    """What the rule of a date gives by a calendar; None where no rule gave it."""
    if because.rule == "rested":
        return _after_rest(one, because, old, calendar)
    rule = item_dates.read_rule(because.rule)
    if rule is None or rule.unit == "hour":
        return None
    notes = tuple(note for note in because.notes if note not in _OF_RECKONING)
    if "no_room" in notes or (rule.event == "parent_due" and not rule.count):
        return Due(above, replace(because, result_on=last_day(above), calendar=calendar.key)) if above else None
    start_on = last_day(above) if rule.event == "parent_due" and above else because.start_on
    if start_on is None:
        return None
    due = deadlines.reckon(rule, day_end(start_on), calendar, *notes)
    return Due(due.at, replace(due.because, label=because.label))


def _after_rest(one: Obligation, because: Because, old: Calendar, calendar: Calendar) -> Due | None:
    """The working days that were left when the last rest ended, from that day on: how many is what the old version says,
    since `days` counts them from another day."""
    if one.resumed_at is None or because.start_on is None:
        return None
    resumed = last_day(one.resumed_at)
    left = old.between(resumed, because.result_on)
    result = calendar.add(resumed, left) if left else calendar.next_working(resumed)
    off, days = calendar.named_off(because.start_on, result), calendar.between(because.start_on, result)
    return Due(day_end(result), replace(because, result_on=result, calendar=calendar.key, off=off, days=days))


def _not_behind(due_at: datetime, due: Due, now: datetime) -> Due:
    """Nobody becomes late by a calendar: a date that comes nearer does not fall behind the day on which it moves, and one
    that had passed already stays."""
    today = day_end(day_of(now))
    if due.at >= due_at or due.at >= today:
        return due
    if due_at <= today:
        return Due(due_at, due.because)
    notes = (*(note for note in due.because.notes if note != "held_to_parent"), "kept_ahead")
    return Due(today, replace(due.because, result_on=last_day(today), notes=notes))
