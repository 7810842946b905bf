"""One obligation in full, for a page: its values and document, the chain above, what is below, who was told, its history.

What the law says of it (the rungs to come, what is open to whom) is not here: that is asked of the law, with a world.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk, journal, outbox
from storage.journal import Entry
from storage.outbox import Message
from storage.queries import lines, tree
from storage.queries import sight as sights
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sight import Sight
from storage.queries.sql import Sql, all_of, apart, beginning, read
from storage.queries.tree import Node
from storage.rows import RowMap
from workflows.directive import Basis, Directive, Item
from workflows.light import replace
from workflows.obligation import Obligation

ENTRIES_MAX = 200
MESSAGES_MAX = 200
_OBLIGATIONS = RowMap(Obligation, "obligation")
_DIRECTIVES = RowMap(Directive, "directive")
_ITEMS = RowMap(Item, "item", apart=("bases",))
_BASES = RowMap(Basis, "basis")


@dataclass(frozen=True, slots=True)
class Detail:
    """An obligation at one moment. `chain` begins at the top and ends above it; `below` is the first page of what hangs under
    it; `messages` and `entries` are the newest, in order; its open request and tasks are among its values."""

    cascade: str
    obligation: Obligation
    line: ObligationLine
    directive: Directive
    item: Item
    chain: tuple[ObligationLine, ...]
    counts: Node
    below: Page[Node]
    messages: tuple[Message, ...]
    entries: tuple[Entry, ...]


def find(
    connection: Connection, now: datetime, sight: Sight, cascade: str, number: int, children: int = 50
) -> Detail | None:
    """The page of an obligation; None where there is none that is seen."""
    seen = sights.clause(connection, sight, cascade)
    one = Sql("o.cascade_id = ? AND o.number = ?", (cascade, number))
    chain = (
        Sql("way_up (number, parent, rise) AS (SELECT o.number, o.parent, 0 FROM obligation AS o WHERE ")
        + all_of([one, seen.obligation()])
        + Sql(" UNION ALL SELECT p.number, p.parent, w.rise + 1 FROM way_up AS w CROSS JOIN obligation AS p"
              " WHERE p.cascade_id = ? AND p.number = w.parent)", (cascade,))
    )  # fmt: skip
    page = Sql("SELECT ? AS cascade_id, number, rise FROM way_up", (cascade,))
    if connection.dialect.name != "sqlite":
        page = Sql("SELECT ?::text AS cascade_id, number, rise FROM way_up", (cascade,))
    found = [row for row, _ in lines.of_page(connection, now, [*seen.before, chain], page, "page.rise DESC")]
    if not found:
        return None
    *above, line = found
    (counted,) = tree.rolled_up(connection, now, seen, cascade, [line])
    below = tree.children(connection, now, sight, cascade, number, children)
    return _filled(connection, cascade, line, tuple(above), counted, below)


def _filled(
    connection: Connection, cascade: str, line: ObligationLine, chain: tuple[ObligationLine, ...], counts: Node,
    below: Page[Node],
) -> Detail:  # fmt: skip
    sqlite, number = connection.dialect.name == "sqlite", line.number
    about = apart(connection, "journal", "journal_obligation")
    of_it = f"FROM {about} WHERE cascade_id = ? AND obligation = ?"
    obligations, directives, items, bases, messages, entries = bulk.read_together(connection, [
        (f"{_OBLIGATIONS.select} WHERE cascade_id = ? AND number = ?", (cascade, number)),
        (f"{_DIRECTIVES.select} WHERE cascade_id = ? AND number = ?", (cascade, line.directive)),
        (f"{_ITEMS.select} WHERE cascade_id = ? AND directive = ? AND number = ?", (cascade, line.directive, line.item)),
        (f"{_BASES.select} WHERE cascade_id = ? AND directive = ? AND item = ? ORDER BY place",
         (cascade, line.directive, line.item)),
        (f"{outbox.ROWS.select} WHERE cascade_id = ? AND seq IN (SELECT seq {of_it}) ORDER BY seq DESC, place DESC"
         f" LIMIT {MESSAGES_MAX}", (cascade, cascade, number)),
        (f"SELECT {', '.join(journal.ROWS.columns)} {of_it} ORDER BY seq DESC LIMIT {ENTRIES_MAX}", (cascade, number)),
    ])  # fmt: skip
    item = _ITEMS.from_row(items[0], sqlite)
    return Detail(
        cascade=cascade,
        obligation=_OBLIGATIONS.from_row(obligations[0], sqlite),
        line=line,
        directive=_DIRECTIVES.from_row(directives[0], sqlite),
        item=replace(item, bases=tuple(_BASES.from_row(row, sqlite) for row in bases)),
        chain=chain,
        counts=counts,
        below=below,
        messages=tuple(outbox.ROWS.from_row(row, sqlite) for row in reversed(messages)),
        entries=tuple(journal.ROWS.from_row(row, sqlite) for row in reversed(entries)),
    )


def is_seen(connection: Connection, sight: Sight, cascade: str, number: int) -> bool:
    """Is there such an obligation, and is it seen?"""
    seen = sights.clause(connection, sight, cascade)
    one = all_of([Sql("o.cascade_id = ? AND o.number = ?", (cascade, number)), seen.obligation()])
    return bool(read(connection, beginning(seen.before) + "SELECT 1 FROM obligation AS o WHERE " + one))
