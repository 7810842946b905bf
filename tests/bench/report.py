"""What is told of the results: JSON for machines, a table for people."""

import json
from collections.abc import Sequence
from typing import Any

from tests.bench.timing import Result

GROWS = {"fan_out", "round", "revoke", "replay", "verify", "as_of", "decide"}  # whose cost is by the obligation


def as_data(results: Sequence[Result]) -> dict[str, Any]:
    """One entry for each work and database: the figures of the largest size, the others' under `sizes`."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(f"{one.name}.{one.database}" for one in results):
        mine = sorted((one for one in results if f"{one.name}.{one.database}" == name), key=lambda one: one.size)
        found[name] = _figures(mine[-1])
        if len(mine) > 1:
            found[name]["sizes"] = [_figures(one) for one in mine[:-1]]
            if mine[0].name in GROWS:
                found[name]["growth"] = round(mine[0].ours / mine[-1].ours, 3)
    return found


def _figures(one: Result) -> dict[str, Any]:
    figures = {"size": one.size, "ours": one.ours, "raw": one.raw, "ratio": one.ratio} | one.more
    return {name: _rounded(value) for name, value in figures.items()}


def _rounded(value: Any) -> Any:
    """Four figures are more than a machine repeats."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def as_json(results: Sequence[Result]) -> str:
    return json.dumps(as_data(results), indent=1)


HEAD = f"{'work':<12}{'database':<12}{'size':>9}{'ours /s':>12}{'raw /s':>12}{'ratio':>8}   more"


def line(one: Result) -> str:
    raw = f"{one.raw:,.4g}" if one.raw else "–"
    ratio = f"{one.ratio:.2f}" if one.ratio else "–"
    more = "  ".join(f"{name} {_rounded(value):,}" for name, value in one.more.items())
    return f"{one.name:<12}{one.database:<12}{one.size:>9,}{one.ours:>12,.4g}{raw:>12}{ratio:>8}   {more}"


def growth(results: Sequence[Result]) -> list[str]:
    """What one obligation costs at each size, against the smallest."""
    lines = []
    for name, figures in as_data(results).items():
        if "growth" in figures:
            mine = [*figures["sizes"], figures]
            costs = (
                f"{one['size']:,}: {1e6 / one['ours']:.1f} µs ({mine[0]['ours'] / one['ours']:.2f}×)" for one in mine
            )
            lines.append(f"{name:<24}" + "   ".join(costs))
    return lines
