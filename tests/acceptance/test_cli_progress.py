"""A person at a terminal sees how far long work is; short work, and whoever pipes, sees nothing of it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Typed

_AT_ONCE = "from engine.cli import main, progress; progress.SHOWN_AFTER = 0.0; main.run()"
ISSUE = ("directive", "issue", "draft.yaml", "--as", "skhcn/leader", "--number", "72", "--date", "16/8/2023")


def on_a_terminal(*words: str, at_once: bool) -> str:
    """What a command shows on a terminal; with its bars from the first moment on, as if a second had passed."""
    ours, theirs = pty.openpty()
    begun = [sys.executable, "-c", _AT_ONCE] if at_once else [sys.executable, "-m", "engine"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([*begun, *words], stderr=theirs, stdout=subprocess.DEVNULL, env=environment) as running:
        os.close(theirs)
        shown = bytearray()
        while part := _read(ours):
            shown += part
    os.close(ours)
    assert running.returncode == 0, shown.decode()
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # nobody is left who could write to it
        return b""


@pytest.mark.usefixtures("draft")
def test_a_fan_out_shows_how_many_entries_are_written(office: Typed) -> None:
    shown = on_a_terminal("--database", office.database, *ISSUE, at_once=True)
    entries = office.json("journal", "show", "--cascade", office.json("directive", "list")["directives"][0]["cascade"])[
        "total"
    ]
    assert "Writing, entries" in shown
    assert f"{entries} " in shown
    assert "See them: cascade directive tree" in shown


def test_a_round_shows_how_many_obligations_had_their_turn(issued: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_MESSAGES", "messages.jsonl")
    shown = on_a_terminal("--database", issued.database, "round", "--at", "2023-12-20T09:00", at_once=True)
    assert "Letting time pass, obligations" in shown
    assert "Sending, messages" in shown
    shown = on_a_terminal("--database", issued.database, "--lang", "vi", "journal", "verify", at_once=True)
    assert "Đang kiểm tra, số mục" in shown


@pytest.mark.usefixtures("draft")
def test_short_work_on_a_terminal_shows_what_it_shows_a_pipe(office: Typed, tmp_path: Path) -> None:
    shown = on_a_terminal("--database", office.database, *ISSUE, at_once=False)
    assert "\x1b" not in shown
    assert shown.splitlines()[-1].startswith("See them: cascade directive tree")
