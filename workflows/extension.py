"""The law of extensions: a request beside the state machine, asked by the holder and decided by the giver.

The giver grants it, keeps the date, or proposes another one, which the holder takes or lets be. While the giver has to
decide, the holder's clock rests.
"""

from collections.abc import Iterator
from datetime import datetime

from workflows import dating, deadlines, parties
from workflows.calendar import last_day
from workflows.commands import Act
from workflows.definition import ExtensionBlock
from workflows.errors import Incomplete, Unmet
from workflows.facts import (
    DueSet,
    ExtensionCountered,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    ExtensionWithdrawn,
    Fact,
)
from workflows.fields import parse_instant, show_day
from workflows.obligation import Because, ExtensionRequest, Obligation
from workflows.text import Text, say, say_count
from workflows.world import World


def requestable(world: World, obligation: Obligation) -> bool:
    """Could another date be asked for as it stands?"""
    unasked = obligation.request is None and obligation.rested_at is None
    return _block_of(world, obligation) is not None and obligation.due_at is not None and unasked


def pending(world: World, obligation: Obligation) -> bool:
    """Is there a request, decided or not?"""
    return obligation.request is not None


def decidable(world: World, obligation: Obligation) -> bool:
    """Is there a request that the giver has to decide?"""
    return obligation.request is not None and obligation.request.counter is None


def counterable(world: World, obligation: Obligation) -> bool:
    """Could the giver propose another date?"""
    block = _block_of(world, obligation)
    return block is not None and block.rules.counter_offer == "allowed" and decidable(world, obligation)


def answerable(world: World, obligation: Obligation) -> bool:
    """Has the giver proposed a date that the holder can take?"""
    return obligation.request is not None and obligation.request.counter is not None


def request_extension(
    world: World, obligation: Obligation, command: Act, asked: str, now: datetime, doer: str
) -> Iterator[Fact]:
    """The holder asks. Raises Unmet naming the rule in the way, Incomplete for an unusable date."""
    block, due_at = _block_of(world, obligation), obligation.due_at
    if block is None or due_at is None:
        raise Unmet(asked, say("it has no date that could be moved"))
    if obligation.request:
        until = _shown(obligation.request.counter or obligation.request.until)
        raise Unmet(asked, say("a request to {day} waits for an answer", day=until))
    if obligation.rested_at:
        raise Unmet(asked, say("its clock rests"))
    limit = block.rules.granted_at_most
    if limit is not None and obligation.extensions >= limit:
        raise Unmet(asked, _at_most(obligation.extensions, limit))
    _check_in_time(world, block, due_at, asked, now)
    until_at = _later_date(command, due_at, asked)
    _check_parent(world, block, obligation, until_at, asked)
    decide_by = deadlines.reckon(block.rules.decide, now, world.calendar).at if block.rules.decide else None
    request = ExtensionRequest(until_at, command.fields["reason"], now, doer, decide_by)
    yield ExtensionRequested(obligation.number, request, parties.told(world, block.decided_by, obligation))


def grant_extension(
    world: World, obligation: Obligation, asked: str, moment: datetime, now: datetime, doer: str
) -> Iterator[Fact]:
    """The giver grants the date that was asked for; the parent's date is looked at again, it may have moved since."""
    request, block = _undecided(obligation, asked), _block_of(world, obligation)
    if block is None:
        raise Unmet(asked, say("its workflow knows no extensions"))
    _check_person(request, doer, asked)
    yield from _granted(world, obligation, block, request.until, asked, moment, now)


def refuse_extension(
    world: World, obligation: Obligation, command: Act, asked: str, moment: datetime, now: datetime, doer: str
) -> Iterator[Fact]:
    """The giver keeps the date and says why. The days that the answer took are given back."""
    request, block = _undecided(obligation, asked), _block_of(world, obligation)
    _check_person(request, doer, asked)
    told = parties.told(world, block.asked_by if block else (), obligation)
    reason = command.fields["reason"]
    yield ExtensionRefused(obligation.number, request.until, request.asked_at, moment, reason, told)
    yield from dating.date_after_rest(world, obligation, moment, now)


