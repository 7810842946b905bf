"""Are the accounts, their seats and roles, and whether they are disabled, what the administration's chain says?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage import accounts, journal
from storage.accounts import Account
from workflows.directive import ADMINISTRATION
from workflows.facts import Administered
from workflows.text import say

_PAGE = 1000


@dataclass(slots=True)
class _Recorded:
    """An account as its entries give it."""

    shown: str
    created_at: datetime
    seats: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    disabled_at: datetime | None = None


def altered(connection: Connection) -> Iterator[str]:
    """One sentence for each account that was changed, made or taken away past the journal.

    A password and a language are their owner's and on no record, so nobody can say whether they are what they were.
    """
    try:
        yield from _altered(connection)
    except (ValueError, TypeError, AttributeError) as error:  # SQLite keeps anything in any column
        yield say("a stored value cannot be read: {error}", error=error)


def _altered(connection: Connection) -> Iterator[str]:
    recorded = _recorded(connection)
    seats, roles = accounts.held(connection)
    there: set[str] = set()
    after = ""
    while page := accounts.listed(connection, _PAGE, after):
        for one in page:
            there.add(one.name)
            given = recorded.get(one.name)
            if given is None:
                yield say("account {name} is on no record", name=one.name)
                continue
            held = {f"{office}/{role}" for office, role in seats.get(one.name, ())}
            yield from _differences(one, given, held, set(roles.get(one.name, ())))
        after = page[-1].name
    for name in sorted(recorded.keys() - there):
        yield say("account {name} is on the record, and gone", name=name)
    for name in sorted((seats.keys() | roles.keys()) - there):
        yield say("seats or roles are held by {name}, which is no account", name=name)


def _differences(one: Account, given: _Recorded, seats: set[str], roles: set[str]) -> Iterator[str]:
    for extra in sorted((seats - given.seats) | (roles - given.roles)):
        yield say("account {name} holds {what}, which nobody gave it", name=one.name, what=extra)
    for missing in sorted((given.seats - seats) | (given.roles - roles)):
        yield say("account {name} was given {what}, and does not hold it", name=one.name, what=missing)
    if (one.disabled_at is None) != (given.disabled_at is None):
        yield (
            say("account {name} is disabled, which nobody did", name=one.name)
            if one.disabled_at
            else say("account {name} was disabled, and is in use", name=one.name)
        )
    elif one.disabled_at != given.disabled_at:
        yield say("account {name} was disabled at another moment than is stored", name=one.name)
    if one.shown != given.shown:
        yield say("account {name} is shown as {stored}, and was made as {given}", name=one.name, stored=one.shown,
                  given=given.shown)  # fmt: skip
    if one.created_at != given.created_at:
        yield say("account {name} was made at another moment than is stored", name=one.name)


def _recorded(connection: Connection) -> dict[str, _Recorded]:
    found: dict[str, _Recorded] = {}
    for entry in journal.readable(connection, ADMINISTRATION):
        try:
            fact = entry.fact
        except (KeyError, ValueError, TypeError, AttributeError):
            continue  # the chain's own verification names it
        if not isinstance(fact, Administered):
            continue
        kind, _, name = fact.subject.partition(" ")
        if kind == "account":
            _follow(found, name, fact, entry.recorded_at)
    return found


def _follow(found: dict[str, _Recorded], name: str, fact: Administered, at: datetime) -> None:
    given = {kind: {value for key, value in fact.details if key == kind} for kind in ("seat", "role")}
    if fact.what == "created":
        shown = dict(fact.details).get("shown", "")
        found[name] = _Recorded(shown, at, given["seat"], given["role"])
        return
    one = found.get(name)
    if one is None:
        return
    if fact.what == "given":
        one.seats |= given["seat"]
        one.roles |= given["role"]
    elif fact.what == "taken":
        one.seats -= given["seat"]
        one.roles -= given["role"]
    elif fact.what == "disabled":
        one.disabled_at = at
    elif fact.what == "enabled":
        one.disabled_at = None
