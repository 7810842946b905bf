"""The verdict: a command and a world in, facts out, or Refused. Nothing else is asked and nothing is changed."""

from collections.abc import Callable, Iterator
from datetime import datetime

from workflows import attachments, joins, recalendaring, renewal
from workflows.acting import act
from workflows.calendar import day_end
from workflows.commands import (
    Act,
    Amend,
    AnswerIncident,
    AnswerRenewal,
    Attach,
    Command,
    Correct,
    Elapse,
    End,
    EndBasis,
    FollowCalendar,
    Issue,
    Link,
    MakeOffer,
    Renew,
)
from workflows.correcting import correct
from workflows.elapsing import answer_incident, elapse
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
    return list(deciding(world, command, now))


def deciding(world: World, command: Command, now: datetime) -> Iterator[Fact]:
    """The same, fact by fact: a directive to a million offices is never held whole.

    The world may follow the facts as they come, since the law never looks at what its own earlier facts have changed.
    A refusal may come after some of them: whoever carries them out does so wholly or not at all.
    """
    if not command.id and not isinstance(command, Elapse | Renew):
        raise Incomplete(say("act"), say("the command has no id, so it could not be told from another one"))
    bearing = joins.Bearing(world)
    try:
        for fact in _law(world, command, now):
            bearing.saw(fact)
            yield fact
    except StepRefused as refused:
        asked = say("carry out {command}", command=type(command).__name__.lower())
        raise NotOpen(asked, str(refused)) from refused
    yield from bearing.facts(now)


def happened_at(command: Command, now: datetime) -> Callable[[Fact], datetime]:
    """When each fact of a command happened: what the paper says where there is one, the moment a clock was set to, or now."""
    if isinstance(command, Elapse | Renew):
        return lambda fact: _ran_out(fact, now)
    at = _on_paper(command, now)
    return lambda _: at


def _ran_out(fact: Fact, now: datetime) -> datetime:
    at = getattr(fact, "at", None) or getattr(fact, "due_at", None) or getattr(fact, "by", None)
    at = at or getattr(fact, "closed_at", None)
    return min(at, now) if at else now


def _on_paper(command: Command, now: datetime) -> datetime:
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
    return now


def _law(world: World, command: Command, now: datetime) -> Iterator[Fact]:
    match command:
        case Issue():
            return issue(world, command, now)
        case Act():
            return act(world, command, now)
        case Attach():
            return attachments.attach(world, command)
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
        case FollowCalendar():
            return recalendaring.follow(world, command, now)
        case AnswerIncident():
            return answer_incident(world, command, now)
        case Renew():
            return renewal.renew(world, command.directive, now)
        case AnswerRenewal():
            return renewal.answered(world, command, now)
