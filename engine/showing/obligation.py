"""One obligation in full, as every door shows it: its values, its rungs, the clocks that run, and what is open to whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.showing import figures
from engine.showing.figures import FiguresPage
from engine.wording import rung_words
from storage.journal import Entry
from storage.queries import entries as entry_lists
from workflows import parties
from workflows.acting import asked_of
from workflows.commands import Act, Actor
from workflows.directive import Directive, Item
from workflows.facts import Fact, RungReached
from workflows.forms import Form, form_of
from workflows.ladder import Clock, clocks, comes_too_late, schedule
from workflows.obligation import Obligation
from workflows.offices import Addressee
from workflows.words import OFFICES, ROLES
from workflows.world import World

_ENTRIES_MAX = 500  # of one obligation, for its ladder and its requests
_CLOCKS_MAX = 20
_PERIODS_SHOWN = 3  # where there are more than fit
Asks = Mapping[str, Mapping[str, str]]  # an action's name -> the fields it asks for, with their types


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder as it stands: when it is meant to be told, and whom it was told to, if it was."""

    number: int
    occurrence: int
    label: str
    at: datetime
    told_at: datetime | None = None
    told: tuple[Addressee, ...] = ()
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class ObligationPage:
    """Everything that is shown of an obligation at one moment. `open_to` names the actions of each seat."""

    world: World
    obligation: Obligation
    directive: Directive
    item: Item
    now: datetime
    entries: tuple[Entry, ...]
    rungs: tuple[Rung, ...]
    clocks: tuple[Clock, ...]
    open_to: Mapping[str, Asks]
    figures: FiguresPage
    form: Form | None = None
    more_periods: int = 0  # that will open, beside those among the clocks
    past: bool = False  # it is not shown as it is, but as it was: nothing is open in it


def read(connection: Connection, world: World, number: int, now: datetime, by: Actor | None = None) -> ObligationPage:
    """The page; with `by`, only that seat's actions are looked for. Raises NotFound."""
    one = world.obligation(number)
    wanted = entry_lists.Wanted(world.opened.id, number)
    entries = entry_lists.listed(connection, wanted, _ENTRIES_MAX).entries
    running, more_periods = _soonest(clocks(one, world.workflow_of(one), world.calendar))
    open_now = {str(by): open_to(world, one, by, now)} if by else open_to_seats(world, one, now)
    directive, item = world.directive(one.directive), world.item(one.directive, one.item)
    rungs = tuple(_rungs(world, one, entries))
    form = form_of(world, one) if one.open else None
    return ObligationPage(
        world, one, directive, item, now, entries, rungs, running, open_now, figures.of(world, one), form,
        more_periods,
    )  # fmt: skip


def _soonest(running: Sequence[Clock]) -> tuple[tuple[Clock, ...], int]:
    """The clocks that are shown, and how many more periods will open: of days and weeks only the next few are named, so that
    they do not hide the year end behind them."""
    later = [clock.key for clock in running if clock.kind == "period"]
    hidden = set(later[_PERIODS_SHOWN:]) if len(later) > _CLOCKS_MAX else set[str]()
    return tuple(clock for clock in running if clock.key not in hidden)[:_CLOCKS_MAX], len(hidden)


def open_to_seats(world: World, one: Obligation, now: datetime) -> dict[str, Asks]:
    """Every seat that could do something now, and what."""
    offices = dict.fromkeys(office for word in OFFICES if (office := parties.office_of(world, word, one)))
    found = {}
    for office in offices:
        if world.office(office).outside:
            continue
        for role in ROLES:
            actions = open_to(world, one, Actor(office, role), now)
            if actions:
                found[f"{office}/{role}"] = actions
    return found


def open_to(world: World, one: Obligation, by: Actor, now: datetime) -> Asks:
    """What this actor could do now, with the fields that each action asks for."""
    return asked_of(world, Act("", by, world.opened.id, one.number, ""), now)


def _rungs(world: World, one: Obligation, entries: tuple[Entry, ...]) -> Iterator[Rung]:
    """The rungs of the present date, each with what became of it."""
    by = one.due_at or one.planned_for
    if by is None:
        return
    definition = world.workflow_of(one).definition
    facts = [(entry, fact) for entry in entries if (fact := _fact(entry))]
    since = max((entry.seq for entry in entries if entry.kind in ("DueSet", "Assigned")), default=0)
    told = {
        fact.key: (entry, fact)
        for entry, fact in facts
        if isinstance(fact, RungReached) and fact.of == "holder" and entry.seq > since
    }
    passed = {key for _, fact in told.values() for key in fact.skipped}
    for clock in schedule(world.workflow_of(one), world.calendar, by):
        if one.planned_for and (clock.meant or clock.at) > one.planned_for:
            continue
        label = rung_words(definition, clock.rung)
        entry, fact = told.get(clock.key, (None, None))
        if entry and fact:
            told_at = fact.tell_at or entry.recorded_at
            yield Rung(clock.rung, clock.occurrence, label, clock.at, told_at, fact.told)
        else:
            before = comes_too_late(one, world.workflow_of(one), clock)
            yield Rung(clock.rung, clock.occurrence, label, clock.at, passed_over=before or clock.key in passed)


def _fact(entry: Entry) -> Fact | None:
    try:
        return entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):  # an altered entry; `journal verify` names it
        return None
