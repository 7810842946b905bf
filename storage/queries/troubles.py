"""Messages that have not left, and what rounds could not carry out: for whoever runs the service."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from storage import bulk
from storage.outbox import ROWS, Message
from storage.queries import lines, paging
from storage.queries import sight as sights
from storage.queries.lines import ObligationLine
from storage.queries.paging import Page
from storage.queries.sight import Sight
from storage.queries.sql import Sql, all_of, apart, beginning, read

# All that wait; those that failed at least once; those that were given up. Each with the index that has them in order.
_STATES = {
    "waiting": ("m.sent_at IS NULL", "outbox_waiting"),
    "failed": ("m.sent_at IS NULL AND m.attempts > 0", "outbox_failed"),
    "dead": ("m.dead_at IS NOT NULL", "outbox_dead"),
}
STATES = tuple(_STATES)


@dataclass(frozen=True, slots=True)
class Incident:
    """An obligation whose time could not be carried out: how often, when it is tried again, and why not the last time."""

    line: ObligationLine
    failures: int
    retry_at: datetime
    error: str


_KEY = "m.available_at, m.cascade_id, m.seq, m.place"


def outbox(
    connection: Connection, sight: Sight, state: str = "waiting", limit: int = 50, cursor: str | None = None,
    office: str | None = None,
) -> Page[Message]:  # fmt: skip
    """A page of messages that were not sent, those first that may be sent first; `office` is the one that is to hear.

    A restricted reader sees those for its offices, and those about an obligation that it sees."""
    if state not in STATES:
        raise ValueError(f"messages are not {state!r}")
    limit, seen = paging.bounded(limit), sights.clause(connection, sight)
    stands, index = _STATES[state]
    where = [Sql(stands)]
    if office is not None:
        where.append(Sql("m.office = ?", (office,)))
    if seen.offices is not None:
        about = (
            Sql("EXISTS (SELECT 1 FROM obligation AS o WHERE o.cascade_id = m.cascade_id AND o.number = m.obligation AND ")
            + seen.obligation() + ")"
        )  # fmt: skip
        where.append(Sql("(m.office") + seen.offices + " OR " + about + ")")
    order = f"outbox {state}"
    if cursor:
        values = tuple(paging.stored(connection, value) for value in paging.after(cursor, order, "itnn"))
        where.append(Sql(f"({_KEY}) > (?, ?, ?, ?)", values))
    source = apart(connection, "outbox AS m", index)
    columns = ", ".join(f"m.{name}" for name in ROWS.columns)
    sql = beginning(seen.before) + f"SELECT {columns} FROM {source} WHERE "
    rows = read(connection, sql + all_of(where) + f" ORDER BY {_KEY} LIMIT {limit + 1}")
    sqlite = connection.dialect.name == "sqlite"
    shown, further = paging.cut([ROWS.from_row(row, sqlite) for row in rows], limit)
    if not further:
        return Page(shown, None)
    last = shown[-1]
    return Page(shown, paging.cursor(order, (last.available_at, last.cascade_id, last.seq, last.place)))


def incident(connection: Connection, now: datetime, cascade: str, number: int) -> Incident | None:
    """One obligation that waits to be tried again, or None."""
    found = incidents(connection, now, Sight(None), 1, about=(cascade, number)).rows
    return found[0] if found else None


def incidents(
    connection: Connection, now: datetime, sight: Sight, limit: int = 50, cursor: str | None = None,
    about: tuple[str, int] | None = None,
) -> Page[Incident]:  # fmt: skip
    """Open obligations that wait to be tried again, by their numbers, each with what its last incident said; or of one."""
    limit, seen = paging.bounded(limit), sights.clause(connection, sight)
    where = [Sql("o.retry_at IS NOT NULL AND o.outcome IS NULL"), seen.obligation()]
    if about:
        where.append(Sql("o.cascade_id = ? AND o.number = ?", about))
    if cursor:
        where.append(Sql("(o.cascade_id, o.number) > (?, ?)", tuple(paging.after(cursor, "incidents", "tn"))))
    source = apart(connection, "obligation AS o", "obligation_failing")
    page = (
        Sql(f"SELECT o.cascade_id, o.number FROM {source} WHERE ") + all_of(where)
        + f" ORDER BY o.cascade_id, o.number LIMIT {limit + 1}"
    )  # fmt: skip
    entries = apart(connection, "journal AS e", "journal_obligation")
    body = (
        f"(SELECT e.body FROM {entries} WHERE e.cascade_id = o.cascade_id AND e.obligation = o.number"
        " AND e.kind = 'Incident' ORDER BY e.seq DESC LIMIT 1)"
    )
    found = lines.of_page(connection, now, seen.before, page, "page.cascade_id, page.number",
                          f", o.failures, o.retry_at, {body}")  # fmt: skip
    shown, further = paging.cut(found, limit)
    rows = tuple(_incident(connection, line, *more) for line, more in shown)
    end = (rows[-1].line.cascade, rows[-1].line.number) if further else ()
    return Page(rows, paging.cursor("incidents", end) if further else None)


def _incident(
    connection: Connection, line: ObligationLine, failures: int, retry_at: object, body: str | None
) -> Incident:
    at = bulk.read_instant(connection, retry_at)
    assert at is not None
    error = orjson.loads(body)["fact"]["error"] if body else ""
    return Incident(line, failures, at, error)
