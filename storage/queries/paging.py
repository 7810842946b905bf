"""Pages by key: where a page ended is its cursor, so that rows that come or go meanwhile move nobody to another page."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import Connection

from storage import bulk
from workflows.errors import NotFound
from workflows.text import say

MOST = 200  # rows of a page
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order; `next` begins the page after them, None where this is the last."""

    rows: tuple[T, ...]
    next: str | None


class NoSuchPage(NotFound):
    """A cursor that this list did not give."""


def bounded(limit: int) -> int:
    """A limit that is within what a page may hold."""
    return max(1, min(int(limit), MOST))


def cursor(order: str, values: Sequence[Any]) -> str:
    """Where a page ended, for whoever asks on; `order` names the list, so that no other takes it for its own."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps([order, *plain])).decode().rstrip("=")


def after(text: str, order: str, kinds: str) -> list[Any]:
    """The values of a cursor. `kinds` has a letter for each: a text, a number, an instant, any of them perhaps missing.

    Raises NoSuchPage."""
    try:
        named, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if named != order or len(values) != len(kinds):
            raise ValueError(text)
        return [None if value is None else _KINDS[kind](value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise NoSuchPage(
            say("There is no such page of this list; begin at its first page. (The cursor is not one of it.)")
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError(value)
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not -(1 << 31) <= value < 1 << 31:
        raise ValueError(value)
    return value


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(UTC)


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


_KINDS: dict[str, Callable[[Any], Any]] = {"t": _text, "n": _number, "i": _instant, "d": _day}


def stored(connection: Connection, value: Any) -> Any:
    """A cursor's value as this database compares it."""
    if isinstance(value, datetime):
        return bulk.instant(connection, value)
    return value.isoformat() if isinstance(value, date) and connection.dialect.name == "sqlite" else value


def cut(rows: Sequence[T], limit: int) -> tuple[tuple[T, ...], bool]:
    """The rows of a page, of which one more than its limit was asked for, and whether another page follows."""
    return tuple(rows[:limit]), len(rows) > limit
