"""A run of the law through time, in memory: commands and instants go in, a record of what happened by instant comes out.

Every clock runs out at its own instant and in order, through the same `Elapse` that the service's rounds ask for; what
one cascade tells another is carried at once. Nothing is stored, and no real time passes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows import renewal
from workflows.calendar import VIETNAM, Calendar, day_of
from workflows.carrying import carried, ended_before, known_links
from workflows.commands import Actor, Command, Elapse, Issue, Renew
from workflows.decide import decide, happened_at
from workflows.directive import ROOT, cascade_id_of
from workflows.elapsing import incident
from workflows.errors import CascadeError, NotFound, Refused
from workflows.evolve import evolve
from workflows.facts import Corrected, DirectiveMoved, Fact, RungReached, kind_of, obligation_of, tell_at, told_of
from workflows.obligation import Obligation
from workflows.offices import Addressee, Offices
from workflows.text import say
from workflows.workflow import Workflows
from workflows.world import Nothing, Recorded, World

INSTANTS_MAX = 20_000  # at which something happens by itself; a year of a large cascade has some hundreds
FACTS_MAX = 100_000
SWEEP_MAX = 1_000  # obligations of one cascade that are taken together, as in a round


class Overrun(CascadeError):
    """A simulation came to its bound before its end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: in which cascade, as its how many-eth, when it was recorded and when it happened, by whom."""

    cascade: str
    seq: int
    at: datetime
    happened_at: datetime
    by: Actor
    fact: Fact

    @property
    def obligation(self) -> int | None:
        return obligation_of(self.fact)


@dataclass(frozen=True, slots=True)
class Message:
    """What one seat is told, and when its message goes out. `label` is a rung's own, and `rung` its number."""

    cascade: str
    seq: int
    obligation: int | None
    at: datetime
    kind: str
    to: Addressee
    label: str | None = None
    rung: int | None = None
    of: str = "holder"


