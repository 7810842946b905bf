"""What a piece of work has changed in a database, read back as plain values: what raw is given, and what it is held to.

An entry's body is kept as the content it was made of, without its text and hash: making those is raw's own work.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from storage.tables import metadata
from tests.bench.ground import plain

Row = tuple[Any, ...]
APART = {"installation", "node", "office", "seat", "deputy", "absence", "workflow", "calendar"}  # no cascade's own
KEYS = {
    name: [column.name for column in table.primary_key.columns]
    for name, table in metadata.tables.items()
    if name not in APART
}
COLUMNS = {name: [column.name for column in metadata.tables[name].columns] for name in KEYS}
MADE = {"journal": ("body", "hash"), "outbox": ("body",)}  # columns that raw makes, after those it is given
GIVEN = {name: [one for one in columns if one not in MADE.get(name, ())] for name, columns in COLUMNS.items()}


@dataclass(slots=True)
class Written:
    """Rows of one table: inserted whole, or the values of changed `columns` followed by the key."""

    table: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Change:
    """What one transaction changes in one cascade. `opened` is the row of a new one, `touched` the obligations it updates."""

    cascade: str
    last_seq: int = 0
    last_at: Any = None
    opened: Row | None = None
    contents: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    messages: list[tuple[int, Row]] = field(default_factory=list)
    inserted: list[Written] = field(default_factory=list)
    updated: list[Written] = field(default_factory=list)

    @property
    def touched(self) -> list[int]:
        return [row[-1] for one in self.updated if one.table == "obligation" for row in one.rows]


class Unequal(AssertionError):
    """Two databases that had to be the same are not."""


def rows(url: str, table: str) -> Iterator[Row]:
    """The rows of a table in the order of its key."""
    sql = f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY {', '.join(KEYS[table])}"
    if "://" not in url:
        file = sqlite3.connect(url)
        try:
            yield from file.execute(sql)
        finally:
            file.close()
        return
    with psycopg.connect(plain(url)) as connection, connection.cursor("rows") as cursor:
        cursor.itersize = 10_000
        yield from cursor.execute(sql)


def changes(before: str, after: str) -> list[Change]:
    """What is different in `after`, one change for each cascade."""
    found: dict[str, Change] = {}
    for table, keys in KEYS.items():
        key_places = [COLUMNS[table].index(key) for key in keys]
        given_places = [COLUMNS[table].index(name) for name in GIVEN[table]]
        old = {tuple(row[place] for place in key_places): row for row in rows(before, table)}
        inserts: dict[str, list[Row]] = defaultdict(list)
        updates: dict[tuple[str, tuple[str, ...]], list[Row]] = defaultdict(list)
        for row in rows(after, table):
            key = tuple(row[place] for place in key_places)
            past = old.get(key)
            if past == row:
                continue
            change = found.setdefault(key[0], Change(key[0]))
            if table == "cascade":
                named = dict(zip(COLUMNS[table], row, strict=True))
                change.last_seq, change.last_at = named["last_seq"], named["last_at"]
                change.opened = row if past is None else None
            elif table == "journal":
                named = dict(zip(COLUMNS[table], row, strict=True))
                change.contents.append(orjson.loads(named["body"]))
                change.entries.append(tuple(row[place] for place in given_places))
            elif past is None:
                inserts[key[0]].append(tuple(row[place] for place in given_places))
            else:
                moved = tuple(c for c, one, other in zip(COLUMNS[table], past, row, strict=True) if one != other)
                updates[key[0], moved].append((*(row[COLUMNS[table].index(name)] for name in moved), *key))
        for cascade, listed in inserts.items():
            if table == "outbox":
                found[cascade].messages = [(row[1], row) for row in listed]
            else:
                found[cascade].inserted.append(Written(table, GIVEN[table], listed))
        for (cascade, moved), listed in updates.items():
            found[cascade].updated.append(Written(table, list(moved), listed))
    return [_numbered(change) for change in found.values()]


def _numbered(change: Change) -> Change:
    """Each message with the place of its entry among those that are made, instead of the entry's number."""
    first = change.contents[0]["seq"] if change.contents else 0
    change.messages = [(seq - first, row) for seq, row in change.messages]
    return change


def each_command(whole: Iterable[Change]) -> list[Change]:
    """Changes taken apart by the commands that made them, in order of cascade and entry. No row may be changed twice."""
    return [one for change in whole for one in _apart(change)]


def _apart(change: Change) -> Iterator[Change]:
    [commands] = [one for one in change.inserted if one.table == "command"]
    place = {name: commands.columns.index(name) for name in ("first_seq", "last_seq")}
    first = change.contents[0]["seq"]
    for row in sorted(commands.rows, key=lambda row: row[place["first_seq"]]):
        start, end = row[place["first_seq"]] - first, row[place["last_seq"]] - first + 1
        about = {content.get("obligation") for content in change.contents[start:end]}
        yield Change(
            change.cascade,
            row[place["last_seq"]],
            change.last_at,
            None,
            change.contents[start:end],
            change.entries[start:end],
            [(at - start, message) for at, message in change.messages if start <= at < end],
            [Written("command", commands.columns, [row])],
            [
                Written(one.table, one.columns, mine)
                for one in change.updated
                if (mine := [each for each in one.rows if len(commands.rows) == 1 or each[-1] in about])
            ],
        )


def hold_equal(ours: str, raw: str, whole: bool = True) -> None:
    """Raises Unequal where two databases do not hold the same: every row, or (not `whole`) counts and heads of chains."""
    for table in KEYS:
        if whole or table == "cascade":
            for one, other in _beside(rows(ours, table), rows(raw, table)):
                if one != other:
                    raise Unequal(f"{table}: ours stored {one}, raw {other}")
        elif (count := _count(ours, table)) != (other_count := _count(raw, table)):
            raise Unequal(f"{table}: ours stored {count} rows, raw {other_count}")


def _beside(ours: Iterator[Row], raw: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    while True:
        pair = next(ours, None), next(raw, None)
        if pair == (None, None):
            return
        yield pair


def _count(url: str, table: str) -> int:
    return sum(1 for _ in rows(url, table))
