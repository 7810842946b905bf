"""Counts put together up the tree of offices, for leaders: an office's own, and each below it with all that is below.

Whatever the rows are, they add up to everything that was counted. What was counted is kept while nothing has changed.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
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
        self._under: dict[str, list[str]] = {}
        for office in self._own:
            for above in offices.way_up(office):
                self._under.setdefault(above.id, []).append(office)

    @staticmethod
    def _of(totals: dict[str, Totals], name: str) -> Totals:
        found = totals.get(name)
        if found is None:
            found = totals[name] = empty()
        return found

    def rows(self, top: Office | None) -> list[Row]:
        """The lines under an office; without one, from where the tree begins to branch."""
        if top is not None:
            return [*self._itself(top), *self._each(self._offices.below(top.id))]
        found: list[Row] = []
        frontier = [one for one in self._offices if self._offices.find(one.above) is None]
        while len(held := [one for one in frontier if one.id in self._under]) == 1:
            found += self._itself(held[0])
            frontier = self._offices.below(held[0].id)
        found += self._each(held)
        gone = sorted(office for office in self._own if self._offices.find(office) is None)
        return found + [self._row(None, office, False, False) for office in gone]

    def _itself(self, office: Office) -> list[Row]:
        return [self._row(office, office.id, False, False)] if office.id in self._own else []

    def _each(self, offices: Iterable[Office]) -> list[Row]:
        held = [one for one in offices if one.id in self._under]
        return [self._row(one, one.id, True, self._branches(one)) for one in held]

    def _branches(self, office: Office) -> bool:
        return any(one.id in self._under for one in self._offices.below(office.id))

    def _row(self, office: Office | None, name: str, below: bool, opens: bool) -> Row:
        of = self._under[name] if below else [name]
        months: dict[str, Totals] = {}
        for one in of:
            for month, totals in self._own_months.get(one, {}).items():
                _sum(self._of(months, month), totals)
        return Row(office, name, below, total_of(self._own[one] for one in of), months, opens)


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
