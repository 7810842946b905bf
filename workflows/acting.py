"""The law of a person's act on one obligation: may it be taken, by whom, with what, and what follows from it."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from workflows import assigning, dating, deadlines, forms, joins, parties, standing, words
from workflows.calendar import day_end, day_of, last_day
from workflows.causes import Cause
from workflows.commands import Act
from workflows.definition import Action
from workflows.errors import Incomplete, NotOpen, NotYours, Unmet
from workflows.extension import (
    decidable,
    grant_extension,
    refuse_extension,
    request_extension,
    requestable,
)
from workflows.facts import Acknowledged, Acted, Fact, Told
from workflows.fields import check_fields, parse_day, show_day
from workflows.machine import StepRefused
from workflows.obligation import Obligation
from workflows.workflow import Workflow
from workflows.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """An act that the machine and the parties have let through, with what the rest of the law needs."""

    command: Act
    obligation: Obligation
    workflow: Workflow
    after: str
    party: str
    asked: str
    now: datetime
    doer: str  # the seat whose act it is; the actor's own, unless it is recorded for an outside office
    moment: datetime  # when it happened: now, or the day the paper gives where an outside office acted


def act(world: World, command: Act, now: datetime) -> Iterator[Fact]:
    """Facts of one act. Raises NotFound, NotOpen, NotYours, Incomplete or Unmet."""
    obligation = world.obligation(command.obligation)
    workflow = world.workflow_of(obligation)
    asked = f"{command.action!r} obligation {obligation.number}"
    try:
        after = workflow.machine.step(obligation.state, command.action)
    except StepRefused:
        raise NotOpen(asked, _why_closed(obligation, workflow, command), open_to(world, command)) from None
    built_in = _BUILT_IN.get(command.action)
    action = workflow.definition.obligation.actions.get(command.action)
    allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
    party = _party(world, command, obligation, allowed, asked)
    outside = parties.is_outside(world, party, obligation)
    fields, given = _asked(world, obligation, command.action, party), command.fields
    together = [obligation, *(forms.with_it(world, obligation, action, party) if action else ())]
    if action and action.ask_if_late and any(_late(one, _sent(given, now)) for one in together):
        fields |= action.ask_if_late
    check_fields(fields, given, world.offices, asked)
    moment = _moment(given, "happened_on", obligation, now, asked) if outside else now
    doer = parties.doer(world, party, obligation, command.by)
    step = Step(command, obligation, workflow, after, party, asked, now, doer, moment)
    if built_in:
        yield from built_in.law(world, step)
    elif action:
        for one in together:
            taken = replace(step, obligation=one, asked=f"{command.action!r} obligation {one.number}")
            yield from forms.in_one_form(_take(world, taken, action), obligation, one)
        if "mark_reported" in action.does:
            yield from forms.returned(world, obligation, action, given, step.asked, _sent_at(step))


def _asked(world: World, obligation: Obligation, name: str, party: str) -> dict[str, str]:
    """The fields an action asks for, of a party; where a clerk records it, also those that cite the paper."""
    definition = world.workflow_of(obligation).definition
    action, built_in = definition.obligation.actions.get(name), _BUILT_IN.get(name)
    fields = dict(action.ask if action else built_in.ask(world.workflow_of(obligation)) if built_in else {})
    fields |= forms.asked(world, obligation, action)
    return fields | definition.outside_offices.ask if parties.is_outside(world, party, obligation) else fields


def open_to(world: World, command: Act) -> list[str]:
    """The actions this actor could take on the obligation as it stands, in the definition's order."""
    return list(asked_of(world, command))


def asked_of(world: World, command: Act) -> dict[str, dict[str, str]]:
    """The same actions, each with the fields it asks for and their types."""
    obligation = world.obligation(command.obligation)
    workflow = world.workflow_of(obligation)
    found = {}
    for name in workflow.machine.open_from(obligation.state):
        built_in = _BUILT_IN.get(name)
        action = workflow.definition.obligation.actions.get(name)
        if built_in and not built_in.available(world, obligation):
            continue
        if action and not standing.offers(obligation, action):
            continue
        allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
        party = parties.party_for(world, allowed, obligation, command.by)
        if party:
            found[name] = _asked(world, obligation, name, party)
    return found


