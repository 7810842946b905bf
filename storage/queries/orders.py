"""The orders in which obligations are listed: by their numbers, by holder, by date, by their last change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries import lines, paging
from storage.queries.filters import Asked, Wanted, outcome_is
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sql import Sql, all_of, apart, row_by_row

Lines = Page[ObligationLine]
_KEY = "o.cascade_id, o.number"


def by_number(connection: Connection, now: datetime, found: Asked, limit: int, cursor: str | None) -> Lines:
    """In the order of cascades and numbers."""
    where = [found.condition, *_behind(connection, _KEY, ">", cursor, "number", "tn")]
    page = Sql(f"SELECT {_KEY} FROM {found.start} WHERE ") + all_of(where) + f" ORDER BY {_KEY} LIMIT {limit + 1}"
    rows = [row for row, _ in lines.of_page(connection, now, found.tables, page, "page.cascade_id, page.number")]
    shown, further = paging.cut(rows, limit)
    return Page(shown, paging.cursor("number", (shown[-1].cascade, shown[-1].number)) if further else None)


def by_holder(connection: Connection, now: datetime, found: Asked, limit: int, cursor: str | None) -> Lines:
    """Office after office, each in the order of cascades and numbers."""
    walk = found.start if found.begun else apart(connection, "obligation AS o", "obligation_holder")
    where = [found.condition, *_behind(connection, f"o.holder, {_KEY}", ">", cursor, "holder", "ttn")]
    if cursor and not found.begun:  # said apart, since SQLite finds no place in an index by a part of its columns
        where.append(Sql("o.holder >= ?", (paging.after(cursor, "holder", "ttn")[0],)))
    order = f" ORDER BY o.holder, {_KEY} LIMIT {limit + 1}"
    page = Sql(f"SELECT {_KEY}, o.holder FROM {walk} WHERE ") + all_of(where) + order
    outside = "page.holder, page.cascade_id, page.number"
    rows = [row for row, _ in lines.of_page(connection, now, found.tables, page, outside)]
    shown, further = paging.cut(rows, limit)
    end = (shown[-1].holder, shown[-1].cascade, shown[-1].number) if further else ()
    return Page(shown, paging.cursor("holder", end) if further else None)


def by_change(
    connection: Connection, now: datetime, found: Asked, limit: int, cursor: str | None, since: datetime | None = None
) -> Lines:
    """What changed last comes first: by the last entry about it, walked from the end of the journal or looked up for each."""
    table = apart(connection, "journal AS l", "journal_obligation")
    last = f"(SELECT max(l.seq) FROM {table} WHERE l.cascade_id = o.cascade_id AND l.obligation = o.number)"
    where = [found.condition, Sql(f"j.cascade_id = o.cascade_id AND j.obligation = o.number AND j.seq = {last}")]
    entries = _behind(connection, "j.recorded_at, j.cascade_id, j.seq", "<", cursor, "changed", "itn")
    if since is not None:
        entries.append(Sql("j.recorded_at >= ?", (bulk.instant(connection, since),)))
    order = " ORDER BY j.recorded_at DESC, j.cascade_id DESC, j.seq DESC"
    if found.begun:
        start = Sql(f"{found.start} CROSS JOIN journal AS j")
    elif connection.dialect.name == "sqlite":
        start = Sql("journal AS j INDEXED BY journal_time CROSS JOIN obligation AS o")
    else:  # walked by itself, or PostgreSQL would begin with the obligations
        walk = Sql("(SELECT * FROM journal AS j WHERE ") + all_of([Sql("j.obligation IS NOT NULL"), *entries])
        start, entries = walk + f"{order} OFFSET 0) AS j CROSS JOIN obligation AS o", []
    chosen = Sql(f"SELECT {_KEY}, j.recorded_at, j.seq FROM ") + start + " WHERE " + all_of([*where, *entries])
    page = chosen + f"{order} LIMIT {limit + 1}"
    outside, more = "page.recorded_at DESC, page.cascade_id DESC, page.seq DESC", ", page.recorded_at, page.seq"
    with row_by_row(connection, in_order=not found.begun):
        shown, further = paging.cut(lines.of_page(connection, now, found.tables, page, outside, more), limit)
    rows = tuple(row for row, _ in shown)
    if not further:
        return Page(rows, None)
    at, seq = shown[-1][1]
    return Page(rows, paging.cursor("changed", (bulk.read_instant(connection, at), rows[-1].cascade, seq)))


def by_due(
    connection: Connection, now: datetime, wanted: Wanted, found: Asked, limit: int, cursor: str | None
) -> Lines:
    """First what has a date, then what has none: a database sorts what is missing first or last, as it likes."""
    before = paging.after(cursor, "due", "itn") if cursor else None
    rows: list[ObligationLine] = []
    for dated in (True, False):
        if dated and before is not None and before[0] is None:
            continue
        begins = before if before is not None and (before[0] is not None) == dated else None
        page = _dated(connection, wanted, found, dated, limit + 1 - len(rows), begins)
        order = "page.due_at, page.cascade_id, page.number"
        rows += (row for row, _ in lines.of_page(connection, now, found.tables, page, order))
        if len(rows) > limit:
            break
    shown, further = paging.cut(rows, limit)
    end = (shown[-1].due_at, shown[-1].cascade, shown[-1].number) if further else ()
    return Page(shown, paging.cursor("due", end) if further else None)


def _dated(
    connection: Connection, wanted: Wanted, found: Asked, dated: bool, limit: int, before: Sequence[Any] | None
) -> Sql:
    """The next keys with a date or without. Where the list is walked, each outcome lies in the order of its dates: the first
    of each are merged."""
    key = f"o.due_at, {_KEY}" if dated else _KEY
    where = [found.condition, Sql(f"o.due_at IS {'NOT ' if dated else ''}NULL")]
    if before is not None:
        where.append(_beyond(connection, key, ">", before if dated else before[1:]))
    ordered, keys = f" ORDER BY {key} LIMIT {limit}", f"SELECT {_KEY}, o.due_at FROM "
    if found.begun:
        return Sql(f"{keys}{found.start} WHERE ") + all_of(where) + ordered
    walk = apart(connection, "obligation AS o", "obligation_due")
    each = [
        Sql(f"SELECT * FROM ({keys}{walk} WHERE ") + all_of([outcome_is("o", one), *where]) + ordered + f") AS o{place}"
        for place, one in enumerate(wanted.outcomes)
    ]
    merged = each[0]
    for other in each[1:]:
        merged = merged + " UNION ALL " + other
    return Sql(f"{keys}(") + merged + f") AS o{ordered}"


def _behind(connection: Connection, key: str, sign: str, cursor: str | None, order: str, kinds: str) -> list[Sql]:
    return [_beyond(connection, key, sign, paging.after(cursor, order, kinds))] if cursor else []


def _beyond(connection: Connection, key: str, sign: str, values: Sequence[Any]) -> Sql:
    stored = tuple(paging.stored(connection, value) for value in values)
    return Sql(f"({key}) {sign} ({bulk.marks(len(stored))})", stored)
