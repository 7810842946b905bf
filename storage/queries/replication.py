"""How far a PostgreSQL server has come: what a primary has written, and what a standby has replayed of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


@dataclass(frozen=True, slots=True)
class Progress:
    """`cluster` and `database` are the same on a primary and all that stream from it. `line` is the timeline that a primary
    writes; it has another after each promotion. `position` is a place in the write-ahead log, in bytes; `replayed_at` when
    the last transaction that a standby has replayed was committed on the primary."""

    cluster: int
    database: str
    standby: bool
    line: str
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
    [(cluster, database, standby, line, position, replayed_at, now)] = bulk.read(
        connection,
        "SELECT (SELECT system_identifier FROM pg_control_system()), current_database(), pg_is_in_recovery(),"
        " CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END,"
        " (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::bigint,"
        " pg_last_xact_replay_timestamp(), clock_timestamp()",
    )
    return Progress(int(cluster), str(database), bool(standby), str(line), int(position), replayed_at, now)


def lag(primary: Progress, standby: Progress) -> Lag:
    """By how much `standby` was behind what `primary` had written when it was asked, which has to be first."""
    missing = max(0, primary.position - standby.position)
    if not missing:
        return Lag(0, 0.0)
    since = (standby.now - standby.replayed_at).total_seconds() if standby.replayed_at else None
    return Lag(missing, since)
