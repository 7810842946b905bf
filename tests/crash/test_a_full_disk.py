"""The disk is full: whoever asks is told so, the database is whole, and work goes on as soon as there is room."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import orjson
import psycopg
import pytest
from sqlalchemy.engine import make_url

from engine.notify.channels import File
from engine.runtime import Runtime, opened
from storage.database import Database
from storage.errors import Unavailable
from storage.verification import verify
from tests.crash.services import service
from tests.support.databases import PostgresServer, SqliteFiles, create_installation
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import DEPARTMENT, units
from workflows.fields import parse_instant

pytestmark = pytest.mark.long
SMALL, ROOMY = "6m", "64m"
TRIES_MAX = 200


@contextmanager
def small_disk(folder: Path, size: str = SMALL) -> Iterator[Path]:
    """A file system of its own, in memory. Only root makes one: whoever else runs this is told what to do."""
    folder.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=False, capture_output=True
    )
    assert made.returncode == 0, f"this test mounts a small disk, which root alone may: {made.stderr.decode()}"
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={ROOMY}", folder], check=True)


def order(runtime: Runtime, place: int) -> None:
    """One more cascade of four hundred obligations."""
    items = [replace(task("2023-08-25", *units(8)), label=str(label)) for label in range(1, 51)]
    desk = Desk(runtime, name=f"cascade-{place}")
    runtime.executor.execute([desk.draft(DEPARTMENT, *items, id=f"cascade-{place}")])


def until_full(runtime: Runtime) -> int:
    """Issue until the disk is full; the number of the directive that found no room."""
    for place in range(TRIES_MAX):
        try:
            order(runtime, place)
        except Unavailable as told:
            if "full" in str(told) or "No space left" in str(told):
                return place
            raise
    raise AssertionError("the disk never filled")


def issued(runtime: Runtime) -> int:
    with runtime.database.reading() as connection:
        verdict = verify(connection)
    assert verdict.verified
    return verdict.chains - 1  # one chain is the administration's


def whole(file: Path) -> bool:
    database = Database(str(file))
    try:
        with database.reading() as connection:
            return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok")
    finally:
        database.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as folder:
        yield folder


@pytest.fixture
def file(disk: Path, sqlite: SqliteFiles) -> Iterator[Path]:
    """An installation on a small disk, at the desk's first morning."""
    url = create_installation(sqlite.empty())
    with desk_on(url):
        pass
    yield Path(shutil.copyfile(url, disk / "office.db"))
    sqlite.drop(url)


def test_a_full_disk_is_told_the_file_is_whole_and_the_same_command_succeeds_when_there_is_room(
    file: Path, disk: Path, record_property: Callable[[str, object], None]
) -> None:
    with opened(str(file)) as runtime:
        place = until_full(runtime)
        for _ in range(3):
            with pytest.raises(Unavailable, match="full"):
                order(runtime, place)
        assert issued(runtime) == place
        assert whole(file)
    with opened(str(file)) as runtime:  # whoever comes next finds what was there
        assert issued(runtime) == place
        grow(disk)
        for later in range(place, place + 3):
            order(runtime, later)
        assert issued(runtime) == place + 3
    assert whole(file)
    record_property("cascades_before_it_was_full", place)


