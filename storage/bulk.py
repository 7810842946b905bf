"""Rows in and out at the speed of the driver: values of the law ↔ tuples, and statements over many of them.

SQLAlchemy's Core costs 13 µs for a row with three instants where the driver costs 2; a fan-out writes ten thousand rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import compress, count
from operator import attrgetter, is_not
from typing import Any, Generic, TypeVar, get_type_hints

import orjson
from sqlalchemy import Connection

from storage.driver import driver, told
from workflows.decoding import decoder
from workflows.facts import to_data

T = TypeVar("T")
Coder = Callable[[Any], Any]
_SET_FROM = 20  # rows from which one statement over all of them costs less than one for each
FEW = 200  # rows from which COPY costs less than an executemany in a pipeline


def json_text(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=8192)
def to_sqlite_instant(instant: datetime) -> str:
    """As SQLAlchemy's own DateTime writes it, so that either can read what the other wrote."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=8192)
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
        self.names = names
        self.columns = [*leading, *names]
        self._get = attrgetter(*names)
        self._picks: dict[tuple[tuple[int, ...], bool], tuple[Callable[[T], tuple[Any, ...]], list[Coder | None]]] = {}
        hints = get_type_hints(kind)
        coders = {name: {sqlite: _coders(hints[name], sqlite) for sqlite in (True, False)} for name in names}
        self._writers, self._readers = (
            {
                sqlite: [(place, coder[way]) for place, name in enumerate(names) if (coder := coders[name][sqlite])]
                for sqlite in (True, False)
            }
            for way in (0, 1)
        )

    def to_row(self, value: T, sqlite: bool, *leading: Any) -> tuple[Any, ...]:
        row = list(self._get(value))
        for place, write in self._writers[sqlite]:
            one = row[place]
            if one is not None:
                row[place] = write(one)
        return (*leading, *row)

    def to_rows(self, values: Iterable[T], sqlite: bool, *leading: Any) -> Iterator[list[Any]]:
        """The rows of many values; of each only that is written anew in which it is another one than the value before."""
        writers: list[Coder | None] = [None] * len(self.names)
        for place, writer in self._writers[sqlite]:
            writers[place] = writer
        before: tuple[Any, ...] = (object(),) * len(self.names)
        row: list[Any] = [*leading, *before]
        for value in values:
            given = self._get(value)
            row = row.copy()
            for place in compress(count(), map(is_not, given, before)):
                one, write = given[place], writers[place]
                row[place + len(leading)] = one if one is None or write is None else write(one)
            before = given
            yield row

    def differing(self, before: T, after: T) -> tuple[int, ...]:
        """The places, counted without the leading columns, in which two values differ."""
        old, new = self._get(before), self._get(after)
        return tuple(place for place in compress(count(), map(is_not, old, new)) if old[place] != new[place])

    def picked(self, value: T, places: Iterable[int], sqlite: bool) -> tuple[Any, ...]:
        """Some of a value's row, as the driver takes it."""
        get, writers = self._picking(tuple(places), sqlite)
        return tuple(
            one if one is None or write is None else write(one) for one, write in zip(get(value), writers, strict=True)
        )

    def _picking(
        self, places: tuple[int, ...], sqlite: bool
    ) -> tuple[Callable[[T], tuple[Any, ...]], list[Coder | None]]:
        found = self._picks.get((places, sqlite))
        if found is None:
            writers, names = dict(self._writers[sqlite]), [self.names[place] for place in places]
            get = attrgetter(*names) if len(names) > 1 else _alone(attrgetter(*names))
            found = self._picks[places, sqlite] = (get, [writers.get(place) for place in places])
        return found

    def from_row(self, row: Sequence[Any], sqlite: bool) -> T:
        values = list(row[len(self.leading) :])
        for place, read in self._readers[sqlite]:
            one = values[place]
            if one is not None:
                values[place] = read(one)
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
    return _remembering(lambda value: json_text(to_data(value))), _json_reader(hint)


