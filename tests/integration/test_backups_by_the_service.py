"""Backups by the service: once a day from an hour on, in a thread of its own; the doctor knows the last one."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from loguru import logger

from engine import manifest as manifests
from engine.backing_up import DRILLED, MADE, copying
from engine.clock import SystemClock
from engine.deeds import INSTALLER, record
from engine.doctor.examine import examine
from engine.doctor.finding import OK, RED, WARNING, Finding
from engine.runtime import opened
from engine.scheduler.backups import BackupRound, due_at
from engine.settings import Settings
from storage.database import Database
from tests.support.backups import PROGRAMS, backed_up, tried
from tests.support.databases import Databases, SqliteFiles, create_installation
from workflows.calendar import VIETNAM


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2023-08-14T15:00", "2023-08-14T15:00"),
        ("2023-08-14T02:00", "2023-08-14T15:00", "2023-08-15T02:00"),
        ("2023-08-13T02:10", "2023-08-14T01:59", "2023-08-14T02:00"),
        ("2023-08-13T02:10", "2023-08-14T02:00", "2023-08-14T02:00"),
        ("2023-08-13T23:00", "2023-08-14T15:00", "2023-08-14T15:00"),  # the machine slept through the hour
        ("2023-08-14T01:00", "2023-08-14T01:30", "2023-08-14T02:00"),
    ],
)
def test_a_backup_is_due_where_the_last_one_is_of_before_the_hour(last: str | None, now: str, due: str) -> None:
    assert due_at(at(last) if last else None, at(now), 2) == at(due)


class Moved(SystemClock):
    """A machine's clock that a test moves."""

    def __init__(self, now: str) -> None:
        super().__init__()
        self.instant = at(now)

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
def real(databases: Databases) -> Iterator[str]:
    """An office that lives in real time."""
    url = create_installation(databases.empty(), simulated=False)
    yield url
    databases.drop(url)


@pytest.fixture
def logged() -> Iterator[list[tuple[str, dict[str, object]]]]:
    lines: list[tuple[str, dict[str, object]]] = []
    sink = logger.add(lambda message: lines.append((message.record["message"], message.record["extra"])))
    yield lines
    logger.remove(sink)


def files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if not one.name.endswith(manifests.ENDING))


def test_the_service_makes_one_a_day_and_keeps_so_many(
    real: str, tmp_path: Path, logged: list[tuple[str, dict[str, object]]]
) -> None:
    clock = Moved("2030-03-04T15:00")
    with closing(Database(real)) as database:
        rounds = BackupRound(database, clock, tmp_path, 2, 2, PROGRAMS, "node-1")

        def beats(now: str) -> int:
            clock.instant = at(now)
            rounds.run()
            rounds.wait()
            return len(files(tmp_path))

        assert beats("2030-03-04T15:00") == 1, "there was none: one is made at once"
        first = files(tmp_path)[0]
        assert beats("2030-03-05T01:59") == 1
        assert beats("2030-03-05T02:00") == 2
        assert beats("2030-03-05T02:01") == 2
        assert beats("2030-03-06T09:00") == 2, "three were made, the oldest was let go"
        assert first not in files(tmp_path)
        assert [event for event, _ in logged] == ["backup_started", "backup_made"] * 3
        assert logged[-1][1]["dropped"] == [first.name]
        assert tried(files(tmp_path)[-1], real).whole
        again = BackupRound(database, clock, tmp_path, 2, 2, PROGRAMS, "node-1")
        assert not again.run(), "a service that starts anew finds what was made"


def test_one_that_fails_is_told_and_tried_again_in_an_hour(
    real: str, tmp_path: Path, logged: list[tuple[str, dict[str, object]]]
) -> None:
    clock, folder = Moved("2030-03-04T15:00"), tmp_path / "backups"
    with closing(Database(real)) as database:
        rounds = BackupRound(database, clock, folder, 2, None, PROGRAMS, "node-1")
        assert rounds.run()
        rounds.wait()
        event, said = logged[-1]
        assert event == "backup_failed"
        assert "There is no folder" in str(said["because"])
        assert "(CASCADE_BACKUPS)" in str(said["because"])
        folder.mkdir()
        clock.instant += timedelta(minutes=59)
        assert not rounds.run()
        clock.instant += timedelta(minutes=1)
        assert rounds.run()
        rounds.wait()
        assert logged[-1][0] == "backup_made"
        assert len(files(folder)) == 1


def test_a_service_that_ends_gives_up_the_one_under_way(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = create_installation(sqlite.empty(), simulated=False)
    with closing(Database(url)) as database:
        rounds = BackupRound(database, SystemClock(), tmp_path, 2, None, None, "node-1")
        copy = copying(database, None)
        run = copy.run

        def slowly(path: Path) -> object:
            rounds._stopping = True
            return run(path)

        monkeypatch.setattr(copy, "run", slowly)
        monkeypatch.setattr("engine.scheduler.backups.copying", lambda *_: copy)
        rounds.run()
        rounds.end()
        assert not rounds.run()
    assert [one.suffix for one in tmp_path.iterdir() if one.suffix == ".partial"] == []
    sqlite.drop(url)


def test_settings_give_a_service_its_backups(real: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_BACKUPS", str(tmp_path))
    monkeypatch.setenv("CASCADE_BACKUP_HOUR", "23")
    if PROGRAMS:
        monkeypatch.setenv("CASCADE_PG_BIN", str(PROGRAMS))
    with opened(real, settings=Settings()) as runtime:  # type: ignore[call-arg]
        assert runtime.backups
        assert runtime.backups.run()
        runtime.backups.wait()
    assert len(files(tmp_path)) == 1
    with opened(real) as runtime:
        assert runtime.backups is None


def looked(url: str, clock: SystemClock) -> Finding:
    with closing(Database(url)) as database:
        return next(one for one in examine(database, clock, timedelta(seconds=5)) if one.name == "backups")


def test_the_doctor_tells_how_old_the_last_backup_is(sqlite: SqliteFiles, tmp_path: Path) -> None:
    url, clock = create_installation(sqlite.empty(), simulated=False), SystemClock()
    days: Callable[[float], None] = lambda count: setattr(clock, "shift", timedelta(days=count))  # noqa: E731

    def deed(what: str, *details: tuple[str, str]) -> None:
        with closing(Database(url)) as database, database.transaction() as connection:
            record(connection, what, "/backups/one.db", clock.now(), INSTALLER, details)

    def says() -> tuple[str, str]:
        found = looked(url, clock)
        assert bool(found.hint) == (found.state != OK)
        return found.state, found.says

    assert says() == (OK, "it is new, and was not backed up yet")
    days(2)
    assert says() == (WARNING, "it was never backed up")
    backed_up(url, tmp_path, clock)
    state, said = says()
    assert (state, said.endswith("; none was ever tried")) == (OK, True)
    days(5)
    state, said = says()
    assert (state, said.endswith(", 3 days ago")) == (WARNING, True)
    deed(MADE)
    deed(DRILLED, ("outcome", "whole"))
    state, said = says()
    assert (state, said.endswith(", and was whole")) == (OK, True)
    days(120)
    deed(MADE)
    assert says()[0] == WARNING
    deed(DRILLED, ("outcome", "not whole"), ("fault", "it was changed"))
    state, said = says()
    assert (state, "is NOT whole: it was changed" in said) == (RED, True)
    sqlite.drop(url)


def test_the_doctor_expects_none_of_what_is_simulated(database_url: str) -> None:
    assert looked(database_url, SystemClock()).state == OK
