"""Many nodes on one database: fair turns, a bounded wait for what another one holds, transactions that meet, signs of life."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any

import psycopg
import pytest

from engine.clock import SystemClock
from engine.runtime import Runtime, opened
from storage import bulk, cascades, nodes
from storage.database import TRIES, Database
from storage.errors import Away, Held, Met, Unavailable
from tests.contract.test_many_writers import at_once
from tests.contract.test_rounds import awake, fired
from tests.support.desk import Desk, task


class Swept:
    """Which cascades one node's rounds took, in order, and how many transactions found none."""

    def __init__(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        self.in_vain = 0
        sweep = runtime.executor.sweep

        def counted(one_of: str | list[str], limit: int) -> Any:
            found = sweep(one_of, limit)
            self.taken += [found.cascade] if found else []
            self.in_vain += found is None
            return found

        monkeypatch.setattr(runtime.executor, "sweep", counted)


def a_large_one_and_small_ones(desk: Desk, small: int) -> tuple[str, list[str]]:
    """A cascade of eight obligations that have long been due, and some of one each that are due since."""
    large = Desk(desk.runtime, name="large")
    large.issue("department", task("2023-08-17", *(f"unit-{n}" for n in range(1, 9))))
    return large.cascade, [one.cascade for one in awake(desk, small)]


def test_a_large_cascade_keeps_no_small_one_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.scheduler.elapse.SWEEP_MAX", 2)
    large, small = a_large_one_and_small_ones(desk, 5)
    swept = Swept(desk.runtime, monkeypatch)
    desk.round()
    assert sorted(swept.taken[:6]) == sorted([large, *small])
    assert swept.taken[6:] == [large] * 3
    assert desk.verdict().verified


def test_a_round_that_ends_at_its_bound_is_gone_on_with_where_it_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what is due longest would be taken first in every round, and what comes behind it in none."""
    monkeypatch.setattr("engine.scheduler.elapse.SWEEP_MAX", 2)
    monkeypatch.setattr("engine.scheduler.elapse.OBLIGATIONS_MAX", 1)
    large, small = a_large_one_and_small_ones(desk, 5)
    swept = Swept(desk.runtime, monkeypatch)
    reports = [desk.round() for _ in range(6)]
    assert all(report.more for report in reports)
    assert sorted(swept.taken) == sorted([large, *small])
    while desk.round().more:
        pass
    assert swept.taken[6:] == [large] * 3
    assert desk.round().cascades == 0


def test_more_cascades_than_one_reading_shows_are_all_swept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.scheduler.elapse.CASCADES_MAX", 3)
    all_awake = awake(desk, 8)
    report = desk.round()
    assert (report.cascades, report.obligations) == (8, 8)
    assert all(fired(one) for one in all_awake)
    assert report.lag > timedelta(days=2)
    assert desk.round().lag == timedelta(0)


def test_a_cascade_that_cannot_be_swept_keeps_no_other_from_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here its newest entry is of next year: nothing can follow it today."""
    all_awake = awake(desk, 12)
    ahead = desk.runtime.now() + timedelta(days=365)
    with desk.runtime.database.transaction() as connection:
        at = bulk.instant(connection, ahead)
        bulk.write(connection, "UPDATE cascade SET last_at = ? WHERE id = ?", at, all_awake[4].cascade)
    swept = Swept(desk.runtime, monkeypatch)
    assert desk.round().cascades == 11
    assert sorted(swept.taken) == sorted(one.cascade for one in all_awake if one is not all_awake[4])
    assert desk.round().cascades == 0


def test_nodes_that_make_rounds_at_once_hardly_meet(
    desk: Desk, open_node: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_awake = awake(desk, 60)
    found: list[Swept] = []

    def sweep(node: Runtime, _: int) -> None:
        found.append(Swept(node, monkeypatch))
        node.elapse.run()

    at_once(open_node, sweep, writers=3)
    assert sorted(one for swept in found for one in swept.taken) == sorted(one.cascade for one in all_awake)
    if not desk.runtime.database.is_sqlite:
        assert sum(swept.in_vain for swept in found) <= 30, "of eight that are offered one is nearly always free"
    assert all(fired(one) == ["receive", "rung:2", "due"] for one in all_awake)
    assert desk.verdict().verified


@contextmanager
def holding(node: Runtime, cascade: str) -> Iterator[None]:
    with node.database.transaction() as connection:
        assert cascades.lock(connection, cascade)
        yield


def test_a_command_waits_for_who_holds_its_cascade(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    desk.order("2023-09-29", "unit-1")
    holds, let_go, node = Event(), Event(), open_node()

    def hold() -> None:
        with holding(node, desk.cascade):
            holds.set()
            let_go.wait(timeout=10)

    other = Thread(target=hold)
    other.start()
    assert holds.wait(timeout=10)
    Thread(target=lambda: (time.sleep(0.3), let_go.set())).start()
    desk.act("unit-1/clerk", 2, "receive")
    assert let_go.is_set()
    other.join()
    assert desk[2].received_at is not None


def test_a_command_that_waited_in_vain_is_told_who_holds_its_cascade_and_can_be_given_again(
    desk: Desk, open_node: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.order("2023-09-29", "unit-1")
    node, asked = open_node(), desk.asks("unit-1/clerk", 2, "receive")
    if desk.runtime.database.is_sqlite:  # one writer for the whole file: nobody knows which
        with holding(node, desk.cascade), opened(str(desk.runtime.database.url.database)) as impatient:
            with impatient.database.reading() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout = 100")
            with pytest.raises(Away, match="another process has been writing"):
                impatient.executor.execute([asked])
    else:
        monkeypatch.setattr(cascades, "LOCK_SECONDS", 1)
        began = time.monotonic()
        with holding(node, desk.cascade), pytest.raises(Held, match=f"cascade {node.node}.*nothing was stored"):
            desk.runtime.executor.execute([asked])
        assert time.monotonic() - began < 4
        with desk.runtime.database.transaction() as connection:  # the bound ended with its transaction
            assert bulk.read(connection, "SELECT current_setting('lock_timeout')")[0][0] == "0"
    assert desk[2].received_at is None
    [answer] = desk.runtime.executor.execute([asked])
    assert not answer.again


@pytest.mark.parametrize("stored", [True, False])
def test_a_connection_that_is_lost_while_a_command_is_committed_gives_the_right_answer(
    desk: Desk, open_node: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    desk.order("2023-09-29", "unit-1")
    node, asked = open_node(), desk.asks("unit-1/clerk", 2, "receive")
    if node.database.is_sqlite:
        return  # there is no connection to lose
    lost: list[Any] = []
    commit = bulk.commit

    def commits(raw: Any, pipeline: Any) -> None:
        commit(raw, pipeline) if lost or stored else None
        if not lost:
            pipeline.sync()
            lost.append(raw)
            raw.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(bulk, "commit", commits)
    [answer] = node.executor.execute([asked])
    assert lost
    assert answer.again is stored
    assert len(desk.entries("Acted", about=2)) == 1
    assert desk.verdict().verified


def test_where_nobody_can_say_whether_a_command_was_stored_the_person_is_told_how_to_ask_again(
    desk: Desk, open_node: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.order("2023-09-29", "unit-1")
    node, asked = open_node(), desk.asks("unit-1/clerk", 2, "receive")
    if node.database.is_sqlite:
        return  # there is no connection to lose

    def lost(raw: Any, _pipeline: Any) -> None:
        raw.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as away:
        away.setattr(bulk, "commit", lost)
        with pytest.raises(Away, match=f"not known: .*--command-id {asked.id}"):
            node.executor.execute([asked])
    assert not node.executor.execute([asked])[0].again


@pytest.mark.parametrize("then", ["held", "last try"])
def test_what_stands_in_the_way_after_a_lost_commit_does_not_say_that_nothing_was_stored(
    desk: Desk, open_node: Callable[[], Runtime], monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """The server may not have seen yet that the connection is gone: then it is our own transaction that holds the cascade."""
    desk.order("2023-09-29", "unit-1")
    node, asked = open_node(), desk.asks("unit-1/clerk", 2, "receive")
    lost = Away("lost")
    lost.unsure = True
    came = iter([lost, Held("held")] if then == "held" else [*[Met("met")] * (TRIES - 1), lost])

    def fails(*_: object) -> Any:
        raise next(came)

    monkeypatch.setattr(node.executor, "_execute", fails)
    with pytest.raises(Away, match=f"not known: .*--command-id {asked.id}"):
        node.executor.execute([asked])
    assert next(came, None) is None


def two_that_deadlock(database: Database) -> tuple[list[int], int]:
    """Two transactions that take the same two rows in opposite order. How often each was tried, and how many ended well."""
    tries, both, done = [0, 0], Barrier(2), []

    def work(place: int) -> None:
        with database.transaction() as connection:
            tries[place] += 1
            for row in (place, 1 - place):
                bulk.write(connection, "UPDATE node SET fired = fired + 1 WHERE name = ?", f"row-{row}")
                if row == place and tries[place] == 1:
                    both.wait(timeout=10)

    threads = [Thread(target=lambda one=place: done.append(database.insist(lambda: work(one)))) for place in (0, 1)]  # type: ignore[misc]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    return tries, len(done)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_of_two_transactions_that_deadlock_one_is_tried_again(desk: Desk) -> None:
    database, now = desk.runtime.database, SystemClock().now()
    if database.is_sqlite:
        return  # one writer: nobody to meet
    with database.transaction() as connection:
        for place in (0, 1):
            nodes.record_round(connection, f"row-{place}", now, 0, timedelta(0), now)
    tries, done = two_that_deadlock(database)
    assert done == 2
    assert sum(tries) >= 3
    with database.reading() as connection:
        assert {one.fired for one in nodes.listed(connection, 9)} == {2}


def test_what_meets_others_every_time_is_told_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that changes what changed since it began meets whoever changed it: here each time anew."""
    database, now, tried = desk.runtime.database, SystemClock().now(), []
    if database.is_sqlite:
        return
    with database.transaction() as connection:
        nodes.record_round(connection, "row", now, 0, timedelta(0), now)

    def meets() -> None:
        tried.append(1)
        with database.reading() as connection:
            bulk.read(connection, "SELECT fired FROM node")
            with database.transaction() as other:
                bulk.write(other, "UPDATE node SET fired = fired + 1")
            bulk.write(connection, "UPDATE node SET fired = fired + 1")

    with pytest.raises(Met, match="Nothing was stored; try again"):
        database.insist(meets)
    assert len(tried) == TRIES


def test_connections_are_bounded_and_one_more_is_told_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "://" not in database_url:
        return
    monkeypatch.setattr("storage.postgres._POOL_SECONDS", 0.1)
    database = Database(f"{database_url}&pool=1")
    with database.reading(), pytest.raises(Unavailable, match="All connections"), database.reading():
        pass
    with pytest.raises(Unavailable, match="no number"):
        Database(f"{database_url}&pool=many")
    database.close()


def test_a_connection_that_died_in_the_pool_is_replaced_before_anybody_sees_it(desk: Desk, database_url: str) -> None:
    if desk.runtime.database.is_sqlite:
        return
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as admin:
        ended = admin.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        ).fetchone()
    assert ended
    assert ended[0] >= 1
    desk.order("2023-09-29", "unit-1")
    assert desk.verdict().verified


def test_statements_are_prepared_where_the_session_lasts_unless_the_url_says_otherwise(database_url: str) -> None:
    if "://" not in database_url:
        return
    for option, expected in (("", 5), ("&prepare_threshold=none", None), ("&prepare_threshold=2", 2)):
        database = Database(f"{database_url}{option}")
        with database.reading() as connection:
            assert connection.connection.driver_connection.prepare_threshold == expected  # type: ignore[union-attr]
        database.close()
