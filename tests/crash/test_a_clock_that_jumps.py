"""The clock of the service's machine jumps: by little, and rounds go on; by years, and they are held and nothing is written."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import administration
from engine.clock import SystemClock
from engine.runtime import opened
from storage.database import Database
from storage.verification import verify
from tests.crash.services import Service, service
from tests.support.databases import Databases, tables
from tests.support.offices import DEPARTMENT, DIRECTOR, directory
from workflows.calendar import day_of
from workflows.commands import Issue, ItemDraft

pytestmark = pytest.mark.long
BEAT = 1.0  # seconds between two rounds
PERIODS = 2 * BEAT
SLACK = 1.5  # seconds for what a busy machine does between the line of the log and us
HOUR, DAY = 3600.0, 86400.0
SMALL = {"an hour back": -HOUR, "an hour forward": HOUR, "a day forward": DAY}
JOURNAL = ("journal", "obligation", "cascade", "outbox")


def away_from_now(year: int) -> float:
    """How wrong a clock is that shows the second of January of a year."""
    return (datetime(year, 1, 2, tzinfo=UTC) - datetime.now(UTC)).total_seconds()


LEAPS = {"to 1970": 1970, "to 2200": 2200}


class Office:
    """An installation in real time, and the clock of the machine that serves it."""

    def __init__(self, url: str, clock: Path) -> None:
        self.url, self.clock, self._asked = url, clock, 0
        self.turn(0)

    def turn(self, seconds: float) -> None:
        new = self.clock.with_suffix(".new")
        new.write_text(f"{seconds}")
        new.replace(self.clock)  # whoever reads it reads a whole number

    def order(self) -> None:
        """A task whose date has passed by any clock of the day: the next round has to escalate it."""
        self._asked += 1
        with opened(self.url) as runtime:
            due = runtime.now() - timedelta(hours=3)
            item = ItemDraft("1", "Report at once", due=due, due_wording="at once", lead=("unit-1",))
            runtime.executor.execute([
                Issue(f"order-{self._asked}", DIRECTOR, f"{self._asked}/CV", "CV", DEPARTMENT, day_of(due), "At once",
                      (item,), "government-notice")
            ])  # fmt: skip

    def missed(self) -> int:
        with opened(self.url) as runtime, runtime.database.reading() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM journal WHERE kind = 'DeadlineMissed'").scalar()
        return int(found or 0)

    def verified(self) -> bool:
        with opened(self.url) as runtime, runtime.database.reading() as connection:
            return verify(connection).verified


@pytest.fixture
def office(databases: Databases, tmp_path: Path) -> Iterator[Office]:
    url = databases.empty()
    database = Database(url)
    administration.create(database, SystemClock())
    with database.transaction() as connection:
        administration.import_offices(connection, directory(), SystemClock().now(), administration.INSTALLER)
    database.close()
    yield Office(url, tmp_path / "clock")
    databases.drop(url)


def serving(office: Office, folder: Path, *options: str) -> AbstractContextManager[Service]:
    return service(office.url, folder, *options, beat=BEAT, clock=office.clock)


@pytest.mark.parametrize("jump", SMALL)
def test_rounds_go_on_within_two_periods_after_a_small_jump(
    office: Office, tmp_path: Path, jump: str, record_property: Callable[[str, object], None]
) -> None:
    office.order()
    with serving(office, tmp_path) as running:
        running.until("round")
        running.until("delivery")
        rounds = len(running.log("round"))
        office.turn(SMALL[jump])
        office.order()
        resumed = running.until("round", more_than=rounds)
        assert not running.log("rounds_held", "round_failed", "cascade_failed", "database_away")
        assert running.ends()[0] == 0
    assert resumed < PERIODS + SLACK
    assert office.missed() == 2
    assert office.verified()
    record_property("resumed", f"{resumed:.2f}")


@pytest.mark.parametrize("leap", LEAPS)
def test_rounds_are_held_after_a_leap_and_nothing_is_written_until_a_person_confirms(
    office: Office, tmp_path: Path, leap: str
) -> None:
    office.order()
    with serving(office, tmp_path) as running:
        running.until("delivery")
        office.turn(away_from_now(LEAPS[leap]))
        running.until("rounds_held", seconds=PERIODS + SLACK)
        office.order()
        before = tables(office.url, *JOURNAL)
        time.sleep(2 * PERIODS)
        office.turn(0)  # the clock is right again; a person has not said so
        time.sleep(2 * PERIODS)
        assert tables(office.url, *JOURNAL) == before, "something was written by a clock that is wrong"
        assert len(running.log("rounds_held")) == 1
        assert running.ends()[0] == 0
    with serving(office, tmp_path) as running:
        running.until("round")
        assert running.ends()[0] == 0
    assert office.missed() == 2
    assert office.verified()


@pytest.mark.parametrize("leap", LEAPS)
def test_a_service_that_starts_by_a_wrong_clock_holds_its_rounds_or_goes_by_the_servers(
    office: Office, tmp_path: Path, leap: str
) -> None:
    """On PostgreSQL every node goes by the server's time: there a wrong clock of one machine changes nothing."""
    office.order()
    before = tables(office.url, *JOURNAL)
    office.turn(away_from_now(LEAPS[leap]))
    on_file = "://" not in office.url
    with serving(office, tmp_path) as running:
        if on_file:
            running.until("rounds_held")
            time.sleep(2 * PERIODS)
            assert tables(office.url, *JOURNAL) == before
        else:
            running.until("round")
        assert running.ends()[0] == 0
    office.turn(0)
    if on_file:
        with serving(office, tmp_path) as running:
            running.until("round")
            assert running.ends()[0] == 0
    assert office.missed() == 1
    assert office.verified()


def test_a_person_who_confirms_the_time_sets_the_rounds_going(office: Office, tmp_path: Path) -> None:
    """Nothing was entered for two months: that is no wrong clock, and a person says so."""
    if "://" in office.url:
        return  # the server's clock is nobody's to turn here
    office.order()
    office.turn(60 * DAY)
    with serving(office, tmp_path) as running:
        running.until("rounds_held")
        assert running.ends()[0] == 0
    assert office.missed() == 0
    with serving(office, tmp_path, "--confirm-time") as running:
        running.until("round")
        assert running.ends()[0] == 0
    assert office.missed() == 1
    assert office.verified()
