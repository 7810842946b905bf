"""Charts of counts as SVG inside a page: bars stacked by group. Their colours are the stylesheet's, and each group has a
pattern too; whatever they show stands in a table beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import markupsafe

from engine.labels import GROUP_WORDS
from engine.language import told
from workflows import drawing
from workflows.drawing import Markup, element
from workflows.text import say

STACKED = ("done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline")  # what is judged, from below
_WIDTH, _HEIGHT, _LEFT, _BELOW, _ABOVE = 960.0, 260.0, 48.0, 28.0, 12.0
_LINES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands under it, its counts by group, and where a click leads."""

    says: str
    totals: dict[str, int]
    way: Callable[[str], str]


def stacked(bars: Sequence[Bar], title: str, says: str) -> markupsafe.Markup:
    """Bars beside each other, a number on each axis line."""
    highest = max((sum(one.totals[group] for group in STACKED) for one in bars), default=0)
    top = _round_up(highest)
    room, base = _HEIGHT - _BELOW - _ABOVE, _HEIGHT - _BELOW
    parts = [element("title", drawing.plain(title)), element("desc", drawing.plain(says)), _patterns()]
    for place in range(_LINES + 1):
        y = base - room * place / _LINES
        parts.append(element("line", x1=_LEFT, y1=y, x2=_WIDTH, y2=y, class_="axis"))
        parts.append(_label(f"{top * place // _LINES}", _LEFT - 6, y + 4, "end"))
    step = (_WIDTH - _LEFT) / max(len(bars), 1)
    for place, one in enumerate(bars):
        x, y = _LEFT + step * place + step * 0.18, base
        parts.append(_label(one.says, x + step * 0.32, base + 18, "middle"))
        for group in STACKED:
            count = one.totals[group]
            if count:
                height = room * count / top
                y -= height
                said = told(say("{when}, {group}: {count}", when=one.says, group=GROUP_WORDS[group], count=count))
                block = element(
                    "rect",
                    element("title", drawing.plain(said)),
                    x=x,
                    y=y,
                    width=step * 0.64,
                    height=height,
                    class_=f"g-{group}",
                )
                parts.append(element("a", block, href=one.way(group), aria_label=said))
    return _svg(_WIDTH, _HEIGHT, parts, "chart", title)


def strip(totals: dict[str, int]) -> markupsafe.Markup:
    """One bar lying down: the shares of what is judged. It only repeats the numbers of its row: readers are not told."""
    whole, x, parts = sum(totals[group] for group in STACKED), 0.0, list[Markup]()
    for group in STACKED:
        width = 120.0 * totals[group] / whole if whole else 0.0
        if width:
            parts.append(element("rect", x=x, y=0.0, width=width, height=10.0, class_=f"g-{group}"))
        x += width
    return _svg(120.0, 10.0, parts, "strip", "")


def swatch(group: str) -> markupsafe.Markup:
    """How a group is drawn, for the legend."""
    return _svg(16.0, 12.0, [element("rect", x=0.5, y=0.5, width=15.0, height=11.0, class_=f"g-{group}")], "swatch", "")


def _svg(width: float, height: float, parts: Sequence[Markup], name: str, title: str) -> markupsafe.Markup:
    attributes: dict[str, str | float | None] = {
        "viewBox": f"0 0 {drawing.number(width)} {drawing.number(height)}",
        "class_": name,
    }
    if title:
        attributes |= {"role": "group", "aria_label": title}
    else:
        attributes |= {"aria_hidden": "true", "focusable": "false", "preserveAspectRatio": "none"}
    return markupsafe.Markup(element("svg", *parts, **attributes))


def _patterns() -> Markup:
    """Lines for what was late or is overdue: told apart in print and by who sees no colours."""
    made = [
        element("pattern", element("rect", width=6.0, height=6.0, class_=f"ground-{name}"),
                element("path", d=d, class_=f"lines-{name}"),
                id=f"lines-{name}", width=6.0, height=6.0, patternUnits="userSpaceOnUse")
        for name, d in (("late", "M0 6L6 0"), ("overdue", "M0 6L6 0M0 0L6 6"))
    ]  # fmt: skip
    return element("defs", *made)


def _label(text: str, x: float, y: float, anchor: str) -> Markup:
    return element("text", drawing.plain(text), x=x, y=y, text_anchor=anchor, class_="label")


def _round_up(value: int) -> int:
    """The next number that four lines part evenly."""
    if value <= _LINES:
        return _LINES
    size = 1
    while value > size * _LINES * 10:
        size *= 10
    step = size * _LINES
    return -(-value // step) * step
