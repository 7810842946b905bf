"""Seals leave the database in order, each once it can; a witness that fails is tried again and told, and holds up no other."""

import base64
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.language import speaking, told
from engine.notify.witnesses import Folder, Syslog
from engine.runtime import Runtime
from engine.scheduler import sealing
from engine.seal_status import stored
from engine.settings import Settings
from engine.witnessing import witnesses
from storage import notes, outside, seals
from storage.errors import Unavailable
from storage.seals import Witnessed
from tests.support.desk import Desk
from tests.support.mailbox import mail_server
from tests.support.sealing import faults, last, round_with, sealed, something_happens, with_key
from tests.support.sealing import outside as folder_at
from workflows.errors import CascadeError
from workflows.text import say


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried at the next beat."""
    monkeypatch.setattr(sealing, "_PAUSE_SECONDS", 0.0)


def kept(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def how_far(runtime: Runtime, witness: str) -> Witnessed:
    with runtime.database.reading() as connection:
        return seals.witnessed(connection, witness)


def test_a_folder_gets_every_seal_once_and_nothing_is_left_beside_them(desk: Desk, tmp_path: Path) -> None:
    witness = folder_at(tmp_path / "outside")
    made = with_key(desk.runtime, tmp_path)
    beat = round_with(desk.runtime, made, [witness])
    for _ in range(3):
        something_happens(desk.runtime)
        assert beat.run().copied == 1
    assert beat.run() == sealing.SealReport(), "nothing to do is nothing written"
    assert kept(witness.folder) == [outside.file_name(number) for number in (1, 2, 3)]
    assert (witness.folder / outside.file_name(3)).read_text() == last(desk.runtime).note
    late = folder_at(tmp_path / "another")
    assert round_with(desk.runtime, made, [witness, late]).run().copied == 3, (
        "a new witness gets what there was before it"
    )


def test_a_folder_that_is_away_gets_what_it_missed_in_order_when_it_is_back(desk: Desk, tmp_path: Path) -> None:
    witness, other = folder_at(tmp_path / "outside"), folder_at(tmp_path / "another")
    beat = round_with(desk.runtime, with_key(desk.runtime, tmp_path), [witness, other])
    beat.run()
    shutil.move(witness.folder, tmp_path / "unmounted")
    for _ in range(3):
        something_happens(desk.runtime)
        assert beat.run().failed == 1
    found = how_far(desk.runtime, witness.name)
    assert (found.number, found.failures) == (1, 3)
    assert "mounted" in (found.failure or "")
    assert how_far(desk.runtime, other.name).number == 4, "no other waits"
    witness.folder.mkdir()
    assert beat.run().failed == 1, "an empty folder in its place is not the right disk"
    witness.folder.rmdir()
    shutil.move(tmp_path / "unmounted", witness.folder)
    assert beat.run().copied == 3
    assert kept(witness.folder) == kept(other.folder)
    assert how_far(desk.runtime, witness.name).failure is None
    assert faults(desk.runtime) == []


def test_a_failing_witness_is_paused_longer_each_time(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_PAUSE_SECONDS", 60.0)
    at = [1000.0]
    monkeypatch.setattr(sealing, "stopwatch", lambda: at[-1])
    witness = Folder(tmp_path / "nowhere")
    beat = round_with(desk.runtime, with_key(desk.runtime, tmp_path), [witness])

    def tried(moment: float) -> int:
        at.append(moment)
        return beat.run().failed

    moments = (1000.0, 1001.0, 1059.0, 1060.5, 1100.0, 1179.0, 1181.0)
    assert [tried(one) for one in moments] == [1, 0, 0, 1, 0, 0, 1]


def test_another_seal_of_the_number_is_never_overwritten_and_is_told(desk: Desk, tmp_path: Path) -> None:
    witness = folder_at(tmp_path / "outside")
    path = witness.folder / outside.file_name(1)
    path.write_text("another history")
    assert round_with(desk.runtime, with_key(desk.runtime, tmp_path), [witness]).run().failed == 1
    assert path.read_text() == "another history"
    assert "another seal 1" in (how_far(desk.runtime, witness.name).failure or "")


def test_a_note_that_was_cut_off_is_made_whole_and_one_that_is_there_is_as_good(desk: Desk, tmp_path: Path) -> None:
    seal = sealed(with_key(desk.runtime, tmp_path))
    witness = folder_at(tmp_path / "outside")
    path = witness.folder / outside.file_name(1)
    path.write_text(seal.note[:40])
    for _ in range(2):
        witness.take(seal, 0)
        assert path.read_text() == seal.note


@pytest.fixture
def log_server() -> Iterator[tuple[socket.socket, str]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        yield server, f"127.0.0.1:{server.getsockname()[1]}"


def test_a_log_server_is_told_each_seal_in_a_line_of_its_own(
    desk: Desk, tmp_path: Path, log_server: tuple[socket.socket, str]
) -> None:
    server, where = log_server
    beat = round_with(desk.runtime, with_key(desk.runtime, tmp_path), [Syslog(where, desk.runtime.now)])
    assert beat.run().copied == 1
    line = server.recv(4096).decode()
    assert line.startswith("<109>1 2023-08-14T02:00:00.000000Z ")
    assert base64.b64decode(line.rpartition(" ")[2]).decode() == last(desk.runtime).note


def test_a_log_server_over_tcp_that_is_gone_is_a_failure(desk: Desk, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        beat = round_with(desk.runtime, with_key(desk.runtime, tmp_path), [Syslog(where, desk.runtime.now)])
        assert beat.run().copied == 1
        taken, _ = server.accept()
        with taken:
            said = taken.recv(4096).decode()
        size, _, line = said.partition(" ")
        assert int(size) == len(line.encode())
    something_happens(desk.runtime)
    assert beat.run().failed == 1


def settings(port: int, **more: str) -> Settings:
    return Settings(
        database="-", mail_server=f"127.0.0.1:{port}", mail_security="none", mail_from="cascade@office.example.vn",
        seal_mail="auditor@office.example.vn", **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_an_e_mail_brings_the_newest_seal_once_a_day_and_again_after_a_failure(desk: Desk, tmp_path: Path) -> None:
    made, now = with_key(desk.runtime, tmp_path), desk.runtime.now

    def moved() -> datetime:
        return now()

    with mail_server() as box:
        [post] = witnesses(settings(box.port), None, moved)
        beat = round_with(desk.runtime, made, [post])
        box.answers = lambda _: "451 not now"
        assert beat.run().failed == 1
        box.answers = lambda _: None
        assert beat.run().copied == 1
        for day, copied in (("2023-08-14T15:00", 0), ("2023-08-15T08:00", 0), ("2023-08-15T09:00", 1)):
            desk.at(day)
            something_happens(desk.runtime)
            assert beat.run().copied == copied
    assert len(box.letters) == 2
    letter = box.letters[-1]
    assert letter["To"] == "auditor@office.example.vn"
    [attached] = [part for part in letter.walk() if part.get_filename()]
    assert attached.get_filename() == outside.file_name(4)
    assert attached.get_payload(decode=True) == last(desk.runtime).note.encode()
    text = letter.get_body(("plain",))
    assert text is not None
    assert last(desk.runtime).note in text.get_content().replace("\r\n", "\n")
    assert beat.run().failed == 0


def test_a_mail_server_that_is_gone_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)
    with mail_server() as box:
        port = box.port
    [post] = witnesses(settings(port), None, desk.runtime.now)
    assert round_with(desk.runtime, made, [post]).run().failed == 1
    assert how_far(desk.runtime, post.name) == Witnessed(
        post.name, 0, None, desk.runtime.now(), how_far(desk.runtime, post.name).failure, 1
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seal_mail": "a b@c"}, "one address"),
        ({"seal_syslog": "ftp://x"}, "CASCADE_SEAL_SYSLOG"),
        ({"seal_webhook": "http://x"}, "https"),
        ({"seal_webhook": "https://x.example"}, "CASCADE_SECRETS"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(given: dict[str, str], said: str) -> None:
    found = settings(25).model_copy(update=given)
    with pytest.raises(CascadeError, match=said):
        witnesses(found, None, datetime.now)
    with pytest.raises(Unavailable, match="CASCADE_MAIL_SERVER"):
        witnesses(settings(25).model_copy(update={"mail_server": None}), None, datetime.now)


def test_what_is_simulated_leaves_only_for_folders() -> None:
    found = settings(25).model_copy(update={"seal_folders": "/a, /b,/a", "seal_syslog": "x:1"})
    assert [one.name for one in witnesses(found, None, datetime.now, simulated=True)] == ["folder:/a", "folder:/b"]


def test_how_it_stands_says_what_waits_since_when(desk: Desk, tmp_path: Path) -> None:
    witness = folder_at(tmp_path / "outside")
    made = with_key(desk.runtime, tmp_path)
    round_with(desk.runtime, made, [witness]).run()
    with desk.runtime.database.reading() as connection:
        found = stored(connection, [witness])
    assert (found.outside, found.entries_open, found.oldest_open, found.failing) == (1, 0, None, [])
    desk.at("2023-08-14T11:00")
    something_happens(desk.runtime)
    with desk.runtime.database.reading() as connection:
        found = stored(connection, [witness])
    assert (found.chains_open, found.entries_open, found.oldest_open) == (1, 1, desk.runtime.now())
    sealed(made)
    desk.at("2023-08-14T13:00")
    with desk.runtime.database.reading() as connection:
        found = stored(connection, [witness])
    assert found.last is not None
    assert (found.last.number, found.outside, found.oldest_open) == (2, 1, found.last.at)
    assert desk.runtime.now() - found.last.at == timedelta(hours=2)
    assert notes.read(found.last.note).number == 2


def test_a_failure_is_told_in_the_language_of_the_service(desk: Desk, tmp_path: Path) -> None:
    made = with_key(desk.runtime, tmp_path)
    with speaking("vi"):
        turn = round_with(desk.runtime, made, [Folder(tmp_path / "away")])
    assert turn.run().failed == 1
    with desk.runtime.database.reading() as connection:
        [found] = seals.witnesses(connection)
    assert found.failure == told_in_vi(found.witness.removeprefix("folder:"))


def told_in_vi(folder: str) -> str:
    with speaking("vi"):
        return told(say("there is no folder {folder}; is its disk mounted?", folder=folder))
