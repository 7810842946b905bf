"""Which obligations a scenario means: by office, item, document, period or number; and what there is where it is unclear."""

from collections.abc import Iterable, Iterator
from itertools import product

from engine.exchange.scenario_fields import On
from workflows.directive import Directive, Item
from workflows.errors import NotFound
from workflows.obligation import Obligation
from workflows.simulation import Simulation
from workflows.text import Text, joined, say

_NAMED_MAX = 8
Found = tuple[str, Obligation]  # the cascade it is in, and the obligation


class Unclear(NotFound):
    """Nothing, or more than one thing, is meant."""


def find(simulation: Simulation, on: On) -> list[Found]:
    """One obligation for each office and item that is named. Raises Unclear, naming what there is."""
    return [
        _one(simulation, On((office,) if office else (), (item,) if item else (), on.directive, on.period, on.part, on.number))
        for office, item in product(on.office or ("",), on.item or ("",))
    ]  # fmt: skip


def find_all(simulation: Simulation, on: On | None) -> list[Found]:
    """Every obligation that fits, also none."""
    return [one for one in everything(simulation) if on is None or _fits(simulation, one, on)]


def everything(simulation: Simulation) -> Iterator[Found]:
    for cascade, world in simulation.worlds.items():
        for one in world.all_obligations:
            yield cascade, one


def find_directive(simulation: Simulation, symbol: str) -> tuple[str, Directive]:
    """The newest document with a symbol. Raises Unclear, naming those there are."""
    there = [(cascade, one) for cascade, world in simulation.worlds.items() for one in world.all_directives]
    found = [one for one in there if one[1].symbol == symbol and one[1].means != "endorsement"]
    if not found:
        known = list(dict.fromkeys(one.symbol for _, one in there)) or say("none yet")
        raise Unclear(say("No document {symbol} was issued; there are: {known}", symbol=symbol, known=known))
    return found[-1]


def item_of(simulation: Simulation, found: Found) -> Item:
    cascade, one = found
    return simulation.worlds[cascade].item(one.directive, one.item)


def named(simulation: Simulation, found: Found) -> Text:
    """`obligation 3 (vp, item 1 of 61/SKHCN-VP)`."""
    cascade, one = found
    return say(
        "obligation {number} ({office}, item {item} of {symbol}{period})",
        number=one.number, office=one.holder, item=item_of(simulation, found).label,
        symbol=simulation.worlds[cascade].directive(one.directive).symbol, period=_period(one),
    )  # fmt: skip


def _one(simulation: Simulation, on: On) -> Found:
    fitting = find_all(simulation, on)
    if on.period is None and on.number is None:
        # What stands is meant by itself; its periods and events are named by theirs.
        fitting = [one for one in fitting if one[1].period is None] or fitting
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = _listed(simulation, fitting)
        raise Unclear(say("{on} can be several; say which by more of {keys}: {listed}",
                          on=_said(on), keys=["directive", "item", "part", "period", "number"], listed=listed))  # fmt: skip
    there = list(everything(simulation))
    near = [one for one in there if one[1].holder in on.office] or there
    listed = _listed(simulation, near) if near else say("nothing yet")
    raise Unclear(say("There is no {on}; there is: {listed}", on=_said(on), listed=listed))


def _fits(simulation: Simulation, found: Found, on: On) -> bool:
    cascade, one = found
    return (
        (not on.office or one.holder in on.office)
        and (not on.item or item_of(simulation, found).label in on.item)
        and on.directive in (None, simulation.worlds[cascade].directive(one.directive).symbol)
        and on.period in (None, one.period)
        and on.part in (None, one.part)
        and on.number in (None, one.number)
    )


def _said(on: On) -> Text:
    """`office vp, item 1`: what was asked for."""
    given = [("office", ", ".join(on.office)), ("item", ", ".join(on.item)), ("directive", on.directive),
             ("period", on.period), ("part", on.part), ("number", on.number)]  # fmt: skip
    parts = [f"{name}: {value}" for name, value in given if value]
    return say("obligation with {what}", what=parts) if parts else say("obligation")


def _listed(simulation: Simulation, found: Iterable[Found]) -> Text:
    """`3 (vp, item 1 of 61/SKHCN-VP); …`, and how many more."""
    each = list(found)
    parts = [
        say("{number} ({office}, item {item} of {symbol}{period}, {state})",
            number=one.number, office=one.holder, item=item_of(simulation, (cascade, one)).label,
            symbol=simulation.worlds[cascade].directive(one.directive).symbol, period=_period(one), state=one.state)
        for cascade, one in each[:_NAMED_MAX]
    ]  # fmt: skip
    if len(each) > _NAMED_MAX:
        parts.append(say("and {count} more", count=len(each) - _NAMED_MAX))
    return joined(parts, "; ")


def _period(one: Obligation) -> str:
    return f", {one.period}" if one.period else ""
