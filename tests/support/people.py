"""People for tests: a gate whose time is moved by hand and whose hashes cost nothing, and accounts to come in by."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher

from engine.access import administering
from engine.access.errors import SignInRefused
from engine.access.gate import Gate
from engine.access.passwords import Passwords
from engine.access.person import Seat
from engine.deeds import INSTALLER
from engine.runtime import Runtime
from storage import bulk, directory, sign_ins
from storage.sign_ins import SignIn
from storage.verification import verify
from workflows.commands import Actor

HERE = "10.0.0.7"
ADMIN = Actor("-", "admin", "password", "Quản Trị")
PASSWORD = "một mật khẩu thật dài"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Door:
    """A gate at a time of its own."""

    def __init__(self, runtime: Runtime, passwords: Passwords | None = None) -> None:
        self.runtime, self.now = runtime, MORNING
        self.gate = Gate(runtime.database, runtime.clock, lambda: self.now, passwords or Passwords(CHEAP))
        self.sessions, self.tokens, self.links = self.gate.sessions, self.gate.tokens, self.gate.links

    def later(self, **length: float) -> "Door":
        self.now += timedelta(**length)
        return self

    def account(
        self, name: str, *seats: str, roles: tuple[str, ...] = (), password: str | None = PASSWORD, must: bool = False
    ) -> str:
        """An account with a password, at `unit-1/leader` and so on."""
        hashed = self.gate.passwords.hashed(password) if password else None
        held: list[Seat] = [administering.seat_named(one) for one in seats]
        with self.runtime.database.transaction() as connection:
            administering.add_account(
                connection, name, f"{name.title()} Person", held, roles, self.runtime.now(), INSTALLER, "vi", hashed,
                must_change=must,
            )  # fmt: skip
        return name

    def comes_in(self, name: str, password: str = PASSWORD) -> str:
        """Sign in; the session's secret."""
        return self.sessions.sign_in(name, password, HERE)[0]

    def noted(self, account: str = "") -> list[SignIn]:
        """What is on the record of sign-ins, oldest first."""
        self.gate.noting.flush()
        with self.runtime.database.reading() as connection:
            return sign_ins.listed(connection, 1000, account=account)[::-1]


def refused(door: Door, name: str, password: str, address: str = HERE) -> SignInRefused:
    """What whoever signs in so is told."""
    with pytest.raises(SignInRefused) as found:
        door.sessions.sign_in(name, password, address)
    return found.value


def deeds(door: Door) -> list[tuple[str, str, dict[str, str]]]:
    """What the administration's chain says of accounts since the two of the fixture."""
    with door.runtime.database.reading() as connection:
        verdict = verify(connection)
        rows = bulk.read(connection, "SELECT body FROM journal WHERE cascade_id = 'administration' ORDER BY seq")
    assert verdict.verified
    facts = [orjson.loads(row[0])["fact"] for row in rows]
    found = [
        (one["what"], one["subject"], dict(one.get("details", ())))
        for one in facts
        if one["subject"].startswith(("account", "token"))
    ]
    return found[2:]


def do(door: Door, what: Any, *values: Any, **more: Any) -> Any:
    """One deed in a transaction of its own."""
    with door.runtime.database.transaction() as connection:
        return what(connection, *values, door.runtime.now(), ADMIN, **more)


def use_everything(runtime: Runtime) -> None:
    """Leave a row in every table of who is who."""
    door = Door(runtime)
    door.account("chi", roles=("admin",))
    with runtime.database.reading() as connection:
        offices = [one.id for one in directory.read_offices(connection) if not one.outside]
    door.account("an", f"{offices[0]}/clerk")
    with suppress(SignInRefused):
        door.comes_in("nobody")
    door.comes_in("chi")
    door.tokens.make("chi", "reports")
    door.links.for_password("chi", INSTALLER)
    door.gate.answers.begin("chi", "one", b"POST /")
