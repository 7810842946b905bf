"""What our pictures are made of: SVG elements, text that is measured, wrapped and escaped, boxes, arrows, the page.

It knows nothing of workflows or graphs. Lengths are in units of 1/96 inch, as in SVG; the origin is at the top left. Markup
is a type of its own: what a person wrote becomes markup only through `plain`, so that no label can end its element.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NewType

Markup = NewType("Markup", str)
Point = tuple[float, float]

FONT = "Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"  # all of them have the Vietnamese letters
SIZE = 12.0  # of text, where nothing else is said: 9 points in print
LINE = 1.3  # lines stand this many times their size apart
BLACK, GREY, WHITE = "#111111", "#666666", "#ffffff"
PER_MM = 96 / 25.4
A4_WIDTH, A4_HEIGHT = 190 * PER_MM, 277 * PER_MM  # what a printer fills of a sheet of A4, with 10 mm around

_HATCH = "hatch"
_CORNER = 4.0
_BEND = 14.0  # the radius of a bend, at most
_HEAD = 9.0  # how long the head of an arrow is
# Advance widths of a common sans-serif in thousandths of the size, by letter; measured without marks above and below.
_WIDTHS = {
    letter: width
    for width, letters in {
        205: "ijl'|", 278: "!,./:;[\\]ftI ·", 333: "()-`r{}“”‘’", 389: "*°", 500: "ckJsvxyz", 469: "^",
        556: "abdeghnopqu#$_0123456789?L–đ«»", 584: "+<=>~−→←", 620: "ơFTZ", 640: "ư", 667: "ABEKPSVXY&",
        722: "CDHNRUwĐ", 778: "GOQ", 833: "mM", 850: "ƠƯ", 889: "%", 944: "W", 1015: "@…—",
    }.items()
    for letter in letters
}  # fmt: skip
_OTHER, _WIDE, _BOLD = 700, 1000, 1.08
_SLACK = 1.1  # the reader's font may be a wider one than the one measured
_HORN = "\u031b"  # the mark that makes ơ and ư, letters of their own and wider ones


@dataclass(frozen=True, slots=True)
class Look:
    """How a box is drawn, told apart without colour too: by its lines (`dash`, `double`, `weight`) and by `hatch`."""

    fill: str = WHITE
    stroke: str = BLACK
    dash: str = ""
    double: bool = False
    hatch: bool = False
    weight: float = 1.2


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle, by its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


def cleaned(text: str) -> str:
    """A text on one line, with nothing in it that XML cannot hold or that would turn the writing around."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(one if one.isprintable() and _holdable(one) else "�" for one in line)


def _holdable(character: str) -> bool:
    return (
        not 0xD800 <= ord(character) <= 0xDFFF and ord(character) & 0xFFFE != 0xFFFE
    )  # https://www.w3.org/TR/xml/#charsets


def plain(text: str) -> Markup:
    """A text as markup that only shows it."""
    return Markup(escape(cleaned(text)))


def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """How wide a line of text is at most, whichever of the fonts draws it; an estimate, on the safe side."""
    thousandths = sum(map(_letter_width, unicodedata.normalize("NFC", text)))
    return thousandths * size / 1000 * _SLACK * (_BOLD if bold else 1.0)


