"""Who has not yet reported under a document: the addressees of an urging letter."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class Document:
    """A directive as people name it."""

    cascade_id: str
    number: int
    symbol: str
    issuer: str
    issued_on: date
    subject: str
    state: str


@dataclass(frozen=True, slots=True)
class Unreported:
    """An obligation under a document for which no report was sent, and which does not rest."""

    number: int
    holder: str
    part: str
    item: int
    label: str
    period: str | None
    workflow: str
    state: str
    due_at: datetime | None
    officer: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """The obligations that were asked for, up to a limit; `total` counts all that are as asked.

    `resting` counts those without a report that are left out, because they rest.
    """

    rows: tuple[Unreported, ...]
    total: int
    resting: int


_DOCUMENTS = RowMap(Document, "directive")
_LINES = RowMap(Unreported, "obligation")
_DOCUMENTS_MAX = 100
_OWN_SYMBOL = "means IN ('dispatch', 'opening')"  # an endorsement goes by the symbol of what it is written on

# What is for information owes nothing; what stands reports by its periods and events, which are rows of their own; what
# is linked reports under another document.
_OWED = """ FROM obligation AS o
  JOIN item AS i ON i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item
  WHERE o.cascade_id = ? AND o.directive = ? AND o.outcome IS NULL AND o.part <> 'info'
  AND o.mode NOT IN ('info', 'linked') AND NOT (o.mode IN ('periodic', 'on_event') AND o.standing IS NULL)
"""
# While it rests somebody else has to act first: the giver, on a report, a dispute or a request; or nobody, in a pause.
_WAITS, _RESTS = "AND o.rested_at IS NULL AND o.sent_at IS NULL", "AND o.rested_at IS NOT NULL AND o.sent_at IS NULL"
_COLUMNS = "o.number, o.holder, o.part, o.item, i.label, o.period, o.workflow, o.state, o.due_at, o.officer"


def documents(
    connection: Connection, symbol: str | None = None, cascade: str | None = None, number: int | None = None
) -> list[Document]:
    """The directives with this symbol, or number, or both, in one cascade or in any; newest first."""
    asked = {"symbol": symbol, "cascade_id": cascade, "number": number}
    kept = {column: value for column, value in asked.items() if value is not None}
    where = " AND ".join([*(f"{column} = ?" for column in kept), *([_OWN_SYMBOL] if symbol else [])])
    rows = bulk.read(
        connection,
        f"{_DOCUMENTS.select} WHERE {where} ORDER BY issued_on DESC, cascade_id, number LIMIT {_DOCUMENTS_MAX}",
        *kept.values(),
    )
    return [_DOCUMENTS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def numbered(connection: Connection, digits: str) -> list[Document]:
    """The directives whose symbol begins with this number, a zero before it or not; newest first."""
    rows = bulk.read(
        connection,
        f"{_DOCUMENTS.select} WHERE (symbol LIKE ? OR symbol LIKE ?) AND {_OWN_SYMBOL}"
        f" ORDER BY issued_on DESC, cascade_id, number LIMIT {_DOCUMENTS_MAX}",
        f"{digits}%",
        f"0{digits}%",
    )
    return [_DOCUMENTS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def listed(connection: Connection, document: Document, limit: int) -> Page:
    """Who has not reported, the longest due first, and how many they are altogether."""
    values = (document.cascade_id, document.number)
    rows = bulk.read(
        connection,
        f"SELECT {_COLUMNS}{_OWED} {_WAITS} ORDER BY o.due_at IS NULL, o.due_at, o.holder, o.number LIMIT {int(limit)}",
        *values,
    )
    lines = tuple(_LINES.from_row(row, connection.dialect.name == "sqlite") for row in rows)
    [(resting,)] = bulk.read(connection, f"SELECT count(*){_OWED} {_RESTS}", *values)
    if len(lines) < limit:
        return Page(lines, len(lines), int(resting))
    [(total,)] = bulk.read(connection, f"SELECT count(*){_OWED} {_WAITS}", *values)
    return Page(lines, int(total), int(resting))
