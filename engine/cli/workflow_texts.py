"""The workflow texts that commands read: published in a database, shipped with the program, or in a file."""

from dataclasses import dataclass, field
from pathlib import Path

from engine.cli.opening import file_bytes, file_text, looking
from engine.cli.printing import talk
from engine.law_texts import WorkflowText, author_words, is_name, named, published_texts, shipped_text
from storage.database import Database
from workflows.definition import Definition
from workflows.loading import load_definition, shipped
from workflows.text import say

__all__ = ["Compared", "WorkflowText", "author_words", "has_database", "is_name", "looked_at", "named", "shipped_text",
           "side", "texts"]  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One side of a comparison: what it is called, its definition and, of a published one, its name and what runs."""

    called: str
    definition: Definition
    running: dict[str, int] = field(default_factory=dict)


def has_database(database: str) -> bool:
    """Is there a database? A server is taken to be there, and says itself where it is not."""
    if getattr(database, "reads", ""):
        return True
    url = Database(database)
    missing = url.is_sqlite and url.url.database is not None and not Path(url.url.database).exists()
    url.close()
    return not missing


def texts(database: str, *, silent: bool = False) -> list[WorkflowText]:
    """What is published in the database; where there is no database yet, what ships with the program, and it says so
    unless it is to be `silent`."""
    if not has_database(database):
        if silent:
            return [WorkflowText(name, 1, text) for name, text in shipped().items()]
        talk(say("There is no database {database}; this is what ships with cascade.", database=database))
        return [WorkflowText(name, 1, text) for name, text in shipped().items()]
    with looking(database) as (_, connection):
        return published_texts(connection)


def looked_at(given: str, database: str) -> WorkflowText:
    """What is to be shown or drawn: a published workflow by its name, `shipped:NAME`, or else a file as it stands.

    Raises NotFound, or InvalidDefinition where a file cannot be read as a workflow.
    """
    if given.startswith("shipped:"):
        return shipped_text(given.removeprefix("shipped:"))
    if not _is_file(given):
        return named(texts(database), given)
    text = file_text(given)
    return WorkflowText(load_definition(text, given).workflow, 0, text)


def _is_file(given: str) -> bool:
    """Is it no name of a workflow, or the name of a file that is there?"""
    return Path(given).is_file() or not is_name(given)


def side(given: str, database: str) -> Compared:
    """What one side of a comparison means: a published workflow by its name, `shipped:NAME`, or else a file."""
    if given.startswith("shipped:"):
        return Compared(given, shipped_text(given.removeprefix("shipped:")).definition)
    if not _is_file(given):
        known = texts(database)
        found = named(known, given)
        running = {one.key: one.running for one in known if one.name == found.name}
        return Compared(found.key, found.definition, running)
    return Compared(given, load_definition(file_bytes(given), given))
