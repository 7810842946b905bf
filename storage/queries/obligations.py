"""Obligations in a list: who owes what under which document, how it stands, by when; a page at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.queries import orders, paging
from storage.queries.filters import Wanted, asked
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sight import Sight
from storage.queries.sql import Sql, beginning, read
from storage.rows import RowMap

SORTS = ("due", "holder", "changed", "number")
COUNTED_MAX = 10_000


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


_ITEMS = RowMap(ItemLine, "item")


def listed(
    connection: Connection, now: datetime, sight: Sight, wanted: Wanted, sort: str = "due", limit: int = 50,
    cursor: str | None = None,
) -> Page[ObligationLine]:  # fmt: skip
    """A page of obligations. By `due` those without a date come last; by `changed` what changed last comes first.

    Raises NoSuchPage for a cursor of another list, ValueError for a sort that there is not."""
    if sort not in SORTS:
        raise ValueError(f"obligations are not sorted by {sort!r}")
    limit, found = paging.bounded(limit), asked(connection, now, sight, wanted)
    if sort == "due":
        return orders.by_due(connection, now, wanted, found, limit, cursor)
    if sort == "changed":
        return orders.by_change(connection, now, found, limit, cursor, wanted.changed_since)
    return (orders.by_holder if sort == "holder" else orders.by_number)(connection, now, found, limit, cursor)


def count(connection: Connection, now: datetime, sight: Sight, wanted: Wanted, most: int = COUNTED_MAX) -> int:
    """How many there are as wanted, whenever they changed; `most` where there are that many or more."""
    found = asked(connection, now, sight, wanted)
    inner = Sql(f"SELECT 1 FROM {found.start} WHERE ") + found.condition + f" LIMIT {int(most)}"
    [(number,)] = read(connection, beginning(found.tables) + "SELECT count(*) FROM (" + inner + ") AS found")
    return int(number)


def walked(connection: Connection, now: datetime, sight: Sight, wanted: Wanted, limit: int) -> list[ObligationLine]:
    """The first so many by their numbers, page after page, for who prints a whole list."""
    found: list[ObligationLine] = []
    cursor: str | None = None
    while len(found) < limit:
        page = listed(connection, now, sight, wanted, "number", min(paging.MOST, limit - len(found)), cursor)
        found += page.rows
        cursor = page.next
        if cursor is None:
            break
    return found


def items(connection: Connection, cascade: str, limit: int, directive: int | None = None) -> list[ItemLine]:
    """The items of a cascade, or of one of its directives, in order, each with the directive it was passed on from."""
    of_it, values = (" AND i.directive = ?", [directive]) if directive is not None else ("", [])
    rows = bulk.read(
        connection,
        "SELECT i.directive, i.number, i.label, i.text, i.mode, i.due_at, i.parent, p.directive"
        " FROM item AS i LEFT JOIN obligation AS p ON p.cascade_id = i.cascade_id AND p.number = i.parent"
        f" WHERE i.cascade_id = ?{of_it} ORDER BY i.directive, i.number LIMIT {int(limit)}",
        cascade,
        *values,
    )
    return [_ITEMS.from_row(row, connection.dialect.name == "sqlite") for row in rows]
