"""Working days, and what a date means in hours: a calendar as data, and the arithmetic on it.

No clock in here: every day and instant is an argument. Dates are dates in Vietnam, instants are aware UTC.
"""

import json
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from importlib.resources import files
from itertools import accumulate
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

from workflows.errors import InvalidDefinition, Problem

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5  # as `date.weekday()` counts
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LAST_ORDINAL = date.max.toordinal()
_SECTIONS = {"days_off": False, "working_weekends": True}  # does the office work on its days
_KEYS = ("calendar", "version", "covers", "opens", "closes", *_SECTIONS)
_NAME = r"[a-z][a-z0-9-]{0,63}"
_TEXT_MAX = 200  # characters of a day's name or document
_FILE_MAX = 100_000  # characters of a calendar file
_NODES_MAX = 10_000  # values and keys in it: a century of holidays
_DEPTH_MAX = 5  # the file, a section, a day, its texts, and one for a mistake to be told where it is

_Value = TypeVar("_Value")


class InvalidCalendar(InvalidDefinition, ValueError):
    """A calendar file cannot be used; `problems` names every fault at once."""


def day_end(day: date) -> datetime:
    """24:00 of `day` in Vietnam, as UTC: what a date alone means (Civil Code 2015, art. 146-148)."""
    return _instant(day + timedelta(days=1), time.min)


def day_of(instant: datetime) -> date:
    """The date in Vietnam at `instant`; ValueError for a naive one."""
    if instant.utcoffset() is None:
        raise ValueError(f"{instant.isoformat()} has no time zone, so it belongs to no day.")
    return instant.astimezone(VIETNAM).date()


def last_day(instant: datetime) -> date:
    """The day a deadline belongs to: 24:00 of the 31st is the 31st, one microsecond later is the 1st."""
    return day_of(instant - timedelta(microseconds=1))


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=VIETNAM).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """One corrected day: off though a weekday, or working though a weekend. `name` is Vietnamese.

    `document` is the symbol of what decided it, None where that is not known.
    """

    on: date
    working: bool
    name: str
    document: str | None = None

    def __post_init__(self) -> None:
        if self.working != (self.on.weekday() >= SATURDAY):
            weekday = WEEKDAYS[self.on.weekday()]
            already = "a working day" if self.working else "off"
            raise ValueError(f"{self.on} is a {weekday}, {already} as it is; leave it out.")
        _check_text("name", self.name)
        if self.document is not None:
            _check_text("document", self.document)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of an office: Monday to Friday as corrected by `days`. A version never changes.

    `covers` is the first and the last day the corrections are known for; other days count by the week alone,
    which `covered` tells. Office hours are local. Counting costs microseconds, however long the span.
    """

    name: str
    version: int
    days: Mapping[date, Day] = field(repr=False)
    opens: time = time(7, 30)
    closes: time = time(17, 0)
    covers: tuple[date, date] = field(kw_only=True)
    # Derived from the corrected days, in order: the ordinal of each; what the first n of them add to a count
    # of weekdays (one longer); the working days from year 1 up to and including each.
    _corrected: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _added: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _reached: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        days = dict(sorted(self.days.items()))
        object.__setattr__(self, "days", MappingProxyType(days))
        object.__setattr__(self, "_corrected", tuple(day.toordinal() for day in days))
        steps = (1 if day.working else -1 for day in days.values())
        object.__setattr__(self, "_added", tuple(accumulate(steps, initial=0)))
        object.__setattr__(self, "_reached", tuple(self._worked(ordinal) for ordinal in self._corrected))

    def _check(self) -> None:
        if not re.fullmatch(_NAME, self.name):
            raise ValueError(f"Calendar name {self.name!r}: write a to z, 0 to 9 and '-', a letter first.")
        if self.version < 1:
            raise ValueError(f"Calendar version {self.version}: versions count from 1.")
        if any(at.second or at.microsecond or at.tzinfo for at in (self.opens, self.closes)):
            raise ValueError("Office hours are local, in whole minutes.")
        if self.opens >= self.closes:
            raise ValueError(f"The office opens at {self.opens:%H:%M}, so it cannot close at {self.closes:%H:%M}.")
        first, last = self.covers
        if first > last:
            raise ValueError(f"The calendar covers {first} to {last}: the first day comes after the last.")
        outside = [str(day) for day in sorted(self.days) if not first <= day <= last]
        if outside:
            raise ValueError(f"The calendar covers {first} to {last}; outside of it: {', '.join(outside)}.")
        if any(on != day.on for on, day in self.days.items()):
            raise ValueError("A corrected day is filed under another date than its own.")

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy does not pickle; what is derived is derived again.
        fields = (self.name, self.version, dict(self.days), self.opens, self.closes)
        return partial(Calendar, covers=self.covers), fields

    @property
    def key(self) -> str:
        """What a computed date stores: `vn-public@1`."""
        return f"{self.name}@{self.version}"

    def covered(self, day: date) -> bool:
        """Whether the corrections are known for `day`. Outside, holidays and swaps are missing: say so."""
        return self.covers[0] <= day <= self.covers[1]

    def is_working(self, day: date) -> bool:
        """Whether the office works on `day`."""
        corrected = self.days.get(day)
        return corrected.working if corrected else day.weekday() < SATURDAY

    def why_off(self, day: date) -> str | None:
        """The holiday's name, or "Saturday" or "Sunday"; None on a working day."""
        if self.is_working(day):
            return None
        corrected = self.days.get(day)
        return corrected.name if corrected else WEEKDAYS[day.weekday()]

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself does not count (Civil Code 2015, art. 147).

        Negative: counted back. Zero: `day` or the next working day. OverflowError outside years 1 to 9999.
        """
        ordinal = day.toordinal()
        if count > 0:
            return self._nth(self._worked(ordinal) + count)
        return self._nth(self._worked(ordinal - 1) + count + 1)

    def next_working(self, day: date) -> date:
        """`day` if the office works on it, otherwise the first working day after it."""
        return self.add(day, 0)

    def between(self, a: date, b: date) -> int:
        """How many working days d have a < d <= b; 0 where b is not after a."""
        return self._worked(b.toordinal()) - self._worked(a.toordinal()) if b > a else 0

    def opening(self, day: date) -> datetime:
        """When the office opens on `day`, as UTC."""
        return _instant(day, self.opens)

    def off_days(self, a: date, b: date) -> list[tuple[date, str]]:
        """The days off strictly between `a` and `b`, each with its reason: to explain a date."""
        span = (a + timedelta(days=n) for n in range(1, (b - a).days))
        return [(day, reason) for day in span if (reason := self.why_off(day))]

    def _worked(self, ordinal: int) -> int:
        """Working days from 0001-01-01, a Monday, up to and including `ordinal`."""
        weeks, rest = divmod(ordinal, 7)
        return 5 * weeks + min(rest, 5) + self._added[bisect_right(self._corrected, ordinal)]

    def _nth(self, count: int) -> date:
        """The working day that makes `_worked` reach `count`."""
        behind = bisect_left(self._reached, count)  # so many corrected days come before it
        weeks, rest = divmod(count - self._added[behind] - 1, 5)
        ordinal = 7 * weeks + rest + 1
        if behind < len(self._corrected):
            # Later only where the next corrected day is a working weekend: then that is the day.
            ordinal = min(ordinal, self._corrected[behind])
        if not 1 <= ordinal <= _LAST_ORDINAL:
            raise OverflowError("That working day is outside the years 1 to 9999.")
        return date.fromordinal(ordinal)


def add_months(day: date, n: int) -> date:
    """`n` months after `day` (before, if negative); where the month has no such day, its last day."""
    years, month = divmod(day.month - 1 + n, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_of_month(day: date) -> date:
    """The last day of the month of `day`: what "cuối tháng" means."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def roll_forward(calendar: Calendar, day: date) -> date:
    """The last day of a term that would end on `day`: the next working day if the office is off."""
    return calendar.next_working(day)


