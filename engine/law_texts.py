"""The texts of workflows: which versions are published, how each stands, and what ships with the program."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from engine.publishing import SHIPPED
from engine.wording import moment_words
from storage import definitions
from storage.definitions import Published
from storage.queries import versions
from workflows.definition import Definition
from workflows.errors import NotFound
from workflows.loading import load_workflow, shipped
from workflows.text import Text, mark, say, say_count

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}(@[0-9]{1,9})?")
STATES = {"in_use": mark("in use"), "superseded": mark("superseded"), "retired": mark("retired")}


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
        return say(STATES[self.state])


def published_texts(connection: Connection) -> list[WorkflowText]:
    """Every published version, by name and version, with how it stands and what runs under it."""
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


def named(known: Sequence[WorkflowText], name: str) -> WorkflowText:
    """The text that `NAME@VERSION` means, or `NAME`: its newest version that is not retired, else the newest.

    Raises NotFound, naming what there is.
    """
    found = [one for one in known if name in (one.key, one.name)]
    if not found:
        keys = [one.key for one in known] or say("none yet")
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=name, known=keys))
    return next((one for one in found if one.state == "in_use"), found[-1])


def author_words(one: Published) -> str:
    """Who wrote it, as people read it."""
    return say("shipped with the program") if one.author == SHIPPED else one.author or "-"


def is_name(given: str) -> bool:
    """May this be NAME or NAME@VERSION of a workflow, and not only a file?"""
    return _NAME.fullmatch(given) is not None


def published_rows(one: WorkflowText) -> list[tuple[str, str]]:
    """The publication block: who, when, why, on which documents, and the hash of the text."""
    found = one.published
    if found is None:
        return []
    by = say("{moment} by {seat}", moment=moment_words(found.published_at), seat=found.published_by)
    warnings = say_count("the check gave {count} warning", "the check gave {count} warnings", found.warnings)
    rows: list[tuple[str, str]] = [
        (say("state"), one.state_words),
        (say("published"), by),
        (say("author"), author_words(found)),
        (say("why"), found.why or ""),
        (say("basis"), "\n".join(found.basis)),
        (say("check"), warnings if found.warnings else ""),
        (say("hash"), f"sha256 {found.digest}"),
        (say("open under it"), say_count("{count} directive", "{count} directives", one.running)),
    ]
    if found.retired:
        when = moment_words(found.retired_at)
        said = say("{moment} by {seat}: {why}", moment=when, seat=found.retired_by, why=found.retired_why)
        rows.append((say("retired"), said))
    return rows
