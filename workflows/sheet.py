"""A picture's sheet: a heading, blocks under each other, a legend, a numbered list; sized so that a page of A4 shows it.

Blocks are drawn from (0, 0) and put in their places here. Whatever is written reaches them in the reader's language.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows import drawing
from workflows.drawing import A4_HEIGHT, A4_WIDTH, BLACK, GREY, LINE, PER_MM, SIZE, WHITE, Frame, Look, Markup

MARGIN = 20.0
_APART = 16.0  # between two blocks
_TITLE, _SMALL = 17.0, 10.5
_SAMPLE = Frame(0, 1, 34, 17)
_SMALLEST = 0.7  # what is shrunk further can no longer be read
_NARROWEST = 470.0  # so that a heading and a legend have room beside a small drawing


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a sheet and its size."""

    width: float
    height: float
    parts: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of the legend: what is drawn, and what it means."""

    sample: Markup
    means: str


def sheet(
    title: str, subtitle: str, drawn: Block, signs: Sequence[Sign], *, language: str,
    listed: Block | None = None, wide_mm: float | None = None,
) -> str:  # fmt: skip
    """The SVG document. It is as large as drawn, or as A4 where that is less; `wide_mm` says another width in print."""
    room = max(drawn.width, listed.width if listed else 0.0, _NARROWEST)
    blocks = [
        _heading(title, subtitle, room),
        drawn,
        *([legend(signs, room)] if signs else []),
        *([listed] if listed else []),
    ]
    y, parts = MARGIN, []
    for block in blocks:
        x = MARGIN + ((room - block.width) / 2 if block is drawn else 0.0)
        parts.append(
            drawing.element("g", *block.parts, transform=f"translate({drawing.number(x)} {drawing.number(y)})")
        )
        y += block.height + _APART
    width, height = room + 2 * MARGIN, y - _APART + MARGIN
    scale = min(1.0, A4_WIDTH / width)
    if A4_HEIGHT / height >= _SMALLEST:  # else it is printed on several pages
        scale = min(scale, A4_HEIGHT / height)
    print_mm = wide_mm or width * scale / PER_MM
    return drawing.page(
        width, height, parts, title=title, says=subtitle, language=language, print_mm=print_mm
    )  # fmt: skip


def _heading(title: str, subtitle: str, width: float) -> Block:
    first = drawing.wrapped(title, width, _TITLE, bold=True)
    second = drawing.wrapped(subtitle, width, SIZE) if subtitle else ()
    top = len(first) * _TITLE * LINE + 2
    parts = [drawing.write(first, 0, 0, _TITLE, bold=True), drawing.write(second, 0, top, fill=GREY)]
    return Block(width, top + len(second) * SIZE * LINE, tuple(parts))


def legend(signs: Iterable[Sign], width: float) -> Block:
    """Samples with their meaning, side by side as far as there is room."""
    x, y, parts = 0.0, 8.0, [drawing.element("path", d=f"M0 0H{drawing.number(width)}", stroke="#bbbbbb", fill="none")]
    for sign in signs:
        lines = drawing.wrapped(sign.means, width - _SAMPLE.width - 8, _SMALL)
        taken = _SAMPLE.width + 6 + drawing.widest(lines, _SMALL)
        if x and x + taken > width:
            x, y = 0.0, y + 24
        at = f"translate({drawing.number(x)} {drawing.number(y)})"
        words = drawing.write(lines, _SAMPLE.width + 6, 4, _SMALL)
        parts.append(drawing.element("g", sign.sample, words, transform=at))
        x += taken + 16
        y += (len(lines) - 1) * _SMALL * LINE
    return Block(width, y + 20, tuple(parts))


def box_sample(look: Look) -> Markup:
    return drawing.box(_SAMPLE, look)


def arrow_sample(weight: float = 1.2, stroke: str = BLACK, dash: str = "") -> Markup:
    _, y = _SAMPLE.middle
    return drawing.arrow([(0, y), (_SAMPLE.width, y)], weight=weight, stroke=stroke, dash=dash)


def numbered(head: str, rows: Sequence[tuple[str, str]], width: float) -> Block:
    """A list of numbers and what they say, under a head."""
    y, parts = SIZE * LINE + 6, [drawing.write([head], 0, 0, SIZE, bold=True)]
    indent = max((pill_width(number) for number, _ in rows), default=0.0) + 8
    for number, words in rows:
        lines = drawing.wrapped(words, width - indent, _SMALL)
        parts += [pill(number, 0, y), drawing.write(lines, indent, y + 2, _SMALL)]
        y += len(lines) * _SMALL * LINE + 5
    return Block(width, y, tuple(parts))


def pill_width(text: str) -> float:
    return max(17.0, drawing.text_width(text, _SMALL, bold=True) + 9)


def pill(text: str, x: float, y: float) -> Markup:
    """A number in white on black, 16 high."""
    wide = pill_width(text)
    back = drawing.element("rect", x=x, y=y, width=wide, height=16, rx=8, fill=BLACK)
    return drawing.element(
        "g", back, drawing.write([text], x + wide / 2, y + 1.5, _SMALL, anchor="middle", bold=True, fill=WHITE)
    )
