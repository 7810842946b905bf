"""The verdict: a command and a world in, facts out, or Refused. Nothing else is asked and nothing is changed."""

from collections.abc import Iterator
from datetime import datetime

from workflows import joins, renewal
from workflows.acting import act
from workflows.calendar import day_end
from workflows.commands import (
    Act,
    Amend,
    AnswerRenewal,
    Command,
    Correct,
    Elapse,
    End,
    EndBasis,
    Issue,
    Link,
    MakeOffer,
    Renew,
)
from workflows.correcting import correct
from workflows.elapsing import elapse
from workflows.ending import amend, end
from workflows.errors import Incomplete, NotOpen
from workflows.facts import Fact
from workflows.fields import parse_day
from workflows.issuing import issue
from workflows.linking import end_basis, link, make_offer
from workflows.machine import StepRefused
from workflows.text import say
from workflows.world import World


def decide(world: World, command: Command, now: datetime) -> list[Fact]:
    """The facts of a command at an instant. Raises Refused or NotFound; then nothing has happened."""
    if not command.id and not isinstance(command, Elapse | Renew):
        raise Incomplete(say("act"), say("the command has no id, so it could not be told from another one"))
    try:
        facts = list(_law(world, command, now))
    except StepRefused as refused:
        asked = say("carry out {command}", command=type(command).__name__.lower())
        raise NotOpen(asked, str(refused)) from refused
    return [*facts, *joins.bearing(world, facts, now)]


def happened_at(command: Command, fact: Fact, now: datetime) -> datetime:
    """When it happened: what the paper says where there is one, the moment a clock was set to, or now."""
    match command:
        case Issue():
            return min(day_end(command.issued_on), now) if command.means != renewal.MEANS else now
        case Act():
            given = command.fields.get("happened_on") or command.fields.get("sent_on") or command.fields.get("event_on")
            if command.action == "record_task":
                given = command.fields["done_on"]
            return min(day_end(parse_day(given)), now) if given else now
        case End(happened_on=on) | Amend(happened_on=on):
            return min(day_end(on), now) if on else now
        case Elapse() | Renew():
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
            return end(world, command, now)
        case Amend():
            return amend(world, command, now)
        case Link():
            return link(world, command, now)
        case EndBasis():
            return end_basis(world, command, now)
        case MakeOffer():
            return make_offer(world, command, now)
        case Correct():
            return correct(world, command, now)
        case Renew():
            return renewal.renew(world, command.directive, now)
        case AnswerRenewal():
            return renewal.answered(world, command, now)
