"""A year of a calendar: twelve small months, and a list of the days that are not as the week alone would have them."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from engine.cli.printing import colours, data, styled, table, talk
from engine.language import told
from engine.year import WEEK, corrected, covered, working_days
from workflows.calendar import SATURDAY, Calendar, Day
from workflows.fields import show_day
from workflows.text import say, say_count

_ACROSS = 3  # months beside each other
_CELL = 4  # letters a day takes
_GAP = "  "
_OFF, _WORKED = "*", "+"


def show(calendar: Calendar, year: int) -> None:
    """Print the year, the corrected days under it, and which years the calendar knows."""
    total = say_count("{count} working day", "{count} working days", working_days(calendar, year))
    data(say("{year}, {total} ({calendar})", year=year, total=total, calendar=calendar.key))
    for first in range(1, 13, _ACROSS):
        data()
        beside = [_month(calendar, year, month) for month in range(first, first + _ACROSS)]
        for parts in zip_longest(*beside, fillvalue=" " * 7 * _CELL):
            data(_GAP.join(parts).rstrip())
    data()
    data(say("{off} off on a weekday, {worked} working on a weekend", off=_OFF, worked=_WORKED))
    days = corrected(calendar, year)
    if days:
        data()
        heads = [say("DAY"), "", say("OFFICE"), say("DOCUMENT"), say("NAME")]
        table(heads, [_listed(day) for day in days])
    data()
    data(_covers(calendar))
    if not covered(calendar, year):
        talk(say("{calendar} does not know the whole of {year}: outside of what it covers only Saturdays and Sundays"
                 " are off, and no holiday or swapped day is known.", calendar=calendar.key, year=year))  # fmt: skip


def as_data(calendar: Calendar, year: int) -> dict[str, Any]:
    return {
        "calendar": calendar.key,
        "year": year,
        "covers": calendar.covers,
        "covered": covered(calendar, year),
        "working_days": working_days(calendar, year),
        "months": [{"month": month, "working_days": working_days(calendar, year, month)} for month in range(1, 13)],
        "days": [asdict(day) for day in corrected(calendar, year)],
    }


def _month(calendar: Calendar, year: int, month: int) -> list[str]:
    """One month as lines of the same width: its name and working days, the days of the week, the weeks."""
    days = say_count("{count} working day", "{count} working days", working_days(calendar, year, month))
    head = told(say("{month}/{year}: {days}", month=f"{month:02}", year=year, days=days))
    lines = [head.center(7 * _CELL), "".join(told(day).rjust(_CELL - 1) + " " for day in WEEK)]
    return [*lines, *("".join(cells) for cells in _weeks(calendar, year, month))]


def _weeks(calendar: Calendar, year: int, month: int) -> Iterator[list[str]]:
    first, length = date(year, month, 1), monthrange(year, month)[1]
    cells = [" " * _CELL] * first.weekday()
    cells += [_cell(calendar, first + timedelta(days=number)) for number in range(length)]
    cells += [" " * _CELL] * (-len(cells) % 7)
    for start in range(0, len(cells), 7):
        yield cells[start : start + 7]


def _cell(calendar: Calendar, day: date) -> str:
    """A day's number, marked where it is corrected; on a terminal also in colour, and weekends pale."""
    found = calendar.days.get(day)
    if found is None:
        number = f"{day.day:>3} "
        return styled(number, "bright_black") if day.weekday() >= SATURDAY and colours() else number
    return styled(f"{day.day:>3}{_WORKED if found.working else _OFF}", "green" if found.working else "red")


def _listed(day: Day) -> list[str]:
    office = say("works") if day.working else say("off")
    return [show_day(day.on), WEEK[day.on.weekday()], office, day.document or "-", day.name]


def _covers(calendar: Calendar) -> str:
    first, last = calendar.covers
    return say("The calendar covers {first} to {last}.", first=show_day(first), last=show_day(last))
