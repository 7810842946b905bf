"""The period that a report is about, as people write it: 2023-12, 2023-Q4, 2023-H1, 2023-9M, 2023, or two days.

Windows are those of decree 09/2019/NĐ-CP art. 12: a month runs from the 15th of the month before to the 14th. Whoever wants
another one names its first and last day.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from workflows.calendar import after_day, day_of, first_instant
from workflows.errors import Incomplete
from workflows.fields import YEARS, parse_day, show_day
from workflows.periods import kind_of, windows
from workflows.text import Text, say

_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
_TURNED = re.compile(r"(\d{1,2}|[QH]\d|9M)/(\d{4})", re.IGNORECASE)  # 12/2023, Q4/2023
_LABEL = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]|Q[1-4]|H[12]|9M))?")


@dataclass(frozen=True, slots=True)
class Period:
    """From a first day to a last one, both in it. `label` is that of the reporting period it is, or empty."""

    first: date
    last: date
    label: str = ""

    @property
    def since(self) -> datetime:
        """The first instant of it."""
        return first_instant(self.first)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return after_day(self.last)


def read_period(text: str, first: str = "", last: str = "") -> Period:
    """What a person asks for: a label, or a first and a last day. Raises Incomplete, saying how a period is written."""
    if first or last:
        return _between(text, first, last)
    found = _labelled(text)
    if found is None:
        said = say(
            "{text!r} is no period; write 2023-12 (a month), 2023-Q4, 2023-H1, 2023-9M, 2023, or two days", text=text
        )
        raise Incomplete(say("report on a period"), said, fields={"period": said})
    return found


def month_of(now: datetime) -> Period:
    """The month, as decree 09 has it, in which a moment lies."""
    today = day_of(now)
    [found, *_] = windows(("month",), "nd09", today, date(today.year + 1, 1, 31))
    return Period(found.opens_on, found.ends_on, found.label)


def words(period: Period) -> Text:
    """A period as an office calls it."""
    year, rest = period.label[:4], period.label[5:]
    if not period.label:
        return say("from {first} to {last}", first=show_day(period.first), last=show_day(period.last))
    match kind_of(period.label):
        case "quarter":
            return say("quarter {quarter} of {year}", quarter=_ROMAN[rest[1]], year=year)
        case "half_year":
            return (
                say("the first half of {year}", year=year)
                if rest == "H1"
                else say("the second half of {year}", year=year)
            )
        case "nine_months":
            return say("nine months of {year}", year=year)
        case "year":
            return say("the year {year}", year=year)
    return say("month {month} of {year}", month=rest, year=year)


def label_words(label: str) -> str:
    """A period by its label as an office calls it; a day or a week as it is labelled."""
    found = _labelled(label)
    return words(found) if found else label


def _labelled(text: str) -> Period | None:
    wanted = text.strip().upper()
    if turned := _TURNED.fullmatch(wanted):
        wanted = f"{turned[2]}-{turned[1].zfill(2)}"
    found = _LABEL.fullmatch(wanted)
    if found is None or not YEARS[0] <= int(found[1]) <= YEARS[1]:
        return None
    year = int(found[1])
    for one in windows((kind_of(wanted),), "nd09", date(year, 1, 1), date(year, 12, 31)):
        if one.label == wanted:
            return Period(one.opens_on, one.ends_on, one.label)
    return None


def _between(text: str, first: str, last: str) -> Period:
    asked, wrong, days = say("report on a period"), dict[str, Text](), dict[str, date]()
    if text:
        wrong["period"] = say("name either a period or its two days")
    for name, given in (("from", first), ("to", last)):
        try:
            days[name] = parse_day(given)
        except ValueError:
            wrong[name] = (
                say("Write a day as 31/08/2023; {value} is none.", value=given)
                if given
                else say("the first and the last day go together")
            )
    if not wrong and days["to"] < days["from"]:
        wrong["to"] = say(
            "the last day, {last}, is before the first, {first}",
            last=show_day(days["to"]),
            first=show_day(days["from"]),
        )
    if wrong:
        raise Incomplete(asked, next(iter(wrong.values())), fields=wrong)
    return Period(days["from"], days["to"])
