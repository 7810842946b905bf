"""How children bear on their parent: counters, the join, and what ends or rests below when something does above.

Only lead obligations with an end of their own are counted. A disputed lead stays open until its giver decides; standing
obligations (periodic, on event) and supports are never waited for.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from workflows import dating, parties
from workflows.causes import Cause
from workflows.errors import Unmet
from workflows.facts import Acted, Assigned, DueSet, Fact, Joined, Kept, Unjoined
from workflows.machine import StepRefused
from workflows.obligation import Obligation
from workflows.text import say, say_count
from workflows.words import DATED
from workflows.world import World

_NAMED_MAX = 5  # how many open children a refusal names


def is_counted(part: str, mode: str, parent: int | None) -> bool:
    return parent is not None and part == "lead" and mode in ("once", DATED)


class Bearing:
    """The joins that the facts of one command make or undo, for parents that stay open.

    It sees each fact as the law says it, before the world has followed it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._first_new = world.cascade.next_obligation if world.cascade else 1
        self._parents: dict[int, Obligation] = {}  # as they were
        self._moved: dict[tuple[int, str], int] = {}  # how many of a parent's leads opened, or ended in which way
        self._ended: set[int] = set()

    def saw(self, fact: Fact) -> None:
        if isinstance(fact, Assigned):
            self._count(fact.obligation, "opened")
        elif isinstance(fact, Acted) and fact.outcome:
            self._ended.add(fact.number)
            self._count(self._world.obligation(fact.number), fact.outcome)

    def facts(self, now: datetime) -> Iterator[Fact]:
        """The facts that follow all others of the command."""
        for number in sorted(self._parents.keys() - self._ended):
            parent = self._parents[number]
            opened, done, void = (self._moved.get((number, what), 0) for what in ("opened", "fulfilled", "void"))
            left, finished = parent.leads_open + opened - done - void, parent.leads_done + done
            if parent.open and parent.joined_at is None and left == 0 and finished:
                join = self._world.workflow_of(parent).definition.join
                yield Joined(number, now, parties.told(self._world, join.then_tell, parent))
            elif parent.joined_at is not None and left:
                yield Unjoined(number)

    def _count(self, child: Obligation, what: str) -> None:
        if child.counted and child.parent and self._stood(child.parent):
            key = (child.parent, what)
            self._moved[key] = self._moved.get(key, 0) + 1

    def _stood(self, number: int) -> bool:
        """Was this parent there before the command? Below what comes to be in it nothing is joined."""
        if number >= self._first_new:
            return False
        if number not in self._parents:
            self._parents[number] = self._world.obligation(number)
        return True


def check_report(world: World, obligation: Obligation, asked: str) -> None:
    """A holder reports when the leads below it are done. Raises Unmet naming those that are not."""
    join = world.workflow_of(obligation).definition.join
    if join.until_then != "refuse_report" or not obligation.leads_open:
        return
    waiting = [child for child in world.children(obligation.number) if child.counted and child.open]
    named = [f"{child.number} ({child.holder})" for child in waiting[:_NAMED_MAX]]
    if len(waiting) > _NAMED_MAX:
        named.append("…")
    because = say_count(
        "{count} below it is still open: {named}",
        "{count} below it are still open: {named}",
        obligation.leads_open,
        named=named,
    )
    raise Unmet(asked, because)


def stopped_below(world: World, obligation: Obligation, now: datetime, supported: bool = False) -> Iterator[Fact]:
    """Every open obligation below ends by its workflow's stopping action, each step through its machine.

    With `supported`, work that rests on another document which still stands goes on, and what is below it.
    """
    read_below(world, [obligation.number])
    yield from stopped_below_as_read(world, obligation, now, supported)


def read_below(world: World, numbers: Iterable[int]) -> None:
    """Read all that may stop below many obligations, with the items, whose bases say what goes on."""
    world.fetch_items((one.directive, one.item) for one in world.fetch_below(numbers))


def stopped_below_as_read(world: World, obligation: Obligation, now: datetime, supported: bool) -> Iterator[Fact]:
    """The same where all that is below has been read."""
    # One list of what is still to come, and no generator in a generator: each fact would pass through all that are above.
    waiting = [(child, obligation.number) for child in reversed(_below(world, obligation))]
    while waiting:
        child, above = waiting.pop()
        if child.open:
            cause = Cause("above_ended", above)
            basis = supporting(world, child) if supported else None
            if basis:
                told = parties.told(world, ["holder.leader", "giver.leader"], child)
                yield Kept(child.number, basis, cause, told)
                continue
            yield stopped(world, child, now, cause)
        waiting += [(one, child.number) for one in reversed(_below(world, child))]


def _below(world: World, obligation: Obligation) -> list[Obligation]:
    """What hangs directly below, each once: a period hangs under what stands, though its parent is the same."""
    below = [child for child in world.children(obligation.number) if child.standing is None]
    if obligation.standing is None and obligation.mode in ("periodic", "on_event"):
        below += world.standing_under(obligation.number)
    return below


