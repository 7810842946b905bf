"""Accounts: who may sign in, which seats and roles each holds. The caller puts what changes on the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap

Seat = tuple[str, str]  # an office and a role in it


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in. `name` is folded; `password` is an argon2id hash, or None where none was chosen yet.

    `epoch` moves with whatever ends all sessions: disabled, another password, a seat or role given or taken.
    """

    name: str
    shown: str
    language: str
    created_at: datetime
    password: str | None = None
    must_change: bool = False
    disabled_at: datetime | None = None
    epoch: int = 0

    @property
    def disabled(self) -> bool:
        return self.disabled_at is not None


_ROWS = RowMap(Account, "account")


def any_there(connection: Connection) -> bool:
    """Is there an account at all?"""
    return bool(bulk.read(connection, "SELECT 1 FROM account LIMIT 1"))


def find(connection: Connection, name: str, *, hold: bool = False) -> Account | None:
    """The account of a folded name; held until the transaction ends where it is about to change."""
    sqlite = connection.dialect.name == "sqlite"
    lock = " FOR UPDATE" if hold and not sqlite else ""
    rows = bulk.read(connection, f"{_ROWS.select} WHERE name = ?{lock}", name)
    return _ROWS.from_row(rows[0], sqlite) if rows else None


def listed(connection: Connection, limit: int, after: str = "") -> list[Account]:
    """The accounts by name."""
    rows = bulk.read(connection, f"{_ROWS.select} WHERE name > ? ORDER BY name LIMIT ?", after, limit)
    return [_ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def count(connection: Connection) -> int:
    return int(bulk.read(connection, "SELECT count(*) FROM account")[0][0])


def add(connection: Connection, account: Account, seats: Iterable[Seat], roles: Iterable[str]) -> None:
    """A new account. The caller has seen that the name is free."""
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, "account", _ROWS.columns, [_ROWS.to_row(account, sqlite)])
    rows = [(account.name, office, role) for office, role in seats]
    bulk.insert(connection, "account_seat", ["account", "office", "role"], rows)
    bulk.insert(connection, "account_role", ["account", "role"], [(account.name, role) for role in roles])


def seats_of(connection: Connection, name: str) -> tuple[Seat, ...]:
    rows = bulk.read(connection, "SELECT office, role FROM account_seat WHERE account = ? ORDER BY office, role", name)
    return tuple((row[0], row[1]) for row in rows)


def roles_of(connection: Connection, name: str) -> frozenset[str]:
    return frozenset(row[0] for row in bulk.read(connection, "SELECT role FROM account_role WHERE account = ?", name))


def held(connection: Connection) -> tuple[Mapping[str, tuple[Seat, ...]], Mapping[str, tuple[str, ...]]]:
    """The seats and the roles of every account that has any, by name: for lists."""
    seats: dict[str, tuple[Seat, ...]] = {}
    for name, office, role in bulk.read(connection, "SELECT account, office, role FROM account_seat ORDER BY 1, 2, 3"):
        seats[name] = (*seats.get(name, ()), (office, role))
    roles: dict[str, tuple[str, ...]] = {}
    for name, role in bulk.read(connection, "SELECT account, role FROM account_role ORDER BY 1, 2"):
        roles[name] = (*roles.get(name, ()), role)
    return seats, roles


def holders(connection: Connection, office: str, role: str) -> list[str]:
    """The accounts that hold a seat and are not disabled, by name."""
    rows = bulk.read(
        connection,
        "SELECT name FROM account JOIN account_seat ON account = name WHERE office = ? AND role = ?"
        " AND disabled_at IS NULL ORDER BY name",
        office, role,
    )  # fmt: skip
    return [row[0] for row in rows]


def admins(connection: Connection) -> int:
    """How many accounts may administer, and are not disabled."""
    sql = (
        "SELECT count(*) FROM account JOIN account_role ON account = name WHERE role = 'admin' AND disabled_at IS NULL"
    )
    return int(bulk.read(connection, sql)[0][0])


def give_seat(connection: Connection, name: str, seat: Seat) -> bool:
    """False where the account has it already."""
    sql = "INSERT INTO account_seat (account, office, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING account"
    return _moved(connection, name, sql, name, *seat)


def take_seat(connection: Connection, name: str, seat: Seat) -> bool:
    """False where the account does not have it."""
    sql = "DELETE FROM account_seat WHERE account = ? AND office = ? AND role = ? RETURNING account"
    return _moved(connection, name, sql, name, *seat)


def give_role(connection: Connection, name: str, role: str) -> bool:
    """False where the account has it already."""
    sql = "INSERT INTO account_role (account, role) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING account"
    return _moved(connection, name, sql, name, role)


def take_role(connection: Connection, name: str, role: str) -> bool:
    """False where the account does not have it."""
    return _moved(
        connection, name, "DELETE FROM account_role WHERE account = ? AND role = ? RETURNING account", name, role
    )


def set_password(connection: Connection, name: str, password: str, *, must_change: bool = False) -> None:
    """Another hash for another password: every session ends."""
    given = int(must_change) if connection.dialect.name == "sqlite" else must_change
    sql = "UPDATE account SET password = ?, must_change = ?, epoch = epoch + 1 WHERE name = ?"
    bulk.write(connection, sql, password, given, name)


def renew_hash(connection: Connection, name: str, before: str, after: str) -> None:
    """Another hash for the same password, unless somebody has changed it meanwhile: no session ends."""
    bulk.write(connection, "UPDATE account SET password = ? WHERE name = ? AND password = ?", after, name, before)


def forget_password(connection: Connection, name: str) -> None:
    """No password until one is chosen by a link: every session ends."""
    bulk.write(connection, "UPDATE account SET password = NULL, epoch = epoch + 1 WHERE name = ?", name)


def set_disabled(connection: Connection, name: str, at: datetime | None) -> None:
    """Disable an account at an instant, or (None) enable it again. Either way every session ends."""
    given = None if at is None else bulk.instant(connection, at)
    bulk.write(connection, "UPDATE account SET disabled_at = ?, epoch = epoch + 1 WHERE name = ?", given, name)


def set_language(connection: Connection, name: str, language: str) -> None:
    bulk.write(connection, "UPDATE account SET language = ? WHERE name = ?", language, name)


def _moved(connection: Connection, name: str, sql: str, *values: str) -> bool:
    """Did the statement change what the account holds? Then its sessions end."""
    done = bool(bulk.read(connection, sql, *values))
    if done:
        bulk.write(connection, "UPDATE account SET epoch = epoch + 1 WHERE name = ?", name)
    return done
