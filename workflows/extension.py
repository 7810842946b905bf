"""The law of extensions: a request beside the state machine, asked by the holder and decided by the giver."""

from collections.abc import Iterator
from datetime import datetime

from workflows import dating, deadlines, parties
from workflows.calendar import last_day
from workflows.commands import Act
from workflows.definition import ExtensionBlock
from workflows.errors import Incomplete, Unmet
from workflows.facts import DueSet, ExtensionGranted, ExtensionRefused, ExtensionRequested, Fact
from workflows.fields import parse_instant, show_day
from workflows.obligation import Because, ExtensionRequest, Obligation
from workflows.text import say
from workflows.world import World


def requestable(world: World, obligation: Obligation) -> bool:
    """Could another date be asked for as it stands?"""
    block = world.workflow_of(obligation).definition.extension
    unasked = obligation.request is None and obligation.rested_at is None
    return block is not None and obligation.due_at is not None and unasked


def decidable(world: World, obligation: Obligation) -> bool:
    """Is there a request to decide?"""
    return obligation.request is not None


def request_extension(
    world: World, obligation: Obligation, command: Act, asked: str, now: datetime, doer: str
) -> Iterator[Fact]:
    """The holder asks. Raises Unmet naming the rule in the way, Incomplete for an unusable date."""
    block, due_at = world.workflow_of(obligation).definition.extension, obligation.due_at
    if block is None or due_at is None:
        raise Unmet(asked, "it has no date that could be moved")
    if obligation.request:
        raise Unmet(asked, f"a request to {show_day(last_day(obligation.request.until))} waits for an answer")
    if obligation.rested_at:
        raise Unmet(asked, "its clock rests while the giver has to answer")
    limit = block.rules.granted_at_most
    if limit is not None and obligation.extensions >= limit:
        raise Unmet(asked, f"it was extended {obligation.extensions} times, and {limit} is the most")
    _check_in_time(world, block, due_at, asked, now)
    until = parse_instant(command.fields["until"])
    if until <= due_at:
        raise Incomplete(asked, f"until {show_day(last_day(until))} is not later than {show_day(last_day(due_at))}")
    _check_parent(world, block, obligation, until, asked)
    decide_by = deadlines.reckon(block.rules.decide, now, world.calendar).at if block.rules.decide else None
    request = ExtensionRequest(until, command.fields["reason"], now, doer, decide_by)
    yield ExtensionRequested(obligation.number, request, parties.told(world, block.decided_by, obligation))


def grant_extension(world: World, obligation: Obligation, asked: str, now: datetime, doer: str) -> Iterator[Fact]:
    """The giver grants the date that was asked for; the parent's date is looked at again, it may have moved since."""
    request, block = _open_request(obligation, asked), world.workflow_of(obligation).definition.extension
    if block is None:
        raise Unmet(asked, "its workflow knows no extensions")
    same = parties.same_person(request.asked_by, doer)
    if same:
        raise Unmet(asked, say("{person} asked for it, and nobody decides on a request of their own", person=same))
    _check_parent(world, block, obligation, request.until, asked)
    told = parties.told(world, block.asked_by, obligation)
    yield ExtensionGranted(obligation.number, request.until, request.asked_at, now, told)
    result = last_day(request.until)
    because = Because("extended", result, world.calendar.key, last_day(request.asked_at), label=request.reason)
    yield DueSet(obligation.number, request.until, because, "extension", now)


def refuse_extension(world: World, obligation: Obligation, command: Act, asked: str, now: datetime) -> Iterator[Fact]:
    """The giver keeps the date and says why. The days that the answer took are given back."""
    request, block = _open_request(obligation, asked), world.workflow_of(obligation).definition.extension
    told = parties.told(world, block.asked_by if block else (), obligation)
    reason = command.fields["reason"]
    yield ExtensionRefused(obligation.number, request.until, request.asked_at, now, reason, told)
    yield from dating.date_after_rest(world, obligation, now, now)


def _open_request(obligation: Obligation, asked: str) -> ExtensionRequest:
    if obligation.request is None:
        raise Unmet(asked, "no request for another date is open")
    return obligation.request


def _check_in_time(world: World, block: ExtensionBlock, due_at: datetime, asked: str, now: datetime) -> None:
    rule = block.rules.ask_until
    if rule is None:
        return
    last = deadlines.reckon(rule, due_at, world.calendar).at if rule.count else due_at
    if now > last:
        raise Unmet(asked, f"it could be asked for until {show_day(last_day(last))}")


def _check_parent(world: World, block: ExtensionBlock, obligation: Obligation, until: datetime, asked: str) -> None:
    if block.rules.beyond_parent == "allow" or obligation.parent is None or obligation.standing:
        return  # a period's or an event's date was never bound to the one above
    limit = world.obligation(obligation.parent).due_at
    if limit and until > limit:
        raise Unmet(
            asked,
            f"{show_day(last_day(until))} is later than {show_day(last_day(limit))}, the date of obligation"
            f" {obligation.parent} above it; have that one extended first",
        )
