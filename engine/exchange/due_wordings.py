"""The words that give an item its deadline, what kind of deadline they are, and the date in them when it is a plain one.

Works out no date that is not written; `due_dates` does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.exchange.document_types import TYPE_WORDS
from engine.exchange.due_dates import DAY_AND_MONTH, HOUR, YEAR_AFTER, hour_of, worked_out
from engine.exchange.due_fields import between
from engine.exchange.written_dates import BARE_LONG_DATE, LONG_DATE, SHORT_DATE, find_date

SEARCHED_MAX = 20_000  # letters of an item; what stands deeper in it is an appendix

_DATE = rf"(?:{LONG_DATE}|{BARE_LONG_DATE}|{SHORT_DATE})"
_YEARLY = r"(?: (?:hằng|hàng|mỗi) (?:năm|tháng|quý))"
_PERIOD = r"(?:(?:hằng|hàng|mỗi|theo) )?(?:[0-9]{1,2} )?(?:tuần|tháng|quý|năm)\b"
_BY_DAY = r"(?:[^.;:\n]{0,40}?\b(?:trước|vào|chậm nhất)(?: là)? (?:ngày )?[0-9]{1,2}[^.;,:\n]{0,30})?"
_LATEST = r"(?:chậm|muộn) nhất(?: là)?"
_BY = (
    rf"(?:trước|{_LATEST}(?: (?:trước|vào|đến|hết)){{0,2}}|(?:đến )?hết|trong(?= ngày)"
    r"|hạn (?:cuối|chót)(?: là)?|không (?:chậm|muộn) hơn"
    r"|thời hạn(?: hoàn thành| báo cáo| gửi)?(?: là)?(?: trước)?)"
)
_NAMED_DAY = r"ngày (?:[^\W\d_]+ ){0,3}"
_REST = r"[^.;,:\n]{0,60}"
_BEGINS = rf"\btừ (?:nay|(?:ngày )?(?:{_DATE}|{DAY_AND_MONTH}|[0-9]{{1,2}})) (?:đến|tới)(?: hết)? "
_COUNT = r"(?:không quá |tối đa )?[0-9]{1,3}(?: \([^()]{1,30}\))? (?:ngày(?: làm việc)?|giờ|tuần|tháng)\b"
_EVENT = rf",? (?:kể từ|tính từ|từ|sau|trước)(?: (?:ngày|khi|thời điểm|lúc))?\b{_REST}"
_ONCE_IN = r"(?:một|1|01) lần"
_DOCUMENT = "|".join((*TYPE_WORDS, "Phụ lục"))

_BY_DATE = re.compile(
    rf"(?:{_BEGINS}|\b{_BY} ?:? ?(?:{HOUR},? ?)?)(?:{_NAMED_DAY})?{_DATE}(?P<yearly>{_YEARLY})?", re.IGNORECASE
)


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


# Where two begin at one place, the first kind in the list is meant; what is definite goes before what is not.
_DEFINITE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "recurring",
        _pattern(
            rf"\b{_BY} ?(?:{HOUR},? ?)?{_NAMED_DAY}{DAY_AND_MONTH}{_YEARLY}",
            r"\b(?:vào |trước )?ngày [0-9]{1,2}(?: của)? tháng (?:đầu|thứ hai|cuối)(?: của)?(?: mỗi)? quý",
            rf"\b(?:vào |trước )?ngày [0-9]{{1,2}}{_YEARLY}",
            rf"\b(?:báo cáo(?: kết quả)?,? )?định k[ỳì],? {_PERIOD}{_BY_DAY}",
            rf"\b(?:báo cáo(?: kết quả)? )?(?:hằng|hàng|mỗi) (?:[0-9]{{1,2}} )?(?:tuần|tháng|quý|năm)\b{_BY_DAY}",
            r"\bbáo cáo(?: kết quả)? (?:tuần|tháng|quý|0?6 tháng)(?:(?:,| và)(?: cả)? (?:quý|0?[69] tháng|năm)\b){1,4}",
            rf"\b(?:một|1|01|mỗi) (?:tuần|tháng|quý|năm) {_ONCE_IN}|\b{_ONCE_IN} ?/ ?(?:tuần|tháng|quý|năm)\b",
        ),
    ),
    (
        "hour",
        _pattern(
            rf"\b{_BY} ?{HOUR},? ?(?:{_NAMED_DAY})?{DAY_AND_MONTH}",
        ),
    ),
    (
        "date",
        _pattern(
            rf"\b{_BY} ?{_NAMED_DAY}{DAY_AND_MONTH}",
            rf"\b(?:trước|{_LATEST}) {DAY_AND_MONTH}(?! (?:số|thời|diện|dân|tổng))",
        ),
    ),
    (
        "interval",
        _pattern(
            rf"{_BEGINS}(?:{_NAMED_DAY})?{DAY_AND_MONTH}",
            rf"\btừ (?:nay|(?:đầu |giữa )?tháng [0-9]{{1,2}}(?:{YEAR_AFTER})?) (?:đến|tới)(?: hết)?"
            rf" (?:giữa |cuối )?tháng [0-9]{{1,2}}(?:{YEAR_AFTER})?",
        ),
    ),
    (
        "month",
        _pattern(
            rf"\b(?:trong|trước|hết|cuối|giữa|(?<!tuần )đầu) tháng [0-9]{{1,2}}(?:{YEAR_AFTER})?",
            rf"\b(?:trong|trước|hết|cuối|đầu) quý (?:[IV]{{1,3}}|[1-4])\b(?:{YEAR_AFTER})?",
            r"\b(?:trong|trước|hết|giữa|cuối|đầu) năm (?:19|20|21)[0-9]{2}\b",
            r"\b(?:trước|đến|trong|vào|hết)(?: thời điểm)? (?:giữa|cuối) năm\b|\b(?:đến )?hết năm\b(?! (?:học|ngân))",
            rf"\btrong (?:0?6|sáu) tháng (?:đầu|cuối) năm(?:{YEAR_AFTER}| [0-9]{{4}})?",
        ),
    ),
    (
        "after_event",
        _pattern(
            rf"\btrong (?:thời hạn|vòng|thời gian) {_COUNT}(?:{_EVENT})?",
            rf"\b(?:trong|sau|không quá) {_COUNT}{_EVENT}",
            rf"\b{_LATEST} {_COUNT}(?:{_EVENT})?",
            rf"\bngay sau (?:khi|ngày) (?!nhận){_REST}",
        ),
    ),
    (
        "by_document",
        _pattern(
            r"\b(?:theo|đúng|bảo đảm|đảm bảo)(?: đúng)? (?:tiến độ|thời hạn|thời gian|lộ trình|mốc thời gian)"
            rf"(?: [^\W\d_]+){{0,6}}? (?:tại|của|trong|theo) (?:các )?(?:{_DOCUMENT})\b{_REST}",
        ),
    ),
    (
        "until_event",
        _pattern(
            rf"\b(?:cho )?(?:đến|tới) khi {_REST}",
            r"\b(?:đến )?hết (?:đợt|mùa|năm học|học k[ỳì]|k[ỳì] |chiến dịch|dịp|Tết|nhiệm k[ỳì]|giai đoạn)" + _REST,
            r"\btrước (?:khi (?:bước vào|kết thúc|bắt đầu|khai mạc|khai giảng|diễn ra)|ngày (?:khai mạc|khai giảng"
            rf"|bầu cử|họp|lễ|hội nghị)|mùa|k[ỳì] họp|Tết|đợt|phiên họp|hội nghị|Đại hội|năm học){_REST}",
        ),
    ),
)
_INDEFINITE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("soft", _pattern(r"\btrong thời gian (?:sớm|ngắn) nhất(?: có thể)?")),
    ("periodic", _pattern(rf"\b(?:báo cáo(?: kết quả)?,? )?định k[ỳì]{_BY_DAY}")),
    (
        "at_once",
        _pattern(
            rf"\bngay lập tức|\bngay (?:sau )?khi nhận{_REST}|\bh[oỏ][aả] tốc",
            r"\b(?:triển khai|thực hiện|báo cáo|gửi|tổ chức|chỉ đạo|rà soát|xử lý|khắc phục|kiểm tra|thông báo"
            r"|hoàn thành|cử|di dời|sơ tán) ngay\b(?! (?:từ|cả|tại|trong|thẳng|ngắn))",
            r"\btrong ngày(?: hôm nay)?(?= ?[.,;\n])",
        ),
    ),
)
_SOFT = re.compile(r"\b(?:dự kiến|phấn đấu|cố gắng|khoảng)\b[^.;:\n]{0,60}$", re.IGNORECASE)
_MAY_BE_SOFT = ("date", "hour", "month", "interval")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as worded, and its kind, one of `DUE_KINDS`.

    `on` and `hour` only where it is a plain date that is set and not merely meant: "trước 16 giờ ngày 20/8/2015"; `begins`
    is the first day of an interval that writes both.
    """

    wording: str
    kind: str
    on: date | None = None
    hour: str | None = None
    begins: date | None = None

    @property
    def text(self) -> str | None:
        """As `due` spells it: an ISO date, a local date-time where an hour is written, or both days of an interval."""
        if self.on is None:
            return None
        if self.begins and self.begins <= self.on:
            return between(self.begins, self.on)
        return f"{self.on.isoformat()}T{self.hour}" if self.hour else self.on.isoformat()


