"""Rows in and out at the speed of the driver: values of the law ↔ tuples, and statements over many of them.

SQLAlchemy's Core costs 13 µs for a row with three instants where the driver costs 2; a fan-out writes ten thousand rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

import orjson
from sqlalchemy import Connection

from workflows.decoding import decoder
from workflows.facts import to_data

T = TypeVar("T")
Coder = Callable[[Any], Any]
_COPY_FROM = 200  # rows from which COPY costs less than an executemany in a pipeline


def json_text(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=8192)
def to_sqlite_instant(instant: datetime) -> str:
    """As SQLAlchemy's own DateTime writes it, so that either can read what the other wrote."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def from_sqlite_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


class RowMap(Generic[T]):
    """How values of one kind lie in a table: one column per field, after the table's leading columns.

    The last fields may be kept `apart`, in a table of their own; values read here have their defaults.
    """

    def __init__(self, kind: type[T], table: str, leading: Sequence[str] = (), apart: Sequence[str] = ()) -> None:
        self.kind, self.table, self.leading = kind, table, tuple(leading)
        names = [field.name for field in fields(kind) if field.name not in apart]  # type: ignore[arg-type]
        self.columns = [*leading, *names]
        self._get = attrgetter(*names)
        hints = get_type_hints(kind)
        self._coders = {
            sqlite: [(place, coder) for place, name in enumerate(names) if (coder := _coders(hints[name], sqlite))]
            for sqlite in (True, False)
        }

    def to_row(self, value: T, sqlite: bool, *leading: Any) -> tuple[Any, ...]:
        row = list(self._get(value))
        for place, (write, _) in self._coders[sqlite]:
            if row[place] is not None:
                row[place] = write(row[place])
        return (*leading, *row)

    def from_row(self, row: Sequence[Any], sqlite: bool) -> T:
        values = list(row[len(self.leading) :])
        for place, (_, read) in self._coders[sqlite]:
            if values[place] is not None:
                values[place] = read(values[place])
        return self.kind(*values)

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"


def _coders(hint: Any, sqlite: bool) -> tuple[Coder, Coder] | None:
    """How a field of this type is written and read; None where the driver takes it as it is."""
    kinds = set(getattr(hint, "__args__", (hint,))) - {type(None)}
    if datetime in kinds:
        return (to_sqlite_instant, from_sqlite_instant) if sqlite else (_identity, _to_utc)
    if date in kinds and len(kinds) == 1:
        return (date.isoformat, date.fromisoformat) if sqlite else None
    if bool in kinds:
        return (int, bool) if sqlite else None
    if kinds <= {str, int}:
        return None
    read = decoder(hint)
    return (lambda value: json_text(to_data(value))), (lambda text: read(orjson.loads(text)))


def _identity(value: Any) -> Any:
    return value


def instant(connection: Connection, value: datetime) -> datetime | str:
    """An instant as this database's driver takes it."""
    return to_sqlite_instant(value) if connection.dialect.name == "sqlite" else value


def read_instant(connection: Connection, value: Any) -> datetime | None:
    """An instant as this database's driver gave it, in UTC."""
    if value is None:
        return None
    return from_sqlite_instant(value) if connection.dialect.name == "sqlite" else _to_utc(value)


def placeholder(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


@cache
def _insert_sql(table: str, columns: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"


@cache
def _update_sql(table: str, keys: tuple[str, ...], columns: tuple[str, ...], mark: str) -> str:
    changes = ", ".join(f"{column} = {mark}" for column in columns)
    return f"UPDATE {table} SET {changes} WHERE {' AND '.join(f'{key} = {mark}' for key in keys)}"


def insert(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows whose values are as the driver takes them."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= _COPY_FROM:
        with connection.connection.cursor() as cursor:  # type: ignore[attr-defined]
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        return
    connection.exec_driver_sql(_insert_sql(table, tuple(columns), placeholder(connection)), list(rows))


def update(
    connection: Connection, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Update rows by their key: each row holds the new values of `columns`, then the key's."""
    listed = list(rows)
    if listed:
        connection.exec_driver_sql(_update_sql(table, tuple(keys), tuple(columns), placeholder(connection)), listed)


def read(connection: Connection, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
    """Rows of a statement written with `?`, in either dialect."""
    return connection.exec_driver_sql(sql.replace("?", placeholder(connection)), values).fetchall()


def marks(count: int) -> str:
    return ", ".join("?" * count)


def write(connection: Connection, sql: str, *values: Any) -> None:
    """A statement written with `?`, in either dialect, whose rows nobody reads."""
    connection.exec_driver_sql(sql.replace("?", placeholder(connection)), values)
