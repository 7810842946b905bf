"""Messages to be sent: written with the facts they come from, claimed and sent by delivery outside any transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from storage import bulk
from storage.journal import Entry
from storage.rows import RowMap
from workflows.facts import Fact, carries, from_data, tell_at, told_of
from workflows.light import light
from workflows.offices import Addressee

TRIES_MAX = 16  # over two days: 1, 2, 4 minutes and so on, then every six hours
PAUSE_MAX = timedelta(hours=6)
COMMAND = "command"  # the role of a message that carries a command to other cascades
CLAIM = timedelta(minutes=2)
# For this transaction: of a table that was filled a moment ago PostgreSQL knows too little to walk the index in its order, and
# would sort all that waits for the sake of a few.
_IN_ORDER = "SELECT " + ", ".join(
    f"set_config('enable_{way}', 'off', true)" for way in ("sort", "bitmapscan", "seqscan")
)
# The oldest message to a seat that was not sent. A subquery with an aggregate is asked for each row, whatever the planner
# believes of a table that was filled a moment ago.
_OLDEST = (
    "SELECT min(line.seq) FROM outbox AS line WHERE line.cascade_id = waiting.cascade_id AND line.office = waiting.office"
    " AND line.role = waiting.role AND line.sent_at IS NULL"
    " AND coalesce(line.letter_to, '') = coalesce(waiting.letter_to, '')"
    " AND coalesce(line.deputy, '') = coalesce(waiting.deputy, '')"
)


@light(frozen=True, slots=True)
class Message:
    """One message to one seat, or to its deputy. Its id is stable: a message that is sent twice says so by its id."""

    cascade_id: str
    seq: int
    place: int
    obligation: int | None
    kind: str
    office: str
    role: str
    letter_to: str | None
    deputy: str | None
    body: str
    available_at: datetime
    claimed_until: datetime | None = None
    attempts: int = 0
    error: str | None = None
    sent_at: datetime | None = None
    dead_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"{self.cascade_id}-{self.seq}-{self.place}"

    @property
    def is_command(self) -> bool:
        """Is it for another cascade, not for a person?"""
        return self.role == COMMAND

    @property
    def fact(self) -> Fact:
        data = orjson.loads(self.body)
        return from_data(data["kind"], data["fact"])


ROWS = RowMap(Message, "outbox", apart=["dead_at"])  # written when a message is given up, and read by screens alone
_KEY = ("cascade_id", "seq", "place")


def add(connection: Connection, facts: Sequence[Fact], made: Sequence[Entry]) -> int:
    """The messages of these facts' entries: one for each who is told, and one where other cascades have to know.

    Returns how many."""
    sqlite = connection.dialect.name == "sqlite"
    messages = (
        Message(entry.cascade_id, entry.seq, place, entry.obligation, entry.kind, one.office, one.role,
                one.letter_to, one.deputy, entry.body, tell_at(fact) or entry.recorded_at)
        for fact, entry in zip(facts, made, strict=True)
        for place, one in enumerate(addressees(fact), first_place(fact))
    )  # fmt: skip
    rows = list(ROWS.to_rows(messages, sqlite))
    bulk.insert(connection, "outbox", ROWS.columns, rows)
    return len(rows)


def first_place(fact: Fact) -> int:
    """The place of the first message of a fact: what carries a command has place 0."""
    return 0 if carries(fact) else 1


def addressees(fact: Fact) -> Sequence[Addressee]:
    """Who is told of a fact, and first the other cascades where they have to know."""
    told = told_of(fact)
    return (Addressee("-", COMMAND), *told) if carries(fact) else told


def claim(connection: Connection, now: datetime, limit: int) -> list[Message]:
    """Take up to `limit` messages that wait, for two minutes. Of those to one seat about one obligation only the
    oldest is taken: they arrive in order, and one that cannot be sent keeps nobody else waiting.

    What it costs grows with what is taken, not with what waits: each one taken is looked up in an index of its own line."""
    sqlite = connection.dialect.name == "sqlite"
    at = bulk.instant(connection, now)
    if not sqlite:
        bulk.read(connection, _IN_ORDER)
    rows = bulk.read(
        connection,
        f"SELECT {', '.join(ROWS.columns)} FROM outbox AS waiting WHERE sent_at IS NULL AND available_at <= ?"
        " AND (claimed_until IS NULL OR claimed_until <= ?) AND seq = CASE WHEN obligation IS NULL"
        f" THEN ({_OLDEST} AND line.obligation IS NULL) ELSE ({_OLDEST} AND line.obligation = waiting.obligation) END"
        f" ORDER BY available_at LIMIT {limit}{'' if sqlite else ' FOR UPDATE SKIP LOCKED'}",
        at,
        at,
    )
    taken = sorted((ROWS.from_row(row, sqlite) for row in rows), key=lambda one: (one.available_at, *_key_of(one)))
    until = bulk.instant(connection, now + CLAIM)
    bulk.update(connection, "outbox", _KEY, ["claimed_until"], [(until, *_key_of(one)) for one in taken])
    return taken


def mark(
    connection: Connection,
    sent: Sequence[Message],
    failed: Sequence[tuple[Message, str]],
    now: datetime,
    given_up: Sequence[Message] = (),
) -> None:
    """Record what became of claimed messages: sent, or to be tried again after a pause that doubles. Of those that failed
    `given_up` are dead letters: what waits behind them goes on."""
    at = bulk.instant(connection, now)
    rows = [(at, message.attempts + 1, *_key_of(message)) for message in sent]
    bulk.update(connection, "outbox", _KEY, ["sent_at", "attempts"], rows)
    again, dead = [], set(map(_key_of, given_up))
    for message, error in failed:
        later = now + pause_after(message.attempts)
        again.append((bulk.instant(connection, later), None, message.attempts + 1, error, *_key_of(message)))
        if _key_of(message) not in dead:
            _wait_behind(connection, message, later)
    bulk.update(connection, "outbox", _KEY, ["available_at", "claimed_until", "attempts", "error"], again)
    bulk.update(connection, "outbox", _KEY, ["sent_at", "dead_at"], [(at, at, *key) for key in sorted(dead)])


def pause_after(attempts: int) -> timedelta:
    """How long what failed once more after so many tries is left alone."""
    return min(timedelta(minutes=2 ** min(attempts, 10)), PAUSE_MAX)


def revive(connection: Connection, keys: Sequence[tuple[str, int, int]], now: datetime) -> None:
    """Let messages that were not sent be tried at once, dead letters among them. Each has one more try; if that fails too, a
    dead letter is one again."""
    rows = [(None, None, None, bulk.instant(connection, now), *key) for key in keys]
    bulk.update(connection, "outbox", _KEY, ["sent_at", "dead_at", "claimed_until", "available_at"], rows)


def release(connection: Connection, messages: Sequence[Message]) -> None:
    """Give back what was claimed and not tried: any node may take it at once."""
    bulk.update(connection, "outbox", _KEY, ["claimed_until"], [(None, *_key_of(one)) for one in messages])


def _wait_behind(connection: Connection, message: Message, until: datetime) -> None:
    """What comes after a message that failed cannot be sent before it: it is not looked at again until then."""
    at = bulk.instant(connection, until)
    about = "IS NULL" if message.obligation is None else "= ?"
    bulk.write(
        connection,
        "UPDATE outbox SET available_at = ? WHERE cascade_id = ? AND office = ? AND role = ? AND seq > ?"
        " AND coalesce(letter_to, '') = ? AND coalesce(deputy, '') = ? AND sent_at IS NULL AND available_at < ?"
        f" AND obligation {about}",
        at, message.cascade_id, message.office, message.role, message.seq, message.letter_to or "", message.deputy or "",
        at, *([] if message.obligation is None else [message.obligation]),
    )  # fmt: skip


def _key_of(message: Message) -> tuple[str, int, int]:
    return message.cascade_id, message.seq, message.place
