"""A directory of offices as YAML that an admin writes. It refuses what it does not know, all at once."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Protocol

from engine.exchange.addresses import LANGUAGES, check_email, check_phone
from engine.exchange.deputies import check_seats, read_absences, read_deputies
from workflows.errors import InvalidDefinition, Problem
from workflows.offices import Office
from workflows.strict_yaml import DATA, Path, Plain, examine
from workflows.text import mark, say
from workflows.words import ROLES

OFFICES_MAX = 5_000
_ID = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_TEXT_MAX = 300
_FIELDS: Mapping[str, type] = {
    "name": str, "short": str, "level": str, "above": str, "outside": bool, "host": bool, "people": dict,
    "deputies": list, "absent": list, "email": dict, "language": str, "phone": dict,
}  # fmt: skip
_NEEDED = ("name", "level")
_WANTED = {
    str: mark("a text"),
    bool: mark("true or false"),
    dict: mark("roles with who holds them"),
    list: mark("a list of blocks"),
}


class Places(Protocol):
    """What was read as plain data, and the line and column where each part of it stands."""

    @property
    def data(self) -> Plain: ...
    def at(self, path: Path) -> tuple[int, int]: ...
    def at_key(self, path: Path) -> tuple[int, int]: ...


def sample() -> str:
    """The directory that travels with the program: a province, a department, its seven units."""
    return (files("engine") / "samples" / "offices.yaml").read_text("utf-8")


def read_offices(text: str | bytes, source: str) -> list[Office]:
    """The offices of a file, in its order. Raises InvalidDefinition naming every fault and its place."""
    return offices_in(*examine(text, source, limits=DATA), source)


def offices_in(located: Places | None, found: Sequence[Problem], source: str) -> list[Office]:
    """The offices of what was read, after faults that were `found` before. Raises InvalidDefinition naming every one."""
    reader = _Reader(source, located) if located else None
    offices = reader.offices() if reader else []
    problems = [*found, *(reader.problems if reader else [])]
    if problems:
        raise InvalidDefinition(source, sorted(problems, key=lambda one: (one.line, one.column)))
    return offices


class _Reader:
    """One reading of one file; it goes on after a fault, to find them all."""

    def __init__(self, source: str, located: Places) -> None:
        self._source, self._located = source, located
        self.problems: list[Problem] = []

    def offices(self) -> list[Office]:
        data = self._located.data
        if not isinstance(data, dict) or not isinstance(data.get("offices"), dict):
            self._refuse((), "O101", say("a directory is `offices:` with one block for each office under its id"))
            return []
        for key in data:
            if key != "offices":
                self._refuse(
                    (key,),
                    "O102",
                    say("`{key}` is not known here; a directory holds `offices` alone", key=key),
                    key=True,
                )
        blocks = data["offices"]
        assert isinstance(blocks, dict)  # just seen
        if len(blocks) > OFFICES_MAX:
            self._refuse(
                ("offices",),
                "O103",
                say(
                    "{count} offices; {most} is the most",
                    count=f"{len(blocks):,}",
                    most=f"{OFFICES_MAX:,}",
                ),
            )
            return []
        found = [office for id_, block in blocks.items() if (office := self._office(id_, block))]
        if not self.problems:
            self._check_tree(found)
        return found

    def _office(self, id_: str, block: Any) -> Office | None:
        place: Path = ("offices", id_)
        before = len(self.problems)
        if not _ID.fullmatch(id_):
            self._refuse(
                place, "O104", say("{id!r} cannot be an id; write small letters, digits, - and _", id=id_), key=True
            )
        if not isinstance(block, dict):
            self._refuse(place, "O105", say("an office is a block with {fields}", fields=list(_FIELDS)))
            return None
        for key, value in block.items():
            if key not in _FIELDS:
                known = ", ".join(_FIELDS)
                self._refuse(
                    (*place, key),
                    "O102",
                    say("`{key}` is not known; an office has {known}", key=key, known=known),
                    key=True,
                )
            elif not isinstance(value, _FIELDS[key]):
                wanted = say(_WANTED[_FIELDS[key]])
                self._refuse((*place, key), "O106", say("`{key}` has to be {wanted}", key=key, wanted=wanted))
            elif isinstance(value, str) and not 0 < len(value.strip()) <= _TEXT_MAX:
                self._refuse(
                    (*place, key),
                    "O106",
                    say("`{key}` has to hold 1 to {most} letters", key=key, most=_TEXT_MAX),
                )
        for key in _NEEDED:
            if key not in block:
                self._refuse(place, "O107", say("{id} has no `{key}`", id=id_, key=key), key=True)
        if block.get("language", "vi") not in LANGUAGES:
            said = say("{language!r} is not spoken here; write one of {languages}",
                       language=block["language"], languages=list(LANGUAGES))  # fmt: skip
            self._refuse((*place, "language"), "O121", said)
        email = block.get("email")
        check_email(email if isinstance(email, dict) else {}, (*place, "email"), self._refuse)
        phone = block.get("phone")
        check_phone(phone if isinstance(phone, dict) else {}, (*place, "phone"), self._refuse)
        people = block.get("people")
        self._check_people(place, people if isinstance(people, dict) else {})
        lists = {key: block[key] for key in ("deputies", "absent") if isinstance(block.get(key), list)}
        deputies = read_deputies(lists.get("deputies", []), (*place, "deputies"), self._refuse)
        absent = read_absences(lists.get("absent", []), (*place, "absent"), self._refuse)
        if len(self.problems) > before:
            return None
        return Office(id=id_, **{**block, "deputies": deputies, "absent": absent})

    def _check_people(self, place: Path, people: Mapping[str, Any]) -> None:
        for role, person in people.items():
            if role not in ROLES:
                said = say("{role!r} is not a role; roles are {roles}", role=role, roles=list(ROLES))
                self._refuse((*place, "people", role), "O108", said, key=True)
            elif not isinstance(person, str) or not 0 < len(person.strip()) <= _TEXT_MAX:
                self._refuse(
                    (*place, "people", role),
                    "O106",
                    say("who holds `{role}` is a text; leave a vacant role out", role=role),
                )

    def _check_tree(self, offices: list[Office]) -> None:
        """One host, deputies that are there, and a tree: every `above` is there and leads to a top."""
        by_id = {office.id: office for office in offices}
        for office in offices:
            if office.above is not None and office.above not in by_id:
                self._refuse(
                    ("offices", office.id, "above"),
                    "O109",
                    say("no office {above!r} in this directory", above=office.above),
                )
            elif _in_ring(office, by_id):
                said = say("{id} would be above itself, by way of {above}", id=office.id, above=office.above)
                self._refuse(("offices", office.id, "above"), "O110", said)
            if office.host and office.outside:
                said = say("{id} runs this installation, so it cannot be outside", id=office.id)
                self._refuse(("offices", office.id, "host"), "O112", said)
        check_seats(offices, by_id, self._refuse)
        hosts = [office.id for office in offices if office.host]
        if len(hosts) > 1:
            for id_ in hosts[1:]:
                self._refuse(
                    ("offices", id_, "host"), "O111", say("{id} is the host already; there is one", id=hosts[0])
                )
        elif not hosts:
            self._refuse(
                ("offices",),
                "O111",
                say("no office is the host; give the one that runs this `host: true`"),
                key=True,
            )

    def _refuse(self, place: Path, code: str, message: str, *, key: bool = False) -> None:
        line, column = self._located.at_key(place) if key else self._located.at(place)
        self.problems.append(Problem(self._source, line, column, code, message))


def _in_ring(office: Office, by_id: Mapping[str, Office]) -> bool:
    """Does the way up from an office come back to it?"""
    seen: set[str] = set()
    above = office.above
    while above is not None and above in by_id and above not in seen:
        if above == office.id:
            return True
        seen.add(above)
        above = by_id[above].above
    return False
