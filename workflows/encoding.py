"""Values of the law as plain data for JSON, as the journal writes them; `decoding` reads them again."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import compress, count
from operator import attrgetter, is_not
from typing import Any


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
    known = fields(kind)
    names, defaults = [one.name for one in known], [one.default for one in known]
    if len(names) == 1:
        [name], [default] = names, defaults
        return lambda value: {} if getattr(value, name) == default else {name: to_data(getattr(value, name))}
    values = attrgetter(*names)

    def write(given: tuple[Any, ...]) -> dict[str, Any]:
        told = zip(names, given, defaults, strict=True)
        return {
            name: one if type(one) in _PLAIN else to_data(one)
            for name, one, default in told
            if one is not default and one != default
        }

    if len(names) < _MANY:
        return _once(lambda value: write(values(value)))
    last: tuple[tuple[Any, ...], dict[str, Any]] = ((object(),) * len(names), {})

    def write_like_the_last(value: Any) -> dict[str, Any]:
        """Of a value with many fields that differs in few from the one before it only those are written anew."""
        nonlocal last
        given, (before, known) = values(value), last
        moved = list(compress(count(), map(is_not, given, before)))
        if len(moved) > _FEW:
            data = write(given)
        else:
            data = dict(known)
            for place in moved:
                data.pop(names[place], None)
                if given[place] != defaults[place]:
                    data[names[place]] = to_data(given[place])
        last = (given, data)
        return dict(data)

    return write_like_the_last


def _once(write: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """The same, which writes a value that comes again at once only once: the facts of a batch share their causes."""
    last: tuple[Any, dict[str, Any]] = (None, {})

    def written(value: Any) -> dict[str, Any]:
        nonlocal last
        known = last
        if known[0] is not value:
            last = known = (value, write(value))
        return known[1]

    return written


@lru_cache(maxsize=8192)
def instant_text(instant: datetime) -> str:
    """An instant as the journal writes it: UTC, microseconds, `Z`. A batch writes the same few again and again."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


_MANY, _FEW = 30, 6  # fields, of which an obligation alone has many
_PLAIN: frozenset[type[Any]] = frozenset({str, int, bool, type(None)})
_WRITERS: dict[type[Any], Callable[[Any], Any]] = {
    **dict.fromkeys(_PLAIN, _as_it_is),
    datetime: instant_text,
    date: date.isoformat,
    tuple: _each,
}
