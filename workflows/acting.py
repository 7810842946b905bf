"""The law of a person's act on one obligation: may it be taken, by whom, with what. `taking`, `built_in`: what follows."""

import difflib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from workflows import attachments, figures, forms, guards, parties, standing, tasks
from workflows.built_in import BUILT_IN, asked_of_late_offer
from workflows.calendar import day_end, day_of
from workflows.commands import Act
from workflows.definition import Action
from workflows.errors import NotOpen, NotYours
from workflows.facts import Fact
from workflows.fields import check_fields, parse_day
from workflows.light import replace
from workflows.machine import StepRefused
from workflows.obligation import Obligation
from workflows.step import Step, moment_of, sent_at_of
from workflows.taking import take
from workflows.text import say
from workflows.workflow import Workflow
from workflows.world import World


def act(world: World, command: Act, now: datetime) -> Iterator[Fact]:
    """Facts of one act. Raises NotFound, NotOpen, NotYours, Incomplete or Unmet."""
    obligation = world.obligation(command.obligation)
    workflow = world.workflow_of(obligation)
    asked = say("{action} obligation {number}", action=repr(command.action), number=obligation.number)
    try:
        after = world.step(obligation, command.action)
    except StepRefused:
        raise NotOpen(asked, _why_closed(obligation, workflow, command), open_to(world, command, now)) from None
    built_in = BUILT_IN.get(command.action)
    action = workflow.rules_at(obligation.level).actions.get(command.action)
    allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
    party = _party(world, command, obligation, allowed, asked, now)
    parties.check_deputy(world, command.by, command.action, asked)
    outside = parties.is_outside(world, party, obligation)
    if command.attachments:
        command = replace(command, fields=attachments.with_names(command))
    fields, given = _asked(world, obligation, command.action, party), command.fields
    together = [obligation, *(forms.with_it(world, obligation, action, party) if action else ())]
    if action and action.ask_if_late and any(_late(one, _sent(given, now)) for one in together):
        fields |= action.ask_if_late
    if command.action == "record_task":
        fields |= tasks.recording(obligation, given)
    if command.action == "take_offer":
        fields |= asked_of_late_offer(workflow, obligation, given)
    shares = figures.asked(world, together) if _reports(action, command.action) else []
    attachments.check_given(fields, command.attachments, asked)
    check_fields(fields, given, world.offices, asked, figures.judged(shares, given))
    if shares:
        command = replace(command, fields=figures.as_read(shares, given))
        given = command.fields
    moment = moment_of(world, given, "happened_on", obligation, now, asked) if outside else now
    doer = parties.doer(world, party, obligation, command.by)
    step = Step(command, obligation, workflow, after, party, asked, now, doer, moment)
    if built_in:
        yield from built_in.law(world, step)
    elif action:
        sent_at = sent_at_of(world, step) if "sent_on" in given else None
        for one in together:
            open_now = partial(_others_open, world, command, now)
            guards.check_guard(world, one, action, fields, given, sent_at, now, asked, open_now)
            taken = say("{action} obligation {number}", action=repr(command.action), number=one.number)
            facts = take(world, replace(step, obligation=one, asked=taken), action)
            yield from forms.in_one_form(facts, obligation, one)
        if "mark_reported" in action.does:
            yield from forms.returned(world, obligation, action, given, step.asked, sent_at_of(world, step))
    yield from attachments.attached_by(command)


def _others_open(world: World, command: Act, now: datetime) -> list[str]:
    """What is open beside the action that was just refused for what was given with it."""
    return [name for name in open_to(world, command, now) if name != command.action]


def _asked(world: World, obligation: Obligation, name: str, party: str) -> dict[str, str]:
    """The fields an action asks for, of a party; where a clerk records it, also those that cite the paper."""
    workflow = world.workflow_of(obligation)
    action, built_in = workflow.rules_at(obligation.level).actions.get(name), BUILT_IN.get(name)
    fields = dict(action.ask if action else built_in.ask(workflow, obligation) if built_in else {})
    fields |= forms.asked(world, obligation, action)
    return fields | workflow.definition.outside_offices.ask if parties.is_outside(world, party, obligation) else fields


def _reports(action: Action | None, name: str) -> bool:
    """Is it a report: the workflow's own, or one that was sent elsewhere and is taken?"""
    return name == "take_offer" or (action is not None and "mark_reported" in action.does)


def open_to(world: World, command: Act, now: datetime) -> list[str]:
    """The actions this actor could take on the obligation as it stands, in the definition's order."""
    return list(asked_of(world, command, now))


def asked_of(world: World, command: Act, now: datetime) -> dict[str, dict[str, str]]:
    """The same actions, each with the fields it asks for and their types. One whose guard looks at what its fields say is
    among them where it may hold."""
    obligation = world.obligation(command.obligation)
    workflow = world.workflow_of(obligation)
    found = {}
    for name in workflow.machine_at(obligation.level).open_from(obligation.state):
        built_in = BUILT_IN.get(name)
        action = workflow.rules_at(obligation.level).actions.get(name)
        if built_in and not built_in.available(world, obligation):
            continue
        if action and not standing.offers(obligation, action):
            continue
        allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
        party = parties.party_for(world, allowed, obligation, command.by)
        if party and parties.stands_in(world, command.by, name):
            asks = _asked(world, obligation, name, party)
            if action and not guards.may_be_taken(world, obligation, action, asks | action.ask_if_late, now):
                continue
            if _reports(action, name):
                reported = [obligation, *(forms.with_it(world, obligation, action, party) if action else ())]
                asks |= {share.field: share.kind for share in figures.asked(world, reported)}
            found[name] = asks
    return found


def _party(
    world: World, command: Act, obligation: Obligation, allowed: tuple[str, ...], asked: str, now: datetime
) -> str:
    """The party as which the actor acts. Raises NotYours, saying whose act it is."""
    party = parties.party_for(world, allowed, obligation, command.by)
    if party is None:
        world.office(command.by.office)  # an office nobody knows is named as such
        who = parties.seats(world, allowed, obligation) or say("time alone")
        because = say("that is for {who}, and you are {actor}", who=who, actor=command.by)
        raise NotYours(asked, because, open_to(world, command, now))
    return party


def _why_closed(obligation: Obligation, workflow: Workflow, command: Act) -> str:
    """Why the machine has no such step, and what was perhaps meant."""
    known = [*workflow.rules_at(obligation.level).actions, *BUILT_IN]
    if command.action not in known:
        near = difflib.get_close_matches(command.action, known, 1)
        if near:
            return say("workflow {key} has no such action; did you mean {near}", key=workflow.key, near=repr(near[0]))
        return say("workflow {key} has no such action; its actions are {known}", key=workflow.key, known=known)
    if obligation.open:
        return say("it is {state}", state=repr(obligation.state))
    return say("it is {state}, which is final", state=repr(obligation.state))


def _late(obligation: Obligation, sent: datetime) -> bool:
    return obligation.due_at is not None and sent > obligation.due_at


def _sent(given: object, now: datetime) -> datetime:
    """The sent date a report names, as an instant, or now; unusable dates are refused later, with the other fields."""
    try:
        day = parse_day(given["sent_on"])  # type: ignore[index]
    except (KeyError, ValueError):
        return now
    return day_end(day) if day < day_of(now) else now if day == day_of(now) else datetime.min.replace(tzinfo=UTC)
