"""What waits for an office: to be received, reported, decided, acknowledged. Its people's tasks are in `tasks`.

It is what the rows say; whether a seat may do it, and with what, is asked of the law.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from storage import bulk
from storage.queries import lines, paging
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sql import Sql, all_of, apart, read

KINDS = ("receive", "report", "decide", "acknowledge")
_UNDATED = datetime(9999, 12, 31, tzinfo=UTC)  # they come last
_OWES = (
    "p.part <> 'info' AND p.mode NOT IN ('info', 'linked') AND NOT (p.mode IN ('periodic', 'on_event')"
    " AND p.standing IS NULL)"
)
_UNACKNOWLEDGED = "p.rung > 0 AND p.held_until IS NULL AND p.outcome IS NULL"


def listed(
    connection: Connection, now: datetime, office: str, kind: str, limit: int = 50, cursor: str | None = None,
    role: str | None = None, officer: str | None = None,
) -> Page[ObligationLine]:  # fmt: skip
    """A page of what an office has to do of one kind, the nearest date first. `role` keeps to what was told to that role,
    of what is to be acknowledged; `officer` to what was given to that person."""
    limit, last = paging.bounded(limit), bulk.instant(connection, _UNDATED)
    order, key = f"queue {kind} {office}", "coalesce(o.due_at, ?), o.cascade_id, o.number"
    where = [Sql("o.cascade_id = picked.cascade_id AND o.number = picked.number")]
    if officer is not None:
        where.append(Sql("o.officer = ?", (officer,)))
    if cursor:
        at, *rest = paging.after(cursor, order, "itn")
        where.append(Sql(f"({key}) > (?, ?, ?)", (last, bulk.instant(connection, at), *rest)))
    page = (
        Sql("SELECT o.cascade_id, o.number, coalesce(o.due_at, ?) AS by_when FROM picked CROSS JOIN obligation AS o WHERE ",
            (last,))
        + all_of(where) + f" ORDER BY 3, 1, 2 LIMIT {limit + 1}"
    )  # fmt: skip
    tables = [Sql("picked (cascade_id, number) AS MATERIALIZED (") + _waiting(connection, office, kind, role) + ")"]
    found = lines.of_page(connection, now, tables, page, "page.by_when, page.cascade_id, page.number")
    shown, further = paging.cut([row for row, _ in found], limit)
    end = (shown[-1].due_at or _UNDATED, shown[-1].cascade, shown[-1].number) if further else ()
    return Page(shown, paging.cursor(order, end) if further else None)


def counts(connection: Connection, office: str, role: str | None = None) -> dict[str, int]:
    """How much waits for an office, of each kind."""
    found = {}
    for kind in KINDS:
        sql = Sql("SELECT count(*) FROM (") + _waiting(connection, office, kind, role) + ") AS waiting"
        found[kind] = int(read(connection, sql)[0][0])
    return found


def _waiting(connection: Connection, office: str, kind: str, role: str | None) -> Sql:
    """The keys of what waits."""
    held = Sql(
        f"SELECT p.cascade_id, p.number FROM {apart(connection, 'obligation AS p', 'obligation_holder')}"
        " WHERE p.holder = ? AND p.outcome IS NULL AND ", (office,),
    )  # fmt: skip
    match kind:
        case "receive":
            return held + "p.received_at IS NULL"
        case "report":
            return held + f"p.received_at IS NOT NULL AND p.rested_at IS NULL AND {_OWES}"
        case "decide":
            asked = Sql(
                f"SELECT p.cascade_id, p.number FROM {apart(connection, 'obligation AS p', 'obligation_resting')}"
                " WHERE p.giver = ? AND p.rested_at IS NOT NULL AND p.outcome IS NULL"
                " AND (p.paused_until IS NULL OR p.request IS NOT NULL)", (office,),
            )  # fmt: skip
            # A date that the giver proposed instead is the holder's to take or not; nothing rests meanwhile.
            return asked + " UNION " + held + "p.request IS NOT NULL AND p.rested_at IS NULL"
        case "acknowledge":
            told = _told(connection, office, role)
            given = Sql(
                f"SELECT p.cascade_id, p.number FROM {apart(connection, 'obligation AS p', 'obligation_told')}"
                f" WHERE p.giver = ? AND {_UNACKNOWLEDGED} AND ", (office,),
            )  # fmt: skip
            return held + f"{_UNACKNOWLEDGED} AND " + told + " UNION " + given + told
    raise ValueError(f"nothing waits to be {kind!r}")


def _told(connection: Connection, office: str, role: str | None) -> Sql:
    """Was somebody of this office told of a rung?"""
    seat: Sequence[str] = (office, role) if role else (office,)
    entries = apart(connection, "journal AS e", "journal_obligation")
    return Sql(
        f"EXISTS (SELECT 1 FROM {entries} CROSS JOIN outbox AS m WHERE e.cascade_id = p.cascade_id"
        " AND e.obligation = p.number AND e.kind = 'RungReached' AND m.cascade_id = e.cascade_id AND m.seq = e.seq"
        f" AND m.office = ?{' AND m.role = ?' if role else ''})",
        tuple(seat),
    )
