"""The parts of a scenario's steps, and how each is read: documents, later documents, which obligation is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.exchange.document_types import find_code
from engine.exchange.draft_fields import targets
from engine.exchange.due_fields import due_field
from engine.exchange.symbols import read_symbol
from engine.exchange.yaml_fields import (
    NOT_ALLOWED,
    Faults,
    Reader,
    boolean,
    day,
    day_or_time,
    list_of,
    needed_text,
    nullable,
    one_of,
    record,
    shown,
    text,
    whole_number,
)
from workflows.directive import BASIS_KINDS, Basis
from workflows.document_types import TYPES, URGENCIES
from workflows.fields import parse_day, parse_instant
from workflows.obligation import GROUPS
from workflows.offices import seat_of_text
from workflows.strict_yaml import Path, Plain
from workflows.text import say
from workflows.words import MODES, ROLES, TASKS

When = date | datetime  # a day alone, whose hour follows from where it stands; or an instant in UTC


@dataclass(frozen=True, slots=True)
class On:
    """Which obligations are meant. Several offices or items mean one for each of them."""

    office: tuple[str, ...] = ()
    item: tuple[str, ...] = ()
    directive: str | None = None
    period: str | None = None
    part: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a document, as in a draft; `parent` is the obligation it carries further."""

    number: str
    text: str
    due: str | None = None
    due_wording: str | None = None
    mode: str | None = None
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    officer: str | None = None
    controller: str | None = None
    recipient: str | None = None
    parent: On | None = None
    event: str | None = None
    soft: bool = False
    follows: str | None = None
    targets: tuple[tuple[str, str], ...] = ()
    bases: tuple[Basis, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Issuing:
    """A document to issue. `under` is the obligation that its items carry further; `replaces` the symbol of the document
    it takes the place of. Without `issued_on` it is of the day on which it is issued."""

    symbol: str
    issuer: str
    items: tuple[Item, ...]
    type: str = "CV"
    subject: str = "-"
    under: On | None = None
    issued_on: date | None = None
    arrived_on: date | None = None
    arrival_number: str | None = None
    workflow: str | None = None
    urgency: str | None = None
    replaces: str | None = None
    open_work: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Relaying:
    """A direction on the processing slip that passes an obligation on, without a document of its own."""

    to: tuple[str, ...]
    direction: str
    due: str | None = None
    label: str = "1"


@dataclass(frozen=True, slots=True)
class Ending:
    """A directive to revoke, by its symbol."""

    directive: str
    document: str
    reason: str
    open_work: str | None = None
    happened_on: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a later document changes of one item."""

    item: str
    due: str | None = None
    due_wording: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Amending:
    """A later document that changes items of a directive, which is named by its symbol."""

    directive: str
    document: str
    reason: str
    changes: tuple[Change, ...]
    happened_on: date | None = None


def moment(value: Plain, path: Path, faults: Faults) -> When | None:
    """A day, or an instant of Vietnam."""
    found = day_or_time(value, path, faults)
    if found is None:
        return None
    return parse_day(found) if len(found) == len("2026-03-02") else parse_instant(found)


def _moment_or_none(value: Plain, path: Path, faults: Faults) -> When | None:
    return None if value in (None, "none") else moment(value, path, faults)


def _one_or_several(value: Plain, path: Path, faults: Faults) -> tuple[str, ...]:
    """A text, or a list of them."""
    if isinstance(value, list):
        return _texts(value, path, faults)
    found = needed_text(value, path, faults)
    return () if found is None else (found,)


def _seat(value: Plain, path: Path, faults: Faults) -> str | None:
    """`vp/clerk`: an office and a role."""
    seat = seat_of_text(value) if isinstance(value, str) else None
    if seat is None or not seat[0] or seat[1] not in ROLES:
        says = say("{value} is not OFFICE/ROLE with a role of {roles}", value=shown(value), roles=[*ROLES])
        faults.add(path, NOT_ALLOWED, says)
        return None
    return str(value)


def _seat_or_office(value: Plain, path: Path, faults: Faults) -> tuple[str, ...]:
    """Seats, or offices outside that a letter goes to; one or several."""
    found = _one_or_several(value, path, faults)
    for one in found:
        if "/" in one:
            _seat(one, path, faults)
    return found


def _asked(value: Plain, path: Path, faults: Faults) -> Mapping[str, str]:
    """Values of an action's fields, by name."""
    if not isinstance(value, dict):
        faults.expected(path, say("a mapping with the fields that the action asks for"), value)
        return {}
    return {name: needed_text(one, (*path, name), faults) or "" for name, one in value.items()}


def _counts(value: Plain, path: Path, faults: Faults) -> Mapping[str, int]:
    return record(dict, dict.fromkeys(GROUPS, whole_number(0, 9_999_999, nullable=False)))(value, path, faults) or {}


def _refused(value: Plain, path: Path, faults: Faults) -> str | None:
    """`true`, or a text that occurs in the refusal."""
    if value is True:
        return ""
    if not isinstance(value, str) or not value:
        faults.expected(path, say("true, or a text that occurs in the refusal"), value)
        return None
    return value


def _issue(value: Plain, path: Path, faults: Faults) -> Issuing | None:
    made = _issuing(value, path, faults)
    if made is None or (isinstance(value, dict) and "type" in value):
        return made
    symbol = read_symbol(made.symbol)
    kind = find_code(symbol.notation) if symbol else None
    return replace(made, type=kind) if kind in TYPES else made


_texts = list_of(needed_text)
_on: Reader = record(
    On,
    {
        "office": _one_or_several,
        "item": _one_or_several,
        "directive": needed_text,
        "period": needed_text,
        "part": one_of(("lead", "support", "info"), nullable=False),
        "number": whole_number(1, 999_999_999, nullable=False),
    },
)
_basis = record(
    Basis,
    {"kind": one_of(BASIS_KINDS, nullable=False), "symbol": needed_text, "issued_on": day, "issuer": text},
    needed=("kind", "symbol"),
)
_item = record(
    Item,
    {
        "number": needed_text,
        "text": needed_text,
        "due": due_field,
        "due_wording": text,
        "mode": one_of(tuple(MODES)),
        "lead": _one_or_several,
        "support": _one_or_several,
        "info": _one_or_several,
        "officer": text,
        "controller": text,
        "recipient": text,
        "parent": nullable(_on),
        "event": text,
        "soft": boolean,
        "follows": text,
        "targets": targets,
        "bases": list_of(_basis),
        "note": text,
    },
    needed=("number", "text"),
)
_issuing = record(
    Issuing,
    {
        "symbol": needed_text,
        "type": one_of(tuple(TYPES), nullable=False),
        "issuer": needed_text,
        "subject": needed_text,
        "items": list_of(_item),
        "under": _on,
        "issued_on": day,
        "arrived_on": day,
        "arrival_number": text,
        "workflow": text,
        "urgency": one_of(URGENCIES),
        "replaces": text,
        "open_work": one_of(("stop", "keep", "repoint")),
        "reason": text,
    },
    needed=("symbol", "issuer", "items"),
)
_relaying = record(
    Relaying,
    {"to": _one_or_several, "direction": needed_text, "due": day_or_time, "label": needed_text},
    needed=("to", "direction"),
)
_ending = record(
    Ending,
    {
        "directive": needed_text,
        "document": needed_text,
        "reason": needed_text,
        "open_work": one_of(("stop", "keep")),
        "happened_on": day,
    },
    needed=("directive", "document", "reason"),
)
_change = record(Change, {"item": needed_text, "due": day_or_time, "due_wording": text, "text": text}, needed=("item",))
_amending = record(
    Amending,
    {
        "directive": needed_text,
        "document": needed_text,
        "reason": needed_text,
        "changes": list_of(_change),
        "happened_on": day,
    },
    needed=("directive", "document", "reason", "changes"),
)

STEP_FIELDS: Mapping[str, Reader] = {
    "at": moment,
    "by": _seat,
    "acting_for": text,
    "deputy": text,
    "on": _on,
    "do": needed_text,
    "ask": _asked,
    "issue": _issue,
    "relay": _relaying,
    "revoke": _ending,
    "amend": _amending,
    "refused": _refused,
}
EXPECT_FIELDS: Mapping[str, Reader] = {
    "on": _on,
    "state": needed_text,
    "time": one_of(GROUPS, nullable=False),
    "due": _moment_or_none,
    "first_due": _moment_or_none,
    "because": needed_text,
    "joined": boolean,
    "tasks": list_of(one_of(tuple(TASKS), nullable=False)),
    "absent": boolean,
    "told": needed_text,
    "not_told": needed_text,
    "to": _seat_or_office,
    "at": moment,
    "open_to": _seat,
    "actions": _one_or_several,
    "closed": _one_or_several,
    "totals": _counts,
    "directive": needed_text,
}
