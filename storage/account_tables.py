"""The tables of who is who: accounts, what they hold, how they are known, and who came in or was turned away.

Secrets are never in them: a password is an argon2id hash, whatever is random is kept as its sha256.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy import text as sql_text
from sqlmodel import SQLModel

from storage.at_the_door import TURNED_AWAY
from storage.columns import instant, key, maybe, maybe_at, text

_DENIED = sql_text(TURNED_AWAY)
_CLUSTERED = {"sqlite_with_rowid": False}


class AccountRow(SQLModel, table=True):
    """A person who may sign in. `name` is folded to lower case; `epoch` moves with all that ends a session."""

    __tablename__ = "account"
    name: str = key()
    shown: str = text()
    password: str | None = maybe()
    language: str = text()
    must_change: bool
    created_at: datetime = instant()
    disabled_at: datetime | None = maybe_at()
    epoch: int


class AccountSeatRow(SQLModel, table=True):
    """A seat that an account holds. Several accounts may hold one: two clerks of an office."""

    __tablename__ = "account_seat"
    __table_args__ = (Index("account_seat_office", "office", "role"), _CLUSTERED)
    account: str = key()
    office: str = key()
    role: str = key()


class AccountRoleRow(SQLModel, table=True):
    """What an account may do in the whole installation: admin, auditor, operator."""

    __tablename__ = "account_role"
    __table_args__ = _CLUSTERED
    account: str = key()
    role: str = key()


class SessionRow(SQLModel, table=True):
    """A browser that is signed in, by the sha256 of its secret."""

    __tablename__ = "session"
    __table_args__ = (Index("session_account", "account"), Index("session_ends", "ends_at"))
    digest: str = key()
    account: str = text()
    epoch: int
    address: str = text()
    created_at: datetime = instant()
    seen_at: datetime = instant()
    ends_at: datetime = instant()


class TokenRow(SQLModel, table=True):
    """A program's key to an account, by the sha256 of its secret. `scope` is one of a ladder, each with those below it."""

    __tablename__ = "token"
    __table_args__ = (Index("token_digest", "digest", unique=True), Index("token_account", "account"))
    id: str = key()
    digest: str = text()
    account: str = text()
    name: str = text()
    scope: str = text()
    created_at: datetime = instant()
    expires_at: datetime | None = maybe_at()
    used_at: datetime | None = maybe_at()
    revoked_at: datetime | None = maybe_at()


class LinkRow(SQLModel, table=True):
    """A link that is good once: to set the installation up, or to choose a password."""

    __tablename__ = "link"
    digest: str = key()
    purpose: str = text()
    account: str | None = maybe()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_at()


class AnswerRow(SQLModel, table=True):
    """What a program was answered under its Idempotency-Key; no status while the first is still being carried out."""

    __tablename__ = "answer"
    __table_args__ = (Index("answer_created", "created_at"),)
    account: str = key()
    request: str = key()
    digest: str = text()
    status: int | None = None
    body: str | None = maybe()
    created_at: datetime = instant()


class SignInRow(SQLModel, table=True):
    """Who came in, and who was turned away. Outside every chain, so that strangers contend for no chain's head."""

    __tablename__ = "sign_in"
    __table_args__ = (
        Index("sign_in_at", "at"),
        Index("sign_in_account", "account", "at"),
        Index("sign_in_denied", "at", "id", sqlite_where=_DENIED, postgresql_where=_DENIED),
    )
    id: str = key()
    at: datetime = instant()
    account: str = text()
    address: str = text()
    what: str = text()
    detail: str | None = maybe()


class SignInTryRow(SQLModel, table=True):
    """How often a name or an address failed of late, and until when it is not listened to. A name needs no account: one
    that is unknown is locked like any other."""

    __tablename__ = "sign_in_try"
    kind: str = key()
    value: str = key()
    failed: int
    last_at: datetime = instant()
    until: datetime = instant()
