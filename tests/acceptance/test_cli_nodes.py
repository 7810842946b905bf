"""`cascade nodes` as an operator types it: who serves this database, alive or not, and how late."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.clock import SystemClock
from engine.runtime import Runtime
from engine.scheduler.presence import Presence
from storage import bulk
from tests.acceptance.conftest import Typed
from tests.support.desk import Desk


@pytest.fixture
def typed(database_url: str) -> Typed:
    """A prompt against the database of the test."""
    return Typed(database_url)


@pytest.fixture
def node(open_node: Callable[[], Runtime]) -> Presence:
    """A node that has signed in on the database that is typed at, beside one that died."""
    runtime = open_node()
    gone, here = (Presence(runtime.database, runtime.clock, name, 5) for name in ("gone", "here"))
    gone.sign_in()
    with runtime.database.transaction() as connection:
        hour_ago = bulk.instant(connection, SystemClock().now() - timedelta(hours=1))
        bulk.write(connection, "UPDATE node SET seen_at = ?, host = 'elsewhere'", hour_ago)
    here.sign_in()
    here.sign(True, None)
    return here


def states(office: Typed) -> dict[str, str]:
    return {one["name"]: one["state"] for one in office.json("nodes")["nodes"]}


def test_a_database_that_nobody_served_says_how_to_start(office: Typed) -> None:
    said = office("nodes")
    assert said.data == ""
    assert "Start one: cascade serve" in said.talk
    assert office.json("nodes")["nodes"] == []


def test_every_node_is_listed_with_how_it_is(typed: Typed, node: Presence) -> None:
    lines = [line.split() for line in typed("nodes").data.splitlines()]
    assert lines[0][:3] == ["STATE", "NODE", "HOST"]
    assert {line[-1] for line in lines[1:]} == {"0.1.0"}
    assert sorted(line[0] for line in lines[1:]) == ["no", "ready"]
    node.sign(False, "the clock leapt by a day")
    said = typed("nodes")
    assert "here is held: the clock leapt by a day" in said.data
    node.sign_out()
    found = {one["name"]: one for one in typed.json("nodes")["nodes"]}
    assert (found["here"]["state"], found["gone"]["state"]) == ("stopped", "lost")
    assert found["gone"]["alive"] is False


def test_how_late_rounds_are_is_said(typed: Typed, open_node: Callable[[], Runtime]) -> None:
    desk = Desk(open_node()).at("2023-08-14T09:00")
    assert "No round is late" in typed("nodes").talk
    desk.order("2023-08-25", "unit-1")
    desk.at("2023-08-16T09:00")
    assert "Rounds are 9 hours behind." in typed("nodes").talk
    assert typed.json("nodes")["late_seconds"] == 9 * 3600
    desk.round()
    assert typed.json("nodes")["late_seconds"] == 0
    [one] = typed.json("nodes")["nodes"]
    assert (one["state"], one["last_round"]["late_seconds"]) == ("stopped", 9 * 3600)
    assert one["fired"] == one["last_round"]["fired"] > 0


def test_a_node_that_will_not_come_back_is_taken_off_the_list_and_a_live_one_is_not(
    typed: Typed, node: Presence
) -> None:
    said = typed("nodes", "--forget", "here", ends=5).talk
    assert "it gave a sign of life" in said
    assert "stop it first; where it is dead, again in" in said
    typed("nodes", "--forget", "gone")
    assert [one["name"] for one in typed.json("nodes")["nodes"]] == ["here"]
    assert "See: cascade nodes" in typed("nodes", "--forget", "gone", ends=4).talk


def test_a_node_whose_rounds_found_nothing_is_said_to_have_had_nothing_to_do(typed: Typed, node: Presence) -> None:
    assert "here, whose rounds had nothing to do yet" in typed("db", "status").data
