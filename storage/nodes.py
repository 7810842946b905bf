"""The service nodes that share a database: who they are, when they last gave a sign, and what their last round did.

For people to see. No rule depends on a row of it, and nothing waits for a node that is dead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap

SIGN_EVERY = timedelta(seconds=30)  # a node that has nothing to do writes no oftener
_BEATS_MISSED = 3  # after which a node is taken for dead
_KEPT = timedelta(days=30)  # a row, after its node's last sign


@dataclass(frozen=True, slots=True)
class Node:
    """A node: instants are real time, but `round_at` is the time its rounds go by.

    `run` is one run of the program under this name. `fired` counts the entries of its last round, `total` those since it
    started; `lag_ms` is for how long the oldest of what the last round found had been due.
    """

    name: str
    started_at: datetime
    host: str = ""
    pid: int | None = None
    version: str = ""
    run: str = ""
    seen_at: datetime | None = None
    beat_ms: int = 0
    ready: bool = False
    held: str | None = None
    round_at: datetime | None = None
    fired: int = 0
    total: int = 0
    lag_ms: int = 0
    stopped_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        """Has it given a sign when it last should have, and not signed out?"""
        if self.stopped_at or not self.seen_at:
            return False
        return now - self.seen_at <= self.patience

    @property
    def patience(self) -> timedelta:
        """How long after its last sign it still counts as alive."""
        return SIGN_EVERY + _BEATS_MISSED * timedelta(milliseconds=self.beat_ms)

    def lost(self, now: datetime) -> bool:
        """Did it end without signing out?"""
        return not self.stopped_at and not self.alive(now)


_ROWS = RowMap(Node, "node")


def listed(connection: Connection, limit: int) -> list[Node]:
    """The nodes, those that gave a sign last first."""
    rows = bulk.read(connection, f"{_ROWS.select} ORDER BY coalesce(seen_at, started_at) DESC, name LIMIT {limit}")
    return [_ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def hold(connection: Connection, node: Node) -> Node:
    """The row of this name, held until the transaction ends: this node's own where there was none."""
    sqlite = connection.dialect.name == "sqlite"
    marks, columns = bulk.marks(len(_ROWS.columns)), ", ".join(_ROWS.columns)
    sql = f"INSERT INTO node ({columns}) VALUES ({marks}) ON CONFLICT (name) DO NOTHING"
    bulk.write(connection, sql, *_ROWS.to_row(node, sqlite))
    [row] = bulk.read(connection, f"{_ROWS.select} WHERE name = ?{'' if sqlite else ' FOR UPDATE'}", node.name)
    return _ROWS.from_row(row, sqlite)


def sign_in(connection: Connection, node: Node) -> None:
    """The node takes the row of its name, which the caller holds. Rows of long ago are let go."""
    sqlite = connection.dialect.name == "sqlite"
    columns = [name for name in _ROWS.columns if name != "name"]
    bulk.update(connection, "node", ["name"], columns, [(*_ROWS.to_row(node, sqlite)[1:], node.name)])
    before = bulk.instant(connection, node.started_at - _KEPT)
    bulk.write(connection, "DELETE FROM node WHERE coalesce(stopped_at, seen_at, started_at) < ?", before)


def sign(connection: Connection, name: str, run: str, now: datetime, *, ready: bool, held: str | None) -> bool:
    """A sign of life. False where another run has this name now."""
    given = int(ready) if connection.dialect.name == "sqlite" else ready
    sql = (
        "UPDATE node SET seen_at = ?, ready = ?, held = ?, stopped_at = NULL WHERE name = ? AND run = ? RETURNING name"
    )
    return bool(bulk.read(connection, sql, bulk.instant(connection, now), given, held, name, run))


def sign_out(connection: Connection, name: str, run: str, now: datetime) -> None:
    """It has stopped, or was found dead by somebody who can tell."""
    off = 0 if connection.dialect.name == "sqlite" else False
    sql = "UPDATE node SET stopped_at = ?, ready = ? WHERE name = ? AND run = ? AND stopped_at IS NULL"
    bulk.write(connection, sql, bulk.instant(connection, now), off, name, run)


def forget(connection: Connection, name: str) -> bool:
    """Let a row go. False where there is none of that name."""
    return bool(bulk.read(connection, "DELETE FROM node WHERE name = ? RETURNING name", name))


def record_round(connection: Connection, name: str, now: datetime, fired: int, lag: timedelta, seen: datetime) -> None:
    """Keep a node's last round. One that never signed in makes it once, by hand: it is not serving."""
    at, seen_at = bulk.instant(connection, now), bulk.instant(connection, seen)
    bulk.write(
        connection,
        "INSERT INTO node (name, started_at, seen_at, stopped_at, round_at, fired, total, lag_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET round_at = excluded.round_at,"
        " seen_at = excluded.seen_at, fired = excluded.fired, total = node.total + excluded.fired,"
        " lag_ms = excluded.lag_ms",
        name, seen_at, seen_at, seen_at, at, fired, fired, lag // timedelta(milliseconds=1),
    )  # fmt: skip
