"""The tables of a cascade in hash partitions (PostgreSQL): which they are, how many parts a database has, how one is made.

A database is partitioned from the start or never; migrations keep to what they find.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, event

from storage import bulk
from storage.errors import Unavailable
from workflows.text import say

LEAST, MOST = 2, 256  # in 1024 parts, claiming messages took more than a second
_KEY = "cascade_id"
_LOCKS_A_PART = 89  # that the migrations hold until they end: tables, their long texts, the indexes of both


def is_keyed(table: Table) -> bool:
    """Does the cascade lead the table's key?"""
    return next((column.name for column in table.primary_key.columns), None) == _KEY


def parts(connection: Connection, table: str = "journal") -> list[str]:
    """The partitions of a table by name; none where it is whole, or not there."""
    if connection.dialect.name == "sqlite":
        return []
    rows = bulk.read(
        connection,
        "SELECT part.relname FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid"
        " WHERE inhparent = to_regclass(?) AND part.relispartition ORDER BY 1",
        table,
    )
    return [row[0] for row in rows]


def count(connection: Connection) -> int:
    """How many parts each table of a cascade has; 0 where they are whole."""
    return len(parts(connection))


def check_room(connection: Connection, wanted: int) -> None:
    """Raises Unavailable where the server's table of locks cannot hold what is made in one transaction."""
    [(held,)] = bulk.read(
        connection,
        "SELECT current_setting('max_locks_per_transaction')::int"
        " * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int)",
    )
    if wanted * _LOCKS_A_PART > held:
        least = -(-wanted * _LOCKS_A_PART * 64 // held)
        raise Unavailable(
            say("{wanted} partitions need more locks than this server has room for ({held}). Set max_locks_per_transaction"
                " to {least} or more and restart it, or ask for {most} partitions at most.",
                wanted=wanted, held=f"{held:,}", least=least, most=held // _LOCKS_A_PART)
        )  # fmt: skip


@contextmanager
def making(wanted: int) -> Iterator[None]:
    """While it lasts, a table whose key the cascade leads is created in so many parts; none where `wanted` is 0."""
    if not wanted:
        yield
        return

    def partition(table: Table, _connection: Connection, **_more: Any) -> None:
        if is_keyed(table):
            table.dialect_options["postgresql"]["partition_by"] = f"HASH ({_KEY})"

    def divide(table: Table, connection: Connection, **_more: Any) -> None:
        if is_keyed(table):
            for statement in _divided(table.name, wanted):
                connection.exec_driver_sql(statement)

    event.listen(Table, "before_create", partition)
    event.listen(Table, "after_create", divide)
    try:
        yield
    finally:
        event.remove(Table, "before_create", partition)
        event.remove(Table, "after_create", divide)


def _divided(table: str, wanted: int) -> Sequence[str]:
    return [
        f"CREATE TABLE {table}_part_{one} PARTITION OF {table} FOR VALUES WITH (MODULUS {wanted}, REMAINDER {one})"
        for one in range(wanted)
    ]