class _Journal(Nothing):
    """The entries of one cascade, as the law reads them back to correct one; the world is whole without it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def recorded(self, seq: int) -> Recorded | None:
        if not 0 < seq <= len(self.entries):
            return None
        found = self.entries[seq - 1]
        since = tuple(one.fact for one in self.entries if isinstance(one.fact, Corrected) and one.fact.seq == seq)
        return Recorded(found.fact, found.by, found.at, since)


class Simulation:
    """Cascades in memory from one instant on. `record` is everything that has happened, in its order; `asked` are the
    commands that were put and went through, each with its instant.

    `stops_at` bounds what it may come to; at the bound it raises Overrun and says so.
    """

    def __init__(
        self, offices: Offices, workflows: Workflows, calendars: dict[str, Calendar], start: datetime,
        facts_max: int = FACTS_MAX, instants_max: int = INSTANTS_MAX,
    ) -> None:  # fmt: skip
        self.offices, self.workflows, self.calendars = offices, workflows, calendars
        self.start = self.now = start
        self.worlds: dict[str, World] = {}
        self.record: list[Entry] = []
        self.asked: list[tuple[datetime, Command]] = []
        self._journals: dict[str, _Journal] = {}
        self._wakings: dict[tuple[str, int], tuple[Obligation, datetime | None]] = {}
        self._facts_max, self._instants_max = facts_max, instants_max
        self._instants = 0
        self._revoked: dict[tuple[str, int], str] = {}  # which document revoked a directive

    # What is asked

    def put(self, command: Command) -> list[Entry]:
        """What a command brings about now, with what follows from it elsewhere. Raises what the law raises; then
        nothing has changed."""
        made = self._put(command)
        self.asked.append((self.now, command))
        return made

    def _put(self, command: Command) -> list[Entry]:
        new = isinstance(command, Issue) and command.cascade is None
        cascade = (
            cascade_id_of(command.id) if isinstance(command, Issue) and command.cascade is None else command.cascade
        )
        assert cascade is not None  # an Issue without one was just given one
        if new and cascade not in self.worlds:
            journal = _Journal()
            world = World(None, self.offices, self.workflows, self.calendars, journal, simulated=True)
        elif cascade in self.worlds:
            journal, world = self._journals[cascade], self.worlds[cascade]
        else:
            raise NotFound(say("No cascade {cascade!r} in this simulation", cascade=cascade))
        world.offices = self.offices.on(day_of(self.now))
        facts = decide(world, command, self.now)  # may raise; then nothing was touched
        self.worlds[cascade], self._journals[cascade] = world, journal
        made = self._take(cascade, command, facts)
        if isinstance(command, Issue):
            directive = world.opened.next_directive - 1
            made += self._follow(known_links(self.worlds, command, cascade, directive))
            made += self._follow(ended_before(self.worlds, self._revoked, command, cascade, directive))
        return made + self._carry(made)

    # What time does

    def next_waking(self) -> datetime | None:
        """When the next clock runs out, in any cascade; None where none is left."""
        found = [at for key in self._known() if (at := self._waking(*key))]
        return min([*found, *(at for cascade in self.worlds if (at := self._renews(cascade)))], default=None)

    def pass_to(self, instant: datetime) -> list[Entry]:
        """Let time pass to an instant, every clock on the way running out when it is due, those of the instant itself
        too. An instant that is past changes nothing."""
        made: list[Entry] = []
        while (waking := self.next_waking()) and waking <= instant:
            self._instants += 1
            if self._instants > self._instants_max:
                raise Overrun(
                    say("The simulation stopped on {moment}: time ran on {count} times, and that is the most. A clock may"
                        " start itself again and again; else simulate a shorter time.",
                        moment=self._moment(), count=f"{self._instants_max:,}")
                )  # fmt: skip
            self.now = max(self.now, waking)
            made += self._round()
        self.now = max(self.now, instant)
        return made

    def _round(self) -> list[Entry]:
        """What the service's round does at an instant: each cascade that is awake, until nothing in it is due."""
        made: list[Entry] = []
        awake = {cascade: min(ats) for cascade in self.worlds if (ats := self._awake(cascade))}
        for cascade in sorted(awake, key=lambda one: awake[one]):
            while self._awake(cascade):
                due = self._due(cascade)
                for number in sorted(due, key=lambda one: (due[one], one))[:SWEEP_MAX]:
                    made += self._elapse(cascade, number)
                made += self._renew(cascade)
        return made + self._carry(made)

    def _elapse(self, cascade: str, number: int) -> list[Entry]:
        world, command = self.worlds[cascade], Elapse(cascade, number)
        world.offices = self.offices.on(day_of(self.now))
        try:
            facts = decide(world, command, self.now)
        except Exception as error:  # noqa: BLE001  as in a round: whatever it is, the rest of the cascade goes on
            facts = [incident(world.obligation(number), f"{type(error).__name__}: {error}", self.now)]
        self._wakings.pop((cascade, number), None)
        return self._take(cascade, command, facts)

    def _awake(self, cascade: str) -> list[datetime]:
        """When whatever is due in a cascade was to happen; nothing where nothing is due."""
        renews = self._renews(cascade)
        return [*self._due(cascade).values(), *([renews] if renews and renews <= self.now else [])]

    def _renews(self, cascade: str) -> datetime | None:
        """When the cascade opens anew for its next year, where it does."""
        return self.worlds[cascade].directive(ROOT).renew_at

    def _renew(self, cascade: str) -> list[Entry]:
        """The next year of a cascade, where its day has come."""
        at = self._renews(cascade)
        if at is None or at > self.now:
            return []
        command = Renew(cascade, ROOT)
        return self._take(cascade, command, decide(self.worlds[cascade], command, self.now))

    def _due(self, cascade: str) -> dict[int, datetime]:
        numbers = (one.number for one in self.worlds[cascade].all_obligations)
        return {number: at for number in numbers if (at := self._waking(cascade, number)) and at <= self.now}

    def _known(self) -> Iterator[tuple[str, int]]:
        for cascade, world in self.worlds.items():
            for one in world.all_obligations:
                yield cascade, one.number

    def _waking(self, cascade: str, number: int) -> datetime | None:
        """When an obligation wakes; reckoned again only where it has changed."""
        world = self.worlds[cascade]
        one, known = world.obligation(number), self._wakings.get((cascade, number))
        if known and known[0] is one:
            return known[1]
        try:
            at = world.wake_at(one)
        except Exception:
            if one.retry_at is None:
                raise
            at = one.retry_at  # its clocks cannot be derived: the incident that says so is tried again then
        self._wakings[cascade, number] = one, at
        return at

    def world(self, cascade: str) -> World:
        """A cascade as it stands, with the directory of this day."""
        world = self.worlds[cascade]
        world.offices = self.offices.on(day_of(self.now))
        return world

    # What follows

    def _take(self, cascade: str, command: Command, facts: Sequence[Fact]) -> list[Entry]:
        """Record facts that the law gave, and let them be so."""
        if len(self.record) + len(facts) > self._facts_max:
            raise Overrun(
                say("The simulation stopped on {moment}: {count} facts are the most. Simulate a shorter time, or fewer"
                    " offices.", moment=self._moment(), count=f"{self._facts_max:,}")
            )  # fmt: skip
        evolve(self.worlds[cascade], facts)
        journal = self._journals[cascade].entries
        happened = happened_at(command, self.now)
        made = [
            Entry(cascade, len(journal) + place, self.now, happened(fact), command.by, fact)
            for place, fact in enumerate(facts, 1)
        ]
        journal += made
        self.record += made
        for fact in facts:
            if isinstance(fact, DirectiveMoved) and fact.step == "revoke" and fact.document:
                self._revoked[cascade, fact.directive] = fact.document
        return made

    def _carry(self, made: Sequence[Entry]) -> list[Entry]:
        """What entries of one cascade carry to others."""
        found: list[Entry] = []
        for entry in made:
            found += self._follow(carried(self.worlds, entry.cascade, entry.seq, entry.fact))
        return found

    def _follow(self, commands: Sequence[Command]) -> list[Entry]:
        """Commands that nobody asks for. One that is refused is let go, as in the service: the document stands anyway."""
        found: list[Entry] = []
        for command in commands:
            try:
                found += self._put(command)
            except (Refused, NotFound) as answer:
                if isinstance(command, Issue) and command.continues:  # as delivery does: its giver hears why
                    found += self._put(renewal.refused(command.id, command.continues, str(answer)))
        return found

    def _moment(self) -> str:
        return f"{self.now.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def messages_of(entries: Sequence[Entry]) -> Iterator[Message]:
    """The messages of entries, in their order: one for each seat that is told."""
    for entry in entries:
        rung = entry.fact if isinstance(entry.fact, RungReached) else None
        for to in told_of(entry.fact):
            yield Message(
                entry.cascade, entry.seq, entry.obligation, tell_at(entry.fact) or entry.at, kind_of(entry.fact), to,
                rung.label if rung else None, rung.rung if rung else None, rung.of if rung else "holder",
            )  # fmt: skip
