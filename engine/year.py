"""A year of a calendar, for a page or a terminal: how many days are worked, and which are not as the week alone has them."""

from calendar import monthrange
from datetime import date

from workflows.calendar import Calendar, Day
from workflows.text import say

WEEK = (say("Mo"), say("Tu"), say("We"), say("Th"), say("Fr"), say("Sa"), say("Su"))


def working_days(calendar: Calendar, year: int, month: int | None = None) -> int:
    """How many days of a year, or of one of its months, the office works on."""
    first, last = date(year, month or 1, 1), date(year, month or 12, monthrange(year, month or 12)[1])
    return calendar.between(first, last) + calendar.is_working(first)


def corrected(calendar: Calendar, year: int) -> list[Day]:
    """The days of a year that are off on a weekday or worked on a weekend, in order."""
    return [day for on, day in calendar.days.items() if on.year == year]


def covered(calendar: Calendar, year: int) -> bool:
    return calendar.covered(date(year, 1, 1)) and calendar.covered(date(year, 12, 31))
