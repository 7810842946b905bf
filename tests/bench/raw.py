"""The raw limit: the least code that stores the same rows and the same chained hashes. Nothing here is the product's.

What is changed comes as plain values (`changes.py`). Within the clock raw reads what has to be read, makes the text of
each entry's body, chains the hashes, and writes and commits in the fastest way that was found for each database.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson
import psycopg

from tests.bench.changes import GIVEN, KEYS, MADE, Change, Row, Written
from tests.bench.ground import plain

JOURNAL = [*GIVEN["journal"], *MADE["journal"]]
OUTBOX = [*GIVEN["outbox"], *MADE["outbox"]]
HASH_PLACE = GIVEN["cascade"].index("last_hash")
DUE = "number, holder, giver, state, due_at, rung, fired, wake_at"  # what decides that a date is missed, and who hears
_HASH_OF = "(SELECT hash FROM journal WHERE cascade_id = %s AND seq = %s)"
_AWAKE = "SELECT min(wake_at) FROM obligation WHERE cascade_id = {mark} AND wake_at IS NOT NULL"


class Raw(Protocol):
    """A connection that writes changes at the driver's speed."""

    def write(self, change: Change, due_at: Any = None) -> None:
        """Many rows at once; with `due_at` what is due by then is read first."""

    def event(self, change: Change) -> None:
        """One command: its few rows, as fast as they can be committed."""

    def event_read_first(self, change: Change) -> None:
        """The same by a program that has seen the head and the obligation before it writes, as one that decides must."""

    def awake(self, at: Any) -> list[Row]:
        """What a round looks at first."""

    def verify(self, cascade: str) -> int:
        """The entries of a chain, each with the hash that follows from the one before. Raises ValueError at a wrong one."""

    def replay(self, cascade: str) -> int:
        """The entries of a chain, read and decoded."""

    def close(self) -> None: ...


def connect(url: str) -> Raw:
    return Postgres(url) if "://" in url else Sqlite(url)


def chained(change: Change, last_hash: str) -> tuple[list[Row], list[Row], str]:
    """The rows of the journal and of the outbox, and the new head."""
    journal, texts = [], []
    for given, content in zip(change.entries, change.contents, strict=True):
        body = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        last_hash = hashlib.sha256(last_hash.encode() + body).hexdigest()
        text = body.decode()
        texts.append(text)
        journal.append((*given, text, last_hash))
    return journal, [(*row, texts[at]) for at, row in change.messages], last_hash


def opened(change: Change, last_hash: str) -> Row:
    """The row of a new cascade, with its head."""
    assert change.opened
    return (*change.opened[:HASH_PLACE], last_hash, *change.opened[HASH_PLACE + 1 :])


