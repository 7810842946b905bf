"""What waits for the people of some offices: to receive, to decide, to acknowledge, to report; the least time left first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries.groups import GROUP, at
from storage.queries.sight import Sight
from storage.rows import RowMap

ASKS = ("receive", "decide", "acknowledge", "report")
TIMES = ("overdue", "near", "later", "none")


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One obligation that waits for somebody. `by` is the date that counts here: for whom it waits to decide, the day of the
    answer; else its own. `asked` are the words of ASKS that hold."""

    cascade: str
    number: int
    symbol: str
    item: int
    label: str
    text: str
    holder: str
    giver: str
    part: str
    mode: str
    period: str | None
    workflow: str
    calendar: str
    state: str
    group: str
    waits_for: str | None
    rests: bool
    due_at: datetime | None
    by: datetime | None
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is shown of it; None asks for all. `near_until` is the end of the last day that counts as near."""

    now: datetime
    near_until: datetime
    asks: str | None = None
    time: str | None = None
    office: str | None = None
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """How much waits altogether, of each kind and by time, whatever is shown of it."""

    total: int
    asks: dict[str, int]
    times: dict[str, int]


@dataclass(frozen=True, slots=True)
class Work:
    """A page of it; `total` counts all that is as asked, `counted` all that waits."""

    rows: tuple[WorkLine, ...]
    total: int
    counted: Counted


@dataclass(frozen=True, slots=True)
class _Times:
    """The instants of a row, read by the driver's own rules."""

    due_at: datetime | None
    answer_by: datetime | None


_TIMES = RowMap(_Times, "obligation")
_NAMES = tuple(WorkLine.__dataclass_fields__)[:-3]  # those that a row gives as they are; instants and kinds follow
_PLAIN = len(_NAMES)
# Each kind in SQL, over the offices of the seats (`mine` stands for their marks); a row may be of several.
_KINDS = {
    "receive": "o.holder IN ({mine}) AND o.received_at IS NULL",
    "decide": "o.giver IN ({mine}) AND o.rested_at IS NOT NULL AND o.paused_until IS NULL",
    "acknowledge": "o.holder IN ({mine}) AND o.rung > 0 AND o.held_until IS NULL AND o.rested_at IS NULL",
    "report": "o.holder IN ({mine}) AND o.received_at IS NOT NULL AND o.rested_at IS NULL AND o.part <> 'info'"
    " AND o.mode <> 'info' AND NOT (o.mode IN ('periodic', 'on_event', 'linked') AND o.standing IS NULL)",
}
_BY = "CASE WHEN decide = 1 THEN coalesce(answer_by, due_at) ELSE due_at END"
_TIMED = {
    "overdue": "w.counts_by < ?",
    "near": "w.counts_by >= ? AND w.counts_by <= ?",
    "later": "w.counts_by > ?",
    "none": "w.counts_by IS NULL",
}


def listed(
    connection: Connection, sight: Sight, offices: Iterable[str], wanted: Wanted, limit: int, offset: int = 0
) -> Work:
    """What waits for the people of these offices, as far as it is seen: a page, the earliest date first."""
    mine = tuple(sorted({one for one in offices if sight.offices is None or one in sight.offices}))
    if not mine:
        return Work((), 0, Counted(0, dict.fromkeys(ASKS, 0), dict.fromkeys(TIMES, 0)))
    waiting, values = _waiting(mine)
    times = _times(connection, wanted)
    counted = _counted(connection, waiting, values, times)
    where, more = _where(wanted, times)
    moment = at(connection, wanted.now)
    rows = bulk.read(
        connection,
        f"{waiting} SELECT o.cascade_id, o.number, d.symbol, o.item, i.label, i.text, o.holder, o.giver, o.part,"
        f" o.mode, o.period, o.workflow, c.calendar, o.state, {GROUP} AS grouped, o.waits_for, o.rested_at IS NOT NULL,"
        f" {', '.join(f'w.{name}' for name in ASKS)}, o.due_at, w.counts_by"
        " FROM w JOIN obligation AS o ON o.cascade_id = w.cascade_id AND o.number = w.number"
        " JOIN directive AS d ON d.cascade_id = o.cascade_id AND d.number = o.directive"
        " JOIN item AS i ON i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item"
        f" JOIN cascade AS c ON c.id = o.cascade_id{where}"
        " ORDER BY w.counts_by IS NULL, w.counts_by, o.cascade_id, o.number"
        f" LIMIT {int(limit)} OFFSET {int(offset)}",
        *values, moment, moment, *more,
    )  # fmt: skip
    lines = tuple(_line(connection, row) for row in rows)
    if not where:
        return Work(lines, counted.total, counted)
    [(total,)] = bulk.read(
        connection,
        f"{waiting} SELECT count(*) FROM w JOIN directive AS d ON d.cascade_id = w.cascade_id AND d.number = w.directive"
        f"{where}", *values, *more,
    )  # fmt: skip
    return Work(lines, int(total), counted)


