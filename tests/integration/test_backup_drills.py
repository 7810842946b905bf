"""A drill finds whatever was done to a backup, and restores nothing that is not whole."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from alembic import command

from engine import manifest as manifests
from engine.backing_up import check
from engine.clock import SystemClock
from engine.errors import Unreadable, Unverified
from engine.restored import newest_in, read_backup
from engine.restoring import check_target, note_drill
from storage import bulk, dumps, migrate
from storage.database import Database
from storage.errors import WrongSchema
from storage.verification import verify
from tests.support.backups import Later, backed_up, deeds, faults, gone_on_from, tried
from tests.support.databases import PostgresServer, SqliteFiles, create_installation, tamper
from tests.support.desk import desk_on
from workflows.errors import Conflict, NotFound


@pytest.fixture
def office(database_url: str) -> str:
    """An office with one order to two units, and a message that waits."""
    with desk_on(database_url) as desk:
        desk.order("2023-09-29", "unit-1", "unit-2")
    return database_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir(mode=0o700)
    return tmp_path / "backups"


@pytest.fixture(scope="module")
def small(sqlite: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A backup of a SQLite office, made once and only ever copied."""
    url = create_installation(sqlite.empty())
    with desk_on(url) as desk:
        desk.order("2023-09-29", "unit-1")
    yield backed_up(url, tmp_path_factory.mktemp("small") / "one.db").file
    sqlite.drop(url)


@pytest.fixture
def sqlite_backup(small: Path, folder: Path) -> Path:
    shutil.copy(manifests.beside(small), folder)
    return Path(shutil.copy(small, folder))


def changed(file: Path, **fields: Any) -> None:
    """The manifest of a backup with other fields."""
    path = manifests.beside(file)
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | fields))


def test_one_byte_anywhere_is_found(sqlite_backup: Path) -> None:
    content = sqlite_backup.read_bytes()
    for place in [0, 15, 100, *range(1, len(content), len(content) // 12), len(content) - 1]:
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        sqlite_backup.write_bytes(spoilt)
        if place < 16:  # how a SQLite file begins
            with pytest.raises(Unverified, match="is not the file that was made"):
                tried(sqlite_backup)
        else:
            assert "it was changed" in faults(tried(sqlite_backup))
    for length in (0, 1, 100, len(content) // 2, len(content) - 1):
        sqlite_backup.write_bytes(content[:length])
        assert "it was cut off" in faults(tried(sqlite_backup))


def test_a_dump_that_was_changed_or_cut_off_is_found_and_never_run(
    postgres: PostgresServer, folder: Path, record_property: Any
) -> None:
    url = create_installation(postgres.empty())
    file = backed_up(url, folder / "one.dump").file
    content = file.read_bytes()
    names = databases_of(url)
    for spoilt in (content[:-1], content[:200], b"", content[:300] + bytes([content[300] ^ 1]) + content[301:]):
        file.write_bytes(spoilt)
        report = tried(file, url)
        assert report.faults
        assert "restore" not in report.steps
    file.write_bytes(content[: len(content) * 2 // 3])
    report = tried(file, url, insist=False)
    assert "it cannot be restored: pg_restore says" in faults(report)
    assert databases_of(url) == names
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE cascade_drill_killed")
        assert "cascade_drill_killed" in str(tried(file, url, insist=False).notes[-1])
        connection.execute("DROP DATABASE cascade_drill_killed")
    postgres.drop(url)


def databases_of(url: str) -> list[str]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"size": 17}, "its manifest says 17"),
        ({"sha256": "0" * 64}, "it was changed"),
        ({"identity": "f" * 64}, "installation: restored"),
        ({"schema": "0001"}, "the manifest says 0001"),
        ({"tables": {"obligation": 2, "journal": 0, "gone": 1}}, "tables are missing: gone"),
        ({"tables": {"obligation": 200}}, "rows of obligation: restored 2, the manifest says 200"),
        ({"entries": 1}, "the manifest says 1"),
        ({"chains": 5}, "chains: restored 1, the manifest says 5"),
        ({"administration": [99, "ab"]}, "head of administration"),
        ({"digest": "0" * 64, "heads": {"abc": [1, "ff"]}}, "the heads of chains are others than the manifest's: "),
        ({"digest": "0" * 64, "heads": None}, "the heads of chains are others than the manifest's: "),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, dict) else None,
)
def test_a_manifest_that_does_not_fit_is_found(sqlite_backup: Path, fields: dict[str, Any], says: str) -> None:
    changed(sqlite_backup, **fields)
    assert says in faults(tried(sqlite_backup))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "cannot be read as a manifest"),
        (b"[]", "it is no object"),
        (b'{"format": 2}', "its format is 2, this program knows 1"),
        (b'{"format": 1}', "these fields are missing, unknown or of another kind: kind, file"),
    ],
)
def test_a_manifest_that_is_none_is_told(sqlite_backup: Path, text: bytes, says: str) -> None:
    manifests.beside(sqlite_backup).write_bytes(text)
    with pytest.raises(Unverified, match=says):
        read_backup(sqlite_backup)


@pytest.mark.parametrize("field", ["size", "kind", "began_at", "administration", "simulated", "heads", "tables"])
def test_a_field_of_another_kind_is_named(sqlite_backup: Path, field: str) -> None:
    changed(sqlite_backup, **{field: {"a": ["b", 1]} if field != "heads" else [1, "a"]})
    with pytest.raises(Unverified, match=f"of another kind: {field}"):
        read_backup(sqlite_backup)


