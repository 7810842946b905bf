"""Is the journal whole, and does the stored state follow from it? Looks for the first bad entry of each chain."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import bulk, guards, installation, rulebook
from storage.chain_check import Walk
from storage.replay import Replay
from storage.rulebook import Rulebook
from workflows.directive import ADMINISTRATION
from workflows.text import Text, say

STRIDE = 1000  # entries of a chain after which it is told how far a verification is


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was. `seq` is the entry where it shows; None where no single entry is to blame."""

    chain: str
    seq: int | None
    says: str

    @property
    def text(self) -> Text:
        """The chain, the entry and what is wrong, in one sentence."""
        if self.seq:
            return say("entry {number} of {chain}: {what}", number=self.seq, chain=self.chain, what=self.says)
        return say("{chain}: {what}", chain=self.chain, what=self.says)

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how much it read, and every fault (the first of each chain, guards, states)."""

    chains: int
    entries: int
    faults: tuple[Fault, ...]

    @property
    def verified(self) -> bool:
        return not self.faults


def verify(
    connection: Connection,
    only: str | None = None,
    progressed: Callable[[int], None] = lambda _: None,
    *,
    states: bool = True,
) -> Verdict:
    """Verify one chain or all of them, the guards, and every stored state against its entries. Reads only.

    `progressed` is told how many entries were read, after each chain and every `STRIDE` of a long one. Without `states`
    no fact is read and nothing replayed: only what was written is as it was written.
    """
    faults = [Fault("journal", None, said) for said in guards.faults(connection)]
    faults += [Fault("definitions", None, said) for said in rulebook.altered(connection)]
    rules = rulebook.readable(connection) if states else None
    entries = 0
    chains = [only] if only else _chains(connection)
    for chain in chains:
        walk, told = Walk(connection, chain), _counting_from(entries, progressed)
        found = _chain_fault(connection, walk, chain, rules, states, told)
        entries += walk.entries
        progressed(entries)
        if found:
            faults.append(found)
    return Verdict(len(chains), entries, tuple(faults))


def _counting_from(before: int, progressed: Callable[[int], None]) -> Callable[[int], None]:
    """Tells how many entries were read of all chains, where a chain knows only of its own."""
    return lambda seq: progressed(before + seq)


def count_entries(connection: Connection, only: str | None = None) -> int:
    """How many entries there are to read, as the heads of the chains say: for a bar, and no part of the proof."""
    found = installation.read(connection)
    administration = found.admin_seq if found else 0
    if only == ADMINISTRATION:
        return administration
    where, values = (" WHERE id = ?", (only,)) if only else ("", ())
    [(entries,)] = bulk.read(connection, f"SELECT coalesce(sum(last_seq), 0) FROM cascade{where}", *values)
    return int(entries) + (0 if only else administration)


def _chains(connection: Connection) -> list[str]:
    """Every chain there is, those with entries and no cascade among them."""
    rows = bulk.read(connection, "SELECT id FROM cascade UNION SELECT DISTINCT cascade_id FROM journal")
    return sorted({ADMINISTRATION, *(row[0] for row in rows)})


def _chain_fault(
    connection: Connection, walk: Walk, chain: str, rules: Rulebook | None, states: bool, told: Callable[[int], None]
) -> Fault | None:
    """The first entry of a chain that is wrong (edited, missing, out of order, cut off at the end), else the first stored
    value that its entries do not give."""
    replay, cascade = Replay(), chain != ADMINISTRATION
    for seq, data in walk:
        said = replay.take(data, states=cascade) if states else None
        if said:
            return Fault(chain, seq, said)
        if seq % STRIDE == 0:
            told(seq)
    if walk.broken:
        return Fault(chain, *walk.broken)
    head_fault = _head_fault(connection, walk, chain)
    if head_fault or not states or not cascade:
        return head_fault
    said = replay.difference(connection, chain, walk.last_at, rules)
    return Fault(chain, None, said) if said else None


def _head_fault(connection: Connection, walk: Walk, chain: str) -> Fault | None:
    last_seq, last_hash = _head(connection, chain)
    if last_seq is None:
        return Fault(chain, 1, say("there are entries, and no cascade they belong to"))
    if last_seq != walk.entries:
        said = say("its head is entry {head}, its last entry is {last}", head=last_seq, last=walk.entries)
        return Fault(chain, walk.entries + 1, said)
    if last_hash != walk.last_hash:
        return Fault(chain, walk.entries, say("its head has another hash than its last entry"))
    return None


def _head(connection: Connection, chain: str) -> tuple[int | None, str]:
    if chain == ADMINISTRATION:
        found = installation.read(connection)
        return (found.admin_seq, found.admin_hash) if found else (None, "")
    rows = bulk.read(connection, "SELECT last_seq, last_hash FROM cascade WHERE id = ?", chain)
    return (rows[0][0], rows[0][1]) if rows else (None, "")
