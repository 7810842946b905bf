"""An obligation coming to be: what one office owes under an item, or under a standing obligation."""

from datetime import date, datetime

from workflows import dating, deadlines, joins, periods
from workflows.calendar import Calendar, day_end, last_day
from workflows.causes import Cause
from workflows.deadlines import Due
from workflows.directive import Directive, Item
from workflows.errors import Unmet
from workflows.facts import Assigned
from workflows.machine import UNASSIGNED
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.workflow import Workflow
from workflows.world import World


def assigned(world: World, obligation: Obligation, cause: Cause | None = None) -> Assigned:
    """The fact of an obligation coming to be, told to its holder's clerk where the holder is inside."""
    inside = not world.office(obligation.holder).outside
    told = world.offices.reach(obligation.holder, "clerk") if inside else None
    return Assigned(obligation, (told,) if told else (), cause)


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
    state, receive_by = workflow.machine.step(UNASSIGNED, "assign"), None
    receive, rule = workflow.definition.action_that("mark_received"), workflow.definition.deadlines.receive
    if standing.received_at and receive:
        state = workflow.machine.step(state, receive)
    elif rule and not world.office(standing.holder).outside:
        receive_by = deadlines.reckon(rule, now, world.calendar).at
    made = standing.but(
        number=number or world.opened.next_obligation,
        state=state,
        assigned_at=now,
        standing=standing.number,
        period=period,
        data_from=data[0] if data else None,
        data_to=data[1] if data else None,
        until=None,
        returned_period=None,
        returned_events=None,
        counted=False,
        receive_by=receive_by,
        received_at=now if standing.received_at else None,
        due_at=due.at if due else None,
        first_due_at=due.at if due else None,
        because=due.because if due else None,
        armed_at=now if due else None,
        sent_at=None,
        sent_by=None,
        reported_with=None,
        rested_at=None,
        answer_by=None,
        extensions=0,
        request=None,
        rung=0,
        rung_at=None,
        held_until=None,
        fired=(),
        failures=0,
        retry_at=None,
        leads_open=0,
        leads_done=0,
        leads_void=0,
        joined_at=None,
        wake_at=None,
    )
    return assigned(
        world,
        made,
        Cause("event", standing.number, f"{period}: {note}") if note else Cause("period", standing.number, period),
    )


def assignment(
    world: World,
    workflow: Workflow,
    calendar: Calendar,
    directive: Directive,
    item: Item,
    holder: Office,
    part: str,
    reached: datetime,
    now: datetime,
    limit: datetime | None,
) -> Obligation:
    """What one office owes under an item, due by `limit` at the latest, numbered 0 until the caller numbers it.

    Raises Unmet."""
    _check_place(world, workflow, directive, holder)
    definition = workflow.definition
    mode = "info" if part == "info" else item.mode
    receive_by = None
    if definition.deadlines.receive and not holder.outside:
        receive_by = deadlines.reckon(definition.deadlines.receive, reached, calendar).at
    ends_on = periods.year_end(definition, mode, last_day(reached)) if definition.ends_at_year_end(mode) else None
    due = None
    if dating.has_own_date(mode):
        due = dating.date_for(definition, item, limit, reached, receive_by, None, calendar)
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
        state=workflow.machine.step(UNASSIGNED, "assign"),
        assigned_at=reached,
        parent=item.parent,
        until=day_end(ends_on) if ends_on else None,
        counted=joins.is_counted(part, mode, item.parent),
        receive_by=receive_by,
        due_at=due.at if due else None,
        first_due_at=due.at if due else None,
        because=due.because if due else None,
        armed_at=now if due else None,
    )


def _check_place(world: World, workflow: Workflow, directive: Directive, holder: Office) -> None:
    issuer = world.office(directive.issuer)
    levels = workflow.definition.levels
    for office in (issuer, holder):
        if office.level not in levels:
            raise Unmet(
                f"issue {directive.symbol}",
                f"{office.id} is at level {office.level!r}, which {workflow.key} does not know ({', '.join(levels)})",
            )
    if not workflow.definition.is_below(holder.level, issuer.level):
        raise Unmet(
            f"issue {directive.symbol}",
            f"{holder.id} ({holder.level}) is not at a level below {issuer.id} ({issuer.level})",
        )
