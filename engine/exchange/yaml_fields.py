"""Kinds of fields in a file that a person completes: each makes a value of plain data, or says what is wrong.

Knows no draft. A reader takes the data, its path and the faults found so far; what it returns beside a fault
is of no use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

from engine.exchange.written_dates import date_in
from workflows.errors import Problem
from workflows.strict_yaml import Located, Path, Plain
from workflows.text import say

LIST_MAX = 5_000

UNKNOWN, MISSING, WRONG_KIND, NOT_ALLOWED = "D101", "D102", "D103", "D104"

T = TypeVar("T")


@dataclass(slots=True)
class Faults:
    """What is wrong with a file so far, each fault at its place."""

    source: str
    located: Located
    found: list[Problem] = field(default_factory=list)

    def add(self, path: Path, code: str, says: str, *, at_key: bool = False) -> None:
        place = self.located.at_key(path) if at_key else self.located.at(path)
        self.found.append(Problem(self.source, *place, code, says))

    def expected(self, path: Path, what: str, value: Plain) -> None:
        self.add(path, WRONG_KIND, say("{what} is expected here, not {value}", what=what, value=shown(value)))


Reader = Callable[[Plain, Path, Faults], Any]


def shown(value: Plain) -> str:
    """The value as a message quotes it."""
    if isinstance(value, dict | list):
        return say("a list") if isinstance(value, list) else say("a mapping")
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    text = str(value)
    return f'"{text}"' if len(text) < 60 else f'"{text[:60]}…"'


def text(value: Plain, path: Path, faults: Faults) -> str | None:
    """A text, or null; a number written without quotes is taken as its digits."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    faults.expected(path, say("a text in quotes"), value)
    return None


def needed_text(value: Plain, path: Path, faults: Faults) -> str | None:
    """A text, never null."""
    if value is None:
        faults.expected(path, say("a text in quotes"), value)
    return text(value, path, faults)


def one_of(allowed: tuple[str, ...], *, nullable: bool = True) -> Reader:
    """One word of a closed list."""

    def read(value: Plain, path: Path, faults: Faults) -> Plain:
        if value not in allowed and not (nullable and value is None):
            faults.add(path, NOT_ALLOWED, say("{value} is not one of: {allowed}", value=shown(value), allowed=allowed))
        return value

    return read


def whole_number(low: int, high: int, *, nullable: bool = True) -> Reader:
    """A whole number within bounds."""

    def read(value: Plain, path: Path, faults: Faults) -> Plain:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not (is_number and low <= cast(int, value) <= high) and not (nullable and value is None):
            faults.expected(path, say("a whole number from {low} to {high}", low=low, high=high), value)
        return value

    return read


def boolean(value: Plain, path: Path, faults: Faults) -> Plain:
    """`true` or `false`, and no other way of saying it."""
    if not isinstance(value, bool):
        faults.expected(path, say("true or false"), value)
    return value


def day(value: Plain, path: Path, faults: Faults) -> date | None:
    """A date as a person types it, or null."""
    found = date_in(value.strip()) if isinstance(value, str) else None
    if found is None and value is not None:
        faults.expected(path, say("a date (2023-08-16 or 16/8/2023)"), value)
    return found


def list_of(
    read_one: Callable[[Plain, Path, Faults], T | None],
) -> Callable[[Plain, Path, Faults], tuple[T, ...]]:
    """A list, every element read the same way."""

    def read(value: Plain, path: Path, faults: Faults) -> tuple[T, ...]:
        if not isinstance(value, list):
            faults.expected(path, say("a list such as [] or [a, b]"), value)
        elif len(value) > LIST_MAX:
            faults.add(
                path,
                NOT_ALLOWED,
                say("a list of {count} is longer than {most}", count=f"{len(value):,}", most=f"{LIST_MAX:,}"),
            )
        else:
            return tuple(cast(T, read_one(each, (*path, at), faults)) for at, each in enumerate(value))
        return ()

    return read


def record(
    make: Callable[..., T], fields: Mapping[str, Reader], needed: tuple[str, ...] = ()
) -> Callable[[Plain, Path, Faults], T | None]:
    """A mapping of known keys, made into a value; a key that is left out takes the value's own default."""

    def read(value: Plain, path: Path, faults: Faults) -> T | None:
        if not isinstance(value, dict):
            faults.expected(path, say("a mapping with {fields}", fields=[*fields]), value)
            return None
        before = len(faults.found)
        for key in value.keys() - fields.keys():
            says = say("{key} is no field here; there are {fields}", key=shown(key), fields=[*fields])
            faults.add((*path, key), UNKNOWN, says, at_key=True)
        for key in needed:
            if key not in value:
                faults.add((*path, key), MISSING, say("`{key}` is missing", key=key))
        values = {key: fields[key](each, (*path, key), faults) for key, each in value.items() if key in fields}
        return make(**values) if len(faults.found) == before else None

    return read


def nullable(read_one: Reader) -> Reader:
    """The same, or null."""
    return lambda value, path, faults: None if value is None else read_one(value, path, faults)
