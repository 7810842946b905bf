"""What checks clean works: from wherever work can get under the law, somebody can bring it to an end that is no stop; and
what is passed on never runs out of room before the date above without saying so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.support.law import READY, calendar
from tests.support.offices import whole_country
from tests.support.written import as_text, definitions
from workflows.acting import asked_of
from workflows.calendar import day_end, day_of, last_day
from workflows.commands import Act, Actor, Command, Elapse, Issue, ItemDraft
from workflows.decide import decide
from workflows.errors import Refused
from workflows.evolve import evolve
from workflows.facts import Fact
from workflows.ladder import wake_at
from workflows.loading import check_text, load_workflow
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.parties import seat_of
from workflows.workflow import Workflow, Workflows
from workflows.world import World

ABOVE, HOLDER, BELOW = "p1", "p1-d1", "p1-d1-u1"
OTHER = {ABOVE: "p1-d1", HOLDER: "p1-d2", BELOW: "p1-d1-u2"}  # who else could hold what is given to the one
SEATS = [(office, role) for office in (ABOVE, HOLDER, BELOW) for role in ("clerk", "officer", "leader")]
NODES_MAX = 200
Key = tuple[Any, ...]


@cache
def offices() -> Offices:
    return Offices({one.id: one for one in whole_country(1, 2, 2)})


def clean(data: dict[str, Any]) -> Workflow:
    """The workflow, where nothing at all is found wrong with it."""
    text = as_text(data)
    assume(check_text(text) == [])
    return load_workflow(text, 1)


@dataclass
class Course:
    """A cascade in memory, of which copies are taken: its facts, and the world they give."""

    workflow: Workflow
    facts: list[Fact] = field(default_factory=list)
    now: datetime = READY
    shortest: list[tuple[Actor, str]] = field(default_factory=list)  # by which what was passed on was done before

    def __post_init__(self) -> None:
        empty = World(
            None, offices(), Workflows({self.workflow.key: self.workflow}), {calendar().key: calendar()}, simulated=True
        )
        self.world = evolve(empty, self.facts) if self.facts else empty

    def copied(self) -> "Course":
        return Course(self.workflow, [*self.facts], self.now, self.shortest)

    def put(self, command: Command) -> None:
        facts = decide(self.world, command, self.now)
        self.world = evolve(self.world, facts)
        self.facts += facts

    def issue(self, issuer: str, holder: str, *, parent: int | None = None, **more: Any) -> Issue:
        cascade = self.world.cascade.id if self.world.cascade else None
        item = ItemDraft("1", "Do it", lead=(holder,), parent=parent, **more)
        by, name = Actor(issuer, "leader"), self.workflow.definition.workflow
        return Issue(f"c{len(self.facts)}", by, "1/CV", "CV", issuer, day_of(self.now), "Tasks", (item,), name, cascade)

    def pass_to(self, instant: datetime) -> None:
        """Time passes, every clock running out on the way."""
        while due := [
            (at, one.number) for one in self.world.all_obligations if (at := self._waking(one)) and at <= instant
        ]:
            self.now = max(self.now, min(due)[0])
            self.put(Elapse(self.world.opened.id, min(due)[1]))
            assert len(self.facts) < 5000, "a clock starts itself again and again"
        self.now = instant

    def _waking(self, one: Obligation) -> datetime | None:
        return wake_at(one, self.workflow, self.world.calendar)

    def key(self, number: int) -> Key:
        """What bears on what can be done with an obligation: where two courses are alike in it, one is enough."""
        one, children = self.world.obligation(number), self.world.children(number)
        below = tuple(child.outcome or "open" for child in children)
        return (one.state, self.late(number), one.received_at is not None, one.rested_at is not None, one.doers, below)

    def late(self, number: int) -> bool:
        one = self.world.obligation(number)
        return one.due_at is not None and (one.sent_at or self.now) > one.due_at

    def acts(self, number: int) -> Iterator[Act]:
        """Every action that is open to somebody, with what it asks for filled in; none that only stops work."""
        one = self.world.obligation(number)
        rules = self.workflow.rules_at(one.level)
        seats = {seat_of(self.world, party, one) for action in rules.actions.values() for party in action.by}
        for office, role in sorted(seat for seat in seats if seat):
            probe = Act("probe", Actor(office, role), self.world.opened.id, number, "")
            for name, asked in asked_of(self.world, probe, self.now).items():
                if name in rules.actions and "stop_below" not in rules.actions[name].does:
                    fields = {**asked, **rules.actions[name].ask_if_late} if self.late(number) else asked
                    given = {key: self.filled(key, kind, one) for key, kind in fields.items()}
                    yield Act(f"a{len(self.facts)}-{office}-{role}-{name}", Actor(office, role), self.world.opened.id, number,
                              name, given)  # fmt: skip

    def filled(self, name: str, kind: str, one: Obligation) -> str:
        if kind == "date":
            return str(day_of(self.now + timedelta(days=2 if name == "until" else 0)))
        return {"text": "words", "number": "3", "document": "1/CV", "office": OTHER[one.holder]}.get(kind, "words")


def onward(course: Course, number: int, relays: bool) -> Iterator[Course]:
    """Every course one step further: an act, work passed on and brought to its end below, or time."""
    for act in course.acts(number):
        if further := _taken(course, act):
            yield further
    if relays:
        yield from below(course, number)
    one = course.world.obligation(number)
    if one.rested_at or not course.late(number):
        further = course.copied()
        further.pass_to(course.now + timedelta(days=3 if one.rested_at else 60))
        yield further


def below(course: Course, number: int) -> Iterator[Course]:
    """The course with work passed on, where none was; or with what was passed on brought to its end."""
    children = course.world.children(number)
    for child in children:
        if child.open:
            later = course.copied()
            later.pass_to(course.now + timedelta(days=60))
            done = brought_to_an_end(course, child.number) or brought_to_an_end(later, child.number)
            yield done or stopped(course, child)
    if not children:
        above = course.world.obligation(number).due_at
        past = above is not None and above <= course.now
        further = course.copied()
        try:  # a date that is past is not given to anybody: late work is passed on by a mode
            further.put(further.issue(HOLDER, BELOW, parent=number, **{"mode": "once"} if past else {"due": above}))
        except Refused:
            return
        yield further


def stopped(course: Course, child: Obligation) -> Course:
    """The course with what nobody may finish stopped by who gave it, so that what is above it can go on."""
    name = course.workflow.rules_at(child.level).stopping
    assert name is not None
    action, further = course.workflow.rules_at(child.level).actions[name], course.copied()
    seat = seat_of(course.world, action.by[0], child)
    assert seat is not None
    given = {key: course.filled(key, kind, child) for key, kind in action.ask.items()}
    further.put(Act(f"s{len(course.facts)}", Actor(*seat), course.world.opened.id, child.number, name, given))
    return further


def brought_to_an_end(course: Course, number: int) -> Course | None:
    """The course with this obligation done, by the fewest steps; None where none leads there. As it went before, if that
    is open again."""
    known = course.shortest
    current: Course | None = course
    for who, action in known:
        current = next(
            (_taken(current, act) for act in current.acts(number) if (act.by, act.action) == (who, action)), None
        )
        if current is None:
            break
    if known and current is not None:
        return current
    seen = {course.key(number)}
    waiting: list[tuple[Course, list[tuple[Actor, str]]]] = [(course, [])]
    while waiting:
        here, taken = waiting.pop(0)
        for act in here.acts(number):
            further = _taken(here, act)
            if further is None or further.key(number) in seen:
                continue
            if further.world.obligation(number).outcome == "fulfilled":
                course.shortest[:] = [*taken, (act.by, act.action)]
                return further
            seen.add(further.key(number))
            waiting.append((further, [*taken, (act.by, act.action)]))
    return None


def _taken(course: Course, act: Act) -> Course | None:
    """The course after an act; None where it is refused."""
    try:
        facts = decide(course.world, act, course.now)
    except Refused:
        return None
    return Course(course.workflow, [*course.facts, *facts], course.now, course.shortest)


def explored(start: Course, number: int, relays: bool) -> tuple[set[Key], set[Key], list[tuple[Key, Key]]]:
    """Everything that can be reached from a start: all of it, the ends, and the steps between."""
    first = start.key(number)
    seen, ends, steps, waiting = {first}, set[Key](), list[tuple[Key, Key]](), [start]
    while waiting:
        current = waiting.pop()
        here = current.key(number)
        if not current.world.obligation(number).open:
            ends.add(here)
            continue
        for further in onward(current, number, relays):
            there = further.key(number)
            steps.append((here, there))
            if there not in seen:
                assert len(seen) < NODES_MAX, "more to look at than was thought"
                seen.add(there)
                waiting.append(further)
    return seen, ends, steps


def judge(start: Course, number: int, relays: bool) -> None:
    seen, ends, steps = explored(start, number, relays)
    assert ends
    before: dict[Key, set[Key]] = {}
    for here, there in steps:
        before.setdefault(there, set()).add(here)
    ending, waiting = set(ends), list(ends)
    while waiting:
        fresh = before.get(waiting.pop(), set()) - ending
        ending |= fresh
        waiting += fresh
    assert not seen - ending, "from here nobody can bring it to an end"


def lowest_ends(data: dict[str, Any]) -> None:
    """At the lowest level."""
    start = Course(clean(data))
    start.put(start.issue(HOLDER, BELOW, due=day_end(day_of(READY) + timedelta(days=20))))
    judge(start, 1, relays=False)


def above_ends(data: dict[str, Any]) -> None:
    """At a level that passes work on, also while and after what is below is done."""
    start = Course(clean(data))
    start.put(start.issue(ABOVE, HOLDER, due=day_end(day_of(READY) + timedelta(days=20))))
    judge(start, 1, relays=True)


QUICK = settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate],
                 suppress_health_check=list(HealthCheck))  # fmt: skip
LONG = settings(QUICK, max_examples=250, derandomize=False, phases=[Phase.generate, Phase.shrink])


@QUICK
@given(definitions())
def test_work_at_the_lowest_level_can_always_come_to_an_end(data: dict[str, Any]) -> None:
    lowest_ends(data)


@settings(QUICK, max_examples=6)
@given(definitions())
def test_work_that_can_be_passed_on_can_always_come_to_an_end(data: dict[str, Any]) -> None:
    above_ends(data)


@pytest.mark.long
@LONG
@given(definitions())
def test_all_work_can_always_come_to_an_end_in_many_more_workflows(data: dict[str, Any]) -> None:
    lowest_ends(data)
    above_ends(data)


SAYS = {"held_to_parent", "no_room"}


def room(data: dict[str, Any], days: int, after: int, mode: str | None, written: int | None) -> None:
    """Passed on `after` days, by a date of its own, in a mode or by the due table; the date above was `days` away."""
    course = Course(clean(data))
    course.put(course.issue(ABOVE, HOLDER, due=day_end(day_of(READY) + timedelta(days=days))))
    above = course.world.obligation(1)
    course.pass_to(READY + timedelta(days=after))
    own = day_end(day_of(course.now) + timedelta(days=written)) if written is not None else None
    try:
        course.put(course.issue(HOLDER, BELOW, parent=1, due=own, mode=mode if own is None else None))
    except Refused:
        return
    below = course.world.obligation(2)
    above = course.world.obligation(1)
    assert below.because is not None
    assert below.due_at is not None
    assert above.due_at is not None
    notes = set(below.because.notes)
    allowed = own is not None and data["deadlines"].get("later_than_parent") == "allow"
    assert below.due_at <= above.due_at or allowed
    if below.due_at <= below.assigned_at and own is None:
        assert notes & SAYS, "there is no time left, and nothing says so"
    if notes & SAYS:
        assert last_day(below.due_at) == last_day(above.due_at)


dates = st.integers(0, 60)


@settings(QUICK, max_examples=25)
@given(definitions(guarded=False), dates, dates, st.sampled_from([None, "once"]), st.none() | dates)
def test_no_date_below_runs_out_of_room_without_saying_so(
    data: dict[str, Any], days: int, after: int, mode: str | None, written: int | None
) -> None:
    room(data, days, after, mode, written)


@pytest.mark.long
@settings(LONG, max_examples=600)
@given(definitions(guarded=False), dates, dates, st.sampled_from([None, "once"]), st.none() | dates)
def test_no_date_below_runs_out_of_room_in_many_more_workflows(
    data: dict[str, Any], days: int, after: int, mode: str | None, written: int | None
) -> None:
    room(data, days, after, mode, written)
