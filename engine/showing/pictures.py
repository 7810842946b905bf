"""A live obligation as a picture: its machine, where it stands in it, and the actions taken."""

from sqlalchemy import Connection

from engine.language import in_use, told
from engine.showing.names import Names
from engine.showing.timeline import who_words
from engine.wording import moment_words
from storage.queries import entries
from workflows import diagrams, pictures
from workflows.diagrams import Live, Step
from workflows.facts import Acted
from workflows.obligation import Obligation
from workflows.offices import Offices
from workflows.text import say
from workflows.words import ROLES
from workflows.world import World


def live_of(
    connection: Connection, cascade: str, one: Obligation, limit: int, offices: Offices
) -> tuple[Live, int]:  # fmt: skip
    """Where it stands, with its newest actions, and how many there were altogether."""
    page = entries.listed(connection, entries.Wanted(cascade, one.number, Acted.__name__), limit)
    steps, names = [], Names(offices)
    for entry in page.entries:
        fact = entry.fact
        if isinstance(fact, Acted):
            by = names.seat(entry.office, entry.role) if entry.role in ROLES else who_words(entry, names)
            steps.append(Step(fact.action, fact.before, fact.after, moment_words(entry.happened_at), by))
    return Live(one.state, tuple(steps), page.total - len(steps) + 1), page.total


def drawn(world: World, one: Obligation, live: Live, format_: str, width: int | None = None) -> str:
    """The picture, as `mermaid` text or as a whole `svg`."""
    workflow = world.workflow_of(one)
    english, machine = None if in_use() == "vi" else workflow.definition.english, workflow.rules_at(one.level)
    if format_ == "mermaid":
        return diagrams.states(machine, english, live=live, tell=told)
    symbol = world.directive(one.directive).symbol
    office = Names(world.offices).office(one.holder)
    title = told(
        say("Obligation {number} of {office}, under {symbol}", number=one.number, office=office, symbol=symbol)
    )
    return pictures.states(
        machine, english, title, tell=told, language=in_use(), live=live, wide_mm=width
    )  # fmt: skip
