"""The forms by which a law's action is asked for: its fields, what is wrong with each, and who was first."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.labels import TASK_WORDS
from engine.language import told
from engine.showing.names import Names
from engine.showing.timeline import moments
from engine.web.attaching import Brought
from engine.web.visit import Visit
from engine.wording import day_words, moment_words
from storage.journal import Entry
from storage.queries import entries
from workflows.attachments import BESIDE
from workflows.calendar import day_of
from workflows.errors import Incomplete, NotYours, Refused
from workflows.fields import show_day
from workflows.obligation import Obligation
from workflows.text import Text, say
from workflows.world import World

_COMMAND = re.compile(r"[0-9a-f]{32}")
_PREFIX = "field-"
_FIRST_MAX = 5
_KINDS = {"text": "area", "office": "choice", "task": "choice", "offer": "choice"}
_SHORT = {"officer"}
HINTS: Mapping[str, Text] = {
    "date": say("Day/month/year, such as 31/08/2023."),
    "document": say("Number and symbol, such as 61/SKHCN-VP."),
    "number": say("A whole number."),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind` is that of the macro that draws it; `options` those of a choice."""

    name: str
    label: str
    kind: str
    value: str
    hint: Text | str
    required: bool
    options: tuple[tuple[str, str], ...]
    error: str
    files: tuple[tuple[str, Text | str, Text | str], ...] = ()


def command_id(visit: Visit) -> str:
    """The id that the form carries, or a new one: a form that is sent twice is one act."""
    typed = visit.typed("command")
    return typed if _COMMAND.fullmatch(typed) else secrets.token_hex(16)


def typed_fields(visit: Visit, names: Iterator[str] | list[str]) -> dict[str, str]:
    """What was filled in, without what was left empty."""
    return {name: value for name in names if (value := visit.typed(_PREFIX + name))}


def all_typed(visit: Visit) -> dict[str, str]:
    """Everything that was filled in, whatever is asked for now."""
    return typed_fields(visit, [name.removeprefix(_PREFIX) for name in visit.form if name.startswith(_PREFIX)])


def form_fields(
    world: World, one: Obligation, asks: Mapping[str, str], optional: Mapping[str, str], names: Names,
    typed: Mapping[str, str], errors: Mapping[str, str], today: Any, came: Brought, taken: Text,
) -> list[Field]:  # fmt: skip
    """The fields of an action, with what was typed and what is wrong beside each. `came` are the files of an earlier try,
    `taken` says which are taken."""
    found = []
    for name, kind in {**asks, **optional}.items():
        if kind == "attachment":
            drawn = "files" if name == BESIDE else kind
            found.append(Field(name, names.field(name), drawn, typed.get(name, ""), taken, name not in optional, (),
                               ended(came.errors.get(name, "")) or errors.get(name, ""), came.kept(name)))  # fmt: skip
            continue
        options = _options(world, one, name, kind, names)
        drawn = "choice" if options else "text" if name in _SHORT else _KINDS.get(kind, "text")
        given = typed.get(name, _proposed(name, kind, options, today) if not typed and not errors else "")
        hint: Text | str = HINTS.get(kind, "")
        if name in optional and not hint:
            hint = say("Only where it was sent after its date.") if name == "cause" else ""
        found.append(Field(f"{_PREFIX}{name}", names.field(name), "text" if drawn == "choice" and not options else drawn,
                           given, hint, name not in optional, options, errors.get(name, "")))  # fmt: skip
    return found


def _proposed(name: str, kind: str, options: tuple[tuple[str, str], ...], today: Any) -> str:
    """What stands in an empty form: today for what is mostly done today, and the only choice there is."""
    if kind == "date" and name in ("sent_on", "done_on"):
        return show_day(today)
    return options[0][0] if len(options) == 1 else ""


def _options(world: World, one: Obligation, name: str, kind: str, names: Names) -> tuple[tuple[str, str], ...]:
    if name == "task":
        return tuple((task.id, names.of(say("{kind}: {seat}, since {day}", kind=TASK_WORDS.get(task.kind, task.kind),
                                            seat=f"{task.office}/{task.role}", day=moment_words(task.opened_at))))
                     for task in one.tasks)  # fmt: skip
    if name == "offer":
        return tuple((offer.key, names.of(say("{symbol} of {holder}, sent {day}", symbol=offer.symbol, holder=offer.holder,
                                              day=day_words(offer.sent_at)))) for offer in one.offers)  # fmt: skip
    if kind != "office":
        return ()
    giver = world.offices.below(one.giver)
    return tuple((office.id, office.name) for office in giver if office.id != one.holder) or tuple(
        (office.id, office.name) for office in world.offices
    )


def by_field(refused: Refused, fields: list[str], names: Names) -> tuple[dict[str, str], str]:
    """What is wrong with each field, and what no field is to blame for."""
    if not isinstance(refused, Incomplete):
        return {}, sentence(names.of(refused.because))
    errors: dict[str, str] = {}
    rest: list[str] = []
    for part in _parts(refused.because):
        named = _field_of(part, fields)
        if named is None:
            rest.append(names.of(part))
        elif named not in errors:
            errors[named] = _fault(part, names)
    return errors, sentence("; ".join(rest))


def _parts(because: str) -> Iterator[str]:
    values = because.values if isinstance(because, Text) else {}
    if values and all(name.startswith("part") for name in values):
        for value in values.values():
            yield from _parts(value)
    else:
        yield because


def _field_of(part: str, fields: list[str]) -> str | None:
    said = part.values.get("name") if isinstance(part, Text) else None
    found = str(said).strip("'") if said else part.split(" ", maxsplit=1)[0].rstrip(":")
    return found if found in fields else None


def _fault(part: str, names: Names) -> str:
    """The fault alone, without the name that stands beside it anyway."""
    fault = part.values.get("fault") if isinstance(part, Text) else None
    if fault:
        said = names.of(fault)
    elif isinstance(part, Text) and "type" in part.values:
        said = names.of(say("is missing"))
    else:
        said = names.of(part)
    return sentence(said)


def ended(text: Text | str) -> str:
    """What is said of a file, which begins with its name."""
    return f"{told(text)}." if text else ""


def sentence(text: str) -> str:
    """A reason as a sentence of its own."""
    return text[:1].upper() + text[1:] + ("." if text and not text.endswith((".", "?", "!")) else "")


def since(connection: Connection, world: World, one: Obligation, seen: str) -> list[Any]:
    """What happened to the obligation after the form was made, the newest first: who was first."""
    if not seen.isdecimal() or len(seen) > 9:
        return []
    wanted = entries.Wanted(world.opened.id, one.number, after=int(seen))
    found: list[Entry] = list(entries.listed(connection, wanted, 100).entries)
    return list(moments(world, reversed(found)))[:_FIRST_MAX]


def last_seq(connection: Connection, cascade: str, number: int) -> int:
    """The newest entry about an obligation: what a form was made on."""
    found = entries.listed(connection, entries.Wanted(cascade, number), 1).entries
    return found[-1].seq if found else 0


def status_of(refused: Refused) -> int:
    return 422 if isinstance(refused, Incomplete) else 403 if isinstance(refused, NotYours) else 409


def today_of(visit: Visit) -> Any:
    return day_of(visit.now())
