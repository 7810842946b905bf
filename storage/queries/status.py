"""How a database stands as a whole: what it holds, what waits, who works on it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, guards, installation
from storage.rows import RowMap, from_sqlite_instant

_NODES_MAX = 20


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A service node and its last round."""

    name: str
    round_at: datetime | None
    fired: int


@dataclass(frozen=True, slots=True)
class Status:
    """The counts of a database. `entries` adds up all chains; no `guard_faults` means all is well."""

    created_at: datetime
    simulated_at: datetime | None
    size: int
    offices: int
    workflows: int
    cascades: int
    entries: int
    messages_waiting: int
    guard_faults: tuple[str, ...]
    wakes_at: datetime | None
    nodes: tuple[NodeLine, ...]


_NODES = RowMap(NodeLine, "node")


def read(connection: Connection) -> Status | None:
    """The status, or None where the database is no installation."""
    found = installation.read(connection)
    if found is None:
        return None
    sqlite = connection.dialect.name == "sqlite"
    [(cascades, entries, wakes_at)] = bulk.read(
        connection, "SELECT count(*), coalesce(sum(last_seq), 0), min(wake_at) FROM cascade"
    )
    nodes = bulk.read(
        connection, f"SELECT name, round_at, fired FROM node ORDER BY round_at DESC, name LIMIT {_NODES_MAX}"
    )
    return Status(
        created_at=found.created_at,
        simulated_at=found.simulated_at,
        size=size(connection),
        offices=_count(connection, "office"),
        workflows=_count(connection, "workflow"),
        cascades=cascades,
        entries=int(entries) + found.admin_seq,
        messages_waiting=_count(connection, "outbox WHERE sent_at IS NULL"),
        guard_faults=tuple(guards.faults(connection)),
        wakes_at=_instant(wakes_at, sqlite),
        nodes=tuple(_NODES.from_row(row, sqlite) for row in nodes),
    )


def _instant(value: Any, sqlite: bool) -> datetime | None:
    if value is None:
        return None
    return from_sqlite_instant(value) if sqlite else value.astimezone(UTC)


def _count(connection: Connection, what: str) -> int:
    [(found,)] = bulk.read(connection, f"SELECT count(*) FROM {what}")
    return int(found)


def size(connection: Connection) -> int:
    """In bytes, of the database itself."""
    if connection.dialect.name != "sqlite":
        [(size,)] = bulk.read(connection, "SELECT pg_database_size(current_database())")
        return int(size)
    [(pages,)] = bulk.read(connection, "PRAGMA page_count")
    [(page,)] = bulk.read(connection, "PRAGMA page_size")
    return int(pages) * int(page)
