"""The day that words of a deadline mean where they are no plain date: "cuối quý III", "trước ngày 20/9". No clock.

Civil Code 2015, art. 146: the beginning, middle and end of a month are its 1st, its 15th and its last day, of a year
1 January, 30 June and 31 December. A quarter is taken in the same way.
"""

import re
from calendar import monthrange
from datetime import date

from engine.exchange.written_dates import find_date

DAY_AND_MONTH = r"[0-9]{1,2}(?: ?/ ?[0-9]{1,2}(?![0-9/])| tháng [0-9]{1,2}(?![0-9]))"
HOUR = r"(?P<hour>[0-9]{1,2}) ?(?:giờ|[hg](?![^\W\d_]))(?: ?(?P<minute>[0-9]{2})(?: ?phút)?)?"
YEAR_AFTER = r" ?/ ?[0-9]{4}| năm [0-9]{4}"

_HOUR = re.compile(HOUR, re.IGNORECASE)
_FIRST_DAY = re.compile(
    r"từ (?:ngày )?(?P<day>[0-9]{1,2})(?: ?(?:/|tháng) ?(?P<month>[0-9]{1,2})(?: ?(?:/|năm) ?(?P<year>[0-9]{4}))?)?"
    r" (?:đến|tới)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![0-9])(?:19|20|21)[0-9]{2}(?![0-9])")
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2}) ?(?:/|tháng) ?([0-9]{1,2})(?![0-9/])", re.IGNORECASE)
_MONTH = re.compile(r"(?:(trước|đầu|giữa) )?tháng ([0-9]{1,2})", re.IGNORECASE)
_QUARTER = re.compile(r"(?:(trước|đầu) )?quý (IV|I{1,3}|[1-4])\b", re.IGNORECASE)
_HALF = re.compile(r"(?:0?6|sáu) tháng (đầu|cuối) năm", re.IGNORECASE)
_OF_YEAR = re.compile(r"(trong|trước|hết|giữa|cuối|đầu) năm", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def names_year(wording: str) -> bool:
    """The words say which year is meant."""
    return _YEAR.search(wording) is not None


def worked_out(wording: str, year: int | None, not_before: date | None) -> date | None:
    """The day that the words mean; None where they do not tell.

    Words without a year mean `year`, or the one after it where the day would lie before `not_before`.
    """
    written = list(_YEAR.finditer(wording))
    if written:
        return _in_year(wording, int(written[-1].group()))
    if year is None:
        return None
    on = _in_year(wording, year)
    return _in_year(wording, year + 1) if on is not None and not_before is not None and on < not_before else on


def begins(wording: str, ends: date, not_before: date | None) -> date | None:
    """The first day of an interval whose last day is known; None where the words do not give it ("từ nay đến …")."""
    found = _FIRST_DAY.match(wording)
    if found is None:
        return None
    day, month = int(found["day"]), int(found["month"] or ends.month)
    year = int(found["year"] or ends.year)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    first = date(year, month, day)
    if first > ends and not found["year"]:  # from December to January
        first = first.replace(year=year - 1, day=min(day, monthrange(year - 1, month)[1]))
    return first if first <= ends and (not_before is None or first >= not_before) else None


def hour_of(found: re.Match[str]) -> str | None:
    """`16:30` from a match of `HOUR`; None where it gives no hour, or one that the clock does not have."""
    if found.group("hour") is None:
        return None
    hour, minute = int(found.group("hour")), int(found.group("minute") or 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def hour_in(wording: str) -> str | None:
    """The hour that the words give, as `16:30`."""
    found = _HOUR.search(wording)
    return hour_of(found) if found else None


def _in_year(wording: str, year: int) -> date | None:
    last = None
    written = find_date(wording)
    while written is not None:
        last, written = written, find_date(wording, written.end)
    if last is not None and last.on is not None:
        return last.on
    days = _DAY_AND_MONTH.findall(wording)
    if days:
        day, month = map(int, days[-1])
        return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None
    return _in_part(wording, year)


def _in_part(wording: str, year: int) -> date | None:
    """From the words for a part of a year: half-year, quarter, month, or the year itself."""
    half, quarter = _HALF.search(wording), _QUARTER.search(wording)
    months = _MONTH.findall(wording)
    if half:
        return date(year, 6, 30) if half.group(1).lower() == "đầu" else date(year, 12, 31)
    if quarter:
        number = quarter.group(2).lower()
        first = 3 * (_ROMAN.get(number) or int(number)) - 2
        return _at((quarter.group(1) or "").lower(), year, first, first + 2)
    if months:
        where, month = months[-1][0].lower(), int(months[-1][1])
        return _at(where, year, month, month) if 1 <= month <= 12 else None
    of_year = _OF_YEAR.search(wording)
    where = of_year.group(1).lower() if of_year else ""
    if where == "giữa":
        return date(year, 6, 30)
    return _at(where, year, 1, 12) if where else None


def _at(where: str, year: int, first: int, last: int) -> date:
    """A day of the months from `first` to `last`: before them, at their beginning or middle, or else at their end."""
    if where == "đầu":
        return date(year, first, 1)
    if where == "giữa":
        return date(year, first, 15)
    if where == "trước":
        year, last = (year - 1, 12) if first == 1 else (year, first - 1)
    return date(year, last, monthrange(year, last)[1])
