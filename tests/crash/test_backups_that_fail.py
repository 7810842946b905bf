"""Backups on a full disk, killed at any moment, under load and of a large office: whole, or not there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from engine import manifest as manifests
from engine.backing_up import BackupFailed, back_up, copying
from engine.clock import SystemClock
from engine.runtime import opened
from storage import bulk
from storage.database import Database
from tests.crash.test_a_full_disk import small_disk
from tests.support.backups import PROGRAMS, backed_up, faults, tried
from tests.support.databases import Databases, create_installation
from tests.support.desk import READY, Desk, task
from tests.support.offices import DEPARTMENT, units

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
LARGE = 100_000  # obligations
WIDE = 400
KILLS = 12


@contextmanager
def office_of(databases: Databases, obligations: int) -> Iterator[str]:
    """An office with so many obligations, each issued as people would."""
    url = create_installation(databases.empty())
    with opened(url) as runtime:
        Desk(runtime).at(READY)
        for place in range(obligations // WIDE):
            issue(Desk(runtime, name=f"cascade-{place}"), f"cascade-{place}")
    yield url
    databases.drop(url)


def issue(desk: Desk, id_: str) -> None:
    items = [replace(task("2023-08-25", *units(8)), label=str(label)) for label in range(1, WIDE // 8 + 1)]
    desk.runtime.executor.execute([desk.draft(DEPARTMENT, *items, id=id_)])


@contextmanager
def writers(url: str, count: int) -> Iterator[Callable[[], int]]:
    """So many nodes that issue one directive after the other; how many entries there are, whenever it is asked."""
    stop, failures = Event(), list[BaseException]()

    def write(place: int) -> None:
        try:
            with opened(url, node=f"writer-{place}") as runtime:
                number = 0
                while not stop.is_set():
                    number += 1
                    Desk(runtime, name=f"{place}-{number}").order("2023-09-29", "unit-1", "unit-2")
        except BaseException as error:  # noqa: BLE001  it is told below
            failures.append(error)

    def entries() -> int:
        with closing(Database(url)) as database, database.reading() as connection:
            return int(bulk.read(connection, "SELECT sum(last_seq) FROM cascade")[0][0])

    threads = [Thread(target=write, args=(place,)) for place in range(count)]
    for one in threads:
        one.start()
    try:
        yield entries
    finally:
        stop.set()
        for one in threads:
            one.join()
    assert not failures


def test_a_large_office_is_backed_up_and_tried_while_others_write(
    databases: Databases, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    size = int(os.environ.get("CASCADE_TEST_OBLIGATIONS", LARGE))
    with office_of(databases, size) as url:
        with writers(url, 2) as entries:
            before = entries()
            made = backed_up(url, tmp_path / "large")
            after = entries()
        assert made.manifest.entries > before
        assert after > before, "nobody wrote meanwhile"
        report = tried(made.file, url)
        assert faults(report) == ""
        assert made.manifest.tables["obligation"] >= size
        seconds = sum(report.steps.values())
        with closing(Database(url)) as database, database.reading() as connection:
            sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size" if database.is_sqlite else \
                "SELECT pg_database_size(current_database())"  # fmt: skip
            whole = int(bulk.read(connection, sql)[0][0])
        record_property("obligations", made.manifest.tables["obligation"])
        record_property("written_meanwhile", after - before)
        record_property("database_mb", round(whole / 1e6))
        record_property(
            "backup",
            f"{made.manifest.size / 1e6:.0f} MB in {made.seconds:.1f} s, {whole / made.seconds / 1e6:.0f} MB/s of the database",
        )
        record_property("drill", f"{seconds:.1f} s, {whole / seconds / 1e6:.0f} MB/s: {report.steps}")


def test_a_backup_that_is_killed_is_whole_or_not_there(
    databases: Databases, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    outcomes = {"whole": 0, "not there": 0}
    command = [sys.executable, "-m", "engine", "backup", str(tmp_path / "one")]
    command += ["--pg-bin", str(PROGRAMS)] if PROGRAMS else []
    with office_of(databases, 4_000) as url:
        began = time.monotonic()
        subprocess.run([*command, "--database", url], check=True, capture_output=True, env=environment())
        lasts = time.monotonic() - began
        (tmp_path / "one").unlink()
        for place in range(KILLS):
            process = subprocess.Popen([*command, "--database", url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=environment(), start_new_session=True)  # fmt: skip
            time.sleep(lasts * (0.3 + place / KILLS))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if (tmp_path / "one").exists():
                assert faults(tried(tmp_path / "one", url)) == ""
                (tmp_path / "one").unlink()
                outcomes["whole"] += 1
            else:
                outcomes["not there"] += 1
        assert all(outcomes.values()), outcomes
        assert faults(tried(backed_up(url, tmp_path / "one").file, url)) == ""
        assert sorted(one.name for one in tmp_path.iterdir()) == ["one", "one.manifest.json"]
    record_property("outcomes", outcomes)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_a_full_disk_is_told_and_the_next_backup_is_whole(databases: Databases, tmp_path: Path) -> None:
    with office_of(databases, 8_000) as url, small_disk(tmp_path / "disk", "200k") as disk:
        with pytest.raises(BackupFailed, match=r"(full|No space left).*Nothing lies under its name"):
            backed_up(url, disk / "one")
        assert list(disk.iterdir()) == []
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        made = backed_up(url, disk / "one")
        assert faults(tried(made.file, url)) == ""
        assert manifests.beside(made.file).exists()


def test_one_that_is_stopped_half_way_leaves_nothing(databases: Databases, tmp_path: Path) -> None:
    """As a service does that ends; whoever stops it does not wait for its end."""
    with office_of(databases, 20_000) as url, closing(Database(url)) as database:
        seen: list[int] = []

        def stopped() -> bool:
            seen.append((tmp_path / ".one.partial").stat().st_size)
            return seen[-1] > 0

        with pytest.raises(BackupFailed, match="it was stopped"):
            back_up(database, SystemClock(), tmp_path / "one", copying(database, PROGRAMS), stopped=stopped)
        assert list(tmp_path.iterdir()) == []
