"""Sessions, tokens and links: what a browser or a program shows to be known, kept as sha256 and never as it was given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. It is good while the account's epoch is the one it began under."""

    digest: str
    account: str
    epoch: int
    address: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key to an account. `id` names it to people, and opens nothing."""

    id: str
    digest: str
    account: str
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is good once. `purpose` is setup or password; a password link names its account."""

    digest: str
    purpose: str
    account: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


_SESSIONS = RowMap(Session, "session")
_TOKENS = RowMap(Token, "token")
_LINKS = RowMap(Link, "link")


def find_session(connection: Connection, digest: str) -> Session | None:
    rows = bulk.read(connection, f"{_SESSIONS.select} WHERE digest = ?", digest)
    return _SESSIONS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def add_session(connection: Connection, session: Session) -> None:
    """Begin a session; those that have ended by time are let go."""
    bulk.write(connection, "DELETE FROM session WHERE ends_at < ?", bulk.instant(connection, session.created_at))
    row = _SESSIONS.to_row(session, connection.dialect.name == "sqlite")
    bulk.insert(connection, "session", _SESSIONS.columns, [row])


def see_session(connection: Connection, digest: str, now: datetime) -> None:
    """It was seen; never moved back by a node whose clock is behind."""
    at = bulk.instant(connection, now)
    bulk.write(connection, "UPDATE session SET seen_at = ? WHERE digest = ? AND seen_at < ?", at, digest, at)


def end_session(connection: Connection, digest: str) -> str | None:
    """End one; the account it was of, or None where there is none any more."""
    rows = bulk.read(connection, "DELETE FROM session WHERE digest = ? RETURNING account", digest)
    return rows[0][0] if rows else None


def end_sessions(connection: Connection, account: str) -> None:
    """Let the rows of an account's sessions go; that they are over is said by its epoch."""
    bulk.write(connection, "DELETE FROM session WHERE account = ?", account)


def add_token(connection: Connection, token: Token) -> None:
    row = _TOKENS.to_row(token, connection.dialect.name == "sqlite")
    bulk.insert(connection, "token", _TOKENS.columns, [row])


def find_token(connection: Connection, digest: str) -> Token | None:
    rows = bulk.read(connection, f"{_TOKENS.select} WHERE digest = ?", digest)
    return _TOKENS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def tokens(connection: Connection, account: str = "") -> list[Token]:
    """The tokens of an account, or of all, newest first; revoked ones too."""
    where, values = (" WHERE account = ?", (account,)) if account else ("", ())
    rows = bulk.read(connection, f"{_TOKENS.select}{where} ORDER BY created_at DESC, id", *values)
    return [_TOKENS.from_row(row, connection.dialect.name == "sqlite") for row in rows]


def use_token(connection: Connection, token_id: str, now: datetime) -> None:
    bulk.write(connection, "UPDATE token SET used_at = ? WHERE id = ?", bulk.instant(connection, now), token_id)


def revoke_token(connection: Connection, token_id: str, now: datetime) -> bool:
    """False where it was revoked before."""
    sql = "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING id"
    return bool(bulk.read(connection, sql, bulk.instant(connection, now), token_id))


def add_link(connection: Connection, link: Link) -> None:
    """Make a link; of one account only the newest is good, and those of long ago are let go."""
    if link.account is not None:
        drop_links(connection, link.account)
    bulk.write(connection, "DELETE FROM link WHERE expires_at < ?", bulk.instant(connection, link.created_at))
    row = _LINKS.to_row(link, connection.dialect.name == "sqlite")
    bulk.insert(connection, "link", _LINKS.columns, [row])


def drop_links(connection: Connection, account: str) -> None:
    """The links of an account that were not used are good no more."""
    bulk.write(connection, "DELETE FROM link WHERE account = ? AND used_at IS NULL", account)


def find_link(connection: Connection, digest: str) -> Link | None:
    rows = bulk.read(connection, f"{_LINKS.select} WHERE digest = ?", digest)
    return _LINKS.from_row(rows[0], connection.dialect.name == "sqlite") if rows else None


def use_link(connection: Connection, digest: str, now: datetime) -> bool:
    """Use a link up. False where somebody was first, or its time is over."""
    at = bulk.instant(connection, now)
    sql = "UPDATE link SET used_at = ? WHERE digest = ? AND used_at IS NULL AND expires_at > ? RETURNING digest"
    return bool(bulk.read(connection, sql, at, digest, at))
