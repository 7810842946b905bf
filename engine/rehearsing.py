"""The play of a simulation that was given no script: one document with every kind of item, and nobody acts, or all do.

What people could do is asked of the law and tried on it, so that no word of a definition is known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.labels import labelled
from engine.language import told
from engine.playing import opening_or, seats_open, simulation_from
from engine.pointing import Found, everything
from workflows import standing
from workflows.built_in import BUILT_IN
from workflows.calendar import day_end, day_of, last_day
from workflows.commands import Act, Actor, Issue, ItemDraft
from workflows.decide import decide
from workflows.definition import Definition, Number
from workflows.directive import Basis
from workflows.errors import CascadeError, Incomplete
from workflows.facts import Acted, Fact
from workflows.figures import ASKED, ASKED_IF_ANY
from workflows.obligation import Obligation
from workflows.offices import Office, Offices
from workflows.simulation import Simulation
from workflows.text import mark, say
from workflows.words import DATED
from workflows.workflow import Workflow

PLAYS = {
    "silent": mark("then nobody does anything"),
    "diligent": mark(
        "then everybody receives on the day, passes on, reports in time and confirms on the next day, or at once where "
        "that would be late"
    ),
}
DUE_AFTER = 20  # working days from the first day on, for the item that has a date
_MORNING = timedelta(minutes=90)  # after the office opens
_REPORT_BEFORE = 2  # working days before the date
_PASSES_MAX = 12  # in one morning; a longer chain goes on the next day


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A play that was made up: what ran, the document it began with, and until when."""

    simulation: Simulation
    issue: Issue
    until: datetime


def rehearse(
    workflow: Workflow, offices: Offices, since: date | datetime, until: datetime | None = None, play: str = "silent",
    issuer: str | None = None,
) -> Rehearsed:  # fmt: skip
    """Run the made-up play, for a year where no end is named. Raises Refused where the law refuses its document, and
    Incomplete where no office could issue one."""
    simulation = simulation_from(workflow, (), offices, since)
    until = until or simulation.start + timedelta(days=365)
    issue = _document(simulation, workflow, _issuer(workflow.definition, offices, issuer))
    simulation.put(issue)
    if play == "diligent":
        _Diligent(simulation, workflow).work_until(until)
    simulation.pass_to(until)
    return Rehearsed(simulation, issue, until)


def below_of(definition: Definition, offices: Offices, office: Office) -> list[Office]:
    """The offices directly under one whose level the workflow has below its own."""
    return [one for one in offices.below(office.id) if definition.is_below(one.level, office.level)]


def _issuer(definition: Definition, offices: Offices, asked: str | None) -> Office:
    """The office that was asked for; else the first one at the level that the workflow is suggested for, or at any of its
    levels, of which a directory names the top first."""
    if asked:
        candidates = [offices.get(asked)]
    else:
        level = definition.suggest_for.issued_at
        candidates = [one for one in offices if one.level == level] or [
            one for one in offices if one.level in definition.levels
        ]
    found = next((one for one in candidates if below_of(definition, offices, one)), None)
    if found is None:
        named = [one.id for one in candidates] or say("nobody")
        because = say("under {offices} there is no office at a level that the workflow has below; its levels are {levels}",
                      offices=named, levels=[*definition.levels])  # fmt: skip
        raise Incomplete(say("issue a document to try it"), because)
    return found


