"""At every instant of every history: what was known then is what was stored then, and the present law decides it as written."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from engine.replaying import Rules, replayed
from storage.as_of import as_of
from tests.support.databases import Databases
from tests.support.desk import desk_on
from tests.support.histories import lived, sums
from tests.support.plays import Move, moves

_SAME = {"deadline": None, "derandomize": True, "phases": [Phase.generate],
         "suppress_health_check": [HealthCheck.function_scoped_fixture]}  # fmt: skip


@settings(max_examples=12, **_SAME)  # type: ignore[arg-type]
@given(moves)
def test_every_state_is_told_by_what_was_recorded_until_then(
    databases: Databases, template: str, drawn: list[Move]
) -> None:
    told_again(databases, template, drawn, every=4)


@pytest.mark.long
@settings(max_examples=25, **_SAME)  # type: ignore[arg-type]
@given(moves)
def test_every_state_of_many_histories_is_told_by_what_was_recorded_until_then(
    databases: Databases, template: str, drawn: list[Move]
) -> None:
    told_again(databases, template, drawn, every=1)


def told_again(databases: Databases, template: str, drawn: list[Move], every: int) -> None:
    """Live a history, noting what is stored at each instant; then look back at one of so many instants, and replay it."""
    url, stored = databases.copy(template), dict[datetime, Any]()
    try:
        with desk_on(url) as desk:
            database = desk.runtime.database

            def note(at: datetime) -> None:
                stored[at] = sums(database)

            lived(desk, drawn, note)
            for at in list(stored)[::-every]:
                with as_of(database, at) as past:
                    assert sums(past.database) == stored[at], at
                with as_of(database, at, corrected=True) as past:
                    kept = sums(past.database)["obligation"].rows  # what was entered later changes values alone
                    assert kept == stored[at]["obligation"].rows
            with database.reading() as connection:
                found = replayed(connection, desk.cascade, Rules(connection))
            assert found.differs is None
            assert found.entries > found.decided > 0
    finally:
        databases.drop(url)
