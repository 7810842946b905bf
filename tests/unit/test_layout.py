"""Every graph is laid out so that nothing lies on anything else, and that quickly enough to wait for."""

import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.columns import spread
from workflows.drawing import Frame, Point
from workflows.layout import Edge, Layout, Node, laid_out


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> tuple[list[Node], list[Edge]]:
    """Boxes and arrows of any size, back to themselves and in rings too; two boxes have one arrow each way at most."""
    count = draw(st.integers(1, most))
    nodes = [Node(f"n{place}", draw(st.floats(20, 180)), draw(st.floats(20, 70))) for place in range(count)]
    places = st.integers(0, count - 1)
    joined = draw(st.lists(st.tuples(places, places), max_size=2 * most, unique=True))
    sizes = st.one_of(st.just((0.0, 0.0)), st.tuples(st.floats(10, 130), st.floats(10, 60)))
    edges = []
    for source, target in joined:
        wide, high = draw(sizes)
        edges.append(Edge(f"n{source}", f"n{target}", wide, high))
    return nodes, edges


def apart(one: Frame, other: Frame, near: float = 0.01) -> bool:
    return (
        one.right <= other.x + near or other.right <= one.x + near
        or one.bottom <= other.y + near or other.bottom <= one.y + near
    )  # fmt: skip


def on_border(point: Point, frame: Frame) -> bool:
    x, y = point
    inside = frame.x - 0.01 <= x <= frame.right + 0.01 and frame.y - 0.01 <= y <= frame.bottom + 0.01
    edges = (x - frame.x, frame.right - x, y - frame.y, frame.bottom - y)
    return inside and min(map(abs, edges)) < 0.01


def runs_through(points: tuple[Point, ...], frame: Frame) -> bool:
    """Does a line touch a box? Each piece by the rectangle around it: an S stays in that of its two ends."""
    inner = Frame(frame.x + 0.5, frame.y + 0.5, frame.width - 1, frame.height - 1)
    for (x, y), (right, bottom) in pairwise(points):
        around = Frame(min(x, right), min(y, bottom), abs(right - x), abs(bottom - y))
        if not apart(around, inner, 0.0):
            return True
    return False


def check(nodes: list[Node], edges: list[Edge], found: Layout) -> None:
    labels = [route.label for route in found.routes if route.label]
    frames = [*found.boxes.values(), *labels]
    assert set(found.boxes) == {node.name for node in nodes}
    assert len(labels) == sum(edge.width > 0 for edge in edges)
    assert all(apart(one, other) for one, other in combinations(frames, 2))
    for frame in frames:
        assert -0.01 <= frame.x <= frame.right <= found.width + 0.01
        assert -0.01 <= frame.y <= frame.bottom <= found.height + 0.01
    for edge, route in zip(edges, found.routes, strict=True):
        assert on_border(route.points[0], found.boxes[edge.source])
        assert on_border(route.points[-1], found.boxes[edge.target])
        for frame in frames:
            if frame not in (found.boxes[edge.source], found.boxes[edge.target]):
                assert not runs_through(route.points, frame)


@settings(max_examples=150, deadline=None)
@given(graphs(), st.booleans(), st.sampled_from([120.0, 430.0]))
def test_nothing_lies_on_anything_else(graph: tuple[list[Node], list[Edge]], mirrored: bool, room: float) -> None:
    nodes, edges = graph
    check(nodes, edges, laid_out(nodes, edges, room=room, mirrored=mirrored, last=[nodes[-1].name]))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_so_it_is_from_left_to_right(graph: tuple[list[Node], list[Edge]]) -> None:
    nodes, edges = graph
    edges = [Edge(one.source, one.target) for one in edges if one.source != one.target]
    check(nodes, edges, laid_out(nodes, edges, rightward=True))


@settings(deadline=None)
@given(st.integers(1, 40))
def test_a_picture_grows_with_what_is_in_it_and_not_more(count: int) -> None:
    nodes = [Node(str(place), 100, 30) for place in range(count)]
    chain = laid_out(nodes, [Edge(str(place), str(place + 1)) for place in range(count - 1)])
    assert chain.width == pytest.approx(100)
    assert chain.height <= count * (30 + 40)
    fan = laid_out(nodes, [Edge("0", str(place)) for place in range(1, count)])
    assert fan.width <= max(1, count - 1) * (100 + 30)
    assert fan.height <= 30 + 30 + 80


def test_parents_stand_over_the_middle_of_their_children_and_no_arrows_cross() -> None:
    nodes = [Node(str(place), 60, 30) for place in range(7)]
    found = laid_out(nodes, [Edge(str((place - 1) // 2), str(place)) for place in range(1, 7)])
    middles = [found.boxes[str(place)].middle[0] for place in range(7)]
    assert middles[0] == pytest.approx((middles[1] + middles[2]) / 2, abs=1)
    assert middles[1] == pytest.approx((middles[3] + middles[4]) / 2, abs=1)
    assert sorted(middles[3:]) in (middles[3:], middles[:2:-1])


def test_the_largest_machine_is_laid_out_while_one_waits() -> None:
    nodes = [Node(str(place), 120, 36) for place in range(64)]
    edges = [Edge(str(place), str((place * step + 1) % 64), 110, 30) for step in (1, 7) for place in range(64)]
    begun = time.process_time()
    found = laid_out(nodes, edges)
    assert time.process_time() - begun < 1.5, "seconds; half a second where nothing else runs"
    frames = [*found.boxes.values(), *(route.label for route in found.routes if route.label)]
    assert all(apart(one, other) for one, other in combinations(frames, 2))


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(0, 80), st.floats(0.1, 9)), min_size=1, max_size=30))
def test_what_is_spread_keeps_its_order_and_its_distances(drawn: list[tuple[float, float, float]]) -> None:
    wanted, gaps, weights = (list(one) for one in zip(*drawn, strict=True))
    places = spread(wanted, gaps[1:], weights)
    assert all(right - left >= gap - 1e-6 for (left, right), gap in zip(pairwise(places), gaps[1:], strict=True))
    assert spread([0, 100, 200], [50, 50]) == [0, 100, 200], "what has room stays where it wants to be"
    assert spread([0, 0], [50]) == [-25, 25]
