"""Nobody fabricates time: real time cannot be set, simulated time moves forward only and says so in every entry."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import SimulatedClock, Watchdog
from engine.execute import Executor
from engine.runtime import opened
from storage.errors import NotSimulated, Unavailable
from tests.support.databases import create_installation, tables
from tests.support.desk import HOUR, READY, Desk, task
from workflows.fields import parse_instant

ON_PARTITIONS = "long"


class Wall:
    """A clock on a wall that somebody turns."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


def test_a_database_that_lives_in_real_time_refuses_to_be_moved(empty_url: str) -> None:
    create_installation(empty_url, simulated=False)
    before = tables(empty_url)
    with opened(empty_url) as runtime:
        for when in (datetime.now(UTC) + timedelta(days=1), datetime(2020, 1, 1, tzinfo=UTC)):
            with pytest.raises(NotSimulated):
                runtime.move_to(when)
        assert abs(runtime.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert tables(empty_url) == before


def test_simulated_time_moves_forward_only(desk: Desk) -> None:
    now = desk.runtime.now()
    with pytest.raises(NotSimulated):
        desk.at("2023-08-14T08:59")
    assert desk.runtime.now() == now
    desk.at("2023-08-15T09:00")
    assert desk.runtime.now() == parse_instant("2023-08-15T09:00")


def test_simulated_time_stays_where_it_was_moved_to_for_whoever_opens_it_next(desk: Desk, database_url: str) -> None:
    with opened(database_url) as other:
        assert other.now() == desk.runtime.now() == parse_instant(READY)


def test_a_service_on_a_simulated_database_follows_its_time_as_far_as_it_is_moved() -> None:
    """There the machine's own clock is watched, not the time that people move."""
    clock = SimulatedClock(parse_instant(READY))
    watchdog = Watchdog(clock)
    clock.move_to(parse_instant("2024-01-15T09:00"))
    assert watchdog.leapt() is None


@pytest.mark.parametrize(("by", "leaps"), [(-HOUR, False), (HOUR, False), (24 * HOUR, False), (25 * HOUR, True)])
def test_a_clock_that_is_turned_by_more_than_a_day_has_leapt(by: timedelta, leaps: bool) -> None:
    wall = Wall(parse_instant(READY))
    watchdog = Watchdog(wall)
    wall.instant += by
    assert bool(watchdog.leapt()) == leaps


def test_every_entry_of_a_simulated_database_says_so(desk: Desk) -> None:
    desk.order("2023-08-18", "unit-1")
    desk.report(2)
    desk.at("2023-08-21T09:00").round()
    assert desk.head().simulated
    entries = desk.entries()
    assert entries
    assert all(one.data["simulated"] is True for one in entries)


def test_no_entry_of_a_real_database_says_that_it_is_simulated(empty_url: str) -> None:
    create_installation(empty_url, simulated=False)
    with opened(empty_url) as runtime:
        desk = Desk(runtime)
        desk.issue("department", task(None, "unit-1", mode="once"))
        assert not desk.head().simulated
        assert not any("simulated" in one.data for one in desk.entries())
        assert desk.verdict().verified


def test_time_never_runs_backwards_along_a_chain_though_the_clock_does(desk: Desk) -> None:
    wall = Wall(parse_instant(READY))
    desk.runtime.executor = Executor(desk.runtime.database, wall)
    desk.order("2023-09-29", "unit-1", "unit-2")
    for hours in (5, -12, 3, -18, 6):
        wall.instant = parse_instant(READY) + timedelta(hours=hours)
        command = desk.asks("department/leader", 2, "stop", document="1/CV", reason="Over") if hours == 6 else None
        number = {5: 2, -12: 3}.get(hours)
        if number:
            desk.act(f"unit-{number - 1}/clerk", number, "receive")
        elif command:
            desk.runtime.executor.execute([command])
        else:
            desk.act("unit-1/officer", 2, "update", note="Going on")
    recorded = [one.recorded_at for one in desk.entries()]
    assert recorded == sorted(recorded)
    assert recorded[-1] == parse_instant(READY) + timedelta(hours=6)
    assert all(one.happened_at <= one.recorded_at for one in desk.entries())
    assert desk.verdict().verified


def test_what_happened_and_when_it_was_recorded_are_kept_apart(desk: Desk) -> None:
    desk.order("2023-08-18", "unit-1")
    desk.at("2023-08-25T09:00").round()
    [missed] = desk.entries("DeadlineMissed", about=2)
    assert missed.happened_at == parse_instant("2023-08-18")
    assert missed.recorded_at == parse_instant("2023-08-25T09:00")


def test_an_instant_is_read_as_it_was_written_to_the_microsecond(desk: Desk) -> None:
    exact = parse_instant("2023-08-15T09:00") + timedelta(microseconds=123_457)
    desk.runtime.move_to(exact)
    desk.order("2023-09-29", "unit-1")
    assert desk.entries()[-1].recorded_at == exact
    assert desk.head().last_at == exact


def test_a_machine_whose_clock_is_years_behind_is_told_so_and_stores_nothing(desk: Desk) -> None:
    """And one that was years ahead ruins no later day: whoever comes after it is told that one of the two is wrong."""
    wall = Wall(parse_instant(READY))
    desk.runtime.executor = Executor(desk.runtime.database, wall)
    desk.order("2023-09-29", "unit-1", "unit-2")
    before = desk.head()
    wall.instant = parse_instant(READY) - timedelta(days=2)
    with pytest.raises(Unavailable, match="one of them is wrong"):
        desk.act("unit-1/clerk", 2, "receive")
    with pytest.raises(Unavailable, match="nothing was stored"):
        desk.runtime.executor.sweep(desk.cascade)
    assert desk.head() == before
