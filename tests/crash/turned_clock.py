"""`cascade` on a machine whose clock somebody turns: `python -m tests.crash.turned_clock FILE serve …`.

The file holds by how many seconds the wall clock is wrong; it is read at every look. Monotonic clocks go on as they did, as on
a machine. The program has no hook for it: the names under which it and APScheduler ask for the time are turned from outside.
"""

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.date

import engine.clock
from engine.cli.main import run

_MODULES = (engine.clock, apscheduler.schedulers.base, apscheduler.executors.base, apscheduler.triggers.date)


def turn(file: Path) -> None:
    """From here on the wall clock is wrong by what the file says."""

    class Turned(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=float(file.read_text() or 0))

    for module in _MODULES:
        if hasattr(module, "datetime"):
            module.datetime = Turned  # type: ignore[attr-defined]


if __name__ == "__main__":
    turn(Path(sys.argv.pop(1)))
    run()
