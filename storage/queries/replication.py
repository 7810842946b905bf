"""How far a PostgreSQL server has come: what a primary has written, and what a standby has replayed of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


@dataclass(frozen=True, slots=True)
class Progress:
    """`position` is a place in the write-ahead log, in bytes; `replayed_at` when the last transaction that a standby has
    replayed was committed on the primary."""

    standby: bool
    position: int
    replayed_at: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """What a standby has not replayed yet. Without a byte missing it is behind by no second, however quiet the primary is."""

    bytes: int
    seconds: float | None


def progress(connection: Connection) -> Progress | None:
    """How far this server has come; None on SQLite, which has no log that anybody follows."""
    if connection.dialect.name == "sqlite":
        return None
    [(standby, position, replayed_at, now)] = bulk.read(
        connection,
        "SELECT pg_is_in_recovery(), (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
        " ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::bigint, pg_last_xact_replay_timestamp(), clock_timestamp()",
    )
    return Progress(bool(standby), int(position), replayed_at, now)


def lag(primary: Progress, standby: Progress) -> Lag:
    """By how much `standby` was behind what `primary` had written when it was asked, which has to be first."""
    missing = max(0, primary.position - standby.position)
    if not missing:
        return Lag(0, 0.0)
    since = (standby.now - standby.replayed_at).total_seconds() if standby.replayed_at else None
    return Lag(missing, since)
