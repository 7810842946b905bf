"""Working days, and what a date means in hours: a calendar as data, and the arithmetic on it.

No clock in here: every day and instant is an argument. Dates are dates in Vietnam, instants are aware UTC.
`calendar_text` reads and writes it.
"""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import accumulate
from types import MappingProxyType
from zoneinfo import ZoneInfo

from workflows.text import mark, say

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SATURDAY = 5  # as `date.weekday()` counts
WEEKDAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"), mark("Sunday")
)  # fmt: skip

NAME = r"[a-z][a-z0-9-]{0,63}"  # what a calendar may be called

_LAST_ORDINAL = date.max.toordinal()
_TEXT_MAX = 200  # characters of a day's name or document


def day_end(day: date) -> datetime:
    """24:00 of `day` in Vietnam, as UTC: what a date alone means (Civil Code 2015, art. 146-148)."""
    return _instant(day + timedelta(days=1), time.min)


def day_of(instant: datetime) -> date:
    """The date in Vietnam at `instant`; ValueError for a naive one."""
    if instant.utcoffset() is None:
        raise ValueError(say("{instant} has no time zone, so it belongs to no day.", instant=instant.isoformat()))
    return instant.astimezone(VIETNAM).date()


def last_day(instant: datetime) -> date:
    """The day a deadline belongs to: 24:00 of the 31st is the 31st, one microsecond later is the 1st."""
    return day_of(instant - timedelta(microseconds=1))


def first_instant(day: date) -> datetime:
    """The first instant that belongs to a day: 24:00 is still the day before."""
    return day_end(day - timedelta(days=1)) + timedelta(microseconds=1)


def after_day(day: date) -> datetime:
    """The first instant that no longer belongs to it."""
    return day_end(day) + timedelta(microseconds=1)


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
            weekday = say(WEEKDAYS[self.on.weekday()])
            already = say("a working day") if self.working else say("off")
            raise ValueError(
                say(
                    "{on} is a {weekday}, {already} as it is; leave it out.",
                    on=self.on,
                    weekday=weekday,
                    already=already,
                )
            )
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
        if not re.fullmatch(NAME, self.name):
            raise ValueError(
                say("Calendar name {name!r}: write a to z, 0 to 9 and '-', a letter first.", name=self.name)
            )
        if self.version < 1:
            raise ValueError(say("Calendar version {version}: versions count from 1.", version=self.version))
        if any(at.second or at.microsecond or at.tzinfo for at in (self.opens, self.closes)):
            raise ValueError(say("Office hours are local, in whole minutes."))
        if self.opens >= self.closes:
            raise ValueError(
                say(
                    "The office opens at {opens}, so it cannot close at {closes}.",
                    opens=f"{self.opens:%H:%M}",
                    closes=f"{self.closes:%H:%M}",
                )
            )
        first, last = self.covers
        if first > last:
            raise ValueError(
                say(
                    "The calendar covers {first} to {last}: the first day comes after the last.", first=first, last=last
                )
            )
        outside = [str(day) for day in sorted(self.days) if not first <= day <= last]
        if outside:
            raise ValueError(
                say(
                    "The calendar covers {first} to {last}; outside of it: {outside}.",
                    first=first,
                    last=last,
                    outside=list(outside),
                )
            )
        if any(on != day.on for on, day in self.days.items()):
            raise ValueError(say("A corrected day is filed under another date than its own."))

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

    def named_off(self, a: date, b: date) -> tuple[tuple[date, str], ...]:
        """The weekdays off strictly between `a` and `b`, each with its holiday's name: to explain a date."""
        first, last = bisect_right(self._corrected, a.toordinal()), bisect_left(self._corrected, b.toordinal())
        among = (self.days[date.fromordinal(ordinal)] for ordinal in self._corrected[first:last])
        return tuple((day.on, day.name) for day in among if not day.working)

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
            raise OverflowError(say("That working day is outside the years 1 to 9999."))
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


def _check_text(what: str, text: str) -> None:
    if not text.strip() or len(text) > _TEXT_MAX or not text.isprintable():
        raise ValueError(
            say(
                "{text!r} cannot be a {what}: one line of at most {text_max} characters.",
                text=text[:40],
                what=what,
                text_max=_TEXT_MAX,
            )
        )
