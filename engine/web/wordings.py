"""How things stand, in words and with a colour: what chips on every page say. Never by colour alone."""

from dataclasses import dataclass
from datetime import datetime

from engine.labels import GROUP_WORDS
from workflows.calendar import Calendar, day_of, last_day
from workflows.text import Text, say, say_count

NEAR_DAYS = 3  # working days from which a date is near


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in words; `tone` is one of good, near, late, rest, plain and decides the colour only."""

    says: str
    tone: str = "plain"


def time_chip(group: str, due_at: datetime | None, rests: bool, now: datetime, calendar: Calendar) -> Chip:
    """How an obligation stands in time: working days left, or days past its date, or the group it is counted in."""
    if group == "open_overdue" and due_at:
        return _past(due_at, now, calendar)
    if group == "open_in_time" and due_at:
        if rests:
            return Chip(say("answered, waits for the giver"), "rest")
        return _left(due_at, now, calendar)
    tones = {"done_on_time": "good", "done_late": "near", "no_deadline": "plain"}
    return Chip(GROUP_WORDS[group], tones.get(group, "plain"))


def _left(due_at: datetime, now: datetime, calendar: Calendar) -> Chip:
    today, day = day_of(now), last_day(due_at)
    days = calendar.between(today, day)
    if day == today:
        return Chip(say("due today"), "near")
    if not days:
        return Chip(say("due on a day off, before the next working day"), "near")
    tone = "near" if days <= NEAR_DAYS else "good"
    return Chip(say_count("{count} working day left", "{count} working days left", days), tone)


def _past(at: datetime, now: datetime, calendar: Calendar) -> Chip:
    days = calendar.between(last_day(at), day_of(now))
    if not days:
        return Chip(say("overdue, less than a working day"), "late")
    return Chip(say_count("{count} working day overdue", "{count} working days overdue", days), "late")


def answer_chip(by: datetime, now: datetime, calendar: Calendar) -> Chip:
    """How long whoever gave it has to decide."""
    return _left(by, now, calendar) if by >= now else _past(by, now, calendar)


ASKS: dict[str, Text] = {
    "receive": say("to receive"),
    "decide": say("to decide"),
    "acknowledge": say("to acknowledge"),
    "report": say("to report"),
}


def newest(calendars: dict[str, Calendar]) -> Calendar:
    """The calendar by which days are counted where a list is of many."""
    return max(calendars.values(), key=lambda one: (one.covers[1], one.version))
