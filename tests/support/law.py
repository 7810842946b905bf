"""The law alone, in memory: a whole cascade as a world, commands put to it one after the other, time as an argument."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from tests.support.offices import DEPARTMENT, HOST_CLERK, PROVINCE, directory, seat
from workflows.calendar import Calendar, day_of
from workflows.calendar_text import shipped_calendar
from workflows.commands import Act, Actor, Command, Elapse, End, Issue, ItemDraft
from workflows.decide import decide, deciding
from workflows.encoding import to_data
from workflows.errors import Refused
from workflows.evolve import evolve
from workflows.facts import Corrected, Fact, from_data, kind_of
from workflows.fields import parse_instant
from workflows.ladder import wake_at
from workflows.loading import load_workflow, shipped
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.workflow import Workflow, Workflows
from workflows.world import Nothing, Recorded, World

READY = parse_instant("2023-08-14T09:00")
NOTICE = "government-notice"


@cache
def notice() -> Workflow:
    return load_workflow(shipped()[NOTICE], 1, NOTICE)


@cache
def calendar() -> Calendar:
    return shipped_calendar("vn-public")


@cache
def offices() -> Offices:
    return Offices({one.id: one for one in directory()})


def edited_notice(*edits: tuple[str, str]) -> str:
    """The text of the shipped workflow with each (old, new) applied; old has to stand in it once."""
    text = shipped()[NOTICE]
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {NOTICE}"
        text = text.replace(old, new)
    return text


def empty_world(workflow: Workflow | None = None, source: Nothing | None = None) -> World:
    known = workflow or notice()
    return World(None, offices(), Workflows({known.key: known}), {calendar().key: calendar()}, source, simulated=True)


def snapshot(world: World) -> tuple[object, ...]:
    """Everything a world holds, but for the wakings, which are a cache."""
    obligations = [replace(one, wake_at=None) for one in world.all_obligations]
    return world.cascade, obligations, world.all_directives, world.all_items


def replayed(facts: list[Fact], workflow: Workflow | None = None) -> World:
    """The world that these facts give after they were written to a journal and read again."""
    return evolve(empty_world(workflow), [from_data(kind_of(fact), to_data(fact)) for fact in facts])


def copied(world: World) -> World:
    """A world that goes its own way from here."""
    made = copy(world)
    for name, value in vars(world).items():
        if isinstance(value, dict | set | list):
            setattr(made, name, copy(value))
    made._places = {by: {at: set(numbers) for at, numbers in places.items()} for by, places in world._places.items()}
    return made


def said_and_followed(world: World, command: Command, now: datetime) -> list[Fact]:
    """The facts of a command where the world follows each before the law says the next, as in a long batch."""
    found = []
    for fact in deciding(world, command, now):
        evolve(world, [fact])
        found.append(fact)
    return found


class Journal(Nothing):
    """The entries of a cascade in memory: `recorded` alone is read from it, the world is whole without it."""

    def __init__(self) -> None:
        self.entries: list[Recorded] = []

    def recorded(self, seq: int) -> Recorded | None:
        if not 0 < seq <= len(self.entries):
            return None
        since = tuple(one.fact for one in self.entries if isinstance(one.fact, Corrected) and one.fact.seq == seq)
        return replace(self.entries[seq - 1], corrected=since)


class Law:
    """One cascade under the law, the shipped workflow's or another's. `facts` is its journal."""

    def __init__(self, workflow: Workflow | None = None) -> None:
        self.journal = Journal()
        self.world, self.now = empty_world(workflow, self.journal), READY
        self.facts: list[Fact] = []
        self._asked = 0

    def put(self, command: Command) -> list[Fact]:
        """What the command brings about. Raises what the law raises; then nothing has changed."""
        facts = decide(self.world, command, self.now)
        followed = copied(self.world)
        assert facts == said_and_followed(followed, command, self.now), (
            "the law has looked at what its own facts changed"
        )
        evolve(self.world, facts)
        assert snapshot(self.world) == snapshot(followed)
        self.facts += facts
        self.journal.entries += [Recorded(fact, command.by, self.now) for fact in facts]
        return facts

    def __getitem__(self, number: int) -> Obligation:
        return self.world.obligation(number)

    def new_id(self) -> str:
        self._asked += 1
        return f"command-{self._asked}"

    def issue(self, issuer: str, *items: ItemDraft) -> Issue:
        """A directive dated today."""
        by = HOST_CLERK if self.world.office(issuer).outside else Actor(issuer, "leader")
        cascade = self.world.cascade.id if self.world.cascade else None
        return Issue(self.new_id(), by, "1/CV", "CV", issuer, day_of(self.now), "Tasks", items, NOTICE, cascade)

    def order(self, due: str, *holders: str) -> None:
        """The province orders the department (obligation 1), and the department its units, all by `due`."""
        at = parse_instant(due)
        self.put(self.issue(PROVINCE, ItemDraft("1", "Do it", due=at, lead=(DEPARTMENT,))))
        self.put(self.issue(DEPARTMENT, ItemDraft("1", "Do it", due=at, lead=holders, parent=1)))

    def act(self, who: str | Actor, number: int, action: str, /, **fields: str) -> Act:
        actor = seat(who) if isinstance(who, str) else who
        return Act(self.new_id(), actor, self.world.opened.id, number, action, fields)

    def end(self, directive: int, by: str = "department/leader") -> End:
        return End(self.new_id(), seat(by), self.world.opened.id, directive, "9/CV", "No longer needed")

    def elapse(self, number: int) -> Elapse:
        return Elapse(self.world.opened.id, number)

    # The usual steps

    def receive(self, number: int) -> None:
        self.put(self.act(f"{self[number].holder}/clerk", number, "receive"))

    def report(self, number: int) -> None:
        if self[number].state == "assigned":
            self.receive(number)
        fields = {"symbol": "1/BC", "sent_on": str(day_of(self.now))}
        due_at = self[number].due_at
        if due_at and self.now > due_at:
            fields["cause"] = "Staff were away"
        self.put(self.act(f"{self[number].holder}/leader", number, "report", **fields))

    def decide(self, number: int, action: str, **fields: str) -> None:
        """An act of the giver's leader."""
        self.put(self.act(f"{self[number].giver}/leader", number, action, **fields))

    def dispute(self, number: int) -> None:
        self.put(self.act(f"{self[number].holder}/leader", number, "dispute", reason="Not ours"))

    # Time

    def due(self) -> list[int]:
        """The obligations that have a clock run out by now."""
        found = []
        for one in self.world.all_obligations:
            at = wake_at(one, self.world.workflow_of(one), self.world.calendar)
            if at and at <= self.now:
                found.append(one.number)
        return found

    def pass_time(self, length: timedelta) -> list[Fact]:
        """Time passes with the service down; then one round, repeated until nothing is due."""
        return self.move_to(self.now + length)

    def move_to(self, instant: datetime) -> list[Fact]:
        self.now, happened = instant, []
        for _ in range(60):  # periods that are merged open one at a time
            due = self.due()
            if not due:
                return happened
            for number in due:
                happened += self.put(self.elapse(number))
        raise AssertionError("something is due again and again")

    def seats(self) -> Iterator[Actor]:
        """Every seat there is, and some that are not."""
        for office in offices():
            for role in ("clerk", "officer", "leader"):
                yield Actor(office.id, role)
        yield from (Actor("-", "timer", "timer"), Actor("nowhere", "leader"))

    def refuses(self, command: Command) -> Refused | None:
        """Why the law says no, having made sure that nothing has changed; None where it says yes, and nothing is done."""
        before = snapshot(self.world)
        try:
            decide(self.world, command, self.now)
        except Refused as refused:
            return refused
        finally:
            assert snapshot(self.world) == before, f"a verdict on {command} has changed the world"
        return None
