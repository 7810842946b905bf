"""Do the seals hold? Their order, their leaves and roots, their signatures and the changes of keys; and does the journal
still have what they cover?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as chained
from typing import Any

from sqlalchemy import Connection

from storage import bulk, merkle, notes, seal_keys, seals
from storage.faults import Fault
from storage.rows import to_sqlite_instant
from storage.seal_keys import Key
from storage.seals import SEALS, Head, Seal
from workflows.directive import ADMINISTRATION
from workflows.text import Text, say

CHAIN = "seals"  # what faults of the seals themselves are told under
PAGE = 2000
_Leaf = tuple[Any, ...]  # number, place, chain, seq and hash as they are sealed, and the hash in the journal


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read, and what is wrong: the first seal that does not hold, and the first entry of each chain that is not
    what a seal covers. `unsigned` are numbers of keys that no key before them signed."""

    seals: int
    leaves: int
    faults: tuple[Fault, ...]
    last_at: datetime | None = None
    unsigned: tuple[int, ...] = ()


def check(connection: Connection, progressed: Callable[[int], None] = lambda _: None) -> Checked:
    """Check every seal. `progressed` is told how many leaves were read so far, now and then. Reads only."""
    walk = _Walk(connection)
    walk.run(progressed)
    return walk.found


def check_chain(connection: Connection, chain: str) -> list[Fault]:
    """Only what seals say of one chain: does the journal still have what they cover? Seals themselves are not looked at."""
    rows = bulk.read(connection, f"{_JOINED} WHERE l.chain = ? ORDER BY l.seq, l.number", chain)
    found = (_covered(tuple(row)) for row in rows)
    return [one for one in [next((one for one in found if one), None)] if one]


def count(connection: Connection) -> int:
    """How many leaves there are to read, for a bar."""
    [(leaves,)] = bulk.read(connection, "SELECT coalesce(sum(leaves - 1), 0) FROM seal")
    return int(leaves)


_JOINED = (
    "SELECT l.number, l.place, l.chain, l.seq, l.hash, j.hash FROM seal_leaf AS l"
    " LEFT JOIN journal AS j ON j.cascade_id = l.chain AND j.seq = l.seq"
)


def _leaves(connection: Connection) -> Iterator[_Leaf]:
    number, place = 0, 0
    sql = f"{_JOINED} WHERE l.number > ? OR (l.number = ? AND l.place > ?) ORDER BY l.number, l.place LIMIT {PAGE}"
    if connection.dialect.name == "postgresql":
        sql = f"{_JOINED} WHERE (l.number, l.place) > (?, ?) ORDER BY l.number, l.place LIMIT {PAGE}"
    while True:
        after = (number, number, place) if connection.dialect.name == "sqlite" else (number, place)
        rows = bulk.read(connection, sql, *after)
        for row in rows:
            yield tuple(row)
        if len(rows) < PAGE:
            return
        number, place = rows[-1][0], rows[-1][1]


def _rows(connection: Connection) -> Iterator[Seal | str]:
    """The seals in order; where one cannot even be read, what is wrong with it."""
    number, sqlite = None, connection.dialect.name == "sqlite"
    while True:
        where, values = (" WHERE number > ?", (number,)) if number is not None else ("", ())
        rows = bulk.read(connection, f"{SEALS.select}{where} ORDER BY number LIMIT {PAGE}", *values)
        for row in rows:
            try:
                seal = SEALS.from_row(row, sqlite)
                if sqlite and to_sqlite_instant(seal.at) != row[1]:
                    raise ValueError(row[1])
                yield seal
            except (ValueError, TypeError, AttributeError) as error:
                yield say("seal {number}: one of its columns cannot be read: {error}", number=row[0], error=error)
        if len(rows) < PAGE:
            return
        number = rows[-1][0]


def _covered(leaf: _Leaf) -> Fault | None:
    """Does the journal still have the entry of a leaf?"""
    number, _, chain, seq, sealed, stored = leaf
    if stored is None:
        return Fault(chain, seq, say("seal {number} covers it, and it is not there: the end of the chain was cut off",
                                     number=number))  # fmt: skip
    if stored != sealed:
        return Fault(chain, seq, say("seal {number} covers it with another hash: what led to it was rewritten",
                                     number=number))  # fmt: skip
    return None


