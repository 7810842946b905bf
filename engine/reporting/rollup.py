"""Counts put together up the tree of offices, for leaders: an office's own, and each below it with all that is below.

Whatever the rows are, they add up to everything that was counted. What was counted is kept while nothing has changed.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.queries.overview import Tally
from workflows.obligation import GROUPS
from workflows.offices import Office, Offices

Totals = dict[str, int]
LATE = ("done_late", "open_overdue")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what an office holds itself, or (`below`) with every office under it. `office` is None for what is
    held by offices that the directory no longer has."""

    office: Office | None
    id: str
    below: bool
    totals: Totals
    months: Mapping[str, Totals]
    opens: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A line, before anything is counted: whose own counts (`of`) it adds up."""

    office: Office | None
    id: str
    below: bool
    opens: bool
    of: Sequence[str]


class Tree:
    """Counts by office, level and month, read once; of the months only those that are shown."""

    def __init__(self, offices: Offices, counted: Iterable[Tally], months: Iterable[str]) -> None:
        self._offices = offices
        self._own: dict[str, Totals] = {}
        self._own_months: dict[str, dict[str, Totals]] = {}
        self.levels: dict[str, Totals] = {}
        self.months: dict[str, Totals] = {name: empty() for name in months}
        for one in counted:  # there are as many as obligations, nearly
            office, group, count = one.office or "", one.group, one.count
            self._of(self._own, office)[group] += count
            self._of(self.levels, one.level or "")[group] += count
            month = one.month
            if month in self.months:
                self.months[month][group] += count
                own = self._own_months.get(office)
                if own is None:
                    own = self._own_months[office] = {}
                self._of(own, month)[group] += count
        self._under = under(offices, self._own)

    @staticmethod
    def _of(totals: dict[str, Totals], name: str) -> Totals:
        found = totals.get(name)
        if found is None:
            found = totals[name] = empty()
        return found

    def rows(self, top: Office | None) -> list[Row]:
        """The lines under an office; without one, from where the tree begins to branch."""
        return [self._row(one) for one in places(self._offices, self._under, self._own, top)]

    def _row(self, place: Place) -> Row:
        months: dict[str, Totals] = {}
        for one in place.of:
            for month, totals in self._own_months.get(one, {}).items():
                _sum(self._of(months, month), totals)
        own = total_of(self._own[one] for one in place.of)
        return Row(place.office, place.id, place.below, own, months, place.opens)


@dataclass
class Kept:
    """Trees that were counted, by what was asked, each with the mark under which it is still so."""

    most: int = 32
    _trees: dict[Hashable, tuple[Hashable, Tree]] = field(default_factory=dict)

    def tree(self, asked: Hashable, mark: Hashable, count: Callable[[], Tree]) -> Tree:
        found = self._trees.get(asked)
        if found is not None and found[0] == mark:
            return found[1]
        if len(self._trees) >= self.most:
            self._trees.clear()
        made = count()
        self._trees[asked] = mark, made
        return made


def under(offices: Offices, held: Iterable[str]) -> dict[str, list[str]]:
    """Which of the offices that hold something are an office or stand under it."""
    found: dict[str, list[str]] = {}
    for office in held:
        for above in offices.way_up(office):
            found.setdefault(above.id, []).append(office)
    return found


def places(
    offices: Offices, below: Mapping[str, Sequence[str]], held: Collection[str], top: Office | None
) -> list[Place]:
    """The lines under an office: itself, and each below it with what is `below` that; without one, from where the tree begins
    to branch. Every office that holds something is in exactly one of them."""

    def itself(office: Office) -> list[Place]:
        return [Place(office, office.id, False, False, (office.id,))] if office.id in held else []

    def each(several: Iterable[Office]) -> list[Place]:
        opens = {one.id: any(more.id in below for more in offices.below(one.id)) for one in several}
        return [Place(offices.get(one), one, True, opens[one], below[one]) for one in opens if one in below]

    if top is not None:
        return [*itself(top), *each(offices.below(top.id))]
    found: list[Place] = []
    frontier = [one for one in offices if offices.find(one.above) is None]
    while len(some := [one for one in frontier if one.id in below]) == 1:
        found += itself(some[0])
        frontier = offices.below(some[0].id)
    gone = sorted(office for office in held if offices.find(office) is None)
    return [*found, *each(some), *(Place(None, one, False, False, (one,)) for one in gone)]


def every(offices: Offices, held: Collection[str], top: Office | None) -> list[tuple[Place, int]]:
    """Every office by itself in the order of the tree, each with how deep it stands under where it begins."""
    found: list[tuple[Place, int]] = []

    def walk(office: Office, depth: int) -> None:
        if office.id in held:
            found.append((Place(office, office.id, False, False, (office.id,)), depth))
        for below in offices.below(office.id):
            walk(below, depth + 1)

    for one in [top] if top else [one for one in offices if offices.find(one.above) is None]:
        walk(one, 0)
    gone = sorted(office for office in held if offices.find(office) is None) if top is None else []
    return [*found, *((Place(None, one, False, False, (one,)), 0) for one in gone)]


def empty() -> Totals:
    return dict.fromkeys(GROUPS, 0)


def total_of(rows: Iterable[Totals]) -> Totals:
    found = empty()
    for one in rows:
        _sum(found, one)
    return found


def late_of(totals: Totals) -> int:
    return sum(totals[group] for group in LATE)


def timed_of(totals: Totals) -> int:
    """How many are judged by their date: neither for information nor stopped."""
    return sum(totals[group] for group in GROUPS if group not in ("info", "void"))


def _sum(totals: Totals, more: Totals) -> None:
    for group, count in more.items():
        totals[group] += count
