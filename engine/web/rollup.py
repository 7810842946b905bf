"""Counts put together up the tree of offices, as leaders read them: an office's own, and each one below it with all it has below.

Pure: counts in, rows out. Whatever the rows are, they add up to everything that was counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    """Counts by office, with the sums of everything below each."""

    def __init__(self, offices: Offices, counted: Iterable[Tally]) -> None:
        self._offices = offices
        self.own: dict[str, Totals] = {}
        self.own_months: dict[str, dict[str, Totals]] = {}
        for one in counted:
            office = one.office or ""
            _add(self.own.setdefault(office, empty()), one.group, one.count)
            if one.month:
                _add(self.own_months.setdefault(office, {}).setdefault(one.month, empty()), one.group, one.count)
        self.whole: dict[str, Totals] = {}
        self.whole_months: dict[str, dict[str, Totals]] = {}
        for office, totals in self.own.items():
            for above in offices.way_up(office):
                _sum(self.whole.setdefault(above.id, empty()), totals)
                months = self.whole_months.setdefault(above.id, {})
                for month, of_month in self.own_months.get(office, {}).items():
                    _sum(months.setdefault(month, empty()), of_month)

    def rows(self, top: Office | None) -> list[Row]:
        """The lines under an office; without one, from where the tree begins to branch."""
        if top is not None:
            return [*self._itself(top), *self._each(self._offices.below(top.id))]
        found: list[Row] = []
        frontier = [one for one in self._offices if self._offices.find(one.above) is None]
        while len(held := [one for one in frontier if one.id in self.whole]) == 1:
            found += self._itself(held[0])
            frontier = self._offices.below(held[0].id)
        found += self._each(held)
        gone = sorted(office for office in self.own if self._offices.find(office) is None)
        return found + [self._row(None, office, False, False) for office in gone]

    def _itself(self, office: Office) -> list[Row]:
        return [self._row(office, office.id, False, False)] if office.id in self.own else []

    def _each(self, offices: Iterable[Office]) -> list[Row]:
        held = [one for one in offices if one.id in self.whole]
        return [self._row(one, one.id, True, self._branches(one)) for one in held]

    def _branches(self, office: Office) -> bool:
        return any(one.id in self.whole for one in self._offices.below(office.id))

    def _row(self, office: Office | None, id: str, below: bool, opens: bool) -> Row:  # noqa: A002
        totals, months = (self.whole, self.whole_months) if below else (self.own, self.own_months)
        return Row(office, id, below, totals[id], months.get(id, {}), opens)


def empty() -> Totals:
    return dict.fromkeys(GROUPS, 0)


def total_of(rows: Iterable[Totals]) -> Totals:
    found = empty()
    for one in rows:
        _sum(found, one)
    return found


def by_level(counted: Iterable[Tally]) -> dict[str, Totals]:
    found: dict[str, Totals] = {}
    for one in counted:
        _add(found.setdefault(one.level or "", empty()), one.group, one.count)
    return found


def by_month(counted: Iterable[Tally]) -> dict[str, Totals]:
    """What has a date, by its month."""
    found: dict[str, Totals] = {}
    for one in counted:
        if one.month:
            _add(found.setdefault(one.month, empty()), one.group, one.count)
    return found


def late_of(totals: Totals) -> int:
    return sum(totals[group] for group in LATE)


def timed_of(totals: Totals) -> int:
    """How many are judged by their date: neither for information nor stopped."""
    return sum(totals[group] for group in GROUPS if group not in ("info", "void"))


def _add(totals: Totals, group: str, count: int) -> None:
    totals[group] += count


def _sum(totals: Totals, more: Totals) -> None:
    for group, count in more.items():
        totals[group] += count
