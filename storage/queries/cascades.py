"""The cascades of a database, and its directives: one row each, for lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.folding import words_of
from storage.queries import paging
from storage.queries.filters import folded_holds
from storage.queries.paging import Page
from storage.queries.sight import Sight, clause
from storage.queries.sql import Sql, all_of, beginning, read
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class CascadeLine:
    """A cascade in a list. Its counts follow from its next numbers; nothing is counted."""

    id: str
    title: str
    workflow: str
    simulated: bool
    directives: int
    obligations: int
    entries: int
    last_at: datetime
    wake_at: datetime | None


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    """A directive in a list, with how many obligations it gave and how many of them are open."""

    cascade: str
    number: int
    symbol: str
    type: str
    issuer: str
    issued_on: date
    arrived_on: date | None
    subject: str
    state: str
    workflow: str
    recorded_by: str | None
    obligations: int
    open: int


_CASCADES = RowMap(CascadeLine, "cascade")
_DIRECTIVES = RowMap(DirectiveLine, "directive")
_CASCADE_COLUMNS = "id, title, workflow, simulated, next_directive - 1, next_obligation - 1, last_seq, last_at, wake_at"
_CHUNK = 500  # values in one IN list
_LAST_LETTER = "z"  # of the alphabet that ids are written in


def listed(connection: Connection, limit: int, prefix: str = "") -> list[CascadeLine]:
    """The cascades whose id starts with `prefix`, in order of their ids."""
    rows = bulk.read(
        connection,
        f"SELECT {_CASCADE_COLUMNS} FROM cascade WHERE id >= ? AND id <= ? ORDER BY id LIMIT {int(limit)}",
        prefix,
        prefix + _LAST_LETTER * 12,
    )
    return [_CASCADES.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def ids(connection: Connection) -> list[str]:
    """Every cascade, in order."""
    return [row[0] for row in bulk.read(connection, "SELECT id FROM cascade ORDER BY id")]


def page(
    connection: Connection, sight: Sight, limit: int = 50, cursor: str | None = None, text: str = ""
) -> Page[CascadeLine]:
    """A page of cascades, the one with the newest entry first; `text` are words of its documents, without accents."""
    limit, seen = paging.bounded(limit), clause(connection, sight)
    where, words = [seen.cascade("c.id")], words_of(text)
    if words:
        holds = Sql("c.id IN (SELECT f.cascade_id FROM folded AS f WHERE ") + folded_holds(connection, "f", words) + ")"
        where.append(holds)
    if cursor:
        values = tuple(paging.stored(connection, value) for value in paging.after(cursor, "cascades", "it"))
        where.append(Sql("(c.last_at, c.id) < (?, ?)", values))
    sql = beginning(seen.before) + f"SELECT {_CASCADE_COLUMNS} FROM cascade AS c WHERE " + all_of(where)
    rows = read(connection, sql + f" ORDER BY c.last_at DESC, c.id DESC LIMIT {limit + 1}")
    sqlite = connection.dialect.name == "sqlite"
    shown, further = paging.cut([_CASCADES.from_row(row, sqlite) for row in rows], limit)
    return Page(shown, paging.cursor("cascades", (shown[-1].last_at, shown[-1].id)) if further else None)


def count(connection: Connection) -> int:
    [(found,)] = bulk.read(connection, "SELECT count(*) FROM cascade")
    return int(found)


def directives(connection: Connection, limit: int, cascade: str | None = None) -> list[DirectiveLine]:
    """The directives of one cascade or of all, each counted through the index on its obligations."""
    where, values = (" WHERE d.cascade_id = ?", [cascade]) if cascade else ("", [])
    of_it = "SELECT count(*) FROM obligation AS o WHERE o.cascade_id = d.cascade_id AND o.directive = d.number"
    rows = bulk.read(
        connection,
        "SELECT d.cascade_id, d.number, d.symbol, d.type, d.issuer, d.issued_on, d.arrived_on, d.subject,"
        f" d.state, d.workflow, d.recorded_by, ({of_it}), ({of_it} AND o.outcome IS NULL)"
        f" FROM directive AS d{where} ORDER BY d.cascade_id, d.number LIMIT {int(limit)}",
        *values,
    )
    return [_DIRECTIVES.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def registered(connection: Connection, issuers: Sequence[str]) -> list[tuple[str, int, str, str, date]]:
    """The directives of these issuers: cascade, number, issuer, symbol, own date."""
    found: list[Sequence[Any]] = []
    for start in range(0, len(issuers), _CHUNK):
        chunk = issuers[start : start + _CHUNK]
        found += bulk.read(
            connection,
            f"SELECT cascade_id, number, issuer, symbol, issued_on FROM directive WHERE issuer IN ({bulk.marks(len(chunk))})",
            *chunk,
        )
    return [(row[0], row[1], row[2], row[3], _day(row[4])) for row in found]


def _day(stored: date | str) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)


def count_directives(connection: Connection, cascade: str | None = None) -> int:
    where, values = (" WHERE cascade_id = ?", [cascade]) if cascade else ("", [])
    [(found,)] = bulk.read(connection, f"SELECT count(*) FROM directive{where}", *values)
    return int(found)
