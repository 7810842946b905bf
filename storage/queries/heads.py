"""The heads of the chains that something was made from: for whoever prints it, so that a reader can ask for that very record.

Of one chain its own head; of several a hash over their heads, each `id seq hash` in the order of their ids.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import bulk
from storage.queries import sight as sights
from storage.queries.sight import Sight
from storage.queries.sql import beginning, read

SHORT = 12  # letters of a hash on paper


@dataclass(frozen=True, slots=True)
class Heads:
    """How far the record went: `entries` of `chains` chains. `chain` is set where it is one alone; `hash` is the whole hash,
    empty where there is no chain yet."""

    hash: str
    chains: int
    entries: int
    chain: str | None = None

    @property
    def short(self) -> str:
        return self.hash[:SHORT]


def of(connection: Connection, cascade: str) -> Heads:
    """The head of one cascade's chain."""
    rows = bulk.read(connection, "SELECT last_seq, last_hash FROM cascade WHERE id = ?", cascade)
    return Heads(rows[0][1], 1, int(rows[0][0]), cascade) if rows else Heads("", 0, 0)


def seen(connection: Connection, sight: Sight) -> Heads:
    """The heads of every cascade in which anything is seen."""
    clause = sights.clause(connection, sight)
    sql = beginning(clause.before) + "SELECT c.id, c.last_seq, c.last_hash FROM cascade AS c WHERE " + clause.cascade()
    return together({row[0]: (int(row[1]), row[2]) for row in read(connection, sql)})


def administration(connection: Connection) -> Heads:
    """The head of the installation's own chain."""
    [(seq, last)] = bulk.read(connection, "SELECT admin_seq, admin_hash FROM installation WHERE id = 1")
    return Heads(last, 1, int(seq), "administration")


def together(found: Mapping[str, tuple[int, str]]) -> Heads:
    """Several heads, by the id of their chain, as one; one of them as itself."""
    if len(found) == 1:
        [(chain, (seq, last))] = found.items()
        return Heads(last, 1, seq, chain)
    hashed = hashlib.sha256()
    for chain in sorted(found):
        seq, last = found[chain]
        hashed.update(f"{chain} {seq} {last}\n".encode())
    return Heads(hashed.hexdigest() if found else "", len(found), sum(seq for seq, _ in found.values()))
