"""A calendar as YAML that an admin writes, and back. It refuses what it does not know, all at once."""

import json
import re
from collections.abc import Callable
from datetime import date, time
from functools import partial
from hashlib import sha256
from importlib.resources import files
from typing import TypeVar

from workflows.calendar import NAME, Calendar, Day
from workflows.errors import InvalidDefinition, Problem
from workflows.strict_yaml import PROBLEMS_MAX, Located, Path, Plain, Position, examine
from workflows.text import say

_SECTIONS = {"days_off": False, "working_weekends": True}  # does the office work on its days
_KEYS = ("calendar", "version", "covers", "opens", "closes", *_SECTIONS)
_NOT_PLAIN = ("null", "true", "false")  # what YAML takes for something else, unless it stands in quotes

_Value = TypeVar("_Value")


def shipped_calendar(name: str = "vn-public") -> Calendar:
    """A calendar that comes with the program; ValueError names those there are."""
    folder = files("workflows") / "catalog" / "calendars"
    texts = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    shipped = {file.name.removesuffix(".yaml"): file for file in texts}
    if name not in shipped:  # the name is compared, never joined to a path
        raise ValueError(say("No calendar {name!r} is shipped; there is: {known}.", name=name, known=sorted(shipped)))
    return parse_calendar(shipped[name].read_text(encoding="utf-8"), source=f"{name}.yaml")


def digest(calendar: Calendar) -> str:
    """SHA-256 of the canonical text, in hexadecimal: the same for equal calendars."""
    return sha256(to_text(calendar).encode()).hexdigest()


def to_text(calendar: Calendar) -> str:
    """The canonical YAML: one line a day, in order; `parse_calendar` gives the same calendar back."""
    said = partial(json.dumps, ensure_ascii=False)  # a JSON string is a YAML string
    first, last = calendar.covers
    lines = [
        f"calendar: {said(calendar.name) if calendar.name in _NOT_PLAIN else calendar.name}",
        f"version: {calendar.version}",
        f"covers: {{from: {first}, to: {last}}}",
        f'opens: "{calendar.opens:%H:%M}"',
        f'closes: "{calendar.closes:%H:%M}"',
    ]
    for section, working in _SECTIONS.items():
        days = [day for day in calendar.days.values() if day.working == working]
        lines.append(f"{section}:" if days else f"{section}: {{}}")
        lines += [f"  {day.on}: {{name: {said(day.name)}, document: {said(day.document)}}}" for day in days]
    return "\n".join(lines) + "\n"


def parse_calendar(text: str | bytes, *, source: str = "calendar") -> Calendar:
    """Read a calendar from YAML. Raises InvalidDefinition naming every problem and its place."""
    located, problems = examine(text, source)
    reader = _Reader(source, located, problems) if located else None
    calendar = reader.calendar() if reader else None
    if calendar is None:
        found = problems + (reader.problems if reader else [])
        raise InvalidDefinition(source, sorted(found, key=lambda problem: (problem.line, problem.column)))
    return calendar


