"""Letters that urge, about one obligation or to all who have not reported, drafted in Vietnamese in the layout of decree
30/2020. Number, place and day stay open.

A document of the office, not a sentence of this program: it is Vietnamese in every language of the screen.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

_LEFT, _GAP, _RIGHT = 36, 4, 44  # letters across a page: the issuer's side, the space between, the nation's side
_WIDTH = _LEFT + _GAP + _RIGHT
_INDENT = 12
_NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "_" * 27)


@dataclass(frozen=True, slots=True)
class Urging:
    """What a letter about work that is due says. Offices are by name; `series` is the end of the issuer's symbols.

    `document` is the ordering document in words, such as "Công văn số 61/SKHCN-VP ngày 16/08/2023 của Sở ...".
    `due_hour` is set where the date is to the hour: "17 giờ 00".
    """

    issuer: str
    above: str | None
    series: str
    to: str
    holder: str
    symbol: str
    document: str
    item: str
    text: str
    due_on: date
    today: date
    due_hour: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What one office has not reported: which item, by when, how many working days ago that was. `due` is as it is written."""

    office: str
    item: str
    text: str
    due: str | None
    days_late: int = 0
    period: str | None = None


@dataclass(frozen=True, slots=True)
class UrgingOfMany:
    """What one letter to all who have not reported under a document says; the words are those of `Urging`."""

    issuer: str
    above: str | None
    series: str
    symbol: str
    document: str
    owed: tuple[Owed, ...]
    today: date

    @property
    def to(self) -> tuple[str, ...]:
        """Whom it goes to, each once."""
        return tuple(dict.fromkeys(one.office for one in self.owed))


def drafted(letter: Urging) -> str:
    """The letter as plain text, ready to be numbered, signed and sent."""
    to = [f"Kính gửi: {letter.to}.".center(_WIDTH).rstrip()]
    return _page(letter, _subject(letter), to, _body(letter), _recipients(letter))


def drafted_to_many(letter: UrgingOfMany) -> str:
    """One letter to all who have not reported."""
    if len(letter.to) > 1:
        ends = [";"] * (len(letter.to) - 1) + ["."]
        names = [f"- {name}{end}" for name, end in zip(letter.to, ends, strict=True)]
        lines = [" " * _INDENT + "Kính gửi:", *(" " * (_INDENT + 4) + name for name in names)]
    else:
        lines = [f"Kính gửi: {letter.to[0]}.".center(_WIDTH).rstrip()]
    foot = ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    return _page(letter, f"đôn đốc báo cáo kết quả thực hiện {letter.symbol}", lines, _body_to_many(letter), foot)


def _page(
    letter: Urging | UrgingOfMany, subject: str, to: Sequence[str], body: Iterable[str], recipients: Iterable[str]
) -> str:
    """The layout of decree 30: heads side by side, whom it goes to, the text, recipients beside the signature."""
    month = f"............, ngày      tháng {letter.today.month} năm {letter.today.year}"
    issuer = [name for name in (letter.above, letter.issuer) if name]
    names = [line for name in issuer for line in textwrap.wrap(name.upper(), _LEFT)]
    number = [f"Số:      /{letter.series}", *textwrap.wrap(f"V/v {subject}", _LEFT)]
    left = [*(name.center(_LEFT) for name in (*names, "_" * 8)), "", *(line.center(_LEFT) for line in number)]
    right = [line.center(_RIGHT) for line in (*_NATION, *[""] * (len(names) - 1), month)]
    foot = [line.center(_RIGHT) for line in ("[QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ]", "", "", "", "[Họ và tên]")]
    paragraphs = [textwrap.fill(paragraph, _WIDTH) for paragraph in body]
    return "\n\n".join([_beside(left, right), "\n".join(to), *paragraphs, _beside(recipients, foot)])


def _body_to_many(letter: UrgingOfMany) -> Iterator[str]:
    """What was ordered, who has not answered, and what is wanted of them."""
    several = len(letter.to) > 1
    whom = "các đơn vị sau đây" if several else letter.to[0]
    yield f"Thực hiện {letter.document}, đến ngày {letter.today:%d/%m/%Y} {letter.issuer} chưa nhận được báo cáo của {whom}:"
    for place, one in enumerate(letter.owed, 1):
        text = " ".join(one.text.split()).rstrip(".;")
        period = f", kỳ {one.period}" if one.period else ""
        end = "." if place == len(letter.owed) else ";"
        yield f"{place}. {one.office}: nội dung {one.item} “{text}”{period}; {_term(one)}{end}"
    asked = "các đơn vị nêu trên" if several else letter.to[0]
    yield (
        f"{letter.issuer} đề nghị {asked} khẩn trương thực hiện, gửi báo cáo kết quả, nêu rõ nguyên nhân chậm và đề xuất,"
        f" kiến nghị (nếu có) về {letter.issuer} trước ngày ......../......../............./."
    )


def _term(one: Owed) -> str:
    if one.due is None:
        return "không ghi thời hạn"
    return f"thời hạn {one.due}" + (f", quá hạn {one.days_late} ngày làm việc" if one.days_late else "")


def _subject(letter: Urging) -> str:
    if letter.to == letter.holder:
        return f"đôn đốc thực hiện nhiệm vụ tại {letter.symbol}"
    return f"báo cáo và đề nghị đôn đốc thực hiện nhiệm vụ tại {letter.symbol}"


def _body(letter: Urging) -> Iterator[str]:
    """What was ordered, how late it is, and what is wanted of whom the letter goes to."""
    text = " ".join(letter.text.split()).rstrip(".;")
    yield f"Theo {letter.document}, {letter.holder} được giao thực hiện nội dung {letter.item}: “{text}”."
    due, today, late = f"{letter.due_on:%d/%m/%Y}", f"{letter.today:%d/%m/%Y}", (letter.today - letter.due_on).days
    term = f"Thời hạn thực hiện là {f'{letter.due_hour} ' if letter.due_hour else ''}ngày {due}."
    if late > 0:
        yield f"{term} Đến ngày {today}, nhiệm vụ đã quá hạn {late} ngày và chưa có kết quả được xác nhận."
    else:
        left = f"còn {-late} ngày" if late else "đã đến hạn"
        yield f"{term} Đến ngày {today}, nhiệm vụ {left} và chưa có kết quả được xác nhận."
    if letter.to == letter.holder:
        yield (
            f"{letter.issuer} đề nghị {letter.to} khẩn trương thực hiện, gửi báo cáo kết quả và nêu rõ nguyên nhân"
            f" nếu chậm về {letter.issuer} trước ngày ......../......../............./."
        )
    elif letter.issuer == letter.holder:
        yield f"{letter.issuer} kính báo cáo {letter.to} và sẽ khẩn trương hoàn thành nhiệm vụ nêu trên./."
    else:
        yield (
            f"{letter.issuer} kính báo cáo và đề nghị {letter.to} xem xét, chỉ đạo, đôn đốc {letter.holder}"
            " thực hiện./."
        )


def _recipients(letter: Urging) -> Iterator[str]:
    yield "Nơi nhận:"
    yield "- Như trên;"
    if letter.holder not in (letter.to, letter.issuer):
        yield f"- {letter.holder} (để thực hiện);"
    yield "- Lưu: VT."


def _beside(left: Iterable[str], right: Iterable[str]) -> str:
    """Two blocks next to each other."""
    rows = zip_longest(left, right, fillvalue="")
    return "\n".join(f"{one.ljust(_LEFT + _GAP)}{other}".rstrip() for one, other in rows)
