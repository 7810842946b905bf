"""What a simulation came to, in words: each obligation, its date and why, and what happened to it day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.fact_words import fact_words
from engine.labels import GROUP_WORDS
from engine.pointing import Found, item_of
from engine.wording import mode_words, moment_words, office_words, rung_words, short, state_words
from workflows import facts as f
from workflows.deadlines import sentence
from workflows.simulation import Entry, Simulation
from workflows.text import Text, joined, say


def key(found: Found) -> tuple[str, int]:
    """What an obligation is known by among the entries."""
    return found[0], found[1].number


def by_obligation(simulation: Simulation) -> Mapping[tuple[str, int], list[Entry]]:
    """The entries about each obligation, in their order."""
    gathered: dict[tuple[str, int], list[Entry]] = {}
    for entry in simulation.record:
        if entry.obligation is not None:
            gathered.setdefault((entry.cascade, entry.obligation), []).append(entry)
    return gathered


def head(simulation: Simulation, found: Found, several: bool) -> Text:
    """Which obligation it is, in a line."""
    cascade, one = found
    world = simulation.worlds[cascade]
    key = f"{cascade}/{one.number}" if several else str(one.number)
    period = f", {one.period}" if one.period else ""
    return say(
        "{key}  {office}: item {item} of {symbol}{period}",
        key=key, office=office_words(simulation.offices, one.holder), item=item_of(simulation, found).label,
        symbol=world.directive(one.directive).symbol, period=period,
    )  # fmt: skip


def about(simulation: Simulation, found: Found) -> Iterator[tuple[str, str]]:
    """What is owed, by when and why, and how it ends."""
    cascade, one = found
    definition = simulation.worlds[cascade].workflow_of(one).definition
    yield say("what"), short(item_of(simulation, found).text, 100)
    yield say("followed up"), mode_words(definition, one.mode)
    yield say("due"), sentence(one.because, one.due_at) if one.due_at else say("no date")
    yield say("in the end"), joined([state_words(definition, one.state), GROUP_WORDS[one.group(simulation.now)]], ": ")


def lines(simulation: Simulation, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """What happens to an obligation, a line each: the moment, and what."""
    for entry in entries:
        because = why(entry.fact) if isinstance(entry.fact, f.DueSet) else None
        words = fact_words(spoken(simulation, entry))
        if isinstance(entry.fact, f.RungReached | f.ReceiptMissed | f.DeadlineMissed | f.Assigned | f.PeriodOpened):
            said = words
        else:
            said = joined([str(entry.by), words], ": ") if entry.by.role != "timer" else words
        yield moment_words(entry.at), joined([said, because], "; ") if because else said


def spoken(simulation: Simulation, entry: Entry) -> f.Fact:
    """The fact of an entry; a rung by its label in the language in use."""
    if not isinstance(entry.fact, f.RungReached):
        return entry.fact
    world = simulation.worlds[entry.cascade]
    definition = world.workflow_of(world.obligation(entry.fact.number)).definition
    return replace(entry.fact, label=rung_words(definition, entry.fact.rung, entry.fact.of))


def why(fact: f.Fact) -> Text | None:
    """The sentence of a date that a fact sets."""
    if isinstance(fact, f.DueSet):
        return sentence(fact.because, fact.due_at)
    if isinstance(fact, f.Assigned) and fact.obligation.due_at:
        return sentence(fact.obligation.because, fact.obligation.due_at)
    return None
