"""A cascade as a tree that opens node by node: what hangs under one, each with what is below it added up; and who blocks.

What a page costs grows with what hangs below the rows that it shows, not with the cascade: the tree is descended in the index
`obligation_parent`, and of what is found there only how it stands in time is looked up. Whoever is not seen has nobody below
who is, so that a restricted reader's walk ends there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage.queries import lines, paging
from storage.queries import sight as sights
from storage.queries.groups import GROUP, at
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sight import Clause, Sight
from storage.queries.sql import Sql, all_of, any_of, apart, beginning, numbers_in, read
from workflows.obligation import GROUPS

BLOCKING_MAX = 200


@dataclass(frozen=True, slots=True)
class Node:
    """An obligation in the tree: how many hang directly under it, and how many of each group at any depth."""

    line: ObligationLine
    children: int
    below: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Blocker:
    """An open obligation on which nothing below is still owed: all above it wait for its holder, or for its `giver` who has
    a report, a dispute or a request to answer; or for nobody, while it is `paused`."""

    line: ObligationLine
    waits_for: str


def children(
    connection: Connection, now: datetime, sight: Sight, cascade: str, parent: int | None = None, limit: int = 50,
    cursor: str | None = None,
) -> Page[Node]:  # fmt: skip
    """What hangs under an obligation, or at the top of a cascade, in the order of their numbers."""
    limit, order = paging.bounded(limit), f"children {cascade} {parent or ''}"
    seen = sights.clause(connection, sight, cascade)
    under = Sql("o.parent IS NULL") if parent is None else Sql("o.parent = ?", (parent,))
    where = [Sql("o.cascade_id = ?", (cascade,)), under, seen.obligation()]
    if cursor:
        where.append(Sql("o.number > ?", (paging.after(cursor, order, "n")[0],)))
    source = apart(connection, "obligation AS o", "obligation_parent")
    page = Sql(f"SELECT o.cascade_id, o.number FROM {source} WHERE ") + all_of(where)
    rows = lines.of_page(connection, now, seen.before, page + f" ORDER BY o.number LIMIT {limit + 1}", "page.number")
    shown, further = paging.cut([row for row, _ in rows], limit)
    nodes = rolled_up(connection, now, seen, cascade, shown)
    return Page(nodes, paging.cursor(order, [shown[-1].number]) if further else None)


def given_by(
    connection: Connection, now: datetime, sight: Sight, cascade: str, directive: int, limit: int = 50,
    cursor: str | None = None,
) -> Page[Node]:  # fmt: skip
    """What a directive gave, in the order of its items and of their numbers."""
    limit, order = paging.bounded(limit), f"given {cascade} {directive}"
    seen = sights.clause(connection, sight, cascade)
    where = [Sql("o.cascade_id = ? AND o.directive = ?", (cascade, directive)), seen.obligation()]
    if cursor:
        where.append(Sql("(o.item, o.number) > (?, ?)", tuple(paging.after(cursor, order, "nn"))))
    source = apart(connection, "obligation AS o", "obligation_directive")
    page = Sql(f"SELECT o.cascade_id, o.number, o.item FROM {source} WHERE ") + all_of(where)
    page += f" ORDER BY o.item, o.number LIMIT {limit + 1}"
    rows = lines.of_page(connection, now, seen.before, page, "page.item, page.number")
    shown, further = paging.cut([row for row, _ in rows], limit)
    nodes = rolled_up(connection, now, seen, cascade, shown)
    return Page(nodes, paging.cursor(order, [shown[-1].item, shown[-1].number]) if further else None)


def rolled_up(
    connection: Connection, now: datetime, seen: Clause, cascade: str, of: Sequence[ObligationLine]
) -> tuple[Node, ...]:
    """These obligations with what is below each, as far as it is seen."""
    if not of:
        return ()
    moment = at(connection, now)
    sql = (
        beginning([*seen.before, _below(connection, seen, cascade, numbers_in("o.parent", [one.number for one in of]))])
        + Sql(
            f"SELECT b.top, b.depth = 1, {GROUP}, count(*) FROM below AS b CROSS JOIN obligation AS o", (moment, moment)
        )
        + Sql(" WHERE o.cascade_id = ? AND o.number = b.number GROUP BY 1, 2, 3", (cascade,))
    )
    counts: dict[int, dict[str, int]] = {one.number: dict.fromkeys(GROUPS, 0) for one in of}
    direct: dict[int, int] = {}
    for top, is_direct, group, count in read(connection, sql):
        counts[top][group] += int(count)
        direct[top] = direct.get(top, 0) + (int(count) if is_direct else 0)
    return tuple(Node(one, direct.get(one.number, 0), counts[one.number]) for one in of)


def blockers(
    connection: Connection, now: datetime, sight: Sight, cascade: str, number: int | None = None,
    limit: int = BLOCKING_MAX, directive: int | None = None,
) -> list[Blocker]:  # fmt: skip
    """For whom an obligation, all that a directive gave, or a whole cascade waits: the longest due first, those without a
    date last.

    They are leads that are open with no open lead below: what is for information, stands or is linked holds up nobody."""
    seen = sights.clause(connection, sight, cascade)
    tables = list(seen.before)
    where = [
        Sql("o.cascade_id = ?", (cascade,)),
        Sql("o.outcome IS NULL AND o.leads_open = 0 AND o.part = 'lead' AND o.mode NOT IN ('info', 'linked')"),
        Sql("NOT (o.mode IN ('periodic', 'on_event') AND o.standing IS NULL)"),
        seen.obligation(),
    ]
    source = "obligation AS o"
    if number is not None:
        tables.append(_below(connection, seen, cascade, Sql("o.parent = ?", (number,))))
        source, where = "below AS b CROSS JOIN obligation AS o", [*where, Sql("o.number = b.number")]
    elif directive is not None:
        given = Sql(
            "SELECT u.number FROM obligation AS u WHERE u.cascade_id = ? AND u.directive = ?", (cascade, directive)
        )
        tables.append(_below(connection, seen, cascade, Sql("o.parent IN (") + given + ")"))
        where.append(any_of([Sql("o.directive = ?", (directive,)), Sql("o.number IN (SELECT number FROM below)")]))
    page = (
        Sql(f"SELECT o.cascade_id, o.number FROM {source} WHERE ") + all_of(where)
        + f" ORDER BY o.due_at IS NULL, o.due_at, o.number LIMIT {paging.bounded(limit)}"
    )  # fmt: skip
    rows = lines.of_page(connection, now, tables, page, "o.due_at IS NULL, o.due_at, o.number",
                         ", o.rested_at, o.paused_until, o.request")  # fmt: skip
    return [Blocker(row, _waits_for(*more)) for row, more in rows]


def _waits_for(rested_at: Any, paused_until: Any, request: str | None) -> str:
    """Its holder, unless the giver has to answer; a date that the giver proposed instead goes back to the holder."""
    if rested_at is None:
        return "holder"
    return "paused" if paused_until is not None and request is None else "giver"


def _below(connection: Connection, seen: Clause, cascade: str, first: Sql) -> Sql:
    """All that hangs under some obligations, at any depth: `top`, the one of them it hangs under; `number`; `depth`."""
    source, here = apart(connection, "obligation AS o", "obligation_parent"), Sql("o.cascade_id = ?", (cascade,))
    return (
        Sql(f"below (top, number, depth) AS (SELECT o.parent, o.number, 1 FROM {source} WHERE ")
        + all_of([here, first, seen.obligation()])
        + f" UNION ALL SELECT b.top, o.number, b.depth + 1 FROM below AS b CROSS JOIN {source} WHERE o.parent = b.number AND "
        + all_of([here, seen.obligation()]) + ")"
    )  # fmt: skip
