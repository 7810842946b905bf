"""Plays a scenario on a simulation: each step becomes commands of the law, and what it expects is judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.exchange.due_fields import item_dates_of
from engine.exchange.scenario_fields import Item, On, Relaying, When
from engine.exchange.scenarios import Scenario, Step
from engine.judging import Failure, judge, occurs, when_words
from engine.pointing import Found, find, find_directive, named
from workflows import parties
from workflows.acting import asked_of
from workflows.calendar import Calendar, day_end, day_of
from workflows.calendar_text import shipped_calendar
from workflows.commands import Act, Actor, Amend, Command, End, Issue, ItemChange, ItemDraft
from workflows.directive import Basis
from workflows.errors import CascadeError, Incomplete, NotFound, Refused
from workflows.facts import Incident
from workflows.fields import parse_instant
from workflows.offices import Offices, seat_of_text
from workflows.simulation import Simulation
from workflows.text import say
from workflows.words import OFFICES, ROLES
from workflows.workflow import Workflow, Workflows


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that was refused, as it had to be."""

    at: datetime
    by: str
    says: str


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went: everything that is otherwise than it says, and what was refused as it should be."""

    simulation: Simulation
    failures: tuple[Failure, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def incidents(self) -> list[Incident]:
        return [entry.fact for entry in self.simulation.record if isinstance(entry.fact, Incident)]


class Stopped(Exception):
    """The play cannot go on after this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.says)
        self.failure = failure


def simulation_from(workflow: Workflow, others: Sequence[Workflow], offices: Offices, since: When) -> Simulation:
    """A simulation that begins at an instant, or when the offices open on a day. Raises NotFound for a calendar that is
    not shipped."""
    known = {one.key: one for one in (*others, workflow)}
    calendars = [shipped_calendar(one.definition.calendar) for one in known.values()]
    calendar = shipped_calendar(workflow.definition.calendar)
    start = opening_or(since, calendar)
    return Simulation(offices, Workflows(known), {one.key: one for one in calendars}, start)


def opening_or(when: When, calendar: Calendar) -> datetime:
    """The instant, or when the offices open on that day."""
    return when if isinstance(when, datetime) else calendar.opening(when)


def end_or(when: When) -> datetime:
    """The instant, or the end of that day."""
    return when if isinstance(when, datetime) else day_end(when)


def play(scenario: Scenario, workflow: Workflow, others: Sequence[Workflow] = ()) -> Played:
    """Play a whole scenario. A step that cannot be taken ends it; expectations that fail do not."""
    simulation = simulation_from(workflow, others, scenario.offices, scenario.since)
    player = _Player(simulation, workflow)
    try:
        for place, step in enumerate(scenario.steps, 1):
            player.take(step, f"step-{place}")
        if scenario.until is not None:
            player.until(end_or(scenario.until), scenario)
    except Stopped as stopped:
        player.failures.append(stopped.failure)
    return Played(simulation, tuple(player.failures), tuple(player.refusals))


