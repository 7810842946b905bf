"""What becomes of a calendar's text: days changed in it, and published as the next version, for new work or for all.

Running cascades follow one by one (storage.campaigns): one entry of the administration, and a row for each.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from engine.deeds import record
from storage import campaigns, definitions, directory, installation
from storage.definitions import Published
from storage.rulebook import called
from workflows.calendar import Calendar, Day
from workflows.calendar_text import parse_calendar, to_text
from workflows.commands import Actor
from workflows.errors import Conflict, Incomplete, NotFound, Unmet
from workflows.fields import is_text
from workflows.text import Text, say

WORDS_MAX = 2000
BASIS_MAX = 20
REACHES = ("all", "new")  # the work that a new version reaches


@dataclass(frozen=True, slots=True)
class Made:
    """What was published, and how many running cascades have to follow it."""

    published: Published
    waiting: int


def newest(calendars: Iterable[Calendar], name: str = "") -> Calendar:
    """The newest version of a calendar; without a name, of the one that reaches furthest. Raises NotFound."""
    every = list(calendars)
    found = [one for one in every if not name or name in (one.name, one.key)]
    if not found:
        raise NotFound(say("No calendar {name!r} here. There is: {known}", name=name[:80],
                           known=sorted(one.key for one in every)))  # fmt: skip
    return max(found, key=lambda one: (one.covers[1], one.version) if not name else (one.version,))


def with_day(calendar: Calendar, day: Day) -> Calendar:
    """The calendar with this day as it was decided, whatever it said of it before. Raises Incomplete."""
    try:
        return replace(calendar, days={**calendar.days, day.on: day})
    except ValueError as error:
        raise Incomplete(say("change {day}", day=f"{day.on:%d/%m/%Y}"), error.args[0]) from None


def without_day(calendar: Calendar, on: date) -> Calendar:
    """The calendar with this day as the week alone has it. Raises NotFound where it is so already."""
    if on not in calendar.days:
        raise NotFound(
            say("{calendar} has {day} as the week alone has it", calendar=calendar.key, day=f"{on:%d/%m/%Y}")
        )
    return replace(calendar, days={day: one for day, one in calendar.days.items() if day != on})


def swapped(calendar: Calendar, off: date, worked: date, name: str, document: str | None) -> Calendar:
    """A working day off, made up for on a day of a weekend, as one document decides both. Raises Incomplete."""
    asked = say("swap {off} for {worked}", off=f"{off:%d/%m/%Y}", worked=f"{worked:%d/%m/%Y}")
    if not document:
        raise Incomplete(asked, say("a swap is decided by a document; name it"))
    try:
        both = Day(off, False, name, document), Day(worked, True, name, document)
    except ValueError as error:
        raise Incomplete(asked, error.args[0]) from None
    return with_day(with_day(calendar, both[0]), both[1])


def as_next(connection: Connection, text: str, source: str) -> tuple[Calendar, Calendar | None]:
    """A text as the version that it would be published as, and the newest there is of its name. Raises InvalidDefinition."""
    written = parse_calendar(text, source=source)
    versions = [one for one in definitions.read_published(connection, "calendar") if one.name == written.name]
    if not versions:
        return replace(written, version=1), None
    last = parse_calendar(versions[-1].text, source=versions[-1].key)
    return replace(written, version=last.version + 1), last


def differences(before: Calendar | None, after: Calendar) -> list[tuple[date, Day | None, Day | None]]:
    """The days that two versions have otherwise, in order: how they were, and how they become."""
    old = before.days if before else {}
    found = sorted(old.keys() | after.days.keys())
    return [(on, old.get(on), after.days.get(on)) for on in found if old.get(on) != after.days.get(on)]


def publish(
    connection: Connection, text: str, source: str, why: str, basis: Iterable[str], now: datetime, by: Actor, *,
    reach: str = "all", made_from: str | None = None,
) -> Made:  # fmt: skip
    """Publish a calendar as the next version of its name. With `reach` all, every running cascade of the calendar follows;
    with new, only cascades that open from now on. `made_from` is the version that was changed, where that is known.

    Raises InvalidDefinition; Conflict where nothing changed, or another version came meanwhile; Incomplete without a reason.
    """
    directory.hold(connection)  # two who publish at once get two versions
    new, last = as_next(connection, text, source)
    asked, documents = say("publish calendar {name}", name=new.name), tuple(one.strip() for one in basis if one.strip())
    _check(asked, why, documents, reach)
    if last and made_from and made_from != last.key:
        raise Conflict(asked, say("it was made from {before}, and {key} was published since: look at that one first",
                                  before=made_from, key=last.key))  # fmt: skip
    if last and replace(last, version=new.version) == new:
        raise Conflict(asked, say("version {version} has the very same days", version=last.version))
    if last and new.covers[1] < last.covers[1]:
        raise Unmet(asked, say("it knows the days until {until}, and {key} those until {known}: what is reckoned there would"
                               " be lost", until=f"{new.covers[1]:%d/%m/%Y}", key=last.key,
                               known=f"{last.covers[1]:%d/%m/%Y}"))  # fmt: skip
    canonical = to_text(new)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    author = called(by)
    made = Published(new.name, new.version, digest, canonical, now, author, author, why.strip(), documents)
    definitions.add_published(connection, "calendar", made)
    details = [("digest", digest), ("author", author), ("why", why.strip()), ("reach", reach),
               *(("basis", one) for one in documents)]  # fmt: skip
    record(connection, "published", f"calendar {made.key}", now, by, details)
    if reach == "new":
        return Made(made, 0)
    found = installation.read(connection)
    assert found is not None  # its own chain has just grown
    return Made(made, campaigns.start(connection, found.admin_seq, made.key, now))


def _check(asked: Text, why: str, basis: tuple[str, ...], reach: str) -> None:
    if not why.strip():
        raise Incomplete(asked, say("say why; it goes on the record"))
    if reach not in REACHES:
        raise Incomplete(
            asked, say("{word} is not known here; write one of {allowed}", word=repr(reach), allowed=REACHES)
        )
    if len(basis) > BASIS_MAX:
        raise Incomplete(asked, say("{most} documents at most", most=BASIS_MAX))
    for one in (why, *basis):
        if len(one) > WORDS_MAX or not is_text(one):
            raise Incomplete(asked, say("a text of at most {most} characters, and no control characters, is wanted",
                                        most=f"{WORDS_MAX:,}"))  # fmt: skip
