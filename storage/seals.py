"""Seals: signed checkpoints over the heads of chains. What was sealed, what is not yet, and where copies went.

What is hashed and signed is written here; who may sign stands in `seal_keys`, whether it all holds in `seal_check`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk, installation, merkle, notes
from storage.rows import RowMap, json_text
from workflows.directive import ADMINISTRATION
from workflows.light import light

LEAVES_MAX = 50_000  # chains that one seal covers; those that are left come with the next
SENT, FAILED = "sent", "failed"
_LOCK = 0x5EA1  # of PostgreSQL's advisory locks: whoever seals holds it until its transaction ends


@light(frozen=True, slots=True)
class Seal:
    """One seal. `root` is in hex; `note` is the whole signed note, and everything else repeats it."""

    number: int
    at: datetime
    leaves: int
    root: str
    note: str


@light(frozen=True, slots=True)
class Head:
    """Where a chain stood: its last entry, and that entry's hash."""

    chain: str
    seq: int
    hash: str

    @property
    def leaf(self) -> bytes:
        """The data of its leaf."""
        return json_text({"chain": self.chain, "seq": self.seq, "hash": self.hash}).encode()


@light(frozen=True, slots=True)
class Copy:
    """One try to write a seal outside the database."""

    number: int
    witness: str
    trial: int
    at: datetime
    node: str
    outcome: str
    answer: str | None = None


SEALS, COPIES = RowMap(Seal, "seal"), RowMap(Copy, "seal_copy")
_LEAVES = ["number", "place", "chain", "seq", "hash"]


def leaf_of_previous(number: int, previous: str) -> bytes:
    """The data of leaf 0 of a seal: the seal before it, by the sha256 of its whole note; empty for the first."""
    return json_text({"note": previous, "seal": number - 1}).encode()


def leaf_hashes(number: int, previous: str, heads: Iterable[Head]) -> Iterator[bytes]:
    """The hashes of a seal's leaves in their order."""
    yield merkle.leaf_hash(leaf_of_previous(number, previous))
    for head in heads:
        yield merkle.leaf_hash(head.leaf)


def installation_id(connection: Connection) -> str | None:
    """Which installation this is: how the hash of the first entry of its administration begins. A copy keeps it."""
    rows = bulk.read(connection, "SELECT hash FROM journal WHERE cascade_id = ? AND seq = 1", ADMINISTRATION)
    return str(rows[0][0])[:32] if rows else None


def last(connection: Connection) -> Seal | None:
    """The newest seal."""
    rows = bulk.read(connection, f"{SEALS.select} ORDER BY number DESC LIMIT 1")
    return _seal(connection, rows)


def find(connection: Connection, number: int) -> Seal | None:
    return _seal(connection, bulk.read(connection, f"{SEALS.select} WHERE number = ?", number))


def note_of(connection: Connection, number: int) -> str | None:
    """The note of a seal as it lies there, also where the rest of its row cannot be read."""
    rows = bulk.read(connection, "SELECT note FROM seal WHERE number = ?", number)
    return rows[0][0] if rows else None


