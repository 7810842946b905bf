"""The law of issuing: a directive and its items become obligations, each with its date."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from workflows import deadlines, joins
from workflows.calendar import Calendar, day_end, last_day
from workflows.commands import Issue, ItemDraft
from workflows.deadlines import Due
from workflows.definition import Definition, DueRule, TimeRule
from workflows.directive import Cascade, Directive, Item, cascade_id_of
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Acted, Assigned, CascadeOpened, DueSet, Fact, Issued
from workflows.fields import show_day
from workflows.machine import UNASSIGNED, StepRefused, directive_machine
from workflows.obligation import Obligation
from workflows.offices import Office
from workflows.words import DATED
from workflows.workflow import Workflow
from workflows.world import World

_PARTS = ("lead", "support", "info")


def issue(world: World, command: Issue, now: datetime) -> Iterator[Fact]:
    """Facts of a directive being issued or, for an outside issuer, recorded. Raises Refused."""
    workflow = world.workflows.get(command.workflow)
    issuer = world.office(command.issuer)
    _check_document(command, now)
    _check_seat(world, command, issuer)
    if world.cascade is None:
        yield _opened(world, command, workflow)
    cascade = world.opened if world.cascade else _new_cascade(world, command, workflow)
    calendar = world.calendars[cascade.calendar]
    directive = Directive(
        number=cascade.next_directive,
        symbol=command.symbol,
        type=command.type,
        issuer=issuer.id,
        issued_on=command.issued_on,
        subject=command.subject,
        workflow=workflow.key,
        state=directive_machine().step("draft", "issue"),
        means=command.means,
        arrived_on=command.arrived_on,
        arrival_number=command.arrival_number,
        place=command.place,
        signer=command.signer,
        urgency=command.urgency,
        recorded_by=str(command.by) if issuer.outside else None,
    )
    parents = sorted({draft.parent for draft in command.items if draft.parent})
    relayed = [fact for number in parents for fact in _relayed(world, number, directive, now)]
    limits = {number: world.obligation(number).due_at for number in parents}
    limits |= {fact.number: fact.due_at for fact in relayed if isinstance(fact, DueSet)}
    moded = [_with_mode(draft, workflow, limits.get(draft.parent or 0)) for draft in command.items]
    items = tuple(
        Item(directive.number, place, draft.label, draft.text, draft.mode or DATED, draft.due, draft.due_wording,
             draft.parent, draft.bases)
        for place, draft in enumerate(moded, 1)
    )  # fmt: skip
    yield Issued(directive, items)
    yield from relayed
    reached = min(day_end(command.arrived_on), now) if command.arrived_on else now
    number = cascade.next_obligation
    for item, draft in zip(items, moded, strict=True):
        limit = limits.get(item.parent or 0)
        for part in _PARTS:
            for holder in getattr(draft, part):
                office = world.office(holder)
                made = assignment(world, workflow, calendar, directive, item, office, part, reached, now, limit)
                named = made.but(
                    number=number, officer=draft.officer, controller=draft.controller, recipient=draft.recipient
                )
                yield assigned(world, named)
                number += 1


def assigned(world: World, obligation: Obligation, cause: str | None = None) -> Assigned:
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
) -> Assigned:
    """The obligation that a period or an event of a standing one gives; received, where the standing one was."""
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
        counted=False,
        receive_by=receive_by,
        received_at=now if standing.received_at else None,
        due_at=due.at if due else None,
        first_due_at=due.at if due else None,
        because=due.because if due else None,
        armed_at=now if due else None,
        sent_at=None,
        rested_at=None,
        fired=(),
        leads_open=0,
        leads_done=0,
        leads_void=0,
        joined_at=None,
        wake_at=None,
    )
    return assigned(world, made, f"{period} of obligation {standing.number}{f': {note}' if note else ''}")


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
    due = None
    if has_own_date(mode):
        due = date_for(definition, item, limit, reached, receive_by, None, calendar)
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
        counted=joins.is_counted(part, mode, item.parent),
        receive_by=receive_by,
        due_at=due.at if due else None,
        first_due_at=due.at if due else None,
        because=due.because if due else None,
        armed_at=now if due else None,
    )


def date_for(
    definition: Definition,
    item: Item,
    parent_due_at: datetime | None,
    reached: datetime,
    receive_by: datetime | None,
    received_at: datetime | None,
    calendar: Calendar,
) -> Due | None:
    """The date of an obligation that is done once, with its explanation; None where the workflow gives it none.

    A date that counts from receipt exists from the first moment: it counts from the last day to receive until the
    receipt is known, and a late receipt wins no time.
    """
    if item.due_at:
        return deadlines.as_written(item.due_at, item.due_wording, calendar)
    mode = definition.undated_items.get(item.mode)
    if mode and mode.due:
        start, notes = _start_of(mode.due, reached, receive_by, received_at)
        return deadlines.within(deadlines.reckon(mode.due, start, calendar, *notes), parent_due_at)
    rule = next((rule for rule in definition.deadlines.due if _holds(rule, item, parent_due_at)), None)
    if rule is None or not isinstance(rule.is_, TimeRule):
        return None
    start, notes = _start_of(rule.is_, reached, receive_by, received_at)
    if rule.is_.event == "parent_due":
        assert parent_due_at is not None  # `parent_dated` holds, or the check of the definition has refused it
        start = parent_due_at
    due = deadlines.reckon(rule.is_, start, calendar, *notes)
    if due.at <= reached and parent_due_at and rule.if_no_room == "parent_due":
        because = replace(due.because, result_on=last_day(parent_due_at), notes=("no_room",))
        return Due(parent_due_at, because)
    return deadlines.within(due, parent_due_at)


def date_at_receipt(world: World, obligation: Obligation, received_at: datetime, now: datetime) -> Iterator[DueSet]:
    """The date that becomes known with the receipt, where it is another one than before."""
    if not has_own_date(obligation.mode) or obligation.part == "info":
        return
    definition, item = world.workflow_of(obligation).definition, world.item(obligation.directive, obligation.item)
    limit = world.obligation(obligation.parent).due_at if obligation.parent else None
    due = date_for(definition, item, limit, obligation.assigned_at, obligation.receive_by, received_at, world.calendar)
    if due and due.because != obligation.because:
        yield DueSet(obligation.number, due.at, due.because, "receipt", now)


def has_own_date(mode: str) -> bool:
    """Is an obligation with this follow-up mode done once, by a date? The others stand, or are followed elsewhere."""
    return mode in ("once", DATED)


def _start_of(
    rule: TimeRule, reached: datetime, receive_by: datetime | None, received_at: datetime | None
) -> tuple[datetime, tuple[str, ...]]:
    if rule.event != "receipt":
        return reached, ()
    if received_at is None:
        return (receive_by, ("provisional",)) if receive_by else (reached, ())
    if receive_by and received_at > receive_by:
        return receive_by, ("received_late",)
    return received_at, ()


def _holds(rule: DueRule, item: Item, parent_due_at: datetime | None) -> bool:
    match rule.when:
        case "date_written":
            return item.due_at is not None
        case "parent_dated":
            return parent_due_at is not None
    return True


def _with_mode(draft: ItemDraft, workflow: Workflow, limit: datetime | None) -> ItemDraft:
    """The item with its follow-up mode settled. Raises Incomplete where nobody chose one, or nobody is named."""
    asked = f"issue item {draft.label}"
    if not draft.lead and not draft.info:
        raise Incomplete(asked, "no office leads it, and none is to be informed")
    twice = [office for office, times in Counter((*draft.lead, *draft.support, *draft.info)).items() if times > 1]
    if twice:
        raise Incomplete(asked, f"{twice[0]!r} is named more than once")
    definition = workflow.definition
    if draft.due:
        if draft.mode not in (None, "once", DATED):
            raise Incomplete(asked, f"it gives a date, so it cannot be followed up as {draft.mode!r}")
        _check_parent_date(draft, definition, limit, asked)
        return replace(draft, mode=DATED)
    if draft.mode:
        if draft.mode not in definition.undated_items:
            allowed = ", ".join(definition.undated_items) or "none in this workflow: give a date"
            raise Incomplete(asked, f"{draft.mode!r} is not a follow-up mode of {workflow.key}; allowed: {allowed}")
        return draft
    probe = Item(0, 0, draft.label, draft.text, DATED, parent=draft.parent)
    rule = next((rule for rule in definition.deadlines.due if _holds(rule, probe, limit)), None)
    if rule is None or not isinstance(rule.is_, TimeRule):
        raise Incomplete(asked, f"it gives no date: choose its mode, one of {', '.join(definition.undated_items)}")
    return replace(draft, mode=DATED)


def _check_parent_date(draft: ItemDraft, definition: Definition, limit: datetime | None, asked: str) -> None:
    if definition.deadlines.later_than_parent == "refuse" and limit and draft.due and draft.due > limit:
        raise Unmet(
            asked,
            f"its date {show_day(last_day(draft.due))} is later than {show_day(last_day(limit))}, the date of obligation"
            f" {draft.parent} above it; have that one extended first",
        )


def _check_document(command: Issue, now: datetime) -> None:
    asked = f"issue {command.symbol}"
    if not command.items:
        raise Incomplete(asked, "it has no item")
    if day_end(command.issued_on) > day_end(last_day(now)):
        raise Incomplete(asked, f"its date {show_day(command.issued_on)} has not come yet")
    if command.arrived_on and command.arrived_on < command.issued_on:
        raise Incomplete(asked, f"it cannot have arrived on {show_day(command.arrived_on)}, before its own date")
    if command.arrived_on and day_end(command.arrived_on) > day_end(last_day(now)):
        raise Incomplete(asked, f"its arrival on {show_day(command.arrived_on)} has not come yet")


def _check_seat(world: World, command: Issue, issuer: Office) -> None:
    """A directive is issued by its issuer's leader or clerk; an outside one is recorded by the host's clerk."""
    host = world.offices.host
    if issuer.outside:
        allowed = [(host.id, "clerk")] if host else []
    else:
        allowed = [(issuer.id, "leader"), (issuer.id, "clerk")]
    if (command.by.office, command.by.role) not in allowed:
        who = (
            " or ".join(f"{office}/{role}" for office, role in allowed) or "the host's clerk, and no office is the host"
        )
        raise NotYours(f"issue {command.symbol} of {issuer.id}", f"that is for {who}, and you are {command.by}")


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


def _relayed(world: World, number: int, directive: Directive, now: datetime) -> Iterator[Fact]:
    """The steps by which an obligation above is passed on. A holder that passes it on has evidently received it."""
    parent = world.obligation(number)
    workflow = world.workflow_of(parent)
    asked = f"issue {directive.symbol} under obligation {number}"
    if parent.holder != directive.issuer:
        raise Unmet(asked, f"it is owed by {parent.holder}, and only its holder passes it on")
    relay, receive = workflow.definition.action_that("issue_below"), workflow.definition.action_that("mark_received")
    if relay is None:
        raise Unmet(asked, f"workflow {workflow.key} has no action that passes an obligation on")
    cause = f"{directive.symbol} was issued"
    state = parent.state
    if receive and parent.received_at is None and relay not in workflow.machine.open_from(state):
        try:
            after = workflow.machine.step(state, receive)
        except StepRefused as refused:
            raise Unmet(asked, f"it is {state!r}, from which it cannot be passed on") from refused
        yield Acted(number, receive, state, after, received_at=now, cause=cause)
        yield from date_at_receipt(world, parent, now, now)
        state = after
    try:
        after = workflow.machine.step(state, relay)
    except StepRefused as refused:
        raise Unmet(asked, f"it is {state!r}, from which it cannot be passed on") from refused
    yield Acted(number, relay, state, after, cause=cause)


def _new_cascade(world: World, command: Issue, workflow: Workflow) -> Cascade:
    name = workflow.definition.calendar
    versions = [calendar for calendar in world.calendars.values() if calendar.name == name]
    if not versions:
        raise Unmet(f"issue {command.symbol}", f"calendar {name!r} of {workflow.key} is not in this database")
    newest = max(versions, key=lambda calendar: calendar.version)
    return Cascade(cascade_id_of(command.id), f"{command.symbol} {command.subject}", workflow.key, newest.key)


def _opened(world: World, command: Issue, workflow: Workflow) -> CascadeOpened:
    cascade = _new_cascade(world, command, workflow)
    return CascadeOpened(cascade.id, cascade.title, cascade.workflow, cascade.calendar, world.simulated)
