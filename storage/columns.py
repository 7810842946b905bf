"""The columns that tables are made of: keys, texts, numbers and instants, each declared in one word."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, UTCDateTime


def key() -> str:
    """A column of a primary key."""
    return Field(primary_key=True, sa_type=Text)  # type: ignore[no-any-return]


def number() -> int:
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # type: ignore[no-any-return]


def text() -> str:
    return Field(sa_type=Text)  # type: ignore[no-any-return]


def maybe() -> str | None:
    return Field(default=None, sa_type=Text)  # type: ignore[no-any-return]


def blob() -> bytes:
    """A file's content: bytea on PostgreSQL."""
    return Field(sa_type=LargeBinary)  # type: ignore[no-any-return]


def maybe_blob() -> bytes | None:
    return Field(default=None, sa_type=LargeBinary)  # type: ignore[no-any-return]


def instant() -> datetime:
    return Field(sa_type=UTCDateTime)  # type: ignore[no-any-return]


def maybe_at() -> datetime | None:
    return Field(default=None, sa_type=UTCDateTime)  # type: ignore[no-any-return]


def added(default: Any, kind: Any) -> Any:
    """A column that came later: rows from before have this value; the program writes its own."""
    return Field(sa_type=kind, sa_column_kwargs={"server_default": default})
