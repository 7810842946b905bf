"""One transaction: begun, and committed or rolled back as a whole. Its connection is kept for the one after it.

SQLAlchemy's own way, from its pool through a begin and a commit and back, costs 60 µs: more than what a command writes on
SQLite. Its connections, its pool and its dialects are used as they are.
"""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import QueuePool

from storage.bulk import settle
from storage.driver import COMMIT, driver, told
from storage.errors import Unavailable
from storage.postgres import has_something_to_say

BUSY_SECONDS = 8  # how long a SQLite writer waits for another one before it is told; a service ends within ten seconds
WAIT = f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}"
_KEPT_MAX = 2
_READ_COMMITTED, _REPEATABLE_READ = 2, 3  # as psycopg counts
_FAILED = 3  # a transaction in which a statement failed, as libpq counts


class Kept:
    """Connections at rest, ready to begin; they are lent before the pool is asked."""

    def __init__(self, connections: Engine, is_sqlite: bool) -> None:
        self.connections, self.is_sqlite = connections, is_sqlite
        self._resting: list[Connection] = []

    def take(self) -> Connection:
        while self._resting:
            try:
                connection = self._resting.pop()
            except IndexError:  # another thread was faster
                break
            if self.is_sqlite or not has_something_to_say(driver(connection)):
                return connection
            self.let_go(connection)  # the pool looks into it, and says what has become of the server
        return self.connections.connect()

    def give_back(self, connection: Connection) -> None:
        """Keep it for the next, unless others may be waiting for it at the pool."""
        pool = self.connections.pool
        roomy = isinstance(pool, QueuePool) and pool.checkedout() * 2 <= pool.size()
        if roomy and len(self._resting) < _KEPT_MAX:
            self._resting.append(connection)
        else:
            self.let_go(connection)

    def let_go(self, connection: Connection) -> None:
        """Return it to the pool as it came."""
        if not (self.is_sqlite or connection.invalidated or driver(connection).closed):
            driver(connection).autocommit = False
            driver(connection).isolation_level = None
        connection.close()

    def close(self) -> None:
        while self._resting:
            self.let_go(self._resting.pop())


class Transaction:
    """A transaction, as a context: committed at its end, rolled back where an exception leaves it.

    `in_our_terms` is asked about each exception; and about None, before anything is asked of the database."""

    __slots__ = ("_busy_seconds", "_connection", "_in_our_terms", "_kept", "_writes")

    def __init__(
        self,
        kept: Kept,
        in_our_terms: Callable[[BaseException | None], Unavailable | None],
        *,
        writes: bool,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self._kept, self._in_our_terms, self._writes, self._busy_seconds = kept, in_our_terms, writes, busy_seconds
        self._connection: Connection | None = None

    def __enter__(self) -> Connection:
        gone = self._in_our_terms(None)
        if gone:
            raise gone
        try:
            connection = self._connection = self._kept.take()
            begin = self._begin_on_file if self._kept.is_sqlite else self._begin_on_server
            begin(connection)
        except BaseException as error:
            self._give_up(error)
            raise
        return connection

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        connection = self._connection
        assert connection is not None  # it was entered
        if error is not None:
            self._give_up(error)
            return
        try:
            self._commit(connection)
        except BaseException as failed:
            self._give_up(failed)
            raise
        self._kept.give_back(connection)

    def _begin_on_file(self, connection: Connection) -> None:
        # A plain BEGIN takes the write lock late, and fails where it should have waited.
        raw, sql = driver(connection), "BEGIN IMMEDIATE" if self._writes else "BEGIN"
        with told(connection, sql):
            if self._busy_seconds == BUSY_SECONDS:
                raw.execute(sql)
                return
            try:
                raw.execute(f"PRAGMA busy_timeout={round(self._busy_seconds * 1000)}")
                raw.execute(sql)
            finally:
                raw.execute(WAIT)

    def _begin_on_server(self, connection: Connection) -> None:
        """The driver begins with the first statement; it is told how much of what others do may be seen."""
        raw, level = driver(connection), _READ_COMMITTED if self._writes else _REPEATABLE_READ
        if raw.autocommit:  # so it was left by a BEGIN that travelled with other statements
            raw.autocommit = False
        if raw.isolation_level != level:
            raw.isolation_level = level

    def _commit(self, connection: Connection) -> None:
        settle(connection)
        if not self._kept.is_sqlite and driver(connection).pgconn.transaction_status == _FAILED:
            # The server would answer COMMIT with ROLLBACK, and nobody would be told.
            raise RuntimeError("a statement failed and was passed over: nothing of this transaction can be stored")
        with told(connection, COMMIT):
            connection.dialect.do_commit(driver(connection))
        if connection.in_transaction():  # SQLAlchemy began by itself, at a statement of its own
            connection.commit()

    def _give_up(self, error: BaseException) -> None:
        """Undo it, and say in our own terms what happened where it was the database."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._roll_back(connection)
            self._kept.let_go(connection)
        found = self._in_our_terms(error)
        if found:
            raise found from error

    def _roll_back(self, connection: Connection) -> None:
        try:
            if not connection.invalidated:
                with suppress(Exception):  # it is undone whichever way it went
                    settle(connection)
                connection.dialect.do_rollback(driver(connection))
            if connection.in_transaction():
                connection.rollback()
        except BaseException as failed:  # whatever it is, this connection is not used again
            connection.invalidate(failed)
            if not isinstance(failed, Exception):
                raise
