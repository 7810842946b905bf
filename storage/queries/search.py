"""One box to search from: documents, obligations, offices and people by any of their words, without accents."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from storage.folding import folded, words_of
from storage.queries import obligations, registers
from storage.queries.filters import Wanted
from storage.queries.lines import ObligationLine
from storage.queries.registers import Registered
from storage.queries.sight import Sight
from storage.queries.sql import Sql, read

_fold = lru_cache(maxsize=1 << 16)(folded)  # the names of a directory are the same from one search to the next


@dataclass(frozen=True, slots=True)
class Place:
    """An office that was found."""

    id: str
    name: str
    short: str
    level: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a seat."""

    name: str
    office: str
    role: str


@dataclass(frozen=True, slots=True)
class Found:
    """What holds all the words, the first few of each kind. The directory is open to everybody, the rest as it is seen."""

    documents: tuple[Registered, ...]
    obligations: tuple[ObligationLine, ...]
    offices: tuple[Place, ...]
    persons: tuple[Person, ...]


def find(connection: Connection, now: datetime, sight: Sight, text: str, limit: int = 10) -> Found:
    """What holds all the words of `text`; nothing for an empty one."""
    if not words_of(text):
        return Found((), (), (), ())
    return Found(
        registers.listed(connection, sight, registers.Wanted(text=text), limit).rows,
        obligations.listed(connection, now, sight, Wanted(text=text), "due", limit).rows,
        tuple(offices(connection, text, limit)),
        tuple(persons(connection, text, limit)),
    )


def offices(connection: Connection, text: str, limit: int) -> list[Place]:
    """Offices by words of their id or names, in the order of the directory."""
    rows = read(connection, Sql("SELECT id, name, short, level FROM office ORDER BY seq"))
    words = words_of(text)
    return [Place(*row) for row in rows if _holds(f"{row[0]} {row[1]} {row[2]}", words)][:limit]


def persons(connection: Connection, text: str, limit: int) -> list[Person]:
    """People in seats by words of their names."""
    rows = read(connection, Sql("SELECT person, office, role FROM seat ORDER BY person, office, role"))
    words = words_of(text)
    return [Person(*row) for row in rows if _holds(row[0], words)][:limit]


def _holds(text: str, words: tuple[str, ...]) -> bool:
    plain = _fold(text)
    return all(word in plain for word in words)
