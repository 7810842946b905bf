"""A connection is kept for the next transaction, and nothing else is: whatever happened in the one before."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from threading import Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from engine.runtime import Runtime
from storage import bulk
from storage.database import Database
from storage.driver import driver
from storage.errors import Unavailable
from tests.support.desk import Desk

ADD = "UPDATE installation SET directory_version = directory_version + 1"
READ = "SELECT directory_version FROM installation"


@pytest.fixture
def database(desk: Desk) -> Database:
    return desk.runtime.database


def version(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.exec_driver_sql(READ).scalar_one())


def stands(database: Database) -> set[Any]:
    """How the connections stand that the next transactions may get, the kept and the pool's."""
    lent = [database.connections.connect() for _ in range(2)]
    found = {_of_file(one) if database.is_sqlite else _of_server(one) for one in lent}
    for one in lent:
        one.close()
    return found | {(_of_file(one) if database.is_sqlite else _of_server(one)) for one in database._kept._resting}


def _of_file(connection: Any) -> Any:
    return driver(connection).in_transaction, driver(connection).execute("PRAGMA busy_timeout").fetchone()[0]


def _of_server(connection: Any) -> Any:
    return driver(connection).info.transaction_status.name


def assert_clean(database: Database) -> None:
    assert stands(database) == ({(False, 8000)} if database.is_sqlite else {"IDLE"})
    before = version(database)
    with database.transaction(0.2) as connection:
        connection.exec_driver_sql(ADD)
    assert version(database) == before + 1


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    before = version(database)
    for error in (ValueError, KeyboardInterrupt, SystemExit, GeneratorExit):
        with pytest.raises(error), database.transaction(0.3) as connection:
            connection.exec_driver_sql(ADD)
            raise error
    with pytest.raises((DBAPIError, Unavailable)), database.transaction(0.3) as connection:
        connection.exec_driver_sql("SELECT * FROM there_is_none")
    assert version(database) == before
    assert_clean(database)


def test_an_error_that_was_passed_over_is_no_silent_loss(database: Database) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK there, and calls it no error."""
    before = version(database)
    told = nullcontext() if database.is_sqlite else pytest.raises(RuntimeError, match="passed over")
    with told, database.transaction() as connection:
        connection.exec_driver_sql(ADD)
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql("SELECT * FROM there_is_none")
    assert version(database) == before + database.is_sqlite  # which undoes the one statement alone
    assert_clean(database)


def test_what_is_read_moves_on_after_a_reading_that_failed(database: Database) -> None:
    """One moment for the whole of a reading, and no longer: also not on the connection it leaves."""
    with pytest.raises(ValueError, match="looked"), database.reading() as connection:
        connection.exec_driver_sql(READ)
        raise ValueError("looked")
    with database.reading() as connection:
        seen = connection.exec_driver_sql(READ).scalar_one()
        Thread(target=lambda: _add(database)).start()
        time.sleep(0.2)
        assert connection.exec_driver_sql(READ).scalar_one() == seen
    assert version(database) == seen + 1
    assert_clean(database)


def _add(database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql(ADD)


def test_a_backend_that_is_ended_in_the_middle_or_at_rest_is_replaced(database: Database) -> None:
    if database.is_sqlite:
        return  # there is none
    before = version(database)

    def end(connection: Any) -> None:
        with psycopg.connect(
            database.url.set(drivername="postgresql").render_as_string(False), autocommit=True
        ) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [driver(connection).info.backend_pid])

    with pytest.raises(Unavailable), database.transaction() as connection:
        connection.exec_driver_sql(ADD)
        end(connection)
        connection.exec_driver_sql(ADD)
    with pytest.raises(Unavailable), database.transaction() as connection:
        connection.exec_driver_sql(ADD)
        end(connection)
    assert version(database) == before
    for one in list(database._kept._resting):
        end(one)
    assert_clean(database)


@pytest.mark.parametrize("step", ["do_commit", "do_rollback"])
def test_whoever_interrupts_the_end_of_a_transaction_holds_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    before = version(database)
    with monkeypatch.context() as pressed, pytest.raises(KeyboardInterrupt):
        with database.transaction(0.3) as connection:
            connection.exec_driver_sql(ADD)
            pressed.setattr(database.connections.dialect, step, interrupt)
            if step == "do_rollback":
                raise ValueError
    assert version(database) == before
    assert_clean(database)


def test_a_short_patience_ends_with_its_transaction(database: Database, open_node: Callable[[], Runtime]) -> None:
    with open_node().database.transaction() as connection:
        connection.exec_driver_sql(ADD)
        if database.is_sqlite:
            with pytest.raises(Unavailable), database.transaction(0.1):
                raise AssertionError("it was let in")
    assert_clean(database)


ROWS = [(None if number == 25 else "set", number) for number in range(1, 30)]  # one that no table takes


@pytest.fixture
def listed(database: Database) -> Database:
    with database.transaction() as connection:
        connection.exec_driver_sql("CREATE TABLE listed (number integer PRIMARY KEY, name text NOT NULL)")
        bulk.insert(connection, "listed", ("name", "number"), [("as it was", number) for _, number in ROWS])
    return database


def names(database: Database) -> set[str]:
    with database.reading() as connection:
        return {name for [name] in bulk.read(connection, "SELECT name FROM listed")}


@pytest.mark.parametrize("goes_on_with", ["nothing", "a read", "a COPY", "an error"])
def test_an_update_that_is_left_behind_and_fails_stores_nothing_whatever_comes_next(
    listed: Database, goes_on_with: str
) -> None:
    with pytest.raises((DBAPIError, ValueError)):
        with listed.transaction() as connection:
            bulk.update(connection, "listed", ["number"], ["name"], ROWS, behind=True)
            if goes_on_with == "a read":
                bulk.read(connection, READ)
            elif goes_on_with == "a COPY":
                bulk.settle(connection)
                bulk.insert(connection, "listed", ("name", "number"), [("new", 100 + n) for n in range(bulk.FEW)])
            elif goes_on_with == "an error":
                raise ValueError
    assert names(listed) == {"as it was"}
    assert_clean(listed)


def test_an_update_that_is_left_behind_is_stored_with_the_rest(listed: Database) -> None:
    with listed.transaction() as connection:
        bulk.update(connection, "listed", ["number"], ["name"], [("set", number) for _, number in ROWS], behind=True)
        assert {name for [name] in bulk.read(connection, "SELECT name FROM listed")} == {"set"}, (
            "what is read waits for it"
        )
        bulk.settle(connection)
        bulk.insert(connection, "listed", ("name", "number"), [("new", 100 + n) for n in range(bulk.FEW)])
    assert names(listed) == {"set", "new"}
    assert_clean(listed)
