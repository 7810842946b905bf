"""One chain replayed up to an instant, and the rows it gives written into another database of the same schema.

A row is rebuilt from facts alone; only what the journal does not keep (whether a message was sent) is taken from the
stored rows, which say when.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, folding, journal
from storage.carrying_back import carry_messages, reader
from storage.cascades import BASES, CASCADES, DIRECTIVES, ITEMS, OBLIGATIONS
from storage.chain_check import Walk
from storage.replay import Replay, waking
from storage.rulebook import Rulebook
from workflows.calendar import Calendar
from workflows.errors import CascadeError
from workflows.facts import Corrected
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

PART = 2000  # rows that are held before they are written
_COLUMNS = journal.ROWS.columns


class Unsound(CascadeError):
    """An entry is not as it was written: nothing can be rebuilt from its chain."""


class Chain:
    """The entries of a chain up to an instant, read, proved sound, and copied."""

    def __init__(self, source: Connection, target: Connection, chain: str, until: datetime) -> None:
        self._source, self._target, self._chain, self._until = source, target, chain, until
        self._walk = Walk(source, chain)
        self.entries, self.last_hash = 0, ""
        self.last_at: datetime | None = None

    def read(self, told: Callable[[int], None]) -> Iterator[dict[str, Any]]:
        """The data of each entry. Raises Unsound at the first that is not sound."""
        rows: list[Sequence[Any]] = []
        plain = reader(self._source)
        for seq, data in self._walk:
            at = bulk.read_instant(self._source, self._walk.row[8])
            if at is None or at > self._until:
                break
            yield data
            self.entries, self.last_hash, self.last_at = seq, self._walk.row[10], at
            rows.append(plain(self._walk.row))
            if len(rows) == PART:
                self._copy(rows)
                told(seq)
        if self._walk.broken:
            seq, said = self._walk.broken
            raise unsound(self._chain, seq, said)
        self._copy(rows)

    def _copy(self, rows: list[Sequence[Any]]) -> None:
        bulk.insert(self._target, "journal", _COLUMNS, rows)
        rows.clear()


def unsound(chain: str, seq: int, said: str) -> Unsound:
    return Unsound(
        say("Entry {number} of {chain} is not as it was written, and nothing can be rebuilt from it: {what}"
            " (cascade journal verify)", number=seq, chain=chain, what=said)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many entries of a cascade there were by then, and how many later corrections were applied."""

    entries: int
    corrections: int = 0


def rebuild(
    source: Connection,
    target: Connection,
    chain: str,
    until: datetime,
    corrected: bool,
    rules: Rulebook,
    told: Callable[[int], None],
) -> Rebuilt:
    """Write the rows of a cascade as its entries up to an instant give them. Raises Unsound."""
    reading, replay = Chain(source, target, chain, until), Replay()
    for data in reading.read(told):
        said = replay.take(data)
        if said:
            raise unsound(chain, data["seq"], said)
    if not reading.entries:
        return Rebuilt(0)
    later = _corrections(source, target, chain, reading.entries, replay) if corrected else 0
    _store(target, chain, replay.world, reading, rules)
    carry_messages(source, target, chain, reading.entries, until)
    return Rebuilt(reading.entries, later)


def _corrections(source: Connection, target: Connection, chain: str, last: int, replay: Replay) -> int:
    """Let the corrections that came later follow on what had been entered by then; how many there were."""
    sqlite = source.dialect.name == "sqlite"
    sql = f"{journal.ROWS.select} WHERE cascade_id = ? AND kind = 'Corrected' AND seq > ? ORDER BY seq"
    applied = []
    for row in bulk.read(source, sql, chain, last):
        entry = journal.ROWS.from_row(row, sqlite)
        fact = entry.fact
        if not isinstance(fact, Corrected) or fact.seq > last:
            continue
        said = replay.take(entry.data, states=_applies(replay.world, fact))
        if said:
            raise unsound(chain, entry.seq, said)
        applied.append(reader(source)(row))
    bulk.insert(target, "journal", _COLUMNS, applied)
    return len(applied)


def _applies(world: World, fact: Corrected) -> bool:
    """Does it change the state? A report that had been sent back by then has no values left to put right."""
    return fact.number is None or world.obligation(fact.number).sent_at is not None


def _store(target: Connection, chain: str, world: World, read: Chain, rules: Rulebook) -> None:
    cascade = replace(world.opened, last_seq=read.entries, last_hash=read.last_hash, last_at=read.last_at)
    calendar = rules.calendars[cascade.calendar]
    wakes = [one.renew_at for one in world.all_directives]
    wakes += _store_obligations(target, chain, world.all_obligations, rules, calendar)
    cascade = replace(cascade, wake_at=min(filter(None, wakes), default=None))
    bulk.insert(target, "cascade", CASCADES.columns, [CASCADES.to_row(cascade, True)])
    directives, items = world.all_directives, world.all_items
    bulk.insert(target, "directive", DIRECTIVES.columns, [DIRECTIVES.to_row(one, True, chain) for one in directives])
    bulk.insert(target, "item", ITEMS.columns, [ITEMS.to_row(one, True, chain) for one in items])
    bases = [
        BASES.to_row(basis, True, chain, item.directive, item.number, place)
        for item in items
        for place, basis in enumerate(item.bases)
    ]
    bulk.insert(target, "basis", BASES.columns, bases)
    folding.add(target, chain, directives, items)


def _store_obligations(
    target: Connection, chain: str, obligations: Sequence[Obligation], rules: Rulebook, calendar: Calendar
) -> list[datetime | None]:
    """Write them, each with its waking; the wakings."""
    wakes: list[datetime | None] = []
    for start in range(0, len(obligations), PART):
        part = []
        for one in obligations[start : start + PART]:
            at = waking(one, rules, calendar)
            wakes.append(at)
            part.append(OBLIGATIONS.to_row(one.but(wake_at=at), True, chain))
        bulk.insert(target, "obligation", OBLIGATIONS.columns, part)
    return wakes