def find_dues(text: str, not_before: date | None) -> list[Due]:
    """The deadlines in an item's text: the plain dates, and what comes again and again beside them; or else at most one.

    A date before the document's own (`not_before`) tells of the past and is left out.
    """
    text = text[:SEARCHED_MAX]
    dated = [due for due in _by_dates(text) if not _is_past(due, not_before)]
    plain = [due for due in dated if due.on is not None]
    if plain:
        again = next(
            (due for due in (*dated, *_first(text, _DEFINITE[:1], not_before)) if due.kind == "recurring"), None
        )
        return [*plain, again] if again else plain
    return [*dated, *_first(text, _DEFINITE, not_before), *_first(text, _INDEFINITE, not_before)][:1]


def _by_dates(text: str) -> Iterator[Due]:
    """What a whole date is written in."""
    for found in _BY_DATE.finditer(text):
        last = None
        first = written = find_date(text, found.start(), found.end())
        while written is not None:
            last, written = written, find_date(text, written.end, found.end())
        wording, meant = _with_soft(text, found)
        if found.group("yearly"):
            yield Due(wording, "recurring")
        elif meant:
            yield Due(wording, "soft")
        else:
            kind = "interval" if wording[:2].lower() == "từ" else "hour" if found.group("hour") else "date"
            begins = first.on if kind == "interval" and first is not last and first is not None else None
            yield Due(wording, kind, last.on if last is not None else None, hour_of(found), begins)


def _first(text: str, kinds: tuple[tuple[str, re.Pattern[str]], ...], not_before: date | None) -> list[Due]:
    """The one that begins first, if any; a year that is over is passed by."""
    best: tuple[int, Due] | None = None
    for kind, pattern in kinds:
        for found in pattern.finditer(text):
            if best is not None and found.start() >= best[0]:
                break
            wording, meant = _with_soft(text, found) if kind in _MAY_BE_SOFT else (found.group().strip(), False)
            due = Due(wording, "soft" if meant else kind)
            if not _is_past(due, not_before):
                best = (found.start(), due)
                break
    return [best[1]] if best else []


def _is_past(due: Due, not_before: date | None) -> bool:
    if not_before is None or due.kind not in (*_MAY_BE_SOFT, "soft"):
        return False
    on = due.on or worked_out(due.wording, None, None)
    return on is not None and on < not_before


def _with_soft(text: str, found: re.Match[str]) -> tuple[str, bool]:
    """The words with "dự kiến" before them, where it is there."""
    meant = _SOFT.search(text, max(0, found.start() - 70), found.start())
    return text[meant.start() if meant else found.start() : found.end()].strip(), meant is not None
