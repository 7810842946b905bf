"""Values of the law as plain data for JSON, as the journal writes them; `decoding` reads them again."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from workflows.light import written_out


def to_data(value: Any) -> Any:
    """A fact, or any value in one, as plain data for JSON. Fields at their default are left out, so bodies stay short."""
    write = _WRITERS.get(type(value))
    return write(value) if write else _writer_of(type(value))(value)


def _as_it_is(value: Any) -> Any:
    return value


def _each(values: tuple[Any, ...]) -> list[Any]:
    return [to_data(one) for one in values]


def _writer_of(kind: type[Any]) -> Callable[[Any], Any]:
    """How values of a type are written; worked out once for each type."""
    if issubclass(kind, str | int):
        found: Callable[[Any], Any] = _as_it_is
    elif issubclass(kind, tuple):
        found = _each
    else:
        found = _fields_writer(kind)
    _WRITERS[kind] = found
    return found


def _fields_writer(kind: type[Any]) -> Callable[[Any], dict[str, Any]]:
    lines, defaults = ["data = {}"], {}
    for place, field in enumerate(fields(kind)):
        defaults[f"default{place}"] = default = field.default
        said = f"data[{field.name!r}] = one if type(one) in plain else to_data(one)"
        if default is MISSING:
            lines += [f"one = value.{field.name}", said]
        elif default is None:
            lines += [f"if (one := value.{field.name}) is not None: {said}"]
        else:
            lines += [f"if (one := value.{field.name}) is not default{place} and one != default{place}: {said}"]
    return written_out(["value"], [*lines, "return data"], plain=_PLAIN, to_data=to_data, **defaults)


@lru_cache(maxsize=8192)
def instant_text(instant: datetime) -> str:
    """An instant as the journal writes it: UTC, microseconds, `Z`. A batch writes the same few again and again."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


_PLAIN: frozenset[type[Any]] = frozenset({str, int, bool, type(None)})
_WRITERS: dict[type[Any], Callable[[Any], Any]] = {
    **dict.fromkeys(_PLAIN, _as_it_is),
    datetime: instant_text,
    date: date.isoformat,
    tuple: _each,
}
