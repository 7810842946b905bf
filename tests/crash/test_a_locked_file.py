"""Another process holds the SQLite file: whoever wants it waits a bounded time, is told, and the round goes on by itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from engine.errors import UNAVAILABLE
from engine.runtime import opened
from storage.database import BUSY_SECONDS
from storage.errors import Unavailable
from storage.verification import verify
from tests.crash.services import ROOT, service
from tests.support.databases import SqliteFiles, create_installation, tables
from tests.support.desk import Desk, desk_on, task

pytestmark = pytest.mark.long
MORE = 5.0  # seconds beyond the wait itself that a busy machine may take
ENDS_WITHIN = 10.0


@pytest.fixture
def office(sqlite: SqliteFiles) -> Iterator[tuple[str, str]]:
    """A file in which unit 1 has not yet received its work, and its cascade."""
    url = create_installation(sqlite.empty())
    with desk_on(url) as desk:
        desk.issue("department", task("2023-08-25", "unit-1"))
        cascade = desk.cascade
    yield url, cascade
    sqlite.drop(url)


@contextmanager
def held(url: str, how: str) -> Iterator[None]:
    """A process of its own holds the file: writing, exclusively, or even against readers."""
    begin = {
        "a writer": "BEGIN IMMEDIATE",
        "an exclusive writer": "BEGIN EXCLUSIVE",
        "a file of its own": "BEGIN EXCLUSIVE",
    }
    alone = "f.execute('PRAGMA locking_mode=EXCLUSIVE');" if how == "a file of its own" else ""
    code = (
        f"import sqlite3, sys; f = sqlite3.connect(sys.argv[1], isolation_level=None); {alone} f.execute('{begin[how]}');"
        " f.execute('UPDATE node SET fired = fired'); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield
    finally:
        holder.communicate()


HOLDERS = ("a writer", "an exclusive writer", "a file of its own")


@pytest.mark.parametrize("how", HOLDERS)
def test_a_command_waits_a_bounded_time_and_is_told_why(office: tuple[str, str], how: str) -> None:
    url, cascade = office
    before = tables(url)
    with opened(url) as runtime:
        desk = Desk(runtime, cascade, "late")
        asked = desk.asks("unit-1/clerk", 1, "receive")
        began = time.monotonic()
        runtime.database.close()  # a connection that was open before would keep a file of its own from being held
        with held(url, how), pytest.raises(Unavailable, match="is busy: another process") as told:
            runtime.executor.execute([asked])
        waited = time.monotonic() - began
        assert BUSY_SECONDS - 1 < waited < BUSY_SECONDS + MORE
        assert url in str(told.value)
        assert tables(url) == before
        runtime.executor.execute([asked])
        assert desk[1].state == "working"
        assert desk.verdict().verified


def test_a_command_that_waits_is_carried_out_as_soon_as_the_file_is_free(office: tuple[str, str]) -> None:
    url, cascade = office
    receive = ("import sys; from engine.runtime import opened; from tests.support.desk import Desk\n"
               "with opened(sys.argv[1]) as runtime:\n"
               "    print('asks', flush=True)\n"
               "    Desk(runtime, sys.argv[2], 'late').act('unit-1/clerk', 1, 'receive')\n")  # fmt: skip
    with held(url, "a writer"):
        asking = subprocess.Popen([sys.executable, "-c", receive, url, cascade], stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert asking.stdout is not None
        assert asking.stdout.readline() == "asks\n"
        time.sleep(1)
        assert asking.poll() is None
    assert asking.wait(timeout=BUSY_SECONDS + MORE) == 0
    with opened(url) as runtime:
        assert Desk(runtime, cascade)[1].state == "working"


def test_the_command_line_says_so_and_ends_with_its_code(office: tuple[str, str]) -> None:
    url, _ = office
    with held(url, "a writer"):
        ended = subprocess.run(
            [sys.executable, "-m", "engine", "obligation", "do", "receive", "1", "--as", "unit-1/clerk", "--database", url],
            check=False, capture_output=True, text=True, timeout=BUSY_SECONDS + 4 * MORE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CASCADE_LANG": "en"},
        )  # fmt: skip
    assert ended.returncode == UNAVAILABLE
    assert "is busy: another process" in ended.stderr
    assert "Traceback" not in ended.stderr


def fired(url: str, cascade: str) -> list[tuple[str, str]]:
    with opened(url) as runtime:
        heard = Desk(runtime, cascade).entries("RungReached", "DeadlineMissed", "ReceiptMissed")
    return [(one.kind, one.fact.key) for one in heard]


def test_the_rounds_of_a_service_go_on_by_themselves_when_the_file_is_free(
    office: tuple[str, str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    url, cascade = office
    with desk_on(url) as desk:
        desk.at("2023-08-28T09:00")
    with ExitStack() as holding:
        holding.enter_context(held(url, "a writer"))
        with service(url, tmp_path) as running:
            waited = running.until("database_away", seconds=BUSY_SECONDS + 4 * MORE)
            assert "is busy: another process" in running.log("database_away")[0]["because"]
            time.sleep(3)  # it tries again, and says once that it is away
            assert fired(url, cascade) == []
            holding.close()
            resumed = running.until("round")
            assert running.ends()[0] == 0
        assert not running.log("cascade_failed", "round_failed", "incident")
    assert resumed < BUSY_SECONDS + MORE
    once = fired(url, cascade)
    assert len(once) == len(set(once)) == 3
    with opened(url) as runtime, runtime.database.reading() as connection:
        assert verify(connection).verified
    record_property("waited", f"{waited:.1f}")
    record_property("resumed", f"{resumed:.1f}")


def test_a_service_that_waits_for_the_file_ends_within_ten_seconds_when_it_is_told(
    office: tuple[str, str], tmp_path: Path
) -> None:
    url, _ = office
    with ExitStack() as stack:
        running = stack.enter_context(service(url, tmp_path))
        running.until("delivery")
        with desk_on(url) as desk:
            desk.at("2023-08-28T09:00")
        with held(url, "a writer"):
            with opened(url) as runtime, runtime.database.reading() as connection:
                assert verify(connection).verified  # whoever only reads is not kept waiting
            running.until("database_away")
            time.sleep(2)  # it waits for the file once more
            code, took = running.ends(signal.SIGTERM)
    assert code == 0
    assert took < ENDS_WITHIN
    with opened(url) as runtime, runtime.database.reading() as connection:
        assert verify(connection).verified
