"""The journal as a list: entries of all chains or of one, narrowed as somebody asks, walked from the newest or the oldest.

Entries of one chain are in the order of their numbers, those of several in the order in which they were recorded. What belongs
to the installation itself is seen by who sees everything.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from storage import bulk, entry_texts
from storage.folding import folded
from storage.journal import ROWS, Entry
from storage.queries import entry_filters, paging
from storage.queries import sight as sights
from storage.queries.entry_filters import Wanted, Way
from storage.queries.paging import Page
from storage.queries.sight import Clause, Sight
from storage.queries.sql import Sql, all_of, apart, beginning, joined, read, row_by_row
from workflows.directive import ADMINISTRATION

__all__ = ["Wanted", "count", "first", "listed", "persons", "symbols"]  # a list with what it is asked by

_COLUMNS = ", ".join(f"j.{name}" for name in ROWS.columns)
_SEEN_FEW = 500  # directly seen obligations up to which their entries are gathered: there are ten times as many
_NAMED_MAX = 100  # documents of one symbol
_PERSONS_MAX = 20_000  # different names that are looked through
_BY_TIME, _BY_SEQ = ("recorded_at", "cascade_id", "seq"), ("cascade_id", "seq")


def listed(
    connection: Connection, sight: Sight, wanted: Wanted, limit: int = 50, cursor: str | None = None,
    newest_first: bool = True,
) -> Page[Entry]:  # fmt: skip
    """A page of entries, from the newest back or from the oldest on. Raises NoSuchPage."""
    limit = paging.bounded(limit)
    asked = _Asked(connection, sight, wanted)
    order, kinds, key = ("seq", "tn", _BY_SEQ) if asked.chain else ("time", "itn", _BY_TIME)
    order += " newest" if newest_first else ""
    if cursor:
        before = tuple(paging.stored(connection, value) for value in paging.after(cursor, order, kinds))
        columns = ", ".join(f"j.{name}" for name in key)
        asked.where.append(Sql(f"({columns}) {'<' if newest_first else '>'} ({bulk.marks(len(before))})", before))
    way = " DESC" if newest_first else ""
    ordered = " ORDER BY " + ", ".join(f"j.{name}{way}" for name in key) + f" LIMIT {limit + 1}"
    if asked.led and connection.dialect.name != "sqlite":  # or it would walk in order, and look for each among the keys
        each = [Sql("SELECT * FROM (") + one + " OFFSET 0) AS j" for one in asked.selects(_COLUMNS)]
    else:
        each = [Sql("SELECT * FROM (") + one + ordered + ") AS j" for one in asked.selects(_COLUMNS)]
    with row_by_row(connection):
        rows = read(connection, beginning(asked.tables) + joined(" UNION ALL ", each) + ordered.replace("j.", ""))
    sqlite = connection.dialect.name == "sqlite"
    shown, further = paging.cut([ROWS.from_row(row, sqlite) for row in rows], limit)
    if not further:
        return Page(shown, None)
    last = shown[-1]
    end = (last.cascade_id, last.seq) if asked.chain else (last.recorded_at, last.cascade_id, last.seq)
    return Page(shown, paging.cursor(order, end))


def first(
    connection: Connection, sight: Sight, wanted: Wanted, limit: int, newest_first: bool = True
) -> list[Entry]:  # fmt: skip
    """The newest so many (or the oldest), page after page, for who prints a whole list."""
    found: list[Entry] = []
    cursor: str | None = None
    while len(found) < limit:
        page = listed(connection, sight, wanted, min(paging.MOST, limit - len(found)), cursor, newest_first)
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
    return found


def count(connection: Connection, sight: Sight, wanted: Wanted, most: int) -> int:
    """How many there are; `most` where there are that many or more."""
    asked = _Asked(connection, sight, wanted)
    inner = joined(" UNION ALL ", list(asked.selects("1")))
    sql = beginning(asked.tables) + "SELECT count(*) FROM (" + inner + f" LIMIT {int(most)}) AS found"
    return int(read(connection, sql)[0][0])


def persons(connection: Connection, name: str) -> list[str]:
    """The names under which anybody acted that may be meant: just this one where somebody has it, else those that are alike
    without accents, else those that hold all its words. Each different name costs one look in their index."""
    acted_by = entry_texts.acted_by(connection.dialect.name, "j.")
    source = f"{apart(connection, 'journal AS j', 'journal_person')} WHERE j.role <> 'timer' AND {acted_by}"
    step = f"SELECT {acted_by} FROM {source} {{}} ? ORDER BY {acted_by} LIMIT 1"
    exact = entry_filters.as_json(name)
    if read(connection, Sql(step.format("="), (exact,))):
        return [name]
    found, after = list[str](), ""
    while len(found) < _PERSONS_MAX and (rows := read(connection, Sql(step.format(">"), (after,)))):
        after = rows[0][0]
        found.append(after)
    plain = {one: folded(one) for one in found if '"' not in one}
    words = folded(name).split()
    alike = [one for one, said in plain.items() if said.split() == words]
    return alike or [one for one, said in plain.items() if words and all(word in said for word in words)]


def symbols(connection: Connection, symbol: str) -> list[str]:
    """The symbols of registered documents that a text means: itself, else those that differ in spaces, case and accents
    alone."""
    if read(connection, Sql("SELECT 1 FROM directive WHERE symbol = ? LIMIT 1", (symbol,))):
        return [symbol]
    said = _plain(symbol)
    if not said:
        return []
    # The folded text of a document begins with its symbol; which of these it is, is compared here.
    text = "replace(f.text, ' ', '')"
    rows = read(connection, Sql(
        f"SELECT DISTINCT d.symbol FROM folded AS f CROSS JOIN directive AS d WHERE f.item = 0 AND substr({text}, 1, ?) = ?"
        f" AND d.cascade_id = f.cascade_id AND d.number = f.directive ORDER BY d.symbol LIMIT {_NAMED_MAX * 10}",
        (len(said), said),
    ))  # fmt: skip
    return [row[0] for row in rows if _plain(row[0]) == said]


def _plain(symbol: str) -> str:
    return "".join(folded(symbol).split())


class _Asked:
    """What is wanted, found within a sight: the one chain where all lie in one, the tables to begin with, the conditions,
    and where to begin."""

    def __init__(self, connection: Connection, sight: Sight, wanted: Wanted) -> None:
        self._connection = connection
        self.tables, self.where = list[Sql](), entry_filters.conditions(connection, wanted)
        self.chain, keys = entry_filters.chain_of(wanted), None
        if wanted.symbol is not None:
            documents = _documents(connection, wanted.symbol, self.chain)
            self.chain = documents[0][0] if len({key for key, _ in documents}) == 1 else self.chain
            keys = _of_documents(connection, documents)
        if self.chain is not None:
            self.where.append(Sql("j.cascade_id = ?", (self.chain,)))
        if not sight.everything:
            seen = sights.clause(connection, sight, self.chain)
            self.tables += seen.before
            self.where.append(_seen(seen))
            if self.chain is None and keys is None and seen.few is not None and seen.few <= _SEEN_FEW:
                keys = _of_what_is_seen(connection, seen)
        self.led = False
        self._sources = list(self._begun(wanted, keys))

    def selects(self, columns: str) -> Iterator[Sql]:
        """What is wanted, in one statement or in several that have nothing in common."""
        for source, more in self._sources:
            yield Sql(f"SELECT {columns} FROM {source} WHERE ") + all_of([*self.where, *more])

    def _begun(self, wanted: Wanted, keys: Sql | None) -> Iterator[tuple[str, list[Sql]]]:
        """By the keys that lead, else by the index in which fewest are passed by."""
        connection, chain = self._connection, self.chain
        if keys is not None:
            yield self._led(keys)
            return
        if chain is not None and wanted.obligation is not None:
            yield apart(connection, "journal AS j", "journal_obligation"), []
            return
        found = [] if chain == ADMINISTRATION else entry_filters.ways(connection, wanted)
        best, some = entry_filters.narrowest(connection, found)
        server = connection.dialect.name != "sqlite"
        if best is not None and server:  # or it would walk in order and pass by all but a few
            yield self._led(_keys(connection, best))
        elif best is not None:
            yield apart(connection, "journal AS j", best.index), []
        elif len(some) > 1 and server:
            yield self._led(joined(" INTERSECT ", [_keys(connection, one) for one in some]))
        elif chain is not None:
            yield "journal AS j", []
        else:
            among = [Sql("(j.cascade_id, j.seq) IN (") + _keys(connection, one) + ")" for one in some[1:]]
            for index, more in entry_filters.branches(connection, wanted, some[0] if some else None):
                yield apart(connection, "journal AS j", index), [*more, *among]

    def _led(self, keys: Sql) -> tuple[str, list[Sql]]:
        self.led = True
        self.tables.append(Sql("picked (cascade_id, seq) AS MATERIALIZED (") + keys + ")")
        return "picked CROSS JOIN journal AS j", [Sql("j.cascade_id = picked.cascade_id AND j.seq = picked.seq")]


def _keys(connection: Connection, way: Way) -> Sql:
    return Sql(f"SELECT j.cascade_id, j.seq FROM {apart(connection, 'journal AS j', way.index)} WHERE ") + way.where


def _documents(connection: Connection, symbol: str, chain: str | None) -> list[tuple[str, int]]:
    known = symbols(connection, symbol)
    if not known:
        return []
    rows = read(connection, Sql(
        f"SELECT cascade_id, number FROM directive WHERE symbol IN ({bulk.marks(len(known))})"
        f" ORDER BY cascade_id, number LIMIT {_NAMED_MAX}", tuple(known),
    ))  # fmt: skip
    return [(key, number) for key, number in rows if chain in (None, key)]


def _seen(seen: Clause) -> Sql:
    """Is an entry seen: as its obligation is, else as its document, else as its cascade?"""
    about = (
        Sql("EXISTS (SELECT 1 FROM obligation AS o WHERE o.cascade_id = j.cascade_id AND o.number = j.obligation AND ")
        + seen.obligation() + ")"
    )  # fmt: skip
    document = (
        Sql("EXISTS (SELECT 1 FROM directive AS d WHERE d.cascade_id = j.cascade_id AND d.number = j.directive AND ")
        + seen.directive() + ")"
    )  # fmt: skip
    return (
        Sql("CASE WHEN j.obligation IS NOT NULL THEN ") + about + " WHEN j.directive IS NOT NULL THEN " + document
        + " ELSE " + seen.cascade("j.cascade_id") + " END"
    )  # fmt: skip


def _of_what_is_seen(connection: Connection, seen: Clause) -> Sql:
    """The entries about what was gathered, and those of its cascades that are about no obligation."""
    assert seen.offices is not None
    entries, others = (apart(connection, "journal AS e", f"journal_{name}") for name in ("obligation", "documents"))
    return (
        Sql(f"SELECT e.cascade_id, e.seq FROM seen AS s CROSS JOIN {entries}"
            " WHERE e.cascade_id = s.cascade_id AND e.obligation = s.number AND e.obligation IS NOT NULL UNION"
            " SELECT e.cascade_id, e.seq FROM (SELECT cascade_id FROM seen UNION"
            " SELECT cascade_id FROM directive AS i WHERE i.issuer") + seen.offices
        + f") AS k CROSS JOIN {others} WHERE e.cascade_id = k.cascade_id AND e.obligation IS NULL"
    )  # fmt: skip


def _of_documents(connection: Connection, documents: Sequence[tuple[str, int]]) -> Sql:
    """The entries about documents and about every obligation that they gave."""
    if not documents:
        return Sql("SELECT cascade_id, seq FROM journal WHERE 1 = 0")
    entries, others = (apart(connection, "journal AS e", f"journal_{name}") for name in ("obligation", "documents"))
    given = apart(connection, "obligation AS o", "obligation_directive")
    each = [
        Sql(f"SELECT e.cascade_id, e.seq FROM {given} CROSS JOIN {entries} WHERE o.cascade_id = ? AND o.directive = ?"
            " AND e.cascade_id = o.cascade_id AND e.obligation = o.number AND e.obligation IS NOT NULL UNION ALL"
            f" SELECT e.cascade_id, e.seq FROM {others} WHERE e.cascade_id = ? AND e.directive = ?"
            " AND e.obligation IS NULL", (key, number, key, number))
        for key, number in documents
    ]  # fmt: skip
    return joined(" UNION ALL ", each)
