"""The workflow texts that commands read: published in a database, shipped with the program, or in a file."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from engine.cli.opening import file_bytes, file_text, looking
from engine.cli.printing import talk
from engine.publishing import SHIPPED
from storage import definitions
from storage.database import Database
from storage.definitions import Published
from storage.queries import versions
from workflows.definition import Definition
from workflows.errors import NotFound
from workflows.loading import load_definition, load_workflow, shipped
from workflows.text import Text, mark, say

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}(@[0-9]{1,9})?")
_STATES = {"in_use": mark("in use"), "superseded": mark("superseded"), "retired": mark("retired")}


@dataclass(frozen=True)
class WorkflowText:
    """A workflow's text. `published` is None for one of the program's own; `state` is in_use, superseded or retired, and
    `running` how many directives are open under it."""

    name: str
    version: int
    text: str
    published: Published | None = None
    state: str = "in_use"
    running: int = 0

    @property
    def key(self) -> str:
        """`NAME@VERSION`; of one that has no version here, its name."""
        return f"{self.name}@{self.version}" if self.version else self.name

    @cached_property
    def definition(self) -> Definition:
        return load_workflow(self.text, self.version, self.key, published=True).definition

    @property
    def state_words(self) -> Text:
        return say(_STATES[self.state])


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
        published = definitions.read_published(connection, "workflow")
        running = versions.open_directives(connection)
    newest = {one.name: one.key for one in published if not one.retired}
    return [
        WorkflowText(one.name, one.version, one.text, one,
                     "retired" if one.retired else "in_use" if newest[one.name] == one.key else "superseded",
                     running.get(one.key, 0))
        for one in published
    ]  # fmt: skip


def shipped_text(name: str) -> WorkflowText:
    """A workflow as this program ships it. Raises NotFound, naming those there are."""
    known = shipped()
    if name not in known:
        raise NotFound(say("No workflow {name!r} ships with this program. There is: {known}",
                           name=name, known=list(known)))  # fmt: skip
    return WorkflowText(name, 0, known[name])


def named(known: list[WorkflowText], name: str) -> WorkflowText:
    """The text that `NAME@VERSION` means, or `NAME`: its newest version that is not retired, else the newest.

    Raises NotFound, naming what there is.
    """
    found = [one for one in known if name in (one.key, one.name)]
    if not found:
        keys = [one.key for one in known] or say("none yet")
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=name, known=keys))
    return next((one for one in found if one.state == "in_use"), found[-1])


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


def author_words(one: Published) -> str:
    """Who wrote it, as people read it."""
    return say("shipped with the program") if one.author == SHIPPED else one.author or "-"


def is_name(given: str) -> bool:
    """May this be NAME or NAME@VERSION of a workflow, and not only a file?"""
    return _NAME.fullmatch(given) is not None


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
