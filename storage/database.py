"""Connections and transactions on SQLite and PostgreSQL, with the care each needs. Nothing above knows which it is."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from storage.errors import Unavailable
from workflows.text import say

BUSY_SECONDS = 8  # how long a SQLite writer waits for another one before it is told; a service ends within ten seconds
MET = ("40001", "40P01")  # a serialization failure, a deadlock
_POOL = 5
# The time to wait comes first: the others may have to wait as well.
_SQLITE = (f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def parse_url(text: str) -> URL:
    """A database URL; a plain path means a SQLite file. Raises Unavailable for one that names no known database."""
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise Unavailable(say("{text!r} is neither a path nor a database URL", text=text)) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        said = say("{kind!r} is not supported: give a path, sqlite:/// or postgresql://", kind=url.get_backend_name())
        raise Unavailable(said)
    return url


class Database:
    """One database. Thread-safe; transactions are taken from a bounded pool."""

    def __init__(self, text: str) -> None:
        self.url = parse_url(text)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.connections: Engine = self._connect()

    @property
    def shown(self) -> str:
        """How it is named to people: the path, or the URL without its password."""
        return (self.url.database or "") if self.is_sqlite else self.url.render_as_string(hide_password=True)

    def _connect(self) -> Engine:
        if self.is_sqlite and _is_read_only(Path(self.url.database or "")):
            # An archive on read-only media: nothing writes it, so it is read without a lock and without its log.
            return create_engine(f"sqlite:///file:{self.url.database}?mode=ro&immutable=1&uri=true", poolclass=NullPool)
        try:
            if not self.is_sqlite:
                return create_engine(self.url, pool_size=_POOL, max_overflow=_POOL, pool_pre_ping=True)
            engine = create_engine(self.url, poolclass=NullPool if self.url.database in (None, "") else None)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            said = say("{name!r} has no driver here: {why}", name=self.url.drivername, why=error)
            raise Unavailable(said) from error
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing. Raises Unavailable where the database is away or busy."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "READ COMMITTED"}
        with self._guarded(), self.connections.connect() as connection:
            # A plain BEGIN takes the write lock late, and fails where it should have waited.
            with connection.execution_options(cascade_begin="BEGIN IMMEDIATE", **options).begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database and writes nothing."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._guarded(), self.connections.connect() as connection:
            with connection.execution_options(cascade_begin="BEGIN", **options).begin():
                yield connection

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            try:
                yield
            except self.connections.dialect.loaded_dbapi.Error as raw:  # it went by SQLAlchemy, as COPY does
                raise DBAPIError.instance(None, None, raw, Exception) from raw
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) in MET:
                raise  # two transactions met: whoever asked tries again
            said = say("The database {database} cannot be used: {why}", database=self.shown, why=_first_line(error))
            raise Unavailable(said) from error
        except DBAPIError as error:
            if type(error.orig) is sqlite3.DatabaseError:  # the file itself: no database, or a damaged one
                said = say("{database} cannot be used: {why}", database=self.shown, why=_first_line(error))
                raise Unavailable(said) from error
            if error.connection_invalidated:
                said = say("The connection to {database} was lost: {why}", database=self.shown, why=_first_line(error))
                raise Unavailable(said) from error
            raise

    def close(self) -> None:
        self.connections.dispose()


def _is_read_only(path: Path) -> bool:
    """A file that is there and that this user cannot write, with no log beside it that would still have to be read."""
    log = Path(f"{path}-wal")
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return path.is_file() and not writable and not (log.exists() and log.stat().st_size)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig or error).strip().splitlines()[0]


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins, not the driver
    for pragma in _SQLITE:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("cascade_begin", "BEGIN"))
