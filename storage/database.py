"""Connections and transactions on SQLite and PostgreSQL, with the care each needs. Nothing above knows which it is.

No state is kept on a PostgreSQL session beyond its transaction, so that a pooler in transaction mode may stand between.
"""

import os
import random
import re
import selectors
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from storage.driver import driver, told
from storage.errors import Away, Held, Met, Unavailable
from workflows.text import say

T = TypeVar("T")
BUSY_SECONDS = 8  # how long a SQLite writer waits for another one before it is told; a service ends within ten seconds
TRIES = 5  # of a transaction that met another one
MET = ("40001", "40P01")  # a serialization failure, a deadlock
_NOT_GIVEN = "55P03"  # a lock that did not come within lock_timeout
_READ_ONLY = "25006"  # a server that takes no writes: a standby, or what was the primary before a failover
_CONNECTIONS_MAX = 10  # of one process, unless the URL says ?pool=N
_POOL_SECONDS = 10  # how long one waits for a connection of a pool that is all in use
_PREPARED_FROM = 5  # times that a statement comes on one connection
_DRIVERS_WORDS = re.compile("^connection (is bad|failed): (?=connection )")  # before the same in the server's words
_PAUSE_SECONDS = 0.02  # before the second try of a transaction that met another one; at most twice as long each time
# A server that does not answer is given up within these, so that a service sees it go and come back.
_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
# The time to wait comes first: the others may have to wait as well.
_PATIENT = f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}"
_SQLITE = (_PATIENT, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


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
    """One database. Thread-safe; transactions are taken from a bounded pool.

    `name` is how PostgreSQL names our connections to whoever looks at it, and to whoever waits for what we hold.
    """

    def __init__(self, text: str, name: str = "cascade") -> None:
        self.url = parse_url(text)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._in_use: set[Any] = set()
        self._abandoned = False
        self.connections: Engine = self._connect(name)

    @property
    def shown(self) -> str:
        """How it is named to people: the path, or the URL without its password."""
        return (self.url.database or "") if self.is_sqlite else self.url.render_as_string(hide_password=True)

    def check_place(self) -> None:
        """Raises Unavailable where a SQLite file cannot lie: a folder has its name, or there is no folder for it."""
        path = Path(self.url.database or "") if self.is_sqlite else None
        if path and path.is_dir():
            raise Unavailable(say("{database} is a folder, not a database file.", database=self.shown))
        if path and not path.parent.is_dir():
            said = say(
                "There is no folder {folder} for the database {database}.", folder=path.parent, database=self.shown
            )
            raise Unavailable(said)

    def _connect(self, name: str) -> Engine:
        if self.is_sqlite and _is_read_only(Path(self.url.database or "")):
            # An archive on read-only media: nothing writes it, so it is read without a lock and without its log.
            return create_engine(f"sqlite:///file:{self.url.database}?mode=ro&immutable=1&uri=true", poolclass=NullPool)
        try:
            if not self.is_sqlite:
                engine = _postgres(self.url, name)
                event.listen(engine, "checkout", lambda connection, *_: self._in_use.add(connection))
                event.listen(engine, "checkin", lambda connection, *_: self._in_use.discard(connection))
                return engine
            engine = create_engine(self.url, poolclass=NullPool if self.url.database in (None, "") else None)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            said = say("{name!r} has no driver here: {why}", name=self.url.drivername, why=error)
            raise Unavailable(said) from error
        except ArgumentError as error:  # such as hosts named in two ways at once
            raise _not_understood(self.url, error) from error
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def transaction(self, busy_seconds: float = BUSY_SECONDS) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing. Raises Unavailable where the database is away, or busy for longer
        than `busy_seconds` (on SQLite)."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "READ COMMITTED"}
        with self._guarded() as reached, self.connections.connect() as connection:
            # A plain BEGIN takes the write lock late, and fails where it should have waited.
            options |= {"cascade_begin": "BEGIN IMMEDIATE", "cascade_reached": reached, "cascade_busy": busy_seconds}
            with connection.execution_options(**options).begin():
                yield connection
                reached.append("commit")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database and writes nothing."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._guarded(), self.connections.connect() as connection:
            with connection.execution_options(cascade_begin="BEGIN", **options).begin():
                yield connection

    def insist(self, work: Callable[[], T]) -> T:
        """Do a whole transaction, and do it again where it met another one, a bounded number of times.

        Raises Met, saying so, where it gave way every time."""
        for attempt in range(1, TRIES):
            try:
                return work()
            except Met:
                pause(attempt)
        return work()

    @contextmanager
    def _guarded(self) -> Iterator[list[str]]:
        """Says what the driver says in our own terms. What is yielded is told how far the transaction came."""
        reached: list[str] = []
        if self._abandoned:
            raise Away(say("{database} does not answer, and is not waited for any longer", database=self.shown))
        try:
            yield reached
        except sqlalchemy_errors.TimeoutError as error:
            said = say("All connections of this process to {database} are in use; try again.", database=self.shown)
            raise Unavailable(said) from error
        except DBAPIError as error:
            found = self._in_our_terms(error, bool(reached))
            if found is None:
                raise
            raise found from error

    def _in_our_terms(self, error: DBAPIError, committing: bool) -> Unavailable | None:
        state, why = getattr(error.orig, "sqlstate", None), _first_line(error)
        if state in MET:
            return Met(say("Others were writing the same at the same time, and this gave way each time ({why}). Nothing"
                           " was stored; try again.", why=why))  # fmt: skip
        if state == _NOT_GIVEN:
            return Held(say("Somebody else is writing the same; nothing was stored. Try again."))
        if state == _READ_ONLY:
            self.connections.dispose()  # the next connections may find the server that takes them
            return Away(
                say("{database} is a replica, which is only read. Name the primary: --database", database=self.shown)
            )
        if self.is_sqlite and "database is locked" in why:
            return Away(say("{database} is busy: another process has been writing it for {seconds} s. Nothing was"
                            " stored; try again.", database=self.shown, seconds=BUSY_SECONDS))  # fmt: skip
        if error.connection_invalidated or isinstance(error, OperationalError):
            lost = say("The connection to {database} was lost: {why}", database=self.shown, why=why)
            unusable = say("The database {database} cannot be used: {why}", database=self.shown, why=why)
            away = Away(lost if error.connection_invalidated else unusable)
            away.unsure = committing and not self.is_sqlite
            away.unreached = not error.connection_invalidated
            return away
        if type(error.orig) is sqlite3.DatabaseError:  # the file itself: no database, or a damaged one
            return Unavailable(say("{database} cannot be used: {why}", database=self.shown, why=why))
        return None

    def abandon(self) -> None:
        """Hang up on a server that does not answer, for good: who waits for it is told that it is away. For a process that has
        to end; a transaction in hand is rolled back."""
        self._abandoned = True
        for connection in tuple(self._in_use):
            with suppress(
                OSError, ValueError, self.connections.dialect.loaded_dbapi.Error
            ):  # it has just ended by itself
                with socket.socket(fileno=os.dup(connection.fileno())) as line:
                    line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.connections.dispose()


def pause(attempt: int) -> None:
    """Let the other one finish: a short time by chance, longer with each try, so that two do not meet again."""
    time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))


