"""Who stands in for a seat and who is away, as a directory file writes it under an office: read, and every fault told."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from workflows.fields import parse_day, show_day
from workflows.offices import Absence, Deputy, Office
from workflows.strict_yaml import Path
from workflows.text import mark, say
from workflows.words import ROLES

_LIST_MAX = 200  # of one office; a year of absences of every seat is fewer
_TEXT_MAX = 300
_ACTION = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DEPUTY: Mapping[str, type] = {
    "role": str, "deputy": str, "since": str, "until": str, "only": list, "document": str,
}  # fmt: skip
_ABSENCE: Mapping[str, type] = {"role": str, "since": str, "until": str}
_KINDS: Mapping[type, str] = {str: mark("a text"), list: mark("a list such as [accept, redo]")}


class Refuse(Protocol):
    """Notes a fault at a place of the file."""

    def __call__(self, place: Path, code: str, message: str, *, key: bool = False) -> None: ...


def read_deputies(value: Any, place: Path, refuse: Refuse) -> tuple[Deputy, ...]:
    """The deputies of one office. The value is a list; every fault in it is told."""
    return tuple(_each(value, place, refuse, _DEPUTY, ("role", "deputy", "since"), _deputy))


def read_absences(value: Any, place: Path, refuse: Refuse) -> tuple[Absence, ...]:
    """The absences of one office. The value is a list; every fault in it is told."""
    return tuple(_each(value, place, refuse, _ABSENCE, ("role", "since"), _absence))


def check_seats(offices: Iterable[Office], by_id: Mapping[str, Office], refuse: Refuse) -> None:
    """Every deputy is a seat of an office that works here, and not the seat itself; outside nobody stands in here."""
    for office in offices:
        for key in ("deputies", "absent"):
            if office.outside and getattr(office, key):
                said = say(
                    "{id} is outside: nobody acts for it here but the host's clerk, so `{key}` has no effect",
                    id=office.id,
                    key=key,
                )
                refuse(("offices", office.id, key), "O117", said, key=True)
        for at, one in enumerate(office.deputies):
            place: Path = ("offices", office.id, "deputies", at, "deputy")
            if one.seat is None:
                continue
            other, role = one.seat
            if other not in by_id or role not in ROLES:
                named = (
                    say("no office {other!r} in this file", other=other)
                    if other not in by_id
                    else say("{role!r} is no role", role=role)
                )
                refuse(
                    place,
                    "O115",
                    say(
                        "{deputy!r} is no seat: {named}; a post that is none has no / in its name",
                        deputy=one.deputy,
                        named=named,
                    ),
                )
            elif by_id[other].outside:
                refuse(place, "O115", say("{other} is outside, so nobody of it acts here", other=other))
            elif one.seat == (office.id, one.role):
                refuse(place, "O116", say("{deputy} would stand in for itself", deputy=one.deputy))


def _each(
    value: Any,
    place: Path,
    refuse: Refuse,
    fields: Mapping[str, type],
    needed: tuple[str, ...],
    make: Callable[[Mapping[str, Any], Path, Refuse], Any],
) -> Iterable[Any]:
    """The entries of a list that are whole, each made into a value; with any fault told, nothing of the file is used."""
    if len(value) > _LIST_MAX:
        refuse(
            place,
            "O103",
            say("{count} entries; {most} is the most", count=f"{len(value):,}", most=f"{_LIST_MAX:,}"),
        )
        return
    for at, block in enumerate(value):
        here = (*place, at)
        if not isinstance(block, dict):
            refuse(here, "O105", say("an entry is a block with {fields}", fields=list(fields)))
            continue
        whole = [_is_whole(block, key, here, refuse, fields) for key in block]
        for key in needed:
            if key not in block:
                refuse(here, "O107", say("`{key}` is missing", key=key))
                whole.append(False)
        if all(whole):
            yield make(block, here, refuse)


def _is_whole(block: Mapping[str, Any], key: str, place: Path, refuse: Refuse, fields: Mapping[str, type]) -> bool:
    """Is a key known, and its value what it should be?"""
    value, here = block[key], (*place, key)
    if key not in fields:
        refuse(here, "O102", say("`{key}` is not known; there are {fields}", key=key, fields=list(fields)), key=True)
    elif not isinstance(value, fields[key]):
        refuse(here, "O106", say("`{key}` has to be {kind}", key=key, kind=say(_KINDS[fields[key]])))
    elif isinstance(value, str) and not 0 < len(value.strip()) <= _TEXT_MAX:
        refuse(here, "O106", say("`{key}` has to hold 1 to {most} letters", key=key, most=_TEXT_MAX))
    elif key == "role" and value not in ROLES:
        refuse(here, "O108", say("{value!r} is not a role; roles are {roles}", value=value, roles=list(ROLES)))
    elif key in ("since", "until") and not _is_day(value):
        refuse(here, "O113", say("{value!r} is not a day; write 2023-08-21 or 21/08/2023", value=value))
    elif key == "only" and not _are_actions(value):
        refuse(
            here,
            "O118",
            say("`only` names actions, such as [accept, redo, issue, revoke]; left out, it means all of them"),
        )
    else:
        return True
    return False


def _is_day(text: Any) -> bool:
    try:
        parse_day(text)
    except ValueError:
        return False
    return True


def _are_actions(names: Any) -> bool:
    return bool(names) and all(isinstance(one, str) and _ACTION.fullmatch(one) for one in names)


def _deputy(block: Mapping[str, Any], place: Path, refuse: Refuse) -> Deputy:
    since, until = _span(block, place, refuse)
    return Deputy(
        block["role"], block["deputy"].strip(), since, until, tuple(block.get("only", ())), block.get("document")
    )


def _absence(block: Mapping[str, Any], place: Path, refuse: Refuse) -> Absence:
    return Absence(block["role"], *_span(block, place, refuse))


def _span(block: Mapping[str, Any], place: Path, refuse: Refuse) -> tuple[date, date | None]:
    """The first and the last day; without a last one it goes on until the directory says otherwise."""
    since, until = parse_day(block["since"]), parse_day(block["until"]) if "until" in block else None
    if until and until < since:
        refuse(
            (*place, "until"),
            "O114",
            say(
                "{until} is before {since}, from which it counts",
                until=show_day(until),
                since=show_day(since),
            ),
        )
    return since, until
