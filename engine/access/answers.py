"""Idempotency-Key of the API: a request that comes again under its key is answered as before, and not done again."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.access.errors import StillCarriedOut
from engine.access.people import People
from storage import answers
from storage.answers import Answer
from workflows.errors import Conflict, Incomplete
from workflows.text import say

KEPT = timedelta(days=7)
_KEY_MAX = 200
_TRIES_AGAIN_AFTER = timedelta(minutes=2)  # a first request that was cut off gives its key free


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given before."""

    status: int
    body: str


class Answers:
    """Keeps answers by account and key. What is carried out has a command id of its own, which the key leads to: also
    where an answer was lost, nothing is done twice."""

    def __init__(self, people: People) -> None:
        self.people = people

    def begin(self, account: str, key: str, request: bytes) -> Given | None:
        """Take a key for a request (method, path and body as bytes). None: carry it out, then `keep` or `drop`.

        Raises Incomplete for a key that is none; Conflict where it was used for another request, or the first is still
        being carried out."""
        asked = say("use Idempotency-Key {key!r}", key=key[:80])
        if not key or len(key) > _KEY_MAX or not key.isascii() or not key.isprintable():
            raise Incomplete(asked, say("1 to {most} printable letters of ASCII are wanted", most=_KEY_MAX))
        now, digest = self.people.now(), hashlib.sha256(request).hexdigest()
        with self.people.database.transaction() as connection:
            answers.let_go(connection, now - KEPT)
            found = answers.begin(connection, account, key, digest, now)
            if found and found.digest == digest and _was_cut_off(found, now - _TRIES_AGAIN_AFTER):
                answers.drop(connection, account, key)
                found = answers.begin(connection, account, key, digest, now)
        if found is None:
            return None
        if found.digest != digest:
            raise Conflict(asked, say("it was used for another request"))
        if found.status is None:
            raise StillCarriedOut(
                asked, say("the first request under it is still being carried out"), [say("ask again shortly")]
            )
        return Given(found.status, found.body or "")

    def keep(self, account: str, key: str, status: int, body: str) -> None:
        """The answer to give from now on."""
        with self.people.database.transaction() as connection:
            answers.keep(connection, account, key, status, body)

    def drop(self, account: str, key: str) -> None:
        """The request failed for reasons that may pass: the key is free again."""
        with self.people.database.transaction() as connection:
            answers.drop(connection, account, key)


def _was_cut_off(found: Answer, before: datetime) -> bool:
    return found.status is None and found.created_at < before