def _letter_width(letter: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    parts = unicodedata.normalize("NFD", letter)
    first, marks = parts[0], parts[1:]
    if _HORN in marks:
        first = unicodedata.normalize("NFC", first + _HORN)
    return _WIDTHS.get(first, 0 if unicodedata.combining(first) else _OTHER)


def wrapped(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> tuple[str, ...]:
    """A text in lines no wider than `width`: broken between words, and within one only where it is too long alone."""
    lines: list[str] = []
    for word in cleaned(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, width, size, bold)
    return tuple(lines)


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    if text_width(word, size, bold=bold) <= width:
        return [word]
    pieces, used = [""], 0.0
    for letter in word:
        step = text_width(letter, size, bold=bold)
        if pieces[-1] and used + step > width:
            pieces.append("")
            used = 0.0
        pieces[-1] += letter
        used += step
    return pieces


def widest(lines: Iterable[str], size: float = SIZE, *, bold: bool = False) -> float:
    """The width of the longest line; 0 where there is none."""
    return max((text_width(line, size, bold=bold) for line in lines), default=0.0)


def element(name: str, *inside: Markup, **attributes: str | float | None) -> Markup:
    """An element with what is inside it. `_` in a name of an attribute stands for `-`; None leaves the attribute out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{plain(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>")


def number(value: float) -> str:
    """A length as it is written, to a hundredth."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def write(
    lines: Sequence[str], x: float, top: float, size: float = SIZE, *,
    anchor: str = "start", bold: bool = False, fill: str = BLACK,
) -> Markup:  # fmt: skip
    """Lines of text under each other; `top` is the upper edge of the first one, `anchor` is start, middle or end."""
    spans = [element("tspan", plain(line), x=x, y=top + size * (LINE * place + 1)) for place, line in enumerate(lines)]
    return element("text", *spans, font_size=size, text_anchor=anchor, font_weight="bold" if bold else None, fill=fill)


def box(frame: Frame, look: Look) -> Markup:
    """A box without its text."""
    parts = [_rectangle(frame, look.fill, look.stroke, look.weight, look.dash or None)]
    if look.hatch:
        parts.append(_rectangle(frame, f"url(#{_HATCH})", "none"))
    if look.double:
        inner = Frame(frame.x + 3, frame.y + 3, frame.width - 6, frame.height - 6)
        parts.append(_rectangle(inner, "none", look.stroke, look.weight * 0.7))
    return element("g", *parts)


def _rectangle(frame: Frame, fill: str, stroke: str, weight: float | None = None, dash: str | None = None) -> Markup:
    return element(
        "rect", x=frame.x, y=frame.y, width=frame.width, height=frame.height, rx=_CORNER,
        fill=fill, stroke=stroke, stroke_width=weight, stroke_dasharray=dash,
    )  # fmt: skip


def arrow(
    points: Sequence[Point], *, weight: float = 1.2, stroke: str = BLACK, dash: str = "", head: bool = True
) -> Markup:
    """A line through two points or more, with rounded corners and a head at its end."""
    end = points[-1]
    parts: list[Markup] = []
    if head:
        before = next((one for one in reversed(points[:-1]) if math.dist(one, end) > 0.01), (end[0], end[1] - 1))
        length = _HEAD + 1.5 * (weight - 1.2)
        along = _towards(before, end)
        neck = (end[0] - along[0] * length, end[1] - along[1] * length)
        across = (-along[1] * length * 0.42, along[0] * length * 0.42)
        corners = (end, (neck[0] + across[0], neck[1] + across[1]), (neck[0] - across[0], neck[1] - across[1]))
        listed = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
        parts.append(element("polygon", points=listed, fill=stroke))
        points = [*points[:-1], (end[0] - along[0] * (length - 1), end[1] - along[1] * (length - 1))]
    line = element(
        "path", d=path(points), fill="none", stroke=stroke, stroke_width=weight, stroke_dasharray=dash or None
    )  # fmt: skip
    return element("g", line, *parts)


def _towards(start: Point, end: Point) -> Point:
    length = math.dist(start, end) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def path(points: Sequence[Point]) -> str:
    """Lines through the points, as the data of a path; corners are rounded."""
    said = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _on_the_way(corner, before, radius), _on_the_way(corner, after, radius)
        said.append(f"L{_pair(enter)}Q{_pair(corner)} {_pair(leave)}")
    return "".join([*said, f"L{_pair(points[-1])}"])


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _on_the_way(start: Point, to: Point, length: float) -> Point:
    along = _towards(start, to)
    return start[0] + along[0] * length, start[1] + along[1] * length


def page(
    width: float, height: float, parts: Iterable[Markup], *, title: str, says: str, language: str, print_mm: float | None = None
) -> str:  # fmt: skip
    """A whole SVG document, white, that stands alone: no script, no style sheet, nothing fetched from elsewhere.

    `title` and `says` are what a screen reader hears; `print_mm` is how wide it is printed, else as large as drawn.
    """
    scale = print_mm / width if print_mm else 1 / PER_MM
    lines = element("path", d="M0 6L6 0", stroke="#999999", stroke_width=0.8)
    hatch = element("pattern", lines, id=_HATCH, width=6, height=6, patternUnits="userSpaceOnUse")
    inside = [
        element("title", plain(title), id="title"),
        element("desc", plain(says), id="says"),
        element("defs", hatch),
        element("rect", width=width, height=height, fill=WHITE),
        *parts,
    ]
    drawn = element(
        "svg", Markup("\n"), Markup("\n".join(inside)), Markup("\n"),
        xmlns="http://www.w3.org/2000/svg", version="1.1", viewBox=f"0 0 {number(width)} {number(height)}",
        width=f"{number(width * scale)}mm", height=f"{number(height * scale)}mm",
        font_family=FONT, role="img", aria_labelledby="title says", lang=language,
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'
