"""Calendars: their versions, the text of each, which dates would move by another, and publishing it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from engine import calendars
from engine.showing.moved_dates import DATES_SHOWN, days_between, moved_dates
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Body, Name, Texts, Version, maybe, text
from engine.web.api.replies import Listed, Reply
from engine.web.visit import Visit
from storage import campaigns, definitions
from storage.definitions import Published
from workflows.calendar import Calendar, Day
from workflows.calendar_text import to_text
from workflows.errors import Incomplete, NotFound
from workflows.text import say

api = Api("calendars", "Calendars: the days on which one works, and how a change of them reaches what runs.")
_TEXT_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year of a calendar: the days that are not as the week alone would have them. `covered` says whether the calendar
    knows the whole of it."""

    calendar: str
    year: int
    covered: bool
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A version of a calendar: when it was published, by whom, why, and on which documents."""

    name: str
    version: int
    digest: str
    published_at: datetime
    published_by: str
    why: str | None
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarText:
    """A version with its text, YAML."""

    calendar: CalendarVersion
    text: str


@dataclass(frozen=True, slots=True)
class CalendarMade:
    """What was published, and how many running cascades have to follow it; rounds see to that."""

    calendar: CalendarVersion
    waiting: int


@dataclass(frozen=True, slots=True)
class Following:
    """How many running cascades have still to follow the newest version, and those that could not, with why."""

    waiting: int
    failing: tuple["NotFollowed", ...]


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """A cascade that could not follow its calendar, and when it is tried again."""

    cascade: str
    calendar: str
    failures: int
    retry_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DayChanged:
    """A day as it was and as it becomes; null where it is as the week has it."""

    on: date
    before: Day | None
    after: Day | None


@dataclass(frozen=True, slots=True)
class DateMoved:
    """A date that would move; `days` is below 0 where it comes nearer."""

    number: int
    before: datetime
    after: datetime
    days: int


@dataclass(frozen=True, slots=True)
class CascadeMoved:
    """What would move in one cascade; `first` are the first few."""

    cascade: str
    later: int
    nearer: int
    first: tuple[DateMoved, ...]


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """Which dates would move. `by_days` counts them by how many days; `looked_at` running cascades were asked, and for
    `not_looked_at` there was no time. `shown` are the first cascades."""

    calendar: str
    days: tuple[DayChanged, ...]
    dates: int
    cascades: int
    looked_at: int
    not_looked_at: int
    by_days: dict[str, int]
    shown: tuple[CascadeMoved, ...]


class CalendarSent(Body):
    """A calendar's text; its version is not looked at."""

    text: str = text(
        "A calendar as GET /calendars/{name}/{version} gives it, YAML.",
        most=_TEXT_MAX,
        examples=["calendar: vn-public\n"],
    )


class Grounds(Body):
    """Why, by which documents, and for which work."""

    why: str = text("Why; goes on the record.", examples=["Swap day of January 2026"])
    basis: Texts = Field([], description="The documents that decide it.", max_length=20, examples=[["1234/TB-BNV"]])
    reach: Literal["all", "new"] = Field(
        "all", description="`all`: running cascades follow, one by one; `new`: only cascades that open from now on."
    )
    made_from: str | None = maybe(
        "The version that was changed; refused where another was published since.", most=80, examples=["vn-public@1"]
    )


class CalendarPublishing(Grounds):
    """A calendar to publish."""

    text: str = text("The calendar, YAML.", most=_TEXT_MAX, examples=["calendar: vn-public\n"])


class DaySent(Grounds):
    """One day that is decided otherwise."""

    day_name: str | None = maybe("What the day is called.", most=200, examples=["Nghỉ hoán đổi"])
    document: str | None = maybe("The document that decides it.", most=200, examples=["1234/TB-BNV"])
    work: Literal["off", "worked", "week"] = Field(
        description="`off`: a weekday off; `worked`: a Saturday or Sunday worked; `week`: as the week has it.",
        examples=["off"],
    )


@api.get("/calendars", "look.calendar", Listed[str])
def list_calendars(visit: Visit) -> Listed[str]:
    """The calendars by name and version"""
    with visit.reading() as connection:
        return Listed(tuple(sorted(asking.rules_of(visit, connection).calendars)))


@api.get("/calendars/following", "look.calendar", Following)
def show_following(visit: Visit) -> Following:
    """How many running cascades have still to follow the newest version"""
    with visit.reading() as connection:
        failing = tuple(
            NotFollowed(id_, one.calendar, one.failures, one.retry_at, one.error)
            for id_, one in campaigns.failing(connection, 200)
        )
        return Following(campaigns.waiting(connection), failing)


