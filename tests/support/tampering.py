"""A database changed behind the program's back for a moment, its guards aside: what an intruder with all rights would do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from storage.verification import Fault, verify
from tests.support.desk import Desk


@contextmanager
def tampered(desk: Desk, *statements: str, states: bool = True) -> Iterator[list[Fault]]:
    """What verification says after these statements, with the guards put back; then it never happened."""
    database = desk.runtime.database
    with pytest.raises(_Enough), database.transaction() as connection:
        with _unguarded(connection):
            for statement in statements:
                connection.exec_driver_sql(statement)
        yield list(verify(connection, states=states).faults)
        raise _Enough


class _Enough(Exception): ...


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        return
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in found:
        connection.exec_driver_sql(sql)
