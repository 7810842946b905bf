"""The law of time: every clock of an obligation that is due runs out, in order of instant and kind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from workflows import deadlines, happening, joins, parties, standing, tasks
from workflows.causes import Cause
from workflows.commands import AnswerIncident
from workflows.errors import Incomplete, Unmet
from workflows.facts import (
    AnswerMissed,
    Assigned,
    DeadlineMissed,
    Fact,
    Incident,
    IncidentResolved,
    IncidentRetried,
    ReceiptMissed,
    RungReached,
)
from workflows.fields import is_text
from workflows.ladder import Clock
from workflows.obligation import Obligation
from workflows.quiet import after_quiet
from workflows.text import say
from workflows.workflow import Workflow
from workflows.world import World

_BACK_OFF_MAX = timedelta(hours=6)


def elapse(world: World, number: int, now: datetime) -> Iterator[Fact]:
    """Facts of time having passed for one obligation; none where nothing is due: it was met, moved or closed since.

    Of the rungs that are due together (the service was down, or an acknowledgement held them) the highest is told, and
    names those it skips; every missed period opens.
    """
    obligation = world.obligation(number)
    workflow = world.workflow_of(obligation)
    due = [clock for clock in world.clocks(obligation) if clock.at <= now]
    if not due:
        return
    ladders = [[clock for clock in due if clock.kind == "rung" and clock.of == of] for of in ("holder", "giver")]
    told = [_told_together(obligation, rungs) for rungs in ladders]
    first, opened = world.opened.next_obligation, 0
    for clock in due:
        world.step(obligation, "elapse")
        if clock.kind == "rung":
            for rungs, heard in zip(ladders, told, strict=True):
                if clock in heard:
                    skipped = [one.key for one in rungs if one not in heard] if clock is heard[-1] else []
                    yield _rung(world, obligation, workflow, clock, skipped, now)
        elif clock.kind in standing.CLOCKS:
            for fact in standing.elapsed(world, obligation, clock, now, first + opened):
                opened += isinstance(fact, Assigned)
                yield fact
            if standing.merges(world, obligation, clock):
                return  # the next period may end this one, which has to be there first: it is due again at once
        elif clock.kind == "event":
            yield happening.asked(world, obligation, clock, now)
        elif clock.kind == "pause":
            yield from _resumed(world, obligation, clock, now)
        else:
            yield _missed(world, obligation, workflow, clock, now)


def incident(obligation: Obligation, error: str, now: datetime) -> Incident:
    """The fact that a round could not carry out what time asked for; it waits twice as long each time."""
    return Incident(obligation.number, error, now + waiting_time(obligation.failures))


def waiting_time(failures: int) -> timedelta:
    """How long what has failed so many times before waits to be tried again."""
    wait: timedelta = min(timedelta(minutes=1) * 2 ** min(failures, 20), _BACK_OFF_MAX)
    return wait


def answer_incident(world: World, command: AnswerIncident, now: datetime) -> Iterator[Fact]:
    """A person answers an incident: tried again at once, or seen to by hand. Raises Unmet where nothing failed, Incomplete
    without a reason."""
    obligation = world.obligation(command.obligation)
    asked = say("{answer} the incident of obligation {number}", answer=command.answer, number=obligation.number)
    if command.answer not in ("retry", "resolve"):
        raise Incomplete(asked, say("an incident can be tried again (retry), or resolved by hand (resolve)"))
    if not command.reason.strip() or not is_text(command.reason):
        raise Incomplete(asked, say("say why, in words without control characters"))
    if obligation.retry_at is None or not obligation.open:
        raise Unmet(asked, say("nothing of it waits to be tried again"))
    if command.answer == "retry":
        yield IncidentRetried(obligation.number, command.reason.strip())
        return
    keys = tuple(clock.key for clock in stuck(world, obligation, now))
    yield IncidentResolved(obligation.number, keys, command.reason.strip())


def stuck(world: World, obligation: Obligation, now: datetime) -> list[Clock]:
    """The clocks that have run out and could not be carried out, which wait to be tried again."""
    return [clock for clock in world.clocks(obligation.but(retry_at=None)) if clock.at <= now]


def _told_together(obligation: Obligation, rungs: list[Clock]) -> list[Clock]:
    """Of rungs that are due together: the highest, and those meant for the very same instant. The others were missed, or
    held by an acknowledgement, and are only named."""
    if not rungs:
        return []
    highest = max(rungs, key=lambda clock: (clock.rung, clock.occurrence))
    meant = highest.meant or highest.at
    if obligation.held_until == meant or obligation.retry_at == highest.at:
        return [highest]
    return [clock for clock in rungs if (clock.meant or clock.at) == meant and clock is not highest] + [highest]


def _missed(world: World, obligation: Obligation, workflow: Workflow, clock: Clock, now: datetime) -> Fact:
    number = obligation.number
    if clock.kind == "receive":
        told = parties.told(world, ["holder.clerk", "holder.leader"], obligation)
        return ReceiptMissed(number, clock.key, clock.at, told)
    if clock.kind == "due":
        assert obligation.due_at is not None  # there is a due clock only where there is a date
        return DeadlineMissed(number, clock.key, obligation.due_at)
    asked = clock.kind == "decide"
    extension = workflow.definition.extension
    rule = (extension.rules.decide if extension else None) if asked else workflow.definition.deadlines.confirm
    again_at = deadlines.reckon(rule, now, world.calendar).at if rule else None
    who = ["giver.leader"] if clock.key == clock.kind else ["giver.leader", "above_giver.leader"]
    about = "extension" if asked else obligation.state
    if workflow.definition.giver_ladder:
        return AnswerMissed(number, clock.key, clock.at, about)  # its rungs say who hears of it
    return AnswerMissed(number, clock.key, clock.at, about, again_at, parties.told(world, who, obligation))


def _rung(
    world: World, obligation: Obligation, workflow: Workflow, clock: Clock, skipped: list[str], now: datetime
) -> Fact:
    """A rung is told, and opens its tasks. One that was missed and is reached in quiet hours is told at their end."""
    rung = workflow.definition.rungs_of(clock.of)[clock.rung - 1]
    told = parties.hears(world, rung, obligation)
    tell_at = after_quiet(now, workflow.definition.ladder.quiet_hours, world.calendar)
    return RungReached(
        obligation.number,
        clock.key,
        clock.rung,
        rung.label,
        clock.meant or clock.at,
        clock.occurrence,
        tuple(skipped),
        told,
        tell_at if tell_at > now else None,
        tasks.opened_by(clock.key.replace("rung:", "").replace(":", ""), rung.task, told, now),
        clock.of,
    )


def _resumed(world: World, obligation: Obligation, clock: Clock, now: datetime) -> Iterator[Fact]:
    """A pause that nobody has ended before is over, from the highest that rests until the same day downward: its date
    moves first. Raises Unmet where the workflow has no way on; then it is an incident."""
    highest = joins.paused_with(world, obligation)
    facts = list(joins.resumed(world, highest, clock.at, now, Cause("pause_over")))
    if not facts:
        asked = say("let obligation {number} go on", number=obligation.number)
        raise Unmet(asked, say("no action of its workflow resumes it from {state}", state=repr(obligation.state)))
    yield from facts
