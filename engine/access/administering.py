"""What an administrator does to accounts, each deed on the record of the administration; no secret ever is."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from engine.access import throttling
from engine.access.naming import checked_name, checked_shown, folded
from engine.access.person import WIDE_ROLES, Seat
from engine.deeds import record
from engine.language import LANGUAGES
from storage import accounts, credentials, directory
from storage.accounts import Account
from workflows.commands import Actor
from workflows.errors import Conflict, Incomplete, NotFound, Unmet
from workflows.offices import seat_of_text
from workflows.text import Text, say
from workflows.words import ROLES


def add_account(
    connection: Connection,
    name: str,
    shown: str,
    seats: Iterable[Seat],
    roles: Iterable[str],
    now: datetime,
    by: Actor,
    language: str = "vi",
    password: str | None = None,
    *,
    must_change: bool = False,
) -> Account:
    """A new account; `password` is a hash, or None until one is chosen by a link. Raises Incomplete, NotFound, Unmet or
    Conflict."""
    called = checked_name(name)
    asked = say("add account {name}", name=called)
    account = Account(called, checked_shown(shown), language, now, password, must_change)
    seats, roles = tuple(dict.fromkeys(seats)), tuple(dict.fromkeys(roles))
    _check_language(asked, language)
    directory.hold(connection)
    for seat in seats:
        _check_seat(connection, asked, seat)
    for role in roles:
        _check_role(asked, role)
    if accounts.find(connection, called):
        raise Conflict(asked, say("there is one of that name; see: cascade account show {name}", name=called))
    accounts.add(connection, account, seats, roles)
    details = [("shown", account.shown), *(("seat", "/".join(one)) for one in seats), *(("role", one) for one in roles)]
    record(connection, "created", f"account {called}", now, by, details)
    return account


def get(connection: Connection, name: str) -> Account:
    """The account of a name, held. Raises NotFound."""
    found = accounts.find(connection, folded(name), hold=True)
    if found is None:
        raise NotFound(say("No account {name!r}. See: cascade account list", name=name))
    return found


def give_seat(connection: Connection, name: str, seat: Seat, now: datetime, by: Actor) -> None:
    """A seat more; sessions end, so that nobody goes on as what they were. Raises as add_account does."""
    account, asked = _held(connection, name), say("give a seat to {name}", name=name)
    _check_seat(connection, asked, seat)
    if not accounts.give_seat(connection, account.name, seat):
        raise Conflict(asked, say("it has {seat} already", seat="/".join(seat)))
    record(connection, "given", f"account {account.name}", now, by, [("seat", "/".join(seat))])


def take_seat(connection: Connection, name: str, seat: Seat, now: datetime, by: Actor) -> None:
    """A seat less. Raises NotFound, or Conflict where it has none such."""
    account = _held(connection, name)
    if not accounts.take_seat(connection, account.name, seat):
        raise _has_not(connection, account, "/".join(seat))
    record(connection, "taken", f"account {account.name}", now, by, [("seat", "/".join(seat))])


def give_role(connection: Connection, name: str, role: str, now: datetime, by: Actor) -> None:
    """A role of the whole installation more."""
    account, asked = _held(connection, name), say("give a role to {name}", name=name)
    _check_role(asked, role)
    if not accounts.give_role(connection, account.name, role):
        raise Conflict(asked, say("it has {seat} already", seat=role))
    record(connection, "given", f"account {account.name}", now, by, [("role", role)])


def take_role(connection: Connection, name: str, role: str, now: datetime, by: Actor) -> None:
    """A role less. Raises Unmet where nobody could administer any more."""
    account = _held(connection, name)
    if role not in accounts.roles_of(connection, account.name):
        raise _has_not(connection, account, role)
    if role == "admin" and not account.disabled:
        _check_another_admin(connection, say("take a role from {name}", name=account.name))
    accounts.take_role(connection, account.name, role)
    record(connection, "taken", f"account {account.name}", now, by, [("role", role)])


def disable(connection: Connection, name: str, why: str, now: datetime, by: Actor) -> None:
    """Nobody comes in by it any more: sessions end, tokens and links open nothing. Its name stays taken for good."""
    account = _held(connection, name)
    asked = say("disable {name}", name=account.name)
    if account.disabled:
        raise Conflict(asked, say("it is disabled already"))
    if "admin" in accounts.roles_of(connection, account.name):
        _check_another_admin(connection, asked)
    accounts.set_disabled(connection, account.name, now)
    credentials.end_sessions(connection, account.name)
    credentials.drop_links(connection, account.name)
    details = [("why", why.strip())] if why.strip() else []
    record(connection, "disabled", f"account {account.name}", now, by, details)


def enable(connection: Connection, name: str, now: datetime, by: Actor) -> None:
    """It may be used again, with the password and the tokens it had. Raises Conflict where it is in use."""
    account = _held(connection, name)
    if not account.disabled:
        raise Conflict(say("enable {name}", name=account.name), say("it is in use"))
    accounts.set_disabled(connection, account.name, None)
    record(connection, "enabled", f"account {account.name}", now, by)


def unlock(connection: Connection, name: str, now: datetime, by: Actor) -> None:
    """Listen to a name again after too many failures."""
    account = _held(connection, name)
    throttling.unlock(connection, account.name)
    record(connection, "unlocked", f"account {account.name}", now, by)


def set_password(
    connection: Connection, name: str, hashed: str, now: datetime, by: Actor, *, must_change: bool = False
) -> None:
    """A password that an administrator gives, as a hash; sessions end. `must_change`: its owner has to choose another."""
    account = _held(connection, name)
    accounts.set_password(connection, account.name, hashed, must_change=must_change)
    credentials.end_sessions(connection, account.name)
    credentials.drop_links(connection, account.name)
    throttling.unlock(connection, account.name)
    record(connection, "reset", f"account {account.name}", now, by, [("how", "password")])


def _held(connection: Connection, name: str) -> Account:
    """The account, and the directory with it: who changes accounts comes one after the other."""
    directory.hold(connection)
    return get(connection, name)


def _check_seat(connection: Connection, asked: Text, seat: Seat) -> None:
    office, role = seat
    if role not in ROLES:
        raise Incomplete(asked, say("{role!r} is no role of a seat; there is {known}", role=role, known=list(ROLES)))
    if directory.read_offices(connection).get(office).outside:
        because = say(
            "{office} is outside: it does not use this installation, and nobody signs in for it", office=office
        )
        raise Unmet(asked, because)


def _check_role(asked: Text, role: str) -> None:
    if role not in WIDE_ROLES:
        because = say("{role!r} is no role of the installation; there is {known}", role=role, known=list(WIDE_ROLES))
        raise Incomplete(asked, because)


def _check_language(asked: Text, language: str) -> None:
    if language not in LANGUAGES:
        raise Incomplete(
            asked, say("{asked!r} is not spoken here; there is {known}", asked=language, known=list(LANGUAGES))
        )


def _check_another_admin(connection: Connection, asked: Text) -> None:
    if accounts.admins(connection) == 1:
        raise Unmet(asked, say("nobody could administer any more; make another one admin first"))


def _has_not(connection: Connection, account: Account, what: str) -> Conflict:
    held = ["/".join(one) for one in accounts.seats_of(connection, account.name)]
    held += sorted(accounts.roles_of(connection, account.name))
    return Conflict(
        say("take {what} from {name}", what=what, name=account.name),
        say("it does not have it; it has {held}", held=held or say("nothing")),
    )


def seat_named(text: str) -> Seat:
    """`vp/leader` as a seat. Raises Incomplete."""
    found = seat_of_text(text.strip())
    if found is None or not all(found):
        raise Incomplete(say("name a seat"), say("{text!r} is not OFFICE/ROLE, such as vp/clerk", text=text))
    return found
