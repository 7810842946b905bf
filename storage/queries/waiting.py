"""What waits for a round: how much is due, since when, and how old the newest entry is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


@dataclass(frozen=True, slots=True)
class Waiting:
    """Obligations whose next clock has run out, the cascades they are in, and the oldest such instant."""

    obligations: int
    cascades: int
    oldest: datetime | None


def waiting(connection: Connection, now: datetime) -> Waiting:
    """What is due at `now` and was not carried out yet."""
    at = bulk.instant(connection, now)
    [(obligations, cascades, oldest)] = bulk.read(
        connection,
        "SELECT count(*), count(DISTINCT cascade_id), min(wake_at) FROM obligation WHERE wake_at <= ?"
        " AND cascade_id IN (SELECT id FROM cascade WHERE wake_at <= ?)",
        at,
        at,
    )
    return Waiting(obligations, cascades, bulk.read_instant(connection, oldest))


def newest_entry_at(connection: Connection) -> datetime | None:
    """When the newest entry of any cascade was recorded; None in an empty installation."""
    [(newest,)] = bulk.read(connection, "SELECT max(last_at) FROM cascade")
    return bulk.read_instant(connection, newest)
