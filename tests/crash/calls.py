"""Every call that reaches a database driver, counted, and at one of them something goes wrong.

It stands where nothing passes by: psycopg does all of its talking through `Connection.wait` (statements, COPY, a pipeline's
sync, commit, rollback), and every sqlite3 connection is made by `connect`. What is built above them is counted unasked.
"""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

FAILED, LOST, MET = "failed", "lost", "met"
BEFORE, AFTER = "killed before", "killed after"  # the whole process dies
# What psycopg keeps on its own side until the next statement: it talks to nobody.
_ONLY_HERE = (
    "_set_autocommit_gen",
    "_set_isolation_level_gen",
    "_set_read_only_gen",
    "_set_deferrable_gen",
    "_enter_gen",
)


@dataclass
class Calls:
    """What a stretch of work asked of the driver: how many calls, and whether the fault at one of them came."""

    fault_at: int = 0
    how: str = FAILED
    count: int = 0

    @property
    def happened(self) -> bool:
        return 0 < self.fault_at <= self.count


_watching: list[Calls] = []  # the stretch of work that is being watched, or none


@contextmanager
def watched(fault_at: int = 0, how: str = FAILED) -> Iterator[Calls]:
    """Count the calls of a stretch of work. The call `fault_at` goes wrong: it has `failed` and done nothing, it was done
    and its answer is `lost` (on PostgreSQL the connection with it), two transactions have `met`, or the process is killed
    before it or after it."""
    calls = Calls(fault_at, how)
    _watching.append(calls)
    try:
        yield calls
    finally:
        _watching.remove(calls)


def _reached() -> Calls | None:
    """Count a call; the stretch of work, where it is the one that goes wrong."""
    if not _watching:
        return None
    calls = _watching[-1]
    calls.count += 1
    return calls if calls.count == calls.fault_at else None


def _on_file(made: Callable[[], Any]) -> Any:
    calls = _reached()
    if calls is None:
        return made()
    if calls.how in (LOST, AFTER):
        made()
    if calls.how in (BEFORE, AFTER):
        os.kill(os.getpid(), signal.SIGKILL)
    raise sqlite3.OperationalError("disk I/O error (arranged)")


def _on_server(connection: Any, made: Callable[[], Any], name: str) -> Any:
    calls = _reached()
    if calls is None:
        return made()
    if calls.how in (LOST, AFTER):
        made()
    if calls.how in (BEFORE, AFTER):
        os.kill(os.getpid(), signal.SIGKILL)
    if calls.how == LOST or connection._pipeline:
        connection.pgconn.finish()
        raise psycopg.OperationalError("server closed the connection unexpectedly (arranged)")
    connection.pgconn.exec_(b"SELECT 1 / 0")  # an error of the server's ends the transaction
    if name == "_commit_gen":
        connection.pgconn.exec_(b"ROLLBACK")
    kind = psycopg.errors.SerializationFailure if calls.how == MET else psycopg.errors.DiskFull
    raise kind("arranged")


class _Cursor(sqlite3.Cursor):
    def execute(self, *given: Any) -> Any:
        try:
            return _on_file(lambda: super(_Cursor, self).execute(*given))
        except sqlite3.OperationalError:
            self.close()  # as sqlite3 does with a statement that fails
            raise

    def executemany(self, *given: Any) -> Any:
        return _on_file(lambda: super(_Cursor, self).executemany(*given))

    def executescript(self, *given: Any) -> Any:
        return _on_file(lambda: super(_Cursor, self).executescript(*given))

    def fetchall(self) -> Any:
        return _on_file(super().fetchall)


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *given: Any) -> Any:
        return self.cursor().execute(*given)

    def executemany(self, *given: Any) -> Any:
        return self.cursor().executemany(*given)

    def executescript(self, *given: Any) -> Any:
        return self.cursor().executescript(*given)

    def commit(self) -> None:
        _on_file(super().commit)

    def rollback(self) -> None:
        _on_file(super().rollback)


def watch_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on every call to either driver is one of ours."""
    wait, open_postgres, open_sqlite = psycopg.Connection.wait, psycopg.connect, sqlite3.dbapi2.connect

    def waits(self: Any, generator: Any, *given: Any, **more: Any) -> Any:
        if generator.__name__ in _ONLY_HERE:
            return wait(self, generator, *given, **more)
        return _on_server(self, lambda: wait(self, generator, *given, **more), generator.__name__)

    def opens(*given: Any, **more: Any) -> Any:
        if _reached():
            raise psycopg.OperationalError("connection refused (arranged)")
        return open_postgres(*given, **more)

    def opens_file(*given: Any, **more: Any) -> Any:
        return _on_file(lambda: open_sqlite(*given, **{"factory": _Connection} | more))

    monkeypatch.setattr(psycopg.Connection, "wait", waits)
    monkeypatch.setattr(psycopg, "connect", opens)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", opens_file)
    monkeypatch.setattr(sqlite3, "connect", opens_file)
