"""A service under load is told to stop: it ends within ten seconds, cleanly, and what it had begun is done or not begun."""

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.runtime import opened
from storage import bulk
from storage.database import Database
from storage.verification import verify
from tests.crash.nodes import audit, patient
from tests.crash.services import Service, service
from tests.support.databases import Databases
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import DEPARTMENT, units

pytestmark = pytest.mark.long
DUE = 100_000
EACH = 4_000  # obligations of a cascade: several transactions
ENDS_WITHIN = 10.0  # seconds


@pytest.fixture
def morning(databases: Databases, template: str) -> Iterator[str]:
    """The morning on which a hundred thousand deadlines have passed."""
    url = databases.copy(template)
    with desk_on(url) as desk:
        items = [replace(task("2023-08-25", *units(8)), label=str(label)) for label in range(1, EACH // 8 + 1)]
        for place in range(DUE // EACH):
            Desk(desk.runtime, name=f"cascade-{place}").issue(DEPARTMENT, *items)
        desk.at("2023-08-28T09:00")
    yield url
    databases.drop(url)


def missed(database: Database) -> int:
    with database.reading() as connection:
        [(found,)] = bulk.read(connection, "SELECT count(*) FROM journal WHERE kind = 'DeadlineMissed'")
    return int(found)


def sent(running: Service) -> int:
    return running.messages.stat().st_size if running.messages.exists() else 0


def test_a_service_under_load_ends_within_ten_seconds_and_leaves_nothing_half_done(
    morning: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance, took, seen = random.Random(7), {}, Database(morning)
    for name, numbers in {
        "SIGTERM": [signal.SIGTERM],
        "SIGINT": [signal.SIGINT],
        "SIGTERM twice": [signal.SIGTERM, signal.SIGTERM],
        "SIGINT, then SIGTERM": [signal.SIGINT, signal.SIGTERM],
    }.items():
        before = missed(seen)

        def begun(before: int = before) -> bool:
            return missed(seen) > before

        with service(morning, tmp_path) as running:
            patient(begun, "a first transaction of the round", pause=0.1)
            time.sleep(chance.uniform(0, 0.5))
            for number in numbers[:-1]:
                running.process.send_signal(number)
                time.sleep(0.05)
            code, took[name] = running.ends(numbers[-1])
            assert code == 0, name
            assert took[name] < ENDS_WITHIN, name
            assert running.log("service_stopped"), name
            assert not running.log("round_failed", "cascade_failed", "database_away", "incident"), name
        assert before < missed(seen) < DUE, "it was told in the middle of a round"
    seen.close()
    with opened(morning) as runtime:
        audited = audit(runtime, tmp_path)
    assert audited.verified
    assert audited.doubled == audited.unknown == 0
    record_property("due", DUE)
    record_property("slowest", f"{max(took.values()):.2f}")
    with capsys.disabled():
        said = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in took.items())
        print(f"\n  told to stop with {DUE:,} due: {said}; {audited}", end="")


def test_a_service_in_the_middle_of_its_deliveries_ends_as_soon(
    databases: Databases, template: str, tmp_path: Path
) -> None:
    """Messages that left are marked as sent: after a clean end none of them leaves again."""
    url = databases.copy(template)
    with desk_on(url) as desk:
        items = [replace(task("2023-12-29", *units(8)), label=str(label)) for label in range(1, EACH // 8 + 1)]
        desk.issue(DEPARTMENT, *items)
    with service(url, tmp_path) as running:
        patient(lambda: sent(running) > 100_000, "messages that leave")
        code, took = running.ends()
    assert (code, took < ENDS_WITHIN) == (0, True)
    with opened(url) as runtime, runtime.database.reading() as connection:
        [(left,)] = bulk.read(connection, "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")
        [(waiting,)] = bulk.read(connection, "SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        assert verify(connection).verified
    lines = running.messages.read_bytes().splitlines()
    assert len(lines) == len(set(lines)) == left > 0
    assert waiting > 0
    databases.drop(url)
