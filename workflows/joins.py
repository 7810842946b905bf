"""How children bear on their parent: counters, the join, and what ends below when something ends above.

Only lead obligations with an end of their own are counted. A disputed lead stays open until its giver decides; standing
obligations (periodic, on event) and supports are never waited for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from workflows import parties
from workflows.causes import Cause
from workflows.errors import Unmet
from workflows.facts import Acted, Assigned, Fact, Joined, Unjoined
from workflows.obligation import Obligation
from workflows.words import DATED
from workflows.world import World

_NAMED_MAX = 5  # how many open children a refusal names


def is_counted(part: str, mode: str, parent: int | None) -> bool:
    return parent is not None and part == "lead" and mode in ("once", DATED)


def bearing(world: World, facts: Iterable[Fact], now: datetime) -> Iterator[Fact]:
    """The joins that these facts make or undo, for parents that stay open. Follows the facts of the same command."""
    opened: Counter[int] = Counter()
    done: Counter[int] = Counter()
    void: Counter[int] = Counter()
    closing = set()
    for fact in facts:
        if isinstance(fact, Assigned) and fact.obligation.counted and fact.obligation.parent:
            opened[fact.obligation.parent] += 1
        elif isinstance(fact, Acted) and fact.outcome:
            closing.add(fact.number)
            child = world.obligation(fact.number)
            if child.counted and child.parent:
                (done if fact.outcome == "fulfilled" else void)[child.parent] += 1
    for number in sorted({*opened, *done, *void} - closing):
        parent = world.obligation(number)
        left = parent.leads_open + opened[number] - done[number] - void[number]
        finished = parent.leads_done + done[number]
        if parent.open and parent.joined_at is None and left == 0 and finished:
            join = world.workflow_of(parent).definition.join
            yield Joined(number, now, parties.told(world, join.then_tell, parent))
        elif parent.joined_at is not None and left:
            yield Unjoined(number)


def check_report(world: World, obligation: Obligation, asked: str) -> None:
    """A holder reports when the leads below it are done. Raises Unmet naming those that are not."""
    join = world.workflow_of(obligation).definition.join
    if join.until_then != "refuse_report" or not obligation.leads_open:
        return
    waiting = [child for child in world.children(obligation.number) if child.counted and child.open]
    named = ", ".join(f"{child.number} ({child.holder})" for child in waiting[:_NAMED_MAX])
    more = f" and {len(waiting) - _NAMED_MAX} more" if len(waiting) > _NAMED_MAX else ""
    count = obligation.leads_open
    raise Unmet(asked, f"{count} below it {'is' if count == 1 else 'are'} still open: {named}{more}")


def stopped_below(world: World, obligation: Obligation, now: datetime) -> Iterator[Fact]:
    """Every open obligation below ends by its workflow's stopping action, each step through its machine."""
    below = world.children(obligation.number)
    if obligation.standing is None and obligation.mode in ("periodic", "on_event"):
        below += world.standing_under(obligation.number)
    for child in below:
        if child.open:
            yield stopped(world, child, now, Cause("above_ended", obligation.number))
        yield from stopped_below(world, child, now)


def stopped(world: World, child: Obligation, now: datetime, cause: Cause) -> Acted:
    """One obligation stopped because of something above it. Raises Unmet where its workflow knows no way to stop."""
    workflow = world.workflow_of(child)
    action = workflow.definition.stopping
    if action is None:
        raise Unmet(f"stop obligation {child.number}", f"workflow {workflow.key} has no action that stops work")
    after = workflow.machine.step(child.state, action)
    told = parties.told(world, ["holder.leader"], child)
    outcome = workflow.outcome_of(after)
    return Acted(child.number, action, child.state, after, outcome=outcome, closed_at=now, told=told, cause=cause)