def after(connection: Connection, number: int, limit: int) -> list[Seal]:
    """The seals after one, in order."""
    rows = bulk.read(connection, f"{SEALS.select} WHERE number > ? ORDER BY number LIMIT {int(limit)}", number)
    return [SEALS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def _seal(connection: Connection, rows: bulk.Rows) -> Seal | None:
    return SEALS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def heads_of(connection: Connection, number: int) -> list[Head]:
    """The heads that a seal covers, in the order of its leaves."""
    rows = bulk.read(connection, "SELECT chain, seq, hash FROM seal_leaf WHERE number = ? ORDER BY place", number)
    return [Head(*row) for row in rows]


def covering(connection: Connection, chain: str, seq: int) -> tuple[int, int] | None:
    """The first seal that covers an entry, and the place of its leaf; None where the entry is not sealed yet."""
    rows = bulk.read(
        connection,
        "SELECT number, place FROM seal_leaf WHERE chain = ? AND seq >= ? ORDER BY seq, number LIMIT 1",
        chain,
        seq,
    )
    return (rows[0][0], rows[0][1]) if rows else None


def sealed_to(connection: Connection, chain: str) -> int:
    """The last entry of a chain that a seal covers; 0 where none does."""
    [(seq,)] = bulk.read(connection, "SELECT coalesce(max(seq), 0) FROM seal_leaf WHERE chain = ?", chain)
    return int(seq)


_UNSEALED = "c.last_seq > coalesce((SELECT max(l.seq) FROM seal_leaf AS l WHERE l.chain = c.id), 0)"


def _looked_at(connection: Connection, since: datetime | None) -> tuple[str, list[datetime | str]]:
    """The cascades that are looked at, as `c`, and the values of that: those with entries since then, or all."""
    if since is None:
        return "cascade AS c", []
    # SQLite, which knows no numbers, would read the whole journal in the order of its key.
    index = " INDEXED BY journal_time" if connection.dialect.name == "sqlite" else ""
    recent = f"SELECT DISTINCT cascade_id AS id FROM journal{index} WHERE recorded_at >= ?"
    return f"({recent}) AS r JOIN cascade AS c ON c.id = r.id", [bulk.instant(connection, since)]


def changed(connection: Connection, since: datetime | None, limit: int = LEAVES_MAX) -> list[Head]:
    """The heads that no seal covers, ordered by chain, at most so many.

    With `since` only chains with entries recorded from then on are looked at: that costs what has happened since, not what
    there is. Without, every chain is.
    """
    looked_at, values = _looked_at(connection, since)
    rows = bulk.read(
        connection,
        f"SELECT c.id, c.last_seq, c.last_hash FROM {looked_at} WHERE {_UNSEALED} LIMIT {int(limit)}",
        *values,
    )
    found = [Head(*row) for row in rows]
    mine = installation.read(connection)
    if mine and mine.admin_seq > sealed_to(connection, ADMINISTRATION):
        found.append(Head(ADMINISTRATION, mine.admin_seq, mine.admin_hash))
    return sorted(found, key=lambda one: one.chain)


def count_changed(connection: Connection, since: datetime | None) -> tuple[int, int]:
    """How many chains have entries that no seal covers, and how many such entries there are."""
    looked_at, values = _looked_at(connection, since)
    covered = "coalesce((SELECT max(l.seq) FROM seal_leaf AS l WHERE l.chain = c.id), 0)"
    [(chains, entries)] = bulk.read(
        connection,
        f"SELECT count(*), coalesce(sum(open), 0) FROM (SELECT c.last_seq - {covered} AS open FROM {looked_at}) AS o"
        " WHERE open > 0",
        *values,
    )
    mine = installation.read(connection)
    more = mine.admin_seq - sealed_to(connection, ADMINISTRATION) if mine else 0
    return int(chains) + (more > 0), int(entries) + max(0, more)


def oldest_unsealed(connection: Connection, since: datetime | None) -> datetime | None:
    """When the first entry that no seal covers was recorded; None where all are sealed."""
    looked_at, values = _looked_at(connection, since)
    first = "1 + coalesce((SELECT max(l.seq) FROM seal_leaf AS l WHERE l.chain = j.cascade_id), 0)"
    [(oldest,)] = bulk.read(
        connection,
        f"SELECT min(j.recorded_at) FROM {looked_at} JOIN journal AS j ON j.cascade_id = c.id AND j.seq = {first}"
        f" WHERE {_UNSEALED}",
        *values,
    )
    rows = bulk.read(
        connection,
        f"SELECT j.recorded_at FROM journal AS j WHERE j.cascade_id = ? AND j.seq = {first}",
        ADMINISTRATION,
    )
    found = [bulk.read_instant(connection, one) for one in (oldest, *(row[0] for row in rows))]
    return min((one for one in found if one), default=None)


def hold(connection: Connection) -> bool:
    """Be the only one who seals until the transaction ends; False where somebody else does so at this moment."""
    if connection.dialect.name == "sqlite":
        return True  # a transaction that writes is the only one
    [(held,)] = bulk.read(connection, f"SELECT pg_try_advisory_xact_lock({_LOCK})")
    return bool(held)


def add(connection: Connection, seal: Seal, heads: Sequence[Head]) -> None:
    """Store a seal with its leaves. The caller holds the right to."""
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, "seal", SEALS.columns, [SEALS.to_row(seal, sqlite)])
    rows = [(seal.number, place, one.chain, one.seq, one.hash) for place, one in enumerate(heads, 1)]
    bulk.insert(connection, "seal_leaf", _LEAVES, rows)


