"""What queries have to answer, told in plain Python over everything that was written; and an office with plenty to look at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from engine import administration
from storage.database import Database
from storage.queries.paging import Page
from storage.queries.sight import EVERYTHING, Sight
from tests.support.plenty import NOW, Filler, Written, offices
from workflows.obligation import Obligation

T = TypeVar("T")
DEPARTMENTS, UNITS, SIZE, ENTRIES = 4, 3, 260, 6
SIGHTS = {
    "everything": EVERYTHING,
    "unit": Sight(frozenset({"d1-u2"})),
    "department": Sight(frozenset({"d1", "d1-u0", "d1-u1", "d1-u2"})),
    "province": Sight(frozenset({"province"})),
    "government": Sight(frozenset({"gov"})),
    "nothing": Sight(frozenset()),
    "nobody": Sight(frozenset({"elsewhere"})),
}
Key = tuple[str, int]


def filled(url: str, size: int = SIZE, widest: int = 30, entries: int = ENTRIES) -> Written:
    """Fill an installation with a few hundred obligations; everything that was written."""
    database = Database(url)
    try:
        with database.transaction() as connection:
            administration.import_offices(connection, offices(DEPARTMENTS, UNITS), NOW, administration.INSTALLER)
            filler = Filler(connection, DEPARTMENTS, UNITS, keep=True)
            filler.fill(size, entries, widest=widest)
        return filler.written
    finally:
        database.close()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    database = Database(url)
    try:
        with database.reading() as connection:
            yield connection
    finally:
        database.close()


def seen(obligations: dict[Key, Obligation], sight: Sight) -> set[Key]:
    """The obligations that a sight shows: those it is a party of, and the chain above each."""
    if sight.offices is None:
        return set(obligations)
    found: set[Key] = set()
    for (cascade, number), one in obligations.items():
        if {one.holder, one.giver, one.controller, one.recipient} & sight.offices:
            at: int | None = number
            while at is not None:
                found.add((cascade, at))
                at = obligations[cascade, at].parent
    return found


def seen_documents(written: Written, sight: Sight) -> set[Key]:
    """The directives that a sight shows: those of its issuers, and those in which it sees an obligation."""
    under = {(key[0], written.obligations[key].directive) for key in seen(written.obligations, sight)}
    own = {key for key, one in written.directives.items() if sight.offices is None or one.issuer in sight.offices}
    return under | own


def every_page(page: Callable[[str | None], Page[T]], pages_max: int = 400) -> list[T]:
    """All rows of a list, page after page."""
    found: list[T] = []
    cursor: str | None = None
    for _ in range(pages_max):
        one = page(cursor)
        found += one.rows
        cursor = one.next
        if cursor is None:
            return found
        assert one.rows, "a page that is not the last holds nothing"
    raise AssertionError("the list does not end")
