"""Why a clock runs out when it does: one sentence for each, with the version of the calendar it was computed with."""

from datetime import datetime

from workflows import deadlines
from workflows.calendar import VIETNAM, Calendar, last_day
from workflows.definition import Definition
from workflows.grammar import TimeRule
from workflows.ladder import Clock
from workflows.obligation import Because, Obligation
from workflows.text import Text, say
from workflows.workflow import Workflow


def why(obligation: Obligation, workflow: Workflow, calendar: Calendar, clock: Clock) -> Text:
    """The sentence of a clock of this obligation, as `ladder.clocks` gives it."""
    definition = workflow.definition
    match clock.kind:
        case "due":
            return deadlines.sentence(obligation.because, obligation.due_at)
        case "receive":
            return _reckoned(definition.deadlines.receive, obligation.assigned_at, calendar, clock)
        case "answer":
            return _reckoned(definition.deadlines.confirm, obligation.rested_at, calendar, clock)
        case "decide":
            rule = definition.extension.rules.decide if definition.extension else None
            return _reckoned(rule, obligation.request.asked_at if obligation.request else None, calendar, clock)
        case "review":
            return _reckoned(definition.undated_items[obligation.mode].review, obligation.until, calendar, clock)
        case "event":
            every = deadlines.span_words(definition.deadlines.ask_about_event)
            said = {"event": obligation.waits_for or "", "every": every}
            return say("the day of {event} is not known; it is asked for every {every}", **said)
        case "period" if clock.window:
            days = {"first": f"{clock.window.opens_on:%d/%m/%Y}", "last": f"{clock.window.ends_on:%d/%m/%Y}"}
            return say("its data is of {first} to {last} (calendar {calendar})", calendar=calendar.key, **days)
        case "rung":
            return _rung(obligation, definition, calendar, clock)
    return say("the day that was set (calendar {calendar})", calendar=calendar.key)


def _reckoned(rule: TimeRule | None, start: datetime | None, calendar: Calendar, clock: Clock) -> Text:
    """The rule as it gives this day. A clock that was set from another moment than is kept is explained by its rule."""
    if rule is None:
        return say("the day that was set (calendar {calendar})", calendar=calendar.key)
    because = deadlines.reckon(rule, start, calendar).because if start else None
    if because and because.result_on in (last_day(clock.at), last_day(clock.meant or clock.at)):
        return deadlines.sentence(because)
    found = Because(str(rule), last_day(clock.at), calendar.key)
    return deadlines.sentence(found, clock.at)


def _rung(obligation: Obligation, definition: Definition, calendar: Calendar, clock: Clock) -> Text:
    """A rung counts from the date, and tells in the morning; one that waits says for what."""
    rung = definition.rungs_of(clock.of)[clock.rung - 1]
    base = (
        (obligation.due_at or obligation.planned_for)
        if clock.of == "holder"
        else obligation.answer_by or _decide_by(obligation)
    )
    if rung.at.count and base:
        said = _reckoned(rung.at, base, calendar, clock)
    else:
        said = say("{rule} (calendar {calendar})", rule=deadlines.rule_words(rung.at), calendar=calendar.key)
    if clock.occurrence > 1 and rung.repeat_every:
        said = say("{why}, and every {span} after it", why=said, span=deadlines.span_words(rung.repeat_every))
    if clock.meant and clock.meant != clock.at:
        meant = f"{clock.meant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
        said = say("{why}; meant for {moment}, it waits", why=said, moment=meant)
    return said


def _decide_by(obligation: Obligation) -> datetime | None:
    return obligation.request.decide_by if obligation.request else None