def made(installation: str, before: Seal | None, heads: Sequence[Head], at: datetime) -> tuple[Seal, str]:
    """The next seal, its note not signed yet, and the text to sign."""
    number, previous = (before.number + 1, notes.digest_of(before.note)) if before else (1, "")
    root = merkle.root(leaf_hashes(number, previous, heads))
    at = max(at, before.at) if before else at
    text = notes.text_of(installation, number, len(heads) + 1, root, previous, at)
    return Seal(number, at, len(heads) + 1, root.hex(), ""), text


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How far a witness is: the last seal it has, when it got it, and the failure since, where there is one."""

    witness: str
    number: int
    at: datetime | None
    failed_at: datetime | None = None
    failure: str | None = None
    failures: int = 0


def copied_to(connection: Connection, witness: str) -> int:
    """The last seal that a witness has; 0 where it has none."""
    [(number,)] = bulk.read(
        connection,
        "SELECT coalesce(max(number), 0) FROM seal_copy WHERE witness = ? AND outcome = ?",
        witness,
        SENT,
    )
    return int(number)


def log_copy(
    connection: Connection, number: int, witness: str, at: datetime, node: str, outcome: str, answer: str | None
) -> None:
    """Log one try. Two nodes that log the same at once leave one line."""
    [(trial,)] = bulk.read(
        connection,
        "SELECT 1 + coalesce(max(trial), 0) FROM seal_copy WHERE number = ? AND witness = ?",
        number,
        witness,
    )
    sqlite = connection.dialect.name == "sqlite"
    row = COPIES.to_row(Copy(number, witness, int(trial), at, node, outcome, answer), sqlite)
    bulk.write(
        connection,
        f"INSERT INTO seal_copy ({', '.join(COPIES.columns)}) VALUES ({bulk.marks(len(row))}) ON CONFLICT DO NOTHING",
        *row,
    )


def witnesses(connection: Connection) -> list[Witnessed]:
    """Every witness that was ever written to, and how far it is."""
    names = [row[0] for row in bulk.read(connection, "SELECT DISTINCT witness FROM seal_copy ORDER BY witness")]
    return [witnessed(connection, name) for name in names]


def witnessed(connection: Connection, witness: str) -> Witnessed:
    """How far one witness is."""
    number = copied_to(connection, witness)
    sqlite = connection.dialect.name == "sqlite"
    own = f"{COPIES.select} WHERE witness = ? AND outcome = ?"
    got = bulk.read(connection, f"{own} AND number = ? ORDER BY trial DESC LIMIT 1", witness, SENT, number)
    at = COPIES.from_row(got[0], sqlite).at if got else None
    bad = bulk.read(
        connection, f"{own} AND number > ? ORDER BY number DESC, trial DESC LIMIT 1", witness, FAILED, number
    )
    if not bad:
        return Witnessed(witness, number, at)
    failed = COPIES.from_row(bad[0], sqlite)
    return Witnessed(witness, number, at, failed.at, failed.answer, failed.trial)