def _document(simulation: Simulation, workflow: Workflow, issuer: Office) -> Issue:
    """One item with a date, and one for each way of following up an item without."""
    definition, offices = workflow.definition, simulation.offices
    calendar = simulation.calendars[next(iter(simulation.calendars))]
    today = day_of(simulation.now)
    holders = tuple(one.id for one in below_of(definition, offices, issuer))
    due = day_end(calendar.add(today, DUE_AFTER))
    targets = tuple((name, _least(one)) for name, one in definition.numbers.items() if not one.in_ or DATED in one.in_)
    items = [ItemDraft("1", told(say("an item with a date")), due=due, lead=holders, targets=targets)]
    for mode, known in definition.undated_items.items():
        text = labelled(known.label, definition.english.modes.get(mode))
        lead, info = ((), holders) if mode == "info" else (holders, ())
        bases = (Basis("cites", "1/KH", today),) if known.follows else ()
        items.append(ItemDraft(str(len(items) + 1), text, mode, lead=lead, info=info, bases=bases))
    kind = next(iter(definition.suggest_for.types), "CV")
    by, subject = _hand_of(offices, issuer), definition.title
    return Issue("rehearsal", by, f"1/{kind}", kind, issuer.id, today, subject, tuple(items), workflow.key)


def _least(number: Number) -> str:
    """A figure that a report may give: none, where that is within its bounds."""
    least = max(number.at_least or 0, 0)
    return str(least if number.at_most is None else min(least, number.at_most))


def _hand_of(offices: Offices, office: Office) -> Actor:
    """Who issues for an office: its leader; the host's clerk for one that is outside."""
    return Actor(offices.host.id, "clerk") if office.outside and offices.host else Actor(office.id, "leader")


