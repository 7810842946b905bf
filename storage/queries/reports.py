"""What reports are made of: obligations counted for a period, those overdue, a register of what came in, who has not reported.

Each asks for one moment `at` of whichever database it is given, so that the same function makes the report of today and, on a
database as of then, that of last December. Every row is given: a report that stopped at a limit would be wrong.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries import filters, lines
from storage.queries import sight as sights
from storage.queries.filters import NOT_CLOSED_BEFORE, Wanted
from storage.queries.groups import GROUP, at
from storage.queries.lines import ObligationLine
from storage.queries.sight import Sight, these_keys
from storage.queries.sql import Sql, all_of, apart, beginning, read
from storage.rows import RowMap
from workflows.obligation import ExtensionRequest

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many obligations of an office, a level and a group were at hand in a period: `carried` over into it or given in it;
    `dated` by its end, or not."""

    office: str
    level: str
    group: str
    carried: bool
    dated: bool
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line leaves out of how an obligation stands: its dates, what it asks for, what was told about it, and the day of
    its document."""

    issued_on: date
    assigned_at: datetime
    first_due_at: datetime | None
    extensions: int
    request: ExtensionRequest | None
    rested_at: datetime | None
    rung: int
    rung_at: datetime | None
    sent_as: str | None
    note: str | None
    recipient: str | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """The document that something came in with."""

    cascade: str
    number: int
    symbol: str
    type: str
    issuer: str
    issued_on: date
    subject: str
    arrived_on: date | None
    arrival_number: str | None
    recorded_by: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """An entry about an obligation that says why it stands as it does; `body` is the entry's own."""

    kind: str
    seq: int
    office: str
    happened_at: datetime
    body: str


_STANDINGS = RowMap(Standing, "obligation")
_MORE = ", " + ", ".join(f"{'d' if name == 'issued_on' else 'o'}.{name}" for name in _STANDINGS.columns)
_DOCUMENTS = RowMap(Arrived, "directive")
_DOCUMENT = ", ".join(f"d.{'cascade_id' if name == 'cascade' else name}" for name in _DOCUMENTS.columns)
# Kinds that say why, and of a person's steps those that gave a reason: bodies are canonical JSON, so the text tells.
_SAYING = ("ExtensionRequested", "ExtensionGranted", "ExtensionRefused", "ExtensionCountered", "ExtensionWithdrawn",
           "Urged")  # fmt: skip
_REASONS = ('["cause","', '["reason","', '["note","')


def counted(
    connection: Connection, now: datetime, sight: Sight, since: datetime, until: datetime,
    offices: Iterable[str] | None = None, part: str | None = None,
) -> list[Counted]:  # fmt: skip
    """What was at hand from `since` and before `until`: given before its end, and not closed before its beginning."""
    seen, moment = sights.clause(connection, sight), at(connection, now)
    begins, ends = at(connection, since), at(connection, until)
    where = [Sql("o.assigned_at < ?", (ends,)), Sql(NOT_CLOSED_BEFORE, (begins,)), seen.obligation()]
    if offices is not None:
        where.append(Sql("o.holder") + sights.in_these(connection, offices))
    if part is not None:
        where.append(Sql("o.part = ?", (part,)))
    columns = Sql(
        f"o.holder, o.level, {GROUP}, CASE WHEN o.assigned_at < ? THEN 1 ELSE 0 END,"
        " CASE WHEN o.due_at < ? THEN 1 ELSE 0 END",
        (moment, moment, begins, ends),
    )
    if connection.dialect.name == "sqlite":  # it would sort every row to group them; Python counts as it reads
        each = Sql("SELECT ") + columns + " FROM obligation AS o NOT INDEXED WHERE " + all_of(where)
        counts = Counter(map(tuple, read(connection, beginning(seen.before) + each)))
        rows: Iterable[Sequence[Any]] = [(*key, count) for key, count in counts.items()]
    else:
        sql = Sql("SELECT ") + columns + ", count(*) FROM obligation AS o WHERE " + all_of(where)
        rows = read(connection, beginning(seen.before) + sql + " GROUP BY 1, 2, 3, 4, 5")
    return sorted((Counted(row[0], row[1], row[2], bool(row[3]), bool(row[4]), row[5]) for row in rows), key=_order)


def _order(one: Counted) -> tuple[str, str, str, bool, bool]:
    return one.office, one.level, one.group, one.carried, one.dated


def lines_of(
    connection: Connection, now: datetime, sight: Sight, wanted: Wanted
) -> list[tuple[ObligationLine, Standing]]:
    """All that is wanted, the longest due first, each with how it stands."""
    found = filters.asked(connection, now, sight, wanted)
    page = Sql(f"SELECT o.cascade_id, o.number FROM {found.start} WHERE ") + found.condition
    return _standing(connection, now, found.tables, page)


def unreported(
    connection: Connection, now: datetime, sight: Sight, cascade: str | None = None, directive: int | None = None,
    item: int | None = None, period: str | None = None,
) -> list[tuple[ObligationLine, Standing]]:  # fmt: skip
    """Who owes a report and has sent none: under a directive, one of its items, for a period; the longest due first.

    The rule is that of `storage.queries.unreported`: what is for information owes nothing, what stands reports by its periods,
    what is linked reports under another document; and while it rests somebody else has to act first."""
    seen = sights.clause(connection, sight, cascade)
    equal = {"cascade_id": cascade, "directive": directive, "item": item, "period": period}
    where = [Sql(f"o.{name} = ?", (value,)) for name, value in equal.items() if value is not None]
    where += [
        Sql("o.outcome IS NULL AND o.sent_at IS NULL AND o.rested_at IS NULL AND o.part <> 'info'"),
        Sql("o.mode NOT IN ('info', 'linked') AND NOT (o.mode IN ('periodic', 'on_event') AND o.standing IS NULL)"),
        seen.obligation(),
    ]
    page = Sql("SELECT o.cascade_id, o.number FROM obligation AS o WHERE ") + all_of(where)
    return _standing(connection, now, seen.before, page)


