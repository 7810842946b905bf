"""What no seal outside the database covers yet: of each chain the entries after the last one that such a seal has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk, seals
from storage.queries import paging
from storage.queries.paging import Page
from storage.queries.sql import Sql, read

_HEADS = (
    "(SELECT id AS chain, last_seq FROM cascade UNION ALL SELECT 'administration', admin_seq FROM installation) AS h"
)
_FIRST = "1 + coalesce((SELECT max(l.seq) FROM seal_leaf AS l WHERE l.chain = h.chain AND l.number <= ?), 0)"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A chain with entries that nothing outside shows: from `first` to `last`, recorded since `since`. `inside` says whether a
    seal in the database covers its last entry already, which is not outside yet."""

    chain: str
    first: int
    last: int
    since: datetime
    inside: bool

    @property
    def entries(self) -> int:
        return self.last - self.first + 1


def outside(connection: Connection) -> int:
    """The newest seal that any witness has; 0 where none has any."""
    return max((one.number for one in seals.witnesses(connection)), default=0)


def listed(connection: Connection, limit: int = 50, cursor: str | None = None) -> Page[Unsealed]:
    """Such chains, in the order of their names. Raises NoSuchPage."""
    limit, number = paging.bounded(limit), outside(connection)
    after = paging.after(cursor, "unsealed", "t")[0] if cursor else ""
    rows = read(connection, Sql(
        f"SELECT o.chain, o.first, o.last_seq, j.recorded_at, coalesce((SELECT max(l.seq) FROM seal_leaf AS l"
        f" WHERE l.chain = o.chain), 0) >= o.last_seq FROM (SELECT h.chain, h.last_seq, {_FIRST} AS first FROM {_HEADS}"
        f" WHERE h.chain > ?) AS o JOIN journal AS j ON j.cascade_id = o.chain AND j.seq = o.first"
        f" WHERE o.last_seq >= o.first ORDER BY o.chain LIMIT {limit + 1}", (number, after),
    ))  # fmt: skip
    found, further = paging.cut(rows, limit)
    chains = []
    for chain, first, last, at, inside in found:
        since = bulk.read_instant(connection, at)
        assert since is not None  # no entry is without it
        chains.append(Unsealed(chain, int(first), int(last), since, bool(inside)))
    return Page(tuple(chains), paging.cursor("unsealed", [chains[-1].chain]) if further else None)


def count(connection: Connection) -> tuple[int, int]:
    """How many chains have such entries, and how many such entries there are."""
    rows = read(connection, Sql(
        f"SELECT count(*), coalesce(sum(o.last_seq - o.first + 1), 0) FROM (SELECT h.last_seq, {_FIRST} AS first"
        f" FROM {_HEADS}) AS o WHERE o.last_seq >= o.first", (outside(connection),),
    ))  # fmt: skip
    return int(rows[0][0]), int(rows[0][1])