def each_once(work: list[Obligation]) -> list[Obligation]:
    """Without the periods and events of what is there itself: they end with it."""
    numbers = {one.number for one in work}
    return [one for one in work if one.standing not in numbers]


def supporting(world: World, obligation: Obligation) -> str | None:
    """The symbol of a further document that work goes on for when what is above it ends, where its workflow says that it
    does; else None. The documents above, from which the end comes, are no further ones."""
    bases = [basis for basis in world.item(obligation.directive, obligation.item).bases if basis.supports]
    if not bases or world.workflow_of(obligation).definition.when_directive.revoked.other_basis != "keep":
        return None
    above = _symbols_above(world, obligation)
    return next((basis.symbol for basis in bases if basis.symbol not in above), None)


def _symbols_above(world: World, obligation: Obligation) -> set[str]:
    found, number = set(), obligation.parent
    while number is not None:
        one = world.obligation(number)
        found.add(world.directive(one.directive).symbol)
        number = one.parent
    return found


def stopped(world: World, child: Obligation, now: datetime, cause: Cause) -> Acted:
    """One obligation stopped because of something above it. Raises Unmet where its workflow knows no way to stop."""
    stop = world.stop(child)
    if stop is None:
        asked = say("stop obligation {number}", number=child.number)
        raise Unmet(asked, say("workflow {key} has no action that stops work", key=child.workflow))
    action, after, outcome = stop
    told = parties.told(world, ["holder.leader"], child)
    return Acted(child.number, action, child.state, after, outcome=outcome, closed_at=now, told=told, cause=cause)


def paused_below(world: World, obligation: Obligation, until: datetime, moment: datetime) -> Iterator[Acted]:
    """What is below rests with what is above it, each step through its machine; what already rests stays as it is."""
    world.fetch_below([obligation.number])
    yield from _paused_below(world, obligation, until, moment)


def _paused_below(world: World, obligation: Obligation, until: datetime, moment: datetime) -> Iterator[Acted]:
    for child in _below(world, obligation):
        if child.outcome == "void":
            continue  # what goes on below it does so for the sake of another document
        workflow = world.workflow_of(child)
        action = workflow.rules_at(child.level).action_that("pause")
        after = _stepped(world, child, action)
        if action and after and child.rested_at is None:
            told = parties.told(world, ["holder.leader"], child)
            yield Acted(
                child.number, action, child.state, after, rests="starts", rested_at=moment, paused_until=until, told=told,
                cause=Cause("above_paused", obligation.number),
            )  # fmt: skip
        yield from _paused_below(world, child, until, moment)


def resumed(
    world: World, obligation: Obligation, at: datetime, now: datetime, cause: Cause, limit: datetime | None = None
) -> Iterator[Acted | DueSet]:
    """A pause ends: what was left of the date is left again, here and in what was paused with it."""
    due_at = obligation.due_at
    workflow = world.workflow_of(obligation)
    action = workflow.rules_at(obligation.level).action_that("resume")
    after = _stepped(world, obligation, action)
    if action and after:
        told = parties.told(world, ["holder.leader", "holder.officer"], obligation)
        yield Acted(
            obligation.number, action, obligation.state, after, rests="ends", resumed_at=at, told=told, cause=cause
        )
        for moved in dating.date_after_rest(world, obligation, at, now, limit):
            due_at = moved.due_at
            yield moved
    yield from resumed_below(world, obligation, at, now, due_at)


def paused_with(world: World, obligation: Obligation) -> Obligation:
    """The highest obligation on the way up from this one that rests until the same day: the pause was begun there."""
    highest, above = obligation, obligation.standing or obligation.parent
    while above is not None:
        one = world.obligation(above)
        if one.open and one.paused_until == obligation.paused_until:
            highest = one
        above = one.standing or one.parent
    return highest


def resumed_below(
    world: World,
    obligation: Obligation,
    at: datetime,
    now: datetime,
    limit: datetime | None,
    until: datetime | None = None,
) -> Iterator[Acted | DueSet]:
    """What was paused together with this one goes on together with it, within its date as it is now (`limit`); also
    below what could not rest itself. `until` is the day until which it all rested."""
    world.fetch_below([obligation.number])
    until = until or obligation.paused_until
    for child in _below(world, obligation):
        if child.open and child.paused_until and child.paused_until == until:
            yield from resumed(world, child, at, now, Cause("above_resumed", obligation.number), limit)
        else:
            yield from resumed_below(world, child, at, now, child.due_at if child.open else None, until)


def _stepped(world: World, obligation: Obligation, action: str | None) -> str | None:
    """The state after an action, or None where its machine has no such step from where it is."""
    if action is None:
        return None
    try:
        return world.step(obligation, action)
    except StepRefused:
        return None
