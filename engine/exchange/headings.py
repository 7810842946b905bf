"""The heading of a dispatch: issuer, number, place and date, type and subject, urgency, addressees.

Says what is written and where; what to make of a blank is `dispatch`'s affair.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.exchange.addressees import opens_addressees, read_addressees
from engine.exchange.bodies import names_body
from engine.exchange.document_types import find_code_by_name
from engine.exchange.layout import Line, has_bullet, is_capital, joined, one_line, starts_marked
from engine.exchange.symbols import read_heading
from engine.exchange.written_dates import WrittenDate, find_date_at, find_month_at
from storage.folding import folded
from workflows.document_types import Urgency

HEADING_MAX = 80  # lines with something on them, in which a heading is looked for
COLUMNS_MAX = 300  # letters; no line of two columns is longer

_NUMBER = re.compile(r"^(?:S[ốôồóo] ?[:.]|Số(?= ?[0-9]{1,6} ?[/-] ?[^\W\d_]))(?P<rest>.*)$", re.IGNORECASE)
_PLACE_AND_DATE = re.compile(r"(?P<place>[^\W\d_][^,:;0-9]{1,40}), ?(?=(?:ngày|tháng)\b)", re.IGNORECASE)
_LETTER_SUBJECT = re.compile(r"^V ?/ ?v\b ?[:.]? ?", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:V ?/ ?v\b|Về(?: việc)?\b) ?[:.]? ?", re.IGNORECASE)
_RECIPIENTS = re.compile(r"^Nơi nhận\b", re.IGNORECASE)
_BODY_OPENS = re.compile(r"^(?:Căn cứ|Thực hiện|Triển khai|Xét đề nghị|Theo đề nghị|Kính gửi|Điều [0-9])\b")
_RIGHT_COLUMN = re.compile(
    r"(?<=\S) {2,}(?=(?:CỘNG H|Độc lập|ĐẢNG CỘNG SẢN)|[^\W\d_][^,:;0-9]{1,40}, ?(?:ngày|tháng)\b)"
)
_NATIONAL = ("cong hoa xa hoi chu nghia viet nam", "doc lap - tu do - hanh phuc", "dang cong san viet nam")
_URGENT: dict[str, Urgency] = {"khan": "khẩn", "thuong khan": "thượng khẩn", "hoa toc": "hỏa tốc"}
_NAMES_A_PLACE = ("uy ban nhan dan", "hoi dong nhan dan", "ubnd", "hdnd")
_PLACES = re.compile(r"(?:tinh|thanh pho|tp|quan|huyen|thi xa|thi tran|xa|phuong|dac khu)\b")


@dataclass(slots=True)
class Heading:
    """What the heading says.

    `numbers` keeps every number line: (line, number, notation). `own_lines` are the lines of number and date,
    from 1; `ends` is the index of the first line of the body.
    """

    issuer: str | None = None
    numbers: list[tuple[int, str | None, str | None]] = field(default_factory=list)
    place: str | None = None
    written: WrittenDate | None = None
    written_line: int | None = None
    type_code: str | None = None
    subject: str | None = None
    is_letter: bool = False
    urgency: Urgency | None = None
    addressees: list[str] = field(default_factory=list)
    own_lines: set[int] = field(default_factory=set)
    ends: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing at all was recognised."""
        return not (self.numbers or self.written or self.subject or self.addressees)


def read_heading_of(lines: Sequence[Line]) -> Heading:
    """Reads from the first line to where the body begins."""
    heading = Heading()
    left = _left_column(lines[: _limit(lines)], heading)
    for at, line in enumerate(left):
        _read_number_or_date(at, line, heading)
        heading.urgency = heading.urgency or _urgency(line.text)
    heading.issuer = _issuer(left)
    _read_letter_subject(left, heading)
    _read_named_type(left, heading)
    below = read_addressees(lines[len(left) - 1 :]) if left else None
    if below is not None:
        heading.addressees = below.names
        heading.is_letter = heading.is_letter or below.is_letter
        heading.ends = max(heading.ends, len(left) - 1 + below.length)
    return heading


def _limit(lines: Sequence[Line]) -> int:
    """The index after the last line that can still be heading."""
    seen = 0
    for at, line in enumerate(lines):
        if opens_addressees(line.text):
            return at + 1
        if _RECIPIENTS.match(line.text):
            return at
        seen += bool(line.text)
        if seen > HEADING_MAX or (seen > 1 and starts_marked(line.text) and not has_bullet(line.text)):
            return at
    return len(lines)


def _left_column(lines: Sequence[Line], heading: Heading) -> list[Line]:
    """The lines without their right-hand column; a date that stands there is noted."""
    left = []
    for line in lines:
        long = len(line.text) > COLUMNS_MAX
        text, *right = [line.text] if long else _RIGHT_COLUMN.split(line.text, maxsplit=1)
        if right:
            _note_date(right[0], line, heading)
        left.append(Line(line.number, text, line.indent))
    return left


def _read_number_or_date(at: int, line: Line, heading: Heading) -> None:
    if len(line.text) > 200:
        return
    number = _NUMBER.match(line.text)
    read = read_heading(number.group("rest")) if number else None
    if read is not None:
        heading.numbers.append((line.number, read[0], read[1]))
        heading.own_lines.add(line.number)
        heading.ends = max(heading.ends, at + 1)
        _note_date(read[2], line, heading)
    elif _note_date(line.text, line, heading) or _is_national(line.text):
        heading.ends = max(heading.ends, at + 1)


