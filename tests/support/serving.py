"""Running `cascade serve` processes, and what their logs say."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]


class Node:
    """A `cascade serve` of its own process. Its log is read as it comes; every wait is bounded."""

    def __init__(self, url: str, name: str, messages: Path, beat: float = 0.2) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CASCADE_NODE": name, "CASCADE_LANG": "en"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine", "serve", "--no-web", "--database", url, "--beat", str(beat),
             "--messages", str(messages)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        self.name = name
        self.log: list[dict[str, Any]] = []
        self.said: list[str] = []  # what was no line of a log
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                if line.startswith("{"):
                    self.log.append({**orjson.loads(line), "heard": time.monotonic()})
                else:
                    self.said.append(line)
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def until(self, event: str, after: int = 0, seconds: float = 30) -> dict[str, Any]:
        """The first such line of the log behind its first `after` lines."""

        def found() -> dict[str, Any] | None:
            return next((line for line in self.log[after:] if line["event"] == event), None)

        with self._more:
            ended = lambda: not self._reader.is_alive()  # noqa: E731
            self._more.wait_for(lambda: found() or ended(), timeout=seconds)
            line = found()
        assert line, f"{self.name} did not say {event}: {self.log[after:]} {self.said}"
        return line

    def count(self, event: str) -> int:
        return sum(line["event"] == event for line in self.log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Told to end: how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self._reader.join(timeout=10)
        assert self.process.returncode == 0, (self.log, self.said)
        return time.monotonic() - began
