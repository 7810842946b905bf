"""The law of what stands: what may be done on it, the periods that it opens, its review and its year end."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from workflows import assigning, joins, parties, periods
from workflows.calendar import day_end, last_day
from workflows.causes import Cause
from workflows.definition import Action, UndatedMode
from workflows.errors import Unmet
from workflows.facts import Acted, CarriedOver, Fact, PeriodOpened, ReviewDue
from workflows.fields import show_day
from workflows.ladder import Clock
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

CLOCKS = ("period", "review", "until")


def stands(obligation: Obligation) -> bool:
    """Is it one that stands, and no period or event of one?"""
    return obligation.stands


def offers(obligation: Obligation, action: Action) -> bool:
    """Does an action make sense on it? Only what stands is concluded; of what stands, its periods and events are reported."""
    if "end_standing" in action.does:
        return stands(obligation)
    return "mark_reported" not in action.does or not stands(obligation) or obligation.mode == "linked"


def check(world: World, obligation: Obligation, action: Action, what: str) -> None:
    """Raises Unmet where an action makes no sense on an obligation, saying what does."""
    if offers(obligation, action):
        return
    if "end_standing" in action.does:
        raise Unmet(what, say("it does not stand: it ends when what was asked for is done"))
    opened = [one.number for one in world.standing_under(obligation.number) if one.open]
    if opened:
        raise Unmet(
            what, say("it stands; what is reported are its periods and events: obligation {opened}", opened=opened)
        )
    raise Unmet(what, say("it stands; what is reported are its periods and events, and none is open now"))


# Time


def elapsed(world: World, obligation: Obligation, clock: Clock, now: datetime, number: int) -> Iterator[Fact]:
    """Facts of a clock in CLOCKS having run out; an obligation that comes of it gets `number`."""
    mode = world.workflow_of(obligation).definition.undated_items[obligation.mode]
    match clock.kind:
        case "period":
            return _opened(world, obligation, mode, clock, now, number)
        case "review":
            return _review(world, obligation, mode, clock)
    return _year_ended(world, obligation, mode, clock)


def merges(world: World, obligation: Obligation, clock: Clock) -> bool:
    """May this clock end what another one has just opened? Then it has to see it first."""
    mode = world.workflow_of(obligation).definition.undated_items.get(obligation.mode)
    return clock.kind == "period" and mode is not None and mode.if_still_open == "merge"


def _opened(
    world: World, obligation: Obligation, mode: UndatedMode, clock: Clock, now: datetime, number: int
) -> Iterator[Fact]:
    """A period opens: the standing obligation gives one with a date of its own. What was not reported for the period
    before it by its date may become part of it."""
    window = clock.window
    assert window is not None  # a period clock always carries its window
    merged = _not_reported(world, obligation, window, now) if mode.if_still_open == "merge" else []
    first = min([window.opens_on, *(one.data_from for one in merged if one.data_from)])
    yield PeriodOpened(obligation.number, clock.key, window.label, number)
    due = periods.for_window(mode.due, window, world.calendar) if mode.due else None
    days = (first, window.ends_on)
    yield assigning.opened_under(world, obligation, window.label, due, now, None, number, days)
    for one in merged:
        yield joins.stopped(world, one, now, Cause("merged", number, window.label))
        yield from joins.stopped_below(world, one, now)


def _not_reported(world: World, obligation: Obligation, window: periods.Window, now: datetime) -> list[Obligation]:
    """The earlier periods of the same kind that are still open, past their date, and do not wait for the giver."""
    return [
        one
        for one in world.standing_under(obligation.number)
        if one.open and not one.rested_at and one.period and periods.kind_of(one.period) == window.every
        if one.data_to and one.data_to < window.opens_on and not (one.due_at and one.due_at > now)
    ]


def _review(world: World, obligation: Obligation, mode: UndatedMode, clock: Clock) -> Iterator[Fact]:
    """The giver is told in time what will become of it; the holder of a linked one is reminded of what it follows."""
    assert obligation.until is not None  # there is a review only before a year end
    linked = obligation.mode == "linked"
    told = parties.told(world, ["giver.leader", *(["holder.leader", "holder.officer"] if linked else [])], obligation)
    follows = tuple(_followed(world, obligation)) if linked else ()
    yield ReviewDue(obligation.number, clock.key, clock.at, obligation.until, mode.then, follows, told)


def _followed(world: World, obligation: Obligation) -> list[str]:
    """The documents that a linked obligation is followed under: those its item rests on, or the one it carries further."""
    item = world.item(obligation.directive, obligation.item)
    if item.bases or not item.parent:
        return [basis.symbol for basis in item.bases]
    return [world.directive(world.obligation(item.parent).directive).symbol]


def _year_ended(world: World, obligation: Obligation, mode: UndatedMode, clock: Clock) -> Iterator[Fact]:
    """It ends as fulfilled, or stands for another year. The periods it has opened live on by their own dates."""
    workflow = world.workflow_of(obligation)
    if mode.then == "carry_over":
        yield _carried_over(world, obligation, clock.at)
        return
    action = workflow.rules_at(obligation.level).action_that("end_standing")
    assert action is not None  # an obligation has a year end only where the workflow can bring it about
    after = world.step(obligation, action)
    cause = Cause("year_end", text=show_day(last_day(clock.at)))
    yield _ended(world, obligation, action, after, clock.at, (), cause)


# What the giver may do


def conclude(
    world: World, obligation: Obligation, action: str, after: str, given: Mapping[str, str], at: datetime
) -> Acted:
    """The giver ends a standing obligation before its time."""
    return _ended(world, obligation, action, after, at, tuple(given.items()), None)


def carry_over(world: World, obligation: Obligation, what: str, at: datetime) -> CarriedOver:
    """The giver lets it stand for another year. Raises Unmet where it has no year end, or another year already."""
    until = obligation.until
    if until is None:
        raise Unmet(what, say("it has no year end that could be moved"))
    if last_day(until).year > last_day(at).year:
        raise Unmet(what, say("it stands until {day} already", day=show_day(last_day(until))))
    return _carried_over(world, obligation, at)


def _carried_over(world: World, obligation: Obligation, at: datetime) -> CarriedOver:
    assert obligation.until is not None  # both callers have looked
    until = day_end(date(last_day(obligation.until).year + 1, 12, 31))
    told = parties.told(world, ["holder.leader", "holder.officer"], obligation)
    return CarriedOver(obligation.number, until, at, told)


def _ended(
    world: World, obligation: Obligation, action: str, after: str, at: datetime, given: tuple[tuple[str, str], ...],
    cause: Cause | None,
) -> Acted:  # fmt: skip
    outcome = world.workflow_of(obligation).rules_at(obligation.level).outcome_of(after)
    told = parties.told(world, ["holder.leader", "holder.officer"], obligation)
    return Acted(
        obligation.number, action, obligation.state, after, given, outcome=outcome, closed_at=at, told=told, cause=cause
    )
