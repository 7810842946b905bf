"""An obligation coming to be: what one office owes under an item, or under a standing obligation."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows import dating, deadlines, item_dates, joins, periods
from workflows.calendar import Calendar, day_end, last_day
from workflows.causes import Cause
from workflows.deadlines import Due
from workflows.directive import Directive, Item
from workflows.errors import Unmet
from workflows.facts import Assigned
from workflows.guards import Share
from workflows.machine import UNASSIGNED
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.text import say
from workflows.workflow import Workflow
from workflows.world import World


@dataclass(frozen=True, slots=True)
class Delivery:
    """A directive on its way to its holders: `reached` is when it reached them; `received`, whether that is their receipt
    (work that was under way before it was entered). What it gives is worked out once for each kind of office."""

    workflow: Workflow
    calendar: Calendar
    directive: Directive
    reached: datetime
    now: datetime
    received: bool = False
    cause: Cause | None = None
    given: dict[tuple[Any, ...], Obligation] = field(default_factory=dict, init=False, compare=False)  # a memory


def assigned(world: World, obligation: Obligation, cause: Cause | None = None) -> Assigned:
    """The fact of an obligation coming to be, told to its holder's clerk where the holder is inside."""
    inside = not world.office(obligation.holder).outside
    told = world.offices.reach(obligation.holder, "clerk") if inside else None
    return Assigned(obligation, (told,) if told else (), cause)


def passes_on_to(world: World, workflow: Workflow, holder: Office) -> list[Office]:
    """The offices that a holder's work passes on to by itself, as the workflow says; none where it stays."""
    if holder.outside or holder.level not in workflow.definition.passes_on_at:
        return []
    is_below = workflow.definition.is_below
    return [office for office in world.offices.below(holder.id) if is_below(office.level, holder.level)]


def opened_under(
    world: World,
    standing: Obligation,
    period: str,
    due: Due | None,
    now: datetime,
    note: str | None,
    number: int | None = None,
    data: tuple[date, date] | None = None,
) -> Assigned:
    """The obligation that a period or an event of a standing one gives; received, where the standing one was.

    `data` are the first and last day that it is about."""
    workflow = world.workflow_of(standing)
    machine, receive_by = workflow.machine_at(standing.level), None
    state = world.batch.step(machine, UNASSIGNED, "assign")
    receive = workflow.rules_at(standing.level).action_that("mark_received")
    rule = workflow.definition.deadlines.receive
    if standing.received_at and receive:
        state = world.batch.step(machine, state, receive)
    elif rule and not world.office(standing.holder).outside:
        receive_by = deadlines.reckon(rule, now, world.calendar).at
    made = Obligation(
        number=number or world.opened.next_obligation,
        directive=standing.directive,
        item=standing.item,
        level=standing.level,
        holder=standing.holder,
        giver=standing.giver,
        part=standing.part,
        mode=standing.mode,
        workflow=standing.workflow,
        state=state,
        assigned_at=now,
        parent=standing.parent,
        standing=standing.number,
        period=period,
        officer=standing.officer,
        controller=standing.controller,
        recipient=standing.recipient,
        data_from=data[0] if data else None,
        data_to=data[1] if data else None,
        receive_by=receive_by,
        received_at=now if standing.received_at else None,
        due_at=due.at if due else None,
        first_due_at=due.at if due else None,
        because=due.because if due else None,
        armed_at=now if due else None,
    )
    return assigned(
        world,
        made,
        Cause("event", standing.number, f"{period}: {note}") if note else Cause("period", standing.number, period),
    )


def assignment(
    world: World, delivery: Delivery, item: Item, holder: Office, part: str, limit: datetime | None, **own: Any
) -> Obligation:
    """What one office owes under an item, due by `limit` at the latest, with values of its `own`: its number, an officer.

    Raises Unmet."""
    passes_on = part != "support" and bool(passes_on_to(world, delivery.workflow, holder))
    kind = (item.number, part, holder.level, holder.outside, passes_on, limit)
    like = delivery.given.get(kind)
    if like is None:
        like = delivery.given[kind] = _owed(world, delivery, item, holder, part, limit, passes_on)
    return like.but(holder=holder.id, **own)


def _owed(
    world: World, delivery: Delivery, item: Item, holder: Office, part: str, limit: datetime | None, passes_on: bool
) -> Obligation:
    """What an office of this kind owes: the same for every one at its level, but for who it is and its number."""
    workflow, directive, definition = delivery.workflow, delivery.directive, delivery.workflow.definition
    _check_place(world, workflow, directive, holder)
    mode = "info" if part == "info" else item.mode
    received_at = delivery.now if delivery.received or passes_on else None
    machine, receive_by = workflow.machine_at(holder.level), None
    state = world.batch.step(machine, UNASSIGNED, "assign")
    receive, rule = workflow.rules_at(holder.level).action_that("mark_received"), definition.deadlines.receive
    if received_at and receive:
        state = world.batch.step(machine, state, receive)
    elif rule and not holder.outside:
        receive_by = deadlines.reckon(rule, delivery.reached, delivery.calendar).at
    ends = definition.ends_at_year_end(mode, holder.level)
    ends_on = periods.year_end(definition, mode, last_day(delivery.reached)) if ends else None
    due = None
    if dating.has_own_date(mode):
        share = Share(item, directive, part, holder.level, world.office(directive.issuer).level, limit)
        due = dating.date_for(definition, share, delivery.reached, receive_by, received_at, delivery.calendar)
    planned = due is not None and "planned" in due.because.notes
    due_at = due.at if due and not planned else None
    return Obligation(
        number=0,
        directive=directive.number,
        item=item.number,
        level=holder.level,
        holder=holder.id,
        giver=directive.issuer,
        part=part,
        mode=mode,
        workflow=workflow.key,
        state=state,
        assigned_at=delivery.reached,
        parent=item.parent,
        until=day_end(ends_on) if ends_on else None,
        counted=joins.is_counted(part, mode, item.parent),
        receive_by=receive_by,
        received_at=received_at,
        due_at=due_at,
        first_due_at=due_at,
        because=due.because if due else None,
        armed_at=max(delivery.now, item_dates.begins_at(item) or delivery.now) if due else None,
        waits_for=item.due_event if dating.has_own_date(mode) and item_dates.waits(item) else None,
        planned_for=due.at if due and planned else None,
        opening=directive.means == "opening",
    )


def _check_place(world: World, workflow: Workflow, directive: Directive, holder: Office) -> None:
    issuer, levels = world.office(directive.issuer), workflow.definition.levels
    asked = say("issue {symbol}", symbol=directive.symbol)
    for office in (issuer, holder):
        if office.level not in levels:
            because = say(
                "{office} is at level {level}, which {key} does not know ({levels})",
                office=office.id, level=repr(office.level), key=workflow.key, levels=tuple(levels),
            )  # fmt: skip
            raise Unmet(asked, because)
    if not workflow.definition.is_below(holder.level, issuer.level):
        because = say(
            "{holder} ({holder_level}) is not at a level below {issuer} ({issuer_level})",
            holder=holder.id, holder_level=holder.level, issuer=issuer.id, issuer_level=issuer.level,
        )  # fmt: skip
        raise Unmet(asked, because)
