"""Rows carried from one database to another, table by table as the schema lists them: read in pages, written in bulk.

Proved by sums: a table's sum is the sum of the sha256 of its rows, so that it does not depend on their order, which text
sorts into differently on each database.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import psycopg
from sqlalchemy import Boolean, Connection, Date, Integer, LargeBinary, String, Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import UTCDateTime

from storage import bulk
from storage.errors import Unavailable, Unmovable
from storage.rows import from_sqlite_instant, to_sqlite_instant
from storage.tables import metadata
from workflows.text import say

PAGE = 2000  # rows in memory at a time
PAGE_OF_FILES = 2  # of those that hold whole files
_MODULUS = 1 << 256
_AS_THEY_ARE = (String, Integer)
Rows = list[tuple[Any, ...]]
Progressed = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes, in hex."""

    rows: int
    digest: str


def tables() -> list[Table]:
    """Every table of the schema; whatever is added to it later is carried as well."""
    return metadata.sorted_tables


def count(connection: Connection) -> int:
    """How many rows there are to carry."""
    return sum(int(bulk.read(connection, f"SELECT count(*) FROM {table.name}")[0][0]) for table in tables())


def carry(source: Connection, target: Connection, progressed: Progressed = lambda _: None) -> dict[str, Sum]:
    """Write every row of `source` into the empty tables of `target`; the sums of what was read.

    `progressed` is told the number of rows of each page. Raises Unmovable for a row that `target` does not take.
    """
    sqlite = target.dialect.name == "sqlite"
    sums = {}
    for table in tables():
        columns, writers = _columns(table), _writers(table, sqlite)
        adding = _Adding(table.name)
        for page in _pages(source, table):
            adding.add(page)
            try:
                bulk.insert(target, table.name, columns, _written(page, writers) if writers else page)
            except (DBAPIError, psycopg.Error) as error:
                said = _not_taken(table.name, error)
                away = isinstance(getattr(error, "orig", error), (psycopg.OperationalError, sqlite3.OperationalError))
                raise (Unavailable if away else Unmovable)(said) from error
            progressed(len(page))
        sums[str(table.name)] = adding.sum
    return sums


def sums(connection: Connection, progressed: Progressed = lambda _: None) -> dict[str, Sum]:
    """The sums of every table as it is stored."""
    found = {}
    for table in tables():
        adding = _Adding(table.name)
        for page in _pages(connection, table):
            adding.add(page)
            progressed(len(page))
        found[str(table.name)] = adding.sum
    return found


class _Adding:
    """The sum of a table while its rows go by."""

    def __init__(self, table: str) -> None:
        self._table, self._rows, self._total = table, 0, 0

    def add(self, page: Rows) -> None:
        try:
            for row in page:
                self._total += int.from_bytes(hashlib.sha256(orjson.dumps(row)).digest())
        except (TypeError, ValueError) as error:  # SQLite keeps anything in any column
            raise Unmovable(_not_taken(self._table, error)) from error
        self._rows += len(page)

    @property
    def sum(self) -> Sum:
        return Sum(self._rows, f"{self._total % _MODULUS:064x}")


def _pages(connection: Connection, table: Table) -> Iterator[Rows]:
    """The rows of a table in the order of its key, as values that are the same from either database."""
    key = ", ".join(column.name for column in table.primary_key.columns)
    most = PAGE_OF_FILES if any(isinstance(one.type, LargeBinary) for one in table.columns) else PAGE
    found = connection.exec_driver_sql(
        f"SELECT {', '.join(_columns(table))} FROM {table.name} ORDER BY {key}",
        execution_options={"stream_results": True, "yield_per": most},
    )
    readers = _readers(table, connection.dialect.name == "sqlite")
    for page in found.partitions(most):
        try:
            yield _read(page, readers)
        except (TypeError, ValueError) as error:
            raise Unmovable(_not_taken(table.name, error)) from error


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _read(page: Sequence[Sequence[Any]], readers: list[tuple[int, Callable[[Any], Any]]]) -> Rows:
    rows = []
    for stored in page:
        row = list(stored)
        for place, read in readers:
            if row[place] is not None:
                row[place] = read(row[place])
        rows.append(tuple(row))
    return rows


_written = _read  # the same walk, with other coders


def _readers(table: Table, sqlite: bool) -> list[tuple[int, Callable[[Any], Any]]]:
    """How the values of a row become what both databases agree on: UTC instants, days, truth values."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(table.columns):
        if isinstance(column.type, UTCDateTime):
            found.append((place, from_sqlite_instant if sqlite else _to_utc))
        elif isinstance(column.type, Date):
            found += [(place, date.fromisoformat)] if sqlite else []
        elif isinstance(column.type, Boolean):
            found += [(place, _truth)] if sqlite else []
        elif isinstance(column.type, LargeBinary):
            found.append((place, bytes.hex))
        elif not isinstance(column.type, _AS_THEY_ARE):
            raise TypeError(f"{table.name}.{column.name}: a {column.type!r} was never carried; say how")
    return found


def _writers(table: Table, sqlite: bool) -> list[tuple[int, Callable[[Any], Any]]]:
    """How those values are written to SQLite; PostgreSQL's driver takes all but a file's content as they are."""
    kinds: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
        (UTCDateTime, to_sqlite_instant),
        (Date, date.isoformat),
        (Boolean, int),
    )
    files: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = ((LargeBinary, bytes.fromhex),)
    return [
        (place, write)
        for place, column in enumerate(table.columns)
        for kind, write in ((*kinds, *files) if sqlite else files)
        if isinstance(column.type, kind)
    ]


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _truth(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError(f"{value!r} is neither true nor false")
    return bool(value)


def _not_taken(table: str, error: Exception) -> str:
    why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return say("a row of table {table} cannot be carried: {why}", table=table, why=why)
