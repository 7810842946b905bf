"""The directory of offices in the database."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap
from workflows.offices import Absence, Deputy, Office, Offices

_DEPUTIES = RowMap(Deputy, "deputy", ["office", "place"])
_ABSENCES = RowMap(Absence, "absence", ["office", "place"])
T = TypeVar("T")


def read_offices(connection: Connection) -> Offices:
    """The whole directory at its present version."""
    people: dict[str, dict[str, str]] = {}
    for office, role, person in bulk.read(connection, "SELECT office, role, person FROM seat ORDER BY office, role"):
        people.setdefault(office, {})[role] = person
    emails: dict[str, dict[str, str]] = {}
    phones: dict[str, dict[str, str]] = {}
    for office, role, email, phone in bulk.read(
        connection, "SELECT office, role, email, phone FROM address ORDER BY office, role"
    ):
        if email:
            emails.setdefault(office, {})[role] = email
        if phone:
            phones.setdefault(office, {})[role] = phone
    rows = bulk.read(
        connection, "SELECT id, name, level, above, outside, host, short, language FROM office ORDER BY seq"
    )
    deputies, absences = _by_office(connection, _DEPUTIES), _by_office(connection, _ABSENCES)
    found = {
        row[0]: Office(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), row[6], people.get(row[0], {}),
                       tuple(deputies.get(row[0], ())), tuple(absences.get(row[0], ())), emails.get(row[0], {}), row[7],
                       phones.get(row[0], {}))
        for row in rows
    }  # fmt: skip
    return Offices(found, directory_version(connection))


def _by_office(connection: Connection, rows: RowMap[T]) -> Mapping[str, list[T]]:
    """The values of a table under the office they belong to, in the order of the file."""
    found: dict[str, list[T]] = {}
    for row in bulk.read(connection, f"{rows.select} ORDER BY office, place"):
        found.setdefault(row[0], []).append(rows.from_row(row, connection.dialect.name == "sqlite"))
    return found


def directory_version(connection: Connection) -> int:
    [(version,)] = bulk.read(connection, "SELECT directory_version FROM installation WHERE id = 1")
    return int(version)


def write_offices(connection: Connection, offices: Sequence[Office]) -> None:
    """Replace the directory. The caller has checked that nothing in use is lost."""
    for table in ("absence", "deputy", "address", "seat", "office"):
        connection.exec_driver_sql(f"DELETE FROM {table}")
    _insert(connection, list(enumerate(offices, 1)))
    _insert_persons(connection, offices)
    connection.exec_driver_sql("UPDATE installation SET directory_version = directory_version + 1 WHERE id = 1")


def hold(connection: Connection) -> None:
    """Move the directory's version: until this transaction ends nobody else changes the directory."""
    connection.exec_driver_sql("UPDATE installation SET directory_version = directory_version + 1 WHERE id = 1")


def add_office(connection: Connection, office: Office) -> None:
    """Put an office behind all the others. The caller holds the directory, and has checked it with them."""
    [(last,)] = bulk.read(connection, "SELECT coalesce(max(seq), 0) FROM office")
    _insert(connection, [(last + 1, office)])
    _insert_persons(connection, [office])


def change_office(connection: Connection, office: Office) -> None:
    """Write anew who stands in for the seats of an office, who is away, and where its messages go. The caller holds the
    directory."""
    for table in ("absence", "deputy", "address"):
        bulk.write(connection, f"DELETE FROM {table} WHERE office = ?", office.id)
    _insert_persons(connection, [office])


def _insert_persons(connection: Connection, offices: Sequence[Office]) -> None:
    """Deputies, absences and addresses of offices, each in the order they were given."""
    sqlite = connection.dialect.name == "sqlite"
    standing = [_DEPUTIES.to_row(each, sqlite, one.id, n) for one in offices for n, each in enumerate(one.deputies, 1)]
    bulk.insert(connection, "deputy", _DEPUTIES.columns, standing)
    away = [_ABSENCES.to_row(each, sqlite, one.id, n) for one in offices for n, each in enumerate(one.absent, 1)]
    bulk.insert(connection, "absence", _ABSENCES.columns, away)
    addresses = [
        (one.id, role, one.email.get(role, ""), one.phone.get(role))
        for one in offices
        for role in sorted({*one.email, *one.phone})
    ]
    bulk.insert(connection, "address", ["office", "role", "email", "phone"], addresses)


def _insert(connection: Connection, offices: Sequence[tuple[int, Office]]) -> None:
    """Offices at their places, with who sits in them."""
    flag = int if connection.dialect.name == "sqlite" else bool
    columns = ["id", "seq", "name", "short", "level", "above", "outside", "host", "language"]
    rows = [
        (one.id, seq, one.name, one.short, one.level, one.above, flag(one.outside), flag(one.host), one.language)
        for seq, one in offices
    ]
    bulk.insert(connection, "office", columns, rows)
    seats = [(one.id, role, person) for _, one in offices for role, person in one.people.items()]
    bulk.insert(connection, "seat", ["office", "role", "person"], seats)


def offices_in_use(connection: Connection) -> set[str]:
    """The offices that some obligation or directive names."""
    rows = bulk.read(
        connection,
        "SELECT holder FROM obligation UNION SELECT giver FROM obligation UNION SELECT issuer FROM directive"
        " UNION SELECT controller FROM obligation WHERE controller IS NOT NULL"
        " UNION SELECT recipient FROM obligation WHERE recipient IS NOT NULL",
    )
    return {row[0] for row in rows}
