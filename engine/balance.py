"""The opening balance: an office's open tasks, tried against the law first, then carried out document by document.

Each document opens a cascade of its own, in a transaction of its own, under an id that follows from the document; so
the same list imported again does nothing, and one that was interrupted goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from engine.exchange.opening import Document, Key, key_of
from engine.exchange.tables import Advance
from engine.execute import Answer, Executor
from storage.queries.cascades import registered
from workflows.decide import decide
from workflows.errors import Conflict, NotFound, Problem, Refused
from workflows.text import Text, say
from workflows.world import World

REFUSED, OTHERWISE, REGISTERED = "I301", "I302", "I303"
CONFLICTS = (OTHERWISE, REGISTERED)


@dataclass(slots=True)
class Tried:
    """What would become of the documents: new ones, those imported before, and those that stand in the way."""

    new: list[Document] = field(default_factory=list)
    known: list[Document] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    conflicts: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Stored:
    """What was carried out, and what other hands had made impossible in the meantime."""

    answers: list[Answer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def tried(executor: Executor, documents: Sequence[Document], source: str, advance: Advance) -> Tried:
    """Every document put to the law, each in an empty world of its own; nothing is locked and nothing stored."""
    outcome = Tried()
    with executor.database.reading() as connection:
        known = executor.known(connection)
        elsewhere = _registered(connection, documents)
        for document in documents:
            advance()
            try:
                if executor.carried_out(connection, document.command):
                    outcome.known.append(document)
                    continue
                if document.key in elsewhere:
                    outcome.conflicts.append(_problem(source, document, REGISTERED, elsewhere[document.key]))
                    continue
                world = World(None, known.offices, known.workflows, known.calendars, simulated=known.simulated)
                decide(world, document.command, executor.clock.now())
                outcome.new.append(document)
            except Conflict:
                outcome.conflicts.append(_problem(source, document, OTHERWISE, _otherwise(document)))
            except (Refused, NotFound) as error:
                outcome.refused.append(_problem(source, document, REFUSED, error.text))
    return outcome


def carried_out(executor: Executor, documents: Sequence[Document], source: str, advance: Advance) -> Stored:
    """Each document issued, whole, in a transaction of its own."""
    stored = Stored()
    for document in documents:
        advance()
        try:
            stored.answers += executor.execute([document.command])
        except Conflict:
            stored.problems.append(_problem(source, document, OTHERWISE, _otherwise(document)))
        except (Refused, NotFound) as error:
            stored.problems.append(_problem(source, document, REFUSED, error.text))
    return stored


def _registered(connection: Connection, documents: Sequence[Document]) -> dict[Key, Text]:
    """The documents of these issuers that were registered in another way, with where they are."""
    issuers = sorted({document.issuer for document in documents})
    found = {}
    for cascade, number, issuer, symbol, issued_on in registered(connection, issuers):
        says = say(
            "{symbol} is registered already, as directive {number} of cascade {cascade}; it was not imported",
            symbol=symbol, number=str(number), cascade=cascade,
        )  # fmt: skip
        found[key_of(issuer, symbol, issued_on)] = says
    return found


def _otherwise(document: Document) -> Text:
    return say(
        "{symbol} was imported before with other content; nothing was changed. What stands: cascade directive list",
        symbol=document.symbol,
    )


def _problem(source: str, document: Document, code: str, says: Text | str) -> Problem:
    """What stands in the way of a document, at its first line, with all of its lines."""
    lines = [str(line) for line in document.lines]
    whole = says if len(lines) == 1 else say("{says} (lines {lines})", says=says, lines=lines)
    return Problem(source, document.lines[0], 1, code, whole)
