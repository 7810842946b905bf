"""Sessions of browsers: begun by a password, over by time, by signing out, or by what becomes of the account."""

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.access import noting, throttling
from engine.access.errors import SignInRefused
from engine.access.naming import SECRET_MAX, bounded, digest_of, folded, new_secret, typed_name
from engine.access.noting import Noting
from engine.access.passwords import Passwords, check_strength
from engine.access.people import People
from engine.access.person import Person
from storage import accounts, credentials, sign_ins
from storage.accounts import Account
from storage.credentials import Session
from storage.errors import Unavailable
from workflows.errors import Unmet
from workflows.text import say

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a session that is in use is written no oftener
_BUSY_SECONDS = 0.2  # no look waits longer to have its session seen


class Sessions:
    """Signs people in and out, and says who a browser is."""

    def __init__(self, people: People, passwords: Passwords | None = None, noting: Noting | None = None) -> None:
        self.people, self.passwords = people, passwords or Passwords()
        self.noting = noting or Noting(people.database, people.now)

    def sign_in(self, name: str, password: str, address: str) -> tuple[str, Person]:
        """The session's secret, and who it is. Raises SignInRefused: in the same words, after the same time, whether the
        name is unknown, the password wrong or the account disabled."""
        now, called, address = self.people.now(), folded(name), bounded(address)
        account = self._verified(called, typed_name(name), password, address, now)
        known = account.password or ""
        renewed = self.passwords.hashed(password) if self.passwords.outdated(known) else None
        with self.people.database.transaction() as connection:
            held = accounts.find(connection, called, hold=True)
            if held is None or held.disabled or held.password != account.password:
                raise SignInRefused  # it changed while the password was compared
            throttling.forgive(connection, called, address, now)
            sign_ins.let_attempts_go(connection, now - throttling.FORGOTTEN_AFTER)
            sign_ins.let_go(connection, now)
            if renewed:
                accounts.renew_hash(connection, called, known, renewed)
            noting.write(connection, now, "signed_in", called, address)
            secret = self._begun(connection, held, address, now)
            return secret, self.people.person(connection, held, "password")

    def person_of(self, secret: str, now: datetime | None = None) -> Person | None:
        """Who a browser is, or None where its session is over or never was. That it was seen is written once a minute."""
        if not secret or len(secret) > SECRET_MAX:
            return None
        now, digest = now or self.people.now(), digest_of(secret)
        with self.people.database.reading() as connection:
            found = credentials.find_session(connection, digest)
            account = accounts.find(connection, found.account) if found else None
            if found is None or account is None or not _is_good(found, account, now):
                return None
            person = self.people.person(connection, account, "password")
        if now - found.seen_at >= SEEN_EVERY:
            with suppress(Unavailable), self.people.database.transaction(_BUSY_SECONDS) as connection:
                credentials.see_session(connection, digest, now)
        return person

    def sign_out(self, secret: str, address: str = "") -> None:
        """End a session; one that is over already stays so."""
        with self.people.database.transaction() as connection:
            account = credentials.end_session(connection, digest_of(secret))
            if account is not None:
                noting.write(connection, self.people.now(), "signed_out", account, address)

    def change_password(self, secret: str, old: str, new: str, address: str = "") -> str:
        """Choose another password of one's own; every session ends, and the secret of a new one is returned.

        Raises SignInRefused for a wrong old one (counted like any try), WeakPassword, or Unmet where it is the same.
        """
        now, address = self.people.now(), bounded(address)
        person = self.person_of(secret, now)
        if person is None:
            raise SignInRefused
        check_strength(new, person.account, person.shown)
        account = self._verified(person.account, person.account, old, address, now)
        if self.passwords.matches(account.password, new):
            raise Unmet(say("use this password"), say("it is the one you have"))
        hashed = self.passwords.hashed(new)
        with self.people.database.transaction() as connection:
            held = accounts.find(connection, person.account, hold=True)
            if held is None or held.disabled or held.password != account.password:
                raise SignInRefused
            throttling.forgive(connection, person.account, address, now)
            accounts.set_password(connection, person.account, hashed)
            credentials.end_sessions(connection, person.account)
            noting.write(connection, now, "password_changed", person.account, address)
            changed = accounts.find(connection, person.account)
            assert changed is not None  # it is held
            return self._begun(connection, changed, address, now)

    def _verified(self, called: str, shown: str, password: str, address: str, now: datetime) -> Account:
        """The account whose password this is. A try is counted before it is looked at: many at once gain nothing."""
        with self.people.database.transaction() as connection:
            until = throttling.count_try(connection, called, address, now)
        if until is not None:
            self.noting.note("throttled", shown, address)
            raise SignInRefused(until)
        with self.people.database.reading() as connection:
            account = accounts.find(connection, called)
        try:
            matches = self.passwords.matches(account.password if account else None, password)
        except Unavailable:
            with self.people.database.transaction() as connection:
                throttling.take_back(connection, called, address, now)
            raise
        if account is not None and matches and not account.disabled:
            return account
        with self.people.database.transaction() as connection:
            noting.write(connection, now, _why(account), shown, address)
        raise SignInRefused

    def _begun(self, connection: Connection, account: Account, address: str, now: datetime) -> str:
        secret = new_secret()
        session = Session(digest_of(secret), account.name, account.epoch, address, now, now, now + ABSOLUTE)
        credentials.add_session(connection, session)
        return secret


def csrf_of(secret: str) -> str:
    """What a form of this session has to bring along: nobody derives it who does not have the session."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"cascade: forms", hashlib.sha256).hexdigest()


def csrf_holds(secret: str, given: str) -> bool:
    """Was the form one of this session's?"""
    return hmac.compare_digest(csrf_of(secret).encode(), given.encode("utf-8", "surrogatepass"))


def _is_good(session: Session, account: Account, now: datetime) -> bool:
    """Is a session still one, at this instant and as its account stands?"""
    if account.disabled or session.epoch != account.epoch:
        return False
    return now < session.ends_at and now - session.seen_at < IDLE


def _why(account: Account | None) -> str:
    if account is None:
        return "unknown"
    if account.disabled:
        return "disabled"
    return "wrong" if account.password else "no_password"
