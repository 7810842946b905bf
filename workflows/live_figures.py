"""What figures come to now, in the tree of everything they are put together from; also where a report above was sent before."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from workflows.figures import Got, below, figure_in, gives, put_together, stands
from workflows.obligation import Figure, Obligation
from workflows.world import World


@dataclass(frozen=True, slots=True)
class Node:
    """An obligation with what its figures are put together from. Not `opened`: what stands, where its period is missing."""

    obligation: Obligation
    below: tuple["Node", ...] = ()
    opened: bool = True


def tree_of(world: World, obligation: Obligation) -> Node:
    """An obligation with everything its figures are put together from, down to the leaves: one statement for each level."""
    level, parts, seen = [obligation], {}, {obligation.number}
    while level:
        world.fetch_children(number for one in level for number in (one.number, one.standing) if number)
        for one in level:
            parts[one.number] = [] if stands(one) else [part for part in below(world, one) if part.number not in seen]
            seen |= {part.number for part in parts[one.number]}
        level = [part for one in level for part in parts[one.number]]
    return _node(obligation, parts)


def _node(obligation: Obligation, parts: Mapping[int, list[Obligation]]) -> Node:
    inside = tuple(_node(one, parts) for one in parts[obligation.number])
    return Node(obligation, inside, opened=not stands(obligation) or obligation.mode == "linked")


def live(world: World, node: Node, name: str) -> Figure | None:
    """What a number comes to now: every own share that stands reported in the tree, also where the report above it was sent
    before. None where the obligation gives no such number; the total is empty where nothing is in yet."""
    return live_in(world, node, name).get(node.obligation.number)


def live_in(world: World, node: Node, name: str) -> dict[int, Figure]:
    """The same for every obligation of a tree that gives the number, by its own number."""
    found: dict[int, Figure] = {}
    _live(world, node, name, found)
    return found


def _live(world: World, node: Node, name: str, found: dict[int, Figure]) -> None:
    totals: list[Decimal] = []
    of, missing = 0, list[str]()
    for part in node.below:
        _live(world, part, name, found)
        here = found.get(part.obligation.number) if part.obligation.outcome != "void" else None
        if here is None:
            continue
        of += 1 + here.of
        missing += [*(() if figure_in(part.obligation, name) else (part.obligation.holder,)), *here.missing]
        totals += [Decimal(here.total)] if here.total else []
    if gives(world, node.obligation, name):
        mine = figure_in(node.obligation, name)
        if not node.below and (mine is None or not mine.of):  # a leaf, as most are
            found[node.obligation.number] = mine or Figure(name, "", "")
            return
        number, own = world.workflow_of(node.obligation).definition.numbers[name], mine.own if mine else ""
        found[node.obligation.number] = put_together(name, number, own, Got(tuple(totals), of, tuple(missing)))
