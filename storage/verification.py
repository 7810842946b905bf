"""Is the journal whole, and does the stored state follow from it? Looks for the first bad entry of each chain."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, cascades, guards, installation, journal, rulebook
from storage.journal import Entry, chain_hash
from storage.rulebook import Rulebook
from workflows.calendar import VIETNAM, Calendar
from workflows.directive import ADMINISTRATION, Cascade, Directive, Item
from workflows.evolve import evolve
from workflows.facts import instant_text, to_data
from workflows.ladder import wake_at
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.text import Text, say
from workflows.workflow import Workflows
from workflows.world import World

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
    connection: Connection, only: str | None = None, progressed: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Verify one chain or all of them, the guards, and every stored state against its entries. Reads only.

    `progressed` is told how many entries were read, after each chain and every `STRIDE` of a long one.
    """
    faults = [Fault("journal", None, said) for said in guards.faults(connection)]
    faults += [Fault("definitions", None, said) for said in rulebook.altered(connection)]
    rules = rulebook.readable(connection)
    entries = 0
    chains = [only] if only else _chains(connection)
    for chain in chains:
        checked = _Chain(connection, chain, entries, progressed)
        found = checked.fault() if chain == ADMINISTRATION else checked.fault() or checked.state_fault(rules)
        entries += checked.entries
        progressed(entries)
        if found:
            faults.append(found)
    return Verdict(len(chains), entries, tuple(faults))


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


class _Chain:
    """One chain while it is read: its hashes, its columns, and the world its facts give."""

    def __init__(self, connection: Connection, chain: str, before: int, progressed: Callable[[int], None]) -> None:
        self._connection, self._chain = connection, chain
        self._before, self._progressed = before, progressed
        self.entries = 0
        self._hash = ""
        self._last_at: datetime | None = None
        self._world = World(None, Offices({}), Workflows({}), dict[str, Calendar]())

    def fault(self) -> Fault | None:
        """The first entry that is wrong: edited, missing, out of order, or cut off at the end."""
        try:
            for entry in journal.walk(self._connection, self._chain):
                said = self._entry_fault(entry)
                if said:
                    return Fault(self._chain, entry.seq, said)
                self.entries, self._hash, self._last_at = entry.seq, entry.hash, entry.recorded_at
                if entry.seq % STRIDE == 0:
                    self._progressed(self._before + entry.seq)
        except ValueError as error:  # SQLite keeps any text where an instant should be
            return Fault(self._chain, self.entries + 1, say("one of its columns cannot be read: {error}", error=error))
        last_seq, last_hash = self._head()
        if last_seq is None:
            return Fault(self._chain, 1, say("there are entries, and no cascade they belong to"))
        if last_seq != self.entries:
            said = say("its head is entry {head}, its last entry is {last}", head=last_seq, last=self.entries)
            return Fault(self._chain, self.entries + 1, said)
        if last_hash != self._hash:
            return Fault(self._chain, self.entries, say("its head has another hash than its last entry"))
        return None

    def _entry_fault(self, entry: Entry) -> str | None:
        if entry.seq != self.entries + 1:
            return say("entry {number} is missing before it", number=self.entries + 1)
        if chain_hash(self._hash, entry.body) != entry.hash:
            return say("its hash does not follow from its body and the entry before it")
        try:
            wrong = _column_faults(entry)
            fact = entry.fact
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return say("its body cannot be read: {error}", error=type(error).__name__)
        if wrong:
            return say("column {name} does not repeat its body", name=wrong[0])
        if self._chain != ADMINISTRATION:
            try:
                evolve(self._world, [fact])
            except Exception as error:  # noqa: BLE001  an auditor wants the entry's number, whatever is wrong with it
                return say("it cannot follow on what came before: {error}", error=error)
        return None

    def _head(self) -> tuple[int | None, str]:
        if self._chain == ADMINISTRATION:
            found = installation.read(self._connection)
            return (found.admin_seq, found.admin_hash) if found else (None, "")
        rows = bulk.read(self._connection, "SELECT last_seq, last_hash FROM cascade WHERE id = ?", self._chain)
        return (rows[0][0], rows[0][1]) if rows else (None, "")

    def state_fault(self, rules: Rulebook | None) -> Fault | None:
        """The first stored value that the entries do not give."""
        try:
            said = self._state_difference(rules)
        except ValueError as error:  # SQLite keeps any text in any column, and JSON is text on both
            said = say("a stored value cannot be read: {error}", error=error)
        return Fault(self._chain, None, said) if said else None

    def _state_difference(self, rules: Rulebook | None) -> str | None:
        world = self._world
        stored = list(cascades.read_all(self._connection, self._chain))
        given, found = world.cascade, cascades.find(self._connection, self._chain)
        return (
            _difference("directive", world.all_directives, [one for one in stored if isinstance(one, Directive)])
            or _difference("item", world.all_items, [one for one in stored if isinstance(one, Item)])
            or _difference("obligation", world.all_obligations, [one for one in stored if isinstance(one, Obligation)])
            or self._cascade_difference()
            or (
                _sleeps(stored, rules, given, found)
                if rules and given and found and given.calendar in rules.calendars
                else None
            )
        )

    def _cascade_difference(self) -> str | None:
        """The cascade's own columns, but for its head's seq and hash (already compared) and its waking (a cache)."""
        stored = cascades.find(self._connection, self._chain)
        given = self._world.cascade
        if stored is None or given is None:
            return say("the cascade itself is not what its entries give") if stored or given else None
        same = replace(stored, last_seq=0, last_hash="")
        return next(_fields_that_differ("cascade", replace(given, last_at=self._last_at), same), None)