def _take(world: World, step: Step, action: Action) -> Iterator[Fact]:
    """An action of the definition, with the effects it names."""
    obligation, workflow, given = step.obligation, step.workflow, step.command.fields
    if "issue_below" in action.does:
        raise Unmet(step.asked, "it is passed on by issuing a directive under it: cascade directive issue --under")
    standing.check(world, obligation, action, step.asked)
    if "end_standing" in action.does:
        yield standing.conclude(world, obligation, step.command.action, step.after, given, step.moment)
        return
    if action.not_same_person and obligation.sent_by == step.doer:
        raise Unmet(step.asked, f"{step.doer} sent the report, and nobody decides on a report of their own")
    fact = Acted(obligation.number, step.command.action, obligation.state, step.after, fields=tuple(given.items()))
    # Whoever acts on it as its holder has evidently received it: a dispute may be the first that is heard of it.
    if "mark_received" in action.does or (obligation.received_at is None and step.party.startswith("holder.")):
        fact = replace(fact, received_at=step.moment)
    if "mark_reported" in action.does:
        joins.check_report(world, obligation, step.asked)
        fact = replace(fact, sent_at=_sent_at(step), sent_by=step.doer)
    outcome = workflow.outcome_of(step.after)
    if outcome:
        sent = obligation.sent_at or fact.sent_at or step.moment
        fact = replace(fact, outcome=outcome, closed_at=step.moment, sent_at=sent if outcome == "fulfilled" else None)
        if fact.sent_at and not fact.sent_by:
            fact = replace(fact, sent_by=obligation.sent_by or step.doer)
    fact = _with_rest(world, step, fact)
    yield replace(fact, told=_told(world, step, fact))
    yield from _date_after(world, step, fact)
    if "stop_below" in action.does or "assign_again" in action.does:
        yield from joins.stopped_below(world, obligation, step.now)
    if "assign_again" in action.does:
        yield _assigned_again(world, step, given["new_holder"])


def _with_rest(world: World, step: Step, fact: Acted) -> Acted:
    """Where the giver has to answer from now on, the holder's clock rests and the giver's own runs; or it stops resting."""
    waits, waited = (step.workflow.awaits_giver(state) for state in (step.after, step.obligation.state))
    if waits and not waited:
        began = step.obligation.rested_at or step.moment  # a rest that a request began goes on
        rule = step.workflow.definition.deadlines.confirm
        answer_by = deadlines.reckon(rule, step.now, world.calendar).at if rule else None
        return replace(fact, rests="starts", rested_at=began, answer_by=answer_by)
    return replace(fact, rests="ends", resumed_at=step.moment) if waited and not waits else fact


def _date_after(world: World, step: Step, fact: Acted) -> Iterator[Fact]:
    """The date moves when a receipt becomes known, and when a rest ends; otherwise it stays."""
    obligation = step.obligation
    if fact.outcome:
        return
    if fact.received_at:
        yield from dating.date_at_receipt(world, obligation, fact.received_at, step.now)
    if fact.rests == "ends":
        yield from dating.date_after_rest(world, obligation, step.moment, step.now)


def _told(world: World, step: Step, fact: Acted) -> Told:
    """The giver hears what it has to answer, the holder what was answered; progress is told to nobody."""
    if fact.rests == "starts":
        return parties.told(world, ["giver.leader"], step.obligation)
    if fact.rests == "ends" or fact.outcome:
        return parties.told(world, ["holder.leader", "holder.officer"], step.obligation)
    return ()


