"""`cascade serve` as an operator meets it: a process of its own, real time, killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from engine import administration
from engine.clock import SystemClock
from engine.runtime import opened
from storage import journal
from storage.database import Database
from storage.verification import verify
from tests.support.databases import Databases
from tests.support.offices import DEPARTMENT, DIRECTOR, directory
from workflows.calendar import day_of
from workflows.commands import Issue, ItemDraft

ROOT = Path(__file__).parents[2]
KILLED_IN_MID_ROUND = "import sys; from engine.demo.killed import run; run(sys.argv[1])"


@pytest.fixture
def office(databases: Databases) -> Iterator[str]:
    """An installation in real time, with its offices."""
    url = databases.empty()
    database = Database(url)
    administration.create(database, SystemClock())
    with database.transaction() as connection:
        administration.import_offices(connection, directory(), SystemClock().now(), administration.INSTALLER)
    database.close()
    yield url
    databases.drop(url)


def order_with_a_deadline_just_passed(url: str, id: str = "now") -> str:
    """Issue a directive today whose deadline passed a minute ago. Returns the cascade."""
    with opened(url) as runtime:
        due = runtime.now() - timedelta(minutes=1)
        units = tuple(one.id for one in directory() if one.level == "unit")[:3]
        item = ItemDraft("1", "Report at once", due=due, due_wording="at once", lead=units)
        command = Issue(id, DIRECTOR, "1/CV", "CV", DEPARTMENT, day_of(due), "At once", (item,), "government-notice")
        return runtime.executor.execute([command])[0].cascade


def kinds(url: str, cascade: str) -> list[tuple[str, int | None]]:
    database = Database(url)
    with database.reading() as connection:
        found = [(entry.kind, entry.obligation) for entry in journal.walk(connection, cascade)]
    database.close()
    return found


class Service:
    """A running `cascade serve`."""

    def __init__(self, url: str, messages: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CASCADE_NODE": "test"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine", "serve", "--no-web", "--database", url, "--beat", "0.2",
             "--messages", str(messages)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        self.log: list[dict[str, object]] = []

    def until(self, event: str) -> dict[str, object]:
        """Read the log up to an event; the line itself is the signal, nothing sleeps."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(orjson.loads(line))
            if self.log[-1]["event"] == event:
                return self.log[-1]
        raise AssertionError(f"the service ended without {event}: {self.log}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=10)
        assert self.process.returncode == 0


@pytest.fixture
def start(office: str, tmp_path: Path) -> Iterator[Callable[[], Service]]:
    running: list[Service] = []

    def serve() -> Service:
        running.append(Service(office, tmp_path / "messages.jsonl"))
        return running[-1]

    yield serve
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def test_a_deadline_just_passed_is_escalated_by_the_running_service_and_told_by_its_channel(
    office: str, start: Callable[[], Service], tmp_path: Path
) -> None:
    cascade = order_with_a_deadline_just_passed(office)
    service = start()
    assert service.until("due_while_down")["obligations"] == 3
    assert service.until("round")["RungReached"] == 3
    service.until("delivery")
    service.stop()
    happened = kinds(office, cascade)
    assert [kind for kind, _ in happened].count("RungReached") == 3
    assert [kind for kind, _ in happened].count("DeadlineMissed") == 3
    lines = [orjson.loads(line) for line in (tmp_path / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    assert {line["kind"] for line in lines} >= {"RungReached", "Assigned"}
    assert all("1/CV item 1, unit-" in line["subject"] and "; due " in line["subject"] for line in lines)


def test_killed_in_mid_round_and_started_again_it_does_everything_exactly_once(
    office: str, start: Callable[[], Service]
) -> None:
    cascade = order_with_a_deadline_just_passed(office)
    before = kinds(office, cascade)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_IN_MID_ROUND, office], env=environment, check=False, timeout=60, capture_output=True
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert kinds(office, cascade) == before
    service = start()
    service.until("round")
    service.stop()
    fired = kinds(office, cascade)[len(before) :]
    assert sorted(fired) == sorted(set(fired))
    assert len(fired) == 6
    database = Database(office)
    with database.reading() as connection:
        assert verify(connection).verified
    database.close()


def test_the_log_holds_no_text_that_people_wrote(office: str, start: Callable[[], Service]) -> None:
    order_with_a_deadline_just_passed(office)
    service = start()
    service.until("round")
    service.stop()
    assert "At once" not in orjson.dumps(service.log).decode()


def test_a_password_in_the_address_of_the_database_is_never_said() -> None:
    address = "postgresql://cascade:hidden-word@127.0.0.1:1/nowhere"
    ended = subprocess.run(
        [sys.executable, "-m", "engine", "serve", "--database", address], check=False, timeout=60, text=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.returncode == 7
    assert "hidden-word" not in ended.stdout + ended.stderr
