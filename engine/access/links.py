"""Links that are good once: the first one, that sets an installation up, and those by which a password is chosen."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from engine.access import administering, noting, throttling
from engine.access.errors import LinkRefused
from engine.access.naming import SECRET_MAX, bounded, checked_name, digest_of, new_secret
from engine.access.noting import Noting
from engine.access.passwords import Passwords, check_strength
from engine.access.people import People
from engine.deeds import INSTALLER, record
from storage import accounts, credentials, directory
from storage.accounts import Account
from storage.credentials import Link
from workflows.commands import Actor
from workflows.errors import Unmet
from workflows.text import say

SETUP, PASSWORD = "setup", "password"
GOOD_FOR = timedelta(hours=24)


def path_of(secret: str) -> str:
    """Where a link leads, below the address of the installation."""
    return f"/link/{secret}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link is good for: setup, or the password of an account."""

    purpose: str
    account: str | None = None
    shown: str | None = None


class Links:
    """Makes links and carries out what they are good for."""

    def __init__(self, people: People, passwords: Passwords | None = None, noting: Noting | None = None) -> None:
        self.people, self.passwords = people, passwords or Passwords()
        self.noting = noting or Noting(people.database, people.now)

    def setup(self) -> str | None:
        """The secret of a link to make the first account, an admin's; None where there is an account already."""
        with self.people.database.transaction() as connection:
            if accounts.any_there(connection):
                return None
            return self._made(connection, SETUP, None)

    def for_password(self, name: str, by: Actor) -> str:
        """The secret of a link by which an account chooses a password. The one it has is good until then.

        On the record; raises NotFound, or Unmet where the account is disabled."""
        with self.people.database.transaction() as connection:
            return self.in_hand(connection, name, by)

    def in_hand(self, connection: Connection, name: str, by: Actor) -> str:
        """The same in a transaction that is under way, such as the one that adds the account."""
        directory.hold(connection)
        account = administering.get(connection, name)
        if account.disabled:
            because = say("it is disabled; cascade account enable {name}", name=account.name)
            raise Unmet(say("make a link for {name}", name=account.name), because)
        secret = self._made(connection, PASSWORD, account.name)
        record(connection, "reset", f"account {account.name}", self.people.clock.now(), by, [("how", "link")])
        return secret

    def opened(self, secret: str) -> Opened | None:
        """What a link is good for, for the page that shows its form; None where it is good no more."""
        with self.people.database.reading() as connection:
            found = self._found(connection, secret)
            account = accounts.find(connection, found.account) if found and found.account else None
        if found is None:
            return None
        return Opened(found.purpose, found.account, account.shown if account else None)

    def set_up(
        self, secret: str, name: str, shown: str, password: str, address: str = "", language: str = "vi"
    ) -> Account:
        """Make the first account, an admin's. Raises LinkRefused, WeakPassword or Incomplete; of two at once one wins."""
        called = checked_name(name)
        check_strength(password, called, shown)
        self._check(secret, SETUP, address)
        hashed = self.passwords.hashed(password)
        with self.people.database.transaction() as connection:
            directory.hold(connection)
            if accounts.any_there(connection) or not self._used(connection, secret):
                raise LinkRefused
            now = self.people.clock.now()
            made = administering.add_account(
                connection, called, shown, (), ("admin",), now, INSTALLER, language, hashed
            )  # fmt: skip
            noting.write(connection, self.people.now(), "link_used", called, address, SETUP)
            return made

    def choose_password(self, secret: str, password: str, address: str = "") -> Account:
        """Choose the password of the link's account; its sessions end. Raises LinkRefused or WeakPassword, after which the
        link is still good."""
        found = self._check(secret, PASSWORD, address)
        with self.people.database.reading() as connection:
            account = accounts.find(connection, found.account or "")
        if account is None or account.disabled:
            raise LinkRefused
        check_strength(password, account.name, account.shown)
        hashed = self.passwords.hashed(password)
        with self.people.database.transaction() as connection:
            held = accounts.find(connection, account.name, hold=True)
            if held is None or held.disabled or not self._used(connection, secret):
                raise LinkRefused
            accounts.set_password(connection, account.name, hashed)
            credentials.end_sessions(connection, account.name)
            throttling.unlock(connection, account.name)
            noting.write(connection, self.people.now(), "link_used", account.name, address, PASSWORD)
            return held

    def _made(self, connection: Connection, purpose: str, account: str | None) -> str:
        secret, now = new_secret(), self.people.now()
        credentials.add_link(connection, Link(digest_of(secret), purpose, account, now, now + GOOD_FOR))
        return secret

    def _found(self, connection: Connection, secret: str) -> Link | None:
        found = credentials.find_link(connection, digest_of(secret)) if 0 < len(secret) <= SECRET_MAX else None
        if found is None or not found.good(self.people.now()):
            return None
        return None if found.purpose == SETUP and accounts.any_there(connection) else found

    def _check(self, secret: str, purpose: str, address: str) -> Link:
        with self.people.database.reading() as connection:
            found = self._found(connection, secret)
        if found is None or found.purpose != purpose:
            self.noting.note("link_refused", "-", bounded(address))
            raise LinkRefused
        return found

    def _used(self, connection: Connection, secret: str) -> bool:
        return credentials.use_link(connection, digest_of(secret), self.people.now())
