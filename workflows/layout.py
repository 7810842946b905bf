"""Where the boxes, arrows and labels of a picture stand: a graph in ranks from the top down, or from left to right.

Pure numbers; what is written in a box or along an arrow is given by its size. Boxes and labels never lie on each other, and
no arrow runs through a box or a label that is not its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.columns import EDGE, axes_of, spread
from workflows.drawing import Frame, Point
from workflows.layering import Layering, layered

_GAP = 32.0  # between two ranks; more where arrows run far aside
_SLOPE = 0.14  # how much more, for each unit an arrow runs aside
_GAP_MAX = 70.0
_STUB = 11.0  # how far an arrow runs straight on from a box
_PORT = 15.0  # between two arrows at a box
_LOOP = 20.0  # how far an arrow back to its own box goes out
_LABEL = 6.0  # between an arrow and its label
_BADGE = 10.0  # kept free at the other side of an arrow with a label, for a number on it


@dataclass(frozen=True, slots=True)
class Node:
    """A box to be placed."""

    name: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow to be drawn, with the size of its label; an arrow may lead back to its own box."""

    source: str
    target: str
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow, from the border of one box to the border of another, and where its label stands."""

    points: tuple[Point, ...]
    label: Frame | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything placed, the left upper corner being (0, 0). Routes are in the order of the edges."""

    width: float
    height: float
    boxes: Mapping[str, Frame]
    routes: tuple[Route, ...]


def laid_out(
    nodes: Sequence[Node], edges: Sequence[Edge], *, room: float = 430.0, last: Sequence[str] = (),
    mirrored: bool = False, rightward: bool = False,
) -> Layout:  # fmt: skip
    """Places a graph; the first node is its beginning. `room` is how much of the width labels may take side by side, `last`
    names boxes for the last rank. Rightward the ranks stand side by side, and there are no labels and no loops.
    """
    if rightward:
        turned = [Node(one.name, one.height, one.width) for one in nodes]
        return _transposed(laid_out(turned, edges))
    places = {one.name: place for place, one in enumerate(nodes)}
    straight = [one for one in edges if one.source != one.target]
    loops = {places[one.source]: one for one in edges if one.source == one.target}
    arrows = [(places[one.source], places[one.target]) for one in straight]
    widths = [one.width + _LABEL + _BADGE if one.width else 0.0 for one in straight]
    found = layered(len(nodes), arrows, widths, room, frozenset(places[name] for name in last), mirrored=mirrored)
    extents = _extents(nodes, straight, loops, found)
    axes = axes_of(found, extents, len(nodes))
    shift = -min((axes[slot] - extents[slot][0] for rank in found.ranks for slot in rank), default=0.0)
    axes = {slot: axis + shift for slot, axis in axes.items()}
    ports = _ports(nodes, straight, found, axes)
    tops, bottoms = _rows(nodes, straight, loops, found, axes, ports)
    boxes = {}
    for number, rank in enumerate(found.ranks):
        for slot in rank:
            if slot < len(nodes):
                one = nodes[slot]
                top = (tops[number] + bottoms[number] - one.height) / 2
                boxes[one.name] = Frame(axes[slot] - one.width / 2, top, one.width, one.height)
    ways = iter(_routes(straight, found, axes, ports, tops, bottoms, boxes))
    routes = tuple(_loop(one, boxes[one.source]) if one.source == one.target else next(ways) for one in edges)
    width = max((axes[slot] + extents[slot][1] for rank in found.ranks for slot in rank), default=0.0)
    return Layout(width, bottoms[-1] if bottoms else 0.0, boxes, routes)


def _extents(
    nodes: Sequence[Node], straight: Sequence[Edge], loops: Mapping[int, Edge], found: Layering
) -> dict[int, tuple[float, float]]:
    """How far each slot reaches to the left and to the right of its axis."""
    extents = {slot: (0.0, 0.0) for rank in found.ranks for slot in rank}
    for arrow, slot in found.labels.items():
        extents[slot] = (_BADGE, _LABEL + straight[arrow].width)
    for place, node in enumerate(nodes):
        loop = loops.get(place)
        beside = _LOOP + _LABEL + loop.width if loop else 0.0
        extents[place] = (node.width / 2, node.width / 2 + beside)
    return extents