def test_without_a_manifest_the_chains_alone_are_judged_where_somebody_asks_for_that(sqlite_backup: Path) -> None:
    manifests.beside(sqlite_backup).unlink()
    with pytest.raises(Unverified, match="There is no manifest one.db.manifest.json beside the backup"):
        read_backup(sqlite_backup)
    assert tried(sqlite_backup, insist=False).whole
    tamper(str(sqlite_backup), "UPDATE journal SET body = replace(body, 'unit-1', 'unit-3') WHERE kind = 'Assigned'")
    assert "its hash does not follow" in faults(tried(sqlite_backup, insist=False))
    content = bytearray(sqlite_backup.read_bytes())
    content[3 * 4096 : 5 * 4096] = b"\xff" * 8192
    sqlite_backup.write_bytes(content)
    assert "damaged" in faults(tried(sqlite_backup, insist=False))


def test_the_newest_of_a_folder_is_found_unless_they_are_of_several_offices(
    office: str, folder: Path, sqlite: SqliteFiles
) -> None:
    with pytest.raises(NotFound, match="There is no backup with a manifest"):
        newest_in(folder)
    clock = Later()
    for name in ("b", "a"):
        newest = backed_up(office, folder / name, clock).file
    manifests.beside(folder / "c").write_text("{")
    shutil.copy(manifests.beside(newest), manifests.beside(folder / "d"))
    assert newest_in(folder) == newest
    other = create_installation(sqlite.empty(), simulated=False)
    backed_up(other, folder / "other", clock)
    with pytest.raises(Unreadable, match="of several installations; name one: a, other"):
        newest_in(folder)
    sqlite.drop(other)


def test_what_is_no_backup_is_told(folder: Path, sqlite: SqliteFiles) -> None:
    (folder / "letter.txt").write_text("Kính gửi")
    with pytest.raises(Unreadable, match="neither as a SQLite database nor as a dump"):
        read_backup(folder / "letter.txt", insist=False)
    with pytest.raises(Unreadable, match="is a folder"):
        read_backup(folder)
    with pytest.raises(NotFound, match="There is no file"):
        read_backup(folder / "nothing")
    file = sqlite3.connect(folder / "other.db")
    file.execute("CREATE TABLE invoice (id INTEGER)")
    file.close()
    with pytest.raises(WrongSchema, match="something else"):
        tried(folder / "other.db", insist=False)


def test_what_is_not_whole_is_restored_nowhere(office: str, folder: Path, empty_url: str) -> None:
    made = backed_up(office, folder)
    changed(made.file, entries=1)
    with pytest.raises(Unverified, match="is not whole; nothing was restored"):
        gone_on_from(made.file, empty_url)
    with closing(Database(empty_url)) as database:
        if database.is_sqlite:
            assert not Path(empty_url).exists()
        else:
            with database.reading() as connection:
                assert migrate.refuse_foreign(connection) is None
                assert bulk.read(connection, dumps._EVERYTHING) == []


def test_the_log_of_another_database_is_never_read_into_what_is_restored(sqlite_backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new.db-wal").write_bytes(b"left by another")
    with pytest.raises(Conflict, match="new.db-wal is there already"):
        check_target(read_backup(sqlite_backup), str(tmp_path / "new.db"))
    with pytest.raises(Conflict, match="it is a backup of SQLite, and goes to a file"):
        check_target(read_backup(sqlite_backup), "postgresql://nobody@/nothing?host=/nowhere")


def test_an_older_schema_is_backed_up_before_an_upgrade_and_tried_as_one_goes_on_from_it(
    empty_url: str, folder: Path
) -> None:
    old = Database(empty_url)
    with pytest.raises(NotFound, match="There is no installation in"):
        check(old)
    with old.transaction() as connection:
        command.upgrade(migrate._config(connection), "0012")
        zone, false = ("", "0") if old.is_sqlite else ("+00", "false")
        bulk.write(
            connection,
            "INSERT INTO installation (id, created_at, purpose, directory_version, admin_seq, admin_hash, two_persons)"
            f" VALUES (1, '2023-08-14 02:00:00.000000{zone}', 'office', 0, 0, '', {false})",
        )
    check(old)
    old.close()
    made = backed_up(empty_url, folder / "old")
    assert "its schema is older than this program's" in str(made.unrecorded)
    report = tried(made.file, empty_url)
    assert (report.faults, report.upgraded_from) == ([], "0012")


def test_a_backup_by_a_newer_program_is_left_as_it_is(sqlite_backup: Path) -> None:
    tamper(str(sqlite_backup), "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WrongSchema, match="9999"):
        tried(sqlite_backup, insist=False)


def test_a_drill_goes_on_the_record_of_its_own_installation_alone(sqlite_backup: Path, sqlite: SqliteFiles) -> None:
    other = create_installation(sqlite.empty(), simulated=False)
    with closing(Database(other)) as database, pytest.raises(Conflict, match="a backup of another installation"):
        note_drill(database, tried(sqlite_backup), SystemClock())
    sqlite.drop(other)


def test_a_drill_may_leave_what_it_restored_to_be_looked_at(office: str, folder: Path, empty_url: str) -> None:
    made = backed_up(office, folder)
    assert tried(made.file, to=empty_url).whole
    with closing(Database(empty_url)) as database, database.reading() as connection:
        assert verify(connection).verified
    assert deeds(empty_url) == deeds(office)[:-1]  # nothing was entered there: nobody goes on from it
