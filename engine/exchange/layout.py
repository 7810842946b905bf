"""Lines of a dispatch: marks of markdown off, broken lines joined, each with its place in the original.

Knows nothing of what the lines say.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WRAPPED_AT_MAX = 130  # a text whose lines are all shorter was wrapped by a page, not one line per paragraph

_RULE = re.compile(r"^ *[-–—_=*~. ]{3,}$")
_ESCAPED = re.compile(r"\\([.#*_()+\[\]-])")
_HEADER = re.compile(r"^ *(?:> ?)*#{1,6} +")
_MARKER = re.compile(
    r"^(?:[-–—+•*] |[a-zđ][.)] |[0-9]{1,2}(?:[.)](?![0-9])|/ )|[0-9]{1,2}\.[0-9]{1,2}\.? |[IVX]{1,5}[.)] "
    r"|Điều [0-9]{1,3} ?[.:])"
)
_BULLET = re.compile(r"^[-–—+•*] *(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the original, from 1, its text without marks, the count of leading spaces."""

    number: int
    text: str
    indent: int = 0


def lines_of(text: str) -> list[Line]:
    """Every line of a tidy text, blank ones and rules ("---") as blank lines."""
    return [_line(number, raw) for number, raw in enumerate(text.split("\n"), start=1)]


def _line(number: int, raw: str) -> Line:
    if _RULE.match(raw):
        return Line(number, "")
    text = _ESCAPED.sub(r"\1", _HEADER.sub("", raw).replace("**", ""))
    indent = len(text) - len(text.lstrip())
    text = text.strip()
    if len(text) > 2 and text[0] == text[-1] == "*" and text[1] != " ":
        text = text[1:-1].strip()
    return Line(number, text, indent)


def without_bullet(text: str) -> str:
    return _BULLET.sub("", text)


def has_bullet(text: str) -> bool:
    return _BULLET.match(text) is not None


def is_capital(text: str) -> bool:
    """Every letter is a capital, and there is one."""
    return text.isupper() and len(text) > 1


def joint(first: str, second: str) -> str:
    """What belongs between two lines of one text: nothing where a symbol is broken ("304/TB-", "VPCP")."""
    broken = len(first) > 1 and first[-1] in "-–/" and first[-2].isalnum() and second[:1].isalnum()
    return "" if broken or not first or not second else " "


def joined(lines: Iterable[Line]) -> str:
    """Lines as one running text."""
    text = ""
    for line in lines:
        piece = one_line(line.text)
        text += joint(text[-2:], piece) + piece
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that belong together, parted by blank lines, markers (1. a) -), headings, stops at a line's end.

    In a text wrapped to a page's width a stop ends a paragraph only where the line stays short.
    """
    width = max((len(line.text) for line in lines), default=0)
    wrapped = width if width <= WRAPPED_AT_MAX else None
    found: list[list[Line]] = []
    last = ""
    in_heading = False  # every line of the paragraph so far is in capitals
    for line in lines:
        capital = bool(line.text) and is_capital(line.text)
        begins = not last or starts_marked(line.text) or _ends_paragraph(last, wrapped)
        if line.text and (begins or (in_heading and not capital)):
            found.append([])
            in_heading = True
        if line.text:
            found[-1].append(line)
            in_heading = in_heading and capital
        last = line.text
    return found


def starts_marked(text: str) -> bool:
    """The line opens with a number, a letter, a bullet or "Điều N."."""
    return _MARKER.match(text) is not None


def _ends_paragraph(text: str, wrapped: int | None) -> bool:
    return text[-1] in ".;:!?" and (wrapped is None or len(text) < 0.8 * wrapped)


@dataclass(frozen=True, slots=True)
class Flow:
    """Paragraphs as one text, one per line of it, that still knows from which line each letter came."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def line_at(self, offset: int) -> int:
        """The number of the original line at that offset."""
        return self.numbers[max(0, bisect_right(self.starts, offset) - 1)]


def flow(parts: Iterable[Sequence[Line]]) -> Flow:
    """The paragraphs as one text; `\\n` stands between two of them and nowhere else."""
    pieces: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    length = 0
    for part in parts:
        before = "\n" if pieces else ""
        for line in part:
            piece = one_line(line.text)
            between = before if line is part[0] else joint(pieces[-1], piece)
            starts.append(length + len(between))
            numbers.append(line.number)
            pieces += [between, piece]
            length += len(between) + len(piece)
    return Flow("".join(pieces), tuple(starts) or (0,), tuple(numbers) or (1,))