def _ports(
    nodes: Sequence[Node], straight: Sequence[Edge], found: Layering, axes: Mapping[int, float]
) -> dict[tuple[int, int], float]:
    """Where each arrow leaves its upper box (end 0) and meets its lower one (end -1), by arrow and end.

    As straight over where it goes as the box allows; arrows without labels share the middle.
    """
    ends: dict[tuple[int, int], list[int]] = {}
    for arrow, chain in enumerate(found.chains):
        ends.setdefault((chain[0], 0), []).append(arrow)
        ends.setdefault((chain[-1], -1), []).append(arrow)
    ports: dict[tuple[int, int], float] = {}
    for (slot, end), arrows in ends.items():
        if not any(straight[arrow].width for arrow in arrows):
            ports |= {(arrow, end): axes[slot] for arrow in arrows}
            continue
        towards = {arrow: axes[found.chains[arrow][1 if end == 0 else -2]] for arrow in arrows}
        arrows.sort(key=lambda arrow: (towards[arrow], arrow))
        half = nodes[slot].width / 2 - EDGE
        apart = min(_PORT, 2 * half / max(1, len(arrows) - 1))
        low, high = axes[slot] - half, axes[slot] + half
        wanted = spread([min(max(towards[arrow], low), high) for arrow in arrows], [apart] * (len(arrows) - 1))
        for place, arrow in enumerate(arrows):
            left, right = low + apart * place, high - apart * (len(arrows) - 1 - place)
            ports[arrow, end] = min(max(wanted[place], left), right)
    return ports


def _rows(
    nodes: Sequence[Node],
    straight: Sequence[Edge],
    loops: Mapping[int, Edge],
    found: Layering,
    axes: Mapping[int, float],
    ports: Mapping[tuple[int, int], float],
) -> tuple[list[float], list[float]]:
    """The upper and the lower edge of each rank."""
    rank_of = {slot: number for number, rank in enumerate(found.ranks) for slot in rank}
    heights = [0.0] * len(found.ranks)
    for slot, node in enumerate(nodes):
        heights[rank_of[slot]] = max(heights[rank_of[slot]], node.height, loops[slot].height if slot in loops else 0.0)
    for arrow, slot in found.labels.items():
        heights[rank_of[slot]] = max(heights[rank_of[slot]], straight[arrow].height)
    aside = [0.0] * len(found.ranks)  # how far arrows run aside below each rank
    for arrow, chain in enumerate(found.chains):
        ways = [ports[arrow, 0], *(axes[slot] for slot in chain[1:-1]), ports[arrow, -1]]
        for slot, here, there in zip(chain, ways, ways[1:], strict=False):
            aside[rank_of[slot]] = max(aside[rank_of[slot]], abs(here - there))
    tops, bottoms = [], []
    y = 0.0
    for height, far in zip(heights, aside, strict=True):
        tops.append(y)
        bottoms.append(y + height)
        y += height + min(_GAP + _SLOPE * far, _GAP_MAX)
    return tops, bottoms


def _routes(
    straight: Sequence[Edge],
    found: Layering,
    axes: Mapping[int, float],
    ports: Mapping[tuple[int, int], float],
    tops: Sequence[float],
    bottoms: Sequence[float],
    boxes: Mapping[str, Frame],
) -> list[Route]:
    rank_of = {slot: number for number, rank in enumerate(found.ranks) for slot in rank}
    routes = []
    for arrow, (edge, chain) in enumerate(zip(straight, found.chains, strict=True)):
        upper, lower = (edge.target, edge.source) if found.turned[arrow] else (edge.source, edge.target)
        start, end = ports[arrow, 0], ports[arrow, -1]
        points = [(start, boxes[upper].bottom), (start, bottoms[rank_of[chain[0]]] + _STUB)]
        for slot in chain[1:-1]:
            points += [(axes[slot], tops[rank_of[slot]]), (axes[slot], bottoms[rank_of[slot]])]
        points += [(end, tops[rank_of[chain[-1]]] - _STUB), (end, boxes[lower].y)]
        label = None
        if arrow in found.labels:
            slot = found.labels[arrow]
            middle = (tops[rank_of[slot]] + bottoms[rank_of[slot]]) / 2
            label = Frame(axes[slot] + _LABEL, middle - edge.height / 2, edge.width, edge.height)
        routes.append(Route(tuple(reversed(points) if found.turned[arrow] else points), label))
    return routes


def _loop(edge: Edge, box: Frame) -> Route:
    """Out at the right side of a box and in again, with the label beside."""
    (_, y), out = box.middle, box.right + _LOOP
    up, down = y - box.height / 4, y + box.height / 4
    label = Frame(out + _LABEL, y - edge.height / 2, edge.width, edge.height) if edge.width else None
    return Route(((box.right, up), (out, up), (out, down), (box.right, down)), label)


def _transposed(found: Layout) -> Layout:
    boxes = {name: Frame(one.y, one.x, one.height, one.width) for name, one in found.boxes.items()}
    routes = tuple(Route(tuple((y, x) for x, y in one.points)) for one in found.routes)
    return Layout(found.height, found.width, boxes, routes)
