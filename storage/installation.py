"""The one row that says what a database is: when it was created, what for, and which time it lives in."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.errors import NotSimulated
from storage.rows import RowMap
from workflows.calendar import VIETNAM
from workflows.text import say


@dataclass(frozen=True, slots=True)
class Installation:
    """`simulated_at` is the present instant of a simulated database; None in one that lives in real time.

    `directory_version` counts every change of offices, workflows and calendars. `two_persons` says whether who wrote a
    workflow and who publishes it have to be two persons. `campaign` is the administration's entry that running cascades
    have still to follow, 0 where none does.
    """

    id: int
    created_at: datetime
    purpose: str
    simulated_at: datetime | None = None
    directory_version: int = 0
    admin_seq: int = 0
    admin_hash: str = ""
    two_persons: bool = False
    campaign: int = 0

    @property
    def simulated(self) -> bool:
        return self.simulated_at is not None


_ROWS = RowMap(Installation, "installation")


def create(connection: Connection, created_at: datetime, purpose: str, simulated_at: datetime | None) -> None:
    sqlite = connection.dialect.name == "sqlite"
    row = _ROWS.to_row(Installation(1, created_at, purpose, simulated_at), sqlite)
    bulk.insert(connection, "installation", _ROWS.columns, [row])


READ = f"{_ROWS.select} WHERE id = 1"
COLUMNS = [f"installation.{column}" for column in _ROWS.columns]


def read(connection: Connection) -> Installation | None:
    return from_rows(connection, bulk.read(connection, READ))


def from_rows(connection: Connection, rows: bulk.Rows) -> Installation | None:
    """What the statement READ has found, or another that begins with COLUMNS."""
    return _seen(tuple(rows[0][: len(COLUMNS)]), connection.dialect.name == "sqlite") if rows else None


@lru_cache(maxsize=16)
def _seen(row: tuple[Any, ...], sqlite: bool) -> Installation:
    """Every command reads the one row, which hardly ever changes."""
    return _ROWS.from_row(row, sqlite)


def set_simulated_at(connection: Connection, instant: datetime) -> None:
    """Move the time of a simulated database forward. Raises NotSimulated: nobody fabricates real time."""
    found = read(connection)
    if found is None or found.simulated_at is None:
        raise NotSimulated(
            say("This database lives in real time: its time cannot be set. (cascade db create --simulated-from)")
        )
    if instant < found.simulated_at:
        there = f"{found.simulated_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
        raise NotSimulated(say("It is already {moment} here: time does not run backwards.", moment=there))
    at = bulk.instant(connection, instant)
    bulk.update(connection, "installation", ["id"], ["simulated_at"], [(at, 1)])


def set_two_persons(connection: Connection, required: bool) -> None:
    """Whether author and publisher have to be two persons from now on. The caller puts it on the record."""
    value = int(required) if connection.dialect.name == "sqlite" else required
    bulk.update(connection, "installation", ["id"], ["two_persons"], [(value, 1)])
