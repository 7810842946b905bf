"""The words that give an item its deadline, and the date in them when it is a plain one. Computes no date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.exchange.written_dates import BARE_LONG_DATE, LONG_DATE, SHORT_DATE, find_date

SEARCHED_MAX = 20_000  # letters of an item; what stands deeper in it is an appendix

_DATE = rf"(?:{LONG_DATE}|{BARE_LONG_DATE}|{SHORT_DATE})"
_DAY_AND_MONTH = r"[0-9]{1,2}(?: ?/ ?[0-9]{1,2}(?![0-9/])| tháng [0-9]{1,2})"
_HOUR = r"(?P<hour>[0-9]{1,2}) ?(?:giờ|[hg](?![^\W\d_]))(?: ?(?P<minute>[0-9]{2})(?: ?phút)?)?"
_YEARLY = r"(?: (?:hằng|hàng) (?:năm|tháng|quý))"
_PERIOD = r"(?:[0-9]{1,2} )?(?:tuần|tháng|quý|năm)\b"
_BY_DAY = r"(?:,? (?:trước|vào|chậm nhất) (?:ngày )?[0-9]{1,2}[^.;,:]{0,30})?"
_BY = (
    r"(?:trước|(?:chậm|muộn) nhất(?: là)?(?: (?:trước|vào|đến|hết)){0,2}|(?:đến )?hết|trong(?= ngày)"
    r"|hạn (?:cuối|chót)(?: là)?|không (?:chậm|muộn) hơn"
    r"|thời hạn(?: hoàn thành| báo cáo| gửi)?(?: là)?(?: trước)?)"
)

_BY_DATE = re.compile(
    rf"(?:\btừ (?:ngày )?{_DATE} (?:đến|tới)(?: hết)? |\b{_BY} ?:? ?(?:{_HOUR},? ?)?)"
    rf"(?:ngày (?:[^\W\d_]+ ){{0,3}})?{_DATE}(?P<yearly>{_YEARLY})?",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rf"\b{_BY} ?(?:{_HOUR},? ?)?ngày (?:[^\W\d_]+ ){{0,3}}{_DAY_AND_MONTH}{_YEARLY}?"
    r"|\b(?:trong|trước|hết|cuối|giữa|đầu) tháng [0-9]{1,2}(?: ?/ ?[0-9]{4}| năm [0-9]{4})?"
    r"|\b(?:trong|trước|hết|cuối) quý [IV1-4]{1,3}\b(?: ?/ ?[0-9]{4}| năm [0-9]{4})?"
    r"|\btrong (?:thời hạn|vòng|thời gian) [0-9]{1,3} ngày(?: làm việc)?"
    r"(?:,? (?:kể )?từ (?:ngày|khi)[^.;,:]{0,60})?"
    r"|\b(?:chậm|muộn) nhất(?: là)? [0-9]{1,3} ngày(?: làm việc)?(?: (?:kể từ|sau|trước)[^.;,:]{0,60})?"
    rf"|\b(?:vào |trước )?ngày [0-9]{{1,2}}{_YEARLY}"
    rf"|\b(?:báo cáo(?: kết quả)?,? )?định kỳ(?:,? (?:(?:hằng|hàng) )?{_PERIOD})?{_BY_DAY}"
    rf"|\bbáo cáo(?: kết quả)? (?:hằng|hàng) {_PERIOD}{_BY_DAY}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as worded; `on` and `hour` only where it is a plain date: "trước 16 giờ ngày 20/8/2015"."""

    wording: str
    on: date | None
    hour: str | None = None

    @property
    def text(self) -> str | None:
        """ISO date, or local date-time when an hour is written."""
        if self.on is None:
            return None
        return f"{self.on.isoformat()}T{self.hour}" if self.hour else self.on.isoformat()


def find_dues(text: str, not_before: date | None) -> list[Due]:
    """The deadlines in an item's text, plain dates first, at most one of the other kinds.

    A date before the document's own (`not_before`) tells of the past and is left out.
    """
    text = text[:SEARCHED_MAX]
    dated = [due for due in _by_dates(text) if due.on is None or not_before is None or due.on >= not_before]
    plain = [due for due in dated if due.on is not None]
    if plain:
        return plain
    other = _OTHER.search(text)
    return [*dated, *([Due(other.group().strip(), None)] if other else [])][:1]


def _by_dates(text: str) -> Iterator[Due]:
    for found in _BY_DATE.finditer(text):
        last = None
        written = find_date(text, found.start(), found.end())
        while written is not None:
            last, written = written, find_date(text, written.end, found.end())
        on = last.on if last is not None and not found.group("yearly") else None
        yield Due(found.group().strip(), on, _hour(found))


def _hour(found: re.Match[str]) -> str | None:
    if found.group("hour") is None:
        return None
    hour, minute = int(found.group("hour")), int(found.group("minute") or 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
