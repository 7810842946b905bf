"""The journal as a list: entries of all chains or of one, narrowed as somebody asks, walked from the newest or the oldest.

Entries of one chain are in the order of their numbers, those of several in the order in which they were recorded. What belongs
to the installation itself is seen by who sees everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.journal import ROWS, Entry
from storage.queries import paging
from storage.queries import sight as sights
from storage.queries.paging import Page
from storage.queries.sight import Clause, Sight
from storage.queries.sql import Sql, all_of, any_of, apart, beginning, joined, read, row_by_row
from storage.rows import json_text
from workflows.commands import TIMER

# The day in Vietnam (UTC+7) that an instant belongs to, where 24:00 is still the day that ends: 17:00 UTC, to the
# microsecond. On SQLite by the text that is stored, since its own functions round to milliseconds.
DAY = {
    "sqlite": "date(substr({0}, 1, 10), CASE WHEN substr({0}, 12) > '17:00:00.000000' THEN '+1 day' ELSE '+0 days' END)",
    "postgresql": "CAST({0} AT TIME ZONE 'UTC' + INTERVAL '7 hours' - INTERVAL '1 microsecond' AS date)",
}
_COMMON = ("Assigned", "Acted", "DueSet", "RungReached", "DeadlineMissed")
_COLUMNS = ", ".join(f"j.{name}" for name in ROWS.columns)
_FEW = 500  # directly seen obligations up to which their entries are gathered: there are ten times as many
_BY_TIME, _BY_SEQ = "j.recorded_at, j.cascade_id, j.seq", "j.cascade_id, j.seq"

# As the index `journal_kind` says it: the kinds that it has; the others are most of a journal.
UNCOMMON = "kind NOT IN ('Assigned', 'Acted', 'DueSet', 'RungReached', 'DeadlineMissed')"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None asks for all. `chain` is a cascade or the administration, `since` and `until` bound when they were
    recorded (the second excluded), `person` is a name as the directory gave it, `symbol` that of a document: its own entries
    and those of all it gave. `late` are those recorded on a later day than they happened."""

    chain: str | None = None
    obligation: int | None = None
    directive: int | None = None
    office: str | None = None
    role: str | None = None
    person: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    symbol: str | None = None


def listed(
    connection: Connection, sight: Sight, wanted: Wanted, limit: int = 50, cursor: str | None = None,
    newest_first: bool = True,
) -> Page[Entry]:  # fmt: skip
    """A page of entries, from the newest back or from the oldest on. Raises NoSuchPage."""
    limit = paging.bounded(limit)
    chain, tables, where, picked = _asked(connection, sight, wanted)
    order, kinds, key = ("seq", "tn", _BY_SEQ) if chain else ("time", "itn", _BY_TIME)
    order += " newest" if newest_first else ""
    if cursor:
        before = tuple(paging.stored(connection, value) for value in paging.after(cursor, order, kinds))
        where.append(Sql(f"({key}) {'<' if newest_first else '>'} ({bulk.marks(len(before))})", before))
    way = " DESC" if newest_first else ""
    ordered = ", ".join(f"{column}{way}" for column in key.split(", "))
    found = Sql(f"SELECT {_COLUMNS} FROM {_source(connection, wanted, chain, picked)} WHERE ") + all_of(where)
    if picked and connection.dialect.name != "sqlite":  # or it would walk in order, and look for each among the keys
        found = Sql("SELECT * FROM (") + found + " OFFSET 0) AS j"
    with row_by_row(connection):
        rows = read(connection, beginning(tables) + found + f" ORDER BY {ordered} LIMIT {limit + 1}")
    sqlite = connection.dialect.name == "sqlite"
    shown, further = paging.cut([ROWS.from_row(row, sqlite) for row in rows], limit)
    if not further:
        return Page(shown, None)
    last = shown[-1]
    end = (last.cascade_id, last.seq) if chain else (last.recorded_at, last.cascade_id, last.seq)
    return Page(shown, paging.cursor(order, end))


def first(connection: Connection, sight: Sight, wanted: Wanted, limit: int) -> list[Entry]:
    """The newest so many, page after page, for who prints a whole list."""
    found: list[Entry] = []
    cursor: str | None = None
    while len(found) < limit:
        page = listed(connection, sight, wanted, min(paging.MOST, limit - len(found)), cursor)
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
    return found


