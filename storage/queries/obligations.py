"""Obligations in a list: who owes what under which document, how it stands, by when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk
from storage.queries.groups import GROUP, at, narrowed
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """One obligation in a list; `group` is one of workflows.obligation.GROUPS."""

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which obligations a list shows; None asks for all."""

    cascade: str | None = None
    office: str | None = None
    group: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The obligations that were asked for, up to a limit; `total` counts all that are as asked."""

    rows: tuple[ObligationLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in a tree. `above` is the directive of the obligation that it carries further."""

    directive: int
    number: int
    label: str
    text: str
    mode: str
    due_at: datetime | None
    parent: int | None
    above: int | None


_LINES = RowMap(ObligationLine, "obligation")
_ITEMS = RowMap(ItemLine, "item")
_FROM = (
    " FROM obligation AS o"
    " JOIN directive AS d ON d.cascade_id = o.cascade_id AND d.number = o.directive"
    " JOIN item AS i ON i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item"
)
_COLUMNS = (
    "o.cascade_id, o.number, o.directive, d.symbol, o.item, i.label, o.holder, o.giver, o.part, o.mode,"
    f" o.workflow, o.state, {GROUP} AS grouped,"
    " o.due_at, o.received_at, o.sent_at, o.closed_at, o.parent, o.standing, o.period, o.waits_for, o.planned_for"
)


def listed(connection: Connection, now: datetime, wanted: Wanted, limit: int) -> Page:
    """A page of obligations in the order of their numbers, and how many there are altogether."""
    moment = at(connection, now)
    where, values = _where(wanted, moment)
    rows = bulk.read(
        connection,
        f"SELECT {_COLUMNS}{_FROM}{where} ORDER BY o.cascade_id, o.number LIMIT {int(limit)}",
        moment,
        moment,
        *values,
    )
    lines = tuple(_LINES.from_row(row, connection.dialect.name == "sqlite") for row in rows)
    if len(lines) < limit:
        return Page(lines, len(lines))
    [(total,)] = bulk.read(connection, f"SELECT count(*) FROM obligation AS o{where}", *values)
    return Page(lines, int(total))


def items(connection: Connection, cascade: str, limit: int) -> list[ItemLine]:
    """The items of a cascade in order, each with the directive it was passed on from."""
    rows = bulk.read(
        connection,
        "SELECT i.directive, i.number, i.label, i.text, i.mode, i.due_at, i.parent, p.directive"
        " FROM item AS i LEFT JOIN obligation AS p ON p.cascade_id = i.cascade_id AND p.number = i.parent"
        f" WHERE i.cascade_id = ? ORDER BY i.directive, i.number LIMIT {int(limit)}",
        cascade,
    )
    return [_ITEMS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def _where(wanted: Wanted, moment: Any) -> tuple[str, list[Any]]:
    clause, values = narrowed(wanted.cascade, wanted.office)
    parts = [clause.removeprefix(" WHERE ")] if clause else []
    if wanted.state is not None:
        parts.append("o.state = ?")
        values.append(wanted.state)
    if wanted.group is not None:
        parts.append(f"{GROUP} = ?")
        values += [moment, moment, wanted.group]
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values
