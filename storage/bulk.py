"""Statements over many rows, at the speed of the driver and in either dialect; on PostgreSQL in few round trips."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from select import select
from typing import Any

import orjson
from sqlalchemy import Connection

from storage.driver import COMMIT, driver, tell, told
from storage.rows import from_sqlite_instant, to_sqlite_instant, to_utc

_SET_FROM = 20  # rows from which one statement over all of them costs less than one for each
_BEHIND = "what PostgreSQL is doing while we go on"
_FLUSH_SECONDS = 1  # after which a server that takes nothing more is asked again
FEW = 200  # rows from which COPY costs less than an executemany in a pipeline


def instant(connection: Connection, value: datetime) -> datetime | str:
    """An instant as this database's driver takes it."""
    return to_sqlite_instant(value) if connection.dialect.name == "sqlite" else value


def read_instant(connection: Connection, value: Any) -> datetime | None:
    """An instant as this database's driver gave it, in UTC."""
    if value is None:
        return None
    return from_sqlite_instant(value) if connection.dialect.name == "sqlite" else to_utc(value)


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
    write_each(connection, _insert_sql(table, tuple(columns), placeholder(connection)), rows)


def _in_pipeline(connection: Connection) -> bool:
    """Is it written together with others? COPY cannot be."""
    return bool(driver(connection).pgconn.pipeline_status)


def update(
    connection: Connection,
    table: str,
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    behind: bool = False,
) -> None:
    """Update rows by their key: each row holds the new values of `columns`, then the key's.

    With `behind` its end is not waited for where it is one statement over many: see `settle`.
    """
    listed = list(rows)
    if connection.dialect.name == "postgresql" and len(listed) >= _SET_FROM:
        if behind and not _in_pipeline(connection):
            _leave_behind(connection)
        _update_as_a_set(connection, table, keys, columns, listed)
        if behind:
            _flush(driver(connection).pgconn)
    elif listed:
        write_each(connection, _update_sql(table, tuple(keys), tuple(columns), placeholder(connection)), listed)


def _update_as_a_set(
    connection: Connection, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """One statement over all rows: they travel as one JSON text, which PostgreSQL reads by the types of the table."""
    names = [*columns, *keys]
    changes = ", ".join(f"{column} = new.{column}" for column in columns)
    same = " AND ".join(f"old.{key} = new.{key}" for key in keys)
    sql = f"UPDATE {table} AS old SET {changes} FROM json_populate_recordset(NULL::{table}, %s) AS new WHERE {same}"
    values = orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()
    _run(connection, sql, (values,))


def _leave_behind(connection: Connection) -> None:
    """From here on statements are sent and not waited for, until `settle`."""
    pipeline = driver(connection).pipeline()
    pipeline.__enter__()
    connection.info[_BEHIND] = pipeline


def settle(connection: Connection) -> None:
    """Wait for what PostgreSQL was left to do behind, and hear how it went. Nothing is stored without it: a COPY and a commit
    come after it."""
    pipeline = connection.info.pop(_BEHIND, None)
    if pipeline:
        with told(connection, "UPDATE"):
            pipeline.__exit__(None, None, None)


def _flush(connection: Any) -> None:
    """What is said reaches the server now: half of a long statement would lie here until the next is said."""
    while connection.flush():
        select([], [connection.socket], [], _FLUSH_SECONDS)


def read(connection: Connection, sql: str, *values: Any) -> Rows:
    """Rows of a statement written with `?`, in either dialect."""
    try:
        return _all_of(driver(connection).execute(_in_dialect(connection, sql), values))
    except Exception as error:
        tell(connection, sql, error)
        raise


def _all_of(cursor: Any) -> Rows:
    """Its rows. A cursor that failed half-way is closed: left open it would keep its transaction from ending."""
    try:
        found: Rows = cursor.fetchall()
    finally:
        cursor.close()
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
            cursors = [raw.execute(_in_dialect(connection, sql), values) for sql, values in queries]
        return [cursor.fetchall() for cursor in cursors]


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is written here, each few rows, costs one round trip on PostgreSQL, together with the commit that ends it."""
    if connection.dialect.name == "sqlite":
        yield
        return
    with told(connection, COMMIT):
        raw = driver(connection)
        with raw.pipeline() as pipeline:
            yield
            commit(raw, pipeline)


def commit(raw: Any, _pipeline: Any) -> None:
    """Commit with what was written together; the answer comes when the pipeline ends."""
    raw.execute("COMMIT")


def marks(count: int) -> str:
    return ", ".join("?" * count)


def write(connection: Connection, sql: str, *values: Any) -> None:
    """A statement written with `?`, in either dialect, whose rows nobody reads."""
    _run(connection, _in_dialect(connection, sql), values)


def write_returning(connection: Connection, sql: str, *values: Any) -> Callable[[], Rows]:
    """The same with RETURNING; its rows are there once what is written together is."""
    if connection.dialect.name == "postgresql":
        return _run(connection, _in_dialect(connection, sql), values).fetchall  # type: ignore[no-any-return]
    rows = read(connection, sql, *values)
    return lambda: rows


def write_each(connection: Connection, sql: str, rows: Rows) -> None:
    """A statement, written as the driver takes it, for each of these rows."""
    if len(rows) == 1:
        _run(connection, sql, rows[0])
        return
    with told(connection, sql):
        driver(connection).cursor().executemany(sql, rows)


def _run(connection: Connection, sql: str, values: Sequence[Any]) -> Any:
    try:
        return driver(connection).execute(sql, values)
    except Exception as error:
        tell(connection, sql, error)
        raise


def _in_dialect(connection: Connection, sql: str) -> str:
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")
