"""A cascade as the law sees it while it folds commands: values in, changed values out.

A world reads what it is asked for from its source and keeps what the facts have changed, so each command of a batch
sees what the one before it did. With no source it is a whole cascade in memory (simulation, replay, tests).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from workflows.batch import Batch, Stop
from workflows.calendar import Calendar
from workflows.commands import Actor
from workflows.directive import Cascade, Directive, Item
from workflows.errors import NotFound
from workflows.facts import Corrected, Fact
from workflows.ladder import Clock
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.offices import Office, Offices
from workflows.text import say
from workflows.workflow import Workflow, Workflows


class Source(Protocol):
    """Where a world reads what it does not hold yet: the rows of one locked cascade."""

    def obligations(self, numbers: Sequence[int]) -> list[Obligation]: ...
    def children(self, number: int) -> list[Obligation]: ...
    def children_of(self, numbers: Sequence[int]) -> list[Obligation]: ...
    def standing_under(self, number: int) -> list[Obligation]: ...
    def under(self, directive: int) -> list[Obligation]: ...
    def held(self, directive: int, holder: str) -> list[Obligation]: ...
    def directives(self, numbers: Sequence[int]) -> list[Directive]: ...
    def items(self, keys: Sequence[tuple[int, int]]) -> list[Item]: ...
    def recorded(self, seq: int) -> "Recorded | None": ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry of the journal as the law looks at it: the fact, who entered it and when, and what was corrected since."""

    fact: Fact
    by: Actor
    at: datetime
    corrected: tuple[Corrected, ...] = ()


class Nothing:
    """The source of a world that is already whole."""

    def obligations(self, numbers: Sequence[int]) -> list[Obligation]:
        return []

    def children(self, number: int) -> list[Obligation]:
        return []

    def children_of(self, numbers: Sequence[int]) -> list[Obligation]:
        return []

    def standing_under(self, number: int) -> list[Obligation]:
        return []

    def under(self, directive: int) -> list[Obligation]:
        return []

    def held(self, directive: int, holder: str) -> list[Obligation]:
        return []

    def directives(self, numbers: Sequence[int]) -> list[Directive]:
        return []

    def items(self, keys: Sequence[tuple[int, int]]) -> list[Item]:
        return []

    def recorded(self, seq: int) -> "Recorded | None":
        return None


_PLACES: dict[str, Callable[[Obligation], object]] = {  # what an obligation is found by beside its number
    "parent": attrgetter("parent"),
    "standing": attrgetter("standing"),
    "directive": attrgetter("directive"),
    "holder": attrgetter("directive", "holder"),
}


