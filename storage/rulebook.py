"""The published rules as they are stored, ready to run, and whether they are still the texts that were published."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from storage import definitions, installation, journal
from storage.definitions import Published
from workflows.calendar import VIETNAM, Calendar
from workflows.commands import Actor
from workflows.directive import ADMINISTRATION
from workflows.errors import InvalidDefinition
from workflows.facts import Administered
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
    published = definitions.read_published(connection, "workflow")
    workflows = {one.key: kept.get(one.key) or _workflow(one.text, one.version, one.key) for one in published}
    calendars = {
        one.key: (known.calendars.get(one.key) if known else None) or _calendar(one.text, one.key)
        for one in definitions.read_published(connection, "calendar")
    }
    retired = {one.key: one.retired_why or "" for one in published if one.retired}
    return Rulebook(Workflows(workflows, retired), calendars)


@lru_cache(maxsize=_TEXTS_MAX)
def _workflow(text: str, version: int, key: str) -> Workflow:
    """What a published text says: the same text always says the same, and reading one costs more than a command."""
    from workflows.loading import load_workflow  # YAML and the schema of the language: no start pays for them

    return load_workflow(text, version, key, published=True)


@lru_cache(maxsize=_TEXTS_MAX)
def _calendar(text: str, key: str) -> Calendar:
    from workflows.calendar_text import parse_calendar  # likewise

    return parse_calendar(text, source=key)


def altered(connection: Connection) -> Iterator[str]:
    """What of the published texts, and of what is said of them, is not as the administration's chain has it, or is gone."""
    said = recorded(connection)
    try:
        stored = {
            f"{kind} {one.key}": one
            for kind in ("workflow", "calendar")
            for one in definitions.read_published(connection, kind)
        }
        digests = {subject: hashlib.sha256(one.text.encode()).hexdigest() for subject, one in stored.items()}
    except (ValueError, AttributeError) as error:  # SQLite keeps any text in any column, and JSON is text on both
        yield say("a stored value cannot be read: {error}", error=error)
        return
    for subject, record in said.versions.items():
        if subject not in stored:
            yield say("{subject} was published and is gone", subject=subject)
        elif stored[subject].digest != record["digest"] or digests[subject] != record["digest"]:
            yield say("{subject} is not the text that was published", subject=subject)
        else:
            yield from _columns_that_differ(subject, record, stored[subject])
    unknown = sorted(stored.keys() - said.versions)
    yield from (say("{subject} was never published", subject=subject) for subject in unknown)
    found = installation.read(connection)
    if found and found.two_persons != said.two_persons:
        yield say("whether author and publisher have to be two persons was changed past the journal")


@dataclass(slots=True)
class Recorded:
    """What the administration's chain says is published: the columns of each version, by subject."""

    versions: dict[str, dict[str, Any]]
    two_persons: bool = False


NO_OFFICE = "-"  # in the place of the office, where an administrator acts without a seat
_COLUMNS = ("published_at", "published_by", "author", "why", "basis", "warnings",
            "retired_at", "retired_by", "retired_why")  # fmt: skip


def called(by: Actor) -> str:
    """What the columns of a version call who did it: the seat; of an account that belongs to no office, its name."""
    return by.person if by.office == NO_OFFICE and by.person else str(by)


def recorded(connection: Connection) -> Recorded:
    """What the administration's chain says is published. Entries that cannot be read are passed over."""
    found = Recorded({})
    for entry in journal.readable(connection, ADMINISTRATION):
        try:
            fact, by = entry.fact, called(Actor(**entry.data["by"]))
        except (KeyError, ValueError, TypeError, AttributeError):
            continue  # the chain's own verification names it
        if not isinstance(fact, Administered):
            continue
        details = dict(fact.details)
        if fact.what == "published":
            found.versions[fact.subject] = {
                "digest": details.get("digest"),
                "published_at": entry.recorded_at,
                "published_by": by,
                "author": details.get("author"),
                "why": details.get("why"),
                "basis": tuple(value for name, value in fact.details if name == "basis"),
                "warnings": _number(details.get("warnings", "0")),
            }
        elif fact.what in ("retired", "unretired") and fact.subject in found.versions:
            gone = fact.what == "retired"
            found.versions[fact.subject] |= {
                "retired_at": entry.recorded_at if gone else None,
                "retired_by": by if gone else None,
                "retired_why": details.get("why") if gone else None,
            }
        elif fact.what == "settled" and fact.subject == "two_persons":
            found.two_persons = details.get("value") == "required"
    return found


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _columns_that_differ(subject: str, record: dict[str, Any], stored: Published) -> Iterator[str]:
    """One sentence for each column of a version that is not what was recorded when it was published or retired."""
    for name in _COLUMNS:
        given, there = record.get(name, () if name == "basis" else None), getattr(stored, name)
        if given != there:
            yield say("{subject}: {column} is stored as {stored}, the journal has {given}",
                      subject=subject, column=name, stored=_shown(there), given=_shown(given))  # fmt: skip


def _shown(value: Any) -> Any:
    """A value of a column as a person reads it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    return say("nothing") if value in (None, ()) else value


def readable(connection: Connection) -> Rulebook | None:
    """The rules, or None where they cannot be read any more; `altered` then says which are not what they were."""
    try:
        return read_rules(connection)
    except (InvalidDefinition, ValueError):
        return None
