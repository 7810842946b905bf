"""What an operator has to know of: deadlines that nobody would hear of, failures that last, messages that do not leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries.status import NodeLine
from storage.rows import RowMap

# Open, and something is owed under it: not what is for information, what stands (its periods and events owe), or what is
# followed under another document.
_OWING = (
    "outcome IS NULL AND part <> 'info' AND mode NOT IN ('info', 'linked')"
    " AND NOT (mode IN ('periodic', 'on_event') AND standing IS NULL)"
)
_ASLEEP = f"{_OWING} AND wake_at IS NULL AND rested_at IS NULL"
_DATE_TOLD = '%"due"%'  # in `fired`, the JSON list of the keys of clocks that have run out


@dataclass(frozen=True, slots=True)
class Asleep:
    """Obligations that no clock will wake: `lost` without their date having passed, `told` after every rung was told.

    `example` is one of the lost, as CASCADE/N.
    """

    lost: int
    told: int
    example: str


@dataclass(frozen=True, slots=True)
class Failing:
    """Obligations that a round could not carry out: how many, how often the worst failed, and which that is."""

    obligations: int
    failures: int
    example: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages that wait: all of them, those that failed at least so often, since when the oldest is due, the last error.

    `dead` are those that were given up, messages to webhooks among them;
    `hooks_failing` are those of webhooks that failed as often.
    """

    waiting: int
    failing: int
    oldest: datetime | None
    error: str | None
    dead: int = 0
    hooks_failing: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Where some open obligations stand: all that decides who may act on them. `count` says how many they are."""

    workflow: str
    state: str
    level: str
    holder: str
    giver: str
    controller: str | None
    recipient: str | None
    count: int


_NODES = RowMap(NodeLine, "node")
_POSITIONS = RowMap(Position, "obligation")


def asleep(connection: Connection) -> Asleep:
    """The obligations that owe something, do not rest, and have no clock that runs."""
    [(every, told)] = bulk.read(
        connection,
        f"SELECT count(*), coalesce(sum(CASE WHEN fired LIKE ? THEN 1 ELSE 0 END), 0) FROM obligation WHERE {_ASLEEP}",
        _DATE_TOLD,
    )
    lost = int(every) - int(told)
    named = bulk.read(
        connection,
        f"SELECT cascade_id, number FROM obligation WHERE {_ASLEEP} AND fired NOT LIKE ?"
        " ORDER BY cascade_id, number LIMIT 1",
        _DATE_TOLD,
    ) if lost else []  # fmt: skip
    return Asleep(lost, int(told), _first(named))


def failing(connection: Connection) -> Failing:
    """The open obligations that wait to be tried again, the one that failed most often named."""
    where = "FROM obligation WHERE retry_at IS NOT NULL AND outcome IS NULL"
    [(count, failures)] = bulk.read(connection, f"SELECT count(*), coalesce(max(failures), 0) {where}")
    worst = bulk.read(
        connection, f"SELECT cascade_id, number {where} ORDER BY failures DESC, cascade_id, number LIMIT 1"
    ) if count else []  # fmt: skip
    return Failing(int(count), int(failures), _first(worst))


def undelivered(connection: Connection, attempts: int) -> Undelivered:
    """The messages that were not sent; `failing` are those that were tried at least `attempts` times."""
    [(waiting, failing, oldest)] = bulk.read(
        connection,
        "SELECT count(*), coalesce(sum(CASE WHEN attempts >= ? THEN 1 ELSE 0 END), 0), min(available_at)"
        " FROM outbox WHERE sent_at IS NULL",
        attempts,
    )
    errors = bulk.read(
        connection,
        "SELECT error FROM outbox WHERE sent_at IS NULL AND attempts >= ? ORDER BY attempts DESC, available_at LIMIT 1",
        attempts,
    ) if failing else []  # fmt: skip
    error = errors[0][0] if errors else None
    [(dead, dead_hooks, hooks)] = bulk.read(
        connection,
        "SELECT (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL),"
        " (SELECT count(*) FROM webhook_message WHERE dead_at IS NOT NULL),"
        " (SELECT count(*) FROM webhook_message WHERE dead_at IS NULL AND attempts >= ?)",
        attempts,
    )
    seen = bulk.read_instant(connection, oldest)
    return Undelivered(int(waiting), int(failing), seen, error, int(dead) + int(dead_hooks), int(hooks))


def positions(connection: Connection) -> list[Position]:
    """Every way in which open obligations stand, with how many stand so; those for information are left out."""
    keys = "workflow, state, level, holder, giver, controller, recipient"
    rows = bulk.read(
        connection,
        f"SELECT {keys}, count(*) FROM obligation WHERE outcome IS NULL AND part <> 'info' AND mode <> 'info'"
        f" GROUP BY {keys} ORDER BY {keys}",
    )
    return [_POSITIONS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def calendars_in_use(connection: Connection) -> list[str]:
    """The calendars, by version, that cascades with open obligations compute their dates with."""
    rows = bulk.read(
        connection,
        "SELECT DISTINCT c.calendar FROM cascade AS c WHERE EXISTS (SELECT 1 FROM obligation AS o"
        " WHERE o.cascade_id = c.id AND o.outcome IS NULL) ORDER BY 1",
    )
    return [row[0] for row in rows]


def last_round(connection: Connection) -> NodeLine | None:
    """The last round in which any node had something to do."""
    rows = bulk.read(
        connection, "SELECT name, round_at, fired FROM node WHERE round_at IS NOT NULL ORDER BY round_at DESC LIMIT 1"
    )
    return _NODES.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def _first(rows: Sequence[Sequence[Any]]) -> str:
    return f"{rows[0][0]}/{rows[0][1]}" if rows else ""
