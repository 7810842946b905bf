"""Seals that were kept outside show what nothing inside can: a restored older database, a rewritten history, forged seals."""

from collections.abc import Callable
from pathlib import Path

from engine.runtime import Runtime, opened
from storage import notes, outside
from storage.outside import Outside
from tests.support.desk import Desk
from tests.support.sealing import faults, last, round_with, sealer, something_happens, with_key
from tests.support.sealing import outside as folder_at


def compared(runtime: Runtime, folder: Path) -> Outside:
    with runtime.database.reading() as connection:
        return outside.compare(connection, folder)


def go_on(runtime: Runtime, key: Path, folder: Path, times: int) -> None:
    beat = round_with(runtime, sealer(runtime, key), [folder_at(folder)])
    for _ in range(times):
        something_happens(runtime)
        beat.run()


def test_what_agrees_is_said_with_its_age(desk: Desk, tmp_path: Path) -> None:
    with_key(desk.runtime, tmp_path)
    go_on(desk.runtime, tmp_path, tmp_path / "outside", 3)
    (tmp_path / "outside" / outside.file_name(2)).unlink()
    (tmp_path / "outside" / "read me.txt").write_text("not a note")
    found = compared(desk.runtime, tmp_path / "outside")
    assert found == Outside(2, 3, last(desk.runtime).at, 1, ())


def test_a_restored_older_database_is_found_also_when_it_went_on(
    desk: Desk, tmp_path: Path, copied: Callable[[str], str], database_url: str
) -> None:
    folder = tmp_path / "outside"
    with_key(desk.runtime, tmp_path)
    go_on(desk.runtime, tmp_path, folder, 2)
    desk.runtime.database.close()
    with opened(copied(database_url)) as restored:
        go_on(desk.runtime, tmp_path, folder, 2)
        assert compared(desk.runtime, folder).faults == ()
        [fault] = compared(restored, folder).faults
        assert "seals 3 to 4 were kept outside" in fault.says
        assert compared(restored, folder).newest == 2
        desk_of_it = round_with(restored, sealer(restored, tmp_path), [folder_at(folder)])
        restored.move_to(desk.runtime.now().replace(hour=23))
        something_happens(restored)
        report = desk_of_it.run()
        assert (report.made, report.failed) == (1, 1), "it seals, and the folder does not take another seal 3"
        assert faults(restored) == [], "in itself it is whole"
        missing, other = compared(restored, folder).faults
        assert "seal 4 was kept outside" in missing.says
        assert "another seal 3" in other.says


def test_forged_notes_are_told_apart(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    with_key(desk.runtime, tmp_path)
    go_on(desk.runtime, tmp_path, folder, 1)
    note = notes.read(last(desk.runtime).note)
    mine, far = note.installation, "0" * 32
    stranger = notes.new_key()
    text = notes.text_of(mine, 2, 2, bytes(32), "", note.at)
    for number, content, said in (
        (2, notes.signed(text, mine, {1: stranger}), "is forged"),
        (2, notes.signed(text, mine, {7: stranger}), "does not know"),
        (3, notes.signed(text, mine, {1: stranger}), "holds the note of seal 2"),
        (2, notes.signed(text.replace(mine, far), far, {1: stranger}), "another installation"),
        (2, note.whole[:50], "no whole note"),
        (2, "", "no whole note"),
    ):
        path = folder / outside.file_name(number)
        path.write_text(content)
        [fault] = compared(desk.runtime, folder).faults
        assert said in fault.says
        path.unlink()
    assert compared(desk.runtime, folder).faults == ()
