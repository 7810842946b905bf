"""The numbers for leaders: obligations counted once, by office, level, month of their date and group; the rest is addition.

One reading of every obligation that is seen. What a figure counts is a list of `obligations` with the same words: office,
level, group, and the bounds of the month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.queries.groups import GROUP, at
from storage.queries.history import DAY
from storage.queries.sight import Sight, clause, in_these
from storage.queries.sql import Sql, all_of, beginning, read
from storage.rows import RowMap
from workflows.obligation import GROUPS


@dataclass(frozen=True, slots=True)
class Tally:
    """How many obligations of one holder, level and group have their date in a month of Vietnam (`2023-09`), or have none."""

    office: str
    level: str
    month: str | None
    group: str
    count: int


_ROWS = RowMap(Tally, "obligation")
BY = ("office", "level", "month", "group")


def tallies(connection: Connection, now: datetime, sight: Sight, offices: Iterable[str] | None = None) -> list[Tally]:
    """Everything that is seen, counted; only what these offices hold, where they are named."""
    moment, seen = at(connection, now), clause(connection, sight)
    month = f"substr(CAST({DAY[connection.dialect.name].format('o.due_at')} AS text), 1, 7)"
    where = [seen.obligation()]
    if offices is not None:
        where.append(Sql("o.holder") + in_these(connection, offices))
    counted = Sql(f"SELECT o.holder, o.level, {month}, {GROUP}, count(*) FROM obligation AS o WHERE ", (moment, moment))
    rows = read(
        connection, beginning(seen.before) + counted + all_of(where) + " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    return [_ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def added(counted: Iterable[Tally], *by: str) -> dict[tuple[str | None, ...], dict[str, int]]:
    """The totals of every group by what is named, of BY: `added(tallies, "office", "month")` is the heat grid, by `month` alone
    it is how those that fell due each month have gone."""
    found: dict[tuple[str | None, ...], dict[str, int]] = {}
    for one in counted:
        totals = found.setdefault(tuple(getattr(one, name) for name in by), dict.fromkeys(GROUPS, 0))
        totals[one.group] += one.count
    return found
