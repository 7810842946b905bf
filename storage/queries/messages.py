"""Messages of the outbox for screens: which wait, which fail, which were given up; one by its id, and what it is about."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.outbox import COMMAND, ROWS, Message
from workflows.light import replace

_STATES = {
    "waiting": "sent_at IS NULL",
    "failing": "sent_at IS NULL AND attempts > 0",
    "dead": "dead_at IS NOT NULL",
    "sent": "sent_at IS NOT NULL AND dead_at IS NULL",
}
STATES = (*_STATES, "all")
_NEVER = datetime.min.replace(tzinfo=UTC)  # the column is never empty
_ID = re.compile(r"(?P<cascade>[0-9a-zA-Z_-]+)-(?P<seq>[0-9]{1,18})-(?P<place>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in a list, without its body. `state` is waiting, failing, dead or sent."""

    id: str
    obligation: int | None
    kind: str
    office: str
    role: str
    deputy: str | None
    letter_to: str | None
    available_at: datetime
    attempts: int
    error: str | None
    sent_at: datetime | None
    dead_at: datetime | None

    @property
    def state(self) -> str:
        if self.dead_at:
            return "dead"
        return "sent" if self.sent_at else "failing" if self.attempts else "waiting"


def key_of(id_: str) -> tuple[str, int, int] | None:
    """The key that an id such as `CASCADE-12-1` stands for; None where it is none."""
    found = _ID.fullmatch(id_.strip())
    return (found["cascade"], int(found["seq"]), int(found["place"])) if found and int(found["seq"]) < 1 << 31 else None


def listed(connection: Connection, state: str, office: str | None, limit: int) -> tuple[list[MessageLine], int]:
    """Messages in a state, the oldest first, and how many there are; what is carried between cascades is left out."""
    where, values = f"role <> '{COMMAND}'", []
    if state != "all":
        where += f" AND {_STATES[state]}"
    if office:
        where += " AND office = ?"
        values.append(office)
    columns = (
        "cascade_id, seq, place, obligation, kind, office, role, deputy, letter_to, available_at, attempts, error,"
        " sent_at, dead_at"
    )
    order = "sent_at DESC" if state == "sent" else "available_at, cascade_id, seq, place"
    rows = bulk.read(
        connection, f"SELECT {columns} FROM outbox WHERE {where} ORDER BY {order} LIMIT {int(limit)}", *values
    )
    [(total,)] = bulk.read(connection, f"SELECT count(*) FROM outbox WHERE {where}", *values)
    return [_line(connection, *row) for row in rows], int(total)


def _line(connection: Connection, cascade: str, seq: int, place: int, *row: Any) -> MessageLine:
    obligation, kind, office, role, deputy, letter_to, available_at, attempts, error, sent_at, dead_at = row
    at = [bulk.read_instant(connection, one) for one in (available_at, sent_at, dead_at)]
    id_ = f"{cascade}-{seq}-{place}"
    return MessageLine(
        id_, obligation, kind, office, role, deputy, letter_to, at[0] or _NEVER, attempts, error, at[1], at[2]
    )


def find(connection: Connection, key: tuple[str, int, int]) -> Message | None:
    """One message with its body, dead or alive."""
    rows = bulk.read(
        connection,
        f"SELECT {', '.join(ROWS.columns)}, dead_at FROM outbox WHERE cascade_id = ? AND seq = ? AND place = ?",
        *key,
    )
    if not rows:
        return None
    found = ROWS.from_row(rows[0][:-1], connection.dialect.name == "sqlite")
    dead_at = bulk.read_instant(connection, rows[0][-1])
    return replace(found, dead_at=dead_at)


def dead_keys(connection: Connection, limit: int) -> list[tuple[str, int, int]]:
    """The keys of what was given up, the oldest first."""
    rows = bulk.read(
        connection,
        f"SELECT cascade_id, seq, place FROM outbox WHERE {_STATES['dead']} ORDER BY available_at LIMIT {int(limit)}",
    )
    return [(row[0], row[1], row[2]) for row in rows]
