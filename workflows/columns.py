"""Where the slots of a layering stand in their ranks: near the middle of what they are joined to, nothing on anything else.

The second half of laying a graph out; what is above and what is below was settled by `layering.py`.
"""

import itertools
from collections.abc import Mapping, Sequence
from math import inf

from workflows.layering import Layering

BESIDE = 26.0  # between two boxes of a rank
LINES = 12.0  # between two arrows, or an arrow and a box
EDGE = 9.0  # between an arrow and the corner of its box
_ROUNDS = 24
_STRAIGHTENED = 4


def axes_of(found: Layering, extents: Mapping[int, tuple[float, float]], points: int) -> dict[int, float]:
    """The axis of each slot: near the middle of its neighbours, in the order of its rank, nothing on anything else."""
    above: dict[int, list[tuple[int, float]]] = {slot: [] for slot in extents}
    below: dict[int, list[tuple[int, float]]] = {slot: [] for slot in extents}
    for chain in found.chains:
        for upper, lower in itertools.pairwise(chain):
            # A line over many ranks is to be straight; that it meets the middle of its boxes matters less.
            pull = 1.0 if upper < points and lower < points else 2.0 if upper < points or lower < points else 8.0
            below[upper].append((lower, pull))
            above[lower].append((upper, pull))
    gaps = [
        [extents[left][1] + extents[right][0] + _beside(left, right, points) for left, right in itertools.pairwise(rank)]
        for rank in found.ranks
    ]  # fmt: skip
    axes: dict[int, float] = {}
    for rank, apart in zip(found.ranks, gaps, strict=True):
        axes |= zip(rank, spread([0.0] * len(rank), apart), strict=True)
    numbered = list(enumerate(found.ranks))
    around = {slot: above[slot] + below[slot] for slot in extents}
    held, from_above, from_below = _weights(around), _weights(above), _weights(below)
    for turn in range(_ROUNDS):
        near, loose = (above, from_above) if turn % 2 == 0 else (below, from_below)
        for number, rank in numbered if turn % 2 == 0 else reversed(numbered):
            # Towards the end both sides count, so that neither the last sweep down nor the last one up has its way.
            both = turn >= _ROUNDS - 6
            used = around if both else near
            wanted = [_wanted(used[slot], axes, axes[slot]) for slot in rank]
            weights = [held[slot] if both else loose[slot] for slot in rank]
            axes |= zip(rank, spread(wanted, gaps[number], weights), strict=True)
    if not found.labels:  # as good as a tree: at last everything stands over the middle of what is below it
        for number, rank in reversed(numbered):
            wanted = [_wanted(below[slot], axes, axes[slot]) for slot in rank]
            axes |= zip(rank, spread(wanted, gaps[number]), strict=True)
    for _ in range(_STRAIGHTENED):
        _straighten(found, gaps, axes, extents, points)
    return axes


def _straighten(
    found: Layering,
    gaps: Sequence[Sequence[float]],
    axes: dict[int, float],
    extents: Mapping[int, tuple[float, float]],
    points: int,
) -> None:
    """Arrows over many ranks become as straight as what stands beside them lets them, the longest first."""
    beside = {}
    for rank, apart in zip(found.ranks, gaps, strict=True):
        for place, slot in enumerate(rank):
            left = (rank[place - 1], apart[place - 1]) if place else None
            beside[slot] = (left, (rank[place + 1], apart[place]) if place < len(apart) else None)
    for chain in sorted(found.chains, key=len, reverse=True):
        run: list[int] = []
        low, high = -inf, inf
        for slot in chain:
            left, right = beside[slot]
            least = axes[left[0]] + left[1] if left else -inf
            most = axes[right[0]] - right[1] if right else inf
            if slot < points:
                half = max(0.0, extents[slot][0] - EDGE)
                least, most = axes[slot] - half, axes[slot] + half  # it stays; its arrows meet it anywhere
            if max(low, least) > min(high, most):
                _line_up(run, low, high, axes, points)
                run, low, high = [], -inf, inf
            run, low, high = [*run, slot], max(low, least), min(high, most)
        _line_up(run, low, high, axes, points)


def _line_up(run: Sequence[int], low: float, high: float, axes: dict[int, float], points: int) -> None:
    places = [slot for slot in run if slot >= points]
    if places:
        wanted = sum(axes[slot] for slot in places) / len(places)
        axes |= dict.fromkeys(places, min(max(wanted, low), high))


def _beside(left: int, right: int, points: int) -> float:
    return BESIDE if left < points and right < points else LINES


def _weights(pulls: Mapping[int, Sequence[tuple[int, float]]]) -> dict[int, float]:
    return {slot: max(0.1, sum(pull for _, pull in mine)) for slot, mine in pulls.items()}


def _wanted(pulls: Sequence[tuple[int, float]], axes: Mapping[int, float], otherwise: float) -> float:
    if len(pulls) == 1:  # most are places of an arrow
        return axes[pulls[0][0]]
    total = sum(pull for _, pull in pulls)
    return sum(axes[slot] * pull for slot, pull in pulls) / total if total else otherwise


def spread(wanted: Sequence[float], apart: Sequence[float], weights: Sequence[float] = ()) -> list[float]:
    """Places in the given order, each at least `apart` from the one before, together as near to `wanted` as can be.

    Least squares by pooling adjacent violators (M. Ayer and others, 1955), after the distances were taken off.
    """
    offsets = [0.0]
    for gap in apart:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # the mean, the weight and the size of each block
    for place, value in enumerate(wanted):
        mean, weight, size = value - offsets[place], weights[place] if weights else 1.0, 1
        while pools and pools[-1][0] >= mean:
            other, heavy, many = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, size = weight + heavy, size + many
        pools.append((mean, weight, size))
    means = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]