def shipped_calendar(name: str = "vn-public") -> Calendar:
    """A calendar that comes with the program; ValueError names those there are."""
    folder = files("workflows") / "catalog" / "calendars"
    texts = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    shipped = {file.name.removesuffix(".yaml"): file for file in texts}
    if name not in shipped:  # the name is compared, never joined to a path
        raise ValueError(f"No calendar {name!r} is shipped; there is: {', '.join(sorted(shipped))}.")
    return parse_calendar(shipped[name].read_text(encoding="utf-8"), source=f"{name}.yaml")


def digest(calendar: Calendar) -> str:
    """SHA-256 of the canonical text, in hexadecimal: the same for equal calendars."""
    return sha256(to_text(calendar).encode()).hexdigest()


def to_text(calendar: Calendar) -> str:
    """The canonical YAML: one line a day, in order; `parse_calendar` gives the same calendar back."""
    first, last = calendar.covers
    lines = [
        f"calendar: {calendar.name}",
        f"version: {calendar.version}",
        f"covers: {{from: {first}, to: {last}}}",
        f'opens: "{calendar.opens:%H:%M}"',
        f'closes: "{calendar.closes:%H:%M}"',
    ]
    for section, working in _SECTIONS.items():
        days = [day for day in calendar.days.values() if day.working == working]
        lines.append(f"{section}:" if days else f"{section}: {{}}")
        said = partial(json.dumps, ensure_ascii=False)  # a JSON string is a YAML string
        lines += [f"  {day.on}: {{name: {said(day.name)}, document: {said(day.document)}}}" for day in days]
    return "\n".join(lines) + "\n"


def parse_calendar(text: str, *, source: str = "calendar") -> Calendar:
    """Read a calendar from YAML; InvalidCalendar, a ValueError, names every problem and where it is.

    Codes: K1 not readable; K2 a key missing, unknown or given twice; K3 not what belongs there; K4 a day or a
    calendar that makes no sense.
    """
    reader = _Reader(source)
    calendar = reader.calendar(text)
    if calendar is None:
        problems = sorted(reader.problems, key=lambda problem: (problem.line, problem.column))
        raise InvalidCalendar(source, problems)
    return calendar


