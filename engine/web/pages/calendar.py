"""The calendar: the working days of a year on one page to print, every day off with what decided it, and the text itself."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Response

from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.year import WEEK, corrected, covered, working_days
from storage import campaigns, definitions
from workflows.calendar import Calendar, day_of
from workflows.calendar_text import to_text
from workflows.errors import NotFound
from workflows.text import Text, say

routes = Routes()
_YEAR_MIN, _YEAR_MAX = 1900, 2199
_SATURDAY = 5
_STUCK_SHOWN = 20
_DONE = {
    "published": say("The calendar is published; it holds from now on."),
    "follow": say("The calendar is published. Running cascades follow it, one after the other, by the next rounds."),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month: its number, how it looks, and in words what is not as the week alone has it."""

    number: int
    looks: str
    says: str = ""


@routes.get("/calendar", "look.calendar")
def calendar(visit: Visit, year: str = "", version: str = "", done: str = "") -> Page:
    """A year: which version decides, its months, and each day that a document changed."""
    today = day_of(visit.now())
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else today.year
    shown = min(max(wanted, _YEAR_MIN), _YEAR_MAX)
    with visit.reading() as connection:
        calendars = visit.known_rules(connection).calendars
        published = definitions.read_published(connection, "calendar")
        waiting, stuck = campaigns.waiting(connection), campaigns.failing(connection, _STUCK_SHOWN)
    used = _chosen(calendars, version)
    versions = sorted(calendars.values(), key=lambda one: (one.name, one.version))
    months = [
        (f"{month:02}/{shown}", working_days(used, shown, month), _weeks(used, shown, month, today))
        for month in range(1, 13)
    ]
    return Page(
        "calendar.html",
        {
            "calendar": used, "year": shown, "months": months, "total": working_days(used, shown), "week": WEEK,
            "days": [(day, WEEK[day.on.weekday()]) for day in corrected(used, shown)], "covered": covered(used, shown),
            "published": next((one for one in published if one.key == used.key), None),
            "versions": [one.key for one in versions], "newest": _chosen(calendars, "").key == used.key,
            "done": _DONE.get(done), "waiting": waiting, "stuck": stuck,
            "years": (max(shown - 1, _YEAR_MIN), min(shown + 1, _YEAR_MAX)),
        },
    )  # fmt: skip


@routes.get("/calendar/text", "look.calendar")
def calendar_text(visit: Visit, version: str = "") -> Response:
    """The calendar as the YAML it is published from."""
    with visit.reading() as connection:
        used = _chosen(visit.known_rules(connection).calendars, version)
    name = f"{used.name}-{used.version}.yaml"
    return Response(to_text(used), media_type="text/plain; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _chosen(calendars: dict[str, Calendar], version: str) -> Calendar:
    """The version that is named; else the newest one, by which dates are reckoned. Raises NotFound."""
    if version:
        if version not in calendars:
            raise NotFound(
                say("No calendar {name!r} here. There is: {known}", name=version[:80], known=sorted(calendars))
            )
        return calendars[version]
    return max(calendars.values(), key=lambda one: (one.covers[1], one.version))


def _weeks(used: Calendar, year: int, month: int, today: date) -> list[list[Cell | None]]:
    first, length = date(year, month, 1), monthrange(year, month)[1]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(used, first + timedelta(days=number), today) for number in range(length)]
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _cell(used: Calendar, day: date, today: date) -> Cell:
    found, now = used.days.get(day), " today" if day == today else ""
    if found is None:
        return Cell(day.day, ("weekend" if day.weekday() >= _SATURDAY else "") + now)
    said: Text = say("works: {name}", name=found.name) if found.working else say("off: {name}", name=found.name)
    return Cell(day.day, ("worked" if found.working else "off") + now, said)
