"""What rests on what: documents by their symbol, items that name them, and the dates of both."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from storage import bulk, journal
from storage.rows import RowMap
from workflows.facts import DirectiveMoved


@dataclass(frozen=True, slots=True)
class Registered:
    """A directive of this database."""

    cascade: str
    number: int
    symbol: str
    issuer: str
    issued_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Resting:
    """An item that names a document as one it rests on; `obligation` is set where it is known which one that is about."""

    cascade: str
    directive: int
    item: int
    kind: str
    symbol: str
    by_symbol: str
    to_cascade: str | None
    obligation: int | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A date that passes the date of a further document it rests on: an obligation and the one it would have to precede."""

    number: int
    due_at: datetime
    kind: str
    symbol: str
    basis_cascade: str
    basis_obligation: int
    basis_due_at: datetime


_REGISTERED = RowMap(Registered, "basis")
_RESTING = RowMap(Resting, "basis")
_PASSED = RowMap(Passed, "basis")


def registered(
    connection: Connection, symbol: str, year: int | None = None, issuer: str | None = None
) -> list[Registered]:
    """The directives with this symbol, of that year and issuer where they are named: numbers restart every year."""
    where, values = ["symbol = ?"], [symbol]
    if issuer is not None:
        where.append("issuer = ?")
        values.append(issuer)
    rows = bulk.read(
        connection,
        "SELECT cascade_id, number, symbol, issuer, issued_on, state FROM directive"
        f" WHERE {' AND '.join(where)} AND means IN ('dispatch', 'opening') ORDER BY cascade_id, number",
        *values,
    )
    found = [_REGISTERED.from_row(row, connection.dialect.name == "sqlite") for row in rows]
    return [one for one in found if year in (None, one.issued_on.year)]


def revoked_by(connection: Connection, cascade: str, directive: int) -> str:
    """The symbol of the document that revoked a directive."""
    moved = (one.fact for one in journal.about_directive(connection, cascade, directive, "DirectiveMoved"))
    return next(one.document for one in moved if isinstance(one, DirectiveMoved) and one.document)


def held_under(connection: Connection, cascade: str, directive: int, holder: str) -> list[int]:
    """The open obligations that an office owes under a directive."""
    rows = bulk.read(
        connection,
        "SELECT number FROM obligation WHERE cascade_id = ? AND directive = ? AND holder = ? AND outcome IS NULL"
        " AND standing IS NULL ORDER BY number",
        cascade,
        directive,
        holder,
    )
    return [row[0] for row in rows]


def resting_on(connection: Connection, symbol: str, year: int, unresolved: bool = False) -> list[Resting]:
    """The items anywhere that name a document and still rest on it; `unresolved`, those that know no obligation of it."""
    known = " AND b.cascade IS NULL" if unresolved else ""
    rows = bulk.read(
        connection,
        "SELECT b.cascade_id, b.directive, b.item, b.kind, b.symbol, d.symbol, b.cascade, b.obligation, b.issued_on"
        " FROM basis AS b JOIN directive AS d ON d.cascade_id = b.cascade_id AND d.number = b.directive"
        f" WHERE b.symbol = ? AND b.ended_by IS NULL{known} ORDER BY b.cascade_id, b.directive, b.item, b.place",
        symbol,
    )
    sqlite = connection.dialect.name == "sqlite"
    return [_RESTING.from_row(row[:-1], sqlite) for row in rows if row[-1] is None or str(row[-1])[:4] == str(year)]


def passing(connection: Connection, cascade: str, numbers: list[int]) -> list[Passed]:
    """Of these obligations, the dates that are later than the date of a further document they rest on."""
    if not numbers:
        return []
    rows = bulk.read(
        connection,
        "SELECT o.number, o.due_at, b.kind, b.symbol, b.cascade, b.obligation, t.due_at FROM obligation AS o"
        " JOIN basis AS b ON b.cascade_id = o.cascade_id AND b.directive = o.directive AND b.item = o.item"
        " JOIN obligation AS t ON t.cascade_id = b.cascade AND t.number = b.obligation"
        f" WHERE o.cascade_id = ? AND o.number IN ({bulk.marks(len(numbers))}) AND o.outcome IS NULL"
        " AND b.ended_by IS NULL AND t.outcome IS NULL AND o.due_at > t.due_at ORDER BY o.number, b.place",
        cascade,
        *numbers,
    )
    return [_PASSED.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def labels(connection: Connection, cascade: str, directive: int) -> dict[int, str]:
    """The labels of a directive's items, by their numbers."""
    rows = bulk.read(
        connection,
        "SELECT number, label FROM item WHERE cascade_id = ? AND directive = ? ORDER BY number",
        cascade,
        directive,
    )
    return {row[0]: row[1] for row in rows}
