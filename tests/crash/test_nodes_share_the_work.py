"""Nodes as processes on one PostgreSQL, straight and through a pooler: each clock runs out once, whoever dies."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from engine import administration
from engine.runtime import Runtime, opened
from storage import nodes as node_rows
from storage.bulk import read
from storage.verification import verify
from tests.support.databases import Databases, create_installation, quick_folder
from tests.support.desk import Desk
from tests.support.offices import DEPARTMENT, DIRECTOR, directory
from tests.support.servers import own_server, pooler
from tests.support.serving import ROOT, Node
from workflows.calendar import day_of
from workflows.commands import Act, Actor, Issue, ItemDraft

pytestmark = pytest.mark.long
CASCADES, UNITS = 500, [one.id for one in directory(20) if one.level == "unit"]
HOLDS = """
import sys, time
from storage import cascades
from storage.database import Database
with Database(sys.argv[1], "cascade dying").transaction() as connection:
    assert cascades.lock(connection, sys.argv[2])
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def office(postgres: Databases) -> Iterator[str]:
    url = create_installation(postgres.empty(), simulated=False, units=20)
    yield url
    postgres.drop(url)


@pytest.fixture(scope="module")
def filled(postgres: Databases) -> Iterator[str]:
    """An installation in which the deadlines of all cascades have just passed; only ever copied."""
    url = create_installation(postgres.empty(), simulated=False, units=20)
    due(url)
    yield url
    postgres.drop(url)


@pytest.fixture
def due_office(postgres: Databases, filled: str) -> Iterator[str]:
    url = postgres.copy(filled)
    yield url
    postgres.drop(url)


def issue(runtime: Runtime, id_: str, *holders: str, minutes: int = -1) -> str:
    now = runtime.now()
    due = now + timedelta(minutes=minutes)
    day = day_of(min(now, due))
    item = ItemDraft("1", "At once", due=due, due_wording="at once", lead=holders)
    asked = Issue(id_, DIRECTOR, f"{id_}/CV", "CV", DEPARTMENT, day, "At once", (item,), "government-notice")
    return runtime.executor.execute([asked])[0].cascade


def due(url: str, count: int = CASCADES) -> int:
    """So many cascades whose deadlines have just passed. Returns their obligations."""
    with opened(url) as runtime:
        for place in range(count):
            issue(runtime, f"order-{place}", *UNITS)
    return count * len(UNITS)


def progress(runtime: Runtime) -> int:
    with runtime.database.reading() as connection:
        return int(read(connection, "SELECT count(*) FROM journal WHERE kind = 'DeadlineMissed'")[0][0])


def finished(url: str, count: int, seconds: float = 120) -> None:
    with opened(url) as runtime:
        end = time.monotonic() + seconds
        while progress(runtime) < count:
            assert time.monotonic() < end, f"{progress(runtime)} of {count} after {seconds} s"
            time.sleep(0.1)


def assert_each_once(url: str, count: int) -> None:
    with opened(url) as runtime, runtime.database.reading() as connection:
        kinds = "kind IN ('RungReached', 'DeadlineMissed') GROUP BY cascade_id, obligation, kind"
        times = Counter(row[0] for row in read(connection, f"SELECT count(*) FROM journal WHERE {kinds}"))
        assert times == {1: 2 * count}
        assert verify(connection).verified


@contextmanager
def serving(url: str, count: int, folder: Path) -> Iterator[list[Node]]:
    with ExitStack() as ended:
        found = [Node(url, f"node-{place}", folder / f"messages-{place}.jsonl") for place in range(count)]
        for one in found:
            ended.callback(one.kill)
        yield found


