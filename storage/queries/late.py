"""Entries that were recorded on a later day than they happened, of one cascade or of all, newest first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.journal import ROWS
from storage.queries.entries import Page

# The day in Vietnam (UTC+7) that an instant belongs to, where 24:00 is still the day that ends: 17:00 UTC, to the
# microsecond. On SQLite by the text that is stored, since its own functions round to milliseconds.
_DAY = {
    "sqlite": "date(substr({0}, 1, 10), CASE WHEN substr({0}, 12) > '17:00:00.000000' THEN '+1 day' ELSE '+0 days' END)",
    "postgresql": "CAST({0} AT TIME ZONE 'UTC' + INTERVAL '7 hours' - INTERVAL '1 microsecond' AS date)",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which late entries; None asks for all. `chain` is a cascade or the administration."""

    chain: str | None = None
    obligation: int | None = None
    kind: str | None = None


def listed(connection: Connection, wanted: Wanted, limit: int) -> Page:
    """The newest late entries first, up to a limit, and how many there are altogether."""
    where, values = _where(connection, wanted)
    order = "ORDER BY recorded_at DESC, cascade_id, seq DESC"
    rows = bulk.read(connection, f"{ROWS.select}{where} {order} LIMIT {int(limit)}", *values)
    found = tuple(ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows)
    if len(found) < limit:
        return Page(found, len(found))
    [(total,)] = bulk.read(connection, f"SELECT count(*) FROM journal{where}", *values)
    return Page(found, int(total))


def _where(connection: Connection, wanted: Wanted) -> tuple[str, list[Any]]:
    day = _DAY[connection.dialect.name]
    # The first comparison costs little, and all but a few entries end with it.
    parts = ["happened_at < recorded_at", f"{day.format('happened_at')} < {day.format('recorded_at')}"]
    asked = {"cascade_id": wanted.chain, "obligation": wanted.obligation, "kind": wanted.kind}
    kept = {column: value for column, value in asked.items() if value is not None}
    return f" WHERE {' AND '.join([*(f'{column} = ?' for column in kept), *parts])}", list(kept.values())
