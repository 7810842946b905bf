"""Can a condition hold at all? Worked out from what is written: intervals of numbers and dates, sets of words.

It is careful: where it says that a condition never holds, that is so; where it does not, the condition may still be idle.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any as Anything

from workflows.conditions import All, Any, Condition, Named, Not, Test, is_value
from workflows.words import VALUES

_BRANCHES_MAX = 64  # ways in which a condition may hold that are looked at; beyond them it is taken that one can
_MIRRORED = {"is": "is", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
Known = tuple[Named | Test, bool]  # a part, and whether it holds or not


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a value can still be. `among` is None where it can be anything between the bounds."""

    among: frozenset[Anything] | None = None
    without: frozenset[Anything] = frozenset()
    low: Anything = None
    high: Anything = None
    above: bool = False  # more than `low`, and not that itself
    below: bool = False

    def and_(self, sign: str, values: frozenset[Anything], holds: bool) -> "_Bounds":
        if sign in ("is", "in"):
            if not holds:
                return replace(self, without=self.without | values)
            return replace(self, among=values if self.among is None else self.among & values)
        [bound] = values
        sign = sign if holds else _OPPOSITE[sign]
        if sign in (">", ">="):
            tighter = self.low is None or bound > self.low or (bound == self.low and sign == ">")
            return replace(self, low=bound, above=sign == ">") if tighter else self
        tighter = self.high is None or bound < self.high or (bound == self.high and sign == "<")
        return replace(self, high=bound, below=sign == "<") if tighter else self

    @property
    def empty(self) -> bool:
        if self.among is not None:
            return not any(self._within(one) for one in self.among - self.without)
        if self.low is None or self.high is None:
            return False
        point = self.low == self.high
        return self.low > self.high or (point and (self.above or self.below or self.low in self.without))

    def _within(self, value: Anything) -> bool:
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.below and value == self.high)))


@dataclass(slots=True)
class _Branch:
    """One way in which a condition may hold: which named ones hold, and what is left for each value."""

    named: dict[str, bool] = field(default_factory=dict)
    bounds: dict[str, _Bounds] = field(default_factory=dict)


def never_holds(
    condition: Condition, among: Mapping[str, tuple[str, ...]], counted: Container[str], known: Container[str]
) -> bool:
    """Is there no way for a condition of sound types to hold?

    `among` gives the words that a value can be, `counted` are numbers from 0 on, `known` the values that are never unknown:
    of the others, a comparison and its opposite may both fail.
    """
    ways = _ways(condition, True)
    return ways is not None and all(_impossible(way, among, counted, known) for way in ways)


def _ways(condition: Condition, holds: bool) -> list[list[Known]] | None:
    """Every way in which a condition may hold (or not), as parts that hold together; None where there are too many."""
    match condition:
        case Not(inner):
            return _ways(inner, not holds)
        case All(inside) | Any(inside):
            found = [_ways(one, holds) for one in inside]
            if any(one is None for one in found):
                return None
            several = [one for one in found if one is not None]
            if isinstance(condition, Any) == holds:
                return _few([way for one in several for way in one])
            together: list[list[Known]] = [[]]
            for one in several:
                together = [[*way, *more] for way in together for more in one]
                if _few(together) is None:
                    return None
            return together
        case Named() | Test():
            return [[(condition, holds)]]


def _few(ways: list[list[Known]]) -> list[list[Known]] | None:
    return ways if len(ways) <= _BRANCHES_MAX else None


def _impossible(
    way: list[Known], among: Mapping[str, tuple[str, ...]], counted: Container[str], known: Container[str]
) -> bool:
    """Do these parts contradict each other?"""
    branch = _Branch()
    for part, holds in way:
        if isinstance(part, Named):
            holds_before = branch.named.setdefault(part.name, holds)
            if holds_before != holds or (part.name == "otherwise" and not holds):
                return True
            continue
        found = _written(part)
        if found is None or (not holds and found[0] not in known):
            continue
        name, sign, values = found
        start = _Bounds(among=frozenset(among[name]) if name in among else None,
                        low=Decimal(0) if name in counted else None)  # fmt: skip
        bounds = branch.bounds[name] = branch.bounds.get(name, start).and_(sign, values, holds)
        if bounds.empty:
            return True
    return False


def _written(test: Test) -> tuple[str, str, frozenset[Anything]] | None:
    """A comparison of one value with what is written: name, sign, values. None where it compares values with each other."""
    left, sign, right = test.left, test.sign, test.right
    if not is_value(left, VALUES) and len(right) == 1 and sign in _MIRRORED:
        left, sign, right = right[0], _MIRRORED[sign], (left,)
    if not is_value(left, VALUES) or any(is_value(one, VALUES) for one in right):
        return None
    return left.text, sign, frozenset(one.value for one in right)