def insert_sql(table: str, columns: Sequence[str], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"


def update_sql(one: Written, mark: str) -> str:
    changes = ", ".join(f"{name} = {mark}" for name in one.columns)
    return f"UPDATE {one.table} SET {changes} WHERE {' AND '.join(f'{key} = {mark}' for key in KEYS[one.table])}"


def head_sql(mark: str) -> str:
    """The cascade's new head, and when it wakes next: the least of its obligations, by their index."""
    waking = _AWAKE.format(mark=mark)
    return f"UPDATE cascade SET last_seq = {mark}, last_hash = {mark}, last_at = {mark}, wake_at = ({waking}) WHERE id = {mark}"


def head_values(change: Change, last_hash: str) -> Row:
    return change.last_seq, last_hash, change.last_at, change.cascade, change.cascade


class Sqlite:
    """The standard library's sqlite3, as durable as the product: write-ahead log, synchronous=FULL."""

    def __init__(self, url: str) -> None:
        self._file = sqlite3.connect(url, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=FULL")

    def write(self, change: Change, due_at: Any = None) -> None:
        run, many = self._file.execute, self._file.executemany
        run("BEGIN IMMEDIATE")
        last_hash = ""
        if change.opened is None:
            [(last_hash,)] = run("SELECT last_hash FROM cascade WHERE id = ?", (change.cascade,))
        if due_at is not None:
            self._file.execute(
                f"SELECT {DUE} FROM obligation WHERE cascade_id = ? AND wake_at <= ? ORDER BY wake_at, number",
                (change.cascade, due_at),
            ).fetchall()
        journal, outbox, last_hash = chained(change, last_hash)
        if change.opened:
            run(insert_sql("cascade", GIVEN["cascade"], "?"), opened(change, last_hash))
        for one in change.inserted:
            many(insert_sql(one.table, one.columns, "?"), one.rows)
        for one in change.updated:
            many(update_sql(one, "?"), one.rows)
        many(insert_sql("journal", JOURNAL, "?"), journal)
        many(insert_sql("outbox", OUTBOX, "?"), outbox)
        if change.opened is None:
            run(head_sql("?"), head_values(change, last_hash))
        run("COMMIT")

    def event(self, change: Change) -> None:
        run = self._file.execute
        run("BEGIN IMMEDIATE")
        [(_, last_hash)] = run("SELECT last_seq, last_hash FROM cascade WHERE id = ?", (change.cascade,))
        for number in change.touched:
            run("SELECT * FROM obligation WHERE cascade_id = ? AND number = ?", (change.cascade, number)).fetchall()
        journal, outbox, last_hash = chained(change, last_hash)
        for one in change.updated:
            for row in one.rows:
                run(update_sql(one, "?"), row)
        for row in journal:
            run(insert_sql("journal", JOURNAL, "?"), row)
        for row in outbox:
            run(insert_sql("outbox", OUTBOX, "?"), row)
        for one in change.inserted:
            run(insert_sql(one.table, one.columns, "?"), one.rows[0])
        run(head_sql("?"), head_values(change, last_hash))
        run("COMMIT")

    event_read_first = event

    def awake(self, at: Any) -> list[Row]:
        sql = "SELECT id FROM cascade WHERE wake_at <= ? ORDER BY wake_at LIMIT 200"
        return self._file.execute(sql, (at,)).fetchall()

    def verify(self, cascade: str) -> int:
        sql = "SELECT body, hash FROM journal WHERE cascade_id = ? ORDER BY seq"
        return _verified(self._file.execute(sql, (cascade,)))

    def replay(self, cascade: str) -> int:
        sql = f"SELECT {', '.join(JOURNAL)} FROM journal WHERE cascade_id = ? ORDER BY seq"
        return sum(1 for row in self._file.execute(sql, (cascade,)) if orjson.loads(row[-2]))

    def close(self) -> None:
        self._file.close()


class Postgres:
    """psycopg: COPY for many rows, a pipeline for few."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(plain(url), autocommit=True)
        self._texts: dict[datetime, str] = {}
        self._cursor = self._connection.cursor()

    def write(self, change: Change, due_at: Any = None) -> None:
        run = self._cursor.execute
        run("BEGIN")
        last_hash = ""
        if change.opened is None:
            sql = "SELECT last_hash FROM cascade WHERE id = %s FOR UPDATE"
            [(last_hash,)] = run(sql, (change.cascade,)).fetchall()
        if due_at is not None:
            run(
                f"SELECT {DUE} FROM obligation WHERE cascade_id = %s AND wake_at <= %s ORDER BY wake_at, number",
                (change.cascade, due_at),
            ).fetchall()
        journal, outbox, last_hash = chained(change, last_hash)
        if change.opened:
            run(insert_sql("cascade", GIVEN["cascade"], "%s"), opened(change, last_hash))
        for one in change.inserted:
            self._copy(one.table, one.columns, one.rows)
        for one in change.updated:
            self._update(one)
        self._copy("journal", JOURNAL, journal)
        self._copy("outbox", OUTBOX, outbox)
        if change.opened is None:
            run(head_sql("%s"), head_values(change, last_hash))
        run("COMMIT")

    def _copy(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if rows:
            with self._cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([self._text(one) if type(one) is datetime else one for one in row])

    def _text(self, instant: datetime) -> str:
        """psycopg makes the text of an instant anew for each row, which costs more than to look for one that was made."""
        found = self._texts.get(instant)
        if found is None:
            found = self._texts[instant] = instant.isoformat(" ")
        return found

    def _update(self, one: Written) -> None:
        """Copied into a table of its own and joined: several times as fast as an UPDATE for each row."""
        columns = [*one.columns, *KEYS[one.table]]
        if len(one.rows) < 20:
            self._cursor.executemany(update_sql(one, "%s"), one.rows)
            return
        run = self._cursor.execute
        run("DROP TABLE IF EXISTS changed")
        run(f"CREATE TEMP TABLE changed ON COMMIT DROP AS SELECT {', '.join(columns)} FROM {one.table} WITH NO DATA")
        self._copy("changed", columns, one.rows)
        changes = ", ".join(f"{name} = changed.{name}" for name in one.columns)
        keys = " AND ".join(f"{one.table}.{key} = changed.{key}" for key in KEYS[one.table])
        run(f"UPDATE {one.table} SET {changes} FROM changed WHERE {keys}")

    def event(self, change: Change) -> None:
        """In one round trip: what is read comes back with the commit, and the server itself chains the hashes."""
        run = self._cursor.execute
        with self._connection.pipeline():
            self._begin(change)
            previous = "(SELECT last_hash FROM cascade WHERE id = %s)"
            where: Row = (change.cascade,)
            texts = [orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode() for content in change.contents]
            for given, body in zip(change.entries, texts, strict=True):
                marks = ", ".join(["%s"] * (len(given) + 1))
                made = f"encode(sha256(convert_to({previous} || %s, 'UTF8')), 'hex')"
                run(
                    f"INSERT INTO journal ({', '.join(JOURNAL)}) VALUES ({marks}, {made})", (*given, body, *where, body)
                )
                previous, where = _HASH_OF, given[:2]
            self._rest(change, [(*row, texts[at]) for at, row in change.messages])
            run(head_sql("%s").replace("last_hash = %s", f"last_hash = {_HASH_OF}"),
                (change.last_seq, *where, change.last_at, change.cascade, change.cascade))  # fmt: skip
            run("COMMIT")

    def event_read_first(self, change: Change) -> None:
        with self._connection.pipeline():
            [(_, last_hash)] = self._begin(change).fetchall()
            journal, outbox, last_hash = chained(change, last_hash)
            for row in journal:
                self._cursor.execute(insert_sql("journal", JOURNAL, "%s"), row)
            self._rest(change, outbox)
            self._cursor.execute(head_sql("%s"), head_values(change, last_hash))
            self._cursor.execute("COMMIT")

    def _begin(self, change: Change) -> psycopg.Cursor[Row]:
        """The head of the cascade, locked, and the obligations that change."""
        self._cursor.execute("BEGIN")
        head = self._connection.cursor()
        head.execute("SELECT last_seq, last_hash FROM cascade WHERE id = %s FOR UPDATE", (change.cascade,))
        for number in change.touched:
            sql = "SELECT * FROM obligation WHERE cascade_id = %s AND number = %s"
            self._cursor.execute(sql, (change.cascade, number))
        return head

    def _rest(self, change: Change, outbox: Sequence[Row]) -> None:
        """All but the journal and the head."""
        run = self._cursor.execute
        for one in change.updated:
            for row in one.rows:
                run(update_sql(one, "%s"), row)
        for row in outbox:
            run(insert_sql("outbox", OUTBOX, "%s"), row)
        for one in change.inserted:
            run(insert_sql(one.table, one.columns, "%s"), one.rows[0])

    def awake(self, at: Any) -> list[Row]:
        sql = "SELECT id FROM cascade WHERE wake_at <= %s ORDER BY wake_at LIMIT 200"
        return self._cursor.execute(sql, (at,)).fetchall()

    def verify(self, cascade: str) -> int:
        sql = "SELECT body, hash FROM journal WHERE cascade_id = %s ORDER BY seq"
        with self._connection.transaction(), self._connection.cursor("entries") as cursor:
            cursor.itersize = 5000
            return _verified(cursor.execute(sql, (cascade,)))

    def replay(self, cascade: str) -> int:
        sql = f"SELECT {', '.join(JOURNAL)} FROM journal WHERE cascade_id = %s ORDER BY seq"
        with self._connection.transaction(), self._connection.cursor("entries") as cursor:
            cursor.itersize = 5000
            return sum(1 for row in cursor.execute(sql, (cascade,)) if orjson.loads(row[-2]))

    def close(self) -> None:
        self._connection.close()


def _verified(rows: Any) -> int:
    last_hash, count = "", 0
    for body, stored in rows:
        last_hash = hashlib.sha256((last_hash + body).encode()).hexdigest()
        if last_hash != stored:
            raise ValueError(f"entry {count + 1} has another hash")
        count += 1
    return count
