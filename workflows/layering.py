"""A graph in ranks, one under the other, each in an order with few crossings: the first half of laying it out.

After K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures" (1981): arrows
that close a ring are turned, every point stands under all that lead to it, and an arrow over several ranks has a place in
each of them, so that it never runs through a box. So has its label: between two ranks of boxes there are ranks of labels.
"""

import itertools
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Arrow = tuple[int, int]  # from which point to which, by their places in the list
Rank = list[int]
_SWEEPS = 12
_SWAPS = 8


@dataclass(frozen=True, slots=True)
class Layering:
    """Slots in ranks. The first slots are the points of the graph; the others are places of arrows.

    `chains` has the slots of each arrow from the upper end to the lower one, `turned` which of them point upward, and
    `labels` at which slot each arrow has its label.
    """

    ranks: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]
    turned: tuple[bool, ...]
    labels: Mapping[int, int]


def layered(
    points: int,
    arrows: Sequence[Arrow],
    labels: Sequence[float],
    room: float,
    last: frozenset[int],
    *,
    mirrored: bool = False,
) -> Layering:
    """The ranks of `points` points. `labels` are the widths of the arrows' labels, 0 for none; labels that would take more
    than `room` side by side are spread over several ranks. Points named in `last` go to the last rank, where they can;
    `mirrored` begins from the right, which may come out better.
    No arrow leads from a point to itself.
    """
    order = _order(points, arrows)
    turned = tuple(order[source] > order[target] for source, target in arrows)
    down = [(target, source) if up else (source, target) for (source, target), up in zip(arrows, turned, strict=True)]
    rank = _ranks(order, down, last)
    chains, where = _chains(rank, down)
    ranks = _uncrossed(_first_order(chains, where, order, mirrored), chains)
    return _with_labels(ranks, chains, where, turned, labels, room)


def _order(points: int, arrows: Sequence[Arrow]) -> list[int]:
    """The place of each point in an order in which as good as all arrows lead onward: who is finished last comes first."""
    onward: list[list[int]] = [[] for _ in range(points)]
    for source, target in arrows:
        onward[source].append(target)
    entered = {target for _, target in arrows}
    seen, finished = [False] * points, []
    for root in sorted(range(points), key=lambda point: (point != 0, point in entered)):
        if seen[root]:
            continue
        seen[root] = True
        path = [(root, iter(onward[root]))]
        while path:
            point, rest = path[-1]
            following = next((one for one in rest if not seen[one]), None)
            if following is None:
                finished.append(point)
                path.pop()
            else:
                seen[following] = True
                path.append((following, iter(onward[following])))
    place = [0] * points
    for number, point in enumerate(reversed(finished)):
        place[point] = number
    return place


def _ranks(order: Sequence[int], down: Sequence[Arrow], last: frozenset[int]) -> list[int]:
    """Each point one below the lowest that leads to it; one that nothing leads to right above the first it leads to."""
    above: list[list[int]] = [[] for _ in order]
    below: list[list[int]] = [[] for _ in order]
    for upper, lower in down:
        above[lower].append(upper)
        below[upper].append(lower)
    rank = [0] * len(order)
    for point in sorted(range(len(order)), key=order.__getitem__):
        rank[point] = max((rank[one] + 1 for one in above[point]), default=0)
    lowest = max(rank, default=0)
    for point in last:
        if not below[point]:
            rank[point] = lowest
    for point in sorted(range(len(order)), key=order.__getitem__, reverse=True):
        if not above[point] and below[point]:
            rank[point] = min(rank[one] for one in below[point]) - 1
    return rank


def _chains(rank: Sequence[int], down: Sequence[Arrow]) -> tuple[list[list[int]], list[int]]:
    """The slots of each arrow, and the rank of each slot: points in even ranks, and between them a rank for labels."""
    where = [2 * one for one in rank]
    chains = []
    for upper, lower in down:
        between = range(2 * rank[upper] + 1, 2 * rank[lower])
        chains.append([upper, *range(len(where), len(where) + len(between)), lower])
        where += between
    return chains, where


def _first_order(
    chains: Sequence[Sequence[int]], where: Sequence[int], order: Sequence[int], mirrored: bool
) -> list[Rank]:
    """Slots in the order in which one meets them going down: a tree has no crossings then."""
    below: list[list[int]] = [[] for _ in where]
    for upper, lower in _segments(chains):
        below[upper].append(lower)
    ranks: list[Rank] = [[] for _ in range(max(where, default=-1) + 1)]
    seen = [False] * len(where)
    roots = sorted(range(len(order)), key=order.__getitem__)
    waiting = roots if mirrored else roots[::-1]
    while waiting:
        slot = waiting.pop()
        if not seen[slot]:
            seen[slot] = True
            ranks[where[slot]].append(slot)
            waiting += below[slot] if mirrored else reversed(below[slot])
    return ranks


