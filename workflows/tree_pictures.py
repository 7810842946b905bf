"""The levels of a workflow, and a live cascade, as SVG pictures: boxes under each other, or beside where that is too wide.

A directive that carries several further hangs under all of them, so that a cascade is laid out as a graph, not as a tree.
"""

from collections.abc import Mapping, Sequence

from workflows import drawing
from workflows.definition import Definition, English
from workflows.diagrams import Box
from workflows.drawing import A4_WIDTH, BLACK, LINE, SIZE, Frame, Look, Markup
from workflows.layout import Edge, Node, laid_out
from workflows.pictures import LOOKS, Tell
from workflows.sheet import Block, Sign, box_sample, sheet
from workflows.text import say

_STYLES: Mapping[str, Look] = {
    "": LOOKS[""],
    "fulfilled": LOOKS["fulfilled"],
    "void": LOOKS["void"],
    "overdue": Look(fill="#fdecea", stroke="#8e1b1b", weight=3.2),
}
_WIDTH, _PADDING, _SMALL = 190.0, 9.0, 10.5


def levels(
    definition: Definition, english: English | None, title: str, *, tell: Tell = str, language: str = "vi",
    wide_mm: float | None = None,
) -> str:  # fmt: skip
    """The tree of levels, the top one first, with their English words or (None) their own."""
    places = {name: place for place, name in enumerate(definition.levels)}
    boxes = [
        Box(
            places[name],
            ((english.levels.get(name) if english else None) or level.label,),
            _above(definition, places, name),
        )
        for name, level in definition.levels.items()
    ]
    says = tell(say("The levels of offices, the highest first."))
    return sheet(title, says, _graph(boxes), [], language=language, wide_mm=wide_mm)


def _above(definition: Definition, places: Mapping[str, int], name: str) -> tuple[int, ...]:
    above = definition.above[name]
    return (places[above],) if above and above in places and above != name else ()


def tree(
    boxes: Sequence[Box], title: str, *, tell: Tell = str, language: str = "vi", wide_mm: float | None = None
) -> str:  # fmt: skip
    """Directives under what they carry further. What hangs under one that is not among the boxes hangs alone."""
    means = {
        "": say("under way, nothing overdue"),
        "overdue": say("something in it or below it is overdue"),
        "fulfilled": say("everything in it and below it is done"),
        "void": say("revoked or replaced"),
    }
    used = {box.style for box in boxes}
    signs = [Sign(box_sample(_STYLES[style]), tell(words)) for style, words in means.items() if style in used]
    says = tell(say("Who ordered whom, and how what is owed under each directive stands."))
    return sheet(title, says, _graph(boxes), signs, language=language, wide_mm=wide_mm)


def _graph(boxes: Sequence[Box]) -> Block:
    known = {box.number for box in boxes}
    words = {str(box.number): _words(box) for box in boxes}
    nodes = [Node(name, *_size(lines)) for name, lines in words.items()]
    edges = [Edge(str(above), str(box.number)) for box in boxes for above in box.above if above in known]
    found = laid_out(nodes, edges)
    rightward = found.width > A4_WIDTH
    if rightward:
        found = laid_out(nodes, edges, rightward=True)
    curved = "right" if rightward else "down"
    parts = [drawing.arrow(route.points, curved=curved) for route in found.routes]
    parts += [_drawn(found.boxes[str(box.number)], words[str(box.number)], _STYLES[box.style]) for box in boxes]
    return Block(found.width, found.height, tuple(parts))


def _words(box: Box) -> list[tuple[str, bool]]:
    """The lines in a box, and which of them are bold: those of its first."""
    return [
        (line, place == 0)
        for place, text in enumerate(box.lines)
        for line in drawing.wrapped(text, _WIDTH, SIZE if place == 0 else _SMALL, bold=place == 0)
    ]


def _size(lines: Sequence[tuple[str, bool]]) -> tuple[float, float]:
    wide = max((drawing.text_width(line, SIZE if bold else _SMALL, bold=bold) for line, bold in lines), default=0.0)
    return max(70.0, wide) + 2 * _PADDING, sum(
        (SIZE if bold else _SMALL) * LINE for _, bold in lines
    ) + 2 * _PADDING - 1


def _drawn(frame: Frame, lines: Sequence[tuple[str, bool]], look: Look) -> Markup:
    parts = [drawing.box(frame, look)]
    x, _ = frame.middle
    y = frame.y + _PADDING - 2
    if look.hatch:  # so that no line runs through the words
        wide, high = _size(lines)
        clear = Frame(x - wide / 2 + 6, frame.y + 6, wide - 12, high - 12)
        parts.append(
            drawing.element("rect", x=clear.x, y=clear.y, width=clear.width, height=clear.height, fill=look.fill)
        )
    for line, bold in lines:
        size = SIZE if bold else _SMALL
        parts.append(drawing.write([line], x, y, size, anchor="middle", bold=bold, fill=BLACK))
        y += size * LINE
    return drawing.element("g", *parts)
