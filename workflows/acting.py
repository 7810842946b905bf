"""The law of a person's act on one obligation: may it be taken, by whom, with what, and what follows from it."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from workflows import assigning, dating, deadlines, joins, linking, parties, tasks, words
from workflows.assigning import Delivery
from workflows.calendar import day_end, day_of, last_day
from workflows.causes import Cause
from workflows.commands import Act
from workflows.definition import Action
from workflows.errors import Incomplete, NotOpen, NotYours, Unmet
from workflows.extension import (
    accept_counter,
    answerable,
    counter_extension,
    counterable,
    decidable,
    grant_extension,
    pending,
    refuse_extension,
    request_extension,
    requestable,
    withdraw_extension,
)
from workflows.facts import Acknowledged, Acted, DueSet, Fact, OfferAnswered, Told, Urged
from workflows.fields import check_backdating, check_fields, parse_day, show_day
from workflows.machine import StepRefused
from workflows.obligation import Obligation, Offer
from workflows.text import say
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
    sent_at: datetime | None = None  # of a report that was sent before and answers this too


def act(world: World, command: Act, now: datetime) -> Iterator[Fact]:
    """Facts of one act. Raises NotFound, NotOpen, NotYours, Incomplete or Unmet."""
    obligation = world.obligation(command.obligation)
    workflow = world.workflow_of(obligation)
    asked = say("{action} obligation {number}", action=repr(command.action), number=obligation.number)
    try:
        after = workflow.machine.step(obligation.state, command.action)
    except StepRefused:
        raise NotOpen(asked, _why_closed(obligation, workflow, command), open_to(world, command)) from None
    built_in = _BUILT_IN.get(command.action)
    action = workflow.definition.obligation.actions.get(command.action)
    allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
    party = _party(world, command, obligation, allowed, asked)
    parties.check_deputy(world, command.by, command.action, asked)
    outside = parties.is_outside(world, party, obligation)
    fields, given = _asked(world, obligation, command.action, party), command.fields
    if action and action.ask_if_late and _late(obligation, _sent(given, now)):
        fields |= action.ask_if_late
    if command.action == "record_task":
        fields |= tasks.recording(obligation, given)
    check_fields(fields, given, world.offices, asked)
    moment = _moment(world, given, "happened_on", obligation, now, asked) if outside else now
    doer = parties.doer(world, party, obligation, command.by)
    step = Step(command, obligation, workflow, after, party, asked, now, doer, moment)
    if built_in:
        yield from built_in.law(world, step)
    elif action:
        yield from _take(world, step, action)


def _asked(world: World, obligation: Obligation, name: str, party: str) -> dict[str, str]:
    """The fields an action asks for, of a party; where a clerk records it, also those that cite the paper."""
    definition = world.workflow_of(obligation).definition
    action, built_in = definition.obligation.actions.get(name), _BUILT_IN.get(name)
    fields = dict(action.ask if action else built_in.ask(world.workflow_of(obligation)) if built_in else {})
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
        allowed = built_in.parties(workflow, obligation) if built_in else action.by if action else ()
        party = parties.party_for(world, allowed, obligation, command.by)
        if party and parties.stands_in(world, command.by, name):
            found[name] = _asked(world, obligation, name, party)
    return found


def _take(world: World, step: Step, action: Action) -> Iterator[Fact]:
    """An action of the definition, with the effects it names."""
    obligation, workflow, given = step.obligation, step.workflow, step.command.fields
    if "issue_below" in action.does:
        because = say("it is passed on by issuing a directive under it: cascade directive issue --under")
        raise Unmet(step.asked, because)
    same = parties.same_person(obligation.sent_by, step.doer) if action.not_same_person else None
    if same:
        because = say("{person} sent the report, and nobody decides on a report of their own", person=same)
        raise Unmet(step.asked, because)
    fact = Acted(obligation.number, step.command.action, obligation.state, step.after, fields=tuple(given.items()))
    # Whoever acts on it as its holder has evidently received it: a dispute may be the first that is heard of it.
    if "mark_received" in action.does or (obligation.received_at is None and step.party.startswith("holder.")):
        fact = replace(fact, received_at=step.moment)
    if "mark_reported" in action.does:
        joins.check_report(world, obligation, step.asked)
        fact = replace(fact, sent_at=_sent_at(world, step), sent_by=step.doer, sent_as=given.get("symbol"))
    outcome = workflow.outcome_of(step.after)
    if outcome:
        sent = fact.sent_at or obligation.sent_at or step.moment
        fact = replace(fact, outcome=outcome, closed_at=step.moment, sent_at=sent if outcome == "fulfilled" else None)
        if fact.sent_at and not fact.sent_by:
            fact = replace(fact, sent_by=obligation.sent_by or step.doer)
    fact = _with_rest(world, step, fact)
    if "pause" in action.does:
        fact = _paused(step, fact)
    yield replace(fact, told=_told(world, step, fact))
    due_at = obligation.due_at
    for moved in _date_after(world, step, fact):
        due_at = moved.due_at
        yield moved
    if fact.paused_until:
        yield from joins.paused_below(world, obligation, fact.paused_until, step.moment)
    elif obligation.paused_until and fact.rests == "ends" and not fact.outcome:
        yield from joins.resumed_below(world, obligation, step.moment, step.now, due_at)
    if "stop_below" in action.does or "assign_again" in action.does:
        yield from joins.stopped_below(world, obligation, step.now, supported="assign_again" not in action.does)
    if "assign_again" in action.does:
        yield _assigned_again(world, step, given["new_holder"])
    if outcome == "fulfilled":
        symbol = fact.sent_as or obligation.sent_as
        yield from linking.offers_of(world, obligation, symbol, fact.sent_at or obligation.sent_at)


def _paused(step: Step, fact: Acted) -> Acted:
    """The clock rests until the day that was given; that day has to come yet, or nobody would wake it."""
    until = day_end(parse_day(step.command.fields["until"]))
    if until <= step.now:
        day = show_day(last_day(until))
        raise Incomplete(step.asked, say("until {day} is over; name a day that has yet to come", day=day))
    return replace(fact, rests="starts", rested_at=step.obligation.rested_at or step.moment, paused_until=until)


def _with_rest(world: World, step: Step, fact: Acted) -> Acted:
    """Where the giver has to answer from now on, the holder's clock rests and the giver's own runs; or it stops resting."""
    waits = step.workflow.awaits_giver(step.after)
    waited = step.workflow.awaits_giver(step.obligation.state)
    if step.obligation.paused_until and step.after != step.obligation.state:
        waited = True
    if waits and not waited:
        began = step.obligation.rested_at or step.moment  # a rest that a request began goes on
        rule = step.workflow.definition.deadlines.confirm
        answer_by = deadlines.reckon(rule, step.now, world.calendar).at if rule else None
        return replace(fact, rests="starts", rested_at=began, answer_by=answer_by)
    return replace(fact, rests="ends", resumed_at=step.moment) if waited and not waits else fact


def _date_after(world: World, step: Step, fact: Acted) -> Iterator[DueSet]:
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
        raise Unmet(step.asked, say("{office} already holds an obligation under this item", office=new_holder))
    directive, item = world.directive(old.directive), world.item(old.directive, old.item)
    limit = world.obligation(old.parent).due_at if old.parent else None
    delivery = Delivery(step.workflow, world.calendar, directive, step.now, step.now)
    made = assigning.assignment(world, delivery, item, holder, old.part, limit)
    if old.standing and old.due_at:  # a period's or an event's own date stays, whoever answers it
        made = made.but(due_at=old.due_at, first_due_at=old.due_at, because=old.because, armed_at=step.now)
    numbered = made.but(
        number=world.opened.next_obligation,
        controller=old.controller,
        recipient=old.recipient,
        standing=old.standing,
        period=old.period,
    )
    return assigning.assigned(world, numbered, Cause("given", old.number))


def _acknowledge(world: World, step: Step) -> Iterator[Fact]:
    """Somebody who was told says so: the next rung waits as long as the definition says."""
    ladder = step.workflow.definition.ladder
    rule = ladder.acknowledged
    until = deadlines.after(rule.holds_next_rung, step.now, world.calendar) if rule else None
    if not step.obligation.rung:
        raise Unmet(step.asked, say("nobody has been told of it yet, so there is nothing to acknowledge"))
    if step.obligation.held_until:
        day = show_day(last_day(step.obligation.held_until))
        raise Unmet(step.asked, say("it is acknowledged, and held to {day}", day=day))
    yield Acknowledged(step.obligation.number, step.obligation.rung, until)


def _open_event(world: World, step: Step) -> Iterator[Fact]:
    """An event under a standing obligation becomes an obligation of its own, with its own date."""
    standing = step.obligation
    mode = step.workflow.definition.undated_items.get(standing.mode)
    if standing.mode != "on_event" or mode is None or standing.standing:
        because = say(
            "its follow-up mode is {mode}; events are entered where it is 'on_event'", mode=repr(standing.mode)
        )
        raise Unmet(step.asked, because)
    happened = _moment(world, step.command.fields, "event_on", standing, step.now, step.asked)
    due = deadlines.reckon(mode.each_event_due, happened, world.calendar) if mode.each_event_due else None
    yield assigning.opened_under(
        world, standing, f"event {show_day(last_day(happened))}", due, step.now, step.command.fields["note"]
    )


def _urge(world: World, step: Step) -> Iterator[Fact]:
    """A letter urges the holder. It is written down where people look, and told; nothing is owed anew."""
    told = parties.told(world, ["holder.leader", "holder.officer"], step.obligation)
    yield Urged(step.obligation.number, step.command.fields["document"].strip(), told)


def _offer_meant(step: Step) -> Offer:
    """The offer that a person answers. Raises Incomplete where there is none of that name."""
    known, key = step.obligation.offers, step.command.fields["offer"].strip()
    found = next((one for one in known if one.key == key), None)
    if found is None:
        keys = tuple(one.key for one in known) or say("none")
        raise Incomplete(step.asked, say("no report {key} is offered to it; offered: {keys}", key=repr(key), keys=keys))
    return found


def _take_offer(world: World, step: Step) -> Iterator[Fact]:
    """The holder reports with a report that it sent elsewhere before: the reporting action, with its symbol and date."""
    offer, definition = _offer_meant(step), step.workflow.definition
    name = definition.action_that("mark_reported")
    action = definition.obligation.actions[name] if name else None
    if name is None or action is None:
        raise Unmet(step.asked, say("workflow {key} has no action that reports", key=step.workflow.key))
    try:
        after = step.workflow.machine.step(step.obligation.state, name)
    except StepRefused:
        because = _why_closed(step.obligation, step.workflow, step.command)
        raise NotOpen(step.asked, because, open_to(world, step.command)) from None
    given = {field: value for field, value in step.command.fields.items() if field != "offer"}
    fields = {**given, "symbol": offer.symbol, "sent_on": str(last_day(offer.sent_at))}
    sent_at = max(offer.sent_at, step.obligation.assigned_at)
    asked = replace(step.command, action=name, fields=fields)
    yield OfferAnswered(step.obligation.number, offer.key, taken=True)
    yield from _take(world, replace(step, command=asked, after=after, sent_at=sent_at), action)


def _asked_with_offer(workflow: Workflow) -> dict[str, str]:
    """Which report is meant, and what the reporting action asks for beside its symbol and date."""
    name = workflow.definition.action_that("mark_reported")
    ask = workflow.definition.obligation.actions[name].ask if name else {}
    return {"offer": "text", **{field: kind for field, kind in ask.items() if field not in ("symbol", "sent_on")}}


def _decline_offer(world: World, step: Step) -> Iterator[Fact]:
    yield OfferAnswered(step.obligation.number, _offer_meant(step).key, False, step.command.fields["reason"])


def _party(world: World, command: Act, obligation: Obligation, allowed: tuple[str, ...], asked: str) -> str:
    """The party as which the actor acts. Raises NotYours, saying whose act it is."""
    party = parties.party_for(world, allowed, obligation, command.by)
    if party is None:
        world.office(command.by.office)  # an office nobody knows is named as such
        who = parties.seats(world, allowed, obligation) or say("time alone")
        because = say("that is for {who}, and you are {actor}", who=who, actor=command.by)
        raise NotYours(asked, because, open_to(world, command))
    return party


def _why_closed(obligation: Obligation, workflow: Workflow, command: Act) -> str:
    """Why the machine has no such step, and what was perhaps meant."""
    known = [*workflow.definition.obligation.actions, *_BUILT_IN]
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


def _sent_at(world: World, step: Step) -> datetime:
    """On time is judged by this: the sent date on the paper; today's report is sent now."""
    if step.sent_at:
        return step.sent_at
    if "sent_on" in step.command.fields:
        return _moment(world, step.command.fields, "sent_on", step.obligation, step.now, step.asked)
    return step.moment


