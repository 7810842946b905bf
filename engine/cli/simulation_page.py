"""What a simulation shows: every obligation with its date and why, what happens to it day by day and who is told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.cli.printing import data, pairs
from engine.entry_words import fact_words
from engine.judging import Failure
from engine.labels import GROUP_WORDS, totals_words
from engine.playing import Refusal
from engine.pointing import Found, everything, item_of
from engine.wording import mode_words, moment_words, office_words, rung_words, short, state_words
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
    by_obligation = _by_obligation(simulation)
    several = len(simulation.worlds) > 1
    for found in everything(simulation):
        data()
        data(_head(simulation, found, several))
        pairs(_about(simulation, found), indent="   ")
        data()
        pairs(_lines(simulation, by_obligation.get(_key(found), [])), indent="   ")
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
    by_obligation = _by_obligation(simulation)
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
            _obligation_data(simulation, found, by_obligation.get(_key(found), [])) for found in everything(simulation)
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
                "says": fact_words(_spoken(simulation, entry)),
                "why": _why(entry.fact),
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


def _key(found: Found) -> tuple[str, int]:
    return found[0], found[1].number


def _by_obligation(simulation: Simulation) -> Mapping[tuple[str, int], list[Entry]]:
    gathered: dict[tuple[str, int], list[Entry]] = {}
    for entry in simulation.record:
        if entry.obligation is not None:
            gathered.setdefault((entry.cascade, entry.obligation), []).append(entry)
    return gathered


def _head(simulation: Simulation, found: Found, several: bool) -> Text:
    cascade, one = found
    world = simulation.worlds[cascade]
    key = f"{cascade}/{one.number}" if several else str(one.number)
    period = f", {one.period}" if one.period else ""
    return say(
        "{key}  {office}: item {item} of {symbol}{period}",
        key=key, office=office_words(simulation.offices, one.holder), item=item_of(simulation, found).label,
        symbol=world.directive(one.directive).symbol, period=period,
    )  # fmt: skip


def _about(simulation: Simulation, found: Found) -> Iterator[tuple[str, str]]:
    cascade, one = found
    definition = simulation.worlds[cascade].workflow_of(one).definition
    yield say("what"), short(item_of(simulation, found).text, 100)
    yield say("followed up"), mode_words(definition, one.mode)
    yield say("due"), sentence(one.because, one.due_at) if one.due_at else say("no date")
    yield say("in the end"), joined([state_words(definition, one.state), GROUP_WORDS[one.group(simulation.now)]], ": ")


def _lines(simulation: Simulation, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """What happens to an obligation, a line each: the moment, and what."""
    for entry in entries:
        why = _why(entry.fact) if isinstance(entry.fact, f.DueSet) else None
        words = fact_words(_spoken(simulation, entry))
        if isinstance(entry.fact, f.RungReached | f.ReceiptMissed | f.DeadlineMissed | f.Assigned | f.PeriodOpened):
            said = words
        else:
            said = joined([str(entry.by), words], ": ") if entry.by.role != "timer" else words
        yield moment_words(entry.at), joined([said, why], "; ") if why else said


def _spoken(simulation: Simulation, entry: Entry) -> f.Fact:
    """The fact of an entry; a rung by its label in the language in use."""
    if not isinstance(entry.fact, f.RungReached):
        return entry.fact
    world = simulation.worlds[entry.cascade]
    definition = world.workflow_of(world.obligation(entry.fact.number)).definition
    return replace(entry.fact, label=rung_words(definition, entry.fact.rung, entry.fact.of))


def _why(fact: f.Fact) -> Text | None:
    """The sentence of a date that a fact sets."""
    if isinstance(fact, f.DueSet):
        return sentence(fact.because, fact.due_at)
    if isinstance(fact, f.Assigned) and fact.obligation.due_at:
        return sentence(fact.obligation.because, fact.obligation.due_at)
    return None


def _show_list(head: str, rows: Iterator[tuple[str, str]]) -> None:
    listed = list(rows)
    if listed:
        data()
        data(head)
        pairs(listed, indent="   ")
