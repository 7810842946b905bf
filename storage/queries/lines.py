"""One obligation as a line of a list: its columns, and how they are read for the keys of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.queries.groups import GROUP, at
from storage.queries.sql import Sql, beginning, read
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """One obligation in a list; `group` is one of workflows.obligation.GROUPS, `text` its item's."""

    cascade: str
    number: int
    directive: int
    symbol: str
    item: int
    label: str
    holder: str
    giver: str
    part: str
    mode: str
    workflow: str
    state: str
    group: str
    due_at: datetime | None
    received_at: datetime | None
    sent_at: datetime | None
    closed_at: datetime | None
    parent: int | None
    standing: int | None
    period: str | None
    waits_for: str | None
    planned_for: datetime | None
    level: str
    officer: str | None
    text: str


LINES = RowMap(ObligationLine, "obligation")
COLUMNS = (
    "o.cascade_id, o.number, o.directive, d.symbol, o.item, i.label, o.holder, o.giver, o.part, o.mode, o.workflow,"
    f" o.state, {GROUP} AS grouped, o.due_at, o.received_at, o.sent_at, o.closed_at, o.parent, o.standing, o.period,"
    " o.waits_for, o.planned_for, o.level, o.officer, i.text"
)
_WITH = (
    " CROSS JOIN obligation AS o CROSS JOIN directive AS d CROSS JOIN item AS i"
    " WHERE o.cascade_id = page.cascade_id AND o.number = page.number"
    " AND d.cascade_id = o.cascade_id AND d.number = o.directive"
    " AND i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item"
)


def of_page(
    connection: Connection, now: datetime, tables: Sequence[Sql], page: Sql, order: str, more: str = ""
) -> list[tuple[ObligationLine, tuple[Any, ...]]]:
    """The lines of the keys that `page` selects (cascade_id, number and what it is put in order by), each with what `more`
    names of it. Only the rows of a page are looked up: their item and their document are elsewhere."""
    moment = at(connection, now)
    sql = (
        beginning([*tables, Sql("page AS MATERIALIZED (") + page + ")"])
        + Sql(f"SELECT {COLUMNS}{more} FROM page", (moment, moment))
        + f"{_WITH} ORDER BY {order}"
    )
    sqlite, count = connection.dialect.name == "sqlite", len(LINES.columns)
    return [(LINES.from_row(row[:count], sqlite), tuple(row[count:])) for row in read(connection, sql)]
