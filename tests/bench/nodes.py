"""Several service nodes on one database, each a process of its own: each obligation is to be taken exactly once.

python -m tests.bench.nodes URL NAME        a node: says when it is ready, begins when told, tells what it did
"""

import subprocess
import sys
import time

from engine.runtime import opened
from tests.bench import quiet, raw, scenes
from tests.bench.changes import Change, changes, rows
from tests.bench.ground import Ground
from tests.bench.timing import PAIRS_LONG, Result, Watch, pairs, rate

NODES = (1, 2, 4)


class Doubled(AssertionError):
    """An obligation was taken by two nodes, or by none."""


def nodes(ground: Ground, size: int) -> Result:
    """Obligations a second with 1, 2 and 4 nodes; raw writes the same cascades one after another on one connection."""
    template = scenes.with_many(ground, size)
    given: list[Change] = []
    by_nodes: dict[int, list[float]] = {count: [] for count in NODES}
    theirs, due = Watch(), 0
    for _ in range(min(pairs(size), PAIRS_LONG)):
        for count in NODES:
            with ground.copy(template) as url:
                by_nodes[count].append(_together(url, count))
                due = _hold_exactly_once(url)
                given = given or changes(template, url)
        with ground.copy(template) as url:
            connection = raw.connect(url)
            with theirs.running():
                for change in given:
                    connection.write(change, change.last_at)
            connection.close()
    more: dict[str, object] = {"cascades": len(given), "due": due}
    more |= {f"rate_of_{count}": rate(due, seconds) for count, seconds in by_nodes.items()}
    return Result("nodes", ground.kind, size, rate(due, by_nodes[1]), rate(due, theirs.seconds), more)


def _together(url: str, count: int) -> float:
    """Seconds from the word to begin until the last of the nodes finds nothing due."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.nodes", url, f"node-{number}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(count)
    ]  # fmt: skip
    try:
        for one in started:
            assert one.stdout
            one.stdout.readline()  # ready
        began = time.perf_counter()
        for one in started:
            assert one.stdin
            one.stdin.write("begin\n")
            one.stdin.flush()
        for one in started:
            assert one.stdout
            if not one.stdout.readline():
                raise RuntimeError(f"a node ended with {one.wait()}")
        return time.perf_counter() - began
    finally:
        for one in started:
            one.communicate()


def _hold_exactly_once(url: str) -> int:
    """How many obligations there are. Raises Doubled unless each has missed its date and reached its rung exactly once."""
    wanted = {row[:2] for row in rows(url, "obligation")}
    for kind in ("DeadlineMissed", "RungReached"):
        found = [(row[0], row[3]) for row in rows(url, "journal") if row[2] == kind]
        if len(found) != len(set(found)) or set(found) != wanted:
            raise Doubled(f"{len(wanted)} obligations, {len(found)} entries {kind} of {len(set(found))} of them")
    return len(wanted)


def main(url: str, name: str) -> None:
    quiet()
    with opened(url, node=name) as runtime:
        with runtime.database.reading() as connection:
            runtime.executor.known(connection)
        print("ready", flush=True)
        sys.stdin.readline()
        while True:
            report = runtime.elapse.run()
            if not report.more and not report.obligations:
                break
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
