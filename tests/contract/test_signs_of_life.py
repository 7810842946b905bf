"""Nodes sign in, give signs, are missed, and sign out; one whose database is away asks for it every second."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.clock import SystemClock
from engine.runtime import Runtime
from engine.scheduler.beat import Beat
from engine.scheduler.presence import Presence
from storage import bulk, nodes
from storage.errors import Away, Unavailable
from storage.nodes import Node
from tests.contract.test_rounds import awake
from tests.support.desk import Desk


def present(node: Runtime, name: str, seconds: float = 5) -> Presence:
    return Presence(node.database, node.clock, name, seconds)


def listed(node: Runtime) -> dict[str, Node]:
    with node.database.reading() as connection:
        return {one.name: one for one in nodes.listed(connection, 99)}


def test_a_node_signs_in_gives_signs_and_signs_out(desk: Desk) -> None:
    node, now = desk.runtime, SystemClock().now()
    mine = present(node, "one")
    mine.sign_in()
    found = listed(node)["one"]
    assert (found.alive(now), found.ready, found.pid, found.beat_ms) == (True, False, os.getpid(), 5000)
    mine.sign(True, None)
    assert listed(node)["one"].ready
    mine.sign(False, "the clock leapt")
    assert listed(node)["one"].held == "the clock leapt"
    mine.sign_out()
    found = listed(node)["one"]
    assert (found.alive(now), found.lost(now), found.ready) == (False, False, False)


def test_an_idle_node_writes_no_oftener_than_every_half_minute(desk: Desk) -> None:
    mine = present(desk.runtime, "one")
    mine.sign_in()
    mine.sign(True, None)
    before = listed(desk.runtime)["one"]
    for _ in range(20):
        mine.sign(True, None)
    assert listed(desk.runtime)["one"] == before


def test_a_node_counts_as_dead_after_three_beats_and_no_sooner() -> None:
    now = SystemClock().now()
    node = Node("one", now, seen_at=now, beat_ms=5000)
    assert node.alive(now + timedelta(seconds=45))
    assert node.lost(now + timedelta(seconds=46))
    assert not replace(node, stopped_at=now).lost(now + timedelta(days=1))


def test_two_live_nodes_of_one_name_are_noticed_and_the_second_is_refused(desk: Desk) -> None:
    present(desk.runtime, "one").sign_in()
    with desk.runtime.database.transaction() as connection:  # it lives on another machine
        bulk.write(connection, "UPDATE node SET host = 'far' WHERE name = 'one'")
    with pytest.raises(Unavailable, match="on far, last sign .*CASCADE_NODE"):
        present(desk.runtime, "one").sign_in()
    with desk.runtime.database.transaction() as connection:
        before = bulk.instant(connection, SystemClock().now() - timedelta(seconds=50))
        bulk.write(connection, "UPDATE node SET seen_at = ? WHERE name = 'one'", before)
    present(desk.runtime, "one").sign_in()


def test_a_node_that_died_on_this_machine_gives_its_name_up_at_once(desk: Desk) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    for name in ("one", "two"):
        present(desk.runtime, name).sign_in()
    with desk.runtime.database.transaction() as connection:
        bulk.write(connection, "UPDATE node SET pid = ?", child)
    present(desk.runtime, "one").sign_in()
    found = listed(desk.runtime)
    assert found["one"].pid == os.getpid()
    assert found["two"].stopped_at, "whoever starts here sees that it is gone"


def test_a_round_tells_what_it_fired_and_how_late_it_was(desk: Desk) -> None:
    mine = present(desk.runtime, desk.runtime.node)
    mine.sign_in()
    awake(desk, 3)
    desk.round()
    first = listed(desk.runtime)[desk.runtime.node]
    desk.at("2023-08-31T09:00").round()
    second = listed(desk.runtime)[desk.runtime.node]
    assert (first.fired, first.total) == (9, 9)
    assert second.total == 9 + second.fired > 9
    assert first.lag_ms > 2 * 24 * 3600 * 1000
    assert not second.stopped_at


class Flickering:
    """Rounds on a database that is away so many times."""

    def __init__(self, times: int) -> None:
        self.left, self.at = times, []

    def __call__(self, stopped: Callable[[], bool]) -> None:
        self.at.append(time.monotonic())
        self.left -= 1
        if self.left >= 0:
            raise Away("gone")


def test_a_database_that_is_away_is_asked_for_every_second_however_slow_the_beat_is() -> None:
    rounds, others, signs = Flickering(2), [], []

    def sign(ready: bool, held: str | None) -> None:
        signs.append(ready)
        if ready:
            beat.stop()

    beat = Beat(SystemClock(), 600, [rounds, lambda stopped: others.append(1)], sign)
    beat.run()
    assert rounds.at[-1] - rounds.at[0] < 5
    assert signs == [False, False, True]
    assert others == [1], "while the database is away no other round waits for it as well"
