"""Every piece of work of the benchmark, at a size of seconds: ours and raw store the same, and what is told has its shape."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.bench import raw, report, scenes, works
from tests.bench.__main__ import WORKS, measured
from tests.bench.changes import Change, Unequal, changes, hold_equal
from tests.bench.ground import Ground
from tests.bench.timing import Result
from tests.support.databases import Databases

pytestmark = pytest.mark.long  # a minute, and no part of what an office runs
SIZE = 40  # two cascades of twenty for the nodes; a tree of five levels is no smaller than 46


@pytest.fixture(scope="module")
def ground(databases: Databases) -> Iterator[Ground]:
    """Not made to wait for the disk: here it is whether they store the same, not how fast."""
    found = Ground("sqlite" if type(databases).__name__ == "SqliteFiles" else "postgresql", databases)
    yield found
    found.close()


@pytest.mark.parametrize("name", [name for name in WORKS if name != "cli"])
def test_each_work_runs_and_tells_how_it_compares(ground: Ground, name: str) -> None:
    [result] = measured([ground], [name], [SIZE])
    told = report.as_data([result])[f"{name}.{ground.kind}"]
    assert {"size", "ours", "raw", "ratio"} <= set(told)
    assert told["size"] == SIZE
    assert told["ours"] > 0
    assert told["raw"] > 0
    assert told["ratio"] == pytest.approx(told["ours"] / told["raw"], rel=0.01)


def test_an_event_says_its_statements_and_on_a_server_its_round_trips(ground: Ground) -> None:
    more = works.event(ground, SIZE).more
    assert more["statements"] >= 5  # the head, the obligation, its update, the entry, the answered command
    assert ground.sqlite or 1 <= more["round_trips"] <= more["statements"]


def test_raw_that_stores_less_is_found(ground: Ground) -> None:
    """A message, a changed state or an entry's text that is not the same: each is found, so that raw cannot cheat."""
    past = scenes.with_past(ground, SIZE)
    with ground.copy(past) as ours:
        with scenes.at_work(ours) as runtime:
            scenes.round_of(runtime)
        [whole] = changes(past, ours)
        assert whole.messages
        assert whole.updated
        assert _stored_like(ground, past, ours, whole)
        assert not _stored_like(ground, past, ours, replace(whole, messages=whole.messages[:-1]))
        assert not _stored_like(ground, past, ours, replace(whole, updated=[]))
        other = [{**whole.contents[0], "kind": "Other"}, *whole.contents[1:]]
        assert not _stored_like(ground, past, ours, replace(whole, contents=other))


def _stored_like(ground: Ground, past: str, ours: str, change: Change) -> bool:
    with ground.copy(past) as url:
        connection = raw.connect(url)
        connection.write(change, change.last_at)
        connection.close()
        try:
            hold_equal(ours, url)
        except Unequal:
            return False
        return True


def test_growth_is_the_cost_of_one_obligation_against_the_smallest_size() -> None:
    told = report.as_data([Result("round", "sqlite", 10, 50.0, 100.0), Result("round", "sqlite", 100, 25.0, 100.0)])
    assert told["round.sqlite"]["size"] == 100
    assert told["round.sqlite"]["growth"] == 2
    assert told["round.sqlite"]["sizes"] == [{"size": 10, "ours": 50.0, "raw": 100.0, "ratio": 0.5}]


def test_the_command_prints_nothing_but_json_where_json_is_asked_for() -> None:
    asked = ["--only", "fan_out", "--size", "20", "--kind", "sqlite", "--json"]
    done = subprocess.run([sys.executable, "-m", "tests.bench", *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fan_out.sqlite"]["size"] == 20
