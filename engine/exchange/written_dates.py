"""Dates as Vietnamese documents write them, with the blanks of a draft. Reads no clock, guesses no year."""

import re
from dataclasses import dataclass
from datetime import date

_BLANK = r"[\s._…]{0,12}"
_YEAR = r"(?:19|20|21)[0-9]{2}(?![0-9])"
LONG_DATE = rf"ngày{_BLANK}[0-9]{{0,2}}{_BLANK}tháng{_BLANK}[0-9]{{0,2}}{_BLANK}năm(?:{_BLANK}{_YEAR})?"
SHORT_DATE = rf"(?:ngày )?(?<![0-9/.-])[0-9]{{1,2}} ?[/.-] ?[0-9]{{1,2}} ?[/.-] ?{_YEAR}"
BARE_LONG_DATE = rf"(?<![0-9])[0-9]{{1,2}} tháng [0-9]{{1,2}} năm {_YEAR}"

_DATE = re.compile(rf"{LONG_DATE}|{BARE_LONG_DATE}|{SHORT_DATE}", re.IGNORECASE)
_MONTH_ONLY = re.compile(rf"tháng{_BLANK}([0-9]{{1,2}}){_BLANK}(?:năm|/){_BLANK}({_YEAR})", re.IGNORECASE)
_LONG_PARTS = re.compile(
    rf"(?:ngày{_BLANK})?([0-9]{{0,2}}){_BLANK}tháng{_BLANK}([0-9]{{0,2}}){_BLANK}năm{_BLANK}([0-9]{{4}})?",
    re.IGNORECASE,
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """What a text says of a date: each part as written, None where blank; `start` and `end` are its place."""

    day: int | None
    month: int | None
    year: int | None
    start: int
    end: int

    @property
    def on(self) -> date | None:
        """The date, or None when a part is blank or the calendar has no such day."""
        if self.day is None or self.month is None or self.year is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None

    @property
    def impossible(self) -> bool:
        """Every part is written, and yet there is no such day: 31/02/2023."""
        return self.on is None and None not in (self.day, self.month, self.year)


def find_date(text: str, start: int = 0, end: int | None = None) -> WrittenDate | None:
    """The first date written in that stretch of the text, whole or with blanks."""
    found = _DATE.search(text, start, len(text) if end is None else end)
    return None if found is None else _read(found)


def find_date_at(text: str, start: int) -> WrittenDate | None:
    """The date that begins exactly there, or None."""
    found = _DATE.match(text, start)
    return None if found is None else _read(found)


def find_month_at(text: str, start: int) -> WrittenDate | None:
    """A month and year without a day that begin exactly there ("tháng 8 năm 2023"), or None."""
    found = _MONTH_ONLY.match(text, start)
    if found is None:
        return None
    return WrittenDate(None, int(found.group(1)), int(found.group(2)), found.start(), found.end())


def date_in(text: str) -> date | None:
    """The date a person typed, alone: `2023-08-16`, `16/8/2023`, "ngày 16 tháng 8 năm 2023"; else None."""
    if _ISO.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    found = _DATE.fullmatch(text)
    return None if found is None else _read(found).on


def _read(found: re.Match[str]) -> WrittenDate:
    written = found.group()
    parts = _LONG_PARTS.fullmatch(written)
    if parts is not None:
        day, month, year = (int(part) if part else None for part in parts.groups())
    else:
        day, month, year = (int(part) for part in re.findall("[0-9]+", written))
    return WrittenDate(day, month, year, found.start(), found.end())
