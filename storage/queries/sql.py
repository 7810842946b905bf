"""Statements put together from parts that carry their own values, so that the two never get out of step."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import bulk


@dataclass(frozen=True, slots=True)
class Sql:
    """A part of a statement, written with `?`, and its values in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, more: "Sql | str") -> "Sql":
        if isinstance(more, str):
            return Sql(self.text + more, self.values)
        return Sql(self.text + more.text, self.values + more.values)


def read(connection: Connection, sql: Sql) -> bulk.Rows:
    return bulk.read(connection, sql.text, *sql.values)


def joined(glue: str, parts: Sequence[Sql]) -> Sql:
    return Sql(glue.join(part.text for part in parts), tuple(value for part in parts for value in part.values))


def all_of(conditions: Sequence[Sql]) -> Sql:
    """All of these have to hold; where there are none, nothing has to."""
    return joined(" AND ", conditions) if conditions else Sql("1 = 1")


def any_of(conditions: Sequence[Sql]) -> Sql:
    return Sql("(") + joined(" OR ", conditions) + ")"


def beginning(tables: Iterable[Sql]) -> Sql:
    """WITH these tables, of which each may be asked for by those after it; nothing where there are none."""
    named = list(tables)
    return Sql("WITH RECURSIVE ") + joined(", ", named) + " " if named else Sql("")


def numbers_in(column: str, values: Sequence[int]) -> Sql:
    return Sql(f"{column} IN ({bulk.marks(len(values))})", tuple(values))


def apart(connection: Connection, table: str, index: str | None) -> str:
    """A table read by the index that is named: SQLite, which knows no numbers, would take another."""
    return f"{table} INDEXED BY {index}" if index and connection.dialect.name == "sqlite" else table


@contextmanager
def row_by_row(connection: Connection, in_order: bool = False) -> Iterator[None]:
    """Statements here look each row up by its key, and with `in_order` walk an index in its order: PostgreSQL, which
    thinks that a sight lets half of everything pass, would rather join and sort whole tables for the sake of a page."""
    if connection.dialect.name == "sqlite":
        yield
        return
    ways = ("hashjoin", "mergejoin", *(("sort",) if in_order else ()))
    _allow(connection, ways, "off")
    yield  # where a statement fails its transaction ends, and this with it
    _allow(connection, ways, "on")


def _allow(connection: Connection, ways: Sequence[str], to: str) -> None:
    bulk.read(connection, "SELECT " + ", ".join(f"set_config('enable_{way}', '{to}', true)" for way in ways))
