"""Which workflows suit a document: each with its reasons, the best first. It chooses nothing where several are equally good.

A workflow is suggested where everything that its `suggest_for` says holds. What its subject says weighs most, then its
urgency, then its type, then the level of its issuer; whoever says more of these comes first.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from workflows.definition import Definition
from workflows.document_types import TYPES
from workflows.text import Text, say


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of a document; None where it is not, and then it speaks neither for a workflow nor against it.

    `type` is a code such as TB, `level` the name of its issuer's level, `urgency` one of document_types.URGENCIES."""

    type: str | None = None
    level: str | None = None
    urgency: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A workflow that suits, and why. `rank` says which of what weighs most speaks for it; equal ranks are a tie."""

    workflow: str
    reasons: tuple[Text, ...]
    rank: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Clue:
    """One thing that `suggest_for` says: does it hold of the document, and in words either way. None: not known."""

    holds: bool | None
    reason: Text
    against: Text


def suggested(definitions: Mapping[str, Definition], document: Document) -> list[Suggestion]:
    """The workflows that suit a document, the best first; those that are equally good in the order of their names."""
    found = []
    for name, definition in sorted(definitions.items()):
        clues = _clues(definition, document)
        said = [clue for clue in clues if clue is not None]
        if against(definition, document) or not any(clue.holds for clue in said):
            continue
        reasons = tuple(clue.reason for clue in said if clue.holds)
        found.append(Suggestion(name, reasons, tuple(bool(clue and clue.holds) for clue in clues)))
    return sorted(found, key=lambda one: one.rank, reverse=True)


def best(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Those of a ranked list that nothing is better than: one, several that are equally good, or none."""
    return next((list(tied) for _, tied in groupby(found, key=lambda one: one.rank)), [])


def against(definition: Definition, document: Document) -> tuple[Text, ...]:
    """What keeps a workflow from being suggested for a document; nothing where it fits, or says nothing."""
    found = [clue.against for clue in _clues(definition, document) if clue is not None and clue.holds is False]
    if document.level is not None and document.level not in definition.levels:
        found.append(say("it has no level {level}", level=repr(document.level)))
    return tuple(found)


def _clues(definition: Definition, document: Document) -> tuple[_Clue | None, ...]:
    """What `suggest_for` says, what weighs most first; None for what it leaves out."""
    said = definition.suggest_for
    return (
        _subject(said.subject_has, document.subject) if said.subject_has else None,
        _urgency(said.urgency, document.urgency) if said.urgency else None,
        _type(said.types, document.type) if said.types else None,
        _level(definition, said.issued_at, document.level) if said.issued_at else None,
    )


def _subject(phrases: tuple[str, ...], subject: str | None) -> _Clue:
    named = [] if subject is None else [one for one in phrases if f" {_plain(one)} " in f" {_plain(subject)} "]
    return _Clue(
        None if subject is None else bool(named),
        say("its subject says {phrases}", phrases=[f"“{one}”" for one in named]),
        say("its subject says none of {phrases}", phrases=[f"“{one}”" for one in phrases]),
    )


def _urgency(urgencies: tuple[str, ...], urgency: str | None) -> _Clue:
    # A document that is not urgent says nothing of it, so that nothing said is an answer here.
    return _Clue(
        urgency in urgencies,
        say("it is marked {urgency}", urgency=urgency),
        say("it is not marked {urgencies}", urgencies=[*urgencies]),
    )


def _type(types: tuple[str, ...], kind: str | None) -> _Clue:
    name = TYPES.get(kind or "", kind)
    return _Clue(
        None if kind is None else kind in types,
        say("its type is {name} ({kind})", name=name, kind=kind),
        say("its type is none of {types}", types=[*types]),
    )


def _level(definition: Definition, issued_at: str, level: str | None) -> _Clue:
    label = definition.levels[issued_at].label if issued_at in definition.levels else issued_at
    return _Clue(
        None if level is None else level == issued_at,
        say("its issuer is at the level “{level}”", level=label),
        say("its issuer is not at the level “{level}”", level=label),
    )


def _plain(text: str) -> str:
    """Small letters, one blank between words, no signs: what stands between two words does not part them."""
    small = unicodedata.normalize("NFC", text).casefold()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in small).split())