def came_in(
    connection: Connection, now: datetime, sight: Sight, office: str, since: date, until: date
) -> list[tuple[ObligationLine, Standing, Arrived]]:
    """What others gave an office by a document that reached it from a day on and before another: in the order of arrival.

    A direction on a slip is no document of its own: it goes on under the one that it is written on."""
    sqlite, seen = connection.dialect.name == "sqlite", sights.clause(connection, sight)
    days = [day.isoformat() if sqlite else day for day in (since, until)]
    came = "coalesce(d.arrived_on, d.issued_on)"
    where = [
        Sql("o.holder = ? AND d.issuer <> ? AND d.means <> 'endorsement'", (office, office)),
        Sql(f"{came} >= ? AND {came} < ?", tuple(days)),
        seen.obligation(),
    ]
    source = (
        f"{apart(connection, 'obligation AS o', 'obligation_holder')} CROSS JOIN directive AS d"
        " WHERE d.cascade_id = o.cascade_id AND d.number = o.directive AND "
    )
    page = Sql(f"SELECT o.cascade_id, o.number FROM {source}") + all_of(where)
    rows = lines.of_page(connection, now, [*seen.before], page, "o.cascade_id, o.number", f"{_MORE}, {_DOCUMENT}")
    size = len(_STANDINGS.columns)
    found = [
        (line, _STANDINGS.from_row(more[:size], sqlite), _DOCUMENTS.from_row(more[size:], sqlite))
        for line, more in rows
    ]
    return sorted(found, key=lambda one: (one[2].arrived_on or one[2].issued_on, _natural(one[2].arrival_number),
                                          one[2].cascade, one[2].number, one[0].number))  # fmt: skip


def passed_on(
    connection: Connection, now: datetime, sight: Sight, keys: Sequence[Key]
) -> dict[Key, list[tuple[ObligationLine, Standing]]]:
    """What was passed on directly under each of these obligations to lead or support, in the order it was given. The periods
    and events of what stands are no passing on."""
    if not keys:
        return {}
    seen = sights.clause(connection, sight)
    known = Sql("known (cascade_id, number) AS (") + these_keys(connection, keys) + ")"
    source = apart(connection, "obligation AS o", "obligation_parent")
    page = (
        Sql(f"SELECT o.cascade_id, o.number FROM known AS k CROSS JOIN {source}"
            " WHERE o.cascade_id = k.cascade_id AND o.parent = k.number AND o.standing IS NULL AND o.part <> 'info' AND ")
        + seen.obligation()
    )  # fmt: skip
    found: dict[Key, list[tuple[ObligationLine, Standing]]] = {}
    for line, standing in _standing(connection, now, [*seen.before, known], page, "o.cascade_id, o.number"):
        if line.parent is not None:
            found.setdefault((line.cascade, line.parent), []).append((line, standing))
    return found


def said_about(connection: Connection, keys: Sequence[Key], rungs: bool = False) -> dict[Key, list[Said]]:
    """The entries about each of these obligations that say why it stands as it does, in their order; with the rungs that were
    told, where they are wanted: most of a late one's entries are."""
    if not keys:
        return {}
    place = "instr" if connection.dialect.name == "sqlite" else "strpos"
    gave = " OR ".join(f"{place}(j.body, ?) > 0" for _ in _REASONS)
    saying = (*_SAYING, "RungReached") if rungs else _SAYING
    kinds = bulk.marks(len(saying))
    entries = apart(connection, "journal AS j", "journal_obligation")
    sql = (
        Sql("WITH known (cascade_id, number) AS (") + these_keys(connection, keys)
        + f") SELECT j.cascade_id, j.obligation, j.kind, j.seq, j.office, j.happened_at, j.body FROM known AS k"
        f" CROSS JOIN {entries} WHERE j.cascade_id = k.cascade_id AND j.obligation = k.number"
        + Sql(f" AND (j.kind IN ({kinds}) OR (j.kind IN ('Acted', 'TaskRecorded') AND ({gave})))", (*saying, *_REASONS))
        + " ORDER BY j.cascade_id, j.seq"
    )  # fmt: skip
    found: dict[Key, list[Said]] = {}
    for cascade, number, kind, seq, office, happened_at, body in read(connection, sql):
        when = bulk.read_instant(connection, happened_at)
        assert when is not None
        found.setdefault((cascade, number), []).append(Said(kind, int(seq), office, when, body))
    return found


def calendars(connection: Connection) -> Mapping[str, str]:
    """By which calendar each cascade counts."""
    return {row[0]: row[1] for row in bulk.read(connection, "SELECT id, calendar FROM cascade")}


def _standing(
    connection: Connection, now: datetime, tables: Sequence[Sql], page: Sql,
    order: str = "o.due_at IS NULL, o.due_at, o.cascade_id, o.number",
) -> list[tuple[ObligationLine, Standing]]:  # fmt: skip
    sqlite = connection.dialect.name == "sqlite"
    rows = lines.of_page(connection, now, tables, page, order, _MORE)
    return [(line, _STANDINGS.from_row(more, sqlite)) for line, more in rows]


def _natural(number: str | None) -> tuple[int, str]:
    """Arrival numbers in the order of a register: 9 before 10, those without one last."""
    digits = "".join(one for one in number or "" if one.isascii() and one.isdigit())[:18]
    return (int(digits) if digits else 10**18, number or "")
