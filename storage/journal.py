"""The journal: facts as entries, each chained to the one before it by its hash."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap, json_text
from workflows.commands import Actor
from workflows.directive import ADMINISTRATION
from workflows.encoding import instant_text, to_data
from workflows.facts import Corrected, Fact, directive_of, from_data, kind_of, obligation_of
from workflows.light import light

FORMAT = 1


@light(frozen=True, slots=True)
class Context:
    """What the entries of one command share: who asked, as what it was known, under which rules, and when what it brought
    about happened; where nothing says so, when it was recorded."""

    by: Actor
    command: str
    recorded_at: datetime
    workflow: str | None = None
    simulated: bool = False
    reason: str | None = None
    happened_at: Callable[[Fact], datetime] | None = None

    def content(self, chain: str) -> dict[str, Any]:
        """What the body of each entry has in common."""
        shared = {
            "format": FORMAT,
            "cascade": chain,
            "by": to_data(self.by),
            "recorded_at": instant_text(self.recorded_at),
        }
        shared |= {name: said for name in ("command", "workflow", "reason") if (said := getattr(self, name))}
        return {**shared, "simulated": True} if self.simulated else shared


@light(frozen=True, slots=True)
class Entry:
    """One line of the journal as it is stored. `body` is canonical JSON, exactly the text that was hashed."""

    cascade_id: str
    seq: int
    kind: str
    obligation: int | None
    directive: int | None
    office: str
    role: str
    happened_at: datetime
    recorded_at: datetime
    body: str
    hash: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    @property
    def fact(self) -> Fact:
        """Raises KeyError or ValueError where the body is no fact of ours."""
        data = self.data
        return from_data(data["kind"], data["fact"])


ROWS = RowMap(Entry, "journal")


def chain_hash(previous: str, body: str) -> str:
    return hashlib.sha256((previous + body).encode()).hexdigest()


def entries(chain: str, last_seq: int, last_hash: str, facts: Sequence[Fact], context: Context) -> list[Entry]:
    """The entries of facts, chained to a head."""
    office, role, recorded_at = context.by.office, context.by.role, context.recorded_at
    shared = context.content(chain)
    found = []
    for seq, fact in enumerate(facts, last_seq + 1):
        kind, obligation, directive = kind_of(fact), obligation_of(fact), directive_of(fact)
        happened_at = context.happened_at(fact) if context.happened_at else recorded_at
        content = {**shared, "seq": seq, "kind": kind, "happened_at": instant_text(happened_at), "fact": to_data(fact)}
        if obligation is not None:
            content["obligation"] = obligation
        if directive is not None:
            content["directive"] = directive
        body = json_text(content)
        last_hash = chain_hash(last_hash, body)
        found.append(
            Entry(chain, seq, kind, obligation, directive, office, role, happened_at, recorded_at, body, last_hash)
        )
    return found


def append(connection: Connection, made: Sequence[Entry]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, "journal", ROWS.columns, list(ROWS.to_rows(made, sqlite)))


def append_administration(connection: Connection, facts: Sequence[Fact], context: Context) -> list[Entry]:
    """Entries of the installation's own chain; its head is in the one row of `installation`, locked here."""
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
    [(last_seq, last_hash)] = bulk.read(
        connection, f"SELECT admin_seq, admin_hash FROM installation WHERE id = 1{lock}"
    )
    made = entries(ADMINISTRATION, last_seq, last_hash, facts, context)
    append(connection, made)
    if made:
        bulk.update(connection, "installation", ["id"], ["admin_seq", "admin_hash"], [(made[-1].seq, made[-1].hash, 1)])
    return made


def walk(connection: Connection, chain: str, after: int = 0, page: int = 5000) -> Iterator[Entry]:
    """The entries of a chain in order, a page at a time, so that memory stays bounded."""
    sqlite = connection.dialect.name == "sqlite"
    while True:
        rows = bulk.read(
            connection, f"{ROWS.select} WHERE cascade_id = ? AND seq > ? ORDER BY seq LIMIT {page}", chain, after
        )
        for row in rows:
            yield ROWS.from_row(row, sqlite)
        if len(rows) < page:
            return
        after = rows[-1][1]


def readable(
    connection: Connection, chain: str, page: int = 5000, passed_over: Callable[[], None] = lambda: None
) -> Iterator[Entry]:
    """The entries of a chain that can be read, in order, for who looks at a journal that may have been touched: SQLite keeps
    anything in any column, and the chain's own verification names what cannot be read. `passed_over` hears of each."""
    sqlite, after = connection.dialect.name == "sqlite", -(1 << 31)
    while True:
        rows = bulk.read(
            connection, f"{ROWS.select} WHERE cascade_id = ? AND seq > ? ORDER BY seq LIMIT {page}", chain, after
        )
        for row in rows:
            try:
                entry = ROWS.from_row(row, sqlite)
            except (ValueError, TypeError, AttributeError):
                passed_over()
                continue
            yield entry
        if len(rows) < page:
            return
        after = rows[-1][1]


def about_directive(connection: Connection, chain: str, directive: int, kind: str) -> list[Entry]:
    """The entries of one kind about a directive, newest first."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(
        connection,
        f"{ROWS.select} WHERE cascade_id = ? AND directive = ? AND kind = ? ORDER BY seq DESC",
        chain, directive, kind,
    )  # fmt: skip
    return [ROWS.from_row(row, sqlite) for row in rows]


def corrections(connection: Connection, chain: str, seq: int) -> list[Corrected]:
    """What was corrected of an entry since, oldest first."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(
        connection, f"{ROWS.select} WHERE cascade_id = ? AND seq > ? AND kind = 'Corrected' ORDER BY seq", chain, seq
    )
    found = (ROWS.from_row(row, sqlite).fact for row in rows)
    return [one for one in found if isinstance(one, Corrected) and one.seq == seq]
