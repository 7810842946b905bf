"""A text that is tried spends a second and a hundred megabytes at most, and says so where that is not enough."""

import os
import signal
import subprocess
import sys

import pytest

from engine.errors import Unreadable
from engine.previewing import Asked, changes, tried
from workflows.loading import shipped

NOTICE = shipped()["government-notice"]
HEAD = "from engine.previewing import _bounded\n_bounded()\n"


def bounded(work: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", HEAD + work], capture_output=True, timeout=60, check=False, env=environment
    )


def test_work_without_end_is_ended() -> None:
    assert bounded("while True: pass").returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_more_memory_than_it_may_have_is_refused_and_a_little_is_not() -> None:
    assert b"MemoryError" in bounded("found = bytearray(300_000_000)").stderr
    assert bounded("found = bytearray(50_000_000)").returncode == 0


def test_what_is_tried_is_drawn_and_compared_and_a_faulty_text_says_where() -> None:
    assert tried(NOTICE, "x", Asked(pictures=True))["pictures"]["levels"].startswith("<?xml")
    [change] = changes(NOTICE.replace("near_due: 3", "near_due: 4", 1), "x", NOTICE)
    assert change["kind"] == "changed"
    with pytest.raises(Unreadable, match="x:1:"):
        tried("nothing: 1\n", "x", Asked(pictures=True))
