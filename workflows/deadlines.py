"""Due dates: rule and starting instant in, instant and explanation out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from workflows.calendar import VIETNAM, Calendar, day_end, last_day
from workflows.grammar import RuleText, Span, TimeRule
from workflows.light import light
from workflows.obligation import Because
from workflows.text import Text, mark, say, say_count
from workflows.words import EVENTS

_RULE: TypeAdapter[TimeRule] = TypeAdapter(RuleText)

NOTES = {
    "provisional": mark("counted from the last day to receive, until it is received"),
    "received_late": mark("counted from the last day to receive: it was received later"),
    "held_to_parent": mark("held to the date of the obligation above"),
    "no_room": mark("there is no room before the date of the obligation above, so it is that date itself"),
    "rolled": mark("the last day is off, so the next working day"),
    "uncovered": mark("the calendar has no decided days for that year: weekends only"),
    "day_left_out": mark("'before' leaves the day itself out in this office"),
    "expected": mark("the day is only planned, and counts"),
    "planned": mark("the day is only planned: it is reminded of, and never missed"),
    "kept_ahead": mark("by the calendar as it is now it had passed, so it is the day on which the calendar changed"),
    "past": mark("this date had passed when it was set"),
}


RESTED = "rested"  # the label of a date to the hour that was moved by a rest


@light(frozen=True, slots=True)
class Due:
    """A date and why."""

    at: datetime
    because: Because


@lru_cache(maxsize=8192)
def reckon(rule: TimeRule, start: datetime, calendar: Calendar, *notes: str) -> Due:
    """The instant that a rule gives from a start. Civil Code 2015 art. 147-148: the first day does not count, a term in
    days ends at 24:00 of its last day, and moves to the next working day where that one is off.

    Remembered: the obligations of a batch share a few rules and starts."""
    if rule.unit == "hour":
        at = start + timedelta(hours=rule.count)
        return Due(at, Because(str(rule), last_day(at), calendar.key, last_day(start), notes=notes))
    first = last_day(start)
    if rule.unit == "working day":
        result = calendar.add(first, rule.count) if rule.count else first
    else:
        counted = first + timedelta(days=rule.count)
        result = calendar.next_working(counted) if rule.count > 0 else counted
        notes += ("rolled",) if result != counted else ()
    if not calendar.covered(result):
        notes += ("uncovered",)
    off = calendar.named_off(min(first, result), max(first, result))
    return Due(day_end(result), Because(str(rule), result, calendar.key, first, off, notes))


def after(span: Span, start: datetime, calendar: Calendar) -> datetime:
    """The instant a length of time after a start; in days, the end of the last one."""
    return reckon(TimeRule(count=span.count, unit=span.unit, event="event"), start, calendar).at


def as_written(at: datetime, wording: str | None, calendar: Calendar) -> Due:
    """A date that the document itself gives, with its wording kept."""
    return Due(at, Because("as written", last_day(at), calendar.key, label=wording))


def within(due: Due, limit: datetime | None) -> Due:
    """The due date, held to its parent's where it would pass it."""
    if limit is None or due.at <= limit:
        return due
    notes = (*due.because.notes, "held_to_parent")
    return Due(limit, replace(due.because, result_on=last_day(limit), notes=notes))


def shifted(due_at: datetime, because: Because, rest_from: datetime, until: datetime, calendar: Calendar) -> Due:
    """The old date after a rest: the working days that were left are left again; the hours, where it is to the hour.

    A date that had passed before the rest began stays where it is.
    """
    if rest_from > due_at:
        return Due(due_at, because)
    if due_at != day_end(last_day(due_at)):
        return Due(due_at + (until - rest_from), replace(because, label=RESTED))
    first, resumed = last_day(due_at), last_day(until)
    left = calendar.between(last_day(rest_from), first)
    result = calendar.add(resumed, left) if left else calendar.next_working(resumed)
    if result <= first:
        return Due(due_at, because)
    off = calendar.named_off(first, result)
    return Due(
        day_end(result), Because("rested", result, calendar.key, first, off, days=calendar.between(first, result))
    )


def rule_words(rule: TimeRule) -> Text:
    """A time in words: `3 working days before due`."""
    event = say(_EVENT_WORDS[rule.event])
    if not rule.count:
        return event
    span = span_words(Span(count=abs(rule.count), unit=rule.unit))
    if rule.count < 0:
        return say("{span} before {event}", span=span, event=event)
    return say("{span} after {event}", span=span, event=event)


def span_words(span: Span) -> Text:
    """A length of time in words: `3 working days`."""
    match span.unit:
        case "working day":
            return say_count("{count} working day", "{count} working days", span.count)
        case "day":
            return say_count("{count} day", "{count} days", span.count)
        case "hour":
            return say_count("{count} hour", "{count} hours", span.count)
    raise AssertionError(f"the closed set of units has no {span.unit!r}")


_EVENT_WORDS = {
    "issue": mark("issue"),
    "receipt": mark("receipt"),
    "due": mark("due"),
    "parent_due": mark("parent_due"),
    "reported": mark("reported"),
    "asked": mark("asked"),
    "window_end": mark("window_end"),
    "event": mark("event"),
    "answer_due": mark("answer_due"),
    "until": mark("until"),
}
assert set(_EVENT_WORDS) == set(EVENTS)


def sentence(because: Because | None, at: datetime | None = None) -> Text:
    """One sentence that explains a date to the person who owes it; with `at`, to the hour where it is to the hour."""
    if because is None:
        return say("no date")
    to_the_hour = at is not None and at != day_end(last_day(at))
    when = f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if at and to_the_hour else f"{because.result_on:%d/%m/%Y}"
    parts = [_rule_said(because), *_off_said(because), *(say(NOTES[note]) for note in because.notes if note in NOTES)]
    why: Text = parts[0]
    for part in parts[1:]:
        why = say("{first}; {then}", first=why, then=part)
    return say("{when}: {why} (calendar {calendar})", when=when, why=why, calendar=because.calendar)


def _rule_said(because: Because) -> Text:
    """The rule a date comes from, with what it was counted from."""
    label = because.label
    match because.rule:
        case "as written":
            return say("as written ({wording})", wording=label) if label else say("as written in the document")
        case "extended":
            return _extended_said(because)
        case "amended":
            return say("as amended by {document}", document=label or "")
        case "rested":
            return say_count(
                "{count} working day more, given back for a rest, counted from {day}",
                "{count} working days more, given back for a rest, counted from {day}",
                because.days or 0,
                day=_shown(because.start_on),
            )
    rule = _parsed(because.rule)
    said = rule_words(rule) if rule else say("{rule}", rule=because.rule)
    if label == RESTED:
        said = say("{rule}, and the hours that were left before a rest", rule=said)
    elif label:
        said = say("{rule} ({wording})", rule=said, wording=label)
    if because.start_on and because.start_on != because.result_on:
        return say("{rule}, counted from {day}", rule=said, day=_shown(because.start_on))
    return said


def _extended_said(because: Because) -> Text:
    said = say("extended")
    if because.start_on:
        said = say("extended, asked for on {day}", day=_shown(because.start_on))
    return say("{extended} ({reason})", extended=said, reason=because.label) if because.label else said


def _off_said(because: Because) -> Iterator[Text]:
    if because.off:
        days = [f"{day:%d/%m} ({why})" for day, why in because.off]
        yield say("passing over {days}", days=days)


@lru_cache(maxsize=1024)
def _parsed(rule: str) -> TimeRule | None:
    """A rule as a definition writes it; None for the words of an earlier version."""
    try:
        return _RULE.validate_python(rule)
    except ValidationError:
        return None


def _shown(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