class World:
    """One cascade, the directory, the workflows and the calendar at one moment."""

    def __init__(
        self,
        cascade: Cascade | None,
        offices: Offices,
        workflows: Workflows,
        calendars: dict[str, Calendar],
        source: Source | None = None,
        simulated: bool = False,
    ) -> None:
        self.cascade = cascade
        self.offices = offices
        self.workflows = workflows
        self.calendars = calendars
        self.simulated = simulated
        self.batch = Batch()
        self._source = source or Nothing()
        self._obligations: dict[int, Obligation] = {}
        self._read: dict[int, Obligation] = {}  # as the source gave them
        self._places: dict[str, dict[object, set[int]]] = {}  # by what is asked for: numbers under each of it
        self._moves: list[tuple[Obligation | None, Obligation]] = []  # what came or moved, in order
        self._placed: dict[str, int] = {}  # how many of these moves each of the places has followed
        self._directives: dict[int, Directive] = {}
        self._items: dict[tuple[int, int], Item] = {}
        self._childless: set[int] = set()  # below which nothing is left to read
        self._changed: set[int] = set()
        self._new: set[int] = set()
        self._changed_directives: dict[int, bool] = {}
        self._new_items: set[tuple[int, int]] = set()
        self._changed_items: set[tuple[int, int]] = set()

    # What the law reads

    @property
    def opened(self) -> Cascade:
        if self.cascade is None:
            raise NotFound(say("No such cascade"))
        return self.cascade

    @property
    def calendar(self) -> Calendar:
        """The calendar version this cascade computes with."""
        return self.calendars[self.opened.calendar]

    def obligation(self, number: int) -> Obligation:
        """Raises NotFound where the cascade has no such obligation."""
        if number not in self._obligations:
            self.fetch([number])
        if number not in self._obligations:
            raise NotFound(say("No obligation {number} in cascade {cascade}", number=number, cascade=self.opened.id))
        return self._obligations[number]

    def directive(self, number: int) -> Directive:
        if number not in self._directives:
            for found in self._source.directives([number]):
                self._directives[found.number] = found
        if number not in self._directives:
            raise NotFound(say("No directive {number} in cascade {cascade}", number=number, cascade=self.opened.id))
        return self._directives[number]

    def item(self, directive: int, number: int) -> Item:
        key = (directive, number)
        if key not in self._items:
            for found in self._source.items([key]):
                self._items[found.directive, found.number] = found
        if key not in self._items:
            raise NotFound(
                say(
                    "No item {number} in directive {directive} of cascade {cascade}",
                    number=number, directive=directive, cascade=self.opened.id,
                )
            )  # fmt: skip
        return self._items[key]

    def recorded(self, seq: int) -> Recorded:
        """The entry with this number. Raises NotFound."""
        found = self._source.recorded(seq)
        if found is None:
            raise NotFound(say("No entry {seq} in cascade {cascade}", seq=seq, cascade=self.opened.id))
        return found

    def children(self, number: int) -> list[Obligation]:
        """The obligations directly below one, in order of their numbers."""
        return self._merged("parent", number, [] if number in self._childless else self._source.children(number))

    def fetch_children(self, numbers: Iterable[int]) -> None:
        """Read what is directly below many obligations at once, for whoever asks for each one's children next."""
        missing = [number for number in dict.fromkeys(numbers) if number not in self._childless]
        for one in self._source.children_of(missing) if missing else ():
            if one.number not in self._obligations:
                self._keep_read(one)
        self._childless.update(missing)

    def fetch_below(self, numbers: Iterable[int]) -> list[Obligation]:
        """Read all that hangs below many obligations, a level of the tree at a time."""
        level, found = list(numbers), list[Obligation]()
        while level:
            self.fetch_children(level)
            below = [child for number in level for child in self.children(number)]
            level = [child.number for child in below]
            found += below
        return found

    def fetch_items(self, keys: Iterable[tuple[int, int]]) -> None:
        """Read many items at once, each by its directive and number, for whoever asks for them next."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._items]
        for found in self._source.items(missing) if missing else ():
            self._items[found.directive, found.number] = found

    def standing_under(self, number: int) -> list[Obligation]:
        """The periods and events that a standing obligation opened, in order of their numbers."""
        return self._merged("standing", number, self._source.standing_under(number))

    def under(self, directive: int) -> list[Obligation]:
        """The obligations that a directive gave, in order of their numbers."""
        return self._merged("directive", directive, self._source.under(directive))

    def held(self, directive: int, holder: str) -> list[Obligation]:
        """The obligations that a directive gave one office, in order of their numbers."""
        return self._merged("holder", (directive, holder), self._source.held(directive, holder))

    def _merged(self, by: str, number: object, read: list[Obligation]) -> list[Obligation]:
        """What was read and what is new, in order of their numbers; values that changed here win."""
        for one in read:
            if one.number not in self._obligations:
                self._keep_read(one)
        numbers = self._places_by(by).get(number)
        return [self._obligations[one] for one in sorted(numbers)] if numbers else []

    def _keep_read(self, obligation: Obligation) -> None:
        self._read[obligation.number] = obligation
        self._hold(obligation)

    def _hold(self, obligation: Obligation) -> None:
        """Keep an obligation, to be found by its number and, once somebody asks, by what it hangs under."""
        before = self._obligations.get(obligation.number)
        if before is None or before.directive != obligation.directive:  # replacing a directive moves what is under it
            self._moves.append((before, obligation))
        self._obligations[obligation.number] = obligation

    def _places_by(self, by: str) -> dict[object, set[int]]:
        """Where everything hangs that is held, by what is asked for."""
        placed, places = self._placed.get(by, 0), self._places.setdefault(by, {})
        if placed == len(self._moves):
            return places
        place_of = _PLACES[by]
        for before, obligation in self._moves[placed:]:
            if before:
                places[place_of(before)].discard(before.number)
            places.setdefault(place_of(obligation), set()).add(obligation.number)
        self._placed[by] = len(self._moves)
        return places

    def workflow_of(self, obligation: Obligation) -> Workflow:
        return self.workflows.get(obligation.workflow)

    def step(self, obligation: Obligation, name: str, state: str | None = None) -> str:
        """The state after step `name` of an obligation's machine, from the state it is in or another. Raises StepRefused."""
        machine = self.workflow_of(obligation).machine_at(obligation.level)
        return self.batch.step(machine, state or obligation.state, name)

    def stop(self, obligation: Obligation) -> Stop | None:
        """How an obligation stops because of something above it; None where its workflow knows no way. Raises StepRefused."""
        return self.batch.stop(self.workflow_of(obligation), obligation.level, obligation.state)

    def clocks(self, obligation: Obligation) -> list[Clock]:
        """Every clock of an obligation that is still to run out, soonest first; nobody changes the list."""
        return self.batch.clocks(obligation, self.workflow_of(obligation), self.calendar)

    def wake_at(self, obligation: Obligation) -> datetime | None:
        """When an obligation has to be looked at next, or None."""
        if not obligation.open:
            return None
        running = self.clocks(obligation)
        return running[0].at if running else None

    def office(self, office: str) -> Office:
        return self.offices.get(office)

    def fetch(self, numbers: Iterable[int]) -> None:
        """Read many obligations at once, with their parents, so that a batch costs a few statements."""
        missing = [number for number in dict.fromkeys(numbers) if number not in self._obligations]
        while missing:
            read = self._source.obligations(missing)
            for one in read:
                self._keep_read(one)
            missing = sorted({one.parent for one in read if one.parent and one.parent not in self._obligations})

    def keep(self, read: Iterable[Obligation]) -> None:
        """Obligations that were read ahead."""
        for one in read:
            self._keep_read(one)

    # What evolve writes

    def put(self, obligation: Obligation) -> None:
        if obligation.number not in self._obligations:
            self._new.add(obligation.number)
        self._hold(obligation)
        self._changed.add(obligation.number)

    def put_directive(self, directive: Directive, items: Iterable[Item] = ()) -> None:
        self._changed_directives.setdefault(directive.number, directive.number not in self._directives)
        self._directives[directive.number] = directive
        for item in items:
            self._items[item.directive, item.number] = item
            self._new_items.add((item.directive, item.number))

    def put_item(self, item: Item) -> None:
        """An item that was there before, with other values."""
        self._items[item.directive, item.number] = item
        self._changed_items.add((item.directive, item.number))

    def put_cascade(self, **changes: object) -> None:
        self.cascade = replace(self.opened, **changes)

    def let_go(self, stored: Iterable[Obligation]) -> None:
        """What has changed was stored, these in the place of what was read. New obligations are let go of, so that a long
        batch needs no more memory than a short one; one that is asked for again is read again."""
        for one in stored:
            self._read[one.number] = self._obligations[one.number] = one
        for number in self._new:
            self._childless.discard(self._obligations.pop(number).parent or 0)
        if self._new:
            self._moves = [(None, one) for one in self._obligations.values()]
            self._places.clear()
            self._placed.clear()
        for changed in (self._changed, self._new, self._changed_directives, self._new_items, self._changed_items):
            changed.clear()

    # What the memory saves

    @property
    def new_obligations(self) -> list[Obligation]:
        return [self._obligations[number] for number in sorted(self._new)]

    @property
    def changed_obligations(self) -> list[Obligation]:
        """Changed, and not new."""
        return [self._obligations[number] for number in sorted(self._changed - self._new)]

    def before(self, number: int) -> Obligation:
        """An obligation that is not new, as the source gave it."""
        return self._read[number]

    @property
    def moves_documents(self) -> bool:
        """Is any directive or item new or changed?"""
        return bool(self._changed_directives or self._new_items or self._changed_items)

    @property
    def new_directives(self) -> list[Directive]:
        return [self._directives[number] for number, new in self._changed_directives.items() if new]

    @property
    def changed_directives(self) -> list[Directive]:
        return [self._directives[number] for number, new in self._changed_directives.items() if not new]

    @property
    def new_items(self) -> list[Item]:
        return [self._items[key] for key in sorted(self._new_items)]

    @property
    def changed_items(self) -> list[Item]:
        """Changed, and not new."""
        return [self._items[key] for key in sorted(self._changed_items - self._new_items)]

    @property
    def all_obligations(self) -> list[Obligation]:
        """What this world holds at present; the whole cascade where it has no source."""
        return [self._obligations[number] for number in sorted(self._obligations)]

    @property
    def all_directives(self) -> list[Directive]:
        return [self._directives[number] for number in sorted(self._directives)]

    @property
    def all_items(self) -> list[Item]:
        return [self._items[key] for key in sorted(self._items)]
