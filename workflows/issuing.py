"""The law of issuing: a directive and its items become obligations, each with its date."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from workflows import assigning, dating, parties
from workflows.calendar import day_end, last_day
from workflows.causes import Cause
from workflows.commands import Issue, ItemDraft
from workflows.definition import Definition, TimeRule
from workflows.directive import Cascade, Directive, Item, cascade_id_of
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Acted, CascadeOpened, DueSet, Fact, Issued
from workflows.fields import is_text, show_day
from workflows.machine import StepRefused, directive_machine
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
    for name in {name for draft in moded for name in (draft.controller, draft.recipient) if name}:
        world.office(name)
    for item, draft in zip(items, moded, strict=True):
        limit = limits.get(item.parent or 0)
        for part in _PARTS:
            for holder in getattr(draft, part):
                office = world.office(holder)
                made = assigning.assignment(
                    world, workflow, calendar, directive, item, office, part, reached, now, limit
                )
                named = made.but(
                    number=number, officer=draft.officer, controller=draft.controller, recipient=draft.recipient
                )
                yield assigning.assigned(world, named)
                number += 1


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
    rule = dating.first_rule(definition, probe, limit)
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
    texts = (command.symbol, command.subject, command.place, command.signer, command.reason, command.arrival_number)
    if not all(is_text(text) for text in (*texts, *(item.text for item in command.items)) if text):
        raise Incomplete(asked, "it holds characters that are no text")
    for item in command.items:
        if item.due and last_day(item.due) < command.issued_on:
            raise Incomplete(asked, f"item {item.label} is due {show_day(last_day(item.due))}, before its own date")
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
    parties.check_deputy(world, command.by, "issue", f"issue {command.symbol} of {issuer.id}")


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
    cause = Cause("issued", text=directive.symbol)
    state = parent.state
    if receive and parent.received_at is None and relay not in workflow.machine.open_from(state):
        try:
            after = workflow.machine.step(state, receive)
        except StepRefused as refused:
            raise Unmet(asked, f"it is {state!r}, from which it cannot be passed on") from refused
        yield Acted(number, receive, state, after, received_at=now, cause=cause)
        yield from dating.date_at_receipt(world, parent, now, now)
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
