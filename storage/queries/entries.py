"""Entries of the journal as somebody asks for them: of one chain, about one obligation, of one kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.journal import ROWS, Entry
from storage.queries.groups import at
from storage.queries.sight import these_keys
from storage.queries.sql import Sql, apart, read


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of a chain; None asks for all. Without `after` the newest are meant."""

    chain: str
    obligation: int | None = None
    kind: str | None = None
    after: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The entries that were asked for, in order, up to a limit; `total` counts all that are as asked."""

    entries: tuple[Entry, ...]
    total: int


def listed(connection: Connection, wanted: Wanted, limit: int) -> Page:
    """The first entries after a seq, or the last ones where none is given."""
    where, values = _where(wanted)
    order = "DESC" if wanted.after is None else "ASC"
    rows = bulk.read(connection, f"{ROWS.select}{where} ORDER BY seq {order} LIMIT {int(limit)}", *values)
    found = sorted((ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows), key=lambda one: one.seq)
    if len(found) < limit:
        return Page(tuple(found), len(found))
    [(total,)] = bulk.read(connection, f"SELECT count(*) FROM journal{where}", *values)
    return Page(tuple(found), int(total))


def before(connection: Connection, chain: str, obligation: int, seq: int, kinds: Sequence[str]) -> Entry | None:
    """The newest entry of some kinds about an obligation before another one."""
    rows = bulk.read(
        connection,
        f"{ROWS.select} WHERE cascade_id = ? AND obligation = ? AND seq < ? AND kind IN ({bulk.marks(len(kinds))})"
        " ORDER BY seq DESC LIMIT 1",
        chain, obligation, seq, *kinds,
    )  # fmt: skip
    return ROWS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def last_about(connection: Connection, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
    """The newest entry about each of these obligations, by cascade and number."""
    table = apart(connection, "journal AS l", "journal_obligation")
    columns = ", ".join(f"j.{name}" for name in ROWS.columns)
    sql = (
        Sql("WITH known (cascade_id, number) AS (") + these_keys(connection, keys)
        + f") SELECT {columns} FROM known AS k CROSS JOIN journal AS j WHERE j.cascade_id = k.cascade_id AND j.seq ="
        f" (SELECT max(l.seq) FROM {table} WHERE l.cascade_id = k.cascade_id AND l.obligation = k.number)"
    )  # fmt: skip
    found = (ROWS.from_row(row, connection.dialect.name == "sqlite") for row in read(connection, sql))
    return {(one.cascade_id, one.obligation): one for one in found if one.obligation is not None}


def awake_heads(connection: Connection, now: datetime, limit: int) -> dict[str, int]:
    """The last entry of every cascade that has something due: what a round adds comes after these."""
    rows = bulk.read(
        connection,
        f"SELECT id, last_seq FROM cascade WHERE wake_at <= ? ORDER BY wake_at LIMIT {int(limit)}",
        at(connection, now),
    )
    return {row[0]: row[1] for row in rows}


def since(connection: Connection, heads: Mapping[str, int], limit: int) -> list[Entry]:
    """The entries after the given heads, chain by chain."""
    found: list[Entry] = []
    for chain, head in heads.items():
        if len(found) >= limit:
            break
        found += listed(connection, Wanted(chain, after=head), limit - len(found)).entries
    return found


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, values = ["cascade_id = ?"], [wanted.chain]
    asked: tuple[tuple[str, Any], ...] = (
        ("obligation = ?", wanted.obligation),
        ("kind = ?", wanted.kind),
        ("seq > ?", wanted.after),
        ("seq <= ?", wanted.until),
    )
    for part, value in asked:
        if value is not None:
            parts.append(part)
            values.append(value)
    return f" WHERE {' AND '.join(parts)}", values