def test_the_rounds_of_a_service_on_a_full_disk_go_on_when_there_is_room(
    file: Path, disk: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    reserve = disk / "reserve"
    reserve.write_bytes(b"\0" * 100_000)
    with opened(str(file)) as runtime:
        place = until_full(runtime)
        reserve.unlink()
        runtime.move_to(parse_instant("2023-08-28T09:00"))
    fill(disk)
    with service(str(file), tmp_path) as running:
        running.until("database_away")
        time.sleep(2)  # it tries again and again, and says it once
        assert all("full" in line["because"] for line in running.log("database_away"))
        assert missed(file) == 0
        grow(disk)
        resumed = running.until("round", seconds=30)
        running.until("delivery", seconds=60)
        assert running.ends()[0] == 0
        assert not running.log("incident", "round_failed", "cascade_failed")
    assert missed(file) == 400 * place
    assert whole(file)
    with opened(str(file)) as runtime:
        assert issued(runtime) == place
    record_property("resumed", f"{resumed:.1f}")


def fill(disk: Path) -> None:
    """Take what room is left on the disk."""
    with suppress(OSError), (disk / "ballast").open("wb") as ballast:
        while True:
            ballast.write(b"\0" * 4096)
            ballast.flush()


def missed(file: Path) -> int:
    database = Database(str(file))
    try:
        with database.reading() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM journal WHERE kind = 'DeadlineMissed'").scalar()
    finally:
        database.close()
    return int(found or 0)


def test_messages_that_find_no_room_are_sent_later_each_on_a_line_of_its_own(
    database_url: str, disk: Path, record_property: Callable[[str, object], None]
) -> None:
    """A line that was cut off by the end of the disk must not be grown together with the one that comes after it."""
    file = disk / "messages.jsonl"
    with desk_on(database_url) as desk:
        desk.issue(DEPARTMENT, task("2023-08-25", *units(8)))
        (disk / "ballast").write_bytes(b"\0" * (5 << 20))
        fill(disk)
        (disk / "ballast").open("r+b").truncate((disk / "ballast").stat().st_size - 4096)
        desk.runtime.delivery._channel = File(file)
        for place in range(TRIES_MAX):
            Desk(desk.runtime, name=f"more-{place}").order("2023-08-25", "unit-1", "unit-2")
            if desk.runtime.delivery.run().failed:
                break
        else:
            pytest.fail("the disk never filled")
        left = len(file.read_bytes().splitlines())
        grow(disk)
        desk.at("2023-08-14T10:00")
        desk.deliver()
        with desk.runtime.database.reading() as connection:
            ids = connection.exec_driver_sql("SELECT cascade_id, seq, place FROM outbox").fetchall()
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert {line["id"] for line in lines} == {f"{cascade}-{seq}-{place}" for cascade, seq, place in ids}
    record_property("before_it_was_full", left)


def test_a_full_disk_under_postgresql_is_told_and_work_goes_on_when_there_is_room(
    postgres: PostgresServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The tables lie on a small disk; the server's own log lies elsewhere, as on a machine that was set up with care."""
    with small_disk(Path(f"/dev/shm/small-{tmp_path.name}"), "48m") as disk:
        with on_tablespace(postgres, disk) as url, opened(url) as runtime:
            place = until_full(runtime)
            with pytest.raises(Unavailable, match="No space left"):
                order(runtime, place)
            assert issued(runtime) == place
            grow(disk)
            order(runtime, place)
            assert issued(runtime) == place + 1
        record_property("cascades_before_it_was_full", place)


@contextmanager
def on_tablespace(postgres: PostgresServer, disk: Path) -> Iterator[str]:
    """An installation whose tables lie on this disk, in a server that runs as a user of its own."""
    there = create_installation(postgres.empty())
    with desk_on(there):
        pass
    with psycopg.connect(there.replace("+psycopg", ""), autocommit=True) as connection:
        [(data,)] = connection.execute("SELECT current_setting('data_directory')").fetchall()
    folder = disk / "tables"
    folder.mkdir()
    stat = Path(data).stat()
    os.chown(folder, stat.st_uid, stat.st_gid)
    made, name = postgres.empty(), "small"
    postgres.drop(made)
    admin = psycopg.connect(admin_url(there), autocommit=True)
    admin.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
    admin.execute(
        f'CREATE DATABASE "{make_url(made).database}" TEMPLATE "{make_url(there).database}" TABLESPACE {name}'
    )
    try:
        yield made
    finally:
        postgres.drop(made)
        postgres.drop(there)
        admin.execute(f"DROP TABLESPACE {name}")
        admin.close()


def admin_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
