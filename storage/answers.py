"""What a program was answered under its Idempotency-Key, so that the same request again is answered and not done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class Answer:
    """A request of an account under its key. `digest` is of the request; no `status` while it is still carried out."""

    account: str
    request: str
    digest: str
    created_at: datetime
    status: int | None = None
    body: str | None = None


_ROWS = RowMap(Answer, "answer")


def begin(connection: Connection, account: str, request: str, digest: str, now: datetime) -> Answer | None:
    """Take a key for a request. None: it is ours to carry out. Else what stands under that key already, whose digest the
    caller compares."""
    sqlite = connection.dialect.name == "sqlite"
    row = _ROWS.to_row(Answer(account, request, digest, now), sqlite)
    sql = (
        f"INSERT INTO answer ({', '.join(_ROWS.columns)}) VALUES ({bulk.marks(len(row))})"
        " ON CONFLICT DO NOTHING RETURNING account"
    )
    return None if bulk.read(connection, sql, *row) else find(connection, account, request)


def find(connection: Connection, account: str, request: str) -> Answer | None:
    rows = bulk.read(connection, f"{_ROWS.select} WHERE account = ? AND request = ?", account, request)
    return _ROWS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def keep(connection: Connection, account: str, request: str, status: int, body: str) -> None:
    """The answer that the same request will be given again."""
    sql = "UPDATE answer SET status = ?, body = ? WHERE account = ? AND request = ? AND status IS NULL"
    bulk.write(connection, sql, status, body, account, request)


def drop(connection: Connection, account: str, request: str) -> None:
    """Give a key free again whose request failed without an answer worth keeping."""
    bulk.write(connection, "DELETE FROM answer WHERE account = ? AND request = ? AND status IS NULL", account, request)


def let_go(connection: Connection, before: datetime) -> None:
    """Answers from before an instant are given no more."""
    bulk.write(connection, "DELETE FROM answer WHERE created_at < ?", bulk.instant(connection, before))
