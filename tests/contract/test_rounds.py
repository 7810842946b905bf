"""A round takes each awake cascade by its key; one that somebody holds does not keep the others waiting."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.runtime import Runtime
from storage import cascades
from tests.support.databases import tables
from tests.support.desk import Desk, task
from workflows.commands import Elapse

ON_PARTITIONS = True


def awake(desk: Desk, count: int) -> list[Desk]:
    """Cascades of one obligation each, whose deadline has just passed."""
    found = [Desk(desk.runtime, name=f"cascade-{place}") for place in range(count)]
    for one in found:
        one.issue("department", task("2023-08-18", "unit-1"))
    desk.at("2023-08-21T09:00")
    return found


def fired(desk: Desk) -> list[str]:
    return [one.fact.key for one in desk.entries("RungReached", "DeadlineMissed", "ReceiptMissed")]


def test_a_cascade_that_another_node_holds_is_skipped_and_the_round_goes_on(
    desk: Desk, open_node: Callable[[], Runtime]
) -> None:
    held, free, other = awake(desk, 3)
    if desk.runtime.database.is_sqlite:
        return  # SQLite has one writer for the whole file: there is nothing to skip
    with open_node().database.transaction() as elsewhere:
        assert cascades.lock(elsewhere, held.cascade)
        report = desk.round()
        assert fired(held) == []
    assert report.obligations == 2
    assert fired(free) == fired(other) == ["receive", "rung:2", "due"]
    desk.round()
    assert fired(held) == fired(free)


def test_a_round_finds_what_is_due_and_nothing_else(desk: Desk) -> None:
    one, _ = awake(desk, 2)
    later = Desk(desk.runtime, name="later")
    later.issue("department", task("2023-12-29", "unit-1"))
    report = desk.round()
    assert (report.cascades, report.obligations, report.incidents) == (2, 2, 0)
    assert fired(one) == ["receive", "rung:2", "due"]
    assert fired(later) == []


def test_a_second_round_at_the_same_moment_has_nothing_to_do(desk: Desk, database_url: str) -> None:
    awake(desk, 3)
    desk.round()
    before = tables(database_url)
    assert desk.round().facts == 0
    assert tables(database_url) == before


def test_a_round_takes_at_most_a_bounded_number_at_a_time_and_still_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.scheduler.elapse.SWEEP_MAX", 3)
    desk.issue("department", task("2023-08-18", *(f"unit-{n}" for n in range(1, 9))))
    desk.at("2023-08-21T09:00")
    assert desk.round().obligations == 8
    assert len(desk.entries("RungReached")) == 8
    assert desk.verdict().verified


def test_a_round_that_is_told_to_stop_finishes_what_it_began(desk: Desk) -> None:
    all_awake = awake(desk, 4)
    report = desk.runtime.elapse.run(stopped=lambda: True)
    assert report.more
    assert sum(bool(fired(one)) for one in all_awake) == 1
    assert desk.verdict().verified
    desk.round()
    assert all(fired(one) for one in all_awake)


def test_a_cascade_with_nothing_due_is_left_as_it_is(desk: Desk, database_url: str) -> None:
    desk.issue("department", task("2023-12-29", "unit-1"))
    before = tables(database_url, "journal", "obligation", "cascade")
    desk.runtime.executor.sweep(desk.cascade)
    assert tables(database_url, "journal", "obligation", "cascade") == before


def test_a_stale_waking_is_computed_anew_by_the_round(desk: Desk, database_url: str) -> None:
    desk.issue("department", task("2023-12-29", "unit-1"))
    wakes = desk[1].wake_at
    past = "'2023-08-01 00:00:00.000000'" if desk.runtime.database.is_sqlite else "'2023-08-01 00:00:00Z'"
    with desk.runtime.database.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE obligation SET wake_at = {past}")
        connection.exec_driver_sql(f"UPDATE cascade SET wake_at = {past}")
    assert desk.round().facts == 0
    assert desk[1].wake_at == desk.head().wake_at == wakes
    assert desk.round().cascades == 0


def test_time_that_passes_for_an_obligation_twice_is_one_fact(desk: Desk) -> None:
    [one] = awake(desk, 1)
    command = Elapse(one.cascade, 1, id="first")
    [first] = desk.runtime.executor.execute([command])
    [second] = desk.runtime.executor.execute([replace(command, id="second")])
    assert first.last_seq > first.first_seq > 0
    assert (second.first_seq, second.last_seq) == (0, 0)
    assert fired(one) == ["receive", "rung:2", "due"]
