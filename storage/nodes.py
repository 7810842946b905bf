"""The service nodes that share a database, and when each last made a round."""

from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


def record_round(connection: Connection, node: str, now: datetime, fired: int) -> None:
    """Keep a node's last round, for people to see; no rule depends on it."""
    at = bulk.instant(connection, now)
    bulk.write(
        connection,
        "INSERT INTO node (name, started_at, round_at, fired) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET round_at = excluded.round_at, fired = excluded.fired, stopped_at = NULL",
        node, at, at, fired,
    )  # fmt: skip
