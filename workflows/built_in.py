"""The steps every workflow has beside its own actions: who may take each, what it asks for, when it makes sense, its law."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from workflows import assigning, deadlines, guards, happening, parties, standing, tasks, words
from workflows.calendar import last_day
from workflows.errors import Incomplete, NotOpen, Unmet
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
from workflows.facts import Acknowledged, Fact, OfferAnswered, Urged
from workflows.fields import show_day
from workflows.machine import StepRefused
from workflows.obligation import Obligation, Offer
from workflows.step import Step, moment_of
from workflows.taking import take
from workflows.text import say
from workflows.workflow import Workflow
from workflows.world import World


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
    silent = step.obligation
    mode = step.workflow.definition.undated_items.get(silent.mode)
    if silent.mode != "on_event" or mode is None or silent.standing:
        because = say("its follow-up mode is {mode}; events are entered where it is 'on_event'", mode=repr(silent.mode))
        raise Unmet(step.asked, because)
    happened = moment_of(world, step.command.fields, "event_on", silent, step.now, step.asked)
    due = deadlines.reckon(mode.each_event_due, happened, world.calendar) if mode.each_event_due else None
    day, note = last_day(happened), step.command.fields["note"]
    yield assigning.opened_under(world, silent, f"event {show_day(day)}", due, step.now, note, data=(day, day))


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
    offer, rules = _offer_meant(step), step.workflow.rules_at(step.obligation.level)
    name = rules.action_that("mark_reported")
    action = rules.actions[name] if name else None
    if name is None or action is None:
        raise Unmet(step.asked, say("workflow {key} has no action that reports", key=step.workflow.key))
    try:
        after = world.step(step.obligation, name)
    except StepRefused:
        because = say(
            "it is {state}, from which nothing is reported; open to its holder: {actions}",
            state=repr(step.obligation.state), actions=_open_to_holder(step.workflow, step.obligation),
        )  # fmt: skip
        raise NotOpen(step.asked, because) from None
    given = {field: value for field, value in step.command.fields.items() if field != "offer"}
    fields = {**given, "symbol": offer.symbol, "sent_on": str(last_day(offer.sent_at))}
    sent_at = max(offer.sent_at, step.obligation.assigned_at)
    asks = {**action.ask, **action.ask_if_late}
    guards.check_guard(world, step.obligation, action, asks, fields, sent_at, step.now, step.asked)
    asked = replace(step.command, action=name, fields=fields)
    yield OfferAnswered(step.obligation.number, offer.key, taken=True)
    yield from take(world, replace(step, command=asked, after=after, sent_at=sent_at), action)


def _open_to_holder(workflow: Workflow, obligation: Obligation) -> list[str]:
    actions, machine = workflow.rules_at(obligation.level).actions, workflow.machine_at(obligation.level)
    mine = (name for name, one in actions.items() if any(party.startswith("holder.") for party in one.by))
    return [name for name in mine if name in machine.open_from(obligation.state)]


def _reportable(world: World, obligation: Obligation) -> bool:
    workflow = world.workflow_of(obligation)
    name = workflow.rules_at(obligation.level).action_that("mark_reported")
    return name is not None and name in workflow.machine_at(obligation.level).open_from(obligation.state)


def _asked_with_offer(workflow: Workflow, obligation: Obligation) -> dict[str, str]:
    """Which report is meant, and what the reporting action asks for beside its symbol and date."""
    rules = workflow.rules_at(obligation.level)
    name = rules.action_that("mark_reported")
    ask = rules.actions[name].ask if name else {}
    return {"offer": "text", **{field: kind for field, kind in ask.items() if field not in ("symbol", "sent_on")}}


def asked_of_late_offer(workflow: Workflow, obligation: Obligation, given: Mapping[str, str]) -> dict[str, str]:
    """What the reporting action asks for beside, where the report that is taken was sent after the date."""
    rules = workflow.rules_at(obligation.level)
    name, key = rules.action_that("mark_reported"), given.get("offer", "").strip()
    offer = next((one for one in obligation.offers if one.key == key), None)
    late = offer is not None and obligation.due_at is not None and offer.sent_at > obligation.due_at
    return dict(rules.actions[name].ask_if_late) if name and late else {}


def _decline_offer(world: World, step: Step) -> Iterator[Fact]:
    yield OfferAnswered(step.obligation.number, _offer_meant(step).key, False, step.command.fields["reason"])


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A step every workflow has: who may, what is asked, when it makes sense, and its law."""

    parties: Callable[[Workflow, Obligation], tuple[str, ...]]
    ask: Callable[[Workflow, Obligation], dict[str, str]]
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


