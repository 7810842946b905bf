"""The directory of offices as the blocks of its YAML: written out, or tried with one office more."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import yaml

from engine.exchange.offices import offices_in
from workflows.errors import InvalidDefinition, Unmet
from workflows.offices import Absence, Deputy, Office, Offices
from workflows.strict_yaml import Path
from workflows.text import Text, joined, say
from workflows.words import ROLES

_WIDTH = 1_000_000  # letters; a name is never folded over lines


def to_yaml(offices: Iterable[Office]) -> str:
    """The directory as YAML, to be read again by `read_offices`."""
    blocks = {"offices": {one.id: block_of(one) for one in offices}}
    return yaml.safe_dump(blocks, allow_unicode=True, sort_keys=False, width=_WIDTH).rstrip("\n")


def block_of(office: Office) -> dict[str, Any]:
    """An office as the block of a directory file; what it has not is left out."""
    block = {
        "name": office.name,
        "short": office.short,
        "level": office.level,
        "above": office.above,
        "outside": office.outside,
        "host": office.host,
        "people": {role: office.people[role] for role in ROLES if role in office.people},
        "deputies": [_deputy(one) for one in office.deputies],
        "absent": [{"role": one.role, **_span(one)} for one in office.absent],
        "email": dict(office.email),
        "phone": dict(office.phone),
        "language": "" if office.language == "vi" else office.language,
    }
    return {key: value for key, value in block.items() if value}


def keeping_deputies(offices: Iterable[Office], present: Offices) -> list[Office]:
    """A directory from a table, which has no column for them: an office keeps its present deputies, absences, addresses
    and language.

    Raises Unmet where they no longer fit, naming why.
    """
    kept = [
        replace(
            one,
            deputies=before.deputies,
            absent=before.absent,
            email=before.email,
            language=before.language,
            phone=before.phone,
        )
        if (before := present.find(one.id))
        else one
        for one in offices
    ]
    return _checked({one.id: block_of(one) for one in kept}, say("import the offices"))


def with_one_more(offices: Iterable[Office], id_: str, block: dict[str, Any]) -> Office:
    """The office that joins a directory, checked with it as the whole file would be. Raises Unmet naming every fault."""
    blocks = {one.id: block_of(one) for one in offices}
    asked = say("add office {id}", id=id_)
    if id_ in blocks:
        raise Unmet(asked, say("{id} is in the directory already: cascade office show {id}", id=id_))
    return _checked({**blocks, id_: block}, asked)[-1]


def with_changed(offices: Iterable[Office], changed: Office, asked: Text) -> Office:
    """An office of a directory as it becomes, checked with the others as the whole file would be. Raises Unmet."""
    blocks = {one.id: block_of(changed if one.id == changed.id else one) for one in offices}
    return next(one for one in _checked(blocks, asked) if one.id == changed.id)


def _checked(blocks: dict[str, Any], asked: Text) -> list[Office]:
    try:
        return offices_in(_Typed({"offices": blocks}), [], "--")
    except InvalidDefinition as error:
        raise Unmet(asked, joined((one.message for one in error.problems), "; ")) from None


def _deputy(one: Deputy) -> dict[str, Any]:
    block = {"role": one.role, "deputy": one.deputy, **_span(one), "only": list(one.actions), "document": one.document}
    return {key: value for key, value in block.items() if value}


def _span(one: Deputy | Absence) -> dict[str, str]:
    return {"since": one.since.isoformat(), **({"until": one.until.isoformat()} if one.until else {})}


class _Typed:
    """Blocks that were typed, and stand in no file."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def at(self, path: Path) -> tuple[int, int]:
        return 1, 1 + len(path)

    def at_key(self, path: Path) -> tuple[int, int]:
        return self.at(path)