def _note_date(text: str, line: Line, heading: Heading) -> bool:
    """Takes the first "place, date" that fills the text to its end."""
    found = _PLACE_AND_DATE.match(text.strip(" -–*(")) if heading.written is None else None
    if found is None:
        return False
    written = find_date_at(found.string, found.end()) or find_month_at(found.string, found.end())
    if written is None or len(found.string) - written.end > 8:
        return False
    heading.place = one_line(found.group("place"))
    heading.written = written
    heading.written_line = line.number
    heading.own_lines.add(line.number)
    return True


def _is_national(text: str) -> bool:
    return len(text) < 80 and folded(one_line(text)).replace("–", "-").strip(" -*") in _NATIONAL


def _urgency(text: str) -> Urgency | None:
    if len(text) > 40:
        return None
    plain = folded(one_line(text)).strip(" .:*[]()")
    return _URGENT.get(plain.removeprefix("do khan: ").removeprefix("muc do khan: ").removesuffix(" hen gio"))


def _issuer(left: Sequence[Line]) -> str | None:
    """The last body named in capitals above the number, without the body above it."""
    names: list[str] = []
    for at, line in enumerate(left):
        text = one_line(line.text[:200])
        if not text or _is_national(text) or _urgency(text) or find_code_by_name(text):
            continue
        if not is_capital(text) or len(text) > 120:
            if names:
                break
            continue
        above, dash, below = text.rpartition(" - ")
        if names and folded(names[-1]) in _NAMES_A_PLACE and _PLACES.match(folded(text)):
            names[-1] += f" {text}"
        elif dash and names_body(above) and names_body(below):
            names += [above, below]
        elif names_body(text):
            names.append(text)
        elif names and left[at - 1].text:
            names[-1] += f" {text}"
    return names[-1] if names else _issuer_in_small_letters(left)


def _issuer_in_small_letters(left: Sequence[Line]) -> str | None:
    """The last line above the number that names a body and nothing else."""
    number = next((at for at, line in enumerate(left) if _NUMBER.match(line.text[:200])), 0)
    above = (one_line(line.text) for line in left[:number] if len(line.text) < 80)
    return next((text for text in reversed(list(above)) if names_body(text) and text[-1].isalpha()), None)


def _ends_subject(line: Line) -> bool:
    """What cannot be a further line of the subject."""
    text = line.text[:200]
    return (
        not text
        or _is_national(text)
        or _BODY_OPENS.match(text) is not None
        or opens_addressees(text)
        or _NUMBER.match(text) is not None
        or _PLACE_AND_DATE.match(text) is not None
        or find_code_by_name(text) is not None
        or (is_capital(text) and names_body(text))
    )


def _paragraph_from(left: Sequence[Line], at: int) -> int:
    """The index after the subject that begins at `at`."""
    end = at + 1
    while end < len(left) and not _ends_subject(left[end]) and not _is_sentence(left[end].text):
        end += 1
    return end


def _is_sentence(text: str) -> bool:
    """A line of the body that follows the subject with no blank line between."""
    return len(text) > 150 or text.endswith((".", ":", ";"))


def _read_letter_subject(left: Sequence[Line], heading: Heading) -> None:
    for at, line in enumerate(left):
        opens = _LETTER_SUBJECT.match(line.text)
        if opens is None:
            continue
        end = _paragraph_from(left, at)
        first = Line(line.number, line.text[opens.end() :])
        heading.subject = joined([first, *left[at + 1 : end]]).strip(" .;") or None
        heading.is_letter = True
        heading.ends = max(heading.ends, end)
        return


def _read_named_type(left: Sequence[Line], heading: Heading) -> None:
    """The type in capitals on a line of its own, and the subject below: the first after number and date."""
    named = [at for at, line in enumerate(left) if is_capital(line.text) and find_code_by_name(line.text)]
    if not named:
        _read_type_and_subject_in_one(left, heading)
        return
    at = next((at for at in named if at >= heading.ends), named[0])
    heading.type_code = find_code_by_name(left[at].text)
    start = next((below for below in range(at + 1, len(left)) if left[below].text), len(left))
    if start == len(left) or _ends_subject(left[start]) or heading.subject is not None:
        heading.ends = max(heading.ends, at + 1)
        return
    end = _paragraph_from(left, start)
    first = left[start]
    opens = _ABOUT.match(first.text)
    text = first.text[opens.end() :] if opens else first.text
    heading.subject = joined([Line(first.number, text), *left[start + 1 : end]]).strip(" .;:") or None
    heading.ends = max(heading.ends, end)


def _read_type_and_subject_in_one(left: Sequence[Line], heading: Heading) -> None:
    """A heading all in capitals that goes on behind the type: "KẾ HOẠCH CHUYỂN ĐỔI SỐ NĂM 2023"."""
    for at in range(heading.ends, len(left)):
        words = left[at].text.split()
        count = next((count for count in (2, 3) if find_code_by_name(" ".join(words[:count]))), None)
        if count is not None and len(words) > count and is_capital(left[at].text) and not heading.subject:
            end = _paragraph_from(left, at)
            heading.type_code = find_code_by_name(" ".join(words[:count]))
            heading.subject = " ".join(joined(left[at:end]).split()[count:]).strip(" .;:") or None
            heading.ends = max(heading.ends, end)
            return