def _reporting(workflow: Workflow, obligation: Obligation) -> tuple[str, ...]:
    rules = workflow.rules_at(obligation.level)
    name = rules.action_that("mark_reported")
    return rules.actions[name].by if name else ()


BUILT_IN: dict[str, BuiltIn] = {
    "acknowledge": BuiltIn(
        _told_parties,
        lambda _, __: {},
        lambda _, obligation: obligation.rung > 0 and not obligation.held_until,
        _acknowledge,
    ),
    "request_extension": BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda workflow, _: workflow.definition.extension.ask if workflow.definition.extension else {},
        requestable,
        lambda world, step: request_extension(world, step.obligation, step.command, step.asked, step.now, step.doer),
    ),
    "grant_extension": BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _, __: {},
        decidable,
        lambda world, step: grant_extension(world, step.obligation, step.asked, step.moment, step.now, step.doer),
    ),
    "refuse_extension": BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _, __: {"reason": "text"},
        decidable,
        lambda world, step: refuse_extension(
            world, step.obligation, step.command, step.asked, step.moment, step.now, step.doer
        ),
    ),
    "counter_extension": BuiltIn(
        lambda workflow, _: _extension(workflow, "decide"),
        lambda _, __: {"until": "date", "reason": "text"},
        counterable,
        lambda world, step: counter_extension(
            world, step.obligation, step.command, step.asked, step.moment, step.now, step.doer
        ),
    ),
    "accept_counter": BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda _, __: {},
        answerable,
        lambda world, step: accept_counter(world, step.obligation, step.asked, step.now),
    ),
    "withdraw_extension": BuiltIn(
        lambda workflow, _: _extension(workflow, "ask"),
        lambda _, __: {},
        pending,
        lambda world, step: withdraw_extension(world, step.obligation, step.asked, step.now),
    ),
    "urge": BuiltIn(
        lambda _, __: ("giver.leader", "giver.clerk"),
        lambda _, __: {"document": "document"},
        lambda _, obligation: obligation.open and obligation.rested_at is None,
        _urge,
    ),
    "take_offer": BuiltIn(
        _reporting,
        _asked_with_offer,
        lambda world, obligation: bool(obligation.offers) and _reportable(world, obligation),
        _take_offer,
    ),
    "decline_offer": BuiltIn(
        _reporting,
        lambda _, __: {"offer": "text", "reason": "text"},
        lambda _, obligation: bool(obligation.offers),
        _decline_offer,
    ),
    "open_event": BuiltIn(
        lambda _, __: ("holder.officer", "holder.clerk", "holder.leader"),
        lambda _, __: {"event_on": "date", "note": "text"},
        lambda _, obligation: obligation.mode == "on_event" and not obligation.standing,
        _open_event,
    ),
    "name_officer": BuiltIn(
        lambda _, __: ("holder.leader",),
        lambda _, __: tasks.NAMING,
        lambda _, __: True,
        lambda world, step: tasks.name_officer(world, step.obligation, step.command),
    ),
    "record_task": BuiltIn(
        lambda _, obligation: tasks.recorders(obligation),
        lambda _, __: tasks.RECORDING,
        lambda _, obligation: bool(obligation.tasks),
        lambda world, step: tasks.record_task(world, step.obligation, step.command, step.asked, step.now),
    ),
    "carry_over": BuiltIn(
        lambda _, __: ("giver.leader",),
        lambda _, __: {},
        lambda _, obligation: obligation.until is not None,
        lambda world, step: iter([standing.carry_over(world, step.obligation, step.asked, step.moment)]),
    ),
    "set_event_day": BuiltIn(
        lambda _, obligation: happening.KNOWING if obligation.waits_for else happening.GIVERS,
        lambda _, obligation: {"event_on": "date"} | ({} if obligation.waits_for else {"reason": "text"}),
        happening.counts_from_event,
        happening.set_event_day,
    ),
    "elapse": BuiltIn(lambda _, __: (), lambda _, __: {}, lambda _, __: False, lambda _, __: iter(())),
}
assert set(BUILT_IN) == set(words.BUILT_IN)