def _segments(chains: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for chain in chains:
        yield from itertools.pairwise(chain)


def _uncrossed(ranks: list[Rank], chains: Sequence[Sequence[int]]) -> list[Rank]:
    """The order with the fewest crossings that some sweeps find: each slot goes to the middle of its neighbours."""
    slots = sum(map(len, ranks))
    above: list[list[int]] = [[] for _ in range(slots)]
    below: list[list[int]] = [[] for _ in range(slots)]
    for upper, lower in _segments(chains):
        below[upper].append(lower)
        above[lower].append(upper)
    place = [0] * slots
    best, fewest = [list(rank) for rank in ranks], _crossings(ranks, below, place)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        near, going = (above, ranks) if sweep % 2 == 0 else (below, ranks[::-1])
        for rank in going:
            _number(rank, place)
            middle = {slot: _middle(near[slot], place, place[slot]) for slot in rank}
            rank.sort(key=middle.__getitem__)
            _number(rank, place)
        _swap(ranks, above, below, place)
        found = _crossings(ranks, below, place)
        if found < fewest:
            best, fewest = [list(rank) for rank in ranks], found
    return best


def _number(rank: Rank, place: list[int]) -> None:
    for number, slot in enumerate(rank):
        place[slot] = number


def _middle(near: Sequence[int], place: Sequence[int], otherwise: float) -> float:
    return sum(place[one] for one in near) / len(near) if near else otherwise


def _swap(ranks: Sequence[Rank], above: list[list[int]], below: list[list[int]], place: list[int]) -> None:
    """Neighbours change places as long as that takes crossings away."""
    for _ in range(_SWAPS):
        better = False
        for rank in ranks:
            for number in range(len(rank) - 1):
                left, right = rank[number], rank[number + 1]
                gained = sum(
                    _between(near[left], near[right], place) - _between(near[right], near[left], place)
                    for near in (above, below)
                )
                if gained > 0:
                    rank[number], rank[number + 1] = right, left
                    place[left], place[right] = number + 1, number
                    better = True
        if not better:
            return


def _between(left: Sequence[int], right: Sequence[int], place: Sequence[int]) -> int:
    """How often the lines of two slots beside each other cross."""
    if len(left) == len(right) == 1:  # most are places of an arrow
        return place[left[0]] > place[right[0]]
    return sum(place[one] > place[other] for one in left for other in right)


def _crossings(ranks: Sequence[Rank], below: Sequence[Sequence[int]], place: list[int]) -> int:
    found = 0
    for rank in ranks:
        _number(rank, place)
    for rank in ranks:
        ends: list[int] = []
        for slot in rank:
            mine = [place[one] for one in below[slot]]
            found += sum(len(ends) - bisect_right(ends, one) for one in mine)
            for one in mine:
                insort(ends, one)
    return found


def _with_labels(
    ranks: Sequence[Rank],
    chains: Sequence[Sequence[int]],
    where: Sequence[int],
    turned: tuple[bool, ...],
    labels: Sequence[float],
    room: float,
) -> Layering:
    """Every label at one slot of its arrow: in the gap with the most room left, beside no more labels than there is room
    for. Gaps without a label are no rank at all."""
    held: dict[int, list[int]] = {}
    load: dict[int, float] = {}
    for arrow in sorted(range(len(chains)), key=lambda one: len(chains[one])):
        if labels[arrow]:
            gaps = [where[slot] for slot in chains[arrow] if where[slot] % 2]
            chosen = min(gaps, key=lambda gap: load.get(gap, 0.0))
            load[chosen] = load.get(chosen, 0.0) + labels[arrow]
            held.setdefault(chosen, []).append(arrow)
    arrow_of = {slot: arrow for arrow, chain in enumerate(chains) for slot in chain[1:-1]}
    following, found = len(where), [list(chain) for chain in chains]
    split: dict[int, list[int]] = {}
    at: dict[int, int] = {}
    made: list[tuple[int, ...]] = []
    for number, rank in enumerate(ranks):
        if number % 2 == 0:
            made.append(tuple(rank))
            continue
        mine = set(held.get(number, ()))
        rows = -int(-load.get(number, 0.0) // room) if mine else 0
        copies = [[following + row * len(rank) + place for place in range(len(rank))] for row in range(rows)]
        following += rows * len(rank)
        made += map(tuple, copies)
        turn = 0
        for place, slot in enumerate(rank):
            split[slot] = [copy[place] for copy in copies]
            if arrow_of[slot] in mine:
                at[arrow_of[slot]] = copies[turn % rows][place]
                turn += 1
    for arrow, chain in enumerate(chains):
        found[arrow] = [one for slot in chain for one in split.get(slot, [slot])]
    return Layering(tuple(made), tuple(map(tuple, found)), turned, at)
