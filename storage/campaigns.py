"""What waits for running cascades: one row for each that has still to follow what the administration has decided once.

A row is worked off by a round, or by the next command on its cascade, whichever comes first. Only a calendar waits so far.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class Pending:
    """What one cascade has still to follow: the calendar, and the entry of the administration that decided it.

    `failures`, `retry_at` and `error` say that it could not, and when it is tried again."""

    entry: int
    calendar: str
    since: datetime
    failures: int = 0
    retry_at: datetime | None = None
    error: str | None = None


_ROWS = RowMap(Pending, "pending", ["cascade_id"])
_RUNS = (  # what is over keeps the calendar it went by
    "(c.wake_at IS NOT NULL OR EXISTS (SELECT 1 FROM obligation AS o WHERE o.cascade_id = c.id AND o.outcome IS NULL))"
)


def start(connection: Connection, entry: int, calendar: str, now: datetime) -> int:
    """Let every running cascade that goes by an earlier version of this calendar wait for the new one; how many there are.

    What waits for an earlier one goes straight to this one."""
    prefix = calendar.partition("@")[0] + "@"
    bulk.write(
        connection,
        "INSERT INTO pending (cascade_id, entry, calendar, since, failures)"
        " SELECT c.id, CAST(? AS INTEGER), CAST(? AS TEXT), ?, 0 FROM cascade AS c"
        f" WHERE substr(c.calendar, 1, {len(prefix)}) = ? AND c.calendar <> ? AND {_RUNS}"
        " ON CONFLICT (cascade_id) DO UPDATE SET entry = excluded.entry, calendar = excluded.calendar,"
        " since = excluded.since, failures = 0, retry_at = NULL, error = NULL",
        entry, calendar, bulk.instant(connection, now), prefix, calendar,
    )  # fmt: skip
    count = waiting(connection)
    if count:
        bulk.write(connection, "UPDATE installation SET campaign = ? WHERE id = 1", entry)
    return count


def running(connection: Connection, name: str, but: str, limit: int, after: str = "") -> list[str]:
    """The running cascades that go by another version than `but` of the calendar of this name, behind `after`."""
    rows = bulk.read(
        connection,
        f"SELECT c.id FROM cascade AS c WHERE c.id > ? AND substr(c.calendar, 1, {len(name) + 1}) = ?"
        f" AND c.calendar <> ? AND {_RUNS} ORDER BY c.id LIMIT {limit}",
        after, f"{name}@", but,
    )  # fmt: skip
    return [row[0] for row in rows]


def of(connection: Connection, cascade_id: str) -> Pending | None:
    """What a cascade has still to follow. The caller holds it."""
    rows = bulk.read(connection, f"{_ROWS.select} WHERE cascade_id = ?", cascade_id)
    return _ROWS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def due(connection: Connection, now: datetime, limit: int, after: str = "") -> list[str]:
    """The cascades whose row may be worked off now, behind `after`."""
    rows = bulk.read(
        connection,
        "SELECT cascade_id FROM pending WHERE cascade_id > ? AND (retry_at IS NULL OR retry_at <= ?)"
        f" ORDER BY cascade_id LIMIT {limit}",
        after, bulk.instant(connection, now),
    )  # fmt: skip
    return [row[0] for row in rows]


def waiting(connection: Connection) -> int:
    """How many cascades have something to follow."""
    [(count,)] = bulk.read(connection, "SELECT count(*) FROM pending")
    return int(count)


def failing(connection: Connection, limit: int) -> list[tuple[str, Pending]]:
    """Those that could not follow, with what stood in the way."""
    rows = bulk.read(connection, f"{_ROWS.select} WHERE failures > 0 ORDER BY cascade_id LIMIT {limit}")
    return [(row[0], _ROWS.from_row(row, connection.dialect.name == "sqlite")) for row in rows]


def followed(connection: Connection, cascade_id: str, entry: int) -> None:
    """It has: unless a later decision came meanwhile, nothing waits for it any more."""
    bulk.write(connection, "DELETE FROM pending WHERE cascade_id = ? AND entry <= ?", cascade_id, entry)


def failed(connection: Connection, cascade_id: str, error: str, retry_at: datetime) -> None:
    bulk.write(
        connection,
        "UPDATE pending SET failures = failures + 1, error = ?, retry_at = ? WHERE cascade_id = ?",
        error, bulk.instant(connection, retry_at), cascade_id,
    )  # fmt: skip


def close(connection: Connection) -> None:
    """Where nothing waits any more, commands need not look for it."""
    bulk.write(
        connection,
        "UPDATE installation SET campaign = 0 WHERE id = 1 AND campaign <> 0 AND NOT EXISTS (SELECT 1 FROM pending)",
    )
