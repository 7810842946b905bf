"""The periods of a standing obligation: the window of each one's data, its date, and how long the obligation stands.

Pure dates. Who opens a period is the law of `standing`; when, the clocks of `ladder`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from workflows import deadlines
from workflows.calendar import Calendar, day_end, last_day
from workflows.deadlines import Due
from workflows.definition import Definition, UndatedMode
from workflows.grammar import TimeRule
from workflows.light import light

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "nine_months": 9, "year": 12}  # of data
_APART = {**_MONTHS, "nine_months": 12}  # months from one to the next: the nine months are always the year's first
_DAYS = {"day": 1, "week": 7}  # of data, by the calendar: decree 09 says nothing of either
_WINDOWS_MAX = 4100  # more than the days of eleven years: a bound, since nothing looks further ahead than ten
_YEARS_MAX = 10  # how far an obligation that stands without an end looks ahead


@light(frozen=True, slots=True)
class Window:
    """A reporting period: its label, the first and last day of its data, and of which kind it is. `after` is the last day of
    the one before it of its kind, where there is one among those asked for."""

    label: str
    opens_on: date
    ends_on: date
    every: str
    after: date | None = None


@lru_cache(maxsize=4096)
def windows(every: tuple[str, ...], window: str, since: date, until: date) -> tuple[Window, ...]:
    """The periods whose data is still open at `since` and that end by `until`, in the order of their ends.

    Where several end on the same day only the longest is one: the quarter stands for its last month, the year for its
    last quarter, the week for its Sunday. Decree 09/2019/NĐ-CP art. 12: a period's data runs from the 15th of the month
    before it to the 14th of its last month. Days and weeks (Monday to Sunday) go by the calendar in any case.
    """
    longest: dict[date, Window] = {}
    for kind in every:
        for found in _of_one_kind(kind, window, since, until):
            known = longest.get(found.ends_on)
            if known is None or found.opens_on < known.opens_on:
                longest[found.ends_on] = found
    chosen: list[Window] = []
    last: dict[str, date] = {}  # the end of the latest one of each kind
    for end in sorted(longest):
        one = longest[end]
        chosen.append(replace(one, after=last.get(one.every)))
        last[one.every] = end
    return tuple(chosen)


def year_end(definition: Definition, name: str, since: date) -> date | None:
    """The last day on which an item given at `since` is followed up in this mode; None where it stands without an end.

    This year's, or the next one's where this year has no window left, as after 14 December. A silent obligation goes by
    the windows of the form that its nil return is made in.
    """
    mode = definition.undated_items.get(name)
    if mode is None or mode.until != "year_end":
        return None
    last = date(since.year, 12, 31)
    form = mode if mode.every else definition.undated_items.get(mode.nil_return_in or "")
    if form and form.every and not windows(form.every, form.window or "calendar", since, last):
        return date(since.year + 1, 12, 31)
    return last


def windows_of(mode: UndatedMode, since: date, until: date | None) -> tuple[Window, ...]:
    """The periods of an obligation that stands since a day, until another or without an end."""
    end = until or date(since.year + _YEARS_MAX, 12, 31)
    return windows(mode.every, mode.window or "calendar", since, end)


def opens_at(mode: UndatedMode, window: Window, calendar: Calendar) -> datetime:
    """When a period opens: on the morning its data begins. One that takes in what was not reported for the period before
    it waits until that one's date has passed, so that nobody loses a day to report in; but no longer than its own data runs.
    """
    morning = calendar.opening(window.opens_on)
    if mode.if_still_open != "merge" or not mode.due or not window.after:
        return morning
    passed = last_day(deadlines.reckon(mode.due, day_end(window.after), calendar).at) + timedelta(days=1)
    return max(morning, min(calendar.opening(calendar.next_working(passed)), calendar.opening(window.ends_on)))


def for_window(rule: TimeRule, window: Window, calendar: Calendar) -> Due:
    """The date of a period's obligation: its rule counts from the last day of the data window."""
    due = deadlines.reckon(rule, day_end(window.ends_on), calendar)
    return Due(due.at, replace(due.because, label=window.label))


def kind_of(label: str) -> str:
    """Of which kind a period is, by its label: 2023-08-16, 2023-W33, 2023-08, 2023-Q3, 2023-H1, 2023-9M, 2023."""
    if len(label) == len("2023-08-16"):
        return "day"
    kinds = {"": "year", "W": "week", "Q": "quarter", "H": "half_year", "9": "nine_months"}
    return kinds.get(label[5:6], "month")


def _of_one_kind(kind: str, window: str, since: date, until: date) -> Iterator[Window]:
    yield from _by_days(kind, since, until) if kind in _DAYS else _by_months(kind, window, since, until)


def _by_days(kind: str, since: date, until: date) -> Iterator[Window]:
    """Days, or weeks from Monday to Sunday, which bear the year and number of ISO 8601."""
    length = timedelta(days=_DAYS[kind])
    opens = since - timedelta(days=since.weekday() if kind == "week" else 0)
    for _ in range(_WINDOWS_MAX):
        ends = opens + length - timedelta(days=1)
        if ends > until:
            return
        year, week, _weekday = opens.isocalendar()
        yield Window(f"{year}-W{week:02d}" if kind == "week" else opens.isoformat(), opens, ends, kind)
        opens += length


def _by_months(kind: str, window: str, since: date, until: date) -> Iterator[Window]:
    length, apart = _MONTHS[kind], _APART[kind]
    year, month = since.year, (since.month - 1) // apart * apart + 1
    for _ in range(_WINDOWS_MAX):
        last_year, last_month = _months_on(year, month, length - 1)
        if window == "nd09":
            before_year, before_month = _months_on(year, month, -1)
            opens, ends = date(before_year, before_month, 15), date(last_year, last_month, 14)
        else:
            next_year, next_month = _months_on(year, month, length)
            opens, ends = date(year, month, 1), date(next_year, next_month, 1) - timedelta(days=1)
        if ends > until:
            return
        if ends >= since:
            yield Window(_label(kind, year, month), opens, ends, kind)
        year, month = _months_on(year, month, apart)


def _months_on(year: int, month: int, count: int) -> tuple[int, int]:
    total = year * 12 + month - 1 + count
    return total // 12, total % 12 + 1


def _label(kind: str, year: int, month: int) -> str:
    match kind:
        case "month":
            return f"{year}-{month:02d}"
        case "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        case "half_year":
            return f"{year}-H{(month + 5) // 6}"
        case "nine_months":
            return f"{year}-9M"
    return str(year)
