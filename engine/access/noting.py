"""Sign-ins and denials on the record of their own: what counts is written at once, what a flood could bring in batches."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.access.naming import bounded
from storage import sign_ins
from storage.at_the_door import CAME_IN
from storage.database import Database
from storage.errors import Unavailable
from storage.sign_ins import SignIn
from workflows.text import Text, say

WHAT: Mapping[str, Text] = {
    "signed_in": say("signed in"),
    "signed_out": say("signed out"),
    "password_changed": say("changed the password"),
    "link_used": say("chose a password by a link"),
    "token_made": say("made a token"),
    "token_revoked": say("revoked a token"),
    "wrong": say("turned away: wrong password"),
    "unknown": say("turned away: no such account"),
    "disabled": say("turned away: disabled"),
    "no_password": say("turned away: no password chosen yet"),
    "throttled": say("turned away: too many tries"),
    "token_refused": say("turned away: a token that is not good"),
    "link_refused": say("turned away: a link that is not good"),
    "denied": say("asked for what the account may not do"),
    "dropped": say("so many more were turned away and not noted one by one"),
}
TURNED_AWAY = tuple(what for what in WHAT if what not in CAME_IN)
_BATCH, _BUFFER_MAX = 100, 1000
_PATIENCE = timedelta(seconds=5)  # for which what was noted may wait for more
_BUSY_SECONDS = 0.2  # no request waits longer for a database that others write
_DETAIL_MAX = 200


class Noting:
    """Collects denials and writes them in batches; a service calls `flush` as it beats, and when it ends."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._lock = threading.Lock()
        self._waiting: list[SignIn] = []
        self._dropped = 0
        self._not_before: datetime | None = None

    def note(self, what: str, account: str, address: str, detail: str | None = None) -> None:
        """Keep a denial until there is a batch of them, or five seconds have passed."""
        now = self._now()
        made = entry(now, what, account, address, detail)
        with self._lock:
            if len(self._waiting) < _BUFFER_MAX:
                self._waiting.append(made)
            else:
                self._dropped += 1
            due = len(self._waiting) >= _BATCH or now - self._waiting[0].at >= _PATIENCE
            due = due and (self._not_before is None or now >= self._not_before)
        if due:
            self.flush()

    def flush(self) -> None:
        """Write what waits; where the database is away or busy it waits on."""
        with self._lock:
            taken, dropped = self._waiting, self._dropped
            self._waiting, self._dropped = [], 0
        if not taken:
            return
        more = [entry(self._now(), "dropped", "-", "-", str(dropped))] if dropped else []
        try:
            with self._database.transaction(_BUSY_SECONDS) as connection:
                sign_ins.add(connection, [*taken, *more])
        except Unavailable:
            with self._lock:
                self._not_before = self._now() + _PATIENCE
                kept = [*taken, *self._waiting]
                self._dropped += dropped + max(0, len(kept) - _BUFFER_MAX)
                self._waiting = kept[:_BUFFER_MAX]


def entry(now: datetime, what: str, account: str, address: str, detail: str | None = None) -> SignIn:
    """A row; what strangers typed is bounded."""
    assert what in WHAT, what
    return SignIn(
        now, bounded(account), bounded(address), what, None if detail is None else bounded(detail, _DETAIL_MAX)
    )


def write(
    connection: Connection, now: datetime, what: str, account: str, address: str, detail: str | None = None
) -> None:
    """Write one at once, in a transaction that is under way."""
    sign_ins.add(connection, [entry(now, what, account, address, detail)])
