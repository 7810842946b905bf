"""A live cascade as a diagram: its directives under each other, each with what is owed under it and below it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.labels import GROUP_WORDS
from engine.language import told
from engine.wording import directive_state_words
from storage.queries import cascades, descent, groups
from storage.queries.cascades import DirectiveLine
from workflows.diagrams import Box
from workflows.fields import show_day
from workflows.obligation import GROUPS
from workflows.offices import Offices
from workflows.text import joined, say, say_count

Totals = Mapping[str, int]
_OPEN = ("open_in_time", "open_overdue", "no_deadline")
_DONE = ("done_on_time", "done_late")


def read(connection: Connection, offices: Offices, now: datetime, cascade: str, limit: int) -> tuple[list[Box], int]:
    """The boxes of a cascade's directives, up to a limit, and how many directives there are."""
    rows = cascades.directives(connection, limit, cascade)
    total = len(rows) if len(rows) < limit else cascades.count_directives(connection, cascade)
    above = descent.carried_further(connection, cascade)
    own = groups.totals_by(connection, now, "directive", cascade)
    return boxes(rows, above, own, offices), total


def boxes(
    rows: Sequence[DirectiveLine], above: Mapping[int, tuple[int, ...]], own: Mapping[int, Totals], offices: Offices
) -> list[Box]:
    """A box a directive: what it is, and the counts of what it gave; with everything below it, where there is more."""
    whole = with_all_below(above, own)
    found = []
    for row in rows:
        mine, all_of_it = own.get(row.number, {}), whole.get(row.number, {})
        issuer = offices.find(row.issuer)
        lines = [f"{row.symbol}, {show_day(row.issued_on)}", issuer.label if issuer else row.issuer, _counts(mine)]
        if sum(all_of_it.values()) > sum(mine.values()):
            lines.append(told(say("with all below: {counts}", counts=_counts(all_of_it))))
        if row.state != "issued":
            lines.append(told(directive_state_words(row.state)))
        found.append(Box(row.number, tuple(lines), above.get(row.number, ()), _style(row, all_of_it)))
    return found


def with_all_below(above: Mapping[int, tuple[int, ...]], own: Mapping[int, Totals]) -> dict[int, Totals]:
    """The counts of each directive and of everything under it. One that carries several further counts in each of them."""
    below: dict[int, set[int]] = {
        number: {number} for number in {*own, *above, *(one for up in above.values() for one in up)}
    }
    # A directive is issued after those it carries further, so the highest numbers are whole before they are added.
    for number in sorted(above, reverse=True):
        for one in above[number]:
            below[one] |= below[number]
    return {
        number: sum((Counter(own.get(one, {})) for one in under), Counter[str]()) for number, under in below.items()
    }


def as_data(boxes: Sequence[Box]) -> list[dict[str, Any]]:
    return [{"directive": box.number, "above": box.above, "lines": box.lines} for box in boxes]


def _counts(totals: Totals) -> str:
    """`7 obligations: done on time 2, open overdue 5`."""
    owed = say_count("{count} obligation", "{count} obligations", sum(totals.values()))
    named = [joined([GROUP_WORDS[group], f"{totals[group]:,}"], " ") for group in GROUPS if totals.get(group)]
    return told(joined([owed, joined(named)], ": ") if named else owed)


def _style(row: DirectiveLine, totals: Totals) -> str:
    if row.state in ("revoked", "replaced"):
        return "void"
    if totals.get("open_overdue"):
        return "overdue"
    return "fulfilled" if any(totals.get(one) for one in _DONE) and not any(totals.get(one) for one in _OPEN) else ""
