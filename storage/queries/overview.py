"""The numbers for leaders: obligations counted by office, level, month of their date and group; the rest is addition.

Each is one reading of every obligation that is seen. What a figure counts is a list of
`obligations` with the same words: office, level, group, and the bounds of the month.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.entry_texts import DAY
from storage.queries.groups import GROUP, at
from storage.queries.sight import Sight, clause, in_these
from storage.queries.sql import Sql, all_of, apart, beginning, read
from workflows.obligation import GROUPS


@dataclass(frozen=True, slots=True)
class Tally:
    """How many obligations of a group have this holder, level, and month of Vietnam of their date (`2023-09`). What was
    not asked for is None, and so is the month of those without a date."""

    office: str | None
    level: str | None
    month: str | None
    group: str
    count: int


BY = ("office", "level", "month")


def tallies(
    connection: Connection, now: datetime, sight: Sight, by: Sequence[str], offices: Iterable[str] | None = None,
    due_from: datetime | None = None, due_to: datetime | None = None,
) -> list[Tally]:  # fmt: skip
    """Everything that is seen, counted by some of BY: `("office", "level")` are the four groups, `("office", "month")` the
    heat grid, `("month",)` how those that fell due each month have gone. Only what these offices hold, where they are named,
    and what is due from an instant and before another."""
    moment, seen, sqlite = at(connection, now), clause(connection, sight), connection.dialect.name == "sqlite"
    month = f"substr(CAST({DAY[connection.dialect.name].format('o.due_at')} AS text), 1, 7)"
    columns = {"office": "o.holder", "level": "o.level", "month": month}
    if not set(by) <= set(BY):
        raise ValueError(f"obligations are not counted by {by!r}")
    where = [seen.obligation()]
    if offices is not None:
        where.append(Sql("o.holder") + in_these(connection, offices))
    if due_from is not None:
        where.append(Sql("o.due_at >= ?", (at(connection, due_from),)))
    if due_to is not None:
        where.append(Sql("o.due_at < ?", (at(connection, due_to),)))
    named = ", ".join(columns[name] if name in by else "NULL" for name in BY)
    if (
        sqlite
    ):  # it would sort every row to group them, or look each up in the order of an index; Python counts as it reads
        each = Sql(f"SELECT {named}, {GROUP} FROM obligation AS o NOT INDEXED WHERE ", (moment, moment)) + all_of(where)
        counts = Counter(map(tuple, read(connection, beginning(seen.before) + each)))
        return [Tally(*(*key, count)) for key, count in counts.items()]
    counted = Sql(f"SELECT {named}, {GROUP}, count(*) FROM obligation AS o WHERE ", (moment, moment)) + all_of(where)
    rows = read(connection, beginning(seen.before) + counted + " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4")
    return [Tally(*row) for row in rows]


def mark(connection: Connection, now: datetime) -> tuple[int, Any]:
    """What the counts hang on: while two marks are equal, so are all counts. Every change is an entry of a chain, and time
    alone moves an open obligation only past its date."""
    [(entries,)] = read(connection, Sql("SELECT coalesce(sum(last_seq), 0) FROM cascade"))
    walk = apart(connection, "obligation AS o", "obligation_due")
    passed = Sql(f"SELECT max(o.due_at) FROM {walk} WHERE o.outcome IS NULL AND o.due_at < ?", (at(connection, now),))
    return int(entries), read(connection, passed)[0][0]


def added(counted: Iterable[Tally], *by: str) -> dict[tuple[str | None, ...], dict[str, int]]:
    """The totals of every group by what is named, of those that were counted by it."""
    found: dict[tuple[str | None, ...], dict[str, int]] = {}
    for one in counted:
        totals = found.setdefault(tuple(getattr(one, name) for name in by), dict.fromkeys(GROUPS, 0))
        totals[one.group] += one.count
    return found