class _Diligent:
    """Everybody at work, every working day in the morning; on a day off only at what cannot wait until then."""

    def __init__(self, simulation: Simulation, workflow: Workflow) -> None:
        self._simulation, self._workflow = simulation, workflow
        self._calendar = simulation.calendars[next(iter(simulation.calendars))]
        self._acts = 0
        self._passed_on: set[tuple[str, int]] = set()
        self._seen: dict[tuple[str, int], set[str]] = {}  # the states each obligation has been in

    def work_until(self, until: datetime) -> None:
        day = day_of(self._simulation.now)
        while (morning := opening_or(day, self._calendar) + _MORNING) <= until:
            self._simulation.pass_to(morning)
            self._morning(day_of(self._simulation.now))
            day += timedelta(days=1)

    def _morning(self, today: date) -> None:
        for _ in range(_PASSES_MAX):
            at_work = self._calendar.is_working(today)
            now_open = [found for found in everything(self._simulation) if found[1].open]
            acted = [self._work_on(found, today) for found in now_open if at_work or self._cannot_wait(found[1], today)]
            self._simulation.pass_to(self._simulation.now)
            if not any(acted):
                return

    def _cannot_wait(self, one: Obligation, today: date) -> bool:
        """Does one of its dates pass before the next working morning?"""
        next_day = self._calendar.next_working(today + timedelta(days=1))
        morning = self._calendar.opening(next_day) + _MORNING
        receive_by = one.receive_by if one.received_at is None else None
        dates = (receive_by, one.answer_by if one.rested_at else one.due_at)
        return any(at is not None and at < morning for at in dates)

    def _work_on(self, found: Found, today: date) -> bool:
        """One thing that is to be done about an obligation today; False where there is none."""
        cascade, one = found
        if one.received_at is None:
            return self._take(found, lambda fact: bool(fact.received_at and not fact.rests and not fact.outcome))
        if one.owes_nothing or standing.stands(one):
            return False
        if one.part == "lead" and one.standing is None and (cascade, one.number) not in self._passed_on:
            self._passed_on.add((cascade, one.number))
            if self._pass_on(found):
                return True
        if one.rested_at:
            waits = one.sent_at is not None and (last_day(one.sent_at) < today or self._answer_is_pressing(one))
            return waits and (self._take(found, _is_done) or self._take(found, self._goes_on(found)))
        if today < self._report_on(one) and not one.joined_at:
            return False
        return self._take(found, _is_reported) or self._take(found, self._goes_on(found))

    def _answer_is_pressing(self, one: Obligation) -> bool:
        """Would the giver be late with its answer on the next day?"""
        return one.answer_by is not None and one.answer_by < self._simulation.now + timedelta(days=1)

    def _report_on(self, one: Obligation) -> date:
        """Two working days before the date, but after the data it reports on has ended; without a date, at once."""
        if one.due_at is None:
            return date.min
        due = last_day(one.due_at)
        wanted = self._calendar.add(due, -_REPORT_BEFORE)
        return min(due, max(wanted, one.data_to + timedelta(days=1))) if one.data_to else wanted

    def _goes_on(self, found: Found) -> Callable[[Acted], bool]:
        """A step to a state it has not been in, which neither stops it, nor disputes it, nor lets it rest."""
        cascade, one = found
        seen = self._seen.setdefault((cascade, one.number), set())
        seen.add(one.state)

        def fits(fact: Acted) -> bool:
            disputes = fact.rests == "starts" and fact.sent_at is None
            return fact.after not in seen and fact.outcome != "void" and not disputes and fact.paused_until is None

        return fits

    def _take(self, found: Found, fits: Callable[[Acted], bool]) -> bool:
        """Take the first action whose outcome fits, as the law says it would be."""
        cascade, one = found
        if not self._simulation.worlds[cascade].obligation(one.number).open:
            return False
        for by, actions in seats_open(self._simulation, (cascade, one)).items():
            for action, asks in actions.items():
                if action in BUILT_IN:
                    continue
                self._acts += 1
                fields = self._filled(asks, one)
                command = Act(f"rehearsal-{self._acts}", by, cascade, one.number, action, fields)
                if any(_about(fact, one) and fits(fact) for fact in self._tried(command) if isinstance(fact, Acted)):
                    self._simulation.put(command)
                    return True
        return False

    def _pass_on(self, found: Found) -> bool:
        """Pass an obligation on to every office below its holder, by a document, else by a direction on the slip."""
        cascade, one = found
        offices = self._simulation.offices
        holder = offices.get(one.holder)
        below = tuple(office.id for office in below_of(self._workflow.definition, offices, holder))
        if not below or self._simulation.worlds[cascade].children(one.number):  # it may have passed on by itself
            return False
        item = self._simulation.worlds[cascade].item(one.directive, one.item)
        draft = ItemDraft(item.label, item.text, lead=below, parent=one.number)
        for means in ("dispatch", "endorsement"):
            self._acts += 1
            symbol = f"{len(self._simulation.asked) + 1}/CV" if means == "dispatch" else ""
            command = Issue(
                f"rehearsal-{self._acts}", _hand_of(offices, holder), symbol, "CV", holder.id,
                day_of(self._simulation.now), item.text, (draft,), one.workflow, cascade, means,
            )  # fmt: skip
            if self._tried(command):
                self._simulation.put(command)
                return True
        return False

    def _tried(self, command: Act | Issue) -> list[Fact]:
        """What the law would say to a command; nothing where it refuses."""
        try:
            return decide(self._simulation.world(command.cascade or ""), command, self._simulation.now)
        except CascadeError:
            return []

    def _filled(self, asks: Mapping[str, str], one: Obligation) -> dict[str, str]:
        """A value for each field that an action asks for, of its type; what counts events finds none."""
        samples = {
            "date": day_of(self._simulation.now).isoformat(),
            "number": "0",
            "document": f"{len(self._simulation.asked) + 1}/BC",
            "office": one.holder,
        }
        return {
            name: self._figure(name) if kind in (ASKED, ASKED_IF_ANY) else samples.get(kind, "…")
            for name, kind in asks.items()
        }

    def _figure(self, field: str) -> str:
        """The least that a number may be, which is also what the document asks of it."""
        numbers = self._workflow.definition.numbers
        return _least(numbers[field if field in numbers else field.rpartition("_")[0]])


def _about(fact: Acted, one: Obligation) -> bool:
    return fact.number == one.number


def _is_reported(fact: Acted) -> bool:
    return fact.sent_at is not None


def _is_done(fact: Acted) -> bool:
    return fact.outcome == "fulfilled"
