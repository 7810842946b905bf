"""Messages that were given up, or fail, tried once more with the next round, under the id they had."""

from datetime import datetime

from sqlalchemy import Connection

from engine.wording import moment_words
from storage import outbox, webhooks
from storage.outbox import Message
from storage.queries import messages
from workflows.errors import NotFound, Unmet
from workflows.text import say

RETRY_MAX = 10_000


def message_named(connection: Connection, id_: str) -> Message:
    """The message of an id. Raises NotFound."""
    key = messages.key_of(id_)
    found = messages.find(connection, key) if key else None
    if found is None:
        raise NotFound(say("No message {id!r}. See: cascade outbox list --state all", id=id_))
    return found


def resend(connection: Connection, id_: str, now: datetime) -> int:
    """Let one message be tried again. Raises NotFound, or Unmet where it was sent."""
    message = message_named(connection, id_)
    if message.sent_at and not message.dead_at:
        day = moment_words(message.sent_at)
        raise Unmet(say("send {id} again", id=message.id), say("it was sent on {day}", day=day))
    outbox.revive(connection, [(message.cascade_id, message.seq, message.place)], now)
    return 1


def resend_all(connection: Connection, now: datetime) -> tuple[int, int]:
    """Let everything that was given up be tried again: how many messages, and how many that webhooks wait for."""
    keys = messages.dead_keys(connection, RETRY_MAX)
    hooks = webhooks.revive(connection, now)
    outbox.revive(connection, keys, now)
    return len(keys), hooks