def _postgres(url: URL, name: str) -> Engine:
    """Connections that need nothing of their session, give up a server that is silent, and are looked at before use."""
    query = dict(url.query)
    arguments: dict[str, Any] = {key: value for key, value in _PATIENCE.items() if key not in query}
    arguments |= {"application_name": name[:63]} if "application_name" not in query else {}
    told = query.pop("prepare_threshold", None)
    arguments["prepare_threshold"] = _count(told, "prepare_threshold") if told else None
    size = _count(query.pop("pool", str(_CONNECTIONS_MAX)), "pool") or _CONNECTIONS_MAX
    engine = create_engine(
        url.set(query=query), connect_args=arguments, pool_size=size, max_overflow=0, pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
    )  # fmt: skip
    _check_options(engine)
    if not told:
        event.listen(engine, "connect", _prepare_where_it_lasts)

    def look(connection: Any, _record: Any, _proxy: Any) -> None:
        if not _has_something_to_say(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # as old as this one, the others are gone as well

    event.listen(engine, "checkout", look)
    return engine


def _check_options(engine: Engine) -> None:
    """Raises Unavailable where the URL names an option that no connection has."""
    from psycopg import ProgrammingError, conninfo  # whoever works on SQLite is spared it

    try:
        options = engine.dialect.create_connect_args(engine.url)[1]
        conninfo.make_conninfo("", **{name: value for name, value in options.items() if name != "context"})
    except ProgrammingError as error:
        raise _not_understood(engine.url, error) from error


def _not_understood(url: URL, error: Exception) -> Unavailable:
    shown = url.render_as_string(hide_password=True)
    return Unavailable(say("the URL {database} cannot be used: {why}", database=shown, why=str(error).strip()))


def _has_something_to_say(connection: Any) -> bool:
    """Did something come while nobody asked? Nearly always the server's farewell: it is seen without a round trip."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def _count(text: Any, option: str) -> int | None:
    """A count among the options of a URL, or `none`."""
    if str(text).lower() == "none":
        return None
    if not str(text).isdecimal():
        raise Unavailable(say("{option}={text} in the database's URL is no number", option=option, text=text))
    return int(text)


def _prepare_where_it_lasts(connection: Any, _record: Any) -> None:
    """Let statements be prepared, unless a pooler gives each transaction another session, in which they are not there.

    A pooler has to answer for the session itself: the process it names is not the one that answers."""
    connection.autocommit = True
    [process] = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.autocommit = False
    connection.prepare_threshold = _PREPARED_FROM if process == connection.info.backend_pid else None


def _is_read_only(path: Path) -> bool:
    """A file that is there and that this user cannot write, with no log beside it that would still have to be read."""
    log = Path(f"{path}-wal")
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return path.is_file() and not writable and not (log.exists() and log.stat().st_size)


def _first_line(error: DBAPIError) -> str:
    return _DRIVERS_WORDS.sub("", str(error.orig or error).strip().splitlines()[0])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins, not the driver
    for pragma in _SQLITE:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    sql, busy_seconds, raw = options.get("cascade_begin", "BEGIN"), options.get("cascade_busy"), driver(connection)
    with told(connection, sql):
        if busy_seconds in (None, BUSY_SECONDS):
            raw.execute(sql)
            return
        raw.execute(f"PRAGMA busy_timeout={round(busy_seconds * 1000)}")
        try:
            raw.execute(sql)
        finally:
            raw.execute(_PATIENT)
