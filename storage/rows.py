"""Values of the law as rows: how each kind lies in its table, field by field, at the speed of the driver.

SQLAlchemy's Core costs 13 µs for a row with three instants where the driver costs 2; a fan-out writes ten thousand rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import compress, count
from operator import attrgetter, is_not
from typing import Any, Generic, TypeVar, get_type_hints

import orjson

from workflows.decoding import decoder
from workflows.encoding import to_data

T = TypeVar("T")
Coder = Callable[[Any], Any]


def json_text(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=8192)
def to_sqlite_instant(instant: datetime) -> str:
    """As SQLAlchemy's own DateTime writes it, so that either can read what the other wrote."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=8192)
def from_sqlite_instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def to_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


class RowMap(Generic[T]):
    """How values of one kind lie in a table: one column per field, after the table's leading columns.

    The last fields may be kept `apart`, in a table of their own; values read here have their defaults.
    """

    def __init__(self, kind: type[T], table: str, leading: Sequence[str] = (), apart: Sequence[str] = ()) -> None:
        self.kind, self.table, self.leading = kind, table, tuple(leading)
        names = [field.name for field in fields(kind) if field.name not in apart]  # type: ignore[arg-type]
        self.names = names
        self.columns = [*leading, *names]
        self._get = attrgetter(*names)
        self._picks: dict[tuple[tuple[int, ...], bool], tuple[Callable[[T], tuple[Any, ...]], list[Coder | None]]] = {}
        hints = get_type_hints(kind)
        coders = {name: {sqlite: _coders(hints[name], sqlite) for sqlite in (True, False)} for name in names}
        self._writers, self._readers = (
            {
                sqlite: [(place, coder[way]) for place, name in enumerate(names) if (coder := coders[name][sqlite])]
                for sqlite in (True, False)
            }
            for way in (0, 1)
        )

    def to_row(self, value: T, sqlite: bool, *leading: Any) -> tuple[Any, ...]:
        row = list(self._get(value))
        for place, write in self._writers[sqlite]:
            one = row[place]
            if one is not None:
                row[place] = write(one)
        return (*leading, *row)

    def to_rows(self, values: Iterable[T], sqlite: bool, *leading: Any) -> Iterator[list[Any]]:
        """The rows of many values; of each only that is written anew in which it is another one than the value before."""
        writers: list[Coder | None] = [None] * len(self.names)
        for place, writer in self._writers[sqlite]:
            writers[place] = writer
        before: tuple[Any, ...] = (object(),) * len(self.names)
        row: list[Any] = [*leading, *before]
        for value in values:
            given = self._get(value)
            row = row.copy()
            for place in compress(count(), map(is_not, given, before)):
                one, write = given[place], writers[place]
                row[place + len(leading)] = one if one is None or write is None else write(one)
            before = given
            yield row

    def differing(self, before: T, after: T) -> tuple[int, ...]:
        """The places, counted without the leading columns, in which two values differ."""
        old, new = self._get(before), self._get(after)
        return tuple(place for place in compress(count(), map(is_not, old, new)) if old[place] != new[place])

    def picked(self, value: T, places: Iterable[int], sqlite: bool) -> tuple[Any, ...]:
        """Some of a value's row, as the driver takes it."""
        get, writers = self._picking(tuple(places), sqlite)
        return tuple(
            one if one is None or write is None else write(one) for one, write in zip(get(value), writers, strict=True)
        )

    def _picking(
        self, places: tuple[int, ...], sqlite: bool
    ) -> tuple[Callable[[T], tuple[Any, ...]], list[Coder | None]]:
        found = self._picks.get((places, sqlite))
        if found is None:
            writers, names = dict(self._writers[sqlite]), [self.names[place] for place in places]
            get = attrgetter(*names) if len(names) > 1 else _alone(attrgetter(*names))
            found = self._picks[places, sqlite] = (get, [writers.get(place) for place in places])
        return found

    def from_row(self, row: Sequence[Any], sqlite: bool) -> T:
        values = list(row[len(self.leading) :])
        for place, read in self._readers[sqlite]:
            one = values[place]
            if one is not None:
                values[place] = read(one)
        return self.kind(*values)

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"


def _coders(hint: Any, sqlite: bool) -> tuple[Coder, Coder] | None:
    """How a field of this type is written and read; None where the driver takes it as it is."""
    kinds = set(getattr(hint, "__args__", (hint,))) - {type(None)}
    if datetime in kinds:
        return (to_sqlite_instant, from_sqlite_instant) if sqlite else (_identity, to_utc)
    if date in kinds and len(kinds) == 1:
        return (date.isoformat, date.fromisoformat) if sqlite else None
    if bool in kinds:
        return (int, bool) if sqlite else None
    if kinds <= {str, int}:
        return None
    return _remembering(lambda value: json_text(to_data(value))), _json_reader(hint)


def _alone(get: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: (get(value),)


def _remembering(write: Coder) -> Coder:
    """The same, which writes a value that comes twice in a row once: rows of a batch share their longer values."""
    last: tuple[Any, Any] = (None, None)

    def remembered(value: Any) -> Any:
        nonlocal last
        if not value:
            return "[]"
        known = last
        if known[0] is not value:
            last = known = (value, write(value))
        return known[1]

    return remembered


def _json_reader(hint: Any) -> Coder:
    decode = decoder(hint)
    last: tuple[str, Any] = ("[]", ())

    def read(text: str) -> Any:
        nonlocal last
        known = last
        if text == "[]":
            return ()
        if known[0] != text:  # rows of a batch share their longer values
            last = known = (text, decode(orjson.loads(text)))
        return known[1]

    return read


def _identity(value: Any) -> Any:
    return value