def _assigned_again(world: World, step: Step, new_holder: str) -> Fact:
    """The same item for another office, with a date of its own."""
    old = step.obligation
    holder = world.office(new_holder)
    if any(one.open and one.holder == new_holder and one.item == old.item for one in world.under(old.directive)):
        raise Unmet(step.asked, f"{new_holder} already holds an obligation under this item")
    directive, item = world.directive(old.directive), world.item(old.directive, old.item)
    limit = world.obligation(old.parent).due_at if old.parent else None
    made = assigning.assignment(
        world, step.workflow, world.calendar, directive, item, holder, old.part, step.now, step.now, limit
    )
    if old.standing and old.due_at:  # a period's or an event's own date stays, whoever answers it
        made = made.but(due_at=old.due_at, first_due_at=old.due_at, because=old.because, armed_at=step.now)
    numbered = made.but(
        number=world.opened.next_obligation,
        controller=old.controller,
        recipient=old.recipient,
        standing=old.standing,
        period=old.period,
        data_from=old.data_from,
        data_to=old.data_to,
        until=old.until,
    )
    return assigning.assigned(world, numbered, Cause("given", old.number))


def _acknowledge(world: World, step: Step) -> Iterator[Fact]:
    """Somebody who was told says so: the next rung waits as long as the definition says."""
    ladder = step.workflow.definition.ladder
    rule = ladder.acknowledged
    until = deadlines.after(rule.holds_next_rung, step.now, world.calendar) if rule else None
    if not step.obligation.rung:
        raise Unmet(step.asked, "nobody has been told of it yet, so there is nothing to acknowledge")
    if step.obligation.held_until:
        raise Unmet(step.asked, f"it is acknowledged, and held to {show_day(last_day(step.obligation.held_until))}")
    yield Acknowledged(step.obligation.number, step.obligation.rung, until)


def _open_event(world: World, step: Step) -> Iterator[Fact]:
    """An event under a standing obligation becomes an obligation of its own, with its own date."""
    silent = step.obligation
    mode = step.workflow.definition.undated_items.get(silent.mode)
    if silent.mode != "on_event" or mode is None or silent.standing:
        raise Unmet(step.asked, f"its follow-up mode is {silent.mode!r}; events are entered where it is 'on_event'")
    happened = _moment(step.command.fields, "event_on", silent, step.now, step.asked)
    due = deadlines.reckon(mode.each_event_due, happened, world.calendar) if mode.each_event_due else None
    day, note = last_day(happened), step.command.fields["note"]
    yield assigning.opened_under(world, silent, f"event {show_day(day)}", due, step.now, note, data=(day, day))


def _party(world: World, command: Act, obligation: Obligation, allowed: tuple[str, ...], asked: str) -> str:
    """The party as which the actor acts. Raises NotYours, saying whose act it is."""
    party = parties.party_for(world, allowed, obligation, command.by)
    if party is None:
        world.office(command.by.office)  # an office nobody knows is named as such
        who = parties.seats(world, allowed, obligation) or "time alone"
        raise NotYours(asked, f"that is for {who}, and you are {command.by}", open_to(world, command))
    return party


def _why_closed(obligation: Obligation, workflow: Workflow, command: Act) -> str:
    """Why the machine has no such step, and what was perhaps meant."""
    known = [*workflow.definition.obligation.actions, *_BUILT_IN]
    if command.action not in known:
        near = difflib.get_close_matches(command.action, known, 1)
        meant = f"; did you mean {near[0]!r}" if near else f"; its actions are {', '.join(known)}"
        return f"workflow {workflow.key} has no such action{meant}"
    ended = "" if obligation.open else ", which is final"
    return f"it is {obligation.state!r}{ended}"


def _late(obligation: Obligation, sent: datetime) -> bool:
    return obligation.due_at is not None and sent > obligation.due_at


def _sent(given: object, now: datetime) -> datetime:
    """The sent date a report names, as an instant, or now; unusable dates are refused later, with the other fields."""
    try:
        day = parse_day(given["sent_on"])  # type: ignore[index]
    except (KeyError, ValueError):
        return now
    return day_end(day) if day < day_of(now) else now if day == day_of(now) else datetime.min.replace(tzinfo=UTC)


