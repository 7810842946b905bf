"""What anybody may write into an address is looked for and never run; a cursor that was not given is told so."""

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection

from storage.queries import cascades, history, obligations, registers, search
from storage.queries.filters import Wanted
from storage.queries.paging import NoSuchPage
from storage.queries.sight import EVERYTHING, Sight
from tests.support.desk import Desk

TEXTS = [
    "'", '"', "%", "_", "\\", "' OR 1=1 --", "a*", "NEAR(", '"a b', "a\0b", "\ud800", "$1", "%s", "?", "{}", "()[]+*?.|",
    "\u202e", "ﷺ" * 1_000, "AND", "a:b", "^a", "\n", "x" * 10_000_000, " ".join(map(str, range(6_000))),
]  # fmt: skip
Look = Callable[[Connection, str], Any]


def looks(desk: Desk) -> dict[str, tuple[str, Look]]:
    """Each list with the kinds of its cursor's values."""
    now, none = desk.runtime.now(), Wanted()

    def by(sort: str) -> Look:
        return lambda connection, cursor: obligations.listed(connection, now, EVERYTHING, none, sort, cursor=cursor)

    return {
        "number": ("tn", by("number")),
        "due": ("itn", by("due")),
        "changed": ("itn", by("changed")),
        "holder": ("ttn", by("holder")),
        "register": ("dtn", lambda one, at: registers.listed(one, EVERYTHING, registers.Wanted(), cursor=at)),
        "cascades": ("it", lambda one, at: cascades.page(one, EVERYTHING, cursor=at)),
        "time newest": ("itn", lambda one, at: history.listed(one, EVERYTHING, history.Wanted(), cursor=at)),
    }


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_searched_for_is_never_run(desk: Desk, text: str) -> None:
    desk.order("2023-09-29", "unit-1", "unit-2")
    for sight in (EVERYTHING, Sight(frozenset({"unit-1"}))):
        with desk.runtime.database.reading() as connection:
            search.find(connection, desk.runtime.now(), sight, text)
            cascades.page(connection, sight, text=text)


def test_a_cursor_that_was_forged_gives_a_page_or_is_told_to_be_none(desk: Desk) -> None:
    desk.order("2023-09-29", "unit-1", "unit-2")
    good: dict[str, Any] = {"t": "c", "n": 1, "i": "2023-01-01T00:00:00+00:00", "d": "2023-01-01"}
    bad: list[Any] = [
           None, "", "a", "\0", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", 0, -1, 2**31, 2**62,
           1.5, True, [], {}, "2023-01-01T00:00:00"]  # fmt: skip
    told = 0
    for order, (kinds, look) in looks(desk).items():
        forged = [[order, *(good[kind] for kind in kinds)][: place + 1] for place in range(len(kinds))]
        for place in range(len(kinds)):
            for value in bad:
                values = [good[kind] for kind in kinds]
                values[place] = value
                forged.append([order, *values])
        texts = [base64.urlsafe_b64encode(orjson.dumps(one)).decode() for one in forged]
        deep = base64.b64encode(b"[" * 100_000).decode()
        for cursor in (*texts, "x", "=", "\u1234", "bnVsbA", "MTI", "W10", "A" * 1_000_000, deep, texts[0][:7]):
            with desk.runtime.database.reading() as connection:
                try:
                    look(connection, cursor)
                except NoSuchPage:
                    told += 1
    assert told > 100
