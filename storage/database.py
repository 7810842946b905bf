"""Connections and transactions on SQLite and PostgreSQL, with the care each needs. Nothing above knows which it is.

No state is kept on a PostgreSQL session beyond its transaction, so that a pooler in transaction mode may stand between.
"""

import os
import random
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from storage import failures, postgres
from storage.driver import driver
from storage.errors import Away, Met, Unavailable
from storage.failures import Misdirected
from storage.transactions import BUSY_SECONDS, WAIT, Kept, Transaction
from workflows.text import say

T = TypeVar("T")
TRIES = 5  # of a transaction that met another one
_PAUSE_SECONDS = 0.02  # before the second try of a transaction that met another one; at most twice as long each time
# The time to wait comes first: the others may have to wait as well.
_SQLITE = (WAIT, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


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

    `name` is how PostgreSQL names our connections to whoever looks at it, and to whoever waits for what we hold. A SQLite file
    that is to stay `untouched` is read as it lies: nobody writes it.
    """

    def __init__(self, text: str, name: str = "cascade", *, untouched: bool = False) -> None:
        self.url = parse_url(text)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._untouched = untouched
        self._in_use: set[Any] = set()
        self._abandoned = False
        self.connections: Engine = self._connect(name)
        self._kept = Kept(self.connections, self.is_sqlite)

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
        if self.is_sqlite and (self._untouched or _is_read_only(Path(self.url.database or ""))):
            # An archive on read-only media: nothing writes it, so it is read without a lock and without its log.
            return create_engine(
                f"sqlite:///file:{quote(self.url.database or '')}?mode=ro&immutable=1&uri=true", poolclass=NullPool
            )
        try:
            if not self.is_sqlite:
                engine = postgres.connections(self.url, name)
                event.listen(engine, "checkout", lambda connection, *_: self._in_use.add(connection))
                event.listen(engine, "checkin", lambda connection, *_: self._in_use.discard(connection))
                return engine
            engine = create_engine(self.url, poolclass=NullPool if self.url.database in (None, "") else None)
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            said = say("{name!r} has no driver here: {why}", name=self.url.drivername, why=error)
            raise Unavailable(said) from error
        except ArgumentError as error:  # such as hosts named in two ways at once
            raise postgres.not_understood(self.url, error) from error
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def transaction(self, busy_seconds: float = BUSY_SECONDS) -> AbstractContextManager[Connection]:
        """A transaction that writes: all of it or nothing. Raises Unavailable where the database is away, or busy for longer
        than `busy_seconds` (on SQLite)."""
        return Transaction(self._kept, self._in_our_terms, writes=True, busy_seconds=busy_seconds)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment of the database and writes nothing."""
        return Transaction(self._kept, self._in_our_terms, writes=False)

    def insist(self, work: Callable[[], T]) -> T:
        """Do a whole transaction, and do it again where it met another one, a bounded number of times.

        Raises Met, saying so, where it gave way every time."""
        for attempt in range(1, TRIES):
            try:
                return work()
            except Met:
                pause(attempt)
        return work()

    def _in_our_terms(self, error: BaseException | None) -> Unavailable | None:
        """What the driver says, in our own terms; of None, whether there is anything to say before it is asked."""
        if error is None:
            return self._gone() if self._abandoned else None
        found = failures.in_our_terms(error, self.shown, self.is_sqlite)
        if isinstance(found, Misdirected):
            self._kept.close()
            self.connections.dispose()  # the next connections may find the server that takes them
        return found

    def _gone(self) -> Away:
        return Away(say("{database} does not answer, and is not waited for any longer", database=self.shown))

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
        self._kept.close()
        self.connections.dispose()


def pause(attempt: int) -> None:
    """Let the other one finish: a short time by chance, longer with each try, so that two do not meet again."""
    time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))


def _is_read_only(path: Path) -> bool:
    """A file that is there and that this user cannot write, with no log beside it that would still have to be read."""
    log = Path(f"{path}-wal")
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return path.is_file() and not writable and not (log.exists() and log.stat().st_size)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins, not the driver
    for pragma in _SQLITE:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """SQLAlchemy begins by itself at its first statement, unless that stands in a transaction of ours."""
    if not driver(connection).in_transaction:
        driver(connection).execute("BEGIN")
