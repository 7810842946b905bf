"""What a simulation shows: every obligation with its date and why, what happens to it day by day and who is told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine import simulation_words as words
from engine.cli.printing import data, pairs
from engine.fact_words import fact_words
from engine.judging import Failure
from engine.labels import totals_words
from engine.playing import Refusal
from engine.pointing import Found, everything, item_of
from engine.wording import moment_words
from workflows import facts as f
from workflows.deadlines import sentence
from workflows.obligation import GROUPS
from workflows.simulation import Entry, Message, Simulation, messages_of
from workflows.text import Text, joined, say, say_count


@dataclass(frozen=True, slots=True)
class SimulationPage:
    """A simulation that has run: what was played, and what came of it. `source` is the file that failures are in."""

    workflow: str
    play: Sequence[Text]
    simulation: Simulation
    failures: Sequence[Failure] = ()
    refusals: Sequence[Refusal] = ()
    source: str = ""

    @property
    def incidents(self) -> list[Entry]:
        return [entry for entry in self.simulation.record if isinstance(entry.fact, f.Incident)]

    @property
    def totals(self) -> dict[str, int]:
        counted = Counter(one.group(self.simulation.now) for _, one in everything(self.simulation))
        return {group: counted[group] for group in GROUPS}


def show(page: SimulationPage) -> None:
    """Print the page."""
    simulation = page.simulation
    data(
        say("{workflow}, tried in memory from {start} to {end}; nothing was stored.",
            workflow=page.workflow, start=moment_words(simulation.start), end=moment_words(simulation.now))
    )  # fmt: skip
    for line in page.play:
        data(line)
    by_obligation = words.by_obligation(simulation)
    several = len(simulation.worlds) > 1
    for found in everything(simulation):
        data()
        data(words.head(simulation, found, several))
        pairs(words.about(simulation, found), indent="   ")
        data()
        pairs(words.lines(simulation, by_obligation.get(words.key(found), [])), indent="   ")
    _show_list(
        say("REFUSED, as it had to be"),
        ((moment_words(one.at), joined([one.by, one.says], "  ")) for one in page.refusals),
    )
    _show_list(
        say("COULD NOT BE CARRIED OUT"), ((moment_words(one.at), fact_words(one.fact)) for one in page.incidents)
    )
    if page.failures:
        data()
        data(say("OTHERWISE THAN THE SCRIPT EXPECTS"))
        for one in page.failures:
            data(joined([f"{page.source}:{one.place[0]}:{one.place[1]}", one.says], " "))
    data()
    messages = len(list(messages_of(simulation.record)))
    counted = say_count("{count} message", "{count} messages", messages)
    data(say("{totals}; {messages}", totals=totals_words(page.totals), messages=counted))


def as_data(page: SimulationPage) -> dict[str, Any]:
    """The page as one JSON object."""
    simulation = page.simulation
    by_obligation = words.by_obligation(simulation)
    return {
        "workflow": page.workflow,
        "from": simulation.start,
        "until": simulation.now,
        "play": list(page.play),
        "totals": page.totals,
        "directives": [
            {"cascade": cascade, "number": one.number, "symbol": one.symbol, "issuer": one.issuer, "state": one.state}
            for cascade, world in simulation.worlds.items()
            for one in world.all_directives
        ],
        "obligations": [
            _obligation_data(simulation, found, by_obligation.get(words.key(found), [])) for found in everything(simulation)
        ],
        "messages": [_message_data(one) for one in messages_of(simulation.record)],
        "refusals": [{"at": one.at, "by": one.by, "says": one.says} for one in page.refusals],
        "incidents": [{"obligation": one.obligation, "at": one.at, "says": fact_words(one.fact)} for one in page.incidents],
        "failures": [{"line": one.place[0], "column": one.place[1], "says": one.says} for one in page.failures],
    }  # fmt: skip


def _obligation_data(simulation: Simulation, found: Found, entries: Sequence[Entry]) -> dict[str, Any]:
    cascade, one = found
    return {
        "cascade": cascade,
        "number": one.number,
        "holder": one.holder,
        "giver": one.giver,
        "level": one.level,
        "part": one.part,
        "mode": one.mode,
        "period": one.period,
        "directive": simulation.worlds[cascade].directive(one.directive).symbol,
        "item": item_of(simulation, found).label,
        "state": one.state,
        "group": one.group(simulation.now),
        "received_at": one.received_at,
        "due_at": one.due_at,
        "first_due_at": one.first_due_at,
        "why": sentence(one.because, one.due_at),
        "closed_at": one.closed_at,
        "outcome": one.outcome,
        "timeline": [
            {
                "at": entry.at,
                "kind": f.kind_of(entry.fact),
                "by": str(entry.by),
                "says": fact_words(words.spoken(simulation, entry)),
                "why": words.why(entry.fact),
                "told": [str(to) for to in f.told_of(entry.fact)],
            }
            for entry in entries
        ],
    }


def _message_data(one: Message) -> dict[str, Any]:
    return {
        "at": one.at,
        "kind": one.kind,
        "label": one.label,
        "cascade": one.cascade,
        "obligation": one.obligation,
        "to": f"{one.to.office}/{one.to.role}",
        "deputy": one.to.deputy,
        "letter_to": one.to.letter_to,
    }


def _show_list(head: str, rows: Iterator[tuple[str, str]]) -> None:
    listed = list(rows)
    if listed:
        data()
        data(head)
        pairs(listed, indent="   ")
