"""Who stands in for the seats of an office, who is away, where its messages go: each changed by a form of its own."""

from collections.abc import Callable
from datetime import date

from fastapi import Response
from sqlalchemy import Connection

from engine import office_changes
from engine.exchange.addresses import WHOLE_OFFICE
from engine.labels import ROLE_WORDS
from engine.office_words import absences, deputies
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import directory
from workflows.calendar import day_of
from workflows.errors import NotFound, Refused
from workflows.fields import parse_day
from workflows.offices import Absence, Deputy, Office
from workflows.text import Text, say
from workflows.words import ROLES

routes = Routes()
_FIELDS = ("role", "deputy", "since", "until", "only", "document", "away", "away_since", "away_until", "why", "mailbox",
           "email", "phone")  # fmt: skip


@routes.get("/offices/{office}/persons", "office.edit")
def office_persons(visit: Visit, office: str, done: str = "") -> Page:
    """The forms."""
    return _page(visit, office, done=done == "changed")


@routes.post("/offices/{office}/deputies", "office.edit")
def add_deputy(visit: Visit, office: str) -> Page | Response:
    """Somebody stands in for a seat."""

    def add(connection: Connection) -> Office:
        only = tuple(one.strip() for one in visit.typed("only").split(",") if one.strip())
        made = Deputy(visit.typed("role"), _needed(visit, "deputy"), _needed_day(visit, "since"), _day(visit, "until"), only,
                      visit.typed("document") or None)  # fmt: skip
        return office_changes.add_deputy(connection, office, made, visit.now(), visit.known.administrator())

    return _changed(visit, office, add)


@routes.post("/offices/{office}/deputies/{number}/end", "office.edit")
def end_deputy(visit: Visit, office: str, number: int) -> Page | Response:
    """A deputy until a day, or off the list."""

    def end(connection: Connection) -> Office:
        until, why = _day(visit, "until"), visit.typed("why")
        by = visit.known.administrator()
        return office_changes.end_deputy(connection, office, number, until, why, visit.now(), by)

    return _changed(visit, office, end)


@routes.post("/offices/{office}/absences", "office.edit")
def add_absence(visit: Visit, office: str) -> Page | Response:
    """Who holds a seat is away."""

    def add(connection: Connection) -> Office:
        made = Absence(visit.typed("away"), _needed_day(visit, "away_since"), _day(visit, "away_until"))
        by = visit.known.administrator()
        return office_changes.add_absence(connection, office, made, visit.typed("why"), visit.now(), by)

    return _changed(visit, office, add)


@routes.post("/offices/{office}/absences/{number}/end", "office.edit")
def end_absence(visit: Visit, office: str, number: int) -> Page | Response:
    """An absence until a day, or off the list."""

    def end(connection: Connection) -> Office:
        until, why = _day(visit, "until"), visit.typed("why")
        by = visit.known.administrator()
        return office_changes.end_absence(connection, office, number, until, why, visit.now(), by)

    return _changed(visit, office, end)


@routes.post("/offices/{office}/addresses", "office.edit")
def set_address(visit: Visit, office: str) -> Page | Response:
    """An e-mail address and a telephone of a seat; an empty field takes it away."""

    def put(connection: Connection) -> Office:
        return office_changes.set_address(connection, office, visit.typed("mailbox"), visit.typed("email"),
                                          visit.typed("phone"), visit.now(), visit.known.administrator())  # fmt: skip

    return _changed(visit, office, put)


class _Wrong(Exception):
    """What is wrong with one field."""

    def __init__(self, field: str, says: Text) -> None:
        super().__init__(says)
        self.field, self.says = field, says


def _needed(visit: Visit, field: str) -> str:
    typed = visit.typed(field)
    if not typed:
        raise _Wrong(field, say("Say who stands in: a seat such as vp/leader, or the name of a post."))
    return typed


def _needed_day(visit: Visit, field: str) -> date:
    found = _day(visit, field)
    if found is None:
        raise _Wrong(field, say("Say from which day."))
    return found


def _day(visit: Visit, field: str) -> date | None:
    typed = visit.typed(field)
    try:
        return parse_day(typed) if typed else None
    except ValueError:
        raise _Wrong(field, say("Write a day such as 02/01/2026.")) from None


def _changed(visit: Visit, office: str, change: Callable[[Connection], Office]) -> Page | Response:
    try:
        with visit.database.transaction() as connection:
            made = change(connection)
    except _Wrong as wrong:
        return _page(visit, office, {wrong.field: wrong.says})
    except Refused as refused:
        return _page(visit, office, {"": refused.text})
    return go(f"/offices/{made.id}/persons?done=changed")


def _page(visit: Visit, office: str, errors: dict[str, str | Text] | None = None, *, done: bool = False) -> Page:
    with visit.reading() as connection:
        one = directory.read_offices(connection).find(office)
    if one is None:
        raise NotFound(say("No office {id!r} in the directory.", id=office[:80]))
    today = day_of(visit.now())
    boxes = [(WHOLE_OFFICE, say("the office as a whole")), *((role, ROLE_WORDS[role]) for role in ROLES)]
    values = {
        "one": one, "at": f"/offices/{one.id}", "way": [(say("Offices"), "/offices"), (one.label, f"/offices/{one.id}"),
                                                       (say("Deputies, absences, addresses"), "")],
        "deputies": list(deputies(one, today)), "absences": list(absences(one, today)),
        "roles": [(role, ROLE_WORDS[role]) for role in ROLES], "boxes": boxes,
        "addresses": [(says, one.email.get(role, ""), one.phone.get(role, "")) for role, says in boxes
                      if role in one.email or role in one.phone],
        "errors": Blanks(errors or {}), "wrong": (errors or {}).get(""),
        "typed": Blanks({name: visit.typed(name) for name in _FIELDS} if errors else {}),
        "done": say("It is changed, and on the record; it holds from now on.") if done else None,
    }  # fmt: skip
    return Page("office_persons.html", values, 422 if errors else 200)
