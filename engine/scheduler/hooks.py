"""The round of webhooks: what waits for each is sent and marked. One that is away keeps no other waiting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from loguru import logger

from engine.clock import Clock, real_now, stopwatch
from engine.execute import Told
from engine.notify.parcels import Parcel
from engine.notify.secrets import Secrets
from engine.notify.webhooks import Declined, Sender, payload
from storage import attempts, outbox, webhooks
from storage.attempts import AWAY, FAILED, SENT, Attempt
from storage.database import Database
from storage.errors import Unavailable
from storage.queries.subjects import About, read_about
from storage.webhooks import Due
from workflows.errors import CascadeError

_CLAIM_MAX = 100
_SENDING_SECONDS = 30  # of a claim, which lasts two minutes: the other rounds come in between


@dataclass(frozen=True, slots=True)
class _Tried:
    due: Due
    outcome: str
    answer: str | None


class HookRound:
    """Tells webhooks: at least once, each message under an id that never changes."""

    def __init__(self, database: Database, clock: Clock, sender: Sender, secrets: Secrets | None, node: str) -> None:
        self._database, self._clock, self._sender, self._secrets, self._node = database, clock, sender, secrets, node

    def run(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> int:
        """One claim's worth; what is left comes with the next beat. How many were told."""
        due, hooks, abouts = self._database.insist(self._claim)
        if not due:
            return 0
        tried = self._send(due, hooks, abouts, stopped)
        self._database.insist(partial(self._mark, due, tried))
        sent = sum(one.outcome == SENT for one in tried)
        failed = [one for one in tried if one.outcome != SENT]
        if failed:
            logger.bind(failed=len(failed), webhook=failed[0].due.webhook, because=failed[0].answer).error(
                "webhook_failed"
            )
        told(len(tried))
        return sent

    def _claim(self) -> tuple[list[Due], dict[str, str], dict[tuple[str, int], About]]:
        with self._database.reading() as connection:  # nearly always nothing waits: no write lock for that
            if not webhooks.listed(connection):
                return [], {}, {}
        with self._database.transaction() as connection:
            due = webhooks.claim(connection, self._clock.now(), _CLAIM_MAX)
            hooks = {one.name: one.url for one in webhooks.listed(connection)}
            wanted = [(one.message.cascade_id, one.message.obligation) for one in due]
            return due, hooks, read_about(connection, wanted)

    def _send(
        self,
        due: Sequence[Due],
        urls: dict[str, str],
        abouts: dict[tuple[str, int], About],
        stopped: Callable[[], bool],
    ) -> list[_Tried]:
        began, away = stopwatch(), dict[str, str]()
        tried = []
        for one in due:
            if stopwatch() - began > _SENDING_SECONDS or stopped():
                break
            if one.webhook in away:
                tried.append(_Tried(one, AWAY, away[one.webhook]))
                continue
            about = abouts.get((one.message.cascade_id, one.message.obligation or 0))
            found = self._tell(one, urls.get(one.webhook, ""), about)
            if found.outcome == AWAY:
                away[one.webhook] = found.answer or ""
            tried.append(found)
        return tried

    def _tell(self, one: Due, url: str, about: About | None) -> _Tried:
        try:
            if self._secrets is None:
                return _Tried(one, AWAY, "CASCADE_SECRETS names no folder")
            secret = self._secrets.of_webhook(one.webhook)
            body = payload(Parcel(one.message, about), one.message.available_at)
            # Whoever checks a signature compares its time with the clock on the wall, also where ours is simulated.
            said = self._sender.send(url, secret, one.message.id, body, real_now(self._clock))
        except Unavailable as error:
            return _Tried(one, AWAY, str(error))
        except (Declined, CascadeError) as error:
            return _Tried(one, FAILED, str(error))
        except OSError as error:
            return _Tried(one, AWAY, f"{type(error).__name__}: {error}")
        return _Tried(one, SENT, said)

    def _mark(self, due: Sequence[Due], tried: Sequence[_Tried]) -> None:
        now = self._clock.now()
        with self._database.transaction() as connection:
            failed = [
                (one.due, attempts.bounded(one.answer) or "-", one.due.attempts + 1 >= outbox.TRIES_MAX)
                for one in tried
                if one.outcome != SENT
            ]
            webhooks.mark(connection, [one.due for one in tried if one.outcome == SENT], failed, now)
            webhooks.release(connection, due[len(tried) :])
            attempts.add(connection, [self._attempt(one, now) for one in tried])

    def _attempt(self, one: _Tried, now: datetime) -> Attempt:
        key = one.due.message.cascade_id, one.due.message.seq, one.due.message.place
        channel, number = f"webhook:{one.due.webhook}", one.due.attempts + 1
        return Attempt(*key, channel, number, self._node, now, one.outcome, attempts.bounded(one.answer))