class _Reader:
    """One reading of one file; it goes on after a fault, to find them all. `known` is what YAML refused already."""

    def __init__(self, source: str, located: Located, known: list[Problem]) -> None:
        self._source, self._located = source, located
        self._taken: set[Position] = {(problem.line, problem.column) for problem in known}
        self.problems: list[Problem] = []

    def calendar(self) -> Calendar | None:
        """The calendar, or None where it or the YAML has a problem."""
        found = self._fields(say("the file"), (), self._located.data, _KEYS)
        name = self._value(found, ("calendar",), "E206", say("a name such as vn-public"), _name)
        version = self._value(found, ("version",), "E205", say("a whole number from 1"), _whole)
        opens = self._value(found, ("opens",), "E204", say('a time such as "07:30"'), _time)
        closes = self._value(found, ("closes",), "E204", say('a time such as "17:00"'), _time)
        span = self._fields("covers", ("covers",), found["covers"], ("from", "to")) if "covers" in found else {}
        first = self._value(span, ("covers", "from"), "E204", say("a date such as 2020-01-01"), _date)
        last = self._value(span, ("covers", "to"), "E204", say("a date such as 2027-12-31"), _date)
        days = [day for section in _SECTIONS if section in found for day in self._days(section, found[section])]
        if not (name and version and opens and closes and first and last) or self.problems or self._taken:
            return None
        try:
            return Calendar(name, version, {day.on: day for day in days}, opens, closes, covers=(first, last))
        except ValueError as error:
            self._refuse((), "E502", error.args[0])
            return None

    def _days(self, section: str, data: Plain) -> list[Day]:
        if not isinstance(data, dict):
            said = say("{section}: write a date a line, each with name and document; {{}} for none", section=section)
            self._refuse((section,), "E205", said)
            return []
        days = []
        for written, value in data.items():
            path: Path = (section, written)
            on = _read(_date, written)
            if on is None:
                self._refuse(
                    path, "E204", say("{written!r} is not a date such as 2026-01-02", written=written[:40]), on_key=True
                )
            found = self._fields(say("a day"), path, value, ("name", "document"), optional=("document",))
            name = self._text(found, (*path, "name"))
            document = None if found.get("document") is None else self._text(found, (*path, "document"))
            if on is None or name is None:
                continue
            try:
                days.append(Day(on, _SECTIONS[section], name, document))
            except ValueError as error:
                self._refuse(path, "E501", error.args[0], on_key=True)
        return days

    def _fields(
        self, what: str, path: Path, data: Plain, known: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, Plain]:
        """The values of a mapping by key; unknown and missing keys are kept as problems."""
        if not isinstance(data, dict):
            self._refuse(
                path, "E205", say("{what}: write the keys {known}, each with a value", what=what, known=list(known))
            )
            return {}
        for key in data:
            if key not in known:
                said = say(
                    "{what} has no key {key!r}; its keys are {known}", what=what, key=key[:40], known=list(known)
                )
                self._refuse((*path, key), "E202", said, on_key=True)
        missing = [key for key in known if key not in data and key not in optional]
        if missing:
            self._refuse(path, "E201", say("{what} lacks {missing}", what=what, missing=list(missing)))
        return {key: value for key, value in data.items() if key in known}

    def _text(self, found: dict[str, Plain], path: Path) -> str | None:
        value = found.get(str(path[-1]))
        if isinstance(value, int):  # true and false are integers too
            self._refuse(path, "E205", say("{written!r} is a text: put it in quotes", written=_written(value)[:40]))
            return None
        return self._value(found, path, "E205", say("a text in quotes"), str)

    def _value(
        self, found: dict[str, Plain], path: Path, code: str, expected: str, read: Callable[[str], _Value]
    ) -> _Value | None:
        """What `read` makes of a single value; None where there is none, or with a problem kept."""
        if path[-1] not in found:
            return None
        value = found[str(path[-1])]
        if value is None or isinstance(value, dict | list):
            self._refuse(path, "E205", say("{expected} belongs here", expected=expected))
            return None
        made = None if isinstance(value, bool) else _read(read, str(value))
        if made is None:
            self._refuse(
                path, code, say("{written!r} is not {expected}", written=_written(value)[:40], expected=expected)
            )
        return made

    def _refuse(self, path: Path, code: str, message: str, *, on_key: bool = False) -> None:
        at = self._located.at_key(path) if on_key else self._located.at(path)
        if at not in self._taken and len(self.problems) < PROBLEMS_MAX:  # of the same place YAML has told
            self.problems.append(Problem(self._source, *at, code, message))


def _written(value: str | int) -> str:
    """A single value as it stood in the file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(read: Callable[[str], _Value], text: str) -> _Value | None:
    try:
        return read(text)
    except ValueError:
        return None


def _name(text: str) -> str:
    return _matching(NAME, text)


def _date(text: str) -> date:
    return date.fromisoformat(_matching(r"\d{4}-\d\d-\d\d", text))


def _time(text: str) -> time:
    return time.fromisoformat(_matching(r"\d\d:\d\d", text))


def _whole(text: str) -> int:
    return int(_matching(r"[1-9]\d*", text))


def _matching(pattern: str, text: str) -> str:
    # The standard library reads more notations than a calendar is written in.
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(text)
    return text
