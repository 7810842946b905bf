"""Webhooks: who subscribed to which messages, and the messages they still have to be told. Secrets are not kept here."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.outbox import CLAIM, ROWS, Message, pause_after
from storage.rows import RowMap
from workflows.light import light

_KEY = ("webhook", "cascade_id", "seq", "place")
_QUEUE = (*_KEY, "available_at", "attempts")


@light(frozen=True, slots=True)
class Webhook:
    """A subscription. An empty `offices` or `kinds` means all of them; an office is meant itself, not what is below it."""

    name: str
    url: str
    offices: tuple[str, ...]
    kinds: tuple[str, ...]
    created_at: datetime
    created_by: str

    def wants(self, message: Message) -> bool:
        return (not self.offices or message.office in self.offices) and (not self.kinds or message.kind in self.kinds)


@light(frozen=True, slots=True)
class Due:
    """A message that a webhook has to be told, and how often that was tried."""

    webhook: str
    message: Message
    attempts: int


_HOOKS = RowMap(Webhook, "webhook")


def listed(connection: Connection) -> list[Webhook]:
    rows = bulk.read(connection, f"{_HOOKS.select} ORDER BY name")
    return [_HOOKS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def add(connection: Connection, webhook: Webhook) -> None:
    bulk.insert(connection, "webhook", _HOOKS.columns, [_HOOKS.to_row(webhook, connection.dialect.name == "sqlite")])


def remove(connection: Connection, name: str) -> None:
    """It hears nothing more, of what waits for it neither. What it was told stays in the log."""
    bulk.write(connection, "DELETE FROM webhook_message WHERE webhook = ?", name)
    bulk.write(connection, "DELETE FROM webhook WHERE name = ?", name)


def fan_out(connection: Connection, messages: Iterable[Message], now: datetime) -> None:
    """Put messages into the queue of each webhook that wants them: with the mark of their first try, so that one that cannot
    be sent by e-mail is told there all the same."""
    hooks = listed(connection)
    if not hooks:
        return
    at = bulk.instant(connection, now)
    rows = [
        (hook.name, one.cascade_id, one.seq, one.place, at, 0) for one in messages for hook in hooks if hook.wants(one)
    ]
    if rows:
        marks = ", ".join([bulk.placeholder(connection)] * len(_QUEUE))
        sql = f"INSERT INTO webhook_message ({', '.join(_QUEUE)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        bulk.write_each(connection, sql, rows)


def claim(connection: Connection, now: datetime, limit: int) -> list[Due]:
    """Take up to `limit` messages that webhooks wait for, for as long as a claim lasts."""
    sqlite = connection.dialect.name == "sqlite"
    at = bulk.instant(connection, now)
    rows = bulk.read(
        connection,
        "SELECT webhook, cascade_id, seq, place, attempts FROM webhook_message WHERE dead_at IS NULL AND available_at <= ?"
        f" AND (claimed_until IS NULL OR claimed_until <= ?) ORDER BY available_at LIMIT {int(limit)}"
        f"{'' if sqlite else ' FOR UPDATE SKIP LOCKED'}",
        at,
        at,
    )
    until = bulk.instant(connection, now + CLAIM)
    bulk.update(connection, "webhook_message", _KEY, ["claimed_until"], [(until, *row[:4]) for row in rows])
    found = [_message(connection, *row[1:4]) for row in rows]
    taken = [Due(row[0], one, row[4]) for row, one in zip(rows, found, strict=True)]
    return sorted(taken, key=lambda one: (one.webhook, one.message.available_at, one.message.seq, one.message.place))


def _message(connection: Connection, cascade_id: str, seq: int, place: int) -> Message:
    select = f"{ROWS.select} WHERE cascade_id = ? AND seq = ? AND place = ?"
    [row] = bulk.read(connection, select, cascade_id, seq, place)
    return ROWS.from_row(row, connection.dialect.name == "sqlite")


def mark(connection: Connection, sent: Sequence[Due], failed: Sequence[tuple[Due, str, bool]], now: datetime) -> None:
    """What became of them: told, and gone from the queue; or failed, to be tried again or (True) given up."""
    for one in sent:
        bulk.write(connection, _WHERE.format("DELETE FROM webhook_message"), *_key_of(one))
    rows = []
    for one, error, dead in failed:
        later = bulk.instant(connection, now + pause_after(one.attempts))
        died = bulk.instant(connection, now) if dead else None
        rows.append((later, None, one.attempts + 1, error, died, *_key_of(one)))
    bulk.update(
        connection, "webhook_message", _KEY, ["available_at", "claimed_until", "attempts", "error", "dead_at"], rows
    )


def release(connection: Connection, left: Sequence[Due]) -> None:
    """Give back what was claimed and not tried."""
    bulk.update(connection, "webhook_message", _KEY, ["claimed_until"], [(None, *_key_of(one)) for one in left])


def revive(connection: Connection, now: datetime, name: str | None = None) -> int:
    """Let what was given up be tried once more, of one webhook or of all; how many these are."""
    where = "WHERE dead_at IS NOT NULL AND (webhook = ? OR ? = '')"
    [(count,)] = bulk.read(connection, f"SELECT count(*) FROM webhook_message {where}", name or "", name or "")
    at = bulk.instant(connection, now)
    sql = f"UPDATE webhook_message SET dead_at = NULL, claimed_until = NULL, available_at = ? {where}"
    bulk.write(connection, sql, at, name or "", name or "")
    return int(count)


_WHERE = "{} WHERE webhook = ? AND cascade_id = ? AND seq = ? AND place = ?"


def _key_of(one: Due) -> tuple[str, str, int, int]:
    return one.webhook, one.message.cascade_id, one.message.seq, one.message.place
