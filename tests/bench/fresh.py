"""A piece of work in a process of its own: its memory at most, and its time from the first instruction.

python -m tests.bench.fresh WORK URL SIZE
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# A process's own high-water mark: getrusage would count the memory of the one it was born from as well.
TOLD = """
ended = time.monotonic()
print(ended, next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
# Everything a process needs stands in it, so that nothing of the bench is counted as the product's.
OPEN_AND_ROUND = """
import sys, time
from engine.runtime import opened
with opened(sys.argv[1], node="bench") as runtime:
    report = runtime.elapse.run()
assert report.obligations == 0, report
"""
RAW_SQLITE = """
import sqlite3, sys, time
file = sqlite3.connect(sys.argv[1])
[(at,)] = file.execute("SELECT simulated_at FROM installation")
assert not file.execute("SELECT id FROM cascade WHERE wake_at <= ? LIMIT 200", (at,)).fetchall()
"""
RAW_POSTGRES = """
import psycopg, sys, time
server = psycopg.connect(sys.argv[1])
[(at,)] = server.execute("SELECT simulated_at FROM installation")
assert not server.execute("SELECT id FROM cascade WHERE wake_at <= %s LIMIT 200", (at,)).fetchall()
"""


def started(code: str, url: str) -> tuple[float, float]:
    """Seconds from the birth of a process to the end of what it does, and the MB it took at most."""
    began = time.monotonic()  # one clock for every process of a machine
    said = _ran("-c", code + TOLD, url)
    ended, kilobytes = said.split()
    return float(ended) - began, float(kilobytes) / 1024


def peak_of(ground: Any, template: str, work: str, size: int) -> float:
    """The MB that a process took at most which did this work once on a copy."""
    with ground.copy(template) as url:
        return float(json.loads(_ran("-m", "tests.bench.fresh", work, url, str(size)))["peak_mb"])


def _ran(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def main(work: str, url: str, size: int) -> None:
    from tests.bench import quiet, scenes

    quiet()
    with scenes.at_work(url) as runtime:
        if work == "fan_out":
            runtime.executor.execute([scenes.fan_out(size)])
        else:
            scenes.round_of(runtime)
    print(json.dumps({"peak_mb": _high_water()}))


def _high_water() -> float:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
