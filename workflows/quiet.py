"""Quiet hours: when nobody is to be told, and the next moment at which somebody may be."""

from datetime import UTC, date, datetime, time, timedelta

from workflows.calendar import VIETNAM, Calendar
from workflows.definition import QuietHours

_STEPS_MAX = 4  # a night, the days off after it, and the night before the first day that is none


def after_quiet(at: datetime, quiet: QuietHours | None, calendar: Calendar) -> datetime:
    """The instant itself where it is not quiet, otherwise the end of the quiet, in UTC."""
    if quiet is None:
        return at
    for _ in range(_STEPS_MAX):
        later = _end(at, quiet, calendar)
        if later == at:
            break
        at = later
    return at


def _end(at: datetime, quiet: QuietHours, calendar: Calendar) -> datetime:
    """The end of the quiet hours, or of the days off, that an instant lies in; the instant itself where in none."""
    local = at.astimezone(VIETNAM)
    today = local.date()
    if quiet.days_off == "quiet" and not calendar.is_working(today):
        return _instant(calendar.next_working(today), time.min)
    now, over_midnight = local.time(), quiet.from_ > quiet.to
    if over_midnight and now >= quiet.from_:
        return _instant(today + timedelta(days=1), quiet.to)
    if now < quiet.to and (over_midnight or now >= quiet.from_):
        return _instant(today, quiet.to)
    return at


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=VIETNAM).astimezone(UTC)