def _column_faults(entry: Entry) -> list[str]:
    """The columns that do not repeat what the body says."""
    data = entry.data
    given = {
        "cascade_id": data["cascade"],
        "seq": data["seq"],
        "kind": data["kind"],
        "obligation": data.get("obligation"),
        "directive": data.get("directive"),
        "office": data["by"]["office"],
        "role": data["by"]["role"],
        "happened_at": data["happened_at"],
        "recorded_at": data["recorded_at"],
    }
    stored: dict[str, Any] = {name: getattr(entry, name) for name in given}
    for name in ("happened_at", "recorded_at"):
        stored[name] = instant_text(stored[name])
    return [name for name in given if given[name] != stored[name]]


def _difference(what: str, given: Sequence[Any], stored: Sequence[Any]) -> str | None:
    """The first way in which stored values are not the ones the entries give."""
    if len(given) != len(stored):
        return say("{what}: its entries give {given}, and {stored} are stored",
                   what=what, given=len(given), stored=len(stored))  # fmt: skip
    for one, other in zip(given, stored, strict=True):
        said = next(_fields_that_differ(what, one, other), None)
        if said:
            return said
    return None


def _fields_that_differ(what: str, given: Any, stored: Any) -> Iterator[str]:
    for field in fields(given):
        one, other = getattr(given, field.name), getattr(stored, field.name)
        if field.name != "wake_at" and one != other:
            name = f"{what} {getattr(stored, 'number', '')}".strip()
            yield say("{name}: {field} is stored as {stored}, its entries give {given}",
                      name=name, field=field.name, stored=_shown(other), given=_shown(one))  # fmt: skip


def _shown(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    return say("nothing") if value is None else repr(to_data(value))


def _sleeps(stored: Sequence[Any], rules: Rulebook, given: Cascade, found: Cascade) -> str | None:
    """The first obligation that would not wake when its clocks say: a deadline that nobody would hear of."""
    calendar = rules.calendars[given.calendar]
    least: datetime | None = None
    for one in stored:
        if isinstance(one, Directive):
            least = min(filter(None, (least, one.renew_at)), default=None)
        if not isinstance(one, Obligation):
            continue
        try:
            at = wake_at(one, rules.workflows.get(one.workflow), calendar)
        except Exception:  # noqa: BLE001  its incident has said so, and it is tried again then
            at = one.retry_at
        if at != one.wake_at:
            return say("obligation {number} is set to wake at {stored}, its clocks give {given}",
                       number=one.number, stored=_shown(one.wake_at), given=_shown(at))  # fmt: skip
        least = min(filter(None, (least, at)), default=None)
    if least != found.wake_at:
        return say("the cascade is set to wake at {stored}, its obligations give {given}",
                   stored=_shown(found.wake_at), given=_shown(least))  # fmt: skip
    return None
