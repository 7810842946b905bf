"""The journal replayed through the law as it is now: what can be decided again is, and has to come out as it was written.

What time brought about, acts, corrections, links, amendments, ends: each is put to the present law once more, in the world
that the entries before it give, with the directory and the definitions of that moment (`asked_again`). What is not asked
again is followed, as all entries are, and its steps are taken by the machine. At the end the world is compared with what
is stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.asked_again import Told, asked, complete
from storage import cascades, past_directory, replay, rulebook
from storage.chain_check import Walk
from workflows.calendar import day_of
from workflows.commands import Actor, Command
from workflows.decide import decide
from workflows.encoding import to_data
from workflows.errors import CascadeError, Incomplete
from workflows.evolve import evolve
from workflows.facts import Acted, Corrected, Fact, from_data, kind_of
from workflows.machine import StepRefused
from workflows.offices import Offices
from workflows.text import Text, say
from workflows.world import Nothing, Recorded, World

STRIDE = 1000  # entries of a chain after which it is told how far a replay is


@dataclass(frozen=True, slots=True)
class Differs:
    """Where a cascade comes out otherwise. `seq` is the first entry that does; None where only what is stored differs."""

    seq: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A cascade replayed: its entries, how many of them the law decided again, and the first that comes out otherwise."""

    cascade: str
    entries: int
    decided: int
    differs: Differs | None

    @property
    def text(self) -> Text:
        """The cascade, the entry and what is otherwise, in one sentence."""
        if self.differs is None:
            return say("{chain}: as it was written", chain=self.cascade)
        if self.differs.seq is None:
            return say("{chain}: {what}", chain=self.cascade, what=self.differs.says)
        return say("entry {number} of {chain}: {what}",
                   number=self.differs.seq, chain=self.cascade, what=self.differs.says)  # fmt: skip


class _Before(Nothing):
    """The entries of a chain before the one that is decided: a correction looks at the entry it corrects."""

    def __init__(self, connection: Connection, chain: str) -> None:
        self._stored = cascades.Stored(connection, chain)
        self.corrected: list[Corrected] = []

    def recorded(self, seq: int) -> Recorded | None:
        found = self._stored.recorded(seq)
        return replace(found, corrected=tuple(one for one in self.corrected if one.seq == seq)) if found else None


class Rules:
    """What the law is asked with: every version of every definition, and the directory of each moment."""

    def __init__(self, connection: Connection) -> None:
        self.book = rulebook.read_rules(connection)
        self._directories = [(one.at, Offices(one.offices), one.unknown) for one in past_directory.versions(connection)]

    def offices(self, at: datetime) -> tuple[Offices, bool]:
        """The directory at an instant, and whether that is known."""
        offices, unknown = next((one, unknown) for since, one, unknown in self._directories if since <= at)
        return offices.on(day_of(at)), unknown is None


