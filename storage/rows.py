"""Values of the law as rows: how each kind lies in its table, field by field, at the speed of the driver.

SQLAlchemy's Core costs 13 µs for a row with three instants where the driver costs 2; a fan-out writes ten thousand rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar, get_type_hints

import orjson

from workflows.decoding import decoder
from workflows.encoding import to_data
from workflows.light import Made, written_out

T = TypeVar("T")
Coder = Callable[[Any], Any]
Coders = tuple[Coder | None, Coder | None]  # how a field is written and read; None where the driver takes it as it is
Writer = Callable[[Any], tuple[Any, ...]]
_AS_THEY_ARE: Coders = (None, None)


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


@lru_cache(maxsize=8192)
def to_text(instant: datetime) -> str:
    """As PostgreSQL reads it. A batch writes the same few again and again, and psycopg would make this text each time, at
    1.3 µs: as much as a row of a fan-out costs besides."""
    return instant.isoformat(" ")


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
        hints = get_type_hints(kind)
        coders = {sqlite: [_coders(hints[name], sqlite) for name in names] for sqlite in (True, False)}
        self._read: Made[bool, Callable[..., T]] = Made(lambda sqlite: _reading(kind, len(leading), coders[sqlite]))
        self._write: Made[bool, Writer] = Made(lambda sqlite: _writing(names, coders[sqlite]))
        self._write_many: Made[bool, Writer] = Made(
            lambda sqlite: _writing(
                names, [(to_text, one) if one is to_utc else (to, one) for to, one in coders[sqlite]]
            )
        )
        self._pick: Made[tuple[tuple[int, ...], bool], Writer] = Made(
            lambda some: _writing([names[at] for at in some[0]], [coders[some[1]][at] for at in some[0]])
        )

    def to_row(self, value: T, sqlite: bool, *leading: Any) -> tuple[Any, ...]:
        return (*leading, *self._write[sqlite](value))

    def to_rows(self, values: Iterable[T], sqlite: bool, *leading: Any) -> Iterator[list[Any]]:
        """The rows of many values, as they are inserted soonest."""
        write = self._write_many[sqlite]
        for value in values:
            yield [*leading, *write(value)]

    def differing(self, before: T, after: T) -> tuple[int, ...]:
        """The places, counted without the leading columns, in which two values differ."""
        return self._differing(before, after)

    @cached_property
    def _differing(self) -> Callable[[T, T], tuple[int, ...]]:
        return _differing(self.names)

    def picked(self, value: T, places: Iterable[int], sqlite: bool) -> tuple[Any, ...]:
        """Some of a value's row, as the driver takes it."""
        return self._pick[tuple(places), sqlite](value)

    def from_row(self, row: Sequence[Any], sqlite: bool) -> T:
        return self._read[sqlite](*row)

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"


def _coders(hint: Any, sqlite: bool) -> Coders:
    kinds = set(getattr(hint, "__args__", (hint,))) - {type(None)}
    if datetime in kinds:
        return (to_sqlite_instant, from_sqlite_instant) if sqlite else (None, to_utc)
    if date in kinds and len(kinds) == 1:
        return (date.isoformat, date.fromisoformat) if sqlite else _AS_THEY_ARE
    if bool in kinds:
        return (int, bool) if sqlite else _AS_THEY_ARE
    if kinds <= {str, int}:
        return _AS_THEY_ARE
    return _remembering(lambda value: json_text(to_data(value))), _json_reader(hint)


def _reading(kind: type[T], leading: int, coders: Sequence[Coders]) -> Callable[..., T]:
    """How a value is made of the columns of its row, each an argument."""
    columns = [f"c{place}" for place in range(leading + len(coders))]
    values, known = _coded(columns[leading:], [read for _, read in coders])
    return written_out(columns, [f"return kind({', '.join(values)})"], kind=kind, **known)


def _writing(names: Sequence[str], coders: Sequence[Coders]) -> Writer:
    """How the fields of these names become columns."""
    values, known = _coded([f"value.{name}" for name in names], [write for write, _ in coders])
    return written_out(["value"], [f"return ({', '.join(values)},)"], **known)


def _coded(given: Sequence[str], coders: Sequence[Coder | None]) -> tuple[list[str], dict[str, Coder | None]]:
    """The text of each column, coded where it has to be and is there; and what codes it, by the name it has in the text."""
    texts = [
        one if code is None else f"None if (one := {one}) is None else code{place}(one)"
        for place, (one, code) in enumerate(zip(given, coders, strict=True))
    ]
    return texts, {f"code{place}": code for place, code in enumerate(coders)}


def _differing(names: Sequence[str]) -> Callable[[Any, Any], tuple[int, ...]]:
    """In which places two values differ. Most fields hold the very same object, which is seen at once."""
    lines = [
        f"if (one := before.{name}) is not (other := after.{name}) and one != other: found.append({place})"
        for place, name in enumerate(names)
    ]
    return written_out(["before", "after"], ["found = []", *lines, "return tuple(found)"])


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
