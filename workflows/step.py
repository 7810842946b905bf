"""One act that the machine and the parties have let through, and when it happened."""

from datetime import datetime

from workflows.calendar import day_end, day_of, last_day
from workflows.commands import Act
from workflows.errors import Incomplete
from workflows.fields import check_backdating, parse_day, show_day
from workflows.light import light
from workflows.obligation import Obligation
from workflows.text import say
from workflows.workflow import Workflow
from workflows.world import World


@light(frozen=True, slots=True)
class Step:
    """An act that the machine and the parties have let through, with what the rest of the law needs."""

    command: Act
    obligation: Obligation
    workflow: Workflow
    after: str
    party: str
    asked: str
    now: datetime
    doer: str  # the seat whose act it is; the actor's own, unless it is recorded for an outside office
    moment: datetime  # when it happened: now, or the day the paper gives where an outside office acted
    sent_at: datetime | None = None  # of a report that was sent before and answers this too


def sent_at_of(world: World, step: Step) -> datetime:
    """On time is judged by this: the sent date on the paper; today's report is sent now."""
    if step.sent_at:
        return step.sent_at
    if "sent_on" in step.command.fields:
        return moment_of(world, step.command.fields, "sent_on", step.obligation, step.now, step.asked)
    return step.moment


def moment_of(world: World, given: object, name: str, obligation: Obligation, now: datetime, asked: str) -> datetime:
    """A day that somebody gives as an instant: not in the future, not before the obligation was there, and not longer
    ago than the workflow allows."""
    day = parse_day(given[name])  # type: ignore[index]
    if day > day_of(now):
        raise Incomplete(asked, say("{name} {day} has not come yet", name=name, day=show_day(day)))
    first, what = last_day(obligation.assigned_at), say("the day it was assigned")
    if name == "sent_on" and obligation.resumed_at and day_of(obligation.resumed_at) > first:
        first, what = day_of(obligation.resumed_at), say("the day the giver last answered or let it go on")
    if name == "happened_on" and obligation.sent_at and last_day(obligation.sent_at) > first:
        first, what = last_day(obligation.sent_at), say("the day the report was sent")
    if day < first:
        because = say(
            "{name} {day} is before {first}, {what}", name=name, day=show_day(day), first=show_day(first), what=what
        )
        raise Incomplete(asked, because)
    check_backdating(world.workflow_of(obligation).definition.backdating, name, day, now, world.calendar, asked)
    return now if day == day_of(now) else day_end(day)
