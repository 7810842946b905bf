"""Whose rows a reader may see: everything, or what concerns some offices. Every list and every page is read through one.

What is directly in sight is told by the four parties of an obligation. The chain above it is worked out once for a statement,
in the index `obligation_parent` alone: it holds the parties of every obligation beside the one above it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from storage.queries.sql import Sql, all_of, any_of, read

FEW = 2_000  # directly seen obligations up to which they are gathered first; more are met soon while a list is walked
_PARTIES = ("holder", "giver", "controller", "recipient")


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
    """A sight in SQL. `before` are the tables that a statement has to begin with; `obligation` and `directive` are the
    conditions by alias, which are always true for who sees everything."""

    before: tuple[Sql, ...]
    offices: Sql | None

    def obligation(self, alias: str = "o") -> Sql:
        """Is the obligation seen?"""
        if self.offices is None:
            return Sql("1 = 1")
        chain = Sql(f"({alias}.cascade_id, {alias}.number) IN (SELECT cascade_id, number FROM above_seen)")
        return any_of([*_direct(self.offices, alias), chain])

    def directive(self, alias: str = "d") -> Sql:
        """Is the directive seen? It needs `documents` among what the statement begins with."""
        if self.offices is None:
            return Sql("1 = 1")
        under = Sql(f"({alias}.cascade_id, {alias}.number) IN (SELECT cascade_id, directive FROM seen_documents)")
        return any_of([Sql(f"{alias}.issuer") + self.offices, under])

    def cascade(self, key: str = "c.id") -> Sql:
        """Is the cascade seen? It needs `documents` as well."""
        if self.offices is None:
            return Sql("1 = 1")
        issued = (
            Sql("EXISTS (SELECT 1 FROM directive AS i WHERE i.cascade_id = ") + f"{key} AND i.issuer" + self.offices
        )
        return any_of([Sql(f"{key} IN (SELECT cascade_id FROM seen_documents)"), issued + ")"])


def clause(connection: Connection, sight: Sight, cascade: str | None = None, documents: bool = False) -> Clause:
    """A sight for one statement; of one cascade, where only rows of it are asked for. `documents` where directives or
    cascades are."""
    if sight.offices is None:
        return Clause((), None)
    offices = in_these(connection, sight.offices)
    seeds = Sql(_index(connection, "obligation AS s")) + " WHERE " + _seeds(offices, cascade)
    above = (
        Sql("above_seen (cascade_id, number) AS (SELECT DISTINCT s.cascade_id, s.parent FROM ") + seeds
        + " AND s.parent IS NOT NULL UNION SELECT p.cascade_id, p.parent FROM above_seen AS a CROSS JOIN obligation AS p"
        " WHERE p.cascade_id = a.cascade_id AND p.number = a.number AND p.parent IS NOT NULL)"
    )  # fmt: skip
    if not documents:
        return Clause((above,), offices)
    directives = (
        Sql("seen_documents (cascade_id, directive) AS (SELECT DISTINCT s.cascade_id, s.directive FROM ") + seeds
        + " UNION SELECT p.cascade_id, p.directive FROM above_seen AS a CROSS JOIN obligation AS p"
        " WHERE p.cascade_id = a.cascade_id AND p.number = a.number)"
    )  # fmt: skip
    return Clause((above, directives), offices)


def gathered(connection: Connection, sight: Sight, few: int = FEW) -> Sql | None:
    """The keys of everything seen as a table `seen`, where that is little enough to begin with; else None.

    A few are best gathered, then put in order; of many the first are met soon by whoever walks in order and looks at each."""
    if sight.offices is None:
        return None
    offices = in_these(connection, sight.offices)
    seeds = Sql(_index(connection, "obligation AS s")) + " WHERE " + _seeds(offices, None)
    counted = Sql("SELECT count(*) FROM (SELECT 1 FROM ") + seeds + f" LIMIT {few + 1}) AS found"
    [(found,)] = read(connection, counted)
    if found > few:
        return None
    return (
        Sql("seen (cascade_id, number) AS (SELECT s.cascade_id, s.number FROM ") + seeds
        + " UNION SELECT p.cascade_id, p.parent FROM seen AS a CROSS JOIN obligation AS p"
        " WHERE p.cascade_id = a.cascade_id AND p.number = a.number AND p.parent IS NOT NULL)"
    )  # fmt: skip


def in_these(connection: Connection, offices: Iterable[str]) -> Sql:
    """` IN (…)`: one value, however many there are, which either database looks up in a hash."""
    named = sorted(offices)
    if connection.dialect.name == "sqlite":
        return Sql(" IN (SELECT value FROM json_each(?))", (orjson.dumps(named).decode(),))
    return Sql(" = ANY(?::text[])", (named,))


def _index(connection: Connection, table: str) -> str:
    return f"{table} INDEXED BY obligation_parent" if connection.dialect.name == "sqlite" else table


def _seeds(offices: Sql, cascade: str | None) -> Sql:
    here = [Sql("s.cascade_id = ?", (cascade,))] if cascade is not None else []
    return all_of([*here, any_of(_direct(offices, "s"))])


def _direct(offices: Sql, alias: str) -> list[Sql]:
    return [Sql(f"{alias}.{party}") + offices for party in _PARTIES]
