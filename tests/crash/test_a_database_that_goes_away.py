"""PostgreSQL is stopped under a running service and started again: the node says so, and is back within five seconds."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine.runtime import opened
from storage.verification import verify
from tests.support.databases import create_installation, quick_folder
from tests.support.offices import DEPARTMENT, DIRECTOR, directory
from tests.support.servers import OwnServer, own_server, pooler
from tests.support.serving import Node
from workflows.calendar import day_of
from workflows.commands import Issue, ItemDraft

pytestmark = pytest.mark.long
BACK_MAX = 5.0  # seconds from the server's return until the node has made a whole round
UNITS = [one.id for one in directory() if one.level == "unit"]


@pytest.fixture
def server() -> Iterator[OwnServer]:
    with quick_folder() as folder, own_server(folder) as found:
        yield found


def order(url: str, id_: str) -> str:
    """Issue a directive whose deadline passed a minute ago. Returns its cascade."""
    with opened(url) as runtime:
        due = runtime.now() - timedelta(minutes=1)
        item = ItemDraft("1", "At once", due=due, due_wording="at once", lead=(UNITS[0],))
        asked = Issue(
            id_, DIRECTOR, f"{id_}/CV", "CV", DEPARTMENT, day_of(due), "At once", (item,), "government-notice"
        )
        return runtime.executor.execute([asked])[0].cascade


def fired(url: str, cascade: str) -> list[str]:
    with opened(url) as runtime, runtime.database.reading() as connection:
        sql = f"SELECT kind FROM journal WHERE cascade_id = '{cascade}' AND obligation IS NOT NULL ORDER BY seq"
        return [row[0] for row in connection.exec_driver_sql(sql)][1:]


def goes_and_comes_back(server: OwnServer, url: str, folder: Path, mode: str, beat: float) -> list[float]:
    """Twice, for a short time and for a longer one. Returns how many seconds after its return the node was ready."""
    node, back = Node(url, "alone", folder / "messages.jsonl", beat), []
    try:
        node.until("ready")
        for turn, away in enumerate((1.0, 4.0)):
            heard = len(node.log)
            server.stop(mode)
            node.until("not_ready", after=heard)
            time.sleep(away)
            server.start()
            started = time.monotonic()
            back.append(node.until("ready", after=heard)["heard"] - started)
            assert sum(line["event"] == "database_away" for line in node.log[heard:]) <= 1
            heard = len(node.log)
            cascade = order(url, f"turn-{turn}")
            node.until("delivery", after=heard)
            assert fired(url, cascade) == ["RungReached", "DeadlineMissed"]
        assert node.stop() <= 10
    finally:
        node.kill()
    with opened(url) as runtime, runtime.database.reading() as connection:
        assert verify(connection).verified
    return back


@pytest.mark.parametrize(("mode", "beat"), [("fast", 1.0), ("fast", 5.0), ("immediate", 5.0)])
def test_a_node_is_back_within_five_seconds_of_its_database(
    server: OwnServer, tmp_path: Path, mode: str, beat: float, capsys: pytest.CaptureFixture[str]
) -> None:
    url = create_installation(server.create("office"), simulated=False)
    back = goes_and_comes_back(server, url, tmp_path, mode, beat)
    assert max(back) <= BACK_MAX
    with capsys.disabled():
        print(f"\n  {mode}, beat {beat:g} s: back after {', '.join(f'{one:.1f}' for one in back)} s", end="")


def test_a_node_behind_a_pooler_is_back_within_five_seconds_as_well(
    server: OwnServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the pooler itself asks for the server that often."""
    with quick_folder() as folder, pooler(folder, server.create("office"), server.user, 2) as url:
        back = goes_and_comes_back(server, create_installation(url, simulated=False), tmp_path, "fast", 5.0)
    assert max(back) <= BACK_MAX
    with capsys.disabled():
        print(f"\n  behind a pooler: back after {', '.join(f'{one:.1f}' for one in back)} s", end="")


def test_a_node_that_waits_for_a_pooler_that_waits_for_the_server_stops_when_it_is_told_to(
    server: OwnServer, tmp_path: Path
) -> None:
    """Nothing tells it that the server is gone: its statement just is not answered."""
    with quick_folder() as folder, pooler(folder, server.create("office"), server.user, 2) as url:
        create_installation(url, simulated=False)
        node = Node(url, "alone", tmp_path / "messages.jsonl")
        try:
            node.until("ready")
            server.stop("fast")
            node.until("not_ready")
            assert node.stop() <= 10
        finally:
            node.kill()


def test_a_node_told_to_stop_while_its_database_is_away_stops(server: OwnServer, tmp_path: Path) -> None:
    url = create_installation(server.create("office"), simulated=False)
    node = Node(url, "alone", tmp_path / "messages.jsonl")
    try:
        node.until("ready")
        server.stop("immediate")
        node.until("database_away")
        assert node.stop() <= 10
        assert node.count("not_signed_out") == 1
    finally:
        node.kill()