@api.get("/calendars/{name}/{version}", "look.calendar", CalendarText)
def show_calendar_text(visit: Visit, name: Name, version: Version) -> CalendarText:
    """One version with its text"""
    with visit.reading() as connection:
        found = definitions.read_published(connection, "calendar")
    one = next((one for one in found if (one.name, one.version) == (name, version)), None)
    if one is None:
        raise NotFound(say("No calendar {name!r} in this database. There is: {known}", name=f"{name}@{version}",
                           known=[each.key for each in found]))  # fmt: skip
    return CalendarText(_version(one), one.text)


@api.get("/calendars/{name}/{version}/{year}", "look.calendar", CalendarYear)
def show_calendar(
    visit: Visit, name: Name, version: Version, year: Annotated[int, Path(ge=1, le=9999, description="The year.")]
) -> CalendarYear:
    """A year of a calendar

    Its days off on weekdays, and its working weekends, with what decided them."""
    used = calendar_of(visit, f"{name}@{version}")
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = tuple(one for one in used.days.values() if first <= one.on <= last)
    return CalendarYear(used.key, year, used.covers[0] <= first and last <= used.covers[1], days)


@api.post("/calendars/previews", "calendar.edit", CalendarPreview, keyed=False)
def preview_calendar(visit: Visit, body: CalendarSent) -> CalendarPreview:
    """Which dates would move

    What a rule gave is reckoned anew; what a person set stays. Nothing is stored."""
    with visit.reading() as connection:
        new, last = calendars.as_next(connection, body.text, "calendar.yaml")
        moved = moved_dates(connection, asking.rules_of(visit, connection), new, visit.now())
    changed = tuple(DayChanged(*one) for one in calendars.differences(last, new))
    shown = tuple(
        CascadeMoved(one.cascade, one.later, one.nearer, tuple(
            DateMoved(each.number, each.before, each.after, days_between(each)) for each in one.first[:DATES_SHOWN]))
        for one in moved.shown
    )  # fmt: skip
    by_days = {str(days): count for days, count in moved.spread}
    return CalendarPreview(new.key, changed, moved.total, moved.cascades, moved.looked_at, moved.left, by_days, shown)


@api.post("/calendars", "calendar.edit", CalendarMade, 201)
def publish_calendar(visit: Visit, body: CalendarPublishing) -> Reply:
    """Publish a calendar as the next version of its name

    Running cascades that go by it follow, one by one, by the next rounds, unless it is for new work alone."""
    return _publish(visit, body, body.text)


@api.post("/calendars/{name}/days/{on}", "calendar.edit", CalendarMade, 201)
def set_day(
    visit: Visit,
    name: Name,
    on: Annotated[date, Path(description="The day, ISO.", examples=["2026-01-02"])],
    body: DaySent,
) -> Reply:
    """Let one day be otherwise, and publish that

    It is changed in the newest version of the calendar."""
    with visit.reading() as connection:
        used = calendars.newest(asking.rules_of(visit, connection).calendars.values(), name)
    if body.work == "week":
        changed = calendars.without_day(used, on)
    else:
        changed = calendars.with_day(used, _day(on, body))
    if body.made_from is None:
        body = body.model_copy(update={"made_from": used.key})
    return _publish(visit, body, to_text(changed))


def calendar_of(visit: Visit, key: str) -> Calendar:
    """The calendar of a key. Raises NotFound."""
    with visit.reading() as connection:
        known = asking.rules_of(visit, connection).calendars
    if key not in known:
        raise NotFound(say("No calendar {name!r} in this database. There is: {known}", name=key, known=sorted(known)))
    return known[key]


def _publish(visit: Visit, body: Grounds, text: str) -> Reply:
    with visit.database.transaction() as connection:
        made = calendars.publish(connection, text, "calendar.yaml", body.why, body.basis, visit.now(),
                                 asking.administrator(visit), reach=body.reach, made_from=body.made_from)  # fmt: skip
    found = made.published
    return Reply(
        CalendarMade(_version(found), made.waiting), 201, path=f"/api/v1/calendars/{found.name}/{found.version}"
    )


def _day(on: date, body: DaySent) -> Day:
    try:
        return Day(on, body.work == "worked", (body.day_name or "").strip(), body.document)
    except ValueError as error:
        raise Incomplete(say("change {day}", day=f"{on:%d/%m/%Y}"), error.args[0]) from None


def _version(one: Published) -> CalendarVersion:
    return CalendarVersion(one.name, one.version, one.digest, one.published_at, one.published_by, one.why, one.basis)
