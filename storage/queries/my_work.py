"""What waits for who sits in some seats: to receive, to decide, to acknowledge, to report; the least time left first.

It is what the rows say; whether a seat may do it, and with what, is asked of the law. Persons' tasks are in `tasks`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.queries.groups import GROUP, at
from storage.queries.sight import Sight, in_these
from storage.queries.sql import Sql, all_of, any_of, apart, joined, read
from storage.rows import RowMap

ASKS = ("receive", "decide", "acknowledge", "report")
TIMES = ("overdue", "near", "later", "none")
Seat = tuple[str, str | None]  # an office and a role in it; None: whoever sits there


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
    officer: str | None = None


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
# What is only to be known, and what stands while its periods and events are owed, is not reported.
_OWES = (
    "p.part <> 'info' AND p.mode NOT IN ('info', 'linked') AND NOT (p.mode IN ('periodic', 'on_event')"
    " AND p.standing IS NULL)"
)
_UNACKNOWLEDGED = "p.rung > 0 AND p.held_until IS NULL AND p.outcome IS NULL"
_BY = "CASE WHEN g.decide = 1 THEN coalesce(o.answer_by, o.due_at) ELSE o.due_at END"
_TIMED = {
    "overdue": "w.counts_by < ?",
    "near": "w.counts_by >= ? AND w.counts_by <= ?",
    "later": "w.counts_by > ?",
    "none": "w.counts_by IS NULL",
}
_PAGE = (
    f" SELECT o.cascade_id, o.number, d.symbol, o.item, i.label, i.text, o.holder, o.giver, o.part, o.mode, o.period,"
    f" o.workflow, c.calendar, o.state, {GROUP} AS grouped, o.waits_for, o.rested_at IS NOT NULL,"
    f" {', '.join(f'page.{name}' for name in ASKS)}, o.due_at, page.counts_by, counted.*"
    " FROM page CROSS JOIN counted CROSS JOIN obligation AS o CROSS JOIN directive AS d CROSS JOIN item AS i"
    " CROSS JOIN cascade AS c WHERE o.cascade_id = page.cascade_id AND o.number = page.number"
    " AND d.cascade_id = o.cascade_id AND d.number = o.directive"
    " AND i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item AND c.id = o.cascade_id"
    " ORDER BY page.counts_by IS NULL, page.counts_by, o.cascade_id, o.number"
)
_COUNTED_FROM = _PLAIN + len(ASKS) + 2  # where the counts of everything begin in such a row


def listed(
    connection: Connection, sight: Sight, seats: Iterable[Seat], wanted: Wanted, limit: int, offset: int = 0
) -> Work:
    """What waits for whoever sits in these seats, as far as it is seen: a page, the earliest date first.

    What is told to be acknowledged is told to a seat; the rest waits for its office, and the law says who of it may do it."""
    mine = sorted({one for one in seats if sight.offices is None or one[0] in sight.offices}, key=str)
    if not mine:
        return Work((), 0, Counted(0, dict.fromkeys(ASKS, 0), dict.fromkeys(TIMES, 0)))
    times, moment = _times(connection, wanted), at(connection, wanted.now)
    tables = _waiting(connection, mine) + ", " + _chosen(wanted, times, limit, offset)
    rows = read(connection, tables + Sql(_PAGE, (moment, moment)))
    [(chosen, *sums)] = [row[_COUNTED_FROM:] for row in rows[:1]] or read(connection, tables + " SELECT * FROM counted")
    total, *rest = (int(one) for one in sums)
    counted = Counted(total, dict(zip(ASKS, rest, strict=False)), dict(zip(TIMES, rest[len(ASKS) :], strict=True)))
    return Work(tuple(_line(connection, row[:_COUNTED_FROM]) for row in rows), int(chosen), counted)


def _chosen(wanted: Wanted, times: dict[str, list[Any]], limit: int, offset: int) -> Sql:
    """The tables that come after w: what is as wanted, the page of it, and how much there is of everything."""
    source = "w CROSS JOIN directive AS d" if wanted.symbol else "w"
    sums = [f"coalesce(sum({name}), 0)" for name in ASKS]
    sums += [f"coalesce(sum(CASE WHEN {_TIMED[name]} THEN 1 ELSE 0 END), 0)" for name in TIMES]
    marks = tuple(one for name in TIMES for one in times[name])
    return (
        Sql(f"chosen AS MATERIALIZED (SELECT w.* FROM {source} WHERE ")
        + _where(wanted, times)
        + "), page AS MATERIALIZED (SELECT * FROM chosen ORDER BY counts_by IS NULL, counts_by, cascade_id, number"
        + f" LIMIT {int(limit)} OFFSET {int(offset)}), counted AS MATERIALIZED (SELECT (SELECT count(*) FROM chosen), count(*),"
        + Sql(f" {', '.join(sums)} FROM w)", marks)
    )


def _waiting(connection: Connection, seats: Sequence[Seat]) -> Sql:
    """The obligations that wait, under the name w, each with a 0 or 1 for every kind. Each kind is looked for in the index that
    serves it: an OR over the parties would read every obligation there is."""
    offices = in_these(connection, {office for office, _ in seats})
    kinds = [(name, sql) for name in ASKS for sql in _of_kind(connection, name, offices, seats)]
    each = [Sql(f"SELECT '{name}' AS kind, p.cascade_id, p.number FROM ") + sql for name, sql in kinds]
    flags = ", ".join(f"max(CASE WHEN k.kind = '{name}' THEN 1 ELSE 0 END) AS {name}" for name in ASKS)
    return (
        Sql("WITH kinds (kind, cascade_id, number) AS MATERIALIZED (") + joined(" UNION ", each)
        + f"), grouped AS (SELECT k.cascade_id, k.number, {flags} FROM kinds AS k GROUP BY 1, 2),"
        " w AS MATERIALIZED (SELECT g.*, o.directive, o.holder, o.officer,"
        f" {_BY} AS counts_by FROM grouped AS g CROSS JOIN obligation AS o"
        " WHERE o.cascade_id = g.cascade_id AND o.number = g.number)"
    )  # fmt: skip


def _of_kind(connection: Connection, kind: str, offices: Sql, seats: Sequence[Seat]) -> Iterator[Sql]:
    """Where the keys of one kind are read, and under which conditions."""
    held = (
        Sql(f"{apart(connection, 'obligation AS p', 'obligation_holder')} WHERE p.outcome IS NULL AND p.holder")
        + offices
    )
    match kind:
        case "receive":
            yield held + " AND p.received_at IS NULL"
        case "report":
            yield held + f" AND p.received_at IS NOT NULL AND p.rested_at IS NULL AND {_OWES}"
        case "decide":
            resting = apart(connection, "obligation AS p", "obligation_resting")
            yield (
                Sql(f"{resting} WHERE p.rested_at IS NOT NULL AND p.outcome IS NULL"
                    " AND (p.paused_until IS NULL OR p.request IS NOT NULL) AND p.giver") + offices
            )  # fmt: skip
            # A date that the giver proposed instead is the holder's to take or not; nothing rests meanwhile.
            yield held + " AND p.request IS NOT NULL AND p.rested_at IS NULL"
        case "acknowledge":
            told, heard = _told(connection, seats), apart(connection, "obligation AS p", "obligation_told")
            yield held + f" AND {_UNACKNOWLEDGED} AND " + told
            yield Sql(f"{heard} WHERE {_UNACKNOWLEDGED} AND p.giver") + offices + " AND " + told


def _told(connection: Connection, seats: Sequence[Seat]) -> Sql:
    """Was one of these seats told of a rung?"""
    entries = apart(connection, "journal AS e", "journal_obligation")
    heard = any_of([
        Sql("(m.office = ? AND m.role = ?)", (office, role)) if role else Sql("m.office = ?", (office,))
        for office, role in seats
    ])  # fmt: skip
    return (
        Sql(f"EXISTS (SELECT 1 FROM {entries} CROSS JOIN outbox AS m WHERE e.cascade_id = p.cascade_id"
            " AND e.obligation = p.number AND e.kind = 'RungReached' AND m.cascade_id = e.cascade_id AND m.seq = e.seq"
            " AND ") + heard + ")"
    )  # fmt: skip


def _times(connection: Connection, wanted: Wanted) -> dict[str, list[Any]]:
    """The values of each condition of `_TIMED`."""
    now, near = at(connection, wanted.now), at(connection, wanted.near_until)
    return {"overdue": [now], "near": [now, near], "later": [near], "none": []}


def _where(wanted: Wanted, times: dict[str, list[Any]]) -> Sql:
    parts: list[Sql] = []
    if wanted.asks in ASKS:
        parts.append(Sql(f"w.{wanted.asks} = 1"))
    if wanted.time in TIMES:
        parts.append(Sql(f"({_TIMED[wanted.time]})", tuple(times[wanted.time])))
    if wanted.office:
        parts.append(Sql("w.holder = ?", (wanted.office,)))
    if wanted.officer:
        parts.append(Sql("w.officer = ?", (wanted.officer,)))
    if wanted.symbol:
        sought = wanted.symbol.lower()
        for sign in "!%_":
            sought = sought.replace(sign, f"!{sign}")
        parts.append(Sql("d.cascade_id = w.cascade_id AND d.number = w.directive"))
        parts.append(Sql("lower(d.symbol) LIKE ? ESCAPE '!'", (f"%{sought}%",)))
    return all_of(parts)


def _line(connection: Connection, row: Any) -> WorkLine:
    sqlite, kinds = connection.dialect.name == "sqlite", len(ASKS)
    times = _TIMES.from_row(row[_PLAIN + kinds :], sqlite)
    asked = tuple(name for name, flag in zip(ASKS, row[_PLAIN : _PLAIN + kinds], strict=True) if flag)
    values = dict(zip(_NAMES, row[:_PLAIN], strict=True))
    values["rests"] = bool(values["rests"])  # SQLite counts
    return WorkLine(**values, due_at=times.due_at, by=times.answer_by, asked=asked)
