"""Whatever happened and whatever is asked, a report adds up: across its groups, down its offices, down its levels."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from engine.reporting import four_groups
from engine.reporting.asked import Asked, Sources
from engine.reporting.periods import Period
from engine.reporting.report import Row
from storage import bulk, directory, rulebook
from storage.cascades import OBLIGATIONS
from storage.database import Database
from storage.queries.sight import EVERYTHING
from tests.support.databases import SqliteFiles, create_installation
from tests.support.looking import SIGHTS, filled
from tests.support.plenty import NOW, Written
from workflows.calendar import day_of
from workflows.obligation import GROUPS

ADDED = ("carried", "given", "total", "due", *GROUPS)
instants = st.integers(-900, 200).map(lambda days: NOW + timedelta(days=days, minutes=7 * (days % 11)))
periods = st.tuples(st.integers(0, 900), st.integers(0, 400)).map(
    lambda ago: Period(day_of(NOW) - timedelta(days=ago[0]), day_of(NOW) - timedelta(days=ago[0] - ago[1]))
)
histories = st.fixed_dictionaries(
    {
        "assigned_at": instants, "due_at": st.none() | instants, "sent_at": st.none() | instants,
        "rested_at": st.none() | instants, "outcome": st.sampled_from([None, "fulfilled", "void"]),
        "closed_at": st.none() | instants, "part": st.sampled_from(["lead", "support", "info"]),
        "mode": st.sampled_from(["once", "info", "periodic"]),
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def place(sqlite: SqliteFiles) -> Iterator[tuple[Database, Written]]:
    url = create_installation(sqlite.empty())
    written = filled(url, 60, 12)
    database = Database(url)
    yield database, written
    database.close()


def numbers(row: Row) -> list[int]:
    return [row.data[name] for name in ADDED]


def report_adds_up(connection: Connection, asked: Asked, sight_name: str) -> None:
    rules = rulebook.read_rules(connection)
    sources = Sources(directory.read_offices(connection).on(day_of(NOW)), rules.workflows, rules.calendars)
    found = four_groups.make(connection, sources, SIGHTS[sight_name], NOW, asked)
    for table in found.tables:
        assert table.sum is not None
        for row in table.lines():
            assert row.data["carried"] + row.data["given"] == row.data["total"] == sum(row.data[g] for g in GROUPS)
            assert row.data["due"] <= row.data["total"]
        assert [sum(column) for column in zip(*map(numbers, table.rows), strict=True)] == (
            numbers(table.sum) if table.rows else []
        )
    by_office, by_level = found.tables
    assert by_office.sum == by_level.sum


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(histories, min_size=1, max_size=8), periods, st.sampled_from([None, "d1", "d2-u1", "province"]),
    st.booleans(), st.sampled_from([None, "lead", "support"]), st.sampled_from([*SIGHTS]),
)  # fmt: skip
def test_totals_add_up_whatever_happened(
    place: tuple[Database, Written],
    changed: list[dict[str, object]],
    period: Period,
    office: str | None,
    every: bool,
    part: str | None,
    sight: str,
) -> None:
    database, written = place
    with database.transaction() as connection:
        for (key, before), history in zip(written.obligations.items(), changed, strict=False):
            row = OBLIGATIONS.to_row(before.but(**history), True, key[0])
            columns = [name for name in OBLIGATIONS.columns if name not in ("cascade_id", "number")]
            values = [v for n, v in zip(OBLIGATIONS.columns, row, strict=True) if n not in ("cascade_id", "number")]
            bulk.update(connection, "obligation", ["cascade_id", "number"], columns, [(*values, *key)])
        report_adds_up(connection, Asked(office, period, part, every), sight)


def test_a_period_that_is_all_of_time_holds_everything(place: tuple[Database, Written]) -> None:
    database, written = place
    whole = Period(day_of(NOW) - timedelta(days=4000), day_of(NOW) + timedelta(days=400))
    with database.reading() as connection:
        rules = rulebook.read_rules(connection)
        sources = Sources(directory.read_offices(connection).on(day_of(NOW)), rules.workflows, rules.calendars)
        found = four_groups.make(connection, sources, EVERYTHING, NOW, Asked(period=whole))
    assert found.tables[0].sum is not None
    assert found.tables[0].sum.data["total"] == len(written.obligations)
