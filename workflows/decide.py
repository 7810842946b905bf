"""The verdict: a command and a world in, facts out, or Refused. Nothing else is asked and nothing is changed."""

from collections.abc import Iterator
from datetime import datetime

from workflows import joins
from workflows.acting import act
from workflows.calendar import day_end
from workflows.causes import Cause
from workflows.commands import Act, Command, Elapse, End, Issue
from workflows.elapsing import elapse
from workflows.errors import Incomplete, NotOpen, NotYours, Unmet
from workflows.facts import DirectiveMoved, Fact
from workflows.fields import check_fields, parse_day
from workflows.issuing import issue
from workflows.machine import StepRefused, directive_machine
from workflows.world import World


def decide(world: World, command: Command, now: datetime) -> list[Fact]:
    """The facts of a command at an instant. Raises Refused or NotFound; then nothing has happened."""
    if not command.id and not isinstance(command, Elapse):
        raise Incomplete("act", "the command has no id, so it could not be told from another one")
    try:
        facts = list(_law(world, command, now))
    except StepRefused as refused:
        raise NotOpen(f"carry out {type(command).__name__.lower()}", str(refused)) from refused
    return [*facts, *joins.bearing(world, facts, now)]


def happened_at(command: Command, fact: Fact, now: datetime) -> datetime:
    """When it happened: what the paper says where there is one, the moment a clock was set to, or now."""
    match command:
        case Issue():
            return min(day_end(command.issued_on), now)
        case Act():
            given = command.fields.get("happened_on") or command.fields.get("sent_on") or command.fields.get("event_on")
            return min(day_end(parse_day(given)), now) if given else now
        case Elapse():
            at = getattr(fact, "at", None) or getattr(fact, "due_at", None) or getattr(fact, "by", None)
            at = at or getattr(fact, "closed_at", None)
            return min(at, now) if at else now
    return now


def _law(world: World, command: Command, now: datetime) -> Iterator[Fact]:
    match command:
        case Issue():
            return issue(world, command, now)
        case Act():
            return act(world, command, now)
        case Elapse():
            return elapse(world, command.obligation, now)
        case End():
            return _end(world, command, now)


def _end(world: World, command: End, now: datetime) -> Iterator[Fact]:
    """A directive is revoked by who issued it; what is open under it stops, all the way down."""
    directive = world.directive(command.directive)
    asked = f"{command.step} directive {directive.number} ({directive.symbol})"
    issuer, host = world.office(directive.issuer), world.offices.host
    seat = (host.id if host else "", "clerk") if issuer.outside else (issuer.id, "leader")
    if (command.by.office, command.by.role) != seat:
        raise NotYours(asked, f"that is for {'/'.join(seat)}, and you are {command.by}")
    if command.step != "revoke":
        raise Unmet(asked, "a directive is ended by revoking it; replacing and completing are not built yet")
    check_fields({"document": "document", "reason": "text"}, _said(command), world.offices, asked)
    try:
        after = directive_machine().step(directive.state, command.step)
    except StepRefused:
        open_now = directive_machine().open_from(directive.state)
        raise NotOpen(asked, f"it is {directive.state!r}", open_now) from None
    yield DirectiveMoved(directive.number, command.step, directive.state, after, command.document)
    if world.workflows.get(directive.workflow).definition.when_directive.revoked.open_work == "keep":
        return
    for obligation in world.under(directive.number):
        if obligation.open:
            yield joins.stopped(
                world, obligation, now, Cause("directive_ended", text=f"{directive.symbol}, {command.document}")
            )
        yield from joins.stopped_below(world, obligation, now)


def _said(command: End) -> dict[str, str]:
    return {"document": command.document, "reason": command.reason}
