"""Personal tokens: a program's key to one account, shown once, narrower than the account, and good until a day."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.access import noting
from engine.access.naming import SECRET_MAX, bounded, digest_of, new_secret
from engine.access.noting import Noting
from engine.access.people import People
from engine.access.person import Person
from engine.access.rules import SCOPES
from engine.deeds import record
from storage import accounts, credentials
from storage.credentials import Token
from storage.errors import Unavailable
from workflows.commands import Actor
from workflows.errors import Incomplete, NotFound, Unmet
from workflows.fields import is_text
from workflows.text import say

PREFIX = "cas_"  # by which a token that was committed or mailed somewhere is found
GOOD_MAX = timedelta(days=400)
_GOOD = timedelta(days=90)
_EACH_MAX = 20  # good tokens of one account
_NAME_MAX = 80
_SEEN_EVERY = timedelta(minutes=1)
_BUSY_SECONDS = 0.2


class Tokens:
    """Makes, knows and revokes tokens."""

    def __init__(self, people: People, noting: Noting | None = None) -> None:
        self.people = people
        self.noting = noting or Noting(people.database, people.now)

    def make(
        self, account: str, name: str, scope: str = "read", good_for: timedelta = _GOOD, by: Actor | None = None
    ) -> tuple[str, Token]:
        """A new token and, for this once, its secret. `by` is the administrator who makes it for somebody, on the record;
        None: its owner. Raises Incomplete, NotFound or Unmet."""
        asked, now, called = say("make a token"), self.people.now(), " ".join(name.split())
        if scope not in SCOPES:
            raise Incomplete(asked, say("scope {scope!r} is none of {known}", scope=scope, known=list(SCOPES)))
        if not called or len(called) > _NAME_MAX or not is_text(called):
            raise Incomplete(
                asked, say("it wants a name that says what it is for, of 1 to {most} letters", most=_NAME_MAX)
            )
        if not timedelta(0) < good_for <= GOOD_MAX:
            raise Incomplete(asked, say("it may be good for 1 to {most} days", most=GOOD_MAX.days))
        secret = new_secret(PREFIX)
        made = Token(new_id(secret), digest_of(secret), account, called, scope, now, now + good_for)
        with self.people.database.transaction() as connection:
            held = accounts.find(connection, account, hold=True)
            if held is None or held.disabled:
                raise NotFound(say("No account {name!r} is in use here. See: cascade account list", name=account))
            good = [one for one in credentials.tokens(connection, account) if one.good(now)]
            if any(one.name == called for one in good):
                raise Unmet(asked, say("there is one of that name; revoke it first, or choose another"))
            if len(good) >= _EACH_MAX:
                raise Unmet(
                    asked, say("{account} has {count} already; revoke one first", account=account, count=len(good))
                )
            credentials.add_token(connection, made)
            details = [("token", made.id), ("called", called), ("scope", scope)]
            self._put_down(connection, "token_made", made, by, ("added", details))
        return secret, made

    def person_of(self, secret: str, address: str = "", now: datetime | None = None) -> Person | None:
        """Whose program shows this token, or None where it is not good: unknown, expired, revoked, its account disabled."""
        now = now or self.people.now()
        if not secret.startswith(PREFIX) or len(secret) > SECRET_MAX:
            self._refused(None, address)
            return None
        with self.people.database.reading() as connection:
            found = credentials.find_token(connection, digest_of(secret))
            account = accounts.find(connection, found.account) if found else None
            if found is None or account is None or account.disabled or not found.good(now):
                self._refused(found, address)
                return None
            person = self.people.person(connection, account, "token", SCOPES[found.scope])
        if found.used_at is None or now - found.used_at >= _SEEN_EVERY:
            with suppress(Unavailable), self.people.database.transaction(_BUSY_SECONDS) as connection:
                credentials.use_token(connection, found.id, now)
        return person

    def listed(self, account: str = "") -> list[Token]:
        """The tokens of an account, or of all; revoked and expired ones too."""
        with self.people.database.reading() as connection:
            return credentials.tokens(connection, account)

    def revoke(self, token_id: str, account: str | None = None, by: Actor | None = None) -> Token:
        """Revoke a token by its id: an owner's own (`account`), or anybody's by an administrator (`by`), on the record.

        Raises NotFound, or Unmet where it was revoked before."""
        with self.people.database.transaction() as connection:
            found = next((one for one in credentials.tokens(connection, account or "") if one.id == token_id), None)
            if found is None:
                raise NotFound(say("No token {id!r} here. See: cascade account token list", id=token_id))
            if not credentials.revoke_token(connection, token_id, self.people.now()):
                raise Unmet(say("revoke token {id}", id=token_id), say("it was revoked before"))
            details = [("token", found.id), ("called", found.name)]
            self._put_down(connection, "token_revoked", found, by, ("revoked", details))
        return found

    def _put_down(
        self, connection: Connection, what: str, token: Token, by: Actor | None, deed: tuple[str, list[tuple[str, str]]]
    ) -> None:
        """An owner's own goes to the sign-ins; what an administrator does for another goes on the record."""
        if by is None:
            noting.write(connection, self.people.now(), what, token.account, "-", token.name)
        else:
            word, details = deed
            record(connection, word, f"token of {token.account}", self.people.clock.now(), by, details)

    def _refused(self, found: Token | None, address: str) -> None:
        self.noting.note(
            "token_refused", found.account if found else "-", bounded(address), found.id if found else None
        )


def new_id(secret: str) -> str:
    """What a token is called by: it follows from the secret, and does not lead back to it."""
    return digest_of(f"id {secret}")[:10]
