"""Who came in and who was turned away, and who is not listened to for a while. Outside every chain of the journal."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import bulk
from storage.at_the_door import TURNED_AWAY
from storage.rows import RowMap

_KEPT = timedelta(days=730)  # of sign-ins
_BYTES = 8


def _new_id() -> str:
    return secrets.token_hex(_BYTES)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One that came in or was turned away. `what` is a word of engine.access.noting.WHAT; the caller has bounded the texts."""

    at: datetime
    account: str
    address: str
    what: str
    detail: str | None = None
    id: str = field(default_factory=_new_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a name or an address failed, when last, and until when it is not listened to."""

    failed: int
    last_at: datetime
    until: datetime


_ROWS = RowMap(SignIn, "sign_in")


def add(connection: Connection, found: Sequence[SignIn]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, "sign_in", _ROWS.columns, [_ROWS.to_row(one, sqlite) for one in found])


def listed(
    connection: Connection, limit: int, *, account: str = "", what: Sequence[str] = (), denied: bool = False,
    since: datetime | None = None, until: datetime | None = None, after: tuple[datetime, str] | None = None,
    newest_first: bool = True,
) -> list[SignIn]:  # fmt: skip
    """Newest first, or oldest; of one account, of some words, only who was turned away, from an instant to before another,
    `after` the moment and the id of the last one that was shown."""
    wheres, values = ["1 = 1"], list[object]()
    if account:
        wheres.append("account = ?")
        values.append(account)
    if what:
        wheres.append(f"what IN ({bulk.marks(len(what))})")
        values += what
    if denied:
        wheres.append(TURNED_AWAY)
    for sign, at in ((">=", since), ("<", until)):
        if at:
            wheres.append(f"at {sign} ?")
            values.append(bulk.instant(connection, at))
    if after:
        wheres.append(f"(at, id) {'<' if newest_first else '>'} (?, ?)")
        values += [bulk.instant(connection, after[0]), after[1]]
    way = "DESC" if newest_first else "ASC"
    sql = f"{_ROWS.select} WHERE {' AND '.join(wheres)} ORDER BY at {way}, id {way} LIMIT ?"
    return [
        _ROWS.from_row(row, connection.dialect.name == "sqlite") for row in bulk.read(connection, sql, *values, limit)
    ]


def let_go(connection: Connection, now: datetime) -> None:
    """Rows of more than two years ago are let go."""
    bulk.write(connection, "DELETE FROM sign_in WHERE at < ?", bulk.instant(connection, now - _KEPT))


def find_attempt(connection: Connection, kind: str, value: str) -> Attempt | None:
    rows = bulk.read(
        connection, "SELECT failed, last_at, until FROM sign_in_try WHERE kind = ? AND value = ?", kind, value
    )
    return _attempt(connection, rows[0]) if rows else None


def count_attempt(
    connection: Connection,
    kind: str,
    value: str,
    now: datetime,
    wait: Callable[[int], timedelta],
    forgotten_after: timedelta,
) -> Attempt | None:
    """Count a try as failed before it is looked at, so that many at once are counted one by one.

    Returns the attempt that stands in the way, uncounted, where nobody is listened to yet; None where this one is. `wait`
    says how long after so many failures nobody is listened to.
    """
    sqlite, at = connection.dialect.name == "sqlite", bulk.instant(connection, now)
    bulk.write(
        connection,
        "INSERT INTO sign_in_try (kind, value, failed, last_at, until) VALUES (?, ?, 0, ?, ?) ON CONFLICT DO NOTHING",
        kind, value, at, at,
    )  # fmt: skip
    lock = "" if sqlite else " FOR UPDATE"
    sql = f"SELECT failed, last_at, until FROM sign_in_try WHERE kind = ? AND value = ?{lock}"
    found = _attempt(connection, bulk.read(connection, sql, kind, value)[0])
    if now < found.until:
        return found
    failed = 1 if now - found.last_at > forgotten_after else found.failed + 1
    until = bulk.instant(connection, now + wait(failed))
    sql = "UPDATE sign_in_try SET failed = ?, last_at = ?, until = ? WHERE kind = ? AND value = ?"
    bulk.write(connection, sql, failed, at, until, kind, value)
    return None


def forget_attempts(connection: Connection, kind: str, value: str) -> None:
    bulk.write(connection, "DELETE FROM sign_in_try WHERE kind = ? AND value = ?", kind, value)


def take_back_attempt(connection: Connection, kind: str, value: str, now: datetime) -> None:
    """The try that was counted as failed was none; what else failed from there stays counted."""
    sql = "UPDATE sign_in_try SET failed = failed - 1, until = ? WHERE kind = ? AND value = ? AND failed > 0"
    bulk.write(connection, sql, bulk.instant(connection, now), kind, value)


def let_attempts_go(connection: Connection, before: datetime) -> None:
    """Counts of names and addresses that have been quiet since."""
    bulk.write(connection, "DELETE FROM sign_in_try WHERE last_at < ?", bulk.instant(connection, before))


def _attempt(connection: Connection, row: Sequence[object]) -> Attempt:
    last_at, until = bulk.read_instant(connection, row[1]), bulk.read_instant(connection, row[2])
    assert last_at is not None  # neither column may be empty
    assert until is not None
    return Attempt(int(str(row[0])), last_at, until)
