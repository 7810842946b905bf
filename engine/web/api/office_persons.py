"""Who stands in for the seats of an office, who is away, and where its messages go; changed one by one."""

from typing import Annotated

from fastapi import Path
from pydantic import Field

from engine import office_changes
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.offices import OfficeFound, shown
from engine.web.api.parameters import NUMBER_MAX, Body, OfficeId, Texts, maybe, maybe_day, text
from engine.web.api.replies import Reply
from engine.web.visit import Visit
from storage import directory
from workflows.offices import Absence, Deputy, Office

api = Api("persons", "Deputies, absences and addresses of offices.")
Place = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="Its place on the office's list, from 1.", examples=[1])]
RoleName = Annotated[
    str, Path(max_length=40, pattern=r"^[^\x00/]+$", description="A role, or `office`.", examples=["clerk"])
]


class NewDeputy(Body):
    """Who stands in for which seat."""

    role: str = text("The role of the seat.", most=40, examples=["leader"])
    deputy: str = text("Another seat, OFFICE/ROLE, or the name of a post.", most=300, examples=["vp/leader"])
    since: str = text("The first day.", most=40, examples=["2023-08-21"])
    until: str | None = maybe_day("The last day; left out, until it is ended.")
    only: Texts = Field([], description="Only for these actions; for all where none is named.", examples=[["accept"]])
    document: str | None = maybe("The document that appoints.", most=300, examples=["70/QĐ-SKHCN"])


class NewAbsence(Body):
    """Whose holder is away."""

    role: str = text("The role of the seat.", most=40, examples=["leader"])
    since: str = text("The first day.", most=40, examples=["2023-08-21"])
    until: str | None = maybe_day("The last day; left out, until it is ended.")
    why: str | None = maybe("Why; goes on the record.", most=300)


class Ending(Body):
    """Until when it lasts."""

    until: str | None = maybe_day("The last day; left out, it is taken off the list.")
    why: str | None = maybe("Why; goes on the record.", most=300)


class AddressSent(Body):
    """Where messages to a seat go. What is left out stays; an empty text takes it away."""

    email: str | None = maybe("One address.", most=254, examples=["vanthu@example.vn"])
    phone: str | None = maybe("One telephone number.", most=40, examples=["0296 3852 576"])


@api.post("/offices/{office}/deputies", "office.edit", OfficeFound, 201)
def add_deputy(visit: Visit, office: OfficeId, body: NewDeputy) -> OfficeFound:
    """Let somebody stand in for a seat"""
    since = asking.day(body.since, "since")
    assert since is not None  # it has to be given
    made = Deputy(body.role, body.deputy.strip(), since, asking.day(body.until, "until"), tuple(body.only),
                  body.document or None)  # fmt: skip
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        changed = office_changes.add_deputy(connection, office, made, visit.now(), by)
        return _shown(directory.read_offices(connection).below(changed.id), changed)


@api.post("/offices/{office}/deputies/{place}/end", "office.edit", OfficeFound)
def end_deputy(visit: Visit, office: OfficeId, place: Place, body: Ending) -> OfficeFound:
    """End a deputy"""
    until = asking.day(body.until, "until")
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        changed = office_changes.end_deputy(connection, office, place, until, body.why or "", visit.now(), by)
        return _shown(directory.read_offices(connection).below(changed.id), changed)


@api.post("/offices/{office}/absences", "office.edit", OfficeFound, 201)
def add_absence(visit: Visit, office: OfficeId, body: NewAbsence) -> OfficeFound:
    """Note that who holds a seat is away"""
    since = asking.day(body.since, "since")
    assert since is not None  # it has to be given
    made = Absence(body.role, since, asking.day(body.until, "until"))
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        changed = office_changes.add_absence(connection, office, made, body.why or "", visit.now(), by)
        return _shown(directory.read_offices(connection).below(changed.id), changed)


@api.post("/offices/{office}/absences/{place}/end", "office.edit", OfficeFound)
def end_absence(visit: Visit, office: OfficeId, place: Place, body: Ending) -> OfficeFound:
    """End an absence"""
    until = asking.day(body.until, "until")
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        changed = office_changes.end_absence(connection, office, place, until, body.why or "", visit.now(), by)
        return _shown(directory.read_offices(connection).below(changed.id), changed)


@api.post("/offices/{office}/addresses/{role}", "office.edit", OfficeFound)
def set_address(visit: Visit, office: OfficeId, role: RoleName, body: AddressSent) -> Reply:
    """Write down where messages to a seat go"""
    with visit.database.transaction() as connection:
        by = asking.administrator(visit)
        changed = office_changes.set_address(connection, office, role, body.email, body.phone, visit.now(), by)
        return Reply(_shown(directory.read_offices(connection).below(changed.id), changed))


def _shown(below: list[Office], one: Office) -> OfficeFound:
    return shown(one, tuple(each.id for each in below))
