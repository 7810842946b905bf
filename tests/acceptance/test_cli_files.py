"""Files at the prompt: given with an act, added later, listed, and written out again."""

from pathlib import Path

from tests.acceptance.conftest import Typed

REPORT = (
    "obligation",
    "do",
    "report",
    "6",
    "--as",
    "cctdc/leader",
    "--ask",
    "symbol=1/BC",
    "--ask",
    "sent_on=16/8/2023",
)


def test_a_report_takes_a_file_and_it_comes_out_again(issued: Typed, tmp_path: Path) -> None:
    paper = tmp_path / "phụ lục.txt"
    paper.write_text("Số liệu", encoding="utf-8")
    issued("obligation", "do", "receive", "6", "--as", "cctdc/clerk")
    said = issued(*REPORT, "--file", str(paper))
    assert "files given with 'report': phụ lục.txt (11 bytes)" in said.data
    later = issued("obligation", "attach", "6", str(paper), "--as", "cctdc/officer")
    assert "1 file is kept with obligation 6" in later.talk
    shown = issued.json("obligation", "files", "6")["files"]
    assert [(one["name"], one["action"]) for one in shown] == [("phụ lục.txt", None), ("phụ lục.txt", "report")]
    assert shown[0]["sha256"] == shown[1]["sha256"]
    assert "phụ lục.txt" in issued("obligation", "files", "6").data
    paths = issued("obligation", "files", "6", "--save", "out").data.split("\n")
    assert Path(paths[0]).read_text(encoding="utf-8") == "Số liệu"
    assert issued("obligation", "files", "6", "--save", "out").code == 0  # the same again
    Path(paths[0]).write_text("other", encoding="utf-8")
    assert "is there already, with other content" in issued("obligation", "files", "6", "--save", "out", ends=2).talk
    assert "Verified" in issued("journal", "verify").data
    assert "phụ lục.txt" in issued("obligation", "show", "6").data


def test_wrong_files_are_said_in_words(issued: Typed, tmp_path: Path) -> None:
    issued("obligation", "do", "receive", "6", "--as", "cctdc/clerk")
    assert "nosuch.pdf cannot be read: No such file" in issued(*REPORT, "--file", "nosuch.pdf", ends=2).talk
    (tmp_path / "a.exe").write_bytes(b"MZ\0")
    assert "taken are" in issued(*REPORT, "--file", "a.exe", ends=5).talk
    (tmp_path / "a.txt").write_text("a")
    assert "symbol: it takes no file" in issued(*REPORT, "--file", "symbol=a.txt", ends=5).talk
    assert "that is for the offices" in issued("obligation", "attach", "6", "a.txt", "--as", "vp/clerk", ends=5).talk
    assert "No files were given with it" in issued("obligation", "files", "6").talk


def test_a_copy_of_the_database_takes_them_along(issued: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    issued("obligation", "attach", "6", "a.txt", "--as", "cctdc/clerk")
    issued("db", "copy", issued.database, str(tmp_path / "copy.db"))
    copy = Typed(str(tmp_path / "copy.db"))
    assert copy.json("obligation", "files", "6") == issued.json("obligation", "files", "6")
    assert "Verified" in copy("journal", "verify").data
