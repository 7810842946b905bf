"""How each obligation of a simulation went, as a line of time: what is to be seen on it, and when.

`timelines` draws it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows import facts as f
from workflows.obligation import Obligation
from workflows.simulation import Entry, Simulation
from workflows.text import say

Tell = Callable[[str], str]
_DEPTH_MAX = 6  # to which a line is set in
_DAY = timedelta(days=1)
_AT_LEAST = timedelta(days=14)  # that the line of time shows
_ANSWERS = (f.ExtensionGranted, f.ExtensionRefused, f.ExtensionCountered, f.ExtensionWithdrawn)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a line of time. `sign`: received, rung, answer (a rung of the giver's), reported, done, void, incident;
    `number` is a rung's, 0 for a repeat of the one before."""

    at: datetime
    sign: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One obligation's line of time. `rests` are the spans in which its clock rested."""

    obligation: Obligation
    label: str
    text: str
    depth: int
    marks: tuple[Mark, ...]
    rests: tuple[tuple[datetime, datetime], ...]


def lines_of(simulation: Simulation, tell: Tell) -> Iterator[Line]:
    """The obligations, each below the one it hangs under."""
    by_obligation: dict[tuple[str, int], list[Entry]] = {}
    for entry in simulation.record:
        if entry.obligation is not None:
            by_obligation.setdefault((entry.cascade, entry.obligation), []).append(entry)
    for cascade, world in simulation.worlds.items():
        below: dict[int | None, list[Obligation]] = {}
        for one in world.all_obligations:
            below.setdefault(one.parent or one.standing, []).append(one)
        waiting = [(one, 0) for one in reversed(below.get(None, []))]
        while waiting:
            one, depth = waiting.pop()
            waiting += [(inner, depth + 1) for inner in reversed(below.get(one.number, []))]
            item, directive = world.item(one.directive, one.item), world.directive(one.directive)
            office = simulation.offices.find(one.holder)
            period = f", {one.period}" if one.period else ""
            said = {"item": item.label, "symbol": directive.symbol, "period": period, "text": item.text}
            label = f"{one.number}. {office.label if office else one.holder}"
            text = tell(say("item {item} of {symbol}{period}: {text}", **said))
            entries = by_obligation.get((cascade, one.number), [])
            yield Line(
                one, label, text, min(depth, _DEPTH_MAX), tuple(_marks(entries)), tuple(_rests(entries, simulation.now))
            )


def _marks(entries: Sequence[Entry]) -> Iterator[Mark]:
    for entry in entries:
        match entry.fact:
            case f.RungReached() as rung:
                sign = "rung" if rung.of == "holder" else "answer"
                yield Mark(entry.at, sign, rung.rung if rung.occurrence == 1 else 0)
            case f.Acted() as acted:
                if acted.outcome:
                    yield Mark(entry.at, "done" if acted.outcome == "fulfilled" else "void")
                elif acted.sent_at and acted.rests == "starts":
                    yield Mark(entry.at, "reported")
                elif acted.received_at and not acted.rests:
                    yield Mark(entry.at, "received")
            case f.Incident():
                yield Mark(entry.at, "incident")


def _rests(entries: Sequence[Entry], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when to when its clock rested: the giver had to answer, or it was paused."""
    begun: datetime | None = None
    for entry in entries:
        fact = entry.fact
        starts = isinstance(fact, f.ExtensionRequested) or (isinstance(fact, f.Acted) and fact.rests == "starts")
        ends = isinstance(fact, _ANSWERS) or (
            isinstance(fact, f.Acted) and (fact.rests == "ends" or bool(fact.outcome))
        )
        if starts:
            begun = begun or entry.at
        elif ends and begun:
            yield begun, entry.at
            begun = None
    if begun:
        yield begun, now


def end_of(simulation: Simulation, lines: Sequence[Line]) -> datetime:
    """The last instant at which something is to be seen, so that a long silence at the end takes no room; nor does a date
    that lies as far ahead again as the time that was looked at: of a storm of four days the hours are wanted."""
    length = max(simulation.now - simulation.start, _DAY)
    seen, furthest = [simulation.start + min(_AT_LEAST, length)], simulation.start + 2 * length
    for line in lines:
        seen += [mark.at for mark in line.marks]
        seen += [at for at in (line.obligation.due_at, line.obligation.closed_at) if at and at <= furthest]
    return max(seen) + (max(seen) - simulation.start) / 25
