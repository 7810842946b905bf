"""How accounts stand, for the doctor: who could administer, who holds nothing, who is locked, who has not come for long."""

from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


def able_admins(connection: Connection) -> int:
    """Accounts that administer and can sign in: not disabled, with a password."""
    [(count,)] = bulk.read(
        connection,
        "SELECT count(*) FROM account JOIN account_role ON account = name WHERE role = 'admin' AND disabled_at IS NULL"
        " AND password IS NOT NULL",
    )
    return int(count)


def with_nothing(connection: Connection) -> list[str]:
    """Accounts in use that hold no seat and no role."""
    return _names(
        connection,
        "SELECT name FROM account WHERE disabled_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM account_seat AS s WHERE s.account = name)"
        " AND NOT EXISTS (SELECT 1 FROM account_role AS r WHERE r.account = name) ORDER BY name",
    )


def locked(connection: Connection, failed: int, now: datetime) -> list[str]:
    """Accounts whose name failed so often that nobody is listened to under it now."""
    return _names(
        connection,
        "SELECT a.name FROM account AS a JOIN sign_in_try AS t ON t.kind = 'name' AND t.value = a.name"
        " WHERE a.disabled_at IS NULL AND t.failed >= ? AND t.until > ? ORDER BY a.name",
        failed, bulk.instant(connection, now),
    )  # fmt: skip


def unused(connection: Connection, since: datetime) -> list[str]:
    """Accounts in use, made before an instant, by which nobody came since: no sign-in, no session, no token."""
    at = bulk.instant(connection, since)
    return _names(
        connection,
        "SELECT a.name FROM account AS a WHERE a.disabled_at IS NULL AND a.created_at < ?"
        " AND NOT EXISTS (SELECT 1 FROM sign_in AS i WHERE i.account = a.name AND i.what IN ('signed_in', 'link_used')"
        " AND i.at >= ?)"
        " AND NOT EXISTS (SELECT 1 FROM session AS s WHERE s.account = a.name AND s.seen_at >= ?)"
        " AND NOT EXISTS (SELECT 1 FROM token AS t WHERE t.account = a.name AND t.used_at >= ?) ORDER BY a.name",
        at, at, at, at,
    )  # fmt: skip


def open_links(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """Links that are still good: the purpose of each, and the account it is for."""
    rows = bulk.read(
        connection,
        "SELECT purpose, coalesce(account, '') FROM link WHERE used_at IS NULL AND expires_at > ? ORDER BY 1, 2",
        bulk.instant(connection, now),
    )
    return [(row[0], row[1]) for row in rows]


def _names(connection: Connection, sql: str, *values: object) -> list[str]:
    return [row[0] for row in bulk.read(connection, sql, *values)]