def _waiting(mine: tuple[str, ...]) -> tuple[str, list[Any]]:
    """The obligations that wait, under the name w, each with a 0 or 1 for every kind. Holders and givers are looked for
    apart: an OR of the two would read every obligation there is."""
    marks = bulk.marks(len(mine))
    kinds = {name: f"({sql.format(mine=marks)})" for name, sql in _KINDS.items()}
    flags = ", ".join(f"CASE WHEN {sql} THEN 1 ELSE 0 END AS {name}" for name, sql in kinds.items())
    columns = f"o.cascade_id, o.number, o.directive, o.holder, o.due_at, o.answer_by, {flags}"
    half = "SELECT {columns} FROM obligation AS o WHERE o.outcome IS NULL AND o.{side} IN ({marks})"
    held = half.format(columns=columns, side="holder", marks=marks)
    given = half.format(columns=columns, side="giver", marks=marks) + " AND o.rested_at IS NOT NULL"
    any_kind = " OR ".join(f"{name} = 1" for name in ASKS)
    sql = f"WITH w AS (SELECT every.*, {_BY} AS counts_by FROM ({held} UNION {given}) AS every WHERE {any_kind})"
    return sql, [*mine] * 2 * (len(_KINDS) + 1)


def _times(connection: Connection, wanted: Wanted) -> dict[str, list[Any]]:
    """The values of each condition of `_TIMED`."""
    now, near = at(connection, wanted.now), at(connection, wanted.near_until)
    return {"overdue": [now], "near": [now, near], "later": [near], "none": []}


def _counted(connection: Connection, waiting: str, values: list[Any], times: dict[str, list[Any]]) -> Counted:
    sums = [f"coalesce(sum({name}), 0)" for name in ASKS]
    sums += [f"coalesce(sum(CASE WHEN {_TIMED[name]} THEN 1 ELSE 0 END), 0)" for name in TIMES]
    marks = [one for name in TIMES for one in times[name]]
    [row] = bulk.read(connection, f"{waiting} SELECT count(*), {', '.join(sums)} FROM w", *values, *marks)
    total, *rest = map(int, row)
    return Counted(total, dict(zip(ASKS, rest, strict=False)), dict(zip(TIMES, rest[len(ASKS) :], strict=True)))


def _where(wanted: Wanted, times: dict[str, list[Any]]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    if wanted.asks in ASKS:
        parts.append(f"w.{wanted.asks} = 1")
    if wanted.time in TIMES:
        parts.append(f"({_TIMED[wanted.time]})")
        values += times[wanted.time]
    if wanted.office:
        parts.append("w.holder = ?")
        values.append(wanted.office)
    if wanted.symbol:
        parts.append("lower(d.symbol) LIKE ? ESCAPE '!'")
        sought = wanted.symbol.lower()
        for sign in "!%_":
            sought = sought.replace(sign, f"!{sign}")
        values.append(f"%{sought}%")
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


def _line(connection: Connection, row: Any) -> WorkLine:
    sqlite, kinds = connection.dialect.name == "sqlite", len(ASKS)
    times = _TIMES.from_row(row[_PLAIN + kinds :], sqlite)
    asked = tuple(name for name, flag in zip(ASKS, row[_PLAIN : _PLAIN + kinds], strict=True) if flag)
    values = dict(zip(_NAMES, row[:_PLAIN], strict=True))
    return WorkLine(**values, due_at=times.due_at, by=times.answer_by, asked=asked)
