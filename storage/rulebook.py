"""The published rules as they are stored, ready to run, and whether they are still the texts that were published."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from storage import definitions, journal
from workflows.calendar import Calendar
from workflows.calendar_text import parse_calendar
from workflows.directive import ADMINISTRATION
from workflows.errors import InvalidDefinition
from workflows.facts import Administered
from workflows.loading import load_workflow
from workflows.text import say
from workflows.workflow import Workflow, Workflows

_TEXTS_MAX = 256  # texts whose meaning is remembered: more than an installation publishes in years


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every version of every workflow and calendar."""

    workflows: Workflows
    calendars: dict[str, Calendar]


def read_rules(connection: Connection, known: Rulebook | None = None) -> Rulebook:
    """Read them; those of `known` are kept, since a published version never changes. Raises InvalidDefinition."""
    kept: dict[str, Workflow] = {one.key: one for one in known.workflows} if known else {}
    workflows = {
        one.key: kept.get(one.key) or _workflow(one.text, one.version, one.key)
        for one in definitions.read_published(connection, "workflow")
    }
    calendars = {
        one.key: (known.calendars.get(one.key) if known else None) or _calendar(one.text, one.key)
        for one in definitions.read_published(connection, "calendar")
    }
    return Rulebook(Workflows(workflows), calendars)


@lru_cache(maxsize=_TEXTS_MAX)
def _workflow(text: str, version: int, key: str) -> Workflow:
    """What a published text says: the same text always says the same, and reading one costs more than a command."""
    return load_workflow(text, version, key, published=True)


@lru_cache(maxsize=_TEXTS_MAX)
def _calendar(text: str, key: str) -> Calendar:
    return parse_calendar(text, source=key)


def altered(connection: Connection) -> Iterator[str]:
    """The published texts that are not what the administration's chain says was published, or are gone."""
    published = {}
    for entry in journal.walk(connection, ADMINISTRATION):
        try:
            fact = entry.fact
        except (KeyError, ValueError, TypeError):
            continue  # the chain's own verification names it
        if isinstance(fact, Administered) and fact.what == "published":
            published[fact.subject] = dict(fact.details).get("digest")
    stored = {
        f"{kind} {one.key}": hashlib.sha256(one.text.encode()).hexdigest()
        for kind in ("workflow", "calendar")
        for one in definitions.read_published(connection, kind)
    }
    for subject, digest in published.items():
        if subject not in stored:
            yield say("{subject} was published and is gone", subject=subject)
        elif stored[subject] != digest:
            yield say("{subject} is not the text that was published", subject=subject)
    yield from (say("{subject} was never published", subject=subject) for subject in stored if subject not in published)


def readable(connection: Connection) -> Rulebook | None:
    """The rules, or None where they cannot be read any more; `altered` then says which are not what they were."""
    try:
        return read_rules(connection)
    except InvalidDefinition:
        return None
