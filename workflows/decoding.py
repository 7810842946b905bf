"""Plain data read back as the values it was written from: a reader for each type hint, made once.

What lies as `encoding.to_data` writes it is read by plain functions. Anything else goes to pydantic, whose verdict holds: its
value where it makes one, its error where it does not. So both read the same, and an ordinary start pays for neither.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]
_PLAIN = frozenset({str, int, bool, NoneType})  # types whose values JSON gives as they are
_REQUIRED = object()


class _Unusual(Exception):
    """Not as it would have been written: pydantic has to look at it."""


def decoder(hint: Any) -> Reader:
    """The reader of values of this type. It raises ValueError (pydantic's) for data that does not fit."""
    plain, read = _parts(hint)

    def decode(data: Any) -> Any:
        try:
            return data if type(data) in plain else read(data)
        except Exception:  # noqa: BLE001  whatever it is, the other reading decides
            return _adapter(hint).validate_python(data)

    return decode


@cache
def _adapter(hint: Any) -> Any:
    from pydantic import TypeAdapter  # a tenth of a second that only unusual data costs

    return TypeAdapter(hint)


@cache
def _parts(hint: Any) -> tuple[frozenset[type], Reader]:
    """The types whose values pass as they are, and how any other value is read."""
    kinds = get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)
    others = [kind for kind in kinds if kind not in _PLAIN]
    plain = frozenset(kinds) & _PLAIN
    if not others:
        return plain, _unusual
    return plain, _reader(others[0]) if len(others) == 1 else _unusual


def _unusual(_: Any) -> Any:
    raise _Unusual


def _reader(kind: Any) -> Reader:
    if kind is datetime:
        return _instant
    if kind is date:
        return _day
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        return _row(inner[0]) if inner[1:] == (Ellipsis,) else _pair(inner)
    return _value(kind) if isinstance(kind, type) and is_dataclass(kind) else _unusual


@lru_cache(maxsize=8192)
def _instant(text: str) -> datetime:
    """`2023-08-31T10:00:00.000000Z`: the only form in which an instant is written."""
    if len(text) != 27 or text[4::3][:6] != "--T::." or text[26] != "Z":
        raise _Unusual
    return datetime.fromisoformat(text)


@lru_cache(maxsize=8192)
def _day(text: str) -> date:
    if len(text) != 10 or text[4::3] != "--":
        raise _Unusual
    return date.fromisoformat(text)


def _row(inner: Any) -> Reader:
    """A tuple of any number of equal things."""
    plain, read = _parts(inner)

    def row(data: Any) -> tuple[Any, ...]:
        if type(data) is not list:
            raise _Unusual
        return tuple([one if type(one) in plain else read(one) for one in data])

    return row


def _pair(inner: tuple[Any, ...]) -> Reader:
    """A tuple of so many things, each of its own type."""
    parts = [_parts(one) for one in inner]

    def pair(data: Any) -> tuple[Any, ...]:
        if type(data) is not list or len(data) != len(parts):
            raise _Unusual
        return tuple([one if type(one) in plain else read(one) for one, (plain, read) in zip(data, parts, strict=True)])

    return pair


def _value(kind: type[Any]) -> Reader:
    """A dataclass, whose fields at their default were left out."""
    hints, listed = get_type_hints(kind), fields(kind)
    places = {field.name: (place, *_parts(hints[field.name])) for place, field in enumerate(listed)}
    given = [_REQUIRED if field.default is MISSING else field.default for field in listed]
    required = sum(one is _REQUIRED for one in given)  # they come first

    def value(data: Any) -> Any:
        if type(data) is not dict:
            raise _Unusual
        values = given.copy()
        for name, one in data.items():
            place, plain, read = places[name]
            values[place] = one if type(one) in plain else read(one)
        if _REQUIRED in values[:required]:
            raise _Unusual
        return kind(*values)

    return value