def _moment(world: World, given: object, name: str, obligation: Obligation, now: datetime, asked: str) -> datetime:
    """A day that somebody gives as an instant: not in the future, not before the obligation was there, and not longer
    ago than the workflow allows."""
    day = parse_day(given[name])  # type: ignore[index]
    if day > day_of(now):
        raise Incomplete(asked, say("{name} {day} has not come yet", name=name, day=show_day(day)))
    first, what = last_day(obligation.assigned_at), say("the day it was assigned")
    if name == "sent_on" and obligation.resumed_at and day_of(obligation.resumed_at) > first:
        first, what = day_of(obligation.resumed_at), say("the day the giver last answered or let it go on")
    if name == "happened_on" and obligation.sent_at and last_day(obligation.sent_at) > first:
        first, what = last_day(obligation.sent_at), say("the day the report was sent")
    if day < first:
        because = say(
            "{name} {day} is before {first}, {what}", name=name, day=show_day(day), first=show_day(first), what=what
        )
        raise Incomplete(asked, because)
    check_backdating(world.workflow_of(obligation).definition.backdating, name, day, now, world.calendar, asked)
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


def _reporting(workflow: Workflow) -> tuple[str, ...]:
    name = workflow.definition.action_that("mark_reported")
    return workflow.definition.obligation.actions[name].by if name else ()


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
        lambda world, step: grant_extension(world, step.obligation, step.asked, step.moment, step.now, step.doer),
    ),
    "refuse_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _: {"reason": "text"},
        decidable,
        lambda world, step: refuse_extension(world, step.obligation, step.command, step.asked, step.moment, step.now),
    ),
    "counter_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _: {"until": "date", "reason": "text"},
        counterable,
        lambda world, step: counter_extension(world, step.obligation, step.command, step.asked, step.moment, step.now),
    ),
    "accept_counter": _BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda _: {},
        answerable,
        lambda world, step: accept_counter(world, step.obligation, step.asked, step.now),
    ),
    "withdraw_extension": _BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda _: {},
        pending,
        lambda world, step: withdraw_extension(world, step.obligation, step.asked, step.now),
    ),
    "urge": _BuiltIn(
        lambda _, __: ("giver.leader", "giver.clerk"),
        lambda _: {"document": "document"},
        lambda _, obligation: obligation.open and obligation.rested_at is None,
        _urge,
    ),
    "take_offer": _BuiltIn(
        lambda workflow, _: _reporting(workflow),
        _asked_with_offer,
        lambda _, obligation: bool(obligation.offers),
        _take_offer,
    ),
    "decline_offer": _BuiltIn(
        lambda workflow, _: _reporting(workflow),
        lambda _: {"offer": "text", "reason": "text"},
        lambda _, obligation: bool(obligation.offers),
        _decline_offer,
    ),
    "open_event": _BuiltIn(
        lambda _, __: ("holder.officer", "holder.clerk", "holder.leader"),
        lambda _: {"event_on": "date", "note": "text"},
        lambda _, obligation: obligation.mode == "on_event" and not obligation.standing,
        _open_event,
    ),
    "name_officer": _BuiltIn(
        lambda _, __: ("holder.leader",),
        lambda _: tasks.NAMING,
        lambda _, __: True,
        lambda world, step: tasks.name_officer(world, step.obligation, step.command),
    ),
    "record_task": _BuiltIn(
        lambda _, obligation: tasks.recorders(obligation),
        lambda _: tasks.RECORDING,
        lambda _, obligation: bool(obligation.tasks),
        lambda world, step: tasks.record_task(world, step.obligation, step.command, step.asked, step.now),
    ),
    "elapse": _BuiltIn(lambda _, __: (), lambda _: {}, lambda _, __: False, lambda _, __: iter(())),
}
assert set(_BUILT_IN) == set(words.BUILT_IN)
