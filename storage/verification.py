"""Is the journal whole, and does the stored state follow from it? Looks for the first bad entry of each chain.

A verification is made of tasks: a chain, or a part of one that begins at an entry whose hash is stored. Whoever has several
processes gives each some of them; `together` makes one verdict of what they found.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import account_check, bulk, guards, installation, row_check, rulebook, seal_check
from storage.chain_check import Walk
from storage.faults import Fault
from storage.replay import Replay
from storage.row_check import Beside
from storage.rulebook import Rulebook
from workflows.directive import ADMINISTRATION
from workflows.text import say

__all__ = ["Fault", "Task", "Told", "Verdict", "count_entries", "done", "heads", "together", "verify", "whole"]

STRIDE = 1000  # entries of a chain after which it is told how far a verification is
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how much it read, and every fault (the first of each chain, guards, seals, states).
    `unsigned` are numbers of seal keys that no key before them signed: no fault, and people should know why."""

    chains: int
    entries: int
    faults: tuple[Fault, ...]
    seals: int = 0
    unsigned: tuple[int, ...] = ()

    @property
    def verified(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class Task:
    """A chain to verify, or the part of it after an entry whose hash is known, up to one (None: to its end)."""

    chain: str
    after: int = 0
    hash: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task: the entries that were read, the last of them with its hash, and the first fault."""

    task: Task
    entries: int
    last: int
    hash: str
    fault: Fault | None


def verify(connection: Connection, only: str | None = None, progressed: Told = lambda _: None, *,
           states: bool = True) -> Verdict:  # fmt: skip
    """Verify one chain or all of them, the guards, the seals, and every stored state against its entries. Reads only.

    `progressed` is told how many entries were read, after each chain and every `STRIDE` of a long one. Without `states`
    no fact is read and nothing replayed: only what was written is as it was written.
    """
    tasks = [Task(only)] if only else [Task(one) for one in sorted(heads(connection))]
    rules = rulebook.readable(connection) if states else None
    found, entries = [], 0
    for task in tasks:
        made = done(connection, task, rules, counting_from(entries, progressed), states=states)
        entries += made.entries
        progressed(entries)
        found.append(made)
    return together(whole(connection), found, *sealed(connection, only, lambda _: progressed(entries)))


def whole(connection: Connection) -> list[Fault]:
    """Faults of no chain: guards, published texts, originals, offices."""
    faults = [Fault("journal", None, said) for said in guards.faults(connection)]
    faults += [Fault("definitions", None, said) for said in rulebook.altered(connection)]
    faults += [Fault("accounts", None, said) for said in account_check.altered(connection)]
    faults += [Fault("documents", None, said) for said in row_check.original_faults(connection)]
    faults += [Fault("offices", None, said) for said in row_check.directory_faults(connection)]
    return faults + [Fault(chain, None, said) for chain, said in row_check.stray_faults(connection)]


def sealed(connection: Connection, only: str | None = None, progressed: Told = lambda _: None) -> tuple[
    list[Fault], seal_check.Checked | None
]:  # fmt: skip
    """Faults that seals show; of one chain only what they say of it, and no seal itself is looked at then."""
    if only:
        return seal_check.check_chain(connection, only), None
    checked = seal_check.check(connection, progressed)
    return list(checked.faults), checked


def together(
    faults: Sequence[Fault],
    found: Iterable[Done],
    of_seals: Sequence[Fault] = (),
    checked: seal_check.Checked | None = None,
) -> Verdict:
    """One verdict of what was found in parts: of each chain its first bad entry."""
    first: dict[str, Fault] = {}
    chains, entries = set[str](), 0
    for one in found:
        chains.add(one.task.chain)
        entries += one.entries
        if one.fault and _comes_first(one.fault, first.get(one.task.chain)):
            first[one.task.chain] = one.fault
    seals = [fault for fault in of_seals if fault.chain == seal_check.CHAIN]
    for fault in of_seals:
        # A seal shows where it covers an entry; what is wrong may have been found before that, by the chain itself.
        if fault.chain != seal_check.CHAIN and _comes_first(fault, first.get(fault.chain)):
            first[fault.chain] = fault
    listed = (*faults, *seals, *(first[chain] for chain in sorted(first)))
    return Verdict(len(chains), entries, listed, checked.seals if checked else 0, checked.unsigned if checked else ())


def _comes_first(one: Fault, other: Fault | None) -> bool:
    if other is None:
        return True
    return one.seq is not None and (other.seq is None or one.seq < other.seq)


def counting_from(before: int, progressed: Told) -> Told:
    """Tells how many entries were read of all chains, where a chain knows only of its own."""
    return lambda count: progressed(before + count)


def count_entries(connection: Connection, only: str | None = None) -> int:
    """How many entries there are to read, as the heads of the chains say: for a bar, and no part of the proof."""
    found = installation.read(connection)
    administration = found.admin_seq if found else 0
    if only == ADMINISTRATION:
        return administration
    where, values = (" WHERE id = ?", (only,)) if only else ("", ())
    [(entries,)] = bulk.read(connection, f"SELECT coalesce(sum(last_seq), 0) FROM cascade{where}", *values)
    return int(entries) + (0 if only else administration)


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Every chain there is, those with entries and no cascade among them, with its head as the cascade has it."""
    rows = bulk.read(connection, "SELECT id, last_seq, last_hash FROM cascade")
    found: dict[str, tuple[int, str]] = {_named(row[0]): (row[1], row[2]) for row in rows}
    chains = bulk.read(connection, "SELECT DISTINCT cascade_id FROM journal")
    found |= {_named(row[0]): (0, "") for row in chains if _named(row[0]) not in found}
    mine = installation.read(connection)
    found[ADMINISTRATION] = (mine.admin_seq, mine.admin_hash) if mine else (0, "")
    return found


def _named(chain: Any) -> str:
    """A chain by its name. SQLite keeps bytes too, under which no chain of ours lies: it is one without a cascade."""
    return chain if isinstance(chain, str) else repr(chain)


def done(
    connection: Connection, task: Task, rules: Rulebook | None, told: Told = lambda _: None, *, states: bool = True
) -> Done:
    """Verify a task. With `states` (of whole chains) its entries are replayed and compared with what is stored.

    `told` hears how many entries of it were read, now and then."""
    walk = Walk(connection, task.chain, task.after, task.hash, task.until)
    fault = _fault(connection, walk, task, rules, states, told)
    return Done(task, walk.entries - task.after, walk.entries, walk.last_hash, fault)


def _fault(
    connection: Connection, walk: Walk, task: Task, rules: Rulebook | None, states: bool, told: Told
) -> Fault | None:
    """The first entry of a chain that is wrong (edited, missing, out of order, cut off at the end), else the first stored
    value that its entries do not give."""
    chain, cascade = task.chain, task.chain != ADMINISTRATION
    replay, beside = Replay() if states else None, Beside(connection, chain) if states and cascade else None
    for seq, data in walk:
        said = replay.take(data, states=cascade) if replay else None
        if said:
            return Fault(chain, seq, said)
        if replay and beside:
            beside.take(seq, data, replay.fact)
        if seq % STRIDE == 0:
            told(seq - task.after)
    if walk.broken:
        return Fault(chain, *walk.broken)
    if task.until is not None:
        return _short(walk, task)
    head_fault = _head_fault(connection, walk, chain)
    if head_fault or replay is None or beside is None:
        return head_fault
    said = replay.difference(connection, chain, walk.last_at, rules) or beside.end(replay.world)
    return Fault(chain, None, said) if said else None


def _short(walk: Walk, task: Task) -> Fault | None:
    """A part that ends before its last entry: what follows is verified elsewhere, and begins at a hash that is not there."""
    if walk.entries == task.until:
        return None
    return Fault(task.chain, walk.entries + 1, say("entry {number} is missing before it", number=walk.entries + 1))


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
