"""`cascade serve` as an operator starts it, a process of its own; its log lies in a file, where it can be read at any time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from tests.crash.nodes import patient

ROOT = Path(__file__).parents[2]


class Service:
    """A running service. `clock` is the file that says by how much its machine's clock is wrong."""

    def __init__(
        self, url: str, folder: Path, *options: str, beat: float = 0.2, clock: Path | None = None, node: str = "node"
    ) -> None:
        program = ["tests.crash.turned_clock", str(clock)] if clock else ["engine"]
        self._log = folder / f"{node}-{time.monotonic_ns()}.log"
        self.messages = folder / f"{node}.jsonl"
        self.beat = beat
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *program, "serve", "--no-web", "--database", url, "--beat", str(beat), "--messages",
                 str(self.messages), *options],
                stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, "PYTHONPATH": str(ROOT), "CASCADE_NODE": node},
            )  # fmt: skip

    def log(self, *events: str) -> list[dict[str, Any]]:
        """What it has logged so far, of these events or of all."""
        whole = self._log.read_bytes().rpartition(b"\n")[0]
        lines = [orjson.loads(line) for line in whole.splitlines() if line.startswith(b"{")]
        return [line for line in lines if not events or line["event"] in events]

    def until(self, event: str, more_than: int = 0, seconds: float = 60) -> float:
        """Wait until it has logged an event more often than that; how many seconds that took."""

        def logged() -> bool:
            assert self.process.poll() is None, f"it has ended: {self._log.read_text(encoding='utf-8')[-2000:]}"
            return len(self.log(event)) > more_than

        return patient(logged, f"{event} in {self._log}", seconds)

    def ends(self, number: int = signal.SIGTERM, seconds: float = 30) -> tuple[int, float]:
        """Send it a signal; its exit code, and how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=seconds), time.monotonic() - began


@contextmanager
def service(url: str, folder: Path, *options: str, **more: Any) -> Iterator[Service]:
    """A service that is gone afterwards, however the test ended."""
    running = Service(url, folder, *options, **more)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