def _sent_at(step: Step) -> datetime:
    """On time is judged by this: the sent date on the paper; today's report is sent now."""
    if "sent_on" in step.command.fields:
        return _moment(step.command.fields, "sent_on", step.obligation, step.now, step.asked)
    return step.moment


def _moment(given: object, name: str, obligation: Obligation, now: datetime, asked: str) -> datetime:
    """A day that somebody gives as an instant: not in the future, and not before the obligation was there."""
    day = parse_day(given[name])  # type: ignore[index]
    if day > day_of(now):
        raise Incomplete(asked, f"{name} {show_day(day)} has not come yet")
    first, what = last_day(obligation.assigned_at), "the day it was assigned"
    if name == "sent_on" and obligation.resumed_at and day_of(obligation.resumed_at) > first:
        first, what = day_of(obligation.resumed_at), "the day the giver last answered"
    if name == "happened_on" and obligation.sent_at and last_day(obligation.sent_at) > first:
        first, what = last_day(obligation.sent_at), "the day the report was sent"
    if day < first:
        raise Incomplete(asked, f"{name} {show_day(day)} is before {show_day(first)}, {what}")
    return now if day == day_of(now) else day_end(day)


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    """A step every workflow has: who may, what is asked, when it makes sense, and its law."""

    parties: Callable[[Workflow, Obligation], tuple[str, ...]]
    ask: Callable[[Workflow], dict[str, str]]
    available: Callable[[World, Obligation], bool]
    law: Callable[[World, Step], Iterator[Fact]]


def _told_parties(workflow: Workflow, obligation: Obligation) -> tuple[str, ...]:
    """Who may acknowledge: those whom the rung that was reached told, and those above the holder told before it."""
    if not obligation.rung:
        return ("holder.leader", "giver.leader")  # to hear that there is nothing to acknowledge yet
    *earlier, reached = workflow.definition.ladder.rungs[: obligation.rung]
    above = [party for rung in earlier for party in rung.tell if not party.startswith("holder.")]
    return tuple(dict.fromkeys([*reached.tell, *above]))


def _extension(workflow: Workflow, side: str) -> tuple[str, ...]:
    block = workflow.definition.extension
    return (block.asked_by if side == "ask" else block.decided_by) if block else ()


_BUILT_IN: dict[str, _BuiltIn] = {
    "acknowledge": _BuiltIn(
        _told_parties,
        lambda _: {},
        lambda _, obligation: obligation.rung > 0 and not obligation.held_until,
        _acknowledge,
    ),
    "request_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda workflow: workflow.definition.extension.ask if workflow.definition.extension else {},
        requestable,
        lambda world, step: request_extension(world, step.obligation, step.command, step.asked, step.now, step.doer),
    ),
    "grant_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _: {},
        decidable,
        lambda world, step: grant_extension(world, step.obligation, step.asked, step.now, step.doer),
    ),
    "refuse_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _: {"reason": "text"},
        decidable,
        lambda world, step: refuse_extension(world, step.obligation, step.command, step.asked, step.now),
    ),
    "open_event": _BuiltIn(
        lambda _, __: ("holder.officer", "holder.clerk", "holder.leader"),
        lambda _: {"event_on": "date", "note": "text"},
        lambda _, obligation: obligation.mode == "on_event" and not obligation.standing,
        _open_event,
    ),
    "carry_over": _BuiltIn(
        lambda _, __: ("giver.leader",),
        lambda _: {},
        lambda _, obligation: obligation.until is not None,
        lambda world, step: iter([standing.carry_over(world, step.obligation, step.asked, step.moment)]),
    ),
    "elapse": _BuiltIn(lambda _, __: (), lambda _: {}, lambda _, __: False, lambda _, __: iter(())),
}
assert set(_BUILT_IN) == set(words.BUILT_IN)
