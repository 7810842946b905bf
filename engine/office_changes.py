"""Who stands in for the seats of an office, who is away, and where its messages go: changed one by one, each on the record.

The office is checked with all the others, as a whole file of the directory would be.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from engine.deeds import record
from engine.exchange.addresses import WHOLE_OFFICE
from engine.exchange.offices_blocks import with_changed
from storage import directory
from workflows.commands import Actor
from workflows.errors import Conflict, Incomplete, NotFound
from workflows.fields import is_text
from workflows.offices import Absence, Deputy, Office
from workflows.text import Text, say
from workflows.words import ROLES

_WORDS_MAX = 300
T = TypeVar("T")


def add_deputy(connection: Connection, office: str, deputy: Deputy, now: datetime, by: Actor) -> Office:
    """Somebody stands in for a seat from a day on. Raises Unmet or Incomplete naming what is wrong with it."""
    one, asked = _held(connection, office)
    _check_role(asked, deputy.role)
    _check_words(asked, deputy.deputy, deputy.document or "-")
    if deputy in one.deputies:
        raise Conflict(
            asked, say("{deputy} stands in for {role} just so already", deputy=deputy.deputy, role=deputy.role)
        )
    changed = replace(one, deputies=(*one.deputies, deputy))
    details = [("deputy", _deputy_words(deputy)), *([("basis", deputy.document)] if deputy.document else [])]
    return _write(connection, changed, asked, details, now, by)


def end_deputy(
    connection: Connection, office: str, place: int, until: date | None, why: str, now: datetime, by: Actor
) -> Office:
    """The deputy at a place (counted from 1) stands in until a day, or, without one, is taken off the list."""
    one, asked = _held(connection, office)
    before = _at(one.deputies, place)
    after = (replace(before, until=until),) if until else ()
    deputies = (*one.deputies[: place - 1], *after, *one.deputies[place:])
    details = [("ended", _deputy_words(before)), *_until(until), *_why(asked, why)]
    return _write(connection, replace(one, deputies=deputies), asked, details, now, by)


def add_absence(connection: Connection, office: str, absence: Absence, why: str, now: datetime, by: Actor) -> Office:
    """The holder of a seat is away from a day on."""
    one, asked = _held(connection, office)
    _check_role(asked, absence.role)
    if absence in one.absent:
        raise Conflict(asked, say("{role} is away just so already", role=absence.role))
    details = [("absence", _absence_words(absence)), *_why(asked, why)]
    return _write(connection, replace(one, absent=(*one.absent, absence)), asked, details, now, by)


def end_absence(
    connection: Connection, office: str, place: int, until: date | None, why: str, now: datetime, by: Actor
) -> Office:
    """The absence at a place (counted from 1) lasts until a day, or, without one, is taken off the list."""
    one, asked = _held(connection, office)
    before = _at(one.absent, place)
    after = (replace(before, until=until),) if until else ()
    absent = (*one.absent[: place - 1], *after, *one.absent[place:])
    details = [("ended", _absence_words(before)), *_until(until), *_why(asked, why)]
    return _write(connection, replace(one, absent=absent), asked, details, now, by)


def set_address(
    connection: Connection, office: str, role: str, email: str | None, phone: str | None, now: datetime, by: Actor
) -> Office:
    """Where messages to a seat go, or (`office`) to the office as a whole. None leaves one of the two as it is; an empty one
    is taken away."""
    one, asked = _held(connection, office)
    if role not in ROLES and role != WHOLE_OFFICE:
        raise Incomplete(asked, say("{role!r} is not a role; an address is of one of {roles}", role=role,
                                    roles=[WHOLE_OFFICE, *ROLES]))  # fmt: skip
    if email is None and phone is None:
        raise Incomplete(asked, say("give an e-mail address or a telephone number"))
    emails, phones = dict(one.email), dict(one.phone)
    details = [("seat", role)]
    for held, given, called in ((emails, email, "email"), (phones, phone, "phone")):
        if given is None or held.get(role, "") == given.strip():
            continue
        held.pop(role, None)
        if given.strip():
            held[role] = given.strip()
        details.append((called, given.strip() or "-"))
    if len(details) == 1:
        raise Conflict(asked, say("it is so already"))
    return _write(connection, replace(one, email=emails, phone=phones), asked, details, now, by)


def _held(connection: Connection, office: str) -> tuple[Office, Text]:
    """The office, and the directory with it: who changes it comes one after the other."""
    directory.hold(connection)
    return directory.read_offices(connection).get(office), say("change office {id}", id=office)


def _write(
    connection: Connection, changed: Office, asked: Text, details: list[tuple[str, str]], now: datetime, by: Actor
) -> Office:
    checked = with_changed(directory.read_offices(connection), changed, asked)
    directory.change_office(connection, checked)
    record(connection, "changed", f"office {checked.id}", now, by, details)
    return checked


def _at(found: tuple[T, ...], place: int) -> T:
    if not 1 <= place <= len(found):
        said = say("{place} is no place on that list, which has {count}; see: cascade office show",
                   place=place, count=len(found))  # fmt: skip
        raise NotFound(said)
    return found[place - 1]


def _check_role(asked: Text, role: str) -> None:
    if role not in ROLES:
        raise Incomplete(asked, say("{role!r} is no role of a seat; there is {known}", role=role, known=list(ROLES)))


def _check_words(asked: Text, *words: str) -> None:
    if not all(one.strip() and len(one) <= _WORDS_MAX and is_text(one) for one in words):
        raise Incomplete(asked, say("a text of at most {most} characters, and no control characters, is wanted",
                                    most=_WORDS_MAX))  # fmt: skip


def _why(asked: Text, why: str) -> list[tuple[str, str]]:
    if not why.strip():
        return []
    _check_words(asked, why)
    return [("why", why.strip())]


def _until(until: date | None) -> list[tuple[str, str]]:
    return [("until", until.isoformat())] if until else []


def _deputy_words(one: Deputy) -> str:
    """A deputy as the record keeps it: the same in every language."""
    only = f" [{', '.join(one.actions)}]" if one.actions else ""
    return f"{one.role}: {one.deputy} {_span(one)}{only}"


def _absence_words(one: Absence) -> str:
    return f"{one.role} {_span(one)}"


def _span(one: Deputy | Absence) -> str:
    return f"{one.since}..{one.until or ''}"
