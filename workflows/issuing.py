"""The law of issuing: a directive and its items become obligations, each with its date.

A directive may be recorded for an outside office, pass an obligation on (by dispatch or endorsement), take the place of
another one, take over an earlier list, or pass on by itself, level by level, where the workflow says so.
"""

from collections.abc import Iterator
from datetime import datetime

from workflows import assigning, ending, following_up, issuable, passing_on, renewal
from workflows.assigning import Delivery
from workflows.calendar import Calendar, day_end, day_of
from workflows.causes import Cause
from workflows.commands import Issue
from workflows.directive import Cascade, Directive, Item, cascade_id_of
from workflows.errors import Unmet
from workflows.facts import CascadeOpened, DueSet, Fact, Issued
from workflows.machine import directive_machine
from workflows.offices import Office
from workflows.text import say
from workflows.words import DATED, PARTS
from workflows.workflow import Workflow
from workflows.world import World


def issue(world: World, command: Issue, now: datetime) -> Iterator[Fact]:
    """Facts of a directive being issued or, for an outside issuer, recorded. Raises Refused."""
    workflow = world.workflows.get(command.workflow)
    issuer = world.office(command.issuer)
    command = ending.with_parents(world, command)
    parents = [world.obligation(number) for number in sorted({one.parent for one in command.items if one.parent})]
    command = passing_on.endorsed(world, command, parents)
    issuable.check_in_use(world, command, workflow, parents)
    issuable.check_document(command, now)
    issuable.check_seat(world, command, issuer, workflow)
    if command.continues and command.cascade:
        asked = say("let {symbol} continue cascade {cascade}", symbol=command.symbol, cascade=command.continues)
        raise Unmet(asked, say("only a document that opens a cascade continues another one"))
    issuable.check_parties(world, command)
    if world.cascade is None:
        yield _opened(world, command, workflow)
    cascade = world.opened if world.cascade else _new_cascade(world, command, workflow)
    issuable.check_arrival(world, command, cascade, workflow, now)
    numbers = passing_on.Numbers(cascade.next_directive, cascade.next_obligation)
    directive = _directive(world, command, issuer, workflow, numbers.next_directive(), now)
    relayed = [fact for parent in parents for fact in passing_on.relayed_by(world, parent, directive, command, now)]
    limits = {parent.number: parent.due_at for parent in parents}
    limits |= {fact.number: fact.due_at for fact in relayed if isinstance(fact, DueSet)}
    moded = [
        following_up.with_mode(world, draft, workflow, directive, limits.get(draft.parent or 0))
        for draft in command.items
    ]
    moded = [following_up.with_targets(draft, workflow) for draft in moded]
    items = tuple(
        Item(directive.number, place, draft.label, draft.text, draft.mode or DATED, draft.due, draft.due_wording,
             draft.parent, draft.due_form, draft.due_rule, draft.due_event, None, draft.due_from, draft.targets,
             draft.bases)
        for place, draft in enumerate(moded, 1)
    )  # fmt: skip
    yield Issued(directive, items, command.original)
    yield from relayed
    delivery = _delivery(world, command, cascade, workflow, directive, now)
    replacing = ending.Replacing(world, command, directive, items, delivery) if command.replaces else None
    made = []
    for item, draft in zip(items, moded, strict=True):
        limit = limits.get(item.parent or 0)
        own = {name: getattr(draft, name) for name in ("officer", "controller", "recipient", "note")}
        for part in PARTS:
            for holder in getattr(draft, part):
                if replacing and (old := replacing.takes_over(item, holder, part)):
                    yield from replacing.repointed(old, item, limit)
                    continue
                office, number = world.office(holder), numbers.next_obligation()
                one = assigning.assignment(world, delivery, item, office, part, limit, number=number, **own)
                if one.part in passing_on.PASSED_ON and office.level in workflow.definition.passes_on_at:
                    made.append(one)
                yield assigning.assigned(world, one, delivery.cause)
    if replacing:
        yield from replacing.ended()
    yield from passing_on.passed_on(world, delivery, dict.fromkeys(items), made, numbers)


def _renew_at(world: World, command: Issue, workflow: Workflow, now: datetime) -> datetime | None:
    """When the cascade that this directive opens goes on anew, if it opens one; an opened one counts from its own day."""
    if world.cascade is not None or command.cascade is not None:
        return None
    since = day_of(now) if command.means == renewal.MEANS else command.arrived_on or command.issued_on
    calendar = _calendar_of(world, command, workflow)
    return renewal.renew_at(workflow.definition.renewal, since, command.renewals, calendar)


def _directive(
    world: World, command: Issue, issuer: Office, workflow: Workflow, number: int, now: datetime
) -> Directive:
    recorded = issuer.outside or command.means in ("opening", renewal.MEANS)
    return Directive(
        number=number,
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
        recorded_by=str(command.by) if recorded else None,
        replaces=command.replaces,
        renew_at=_renew_at(world, command, workflow, now),
        renewals=command.renewals,
        continues=command.continues,
    )


def _delivery(
    world: World, command: Issue, cascade: Cascade, workflow: Workflow, directive: Directive, now: datetime
) -> Delivery:
    """How the directive reaches its holders: when, and whether that is their receipt."""
    opening = command.means == "opening"
    reached = min(day_end(command.arrived_on), now) if command.arrived_on and not opening else now
    calendar = world.calendars[cascade.calendar]
    cause = Cause("opening") if opening else None
    return Delivery(workflow, calendar, directive, reached, now, received=opening, cause=cause)


def _calendar_of(world: World, command: Issue, workflow: Workflow) -> Calendar:
    """The newest version of the calendar that a new cascade computes with. Raises Unmet where it is not there."""
    name = workflow.definition.calendar
    versions = [calendar for calendar in world.calendars.values() if calendar.name == name]
    if not versions:
        asked = say("issue {symbol}", symbol=command.symbol)
        because = say("calendar {name} of {key} is not in this database", name=repr(name), key=workflow.key)
        raise Unmet(asked, because)
    return max(versions, key=lambda calendar: calendar.version)


def _new_cascade(world: World, command: Issue, workflow: Workflow) -> Cascade:
    newest = _calendar_of(world, command, workflow)
    year = f" ({command.issued_on.year + command.renewals})" if command.renewals else ""
    title = f"{command.symbol} {command.subject}{year}"
    return Cascade(cascade_id_of(command.id), title, workflow.key, newest.key)


def _opened(world: World, command: Issue, workflow: Workflow) -> CascadeOpened:
    cascade = _new_cascade(world, command, workflow)
    return CascadeOpened(cascade.id, cascade.title, cascade.workflow, cascade.calendar, world.simulated)
