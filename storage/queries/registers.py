"""The registers of documents: what was issued, what came in, by date; and one document as it is shown."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from storage.folding import words_of
from storage.queries import paging
from storage.queries import sight as sights
from storage.queries.filters import folded_holds
from storage.queries.paging import Page
from storage.queries.sight import Sight
from storage.queries.sql import Sql, all_of, apart, beginning, read
from storage.rows import RowMap

KINDS = ("issued", "incoming")  # by an office of this installation; recorded here for one outside


@dataclass(frozen=True, slots=True)
class Registered:
    """A directive in a register, with how many obligations it gave and how many of them are open."""

    cascade: str
    number: int
    symbol: str
    type: str
    issuer: str
    issued_on: date
    arrived_on: date | None
    arrival_number: str | None
    subject: str
    state: str
    means: str
    urgency: str | None
    signer: str | None
    place: str | None
    workflow: str
    recorded_by: str | None
    replaces: int | None
    obligations: int
    open: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents; None and empty ask for all. `issued_to` is the day after the last one.

    `office` with a kind asks for that office's own register: what it issued; what others gave it, or it recorded here.
    `dated`: something under it has a date, or nothing has.
    """

    kind: str | None = None
    issuer: str | None = None
    symbol: str | None = None
    type: str | None = None
    state: str | None = None
    arrival_number: str | None = None
    cascade: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    text: str = ""
    office: str | None = None
    dated: bool | None = None


_ROWS = RowMap(Registered, "directive")
_OF_IT = "SELECT count(*) FROM obligation AS o WHERE o.cascade_id = d.cascade_id AND o.directive = d.number"
_OF_IT_ANY = "SELECT 1 FROM obligation AS o WHERE o.cascade_id = d.cascade_id AND o.directive = d.number"
_COLUMNS = (
    "d.cascade_id, d.number, d.symbol, d.type, d.issuer, d.issued_on, d.arrived_on, d.arrival_number, d.subject, d.state,"
    " d.means, d.urgency, d.signer, d.place, d.workflow, d.recorded_by, d.replaces,"
    f" ({_OF_IT}), ({_OF_IT} AND o.outcome IS NULL)"
)
_KEY = "d.issued_on, d.cascade_id, d.number"


def listed(
    connection: Connection, sight: Sight, wanted: Wanted, limit: int = 50, cursor: str | None = None
) -> Page[Registered]:
    """A page of documents, the newest date first."""
    limit = paging.bounded(limit)
    seen = sights.clause(connection, sight, wanted.cascade)
    where = [*_conditions(connection, wanted), seen.directive()]
    if cursor:
        values = tuple(paging.stored(connection, value) for value in paging.after(cursor, "register", "dtn"))
        where.append(Sql(f"({_KEY}) < (?, ?, ?)", values))
    walk = None if wanted.cascade or wanted.symbol else "directive_issued"
    page = (
        Sql(f"SELECT {_KEY} FROM {apart(connection, 'directive AS d', walk)} WHERE ") + all_of(where)
        + f" ORDER BY d.issued_on DESC, d.cascade_id DESC, d.number DESC LIMIT {limit + 1}"
    )  # fmt: skip
    sql = (
        beginning([*seen.before, Sql("page AS MATERIALIZED (") + page + ")"])
        + f"SELECT {_COLUMNS} FROM page CROSS JOIN directive AS d"
        " WHERE d.cascade_id = page.cascade_id AND d.number = page.number"
        " ORDER BY page.issued_on DESC, page.cascade_id DESC, page.number DESC"
    )
    sqlite = connection.dialect.name == "sqlite"
    rows, further = paging.cut([_ROWS.from_row(row, sqlite) for row in read(connection, sql)], limit)
    end = (rows[-1].issued_on, rows[-1].cascade, rows[-1].number) if further else ()
    return Page(rows, paging.cursor("register", end) if further else None)


def find(connection: Connection, sight: Sight, cascade: str, number: int) -> Registered | None:
    """One document; None where there is none that is seen."""
    seen = sights.clause(connection, sight, cascade)
    where = all_of([Sql("d.cascade_id = ? AND d.number = ?", (cascade, number)), seen.directive()])
    rows = read(connection, beginning(seen.before) + f"SELECT {_COLUMNS} FROM directive AS d WHERE " + where)
    return _ROWS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def _conditions(connection: Connection, wanted: Wanted) -> list[Sql]:
    asked: tuple[tuple[str, Any], ...] = (
        ("d.issuer = ?", wanted.issuer),
        ("d.symbol = ?", wanted.symbol),
        ("d.type = ?", wanted.type),
        ("d.state = ?", wanted.state),
        ("d.arrival_number = ?", wanted.arrival_number),
        ("d.cascade_id = ?", wanted.cascade),
        ("d.issued_on >= ?", wanted.issued_from),
        ("d.issued_on < ?", wanted.issued_to),
    )
    parts = [Sql(text, (paging.stored(connection, value),)) for text, value in asked if value is not None]
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise ValueError(f"no register is called {wanted.kind!r}")
    if wanted.office is not None:
        parts.append(_of_office(wanted.office, wanted.kind))
    elif wanted.kind is not None:
        parts.append(Sql(f"d.recorded_by IS {'NOT ' if wanted.kind == 'incoming' else ''}NULL"))
    if wanted.dated is not None:
        parts.append(Sql(f"{'' if wanted.dated else 'NOT '}EXISTS ({_OF_IT_ANY} AND o.due_at IS NOT NULL)"))
    words = words_of(wanted.text)
    if words:
        holds = folded_holds(connection, "f", words)
        parts.append(
            Sql("(d.cascade_id, d.number) IN (SELECT f.cascade_id, f.directive FROM folded AS f WHERE ") + holds + ")"
        )
    return parts


def _of_office(office: str, kind: str | None) -> Sql:
    """What an office issued, what came in to it, or both."""
    issued = Sql("d.issuer = ?", (office,))
    came = (
        Sql("d.issuer <> ? AND (d.recorded_by LIKE ? OR ", (office, f"{office}/%"))
        + f"EXISTS ({_OF_IT_ANY} AND "
        + Sql("o.holder = ?))", (office,))
    )
    if kind == "issued":
        return issued
    return came if kind == "incoming" else Sql("(") + issued + " OR (" + came + "))"
