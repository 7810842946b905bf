"""Which group of the totals an obligation belongs to: the rule of `Obligation.group`, in SQL, to count many.

A test compares the two on both databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries.sight import EVERYTHING, Sight, clause
from storage.queries.sql import Sql, beginning, read
from workflows.obligation import GROUPS

# Two marks, both for the present instant.
GROUP = """CASE
  WHEN o.outcome = 'void' THEN 'void'
  WHEN o.part = 'info' OR o.mode = 'info' THEN 'info'
  WHEN o.outcome = 'fulfilled' THEN
    CASE WHEN coalesce(o.sent_at, o.closed_at, ?) > o.due_at THEN 'done_late' ELSE 'done_on_time' END
  WHEN o.due_at IS NULL THEN 'no_deadline'
  WHEN CASE WHEN o.rested_at IS NULL THEN ? ELSE coalesce(o.sent_at, o.rested_at) END > o.due_at THEN 'open_overdue'
  ELSE 'open_in_time' END"""


def at(connection: Connection, instant: datetime) -> Any:
    """An instant as this database compares it."""
    return bulk.instant(connection, instant)


def totals(
    connection: Connection, now: datetime, cascade: str | None = None, office: str | None = None,
    sight: Sight = EVERYTHING, directive: int | None = None,
) -> dict[str, int]:  # fmt: skip
    """How many obligations each group holds, every group named, in the order they are added up."""
    where, values = narrowed(cascade, office, directive)
    moment, seen = at(connection, now), clause(connection, sight, cascade)
    counted = Sql(f"SELECT {GROUP} AS grouped, count(*) FROM obligation AS o", (moment, moment))
    narrow = Sql(f"{where} AND " if where else " WHERE ", tuple(values)) + seen.obligation()
    rows = read(connection, beginning(seen.before) + counted + narrow + " GROUP BY 1")
    return {**dict.fromkeys(GROUPS, 0), **{row[0]: row[1] for row in rows}}


def totals_by(
    connection: Connection, now: datetime, column: str, cascade: str | None = None
) -> dict[Any, dict[str, int]]:
    """The totals of each `holder`, `directive` or `cascade_id`; the one that has nothing is not named."""
    if column not in ("holder", "directive", "cascade_id"):
        raise ValueError(f"totals are not counted by {column!r}")
    where, values = narrowed(cascade, None)
    moment = at(connection, now)
    rows = bulk.read(
        connection,
        f"SELECT o.{column}, {GROUP} AS grouped, count(*) FROM obligation AS o{where} GROUP BY 1, 2 ORDER BY 1",
        moment,
        moment,
        *values,
    )
    found: dict[Any, dict[str, int]] = {}
    for key, group, count in rows:
        found.setdefault(key, dict.fromkeys(GROUPS, 0))[group] = count
    return found


def narrowed(cascade: str | None, office: str | None, directive: int | None = None) -> tuple[str, list[Any]]:
    """A WHERE clause that keeps to one cascade, one office, one directive, or several of them, with its values."""
    wanted = {"cascade_id": cascade, "holder": office, "directive": directive}
    kept = {column: value for column, value in wanted.items() if value is not None}
    clause = " AND ".join(f"o.{column} = ?" for column in kept)
    return (f" WHERE {clause}" if clause else ""), list(kept.values())
