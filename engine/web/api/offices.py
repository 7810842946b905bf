"""The directory of offices: who is above whom, who sits where; and its upkeep."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from engine import administration
from engine.exchange.offices import read_offices
from engine.exchange.offices_blocks import to_yaml
from engine.web.api import asking
from engine.web.api.door import Api, IfMatch
from engine.web.api.parameters import Body, OfficeId, text
from engine.web.api.replies import Listed, Reply
from engine.web.errors import Overtaken
from engine.web.visit import Visit
from storage import directory
from storage.queries import groups
from workflows.offices import Absence, Deputy, Office
from workflows.text import say

api = Api("offices", "The directory of offices.")
_FILE_MAX = 1_500_000


@dataclass(frozen=True, slots=True)
class OfficeFound:
    """An office as the directory has it. `people` are who sits in its seats; `email` and
    `phone` are where messages to them go, under `office` those of the office as a whole."""

    id: str
    name: str
    short: str
    level: str
    above: str | None
    outside: bool
    host: bool
    people: Mapping[str, str]
    deputies: tuple[Deputy, ...]
    absent: tuple[Absence, ...]
    email: Mapping[str, str]
    phone: Mapping[str, str]
    below: tuple[str, ...]
    owes: Mapping[str, int] | None = None


class Directory(Body):
    """A whole directory."""

    text: str = text(
        "The directory as `cascade office import --print-sample` shows it, YAML.",
        most=_FILE_MAX,
        examples=["offices:\n"],
    )


class NewOffice(Body):
    """One office more."""

    id: str = text("Its id: small letters, digits and -.", most=63, examples=["khtc"])
    office: dict[str, Any] = Field(
        description="The block that stands under its id in the directory.",
        examples=[{"name": "Phòng Kế hoạch", "level": "unit", "above": "skhcn"}],
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """How many offices the directory has now."""

    offices: int


@api.get("/offices", "look.office", Listed[OfficeFound], etag=True)
def list_offices(visit: Visit) -> Reply:
    """The whole directory

    Its ETag is the directory's own: who replaces it sends that back."""
    with visit.reading() as connection:
        offices = asking.rules_of(visit, connection).offices
        found = tuple(shown(one, tuple(each.id for each in offices.below(one.id))) for one in offices)
    return Reply(Listed(found), etag=_digest(offices))


@api.get("/offices/{office}", "look.office", OfficeFound)
def show_office(visit: Visit, office: OfficeId) -> OfficeFound:
    """One office

    With how much it owes, by the groups of time; that is counted for everybody who may look at how much there is."""
    with visit.reading() as connection:
        offices = asking.rules_of(visit, connection).offices
        one = offices.get(office)
        below = tuple(each.id for each in offices.below(one.id))
        return shown(one, below, groups.totals(connection, visit.now(), office=one.id))


@api.put("/offices", "office.edit", Imported)
def replace_offices(visit: Visit, body: Directory, if_match: IfMatch = None) -> Reply:
    """Replace the directory

    An office that holds or has given an obligation cannot be left out. If-Match is needed: what somebody else has written
    since would be lost."""
    offices, read = read_offices(body.text, "offices.yaml"), asking.needed(if_match).strip().strip('"')
    with visit.database.transaction() as connection:
        directory.hold(connection)
        now = _digest(directory.read_offices(connection))
        if read not in ("*", now):
            because = say("the directory has changed since it was read")
            raise Overtaken(say("import the offices"), because, {"etag": f'"{now}"'})
        administration.import_offices(connection, offices, visit.now(), asking.administrator(visit))
        etag = _digest(directory.read_offices(connection))
    return Reply(Imported(len(offices)), etag=etag)


@api.post("/offices", "office.edit", OfficeFound, 201)
def add_office(visit: Visit, body: NewOffice) -> Reply:
    """Add one office"""
    with visit.database.transaction() as connection:
        made = administration.add_office(connection, body.id, body.office, visit.now(), asking.administrator(visit))
    return Reply(shown(made, ()), 201, path=f"/api/v1/offices/{made.id}")


def _digest(offices: Iterable[Office]) -> str:
    return hashlib.sha256(to_yaml(offices).encode()).hexdigest()[:20]


def shown(one: Office, below: tuple[str, ...], owes: Mapping[str, int] | None = None) -> OfficeFound:
    """An office as it is answered."""
    return OfficeFound(one.id, one.name, one.short, one.level, one.above, one.outside, one.host, dict(one.people),
                       tuple(one.deputies), tuple(one.absent), dict(one.email), dict(one.phone), below, owes)  # fmt: skip
