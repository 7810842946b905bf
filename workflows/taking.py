"""The law of an action that the definition names: what it does to the obligation, its clocks, what is below and beside it."""

from collections.abc import Iterator

from workflows import assigning, dating, deadlines, figures, guards, joins, linking, parties, standing
from workflows.assigning import Delivery
from workflows.calendar import day_end, last_day
from workflows.causes import Cause
from workflows.definition import Action
from workflows.errors import Incomplete, Unmet
from workflows.facts import Acted, DueSet, Fact, Told
from workflows.fields import parse_day, show_day
from workflows.light import replace
from workflows.step import Step, sent_at_of
from workflows.text import say
from workflows.world import World


def take(world: World, step: Step, action: Action) -> Iterator[Fact]:
    """An action of the definition, with the effects it names."""
    obligation, workflow, given = step.obligation, step.workflow, step.command.fields
    if "issue_below" in action.does:
        because = say("it is passed on by issuing a directive under it: cascade directive issue --under")
        raise Unmet(step.asked, because)
    standing.check(world, obligation, action, step.asked)
    guards.check_person(world, obligation, action, step.doer, step.asked)
    doer = guards.remembered(world, obligation, step.command.action, step.doer)
    if "end_standing" in action.does:
        ended = standing.conclude(world, obligation, step.command.action, step.after, given, step.moment)
        yield replace(ended, doer=doer)
        return
    fields = tuple(given.items())
    fact = Acted(obligation.number, step.command.action, obligation.state, step.after, fields, doer=doer)
    # Whoever acts on it as its holder has evidently received it: a dispute may be the first that is heard of it.
    if "mark_received" in action.does or (obligation.received_at is None and step.party.startswith("holder.")):
        fact = replace(fact, received_at=step.moment)
    if "mark_reported" in action.does:
        joins.check_report(world, obligation, step.asked)
        fact = replace(fact, sent_at=sent_at_of(world, step), sent_by=step.doer, sent_as=given.get("symbol"))
        fact = replace(fact, figures=figures.reported(world, obligation, given))
    outcome = workflow.rules_at(obligation.level).outcome_of(step.after)
    if outcome:
        sent = fact.sent_at or obligation.sent_at or step.moment
        fact = replace(fact, outcome=outcome, closed_at=step.moment, sent_at=sent if outcome == "fulfilled" else None)
        if fact.sent_at and not fact.sent_by:
            fact = replace(fact, sent_by=obligation.sent_by or step.doer)
    fact = _with_rest(world, step, action, fact)
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


def _with_rest(world: World, step: Step, action: Action, fact: Acted) -> Acted:
    """Where the giver has to answer from now on, the holder's clock rests and the giver's own runs; or it stops resting."""
    rules = step.workflow.rules_at(step.obligation.level)
    waits, waited = rules.awaits_giver(step.after), rules.awaits_giver(step.obligation.state)
    paused = step.obligation.paused_until is not None
    if paused and (step.after != step.obligation.state or "resume" in action.does):
        waited = True
    if waits and (paused or not waited):  # a pause that the giver's turn ends is over, and nobody waits for its day
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
        data_from=old.data_from,
        data_to=old.data_to,
        until=old.until,
    )
    return assigning.assigned(world, numbered, Cause("given", old.number))
