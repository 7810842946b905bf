"""Making backups, trying them and going on from one, as a person types it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Typed
from tests.support.backups import WHEEL
from tests.support.databases import PostgresServer


def only(folder: Path, ending: str) -> Path:
    [found] = folder.glob(f"*{ending}")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir(mode=0o700)
    return made


def test_a_backup_is_made_tried_and_gone_on_from(issued: Typed, typed: Typed, folder: Path) -> None:
    said = issued("backup", "backups")
    file = said.data.strip()
    assert file.startswith("backups/issued-2")
    assert file.endswith("Z.db")
    assert " entries in 2 chains; sha256 " in said.talk
    assert f"Try it now and then: cascade restore {file} --check" in said.talk
    tried = typed("restore", file, "--check")
    assert typed("restore", "backups", "--check").data.split("\n")[0] == tried.data.split("\n")[0]
    assert "Whole: it is the file that was made, and everything in it is as it was." in tried.data
    assert "chains, states and guards" in tried.data
    assert sorted(one.name for one in folder.parent.iterdir()) == ["backups", "issued.db"]
    there = typed("restore", file, "--to", "new.db")
    assert "Restored to new.db. What was entered after the backup is not in it" in there.data
    assert "35 messages were not sent when it was made" in there.data
    assert "cascade serve --database new.db" in there.data
    assert typed("obligation", "list", "--database", "new.db").data == issued("obligation", "list").data
    last = typed("journal", "show", "--cascade", "administration", "--database", "new.db").data.splitlines()[-1]
    assert f"Restored everything here from the backup {folder.parent / file}" in last
    assert "Made the backup" in issued("journal", "show", "--cascade", "administration").data.splitlines()[-1]
    again = typed("restore", file, "--to", "new.db", ends=5).talk
    assert "new.db is there already. Open to you now: name a file that is not there" in again


def test_what_is_wrong_is_said_and_ends_with_six(issued: Typed, typed: Typed, folder: Path) -> None:
    file = Path(issued("backup", "backups/one.db").data.strip())
    with file.open("r+b") as stream:
        stream.seek(5000)
        stream.write(b"?")
    said = typed("restore", str(file), "--check", ends=6)
    assert "it was changed, or is another" in said.data
    assert "one.db is NOT whole: 1 fault found." in said.talk
    assert "nothing was restored" in typed("restore", str(file), "--to", "new.db", ends=6).talk
    noted = typed("--database", issued.database, "restore", str(file), "--check", "--record", ends=6)
    assert "NOT whole" in noted.talk
    assert "outcome: not whole" in issued("journal", "show", "--cascade", "administration").data.splitlines()[-1]
    found = typed("restore", str(file), "--check", "--json", ends=6).json
    assert (found["whole"], len(found["faults"])) == (False, 1)
    os.truncate(file, 100)
    assert "it was cut off, or is another one" in typed("restore", str(file), "--check", ends=6).data
    (folder / "one.db.manifest.json").unlink()
    assert "There is no manifest one.db.manifest.json" in typed("restore", str(file), "--check", ends=6).talk
    assert typed("restore", str(file), "--check", "--json", ends=6).json["whole"] is False


def test_a_program_reads_what_was_made_and_tried(issued: Typed, typed: Typed, folder: Path) -> None:
    made = issued.json("backup", "backups", "--keep", "1")
    assert made["recorded"]
    assert made["made"]["tables"]["obligation"] == 35
    tried = typed.json("restore", made["file"], "--check")
    assert tried["whole"]
    assert tried["entries"] == made["made"]["entries"]
    assert set(tried["seconds"]) == {"restore", "file", "contents", "verify"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["backup"], 2, "Missing argument 'TO'"),
        (["backup", "nowhere/one.db"], 4, "There is no folder nowhere for a backup"),
        (["backup", "issued.db"], 5, "it is the database itself"),
        (["backup", "one.db", "--keep", "3"], 2, "one.db is no folder: only backups that a folder names are a series"),
        (["backup", "backups", "--keep", "0"], 2, "'--keep': "),
        (["backup", "one.db", "--database", "nowhere.db"], 4, "There is no installation in nowhere.db"),
        (["restore"], 2, "Missing argument 'FROM'"),
        (["restore", "issued.db"], 2, "say whether to try it (--check), or where to restore it (--to URL)"),
        (["restore", "issued.db", "--to", "x.db", "--record"], 2, "it goes with --check"),
        (["restore", "issued.db", "--check", "--seals", "nowhere"], 2, "nowhere is no folder of seals"),
        (["restore", "nothing.db", "--check"], 4, "There is no file nothing.db"),
        (["restore", "backups", "--check"], 4, "There is no backup with a manifest in backups"),
        (["restore", "backups", "--to", "x.db"], 3, "backups is a folder"),
        (["restore", "issued.db", "--check"], 6, "There is no manifest issued.db.manifest.json"),
        (["restore", "letter.txt", "--check", "--no-manifest"], 3, "begins neither as a SQLite database nor as a dump"),
        (["restore", "issued.db", "--no-manifest", "--to", "no/x.db"], 7, "There is no folder no"),
        (["restore", "issued.db", "--no-manifest", "--to", "postgresql://a:secret@/b"], 5, "it is a backup of SQLite"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_wrong_words_are_answered(issued: Typed, folder: Path, words: list[str], code: int, says: str) -> None:
    (folder.parent / "letter.txt").write_text("Kính gửi")
    before = sorted(folder.parent.rglob("*"))
    said = issued(*words, ends=code)
    assert says in " ".join(said.talk.split())
    assert "secret" not in said.talk + said.data
    assert sorted(folder.parent.rglob("*")) == before


def test_a_server_is_dumped_tried_beside_itself_and_restored(
    typed: Typed, postgres: PostgresServer, folder: Path
) -> None:
    url, empty = postgres.empty(), postgres.empty()
    typed("db", "create", "--database", url, "--partitions", "2")
    typed("office", "import", "--sample", "--database", url)
    talk = typed("backup", "backups", "--database", url, "--pg-bin", ".", ends=7).talk
    assert "This needs pg_dump of PostgreSQL" in talk
    file = typed("backup", "backups", "--database", url, "--pg-bin", str(WHEEL)).data.strip()
    assert "name a server to try it on" in typed("restore", file, "--check", ends=7).talk
    tried = typed("restore", file, "--check", "--database", url, "--pg-bin", str(WHEEL), "--record")
    assert "Whole: " in tried.data
    typed("restore", file, "--to", empty, "--pg-bin", str(WHEEL))
    assert typed("office", "list", "--database", empty).data == typed("office", "list", "--database", url).data
    assert "holds an installation already" in typed("restore", file, "--to", empty, "--pg-bin", str(WHEEL), ends=5).talk
    assert typed("journal", "verify", "--database", empty).data.startswith("Verified: ")
    for one in (url, empty):
        postgres.drop(one)


def test_a_disk_without_room_is_told_and_nothing_half_made_stays(
    issued: Typed, installed: Callable[..., subprocess.CompletedProcess[str]], folder: Path
) -> None:
    shutil.copy(issued.database, folder.parent / "office.db")

    def bounded() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    more: dict[str, Any] = {"preexec_fn": bounded, "env": {"CASCADE_LANG": "en"}}
    said = installed("backup", "backups/one.db", "--database", "office.db", **more)
    assert said.returncode == 1
    assert "The backup backups/one.db was not made: " in said.stderr
    assert "Nothing lies under its name." in said.stderr
    assert list(folder.iterdir()) == []
