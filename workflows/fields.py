"""Values that people type: days, instants, numbers, symbols; checked against the type a definition asks for."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from workflows import deadlines, words
from workflows.calendar import VIETNAM, Calendar, day_end, last_day
from workflows.errors import Incomplete, Unmet
from workflows.grammar import Span
from workflows.offices import Offices
from workflows.text import joined, say

_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_SYMBOL = re.compile(r"^\d+[A-Za-z]?\s*[/-]\s*\S.*$")
TEXT_MAX = 20_000
YEARS = (1900, 2200)  # what a paper of this trade can speak of


def parse_day(text: str) -> date:
    """A day written 2023-08-31 or 31/08/2023. Raises ValueError."""
    found = _DAY.match(text.strip())
    day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text.strip())
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError(
            say("the year {year} is not between {first} and {last}", year=day.year, first=YEARS[0], last=YEARS[1])
        )
    return day


def parse_instant(text: str) -> datetime:
    """An instant in UTC. A day alone means its end; a time without a zone is Vietnam's. Raises ValueError."""
    try:
        return day_end(parse_day(text))
    except ValueError:
        day, _, time = text.strip().replace("T", " ", 1).partition(" ")
        found = datetime.fromisoformat(f"{parse_day(day).isoformat()}T{time}")
        return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(UTC)


def check_backdating(limit: Span | None, name: str, day: date, now: datetime, calendar: Calendar, asked: str) -> None:
    """Raises Unmet where a paper is entered later than the workflow allows, counted from the day it is dated."""
    if limit is None:
        return
    last = deadlines.after(limit, day_end(day), calendar)
    if now > last:
        because = say(
            "{name} {day} is too long ago: this workflow lets a paper be entered within {limit}, and that was until {last}",
            name=name, day=show_day(day), limit=deadlines.span_words(limit), last=show_day(last_day(last)),
        )  # fmt: skip
        raise Unmet(asked, because)


def is_text(value: str) -> bool:
    """Letters, and at most line breaks and tabs: no NUL or other control character, no half of a surrogate pair."""
    return not any((one < " " and one not in "\n\r\t") or "\ud800" <= one <= "\udfff" for one in value)


def is_symbol(value: str) -> bool:
    """Does it look like the symbol of a document, such as 61/SKHCN-VP?"""
    return bool(_SYMBOL.match(value.strip())) and is_text(value)


def show_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def check_fields(
    asked: Mapping[str, str],
    given: Mapping[str, str],
    offices: Offices,
    what: str,
    judged: Mapping[str, str | None] | None = None,
) -> None:
    """Every field asked for is there and of its type, and nothing else is. Raises Incomplete naming all that is wrong.

    `judged` are further fields that are asked for, each with what is wrong with it, where something is.
    """
    judged = judged or {}
    missing = {
        name: say("{name} ({type}) is missing", name=name, type=say(words.FIELDS[kind]))
        for name, kind in asked.items()
        if not given.get(name)
    }
    known = asked.keys() | judged.keys()
    beyond = {name: say("{name} is not asked for", name=name) for name in given if name not in known}
    faulty: dict[str, str] = {}
    for name, kind in asked.items():
        fault = _fault(kind, given[name], offices) if given.get(name) else None
        if fault:
            faulty[name] = say("{name}: {fault}", name=name, fault=fault)
    wrong = missing | beyond | faulty | {name: fault for name, fault in judged.items() if fault}
    if wrong:
        raise Incomplete(what, joined(wrong.values(), "; "), fields=wrong)


def _fault(kind: str, value: str, offices: Offices) -> str | None:
    """What is wrong with one value, or None."""
    if len(value) > TEXT_MAX:
        return say("longer than {most} characters", most=TEXT_MAX)
    if not is_text(value):
        return say("holds characters that are no text")
    if kind == "date":
        try:
            parse_day(value)
        except ValueError:
            return say("{value!r} is not a day; write 2023-08-31 or 31/08/2023", value=value)
    if kind == "number" and not (value.isascii() and value.isdigit()):
        return say("{value!r} is not a whole number", value=value)
    if kind == "document" and not _SYMBOL.match(value.strip()):
        return say("{value!r} is not a document symbol such as 61/SKHCN-VP", value=value)
    if kind == "office" and offices.find(value) is None:
        return say("no office {value!r} in the directory", value=value)
    return None if value.strip() else say("is blank")
