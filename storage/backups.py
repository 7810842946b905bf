"""What a backup holds, read in one moment: counts, heads of chains, what it is; and a SQLite database copied into a file.

The copy is made by VACUUM INTO, which reads one moment however much is written meanwhile; the page-wise backup begins anew with
each write, and never ends under load.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import bulk, migrate, transfer
from storage.database import Database
from storage.driver import driver, told
from storage.errors import Unfinished
from workflows.directive import ADMINISTRATION
from workflows.text import say

SQLITE, POSTGRESQL = "sqlite", "postgresql"
HEADS_MAX = 10_000  # chains whose heads are listed one by one; of more, their digest is kept alone
_PAGE = 5_000
_HEADS = {
    SQLITE: "SELECT id, last_seq, last_hash FROM cascade ORDER BY id",
    POSTGRESQL: 'SELECT id, last_seq, last_hash FROM cascade ORDER BY id COLLATE "C"',
}
Head = tuple[int, str]  # of a chain: how many entries it has, and the last one's hash


@dataclass(frozen=True, slots=True)
class Contents:
    """One moment of an installation.

    `identity` is the hash of the first entry of the administration's chain, which says when it was created, to the
    microsecond. `heads` are those of the cascades, None where there are more than HEADS_MAX; `digest` is of all of them.
    `seal` is the number of the last one.
    """

    identity: str
    schema: str
    created_at: datetime
    simulated: bool
    tables: dict[str, int]
    entries: int
    administration: Head
    chains: int
    digest: str
    heads: dict[str, Head] | None
    seal: int | None


class Copying(Protocol):
    """A copy to be made: `run` fills the file and says what is in it, `stop` ends that from another thread.

    `size` is how many bytes there are to copy, roughly. `run` raises Unfinished where it was stopped, or could not be done."""

    kind: str

    def size(self) -> int: ...
    def run(self, path: Path) -> Contents: ...
    def stop(self) -> None: ...


def contents(connection: Connection, tables: Sequence[str] = ()) -> Contents:
    """What a database holds: of these tables, or of all of this program's schema. A table that is not there is left out."""
    there = set(inspect(connection).get_table_names())
    names = [one for one in tables or map(str, (table.name for table in transfer.tables())) if one in there]
    counts = {name: int(bulk.read(connection, f'SELECT count(*) FROM "{name}"')[0][0]) for name in names}
    [(created_at, simulated_at, seq, hash_)] = bulk.read(
        connection, "SELECT created_at, simulated_at, admin_seq, admin_hash FROM installation WHERE id = 1"
    )
    created = bulk.read_instant(connection, created_at)
    assert created is not None  # the column takes no NULL
    digest, chains, entries, heads = hashlib.sha256(), 0, int(seq), dict[str, Head]()
    for chain, last, hash_of_last in _heads(connection):
        digest.update(f"{chain} {last} {hash_of_last}\n".encode())
        chains, entries = chains + 1, entries + last
        if chains <= HEADS_MAX:
            heads[chain] = (last, hash_of_last)
    seal = bulk.read(connection, "SELECT max(number) FROM seal")[0][0] if "seal" in there else None
    return Contents(
        identity(connection), migrate.current(connection) or "", created, simulated_at is not None, counts, entries,
        (int(seq), hash_), chains, digest.hexdigest(), heads if chains <= HEADS_MAX else None, seal,
    )  # fmt: skip


def identity(connection: Connection) -> str:
    """The hash of the first entry that this installation made; empty where it made none."""
    rows = bulk.read(connection, "SELECT hash FROM journal WHERE cascade_id = ? AND seq = 1", ADMINISTRATION)
    return str(rows[0][0]) if rows else ""


def _heads(connection: Connection) -> Iterator[Sequence[Any]]:
    found = connection.exec_driver_sql(
        _HEADS[connection.dialect.name], execution_options={"stream_results": True, "yield_per": _PAGE}
    )
    for page in found.partitions(_PAGE):
        yield from page


def last_deed(connection: Connection, what: str) -> dict[str, Any] | None:
    """The body of the newest entry of the administration's chain that says `what`; None where there is none."""
    rows = bulk.read(
        connection,
        "SELECT body FROM journal WHERE cascade_id = ? AND kind = 'Administered' AND body LIKE ? ORDER BY seq DESC LIMIT 1",
        ADMINISTRATION,
        f'%"what":"{what}"%',
    )
    found: dict[str, Any] | None = orjson.loads(rows[0][0]) if rows else None
    return found


class SqliteCopying:
    """A copy of a SQLite file by VACUUM INTO: no writer waits for it."""

    kind = SQLITE

    def __init__(self, database: Database) -> None:
        self._database, self._raw, self._stopped = database, None, False

    def size(self) -> int:
        with self._database.reading() as connection:
            found = [
                bulk.read(connection, f"PRAGMA {one}")[0][0] for one in ("page_count", "freelist_count", "page_size")
            ]
        return int((found[0] - found[1]) * found[2])

    def run(self, path: Path) -> Contents:
        """Fill `path`, an empty file, which keeps its mode."""
        try:
            with self._database.connections.connect() as connection:
                self._raw = driver(connection)
                if self._stopped:
                    raise Unfinished(say("it was stopped"))
                with told(connection, "VACUUM INTO"):
                    driver(connection).execute("VACUUM INTO ?", (str(path),))
        except DBAPIError as error:
            if self._stopped:
                raise Unfinished(say("it was stopped")) from error
            raise Unfinished(str(error.orig)) from error
        finally:
            self._raw = None
        copy = Database(str(path), untouched=True)
        try:
            with copy.reading() as connection:
                return contents(connection)
        finally:
            copy.close()

    def stop(self) -> None:
        self._stopped = True
        raw: Any = self._raw
        if raw is not None:
            raw.interrupt()


def damage(connection: Connection) -> str | None:
    """What SQLite finds wrong with the file itself; None where it is sound, and on PostgreSQL, which has no such look."""
    if connection.dialect.name != SQLITE:
        return None
    try:
        rows = bulk.read(connection, "PRAGMA integrity_check(1)")
    except (DBAPIError, OperationalError) as error:
        return str(error.orig)
    found = str(rows[0][0]) if rows else ""
    return None if found == "ok" else found


def leave_behind(connection: Connection) -> None:
    """What was true of the database that was copied, and is not of one restored from it: the nodes that served it, and the
    sessions that were open in it, of which some have been ended since."""
    for table in ("node", "session"):
        bulk.write(connection, f"DELETE FROM {table}")


def waiting_messages(connection: Connection) -> int:
    """Messages that were not sent when the copy was made."""
    [(found,)] = bulk.read(connection, "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL")
    return int(found)


def fold_log(database: Database) -> None:
    """Bring a SQLite file's write-ahead log into the file itself, which then stands alone."""
    with database.connections.connect() as connection:
        driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