def counter_extension(
    world: World, obligation: Obligation, command: Act, asked: str, moment: datetime, now: datetime, doer: str
) -> Iterator[Fact]:
    """The giver proposes another date. The holder's clock runs on, with the days that the answer took given back."""
    request, block = _undecided(obligation, asked), _block_of(world, obligation)
    if block is None or block.rules.counter_offer != "allowed":
        raise Unmet(asked, say("its workflow knows no counter-offers; grant it or refuse it"))
    _check_person(request, doer, asked)
    assert obligation.due_at is not None  # a request is made only where there is a date
    given_back = list(dating.date_after_rest(world, obligation, moment, now))
    until = _later_date(command, given_back[-1].due_at if given_back else obligation.due_at, asked)
    if until == request.until:
        raise Incomplete(asked, say("{day} is the date that was asked for; grant it", day=_shown(until)))
    _check_parent(world, block, obligation, until, asked)
    told = parties.told(world, block.asked_by, obligation)
    reason = command.fields["reason"]
    yield ExtensionCountered(obligation.number, until, request.asked_at, moment, reason, told)
    yield from given_back


def accept_counter(world: World, obligation: Obligation, asked: str, now: datetime) -> Iterator[Fact]:
    """The holder takes the date that the giver proposed: it is granted."""
    request, block = obligation.request, _block_of(world, obligation)
    if request is None or request.counter is None or block is None:
        raise Unmet(asked, say("no other date was proposed"))
    yield from _granted(world, obligation, block, request.counter, asked, now, now)


def withdraw_extension(world: World, obligation: Obligation, asked: str, now: datetime) -> Iterator[Fact]:
    """The holder no longer asks. It wins no days by having asked, so the date stays as it is."""
    request, block = obligation.request, _block_of(world, obligation)
    if request is None:
        raise Unmet(asked, say("no request for another date is open"))
    told = parties.told(world, block.decided_by if block else (), obligation)
    yield ExtensionWithdrawn(obligation.number, request.until, request.asked_at, now, told)


def _granted(
    world: World,
    obligation: Obligation,
    block: ExtensionBlock,
    until: datetime,
    asked: str,
    moment: datetime,
    now: datetime,
) -> Iterator[Fact]:
    request = obligation.request
    assert request is not None  # every way here has looked
    if obligation.due_at and until <= obligation.due_at:  # a later document has moved the date since it was asked for
        day, due = _shown(until), _shown(obligation.due_at)
        raise Unmet(asked, say("{day} is not later than {due}, its date by now", day=day, due=due))
    _check_parent(world, block, obligation, until, asked)
    told = parties.told(world, block.asked_by, obligation)
    yield ExtensionGranted(obligation.number, until, request.asked_at, moment, told)
    because = Because("extended", last_day(until), world.calendar.key, last_day(request.asked_at), label=request.reason)
    yield DueSet(obligation.number, until, because, "extension", now)


def _check_person(request: ExtensionRequest, doer: str, asked: str) -> None:
    same = parties.same_person(request.asked_by, doer)
    if same:
        raise Unmet(asked, say("{person} asked for it, and nobody decides on a request of their own", person=same))


def _block_of(world: World, obligation: Obligation) -> ExtensionBlock | None:
    return world.workflow_of(obligation).definition.extension


def _undecided(obligation: Obligation, asked: str) -> ExtensionRequest:
    """The request that the giver has to decide. Raises Unmet where there is none."""
    if obligation.request is None:
        raise Unmet(asked, say("no request for another date is open"))
    if obligation.request.counter:
        day = _shown(obligation.request.counter)
        raise Unmet(asked, say("{day} was proposed instead, and the holder has to answer", day=day))
    return obligation.request


def _later_date(command: Act, due_at: datetime, asked: str) -> datetime:
    until = parse_instant(command.fields["until"])
    if until <= due_at:
        raise Incomplete(asked, say("until {day} is not later than {due}", day=_shown(until), due=_shown(due_at)))
    return until


def _at_most(extensions: int, limit: int) -> Text:
    return say_count(
        "it was extended {count} time, and {limit} is the most",
        "it was extended {count} times, and {limit} is the most",
        extensions,
        limit=limit,
    )


def _check_in_time(world: World, block: ExtensionBlock, due_at: datetime, asked: str, now: datetime) -> None:
    rule = block.rules.ask_until
    if rule is None:
        return
    last = deadlines.reckon(rule, due_at, world.calendar).at if rule.count else due_at
    if now > last:
        raise Unmet(asked, say("it could be asked for until {day}", day=_shown(last)))


def _check_parent(world: World, block: ExtensionBlock, obligation: Obligation, until: datetime, asked: str) -> None:
    limit = dating.limit_of(world, obligation)
    if block.rules.beyond_parent == "allow" or limit is None:
        return
    if until > limit:
        because = say(
            "{day} is later than {limit}, the date of obligation {parent} above it; have that one extended first",
            day=_shown(until), limit=_shown(limit), parent=obligation.parent,
        )  # fmt: skip
        raise Unmet(asked, because)


def _shown(at: datetime) -> str:
    return show_day(last_day(at))