def _alone(get: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: (get(value),)


def _remembering(write: Coder) -> Coder:
    """The same, which writes a value that comes twice in a row once: rows of a batch share their longer values."""
    last: tuple[Any, Any] = (None, None)

    def remembered(value: Any) -> Any:
        nonlocal last
        if not value:
            return "[]"
        known = last
        if known[0] is not value:
            last = known = (value, write(value))
        return known[1]

    return remembered


def _json_reader(hint: Any) -> Coder:
    decode = decoder(hint)
    last: tuple[str, Any] = ("[]", ())

    def read(text: str) -> Any:
        nonlocal last
        known = last
        if text == "[]":
            return ()
        if known[0] != text:  # rows of a batch share their longer values
            last = known = (text, decode(orjson.loads(text)))
        return known[1]

    return read


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


Query = tuple[str, tuple[Any, ...]]  # a statement written with `?`, in either dialect, and its values
Rows = Sequence[Sequence[Any]]


def insert(connection: Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows whose values are as the driver takes them."""
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) >= FEW and not _in_pipeline(connection):
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with told(connection, sql), driver(connection).cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        return
    _write_each(connection, _insert_sql(table, tuple(columns), placeholder(connection)), rows)


def _in_pipeline(connection: Connection) -> bool:
    """Is it written together with others? COPY cannot be."""
    return bool(driver(connection).pgconn.pipeline_status)


def update(
    connection: Connection, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Update rows by their key: each row holds the new values of `columns`, then the key's."""
    listed = list(rows)
    if connection.dialect.name == "postgresql" and len(listed) >= _SET_FROM:
        _update_as_a_set(connection, table, keys, columns, listed)
    elif listed:
        _write_each(connection, _update_sql(table, tuple(keys), tuple(columns), placeholder(connection)), listed)


def _update_as_a_set(
    connection: Connection, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """One statement over all rows: they travel as one JSON text, which PostgreSQL reads by the types of the table."""
    names = [*columns, *keys]
    changes = ", ".join(f"{column} = new.{column}" for column in columns)
    same = " AND ".join(f"old.{key} = new.{key}" for key in keys)
    sql = f"UPDATE {table} AS old SET {changes} FROM json_populate_recordset(NULL::{table}, %s) AS new WHERE {same}"
    values = orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()
    with told(connection, sql):
        driver(connection).execute(sql, (values,))


def read(connection: Connection, sql: str, *values: Any) -> Rows:
    """Rows of a statement written with `?`, in either dialect."""
    with told(connection, sql):
        found: Rows = driver(connection).execute(sql.replace("?", placeholder(connection)), values).fetchall()
    return found


def read_together(connection: Connection, queries: Sequence[Query]) -> list[Rows]:
    """The rows of several statements, which on PostgreSQL cost one round trip together."""
    if connection.dialect.name == "sqlite":
        return [read(connection, sql, *values) for sql, values in queries]
    with told(connection, queries[0][0]):
        raw = driver(connection)
        begins = raw.pgconn.transaction_status == 0 and not raw.autocommit
        level = raw.isolation_level
        if begins:  # psycopg would wait for the answer to a BEGIN of its own; ours goes with what follows
            raw.autocommit = True
        with raw.pipeline():
            if begins:
                raw.execute(f"BEGIN ISOLATION LEVEL {level.name.replace('_', ' ')}" if level else "BEGIN")
            cursors = [raw.execute(sql.replace("?", "%s"), values) for sql, values in queries]
        return [cursor.fetchall() for cursor in cursors]


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is written here, each few rows, costs one round trip on PostgreSQL, together with the commit that ends it."""
    if connection.dialect.name == "sqlite":
        yield
        return
    with told(connection, "COMMIT"):
        raw = driver(connection)
        with raw.pipeline() as pipeline:
            yield
            connection.get_execution_options().get("cascade_reached", []).append("commit")
            commit(raw, pipeline)


def commit(raw: Any, _pipeline: Any) -> None:
    """Commit with what was written together; the answer comes when the pipeline ends."""
    raw.execute("COMMIT")


def marks(count: int) -> str:
    return ", ".join("?" * count)


def write(connection: Connection, sql: str, *values: Any) -> None:
    """A statement written with `?`, in either dialect, whose rows nobody reads."""
    with told(connection, sql):
        driver(connection).execute(sql.replace("?", placeholder(connection)), values)


def write_returning(connection: Connection, sql: str, *values: Any) -> Callable[[], Rows]:
    """The same with RETURNING; its rows are there once what is written together is."""
    with told(connection, sql):
        cursor = driver(connection).execute(sql.replace("?", placeholder(connection)), values)
        if connection.dialect.name == "postgresql":
            return cursor.fetchall  # type: ignore[no-any-return]
        rows: Rows = cursor.fetchall()
    return lambda: rows


def _write_each(connection: Connection, sql: str, rows: Rows) -> None:
    with told(connection, sql):
        if len(rows) == 1:
            driver(connection).execute(sql, rows[0])
        else:
            driver(connection).cursor().executemany(sql, rows)
