"""A backup is whole, of one moment, never half under its name; a drill finds whatever was done to it."""

import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from engine import manifest as manifests
from engine.backing_up import BackupFailed, back_up, copying
from engine.backup_series import series
from engine.clock import SystemClock
from engine.restored import SealsOutside, read_backup
from engine.restoring import check_target, note_drill
from engine.runtime import Runtime, opened
from storage import backups, bulk, migrate, outside
from storage.database import Database
from storage.verification import verify
from tests.support.backups import PROGRAMS, Later, backed_up, deeds, faults, gone_on_from, tried
from tests.support.databases import Databases, SqliteFiles, create_installation, tables
from tests.support.desk import Desk, desk_on
from tests.support.people import Door
from tests.support.sealing import last, round_with, sealer, something_happens, with_key
from tests.support.sealing import outside as folder_at
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


def test_a_backup_is_whole_says_what_is_in_it_and_is_on_the_record(office: str, folder: Path) -> None:
    made = backed_up(office, folder)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert sorted(folder.iterdir()) == sorted([made.file, manifests.beside(made.file)])
    assert stat.S_IMODE(manifests.beside(made.file).stat().st_mode) == 0o600
    report = tried(made.file, office)
    assert report.faults == []
    assert report.whole
    assert report.verdict is not None
    manifest = made.manifest
    assert (report.verdict.entries, report.verdict.chains) == (manifest.entries, manifest.chains + 1)
    assert manifest.tables["obligation"] == 3
    assert manifest.schema == migrate.head()
    assert manifests.read(manifests.beside(made.file)) == manifest
    what, details = deeds(office)[-1]
    assert (what, details["sha256"], details["entries"]) == ("backed_up", manifest.sha256, str(manifest.entries))
    with closing(Database(office)) as database:
        note_drill(database, report, SystemClock())
    assert deeds(office)[-1][1]["outcome"] == "whole"


def test_what_is_restored_is_what_was_backed_up_and_work_goes_on_there(
    office: str, folder: Path, empty_url: str
) -> None:
    with opened(office) as runtime:
        door = Door(runtime)
        door.account("an", "unit-1/leader")
        door.comes_in("an")
    before = tables(office)
    made = backed_up(office, folder)
    report = gone_on_from(made.file, empty_url)
    after = tables(empty_url)
    assert [name for name in before if before[name] != after[name]] == ["journal", "session", "installation"]
    assert after["session"] == after["node"] == []
    assert [row for row in before["journal"] if row not in after["journal"]] == []
    assert len(after["journal"]) == len(before["journal"]) + 1
    what, details = deeds(empty_url)[-1]
    assert (what, details["sha256"], details["made"]) == ("restored", made.manifest.sha256, made.manifest.made_at)
    assert details["user"]
    assert report.waiting > 0
    with opened(empty_url) as runtime:
        with runtime.database.reading() as connection:
            [(cascade,)] = bulk.read(connection, "SELECT id FROM cascade")
        desk = Desk(runtime, cascade, name="afterwards")
        assert runtime.delivery.run().sent == report.waiting
        desk.act("unit-1/leader", 2, "name_officer", officer="Bà An")
        assert desk.verdict().verified
    with pytest.raises(Conflict, match=r"there already|holds an installation already"):
        check_target(read_backup(made.file), empty_url)


def test_every_entry_that_was_committed_before_is_in_a_backup_made_under_load(
    office: str, open_node: Callable[[], Runtime], folder: Path
) -> None:
    """Two writers go on all the while, and neither waits for the backup nor it for them."""
    stop, failures = Event(), list[BaseException]()

    def write(place: int) -> None:
        try:
            desk = Desk(open_node_of[place], name=f"writer-{place}")
            while not stop.is_set():
                desk.order("2023-09-29", f"unit-{place + 1}", "unit-8")
                desk.act(f"unit-{place + 1}/clerk", 2, "receive")
                desk = Desk(desk.runtime, name=f"writer-{place}-{desk.cascade}")
        except BaseException as error:  # noqa: BLE001  it is told below
            failures.append(error)

    open_node_of = [open_node(), open_node()]
    writers = [Thread(target=write, args=(place,)) for place in range(2)]
    for one in writers:
        one.start()
    try:
        made = []
        for _ in range(3):
            before = rows_of_the_journal(office)
            made.append((before, backed_up(office, folder / f"{len(made)}.backup")))
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert not failures
    after = rows_of_the_journal(office)
    assert len(after) > len(made[-1][0]), "nobody wrote meanwhile"
    for before, one in made:
        report = tried(one.file, office)
        assert report.faults == []
        assert one.manifest.entries >= len(before)
        for chain, seq in before:
            head = one.manifest.administration if chain == "administration" else (one.manifest.heads or {})[chain]
            assert head[0] >= seq, f"entry {seq} of {chain} was committed before, and is missing"


def rows_of_the_journal(url: str) -> set[tuple[str, int]]:
    with closing(Database(url)) as database, database.reading() as connection:
        return {(row[0], row[1]) for row in bulk.read(connection, "SELECT cascade_id, seq FROM journal")}


def test_nothing_is_written_over_and_what_cannot_be_is_said(office: str, folder: Path, tmp_path: Path) -> None:
    taken = folder / "taken"
    taken.write_text("mine")
    with pytest.raises(Conflict, match="a backup is never written over"):
        backed_up(office, taken)
    assert taken.read_text() == "mine"
    (folder / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Conflict, match="a backup is never written over"):
        backed_up(office, folder / "link")
    with pytest.raises(NotFound, match="There is no folder"):
        backed_up(office, tmp_path / "no" / "such")
    assert sorted(one.name for one in folder.iterdir()) == ["link", "taken"]


