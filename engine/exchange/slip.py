"""The processing slip (phiếu giải quyết văn bản đến) as a page of text to print. Pure: values in, Vietnamese text out.

NĐ 30/2020/NĐ-CP, appendix IV: the incoming document, the leader's direction with lead, support and time limit, the unit's
direction with the officer, what the officer proposes. What is not known yet stays a dotted line for the pen.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.exchange.document_types import name_of
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.directive import Directive, Item
from workflows.obligation import Obligation
from workflows.offices import Office, Offices

WIDTH = 80
_LEFT = 36  # of the two columns of heading and signatures
_BLANK = "." * 12
_NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_SIGN = "(ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A direction given on the slip: its directive, whose subject are the words, and what it gave to whom."""

    directive: Directive
    items: tuple[Item, ...]
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip is about: the obligation that came with a document, the directions under it, what was done.

    `modes` names in Vietnamese how undated work is followed up; `done` are sentences, oldest first; `record` says how far the
    journal went.
    """

    obligation: Obligation
    directive: Directive
    item: Item
    offices: Offices
    endorsements: tuple[Endorsement, ...] = ()
    modes: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    record: str = ""


def page(slip: Slip) -> str:
    """The slip, at most 80 columns wide."""
    parts = [
        _heading(slip),
        ["", *_centred("PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN"), ""],
        _document(slip),
        *(_direction(each, slip) for each in slip.endorsements),
        [] if slip.endorsements else _to_be_directed(slip),
        _proposals(slip),
        _signatures(slip),
        ["", *textwrap.wrap(slip.record, WIDTH)] if slip.record else [],
    ]
    return "\n".join(line.rstrip() for part in parts for line in part)


def _heading(slip: Slip) -> Iterator[str]:
    holder = slip.offices.find(slip.obligation.holder)
    above = slip.offices.find(holder.above) if holder else None
    names = [one.name.upper() for one in (above, holder) if one] or [slip.obligation.holder]
    left = [line for name in names for line in textwrap.wrap(name, _LEFT - 2)]
    yield from _columns(left, _NATION)


def _document(slip: Slip) -> Iterator[str]:
    directive, one = slip.directive, slip.obligation
    yield from _field("Số đến", f"{directive.arrival_number or _BLANK}    Ngày đến: {_day(directive.arrived_on)}")
    kind = name_of(directive.type) or directive.type
    yield from _field("Văn bản", f"{kind} số {directive.symbol} ngày {_day(directive.issued_on)}")
    yield from _field("Cơ quan ban hành", _name(directive.issuer, slip.offices))
    yield from _field("Trích yếu", directive.subject)
    yield from _field("Độ khẩn", directive.urgency or "Thường")
    yield from _field(f"Nội dung {slip.item.label}", slip.item.text)
    yield from _field("Thời hạn phải báo cáo", _due(one, slip))
    if slip.item.due_wording:
        yield from _field("Văn bản ghi", f"“{slip.item.due_wording}”", indent=2)
    if one.recipient:
        yield from _field("Nơi nhận kết quả", _name(one.recipient, slip.offices))
    yield ""


def _direction(given: Endorsement, slip: Slip) -> Iterator[str]:
    """One direction: who gave it when, its words, and for each item who leads, who supports, by when."""
    directive = given.directive
    yield from _title(f"Ý KIẾN CHỈ ĐẠO CỦA {_name(directive.issuer, slip.offices).upper()}")
    yield from _field("Ngày cho ý kiến", _day(directive.issued_on))
    yield from _field("Nội dung", directive.subject)
    for item in given.items:
        under = [one for one in given.obligations if one.item == item.number]
        if len(given.items) > 1 or item.text.strip() != directive.subject.strip():
            yield from _field(f"Việc {item.label}", item.text)
        for part, label in (("lead", "Chủ trì"), ("support", "Phối hợp"), ("info", "Để biết")):
            yield from _shares(label, [one for one in under if one.part == part], slip)
    yield ""


def _shares(label: str, shares: Sequence[Obligation], slip: Slip) -> Iterator[str]:
    """Who has a part, with the time limit and the officer; on one line where these are the same for all."""
    by_terms: dict[tuple[str, str], list[str]] = {}
    for one in shares:
        terms = ("", "") if label == "Để biết" else (_due(one, slip), one.officer or "")
        by_terms.setdefault(terms, []).append(_name(one.holder, slip.offices))
    for (due, officer), names in by_terms.items():
        yield from _field(label, ", ".join(names))
        if label == "Chủ trì":
            yield from _field("Thời hạn", due, indent=2)
            yield from _field("Người thụ lý", officer or _BLANK * 3, indent=2)
        elif officer:
            yield from _field("Người thụ lý", officer, indent=2)


def _to_be_directed(slip: Slip) -> Iterator[str]:
    """The lines a leader fills in by hand, where nobody has given a direction yet; what is known stands in them."""
    yield from _title("Ý KIẾN CHỈ ĐẠO CỦA LÃNH ĐẠO")
    yield from _dotted(3)
    for label in ("Đơn vị chủ trì", "Đơn vị phối hợp"):
        yield from _field(label, _BLANK * 4)
    yield from _field("Thời hạn", _due(slip.obligation, slip))
    yield from _field("Người thụ lý", slip.obligation.officer or _BLANK * 4)
    yield ""


def _proposals(slip: Slip) -> Iterator[str]:
    if slip.done:
        yield from _title("QUÁ TRÌNH GIẢI QUYẾT")
        for sentence in slip.done:
            yield from textwrap.wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
        yield ""
    yield from _title("Ý KIẾN ĐỀ XUẤT CỦA NGƯỜI THỤ LÝ")
    yield from _dotted(3)
    yield ""


def _signatures(slip: Slip) -> Iterator[str]:
    holder = slip.offices.find(slip.obligation.holder)
    leader = _post(holder, "leader") or "Lãnh đạo"
    yield from _columns(("NGƯỜI THỤ LÝ", _SIGN), (leader.upper(), _SIGN))


def _post(office: Office | None, role: str) -> str | None:
    """The title of who holds a role, as the directory names it."""
    return office.people.get(role) if office else None


def _name(office: str, offices: Offices) -> str:
    found = offices.find(office)
    return found.name if found else office


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "..../..../......"


def _due(one: Obligation, slip: Slip) -> str:
    """By when, as a document writes it; how it is followed up where it has no date."""
    if one.waits_for:
        return f"chưa xác định ngày; tính từ: {one.waits_for}"
    if one.planned_for:
        return f"dự kiến {_hour(one.planned_for)}{last_day(one.planned_for):%d/%m/%Y}"
    if one.due_at is None:
        return slip.modes.get(one.mode, "không ghi thời hạn")
    return f"{_hour(one.due_at)}{last_day(one.due_at):%d/%m/%Y}"


def _hour(at: datetime) -> str:
    return "" if at == day_end(last_day(at)) else f"{at.astimezone(VIETNAM):%H giờ %M} ngày "


def _title(text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH)


def _field(label: str, value: str, indent: int = 0) -> Iterator[str]:
    """`label: value`, wrapped under the value's beginning; line ends of a value stay."""
    opening = f"{' ' * indent}{label}: "
    for place, paragraph in enumerate(value.split("\n")):
        first = opening if place == 0 else " " * (indent + 2)
        yield from textwrap.wrap(
            paragraph.strip(), WIDTH, initial_indent=first, subsequent_indent=" " * (indent + 2)
        ) or [first]


def _centred(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH):
        yield line.center(WIDTH)


def _dotted(count: int) -> Iterator[str]:
    yield from ["." * WIDTH] * count


def _columns(left: Iterable[str], right: Iterable[str]) -> Iterator[str]:
    """Two columns side by side, each line in the middle of its own."""
    lefts = [line for text in left for line in textwrap.wrap(text, _LEFT - 2)]
    rights = [line for text in right for line in textwrap.wrap(text, WIDTH - _LEFT - 2)]
    for place in range(max(len(lefts), len(rights))):
        first = lefts[place] if place < len(lefts) else ""
        second = rights[place] if place < len(rights) else ""
        yield f"{first.center(_LEFT)}{second.center(WIDTH - _LEFT)}"