class _Walk:
    """All seals in order, each beside its leaves."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._installation = seals.installation_id(connection) or ""
        self._keys: list[Key] = seal_keys.read(connection)
        self._publics = seal_keys.publics(self._keys)
        self._broken: Fault | None = None
        self._chains: dict[str, Fault] = {}
        self._seals = self._leaves = self._sealed = 0
        self._previous, self._at = "", None

    @property
    def found(self) -> Checked:
        keys = [Fault(ADMINISTRATION, *one) for one in seal_keys.succession_faults(self._installation, self._keys)]
        mine = [self._broken] if self._broken else []
        unsigned = tuple(one.number for one in seal_keys.unsigned(self._keys))
        faults = (*keys, *mine, *self._chains.values())
        return Checked(self._seals, self._leaves, faults, self._at, unsigned)

    _at: datetime | None

    def run(self, progressed: Callable[[int], None]) -> None:
        leaves = _leaves(self._connection)
        ahead = next(leaves, None)
        for seal in _rows(self._connection):
            self._seals += 1
            if not isinstance(seal, Seal):
                self._wrong(seal)
                continue
            mine: list[_Leaf] = []
            while ahead is not None and ahead[0] <= seal.number:
                if ahead[0] == seal.number:
                    mine.append(ahead)
                else:
                    self._wrong(say("seal {number} is not there, and leaves of it are", number=ahead[0]))
                ahead = next(leaves, None)
            self._take(seal, mine)
            self._leaves += len(mine)
            progressed(self._leaves)
        for left in chained([ahead] if ahead else [], leaves):
            self._wrong(say("seal {number} is not there, and leaves of it are", number=left[0]))
            break

    def _wrong(self, says: str) -> None:
        self._broken = self._broken or Fault(CHAIN, None, says)

    def _take(self, seal: Seal, leaves: list[_Leaf]) -> None:
        for leaf in leaves:
            fault = _covered(leaf)
            if fault and (leaf[2] not in self._chains or leaf[3] < (self._chains[leaf[2]].seq or 0)):
                self._chains[leaf[2]] = fault
        try:
            said = self._fault(seal, leaves)
        except (ValueError, TypeError) as error:  # SQLite keeps anything in any column
            said = say("it cannot be read: {error}", error=error)
        if said:
            self._wrong(say("seal {number}: {what}", number=seal.number, what=said))
        self._previous, self._at = notes.digest_of(seal.note), seal.at

    def _fault(self, seal: Seal, leaves: list[_Leaf]) -> Text | None:
        """What is wrong with a seal, by itself and after the one before it."""
        if seal.number != self._seals:
            return say("seal {number} is missing before it", number=self._seals)
        try:
            note = notes.read(seal.note)
        except notes.Malformed as error:
            return say("its note cannot be read: {error}", error=error)
        if [leaf[1] for leaf in leaves] != list(range(1, seal.leaves)):
            return say("its leaves are not all there")
        heads = [Head(*leaf[2:5]) for leaf in leaves]
        if [one.chain for one in heads] != sorted({one.chain for one in heads}):
            return say("its leaves are in another order")
        self._sealed = max([self._sealed, *(one.seq for one in heads if one.chain == ADMINISTRATION)])
        root = merkle.root(seals.leaf_hashes(seal.number, self._previous, heads))
        if root != note.root or root.hex() != seal.root:
            return say("its root does not follow from its leaves and the seal before")
        text = notes.text_of(self._installation, seal.number, seal.leaves, root, self._previous, seal.at)
        if text != note.text:
            return say("its note says something else than its row, or follows from another seal")
        if self._at and seal.at < self._at:
            return say("it was made before the seal before it")
        return self._unsigned(seal, note)

    def _unsigned(self, seal: Seal, note: notes.Note) -> Text | None:
        wanted = seal_keys.counting(self._keys, self._sealed, seal.at)
        if not wanted:
            return say("no key was in use when it was made")
        names = [notes.key_name(self._installation, one.number) for one in wanted]
        if notes.numbers_named(note) != names:
            return say("it is signed with other keys than were in use")
        holding = notes.signers(note, self._publics)
        bad = [one.number for one in wanted if one.number not in holding]
        return say("the signature with key {number} does not hold", number=bad[0]) if bad else None