class _Replaying:
    """One cascade, from its first entry to its last."""

    def __init__(self, connection: Connection, chain: str, rules: Rules) -> None:
        self._connection, self._chain, self._rules = connection, chain, rules
        self._walk, self._before = Walk(connection, chain), _Before(connection, chain)
        book = rules.book
        self.world = World(None, Offices({}), book.workflows, book.calendars, self._before)
        self.decided = 0
        self.unread: Differs | None = None

    def run(self, told: Callable[[int], None]) -> Replayed:
        differs = None
        for together in self._together(told):
            try:
                differs = self._taken(together)
            except Exception as error:  # noqa: BLE001  an auditor wants the entry's number, whatever is wrong with it
                differs = Differs(together[0].seq, say("it cannot follow on what came before: {error}", error=error))
            if differs:
                break
        else:
            differs = self.unread or self._at_the_end()
        return Replayed(self._chain, self._walk.entries, self.decided, differs)

    def _at_the_end(self) -> Differs | None:
        if self._walk.broken:
            seq, says = self._walk.broken
            return Differs(seq, says)
        found = replay.difference(self._connection, self._chain, self.world, self._walk.last_at, self._rules.book)
        return Differs(None, found) if found else None

    def _together(self, told: Callable[[int], None]) -> Iterator[list[Told]]:
        """The entries of one command; of time, those of one instant."""
        some: list[Told] = []
        for seq, data in self._walk:
            try:
                said = _read(seq, data)
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                self.unread = Differs(seq, say("its body cannot be read: {error}", error=type(error).__name__))
                return
            if some and (said.command, said.at) != (some[0].command, some[0].at):
                yield some
                some = []
            some.append(said)
            if seq % STRIDE == 0:
                told(seq)
        if some:
            yield some

    def _taken(self, entries: Sequence[Told]) -> Differs | None:
        world, at = self.world, entries[0].at
        world.offices, known = self._rules.offices(at)
        if world.cascade is not None:
            world.simulated = world.cascade.simulated
        rest = list(entries)
        while rest:
            command = asked(world, self._chain, rest)
            found = self._decided(command, rest, known) if command else 0
            if isinstance(found, Differs):
                return found
            done, rest = (
                (rest[:found], rest[found:]) if found else (rest, []) if rest[0].command else (rest[:1], rest[1:])
            )
            if found:
                evolve(world, [one.fact for one in done])
            elif differs := self._followed(done):
                return differs
            self._before.corrected += [one.fact for one in done if isinstance(one.fact, Corrected)]
        return None

    def _followed(self, entries: Sequence[Told]) -> Differs | None:
        """Follow entries that are not decided again; each step has to be one of the machine all the same."""
        for one in entries:
            if isinstance(one.fact, Acted):
                said = self._no_step(one.fact)
                if said:
                    return Differs(one.seq, said)
            evolve(self.world, [one.fact])
        return None

    def _no_step(self, fact: Acted) -> Text | None:
        obligation = self.world.obligation(fact.number)
        if obligation.state != fact.before:
            return say("it was {given} before, and {written} is written", given=obligation.state, written=fact.before)
        try:
            after = self.world.step(obligation, fact.action)
        except StepRefused as refused:
            return say("the law refuses it now: {why}", why=refused)
        return _other("after", fact.after, after) if after != fact.after else None

    def _decided(self, command: Command, rest: Sequence[Told], known: bool) -> int | Differs:
        """How many entries the law decides as they were written (0: they do not tell what was asked); or where it does not."""
        first = rest[0]
        try:
            facts = decide(self.world, command, first.at)
        except Incomplete as refused:
            if not complete(first):
                return 0
            return Differs(first.seq, say("the law refuses it now: {why}", why=refused.text))
        except CascadeError as refused:
            return Differs(first.seq, say("the law refuses it now: {why}", why=refused.text))
        written = rest if first.command else rest[: len(facts)]
        for fact, one in zip(facts, written, strict=False):
            said = _differs(one.fact, fact, known)
            if said:
                return Differs(one.seq, said)
        if len(facts) > len(written):
            return Differs(written[-1].seq, say("the law has {kind} follow it now", kind=kind_of(facts[len(written)])))
        if len(facts) < len(written):
            return Differs(written[len(facts)].seq, say("the law has nothing happen there now"))
        if not facts:
            return Differs(first.seq, say("the law has nothing happen there now"))
        self.decided += len(facts)
        return len(facts)


def replayed(
    connection: Connection, chain: str, rules: Rules, told: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Replay a cascade through the present law, and compare it with what is stored. Reads only."""
    return _Replaying(connection, chain, rules).run(told)


def _read(seq: int, data: dict[str, Any]) -> Told:
    by = Actor(**data["by"])
    at = datetime.fromisoformat(data["recorded_at"])
    fact = from_data(data["kind"], data["fact"])
    return Told(seq, fact, by, data.get("command", ""), data.get("reason", ""), at)


def _differs(written: Fact, given: Fact, known: bool) -> Text | None:
    """How what the law gives is not what was written. Who hears of it changes no state, and is not compared; nor, where the
    directory of that moment is not known, whose task it is."""
    if type(written) is not type(given):
        return say("the law has {given} happen there now", given=kind_of(given))
    for field in fields(written):
        if field.name == "told" or (field.name == "tasks" and not known):
            continue
        one, other = getattr(written, field.name), getattr(given, field.name)
        if one != other:
            return _other(field.name, one, other)
    return None


def _other(name: str, written: Any, given: Any) -> Text:
    return say("{field} is written as {written}, the law gives {given} now",
               field=name, written=repr(to_data(written)), given=repr(to_data(given)))  # fmt: skip
