"""Which obligation is meant by its place: directive and item, holder, and period where it has one."""

from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


def at_place(
    connection: Connection, cascade_id: str, directive: int, item: int, holder: str, period: str | None = None
) -> list[int]:
    """The numbers of the obligations at a place, oldest first."""
    where = "period IS NULL" if period is None else "period = ?"
    rows = bulk.read(
        connection,
        f"SELECT number FROM obligation WHERE cascade_id = ? AND directive = ? AND item = ? AND holder = ? AND {where}"
        " ORDER BY number",
        cascade_id,
        directive,
        item,
        holder,
        *([] if period is None else [period]),
    )
    return [row[0] for row in rows]


def of_period(connection: Connection, cascade_id: str, holder: str, period: str) -> list[int]:
    """The numbers of what a holder owes for a period, under whatever directive."""
    rows = bulk.read(
        connection,
        "SELECT number FROM obligation WHERE cascade_id = ? AND holder = ? AND period = ? ORDER BY directive, number",
        cascade_id,
        holder,
        period,
    )
    return [row[0] for row in rows]


def periods_of(connection: Connection, cascade_id: str, holder: str) -> list[str]:
    """The periods for which a holder owes or owed something, in order."""
    rows = bulk.read(
        connection,
        "SELECT DISTINCT period FROM obligation WHERE cascade_id = ? AND holder = ? AND mode = 'periodic'"
        " AND period IS NOT NULL ORDER BY period",
        cascade_id,
        holder,
    )
    return [row[0] for row in rows]


def unreceived(connection: Connection, cascade_id: str, holder: str) -> list[int]:
    """The open obligations that a holder has not received yet."""
    rows = bulk.read(
        connection,
        "SELECT number FROM obligation WHERE cascade_id = ? AND holder = ? AND outcome IS NULL AND received_at IS NULL"
        " ORDER BY number",
        cascade_id,
        holder,
    )
    return [row[0] for row in rows]


def next_waking(connection: Connection) -> datetime | None:
    """The least waking of all cascades, in UTC; None where nothing waits."""
    [(least,)] = bulk.read(connection, "SELECT min(wake_at) FROM cascade")
    return bulk.read_instant(connection, least)
