"""Whose rows a reader may see: everything, or what concerns some offices. Every list and every page is read through one.

What is directly in sight is told by the four parties of an obligation; what is above it is worked out in the index
`obligation_parent`, which holds the parties beside the parent. Little is gathered first, so that a list begins with it;
of much, the first rows are met soon by whoever walks in order and looks at each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from storage.queries.sql import Sql, all_of, any_of, apart, read

FEW = 6_000  # directly seen obligations up to which they are gathered first
_PARTIES = ("holder", "giver", "controller", "recipient")
_RISING = " AS a CROSS JOIN obligation AS p WHERE p.cascade_id = a.cascade_id AND p.number = a.number"
_UP = f" UNION SELECT p.cascade_id, p.parent FROM {{0}}{_RISING} AND p.parent IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees. `offices` None: everything (an auditor). Else an obligation is seen whose holder, giver, controller
    or recipient is among them, with the chain above it; a directive or cascade, whose issuer is or in which an obligation is
    seen."""

    offices: frozenset[str] | None

    @property
    def everything(self) -> bool:
        return self.offices is None


EVERYTHING = Sight(None)


@dataclass(frozen=True, slots=True)
class Clause:
    """A sight in SQL. `before` are the tables that a statement has to begin with; the conditions are by alias, and always true
    for who sees everything. Where `few` says how many are directly seen, the table `seen` holds the keys of all that is."""

    before: tuple[Sql, ...]
    offices: Sql | None
    few: int | None = None
    sqlite: bool = True

    def obligation(self, alias: str = "o") -> Sql:
        """Is the obligation seen?"""
        if self.offices is None:
            return Sql("1 = 1")
        table = "above_seen" if self.few is None else "seen"
        among = Sql(f"({alias}.cascade_id, {alias}.number) IN (SELECT cascade_id, number FROM {table})")
        return among if self.few is not None else any_of([*_direct(self.offices, alias), among])

    def directive(self, alias: str = "d") -> Sql:
        """Is the directive seen?"""
        if self.offices is None:
            return Sql("1 = 1")
        table = "above_seen" if self.few is None else "seen"
        under = Sql(f"({alias}.cascade_id, {alias}.number) IN (SELECT p.cascade_id, p.directive FROM {table}{_RISING})")
        found = [Sql(f"{alias}.issuer") + self.offices]
        if self.few is None:
            source = "obligation AS u" + (" INDEXED BY obligation_directive" if self.sqlite else "")
            here = Sql(f"u.cascade_id = {alias}.cascade_id AND u.directive = {alias}.number")
            found.append(_exists(source, here, any_of(_direct(self.offices, "u"))))
        return any_of([*found, under])

    def cascade(self, key: str = "c.id") -> Sql:
        """Is the cascade seen? Where something in it is, something is directly."""
        if self.offices is None:
            return Sql("1 = 1")
        issued = _exists("directive AS i", Sql(f"i.cascade_id = {key}"), Sql("i.issuer") + self.offices)
        if self.few is not None:
            return any_of([Sql(f"{key} IN (SELECT cascade_id FROM seen)"), issued])
        source = "obligation AS u" + (" INDEXED BY obligation_parent" if self.sqlite else "")
        return any_of([issued, _exists(source, Sql(f"u.cascade_id = {key}"), any_of(_direct(self.offices, "u")))])


def clause(connection: Connection, sight: Sight, cascade: str | None = None, few: int | None = None) -> Clause:
    """A sight for one statement; of one cascade, where only rows of it are asked for. It looks whether little is seen: up to
    `few`."""
    if sight.offices is None:
        return Clause((), None)
    sqlite, offices = connection.dialect.name == "sqlite", in_these(connection, sight.offices)
    few, direct = FEW if few is None else few, any_of(_direct(offices, "s"))
    table = apart(connection, "obligation AS s", "obligation_parent")
    if cascade is None:
        start = Sql(f"SELECT s.cascade_id, s.number FROM {table} WHERE ") + direct + f" LIMIT {few + 1}"
        keys = read(connection, start)
        if len(keys) <= few:
            seen = Sql("seen (cascade_id, number) AS (") + these_keys(connection, keys) + _UP.format("seen") + ")"
            return Clause((seen,), offices, len(keys), sqlite)
    here = [Sql("s.cascade_id = ?", (cascade,))] if cascade is not None else []
    parents = Sql(f"SELECT DISTINCT s.cascade_id, s.parent FROM {table} WHERE s.parent IS NOT NULL AND ")
    above = Sql("above_seen (cascade_id, number) AS (") + parents + all_of([*here, direct]) + _UP.format("above_seen")
    return Clause((above + ")",), offices, None, sqlite)


def in_these(connection: Connection, offices: Iterable[str]) -> Sql:
    """` IN (…)`: one value, however many there are, which either database looks up in a hash."""
    named = sorted(offices)
    if connection.dialect.name == "sqlite":
        return Sql(" IN (SELECT value FROM json_each(?))", (orjson.dumps(named).decode(),))
    return Sql(" IN (SELECT unnest(?::text[]))", (named,))


def these_keys(connection: Connection, keys: Sequence[Sequence[Any]]) -> Sql:
    """Rows of cascade_id and number that are known already."""
    if connection.dialect.name == "sqlite":
        pairs = orjson.dumps([tuple(key) for key in keys]).decode()
        return Sql("SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)", (pairs,))
    chains, numbers = [key[0] for key in keys], [key[1] for key in keys]
    return Sql("SELECT * FROM unnest(?::text[], ?::int[]) AS known (cascade_id, number)", (chains, numbers))


def _exists(source: str, here: Sql, there: Sql) -> Sql:
    return Sql(f"EXISTS (SELECT 1 FROM {source} WHERE ") + all_of([here, there]) + ")"


def _direct(offices: Sql, alias: str) -> list[Sql]:
    return [Sql(f"{alias}.{party}") + offices for party in _PARTIES]
