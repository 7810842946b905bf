"""Messages to be sent: written with the facts they come from, claimed and sent by delivery outside any transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import bulk
from storage.journal import Entry
from storage.tables import OutboxRow
from workflows.facts import Fact, told_of

_CLAIM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one seat. Its id is stable: a message that is sent twice says so by its id."""

    cascade_id: str
    seq: int
    place: int
    obligation: int | None
    kind: str
    office: str
    role: str
    letter_to: str | None
    body: str
    available_at: datetime
    claimed_until: datetime | None = None
    attempts: int = 0
    error: str | None = None
    sent_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"{self.cascade_id}-{self.seq}-{self.place}"


ROWS = bulk.RowMap(Message, OutboxRow)
_KEY = ("cascade_id", "seq", "place")


def add(connection: Connection, facts: Sequence[Fact], made: Sequence[Entry]) -> int:
    """The messages that these facts' entries tell, one for each who is told. Returns how many."""
    sqlite = connection.dialect.name == "sqlite"
    rows = [
        ROWS.to_row(
            Message(entry.cascade_id, entry.seq, place, entry.obligation, entry.kind, one.office, one.role,
                    one.letter_to, entry.body, entry.recorded_at),
            sqlite,
        )
        for fact, entry in zip(facts, made, strict=True)
        for place, one in enumerate(told_of(fact), 1)
    ]  # fmt: skip
    bulk.insert(connection, "outbox", ROWS.columns, rows)
    return len(rows)


def claim(connection: Connection, now: datetime, limit: int) -> list[Message]:
    """Take up to `limit` messages that wait, for two minutes. Of one obligation only the oldest is taken: its messages
    are sent in order."""
    sqlite = connection.dialect.name == "sqlite"
    at = bulk.instant(connection, now)
    lock = "" if sqlite else " FOR UPDATE SKIP LOCKED"
    rows = bulk.read(
        connection,
        f"{ROWS.select} AS waiting WHERE sent_at IS NULL AND available_at <= ?"
        " AND (claimed_until IS NULL OR claimed_until <= ?)"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.cascade_id = waiting.cascade_id"
        " AND older.obligation = waiting.obligation AND older.sent_at IS NULL AND older.seq < waiting.seq)"
        f" ORDER BY available_at, cascade_id, seq, place LIMIT {limit}{lock}",
        at,
        at,
    )
    taken = [ROWS.from_row(row, sqlite) for row in rows]
    until = bulk.instant(connection, now + _CLAIM)
    bulk.update(
        connection, "outbox", _KEY, ["claimed_until"], [(until, one.cascade_id, one.seq, one.place) for one in taken]
    )
    return taken


def mark(connection: Connection, sent: Sequence[Message], failed: Sequence[tuple[Message, str]], now: datetime) -> None:
    """Record what became of claimed messages: sent, or to be tried again after a pause that doubles."""
    at = bulk.instant(connection, now)
    rows = [(at, message.attempts + 1, *_key_of(message)) for message in sent]
    bulk.update(connection, "outbox", _KEY, ["sent_at", "attempts"], rows)
    again = []
    for message, error in failed:
        later = now + min(timedelta(minutes=2 ** min(message.attempts, 10)), timedelta(hours=6))
        again.append((bulk.instant(connection, later), None, message.attempts + 1, error, *_key_of(message)))
    bulk.update(connection, "outbox", _KEY, ["available_at", "claimed_until", "attempts", "error"], again)


def _key_of(message: Message) -> tuple[str, int, int]:
    return message.cascade_id, message.seq, message.place
