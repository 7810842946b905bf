"""The clocks of an obligation: when something has to happen if nobody does anything, and what.

Each clock has a stable key. A key that has fired stays in the obligation, so a clock runs out once; a date that moves
takes the keys of its rungs with it.
"""

from datetime import UTC, datetime, timedelta

from workflows import deadlines, periods
from workflows.calendar import Calendar, day_end, last_day
from workflows.definition import Definition, QuietHours, Rung
from workflows.grammar import TimeRule
from workflows.light import light, replace
from workflows.obligation import Obligation
from workflows.quiet import after_quiet
from workflows.workflow import Workflow

_ORDER = ("receive", "pause", "period", "decide", "answer", "event", "rung", "due", "review", "until")
_SCHEDULES_MAX = 4096


@light(frozen=True, slots=True, order=True)
class Clock:
    """One clock: `at` it runs out; `kind` says which law then speaks."""

    at: datetime
    order: int
    key: str
    kind: str
    rung: int = 0
    occurrence: int = 1
    window: periods.Window | None = None
    meant: datetime | None = None  # when it would run out but for an acknowledgement or quiet hours that moved it
    of: str = "holder"  # whose ladder a rung is of


def clocks(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
    """Every clock that is still to run out, soonest first. A closed obligation has none."""
    if not obligation.open:
        return []
    running = _receipt(obligation)
    if not obligation.owes_nothing:
        running += _standing(obligation, workflow, calendar) + _answers(obligation, workflow, calendar)
    if obligation.paused_until:
        running.append(_clock("pause", "pause", obligation.paused_until))
    if obligation.due_at and not obligation.rested_at:
        running += _rungs(obligation, workflow, calendar)
        running.append(_clock("due", "due", obligation.due_at))
    elif obligation.planned_for and not obligation.rested_at:
        planned = obligation.planned_for
        running += [one for one in _rungs(obligation, workflow, calendar) if (one.meant or one.at) <= planned]
    elif obligation.waits_for and not obligation.rested_at:
        running.append(_event(obligation, workflow.definition, calendar))
    fired, retry_at = obligation.fired, obligation.retry_at
    waiting = [clock for clock in running if clock.key not in fired]
    if retry_at:
        waiting = [_moved(clock, retry_at) for clock in waiting]
    return sorted(waiting, key=lambda clock: (clock.at, clock.order, clock.rung, clock.occurrence))


def wake_at(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> datetime | None:
    """When an obligation has to be looked at next, or None."""
    running = clocks(obligation, workflow, calendar)
    return running[0].at if running else None


def _clock(kind: str, key: str, at: datetime, rung: int = 0, occurrence: int = 1) -> Clock:
    return Clock(at, _ORDER.index(kind), key, kind, rung, occurrence)


def _moved(clock: Clock, at: datetime) -> Clock:
    if clock.at >= at:
        return clock
    return replace(clock, at=at)


def _receipt(obligation: Obligation) -> list[Clock]:
    if obligation.received_at or obligation.receive_by is None:
        return []
    return [_clock("receive", "receive", obligation.receive_by)]


def _answers(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
    """The giver's clocks: a report, a dispute or a request waits for an answer. Its own ladder goes with each."""
    waiting = []
    if obligation.rested_at and obligation.answer_by:
        waiting.append(("answer", obligation.answer_by))
    if obligation.request and obligation.request.decide_by:
        waiting.append(("decide", obligation.request.decide_by))
    if workflow.definition.giver_ladder is None:
        return [_clock(kind, _next_key(kind, obligation), by) for kind, by in waiting]
    found = []
    for kind, by in waiting:
        since = obligation.request.asked_at if kind == "decide" and obligation.request else obligation.rested_at
        rungs = schedule(workflow, calendar, by, "giver", f"{kind}:")
        found.append(_clock(kind, kind, by))
        found += [one for one in rungs if since is None or one.at >= since]
    return found


def _next_key(kind: str, obligation: Obligation) -> str:
    """`answer`, then `answer#2`: a giver that stays silent is reminded again and again, and others with it."""
    times = sum(key.startswith(kind) for key in obligation.fired)
    return f"{kind}#{times + 1}" if times else kind


def _standing(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
    """The clocks of what stands: its periods that have not opened yet, the review of its year, and the year end."""
    mode = workflow.definition.undated_items.get(obligation.mode)
    if mode is None or obligation.standing:
        return []
    found = _periods(obligation, workflow, calendar) if obligation.mode == "periodic" and mode.every else []
    if obligation.until:
        year = last_day(obligation.until).year
        found.append(_clock("until", f"until:{year}", obligation.until))
        review_at = rung_at(mode.review, obligation.until, calendar) if mode.review else None
        if review_at and review_at >= obligation.assigned_at:  # nobody reviews what was not there yet
            found.append(_clock("review", f"review:{year}", review_at))
    return found


def _event(obligation: Obligation, definition: Definition, calendar: Calendar) -> Clock:
    """The next time that the day of the event is asked for which its date waits for; there always is one."""
    times = max((time_asked(key) for key in obligation.fired if key.startswith("event:")), default=0) + 1
    return _clock("event", f"event:{times}", asks_at(obligation, definition, times, calendar))


def time_asked(key: str) -> int:
    """Which time it is that this key asks for the day of an event, counted from 1."""
    return int(key.partition(":")[2])


def asks_at(obligation: Obligation, definition: Definition, times: int, calendar: Calendar) -> datetime:
    """When the day of an event is asked for the `times`-th time: at even intervals since the work was given; where they are
    days, in the morning."""
    every = definition.deadlines.ask_about_event
    count, since = every.count * times, obligation.assigned_at
    if every.unit == "hour":
        return since + timedelta(hours=count)
    day = last_day(since)
    found = calendar.add(day, count) if every.unit == "working day" else day + timedelta(days=count)
    return calendar.opening(calendar.next_working(found)).astimezone(UTC)


def _periods(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
    """The periods that end before its year does. One that was given after the last of them stands for the next year."""
    definition, since = workflow.definition, last_day(obligation.assigned_at)
    mode = definition.undated_items[obligation.mode]
    until = last_day(obligation.until) if obligation.until else periods.year_end(definition, obligation.mode, since)
    found = []
    for window in periods.windows_of(mode, since, until):
        at = max(periods.opens_at(mode, window, calendar), obligation.assigned_at)
        found.append(Clock(at, _ORDER.index("period"), f"period:{window.label}", "period", window=window))
    return found


def _rungs(obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
    """The rungs still to be told. A reminder from before the date was set is not; one that is held waits."""
    due_at, quiet = obligation.due_at or obligation.planned_for, workflow.definition.ladder.quiet_hours
    assert due_at is not None  # the caller asks only where there is a date
    held_until = obligation.held_until
    quiet_until = after_quiet(held_until, quiet, calendar) if held_until else None
    found = []
    for clock in schedule(workflow, calendar, due_at):
        if comes_too_late(obligation, workflow, clock):
            continue
        held = quiet_until and clock.at < quiet_until
        found.append(replace(clock, at=quiet_until or clock.at, meant=held_until) if held else clock)
    return found


def comes_too_late(obligation: Obligation, workflow: Workflow, clock: Clock) -> bool:
    """Is this a reminder for a moment before the present date was set? Nobody can be reminded of what was not there."""
    before_due = workflow.definition.ladder.rungs[clock.rung - 1].at.count < 0
    return before_due and obligation.armed_at is not None and (clock.meant or clock.at) < obligation.armed_at


def schedule(
    workflow: Workflow, calendar: Calendar, due_at: datetime, of: str = "holder", before_key: str = ""
) -> tuple[Clock, ...]:
    """When each rung of a ladder is told for a date, each key begun with `before_key`. Many obligations share a date, so
    the answer is kept on the workflow."""
    key = (calendar, of, before_key, due_at)
    known = workflow.schedules.get(key)
    if known is None:
        if len(workflow.schedules) >= _SCHEDULES_MAX:
            workflow.schedules.clear()
        quiet, rungs = workflow.definition.ladder.quiet_hours, enumerate(workflow.definition.rungs_of(of), 1)
        clocks = (clock for number, rung in rungs for clock in _occurrences(number, rung, due_at, calendar))
        told = (_out_of_quiet(clock, quiet, calendar) for clock in clocks)
        known = tuple(replace(clock, of=of, key=before_key + clock.key) for clock in told)
        workflow.schedules[key] = known
    return known


def _out_of_quiet(clock: Clock, quiet: QuietHours | None, calendar: Calendar) -> Clock:
    at = after_quiet(clock.at, quiet, calendar)
    return clock if at == clock.at else replace(clock, at=at, meant=clock.at)


def _occurrences(number: int, rung: Rung, due_at: datetime, calendar: Calendar) -> list[Clock]:
    first = rung_at(rung.at, due_at, calendar)
    found = [_clock("rung", f"rung:{number}", first, number)]
    step = rung.repeat_every
    for occurrence in range(2, rung.times + 1) if step else ():
        assert step is not None
        rule = TimeRule(count=step.count * (occurrence - 1), unit=step.unit, event="due")
        at = first + timedelta(hours=rule.count) if step.unit == "hour" else _morning(rule, first, calendar)
        found.append(_clock("rung", f"rung:{number}#{occurrence}", at, number, occurrence))
    return found


def rung_at(rule: TimeRule, due_at: datetime, calendar: Calendar) -> datetime:
    """When a rung is told. A date to the day is told in the morning, when there is still a day's work to do; a rung in
    hours, or of a date that is to the hour, at its exact instant."""
    if rule.unit == "hour" and rule.count:
        return due_at + timedelta(hours=rule.count)
    to_the_day = due_at == day_end(last_day(due_at))
    if not rule.count:
        day = last_day(due_at)
        return calendar.opening(day if calendar.is_working(day) else calendar.add(day, -1)) if to_the_day else due_at
    return _morning(rule, due_at, calendar)


def _morning(rule: TimeRule, start: datetime, calendar: Calendar) -> datetime:
    return calendar.opening(deadlines.reckon(rule, start, calendar).because.result_on).astimezone(UTC)
