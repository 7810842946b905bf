"""Terms and events that words of a deadline give in place of a day: "trong 05 ngày làm việc kể từ ngày nhận được văn bản"."""

import re
from dataclasses import dataclass

_COUNT = re.compile(
    r"(?P<count>[0-9]{1,3})(?: \([^()]{1,30}\))? (?P<unit>ngày làm việc|ngày|giờ|tuần)\b", re.IGNORECASE
)
_UNITS = {"ngày làm việc": ("working day", 1), "ngày": ("day", 1), "giờ": ("hour", 1), "tuần": ("day", 7)}
_FROM = re.compile(
    r"\b(?:kể từ|tính từ|sau|từ)(?: (?:ngày|khi|thời điểm|lúc)){0,2} (?P<event>(?![0-9]).+)$", re.IGNORECASE | re.DOTALL
)
_RECEIPT = re.compile(
    r"^nhận(?: được)? (?:văn bản|công văn|công điện|quyết định|thông báo|kế hoạch|chỉ thị)\b", re.IGNORECASE
)
_ISSUE = re.compile(r"^(?:ký|ban hành|phát hành)\b", re.IGNORECASE)
# What happens once; what comes in again and again (kiến nghị, hồ sơ, sự cố) is followed up event by event.
_ONCE = re.compile(
    r"^(?:(?:bước vào|có) )?(?:kết thúc|bế mạc|khai mạc|khai giảng|bắt đầu|hoàn thành|tổ chức|diễn ra|bầu cử|họp|công bố"
    r"|thông qua|được phê duyệt|phê duyệt|khởi công|nghiệm thu|bàn giao|sáp nhập|hội nghị|kỳ họp|kì họp|đại hội|lễ|Tết)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"^(?:(?:cho )?(?:đến|tới) khi |(?:đến (?=hết ))|(?=hết )|trước (?:khi |ngày )?)(?P<event>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AT_ITS_END = re.compile(r"^ngay sau (?:khi |ngày )?(?P<event>\S.*)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline in the language's own time, `5 working days after receipt`; `event` names what `event` stands for."""

    due: str
    event: str | None = None


def term_in(wording: str) -> Term | None:
    """So many days or hours after receipt, issue, or something that happens once; None where the words give no such term.

    A term in months is none: the language counts days and hours.
    """
    at_its_end, counted = _AT_ITS_END.match(wording), _COUNT.search(wording)
    if at_its_end and _ONCE.match(at_its_end["event"]):
        return Term("event", _shown(at_its_end["event"]))
    start = _FROM.search(wording, counted.end()) if counted else None
    if counted is None or start is None or not int(counted["count"]):
        return None
    unit, times = _UNITS[counted["unit"].lower()]
    count = int(counted["count"]) * times
    span = f"{count} {unit}{'' if count == 1 else 's'} after"
    event = start["event"]
    if _RECEIPT.match(event):
        return Term(f"{span} receipt")
    if _ISSUE.match(event):
        return Term(f"{span} issue")
    return Term(f"{span} event", _shown(event)) if _ONCE.match(event) else None


def until_in(wording: str) -> Term | None:
    """Until something: by the day on which it happens, or ends."""
    found = _UNTIL.match(wording)
    return Term("event", _shown(found["event"])) if found else None


def _shown(event: str) -> str:
    return " ".join(event.split()).rstrip(" .,;")