def count(connection: Connection, sight: Sight, wanted: Wanted, most: int) -> int:
    """How many there are; `most` where there are that many or more."""
    chain, tables, where, picked = _asked(connection, sight, wanted)
    inner = Sql(f"SELECT 1 FROM {_source(connection, wanted, chain, picked)} WHERE ") + all_of(where)
    sql = beginning(tables) + "SELECT count(*) FROM (" + inner + f" LIMIT {int(most)}) AS found"
    return int(read(connection, sql)[0][0])


def _asked(connection: Connection, sight: Sight, wanted: Wanted) -> tuple[str | None, list[Sql], list[Sql], bool]:
    """The one chain where all lie in one, the tables to begin with, the conditions, and whether the keys in `picked` lead."""
    chain, tables, where, keys = wanted.chain, list[Sql](), _conditions(connection, wanted), None
    if wanted.symbol is not None:
        rows = read(connection, Sql(
            "SELECT cascade_id, number FROM directive WHERE symbol = ? ORDER BY cascade_id, number LIMIT 100",
            (wanted.symbol,),
        ))  # fmt: skip
        documents = [(key, number) for key, number in rows if chain in (None, key)]
        chain = documents[0][0] if len({key for key, _ in documents}) == 1 else chain
        keys = _of_documents(connection, documents)
    if chain is not None:
        where.append(Sql("j.cascade_id = ?", (chain,)))
    if sight.everything:
        return chain, _led(tables, where, keys), where, keys is not None
    seen = sights.clause(connection, sight, chain)
    tables += seen.before
    where.append(_seen(seen))
    if chain is None and keys is None and seen.few is not None and seen.few <= _FEW:
        keys = _of_what_is_seen(connection, seen)
    return chain, _led(tables, where, keys), where, keys is not None


def _led(tables: list[Sql], where: list[Sql], keys: Sql | None) -> list[Sql]:
    if keys is None:
        return tables
    where.append(Sql("j.cascade_id = picked.cascade_id AND j.seq = picked.seq"))
    return [*tables, Sql("picked (cascade_id, seq) AS MATERIALIZED (") + keys + ")"]


def _source(connection: Connection, wanted: Wanted, chain: str | None, picked: bool) -> str:
    """Where the entries are found: by the keys that lead, else by the index in which fewest are passed by."""
    if picked:
        return "picked CROSS JOIN journal AS j"
    if chain is not None:
        return apart(connection, "journal AS j", "journal_obligation" if wanted.obligation is not None else None)
    if wanted.late:
        index = "journal_late"
    elif wanted.kind is not None and wanted.kind not in _COMMON:
        index = "journal_kind"
    else:
        index = "journal_office" if wanted.office not in (None, TIMER.office) else "journal_time"
    return apart(connection, "journal AS j", index)


def _conditions(connection: Connection, wanted: Wanted) -> list[Sql]:
    asked: tuple[tuple[str, Any], ...] = (
        ("j.obligation = ?", wanted.obligation),
        ("j.directive = ?", wanted.directive),
        ("j.office = ?", wanted.office),
        ("j.role = ?", wanted.role),
        ("j.kind = ?", wanted.kind),
        ("j.recorded_at >= ?", wanted.since),
        ("j.recorded_at < ?", wanted.until),
    )
    parts = [Sql(text, (paging.stored(connection, value),)) for text, value in asked if value is not None]
    if wanted.office not in (None, TIMER.office):
        parts.append(Sql("j.role <> 'timer'"))
    if wanted.kind is not None and wanted.kind not in _COMMON:
        parts.append(Sql(f"j.{UNCOMMON}"))
    if wanted.late:
        day = DAY[connection.dialect.name]
        # The first comparison costs little, and all but a few entries end with it.
        parts.append(
            Sql(f"j.happened_at < j.recorded_at AND {day.format('j.happened_at')} < {day.format('j.recorded_at')}")
        )
    if wanted.person is not None:
        place = "instr" if connection.dialect.name == "sqlite" else "strpos"
        names = [f'"{field}":{json_text(wanted.person)}' for field in ("person", "deputy_person")]
        parts.append(any_of([Sql(f"{place}(j.body, ?) > 0", (name,)) for name in names]))
    return parts


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
