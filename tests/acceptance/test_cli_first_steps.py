"""Somebody types `cascade` for the first time: help, mistakes, and the way to a first office."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import main
from tests.acceptance.conftest import ROOT, START, Typed

Run = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = [
    ("office", "list"), ("office", "show"), ("office", "import"), ("office", "add"), ("office", "export"), ("import", "tasks"),
    ("workflow", "check"), ("workflow", "list"), ("workflow", "show"), ("workflow", "words"), ("workflow", "publish"),
    ("workflow", "retire"), ("workflow", "unretire"), ("workflow", "two-persons"), ("workflow", "shipped"),
    ("workflow", "diff"), ("workflow", "new"),
    ("directive", "read"), ("directive", "issue"), ("directive", "list"), ("directive", "tree"), ("directive", "revoke"),
    ("obligation", "list"), ("obligation", "show"), ("obligation", "do"),
    ("task", "list"), ("task", "letter"),
    ("journal", "show"), ("journal", "verify"), ("calendar", "explain"),
    ("db", "create"), ("db", "upgrade"), ("db", "status"), ("round",), ("demo",), ("serve",),
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_leads_with_an_example_and_takes_a_database(
    typed: Typed, words: tuple[str, ...]
) -> None:
    said = typed(*words, "--help").data
    usage, example, *_ = [line.strip() for line in said.splitlines() if line.strip()]
    assert usage.startswith("Usage: cascade")
    assert "cascade " in example
    assert " ".join(words) in example
    assert "--database" in said


def test_help_names_every_command_and_every_exit_code(installed: Run) -> None:
    began = time.monotonic()
    said = installed("--help").stdout
    assert time.monotonic() - began < 3  # half a second on an idle machine
    for words in COMMANDS:
        assert f"\n  {words[0]} " in said
    for code in ("1  failure", "3  invalid", "4  not found", "5  refused", "6  verification", "7  database"):
        assert code in said


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, engine.cli.main as m; m.app(['--help'], standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stderr.split())
    assert not loaded & {"sqlmodel", "sqlalchemy", "pydantic", "alembic", "transitions", "rich", "yaml", "loguru"}


def test_the_version_is_one_line(installed: Run) -> None:
    done = installed("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("cascade")
    assert done.stdout.count("\n") == 1


def test_a_misspelt_command_says_what_was_perhaps_meant(typed: Typed) -> None:
    assert "Did you mean 'obligation'?" in typed("obligations", ends=2).talk
    assert "Did you mean 'list'?" in typed("office", "lst", ends=2).talk
    assert "There are demo" in typed("xyzzy", ends=2).talk


def test_a_missing_database_says_how_to_create_it(typed: Typed) -> None:
    said = typed("office", "list", ends=7)
    assert "cascade db create --database cascade.db" in said.talk
    assert said.data == ""


def test_a_file_that_is_no_database_is_named(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Kính gửi " * 200, encoding="utf-8")
    assert "letter.db cannot be used" in typed("office", "list", "--database", "letter.db", ends=7).talk
    assert "not supported" in typed("db", "status", "--database", "mysql://x/y", ends=7).talk


def test_the_database_is_taken_from_before_the_command_after_it_or_the_environment(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed("db", "create", "--database", "here.db", "--simulated-from", START)
    assert typed("--database", "here.db", "db", "status").data.startswith("here.db")
    assert typed("db", "status", "--database", "here.db").data.startswith("here.db")
    assert typed("--database", "gone.db", "db", "status", "--database", "here.db").code == 0
    (tmp_path / ".env").write_text("CASCADE_DATABASE=here.db\n", encoding="utf-8")
    assert typed("db", "status").data.startswith("here.db")
    monkeypatch.setenv("CASCADE_DATABASE", "gone.db")
    assert "gone.db" in typed("db", "status", ends=7).talk


def test_a_setting_that_cannot_be_used_is_a_usage_error(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_BEAT_SECONDS", "soon")
    assert "CASCADE_BEAT_SECONDS" in typed("office", "list", ends=2).talk


def test_from_nothing_to_an_office_takes_two_commands(typed: Typed) -> None:
    assert "cascade office import" in typed("db", "create").talk
    assert "cascade office import" in typed("office", "list").talk
    assert "10 offices" in typed("office", "import", "--sample").talk
    said = typed("office", "list").data
    assert "Sở Khoa học và Công nghệ" in said
    assert "host" in said
    assert "an installation already" in typed("db", "create", ends=5).talk
    assert "nothing was done" in typed("db", "upgrade").talk


def test_upgrading_an_empty_database_creates_it(typed: Typed) -> None:
    assert "is created" in typed("db", "upgrade").talk
    assert typed.json("db", "status")["cascades"] == 0


def test_the_status_says_what_the_database_holds(office: Typed) -> None:
    said = office.json("db", "status")
    assert said["simulated_at"] == "2023-08-16T02:00:00Z"
    assert said["offices"] == 10
    assert said["guard_faults"] == []
    assert said["obligations"]["total"] == 0
    assert "guards       in place" in office("db", "status").data


def test_a_fault_of_cascade_itself_is_one_honest_line(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("storage.directory.read_offices", broken)
    said = office("office", "list", ends=1)
    assert said.talk.count("\n") == 1
    assert "fault of cascade itself: KeyError: 'surprise'" in said.talk
    assert "Traceback" in office("--debug", "office", "list", ends=1).talk


def test_an_interrupted_command_ends_with_130(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.directory.read_offices", interrupted)
    assert office("office", "list", ends=130).talk.strip() == ""


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m engine workflow words | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["roles", "0"]
    assert done.stderr == ""


def test_output_is_utf8_and_without_colour_whatever_the_terminal(installed: Run) -> None:
    done = installed("office", "import", "--print-sample", env={"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"})
    assert "Sở Khoa học và Công nghệ" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_command_that_is_asked_without_a_subcommand_shows_its_help() -> None:
    done = CliRunner().invoke(main.app, ["journal"], prog_name="cascade")
    assert done.exit_code == 2
    assert "verify" in done.output