def sent(folder: Path) -> list[str]:
    """The ids of what the channels of all nodes were given."""
    lines = [line for path in folder.glob("messages-*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    return [orjson.loads(line)["id"] for line in lines]


def delivered(url: str) -> None:
    with opened(url) as runtime:
        end = time.monotonic() + 60
        while True:
            with runtime.database.reading() as connection:
                [(left,)] = read(connection, "SELECT count(*) FROM outbox WHERE sent_at IS NULL")
            if not left:
                return
            assert time.monotonic() < end, f"{left} messages wait"
            time.sleep(0.1)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_ten_thousand_deadlines_of_five_hundred_cascades_are_each_told_once(
    due_office: str, tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    office, obligations = due_office, CASCADES * len(UNITS)
    began = time.monotonic()
    with serving(office, count, tmp_path) as found:
        finished(office, obligations)
        took = time.monotonic() - began
        delivered(office)
        assert all(one.stop() <= 10 for one in found)
    assert_each_once(office, obligations)
    with opened(office) as runtime, runtime.database.reading() as connection:
        rows = [one for one in node_rows.listed(connection, 9) if one.name.startswith("node-")]
        [(messages,)] = read(connection, "SELECT count(*) FROM outbox")
    assert sum(one.total for one in rows) >= 2 * obligations
    assert all(one.stopped_at for one in rows)
    assert len(sent(tmp_path)) == len(set(sent(tmp_path))) == messages, "no message was sent twice while all nodes live"
    shares = [f"{one.total:,}" for one in sorted(rows, key=lambda one: one.name)]
    with capsys.disabled():
        print(f"\n  {count} nodes: {obligations:,} due in {took:.1f} s with their start; facts each: {shares}", end="")


def test_a_node_that_is_killed_leaves_nothing_undone_and_nothing_done_twice(due_office: str, tmp_path: Path) -> None:
    office, obligations = due_office, CASCADES * len(UNITS)
    with serving(office, 3, tmp_path) as found:
        with opened(office) as runtime:
            for one, share in zip(found[:2], (0.2, 0.5), strict=True):
                while progress(runtime) < share * obligations:
                    time.sleep(0.02)
                one.kill()
        finished(office, obligations)
        found[2].stop()
    assert_each_once(office, obligations)
    with opened(office) as runtime, runtime.database.reading() as connection:
        now = runtime.now()
        rows = {one.name: one for one in node_rows.listed(connection, 9)}
    assert [rows[f"node-{place}"].lost(now + timedelta(minutes=1)) for place in range(3)] == [True, True, False]


def test_the_cascade_that_a_dying_node_held_is_taken_by_another_at_once(office: str, tmp_path: Path) -> None:
    with opened(office) as runtime:
        held, free = issue(runtime, "held", UNITS[0]), issue(runtime, "free", UNITS[1])
    command = [sys.executable, "-c", HOLDS, office, held]
    dying = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})
    assert dying.stdout is not None
    assert dying.stdout.readline() == "held\n"
    with serving(office, 1, tmp_path) as [node], opened(office) as runtime:
        node.until("round")
        assert progress(runtime) == 1, free
        dying.kill()
        died = time.monotonic()
        dying.wait()
        finished(office, 2, seconds=5)
        assert time.monotonic() - died < 2
        node.stop()
    dying.stdout.close()
    assert_each_once(office, 2)


def test_everything_works_through_a_pooler_that_gives_each_transaction_another_session(tmp_path: Path) -> None:
    """Creating, commands, rounds, two nodes, delivery and looks, all on two server connections."""
    with quick_folder() as folder, own_server(folder) as server:
        direct = server.create("office")
        with pooler(folder, direct, server.user, connections=2) as url:
            create_installation(url, simulated=False, units=20)
            obligations = due(url, 60)
            with opened(url) as runtime:
                with runtime.database.reading() as connection:
                    driver = connection.connection.driver_connection
                    assert driver.prepare_threshold is None, "that a pooler stands between is found out"  # type: ignore[union-attr]
                later = issue(runtime, "later", UNITS[0], minutes=60)
                clerk = Actor(UNITS[0], "clerk")
                [answer] = runtime.executor.execute([Act("receive", clerk, later, 1, "receive", {})])
                [again] = runtime.executor.execute([Act("receive", clerk, later, 1, "receive", {})])
                assert (answer.again, again.again) == (False, True)
                with runtime.database.transaction() as connection:
                    block = {"name": "A new unit", "level": "unit", "above": DEPARTMENT}
                    administration.add_office(connection, "new-unit", block, runtime.now(), DIRECTOR)
            with serving(url, 2, tmp_path) as found:
                finished(url, obligations)
                delivered(url)
                with opened(url) as runtime:
                    desk = Desk(runtime, later)
                    assert desk[1].received_at is not None
                    with runtime.database.reading() as connection:
                        assert {one.name for one in node_rows.listed(connection, 9) if one.alive(runtime.now())} == {
                            "node-0", "node-1",
                        }  # fmt: skip
                assert all(one.stop() <= 10 for one in found)
            assert not any(one.count("round_failed") + one.count("database_away") for one in found)
            assert_each_once(url, obligations)
            assert len(sent(tmp_path)) == len(set(sent(tmp_path)))