class _Player:
    """One play, step by step."""

    def __init__(self, simulation: Simulation, workflow: Workflow) -> None:
        self._simulation, self._workflow = simulation, workflow
        self._calendar = shipped_calendar(workflow.definition.calendar)
        self.failures: list[Failure] = []
        self.refusals: list[Refusal] = []

    def take(self, step: Step, id_: str) -> None:
        """Raises Stopped where the step cannot be taken."""
        if step.at is not None:
            self._pass_to(opening_or(step.at, self._calendar), step)
        if step.act:
            self._act(step, id_)
            self._simulation.pass_to(self._simulation.now)  # what is due at once is done by the next round
        for expected in step.expect:
            self.failures += judge(self._simulation, expected)

    def until(self, end: datetime, scenario: Scenario) -> None:
        if end < self._simulation.now:
            says = say("`until` lies before {moment}, to which the steps came", moment=when_words(self._simulation.now))
            raise Stopped(Failure(scenario.place, says))
        self._simulation.pass_to(end)

    def _pass_to(self, instant: datetime, step: Step) -> None:
        now = self._simulation.now
        if instant < now:
            says = say("{moment} lies before {now}, to which the play has come",
                       moment=when_words(instant), now=when_words(now))  # fmt: skip
            raise Stopped(Failure(step.places["at"], says))
        self._simulation.pass_to(instant)

    def _act(self, step: Step, id_: str) -> None:
        place = step.places[step.act or ""]
        try:
            commands = list(self._commands(step, id_))
        except CascadeError as error:
            raise Stopped(Failure(step.places.get("on", place), error.text)) from None
        for command in commands:
            try:
                self._simulation.put(command)
            except (Refused, NotFound) as refused:
                self._refused(step, refused, command)
            else:
                if step.refused is not None:
                    says = say("this is expected to be refused, and was not")
                    self.failures.append(Failure(step.places["refused"], says))

    def _refused(self, step: Step, refused: CascadeError, command: Command) -> None:
        if step.refused is None:
            place = step.places[step.act or ""]
            raise Stopped(Failure(place, say("{why} The play ends here.", why=refused.text)))
        if not occurs(step.refused, refused.text):
            says = say(
                "the refusal is expected to say {wanted}, and says: {so}", wanted=repr(step.refused), so=refused.text
            )
            self.failures.append(Failure(step.places["refused"], says))
        self.refusals.append(Refusal(self._simulation.now, str(command.by), refused.text))

    # Commands

    def _commands(self, step: Step, id_: str) -> Iterator[Command]:
        match step.act:
            case "issue":
                yield self._issue(step, id_)
            case "do":
                assert step.on is not None  # the reader asks for it
                for place, found in enumerate(find(self._simulation, step.on)):
                    by = self._by(step) or self._evident(found, step)
                    yield Act(f"{id_}-{place}", by, found[0], found[1].number, step.do or "", step.ask)
            case "relay":
                assert step.on is not None  # the reader asks for it
                assert step.relay is not None
                for place, found in enumerate(find(self._simulation, step.on)):
                    yield self._endorsement(step, step.relay, found, f"{id_}-{place}")
            case "revoke":
                assert step.revoke is not None
                given = step.revoke
                cascade, directive = find_directive(self._simulation, given.directive)
                by = self._by(step) or self._issuer(directive.issuer)
                yield End(
                    id_, by, cascade, directive.number, given.document, given.reason, given.open_work, given.happened_on
                )
            case "amend":
                yield self._amend(step, id_)

    def _issue(self, step: Step, id_: str) -> Issue:
        given = step.issue
        assert given is not None
        under = self._only(given.under) if given.under else None
        parents = [self._only(item.parent) if item.parent else under for item in given.items]
        replaced = find_directive(self._simulation, given.replaces) if given.replaces else None
        cascades = {one[0] for one in [*parents, replaced] if one}
        if len(cascades) > 1:
            raise Incomplete(say("issue {symbol}", symbol=given.symbol), say("its items come under several cascades"))
        workflow = given.workflow or (parents[0][1].workflow if parents and parents[0] else self._workflow.key)
        return Issue(
            id_,
            self._by(step) or self._issuer(given.issuer),
            given.symbol,
            given.type,
            given.issuer,
            given.issued_on or day_of(self._simulation.now),
            given.subject,
            tuple(
                _draft(item, parent[1].number if parent else None)
                for item, parent in zip(given.items, parents, strict=True)
            ),
            workflow,
            next(iter(cascades), None),
            arrived_on=given.arrived_on,
            arrival_number=given.arrival_number,
            urgency=given.urgency,
            reason=given.reason,
            replaces=replaced[1].number if replaced else None,
            open_work=given.open_work,
        )

    def _endorsement(self, step: Step, given: Relaying, found: Found, id_: str) -> Issue:
        cascade, one = found
        by = self._by(step) or self._issuer(one.holder)
        due = parse_instant(given.due) if given.due else None
        draft = ItemDraft(given.label, given.direction, due=due, lead=given.to, parent=one.number)
        today = day_of(self._simulation.now)
        return Issue(
            id_, by, symbol="", type="", issuer=one.holder, issued_on=today, subject=given.direction, items=(draft,),
            workflow=one.workflow, cascade=cascade, means="endorsement",
        )  # fmt: skip

    def _amend(self, step: Step, id_: str) -> Amend:
        given = step.amend
        assert given is not None
        cascade, directive = find_directive(self._simulation, given.directive)
        items = {
            item.label: item.number
            for item in self._simulation.worlds[cascade].all_items
            if item.directive == directive.number
        }
        missing = [one.item for one in given.changes if one.item not in items]
        if missing:
            raise NotFound(say("{symbol} has no item {missing}; it has {known}",
                               symbol=given.directive, missing=missing, known=list(items)))  # fmt: skip
        changes = tuple(
            ItemChange(items[one.item], parse_instant(one.due) if one.due else None, one.due_wording, one.text)
            for one in given.changes
        )
        by = self._by(step) or self._issuer(directive.issuer)
        return Amend(id_, by, cascade, directive.number, given.document, changes, given.reason, given.happened_on)

    def _only(self, on: On) -> Found:
        found = find(self._simulation, on)
        if len(found) > 1:
            raise Incomplete(
                say("issue the document"), say("it comes under one obligation; name one office and one item")
            )
        return found[0]

    # Who acts

    def _by(self, step: Step) -> Actor | None:
        seat = seat_of_text(step.by) if step.by else None
        return Actor(*seat, acting_for=step.acting_for, deputy=step.deputy) if seat else None

    def _issuer(self, office: str) -> Actor:
        """The leader of an office; the host's clerk for one that is outside."""
        found, host = self._simulation.offices.get(office), self._simulation.offices.host
        return Actor(host.id, "clerk") if found.outside and host else Actor(found.id, "leader")

    def _evident(self, found: Found, step: Step) -> Actor:
        """The one seat that may take the action now. Raises Incomplete where several may; where nobody may, the holder's
        leader asks, so that the law says why not."""
        able = [seat for seat, actions in seats_open(self._simulation, found).items() if step.do in actions]
        if len(able) > 1:
            raise Incomplete(say("{action} {what}", action=step.do, what=named(self._simulation, found)),
                             say("several may; say who by `by`: {seats}", seats=[str(one) for one in able]))  # fmt: skip
        return able[0] if able else Actor(found[1].holder, "leader")


def seats_open(simulation: Simulation, found: Found) -> dict[Actor, dict[str, dict[str, str]]]:
    """Every seat that could do something about an obligation now, with each action and the fields it asks for."""
    cascade, one = found
    world = simulation.world(cascade)
    offices = dict.fromkeys(office for word in OFFICES if (office := parties.office_of(world, word, one)))
    able = {}
    for office in offices:
        for role in () if world.office(office).outside else ROLES:
            by = Actor(office, role)
            if actions := asked_of(world, Act("", by, cascade, one.number, ""), simulation.now):
                able[by] = actions
    return able


def _draft(item: Item, parent: int | None) -> ItemDraft:
    followed = (Basis("implements", item.follows),) if item.follows else ()
    return ItemDraft(
        item.number, item.text, **item_dates_of(item), lead=item.lead, support=item.support, info=item.info,
        parent=parent, officer=item.officer, controller=item.controller, recipient=item.recipient,
        targets=item.targets, bases=(*followed, *item.bases), note=item.note,
    )  # fmt: skip