def test_a_database_is_not_backed_up_onto_itself(sqlite: SqliteFiles) -> None:
    url = create_installation(sqlite.empty())
    with pytest.raises(Conflict, match="it is the database itself"):
        backed_up(url, Path(url))
    sqlite.drop(url)


def test_one_that_was_killed_left_nothing_under_its_name_and_does_not_stand_in_the_way(
    office: str, folder: Path
) -> None:
    partial = folder / ".one.partial"
    partial.write_bytes(b"half of it")
    made = backed_up(office, folder / "one")
    assert tried(made.file, office).whole
    assert not partial.exists()


def test_two_at_once_in_one_place_are_one(office: str, folder: Path) -> None:
    def second(phase: str, _total: int) -> Callable[[int], None]:
        if phase.startswith("Reading"):
            with pytest.raises(Conflict, match="another backup is being made there"):
                backed_up(office, folder)
        return lambda _: None

    made = backed_up(office, folder, progress=second)
    assert tried(made.file, office).whole
    assert len(list(folder.iterdir())) == 2


def test_one_that_is_stopped_leaves_nothing(office: str, folder: Path) -> None:
    with closing(Database(office)) as database:
        copy = copying(database, PROGRAMS)
        copy.stop()
        with pytest.raises(BackupFailed, match=r"it was stopped. Nothing lies under its name"):
            back_up(database, SystemClock(), folder / "one", copy)
    assert list(folder.iterdir()) == []


def test_old_ones_of_the_series_are_let_go_and_nothing_else(office: str, folder: Path, databases: Databases) -> None:
    clock = Later()
    names = [backed_up(office, folder, clock).file.name for _ in range(3)]
    other = create_installation(databases.empty(), simulated=False)
    strangers = [backed_up(other, folder, clock).file, folder / names[0].replace("Z.", "Z.mine.")]
    strangers[1].write_text("mine")
    lonely = folder / f"{names[0].split('-2')[0]}-20200101T000000Z{Path(names[0]).suffix}"
    lonely.write_text("a file without a manifest")
    named = backed_up(office, folder / "named", clock).file
    made = backed_up(office, folder, clock, keep=2)
    assert [one.name for one in made.dropped] == [names[1], names[0]]
    kept = {one.name for one in folder.iterdir() if not one.name.endswith(manifests.ENDING)}
    assert kept == {names[2], made.file.name, named.name, lonely.name, *(one.name for one in strangers)}
    assert not manifests.beside(folder / names[0]).exists()
    with closing(Database(office)) as database, database.reading() as connection:
        identity = backups.identity(connection)
    assert [one for one, _ in series(folder, names[0].split("-2")[0], identity)] == [made.file, folder / names[2]]
    databases.drop(other)


def test_restoring_an_older_backup_is_found_by_the_seals_outside(
    desk: Desk, folder: Path, tmp_path: Path, empty_url: str
) -> None:
    """The chains of an older backup are whole, and so are those that go on from it: only what lies outside knows."""
    notes, url = folder_at(tmp_path / "outside").folder, desk.runtime.database.url.render_as_string(hide_password=False)
    with_key(desk.runtime, tmp_path)
    beat = round_with(desk.runtime, sealer(desk.runtime, tmp_path), [folder_at(notes)])
    for _ in range(2):
        something_happens(desk.runtime)
        beat.run()
    made = backed_up(url, folder / "older")
    assert made.manifest.seal == 2
    assert tried(made.file, url, seals=notes).outside == SealsOutside(2, last(desk.runtime).at, None, None)
    for _ in range(2):
        something_happens(desk.runtime)
        beat.run()
    report = tried(made.file, url, seals=notes)
    assert (report.faults, report.outside and report.outside.later) == ([], (3, 4))
    gone_on_from(made.file, empty_url, seals=notes)
    assert deeds(empty_url)[-1][1]["later_seals"] == "3 to 4"
    with opened(empty_url) as restored:
        with restored.database.reading() as connection:
            assert verify(connection).verified
            [fault] = outside.compare(connection, notes).faults
        assert "seals 3 to 4 were kept outside and are not in the database" in str(fault)
        restored.move_to(desk.runtime.now() + timedelta(hours=5))
        something_happens(restored)
        round_with(restored, sealer(restored, tmp_path), [folder_at(tmp_path / "new")]).run()
        with restored.database.reading() as connection:
            assert verify(connection).verified
            said = " ".join(str(one) for one in outside.compare(connection, notes).faults)
            assert "another seal 3" in said
            assert outside.compare(connection, tmp_path / "new").faults == ()


def test_a_backup_whose_history_is_another_than_that_outside_is_not_whole(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    notes, url = folder_at(tmp_path / "outside").folder, desk.runtime.database.url.render_as_string(hide_password=False)
    with_key(desk.runtime, tmp_path)
    beat = round_with(desk.runtime, sealer(desk.runtime, tmp_path), [folder_at(notes)])
    something_happens(desk.runtime)
    beat.run()
    note = notes / outside.file_name(1)
    note.write_text(note.read_text().replace("seal 1", "seal 1 "))
    assert "no whole note of a seal" in faults(tried(backed_up(url, folder / "one").file, url, seals=notes))
