"""The end of a dispatch: where the body stops, who receives copies, who signs.

Takes the two columns of a printed page as well as one below the other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.exchange.drafts import Signature
from engine.exchange.layout import Line, has_bullet, is_capital, one_line, without_bullet

END_MARK = re.compile(r"\. ?/ ?\.")

_RECIPIENTS = re.compile(r"^Nơi nhận\b ?:? *(?P<rest>.*)$", re.IGNORECASE)
_ARCHIVED = re.compile(r"^Lưu ?:", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:(?:TM|KT|TL|TUQ|T/M|K/T|T/L)\b ?[./]?|Q\.) ?(?=\S)")
_POSITION = re.compile(
    r"^(?:QUYỀN |PHÓ |THỨ TRƯỞNG|GIÁM ĐỐC|CHỦ TỊCH|CHỦ NHIỆM|CHÁNH |BỘ TRƯỞNG|CỤC TRƯỞNG|VỤ TRƯỞNG"
    r"|VIỆN TRƯỞNG|TRƯỞNG |TỔNG |THỦ TƯỚNG|THỦ TRƯỞNG|BÍ THƯ|ỦY VIÊN|UỶ VIÊN|HIỆU TRƯỞNG|CHI CỤC TRƯỞNG"
    r"|TƯ LỆNH|THỐNG ĐỐC|THƯỜNG TRỰC)"
)
_SIGNED = re.compile(r"^[(\[].{0,40}[)\]]$")
_COLUMNS = re.compile(r"(?<=\S) {3,}(?=\S)")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_]*[.,]?")
_NAME_WORDS_MAX = 8
_COLUMN_INDENT = 8
_SIGNATURE_LINES_MAX = 14
_RECIPIENT_LINES_MAX = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """Recipients, the archive line, the signature; each empty or None where the text has none."""

    recipients: tuple[str, ...]
    archived: str | None
    signer: Signature | None


def body_end(lines: Sequence[Line], start: int) -> int:
    """The index after the body: at Nơi nhận, at the signature or after the end mark, whichever is first."""
    for at in range(start, len(lines)):
        text = lines[at].text
        if _RECIPIENTS.match(text) or (len(text) < 120 and _is_authority(text)):
            return at
        if END_MARK.search(text[-8:]):
            return at + 1
    return len(lines)


def read_ending(lines: Sequence[Line]) -> Ending:
    """Reads what stands below the body."""
    copies: list[str] = []
    signature: list[str] = []
    listing = False
    for line in lines:
        left, right = _columns(line, listing)
        opens = _RECIPIENTS.match(left)
        if opens:
            listing = True
            left = opens.group("rest")
        elif listing and left and _leaves_list(left, copies):
            listing = False
        if left:
            (copies if listing else signature).append(left)
        if right:
            signature.append(right)
        if len(copies) > _RECIPIENT_LINES_MAX:
            break
    names = _recipients(copies)
    kept = next((name for name in names if _ARCHIVED.match(name)), None)
    copied_to = tuple(name for name in names if name != kept)
    return Ending(copied_to, kept, _signature(signature[:_SIGNATURE_LINES_MAX]))


def _leaves_list(text: str, copies: list[str]) -> bool:
    """The line belongs to the signature: it looks so, or the archive line, the list's last, is complete."""
    if _is_authority(text) or (is_capital(text) and _POSITION.match(text)):
        return True
    last = copies[-1] if copies else ""
    return _ARCHIVED.match(without_bullet(last)) is not None and not last.endswith((",", "-"))


def _columns(line: Line, listing: bool) -> tuple[str, str]:
    """The line's left and right part; a far indented line below Nơi nhận stands on the right."""
    if len(line.text) > 300 or not (listing or _RECIPIENTS.match(line.text)):
        return line.text, ""
    if line.indent >= _COLUMN_INDENT and not has_bullet(line.text):
        return "", line.text
    left, *right = _COLUMNS.split(line.text, maxsplit=1)
    return left, right[0] if right else ""


def _recipients(copies: list[str]) -> list[str]:
    """One text per recipient: in a list with bullets, a line without one continues the line above."""
    names: list[str] = []
    for text in copies:
        if names and has_bullet(copies[0]) and not has_bullet(text) and not names[-1].endswith(";"):
            names[-1] += f" {text}"
        else:
            names.append(without_bullet(text))
    return [name for name in (one_line(name).rstrip(" .;,") for name in names) if name]


def _is_authority(text: str) -> bool:
    return _AUTHORITY.match(text) is not None and is_capital(text)


def _signature(lines: Sequence[str]) -> Signature | None:
    """Authority lines first, then the position, then the name; a footnote or a sentence ends it."""
    authority: list[str] = []
    position: list[str] = []
    name = None
    for text in map(one_line, lines):
        if _SIGNED.match(text):
            continue
        capital = is_capital(text) and len(text) < 120
        if capital and _is_authority(text) and not position:
            authority.append(text)
        elif capital and (position or _POSITION.match(text)):
            position.append(text)
        elif capital and authority:
            authority[-1] += f" {text}"
        elif authority and not position and _POSITION.match(text.upper()) and len(text) < 80:
            position.append(text)
        elif authority or position:
            name = text if _is_name(text) else None
            break
    if name is None and len(position) > 1 and not _POSITION.match(position[-1]):
        name = position.pop()
    if authority and not position:
        position.append(authority.pop())
    return Signature(tuple(authority), " ".join(position), name) if position else None


def _is_name(text: str) -> bool:
    """Two to eight words, each with a capital first; a rank or degree may stand before."""
    words = text.replace(".", ". ").split()
    return 2 <= len(words) <= _NAME_WORDS_MAX and all(
        _NAME_WORD.fullmatch(word) and word[0].isupper() for word in words
    )