def _check_text(what: str, text: str) -> None:
    if not text.strip() or len(text) > _TEXT_MAX or not text.isprintable():
        raise ValueError(f"{text[:40]!r} cannot be a {what}: one line of at most {_TEXT_MAX} characters.")


class _Loader(yaml.SafeLoader):
    """YAML without aliases, depth or great length: a hostile file costs little."""

    depth = 0
    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark: Any = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not read here", problem_mark=mark)
        if self.depth == _DEPTH_MAX:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        if self.nodes == _NODES_MAX:
            raise yaml.MarkedYAMLError(problem="too many values for a calendar", problem_mark=mark)
        self.nodes += 1
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Reader:
    """Walks the nodes of one file and keeps every problem it meets."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def calendar(self, text: str) -> Calendar | None:
        """The calendar, or None with at least one problem kept."""
        root = self._root(text)
        if root is None:
            return None
        found = self._fields("the file", root, _KEYS)
        name = self._value(found.get("calendar"), "a name such as vn-public", _name)
        version = self._value(found.get("version"), "a whole number from 1", _whole)
        opens = self._value(found.get("opens"), 'a time such as "07:30"', _time)
        closes = self._value(found.get("closes"), 'a time such as "17:00"', _time)
        span = self._fields("covers", found["covers"], ("from", "to")) if "covers" in found else {}
        first = self._value(span.get("from"), "a date such as 2020-01-01", _date)
        last = self._value(span.get("to"), "a date such as 2027-12-31", _date)
        days = [day for section in _SECTIONS if section in found for day in self._days(section, found[section])]
        if not (name and version and opens and closes and first and last) or self.problems:
            return None
        try:
            return Calendar(name, version, {day.on: day for day in days}, opens, closes, covers=(first, last))
        except ValueError as error:
            self._refuse(root, "K4", str(error))
            return None

    def _root(self, text: str) -> yaml.Node | None:
        if len(text) > _FILE_MAX:
            self._refuse(None, "K1", f"a calendar has at most {_FILE_MAX} characters, not {len(text)}")
            return None
        try:
            root = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            self._note(error.problem_mark, "K1", error.problem or "not readable as YAML")
            return None
        except yaml.YAMLError as error:
            self._refuse(None, "K1", " ".join(str(error).split()))
            return None
        if root is None:
            self._refuse(None, "K1", "the file is empty")
        return root

    def _days(self, section: str, node: yaml.Node) -> list[Day]:
        days = []
        for key, value in self._entries(section, node):
            on = self._value(key, "a date such as 2026-01-02", _date)
            found = self._fields("a day", value, ("name", "document"), optional=("document",))
            name = self._text(found.get("name"))
            document = found.get("document")
            symbol = None if document is None or document.tag.endswith(":null") else self._text(document)
            if on is None or name is None:
                continue
            try:
                days.append(Day(on, _SECTIONS[section], name, symbol))
            except ValueError as error:
                self._refuse(key, "K4", str(error))
        return days

    def _fields(
        self, what: str, node: yaml.Node, known: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        """The values of a mapping by key; unknown and missing keys are kept as problems."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, "K3", f"{what}: write the keys {', '.join(known)}, each with a value")
            return {}
        found = {}
        for key, value in self._entries(what, node):
            if key.value in known:
                found[key.value] = value
            else:
                self._refuse(key, "K2", f"{what} has no key {key.value[:40]!r}; its keys are {', '.join(known)}")
        missing = [key for key in known if key not in found and key not in optional]
        if missing:
            self._refuse(node, "K2", f"{what} lacks {', '.join(missing)}")
        return found

    def _entries(self, what: str, node: yaml.Node) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        """The pairs of a mapping, without those whose key is not a single word or comes twice."""
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, "K3", f"{what}: write a date a line, each with name and document; {{}} for none")
            return []
        entries = []
        first_line: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "K3", f"{what}: a key is a single word or date")
            elif key.value in first_line:
                self._refuse(key, "K2", f"{key.value[:40]} is given twice, first on line {first_line[key.value]}")
            else:
                first_line[key.value] = key.start_mark.line + 1
                entries.append((key, value))
        return entries

    def _text(self, node: yaml.Node | None) -> str | None:
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":str"):
            self._refuse(node, "K3", f"{node.value[:40]!r} is a text: put it in quotes")
            return None
        return self._value(node, "a text in quotes", str)

    def _value(self, node: yaml.Node | None, expected: str, read: Callable[[str], _Value]) -> _Value | None:
        """What `read` makes of a single value; None where there is none, or with a problem kept."""
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode):
            try:
                return read(node.value)
            except ValueError:
                self._refuse(node, "K3", f"{node.value[:40]!r} is not {expected}")
        else:
            self._refuse(node, "K3", f"{expected} belongs here")
        return None

    def _refuse(self, node: yaml.Node | None, code: str, message: str) -> None:
        self._note(node.start_mark if node else None, code, message)

    def _note(self, mark: yaml.Mark | None, code: str, message: str) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.problems.append(Problem(self.source, line, column, code, message))


def _name(text: str) -> str:
    return _matching(_NAME, text)


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
