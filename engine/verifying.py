"""A verification by several processes: chains, and parts of long ones, are shared out; one verdict comes of it.

It can be broken off and taken up again: what was verified is kept in a file, each chain with the head it had.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TextIO

import orjson
from sqlalchemy import Connection

from engine.errors import Unreadable
from storage import bulk, rulebook, seals, verification
from storage.database import Database
from storage.rulebook import Rulebook
from storage.verification import Done, Task, Verdict
from workflows.errors import NotFound
from workflows.text import say

PART = 50_000  # entries of one chain that one process reads in a row, where parts may be read apart
SHARE = 10_000  # entries, or more, that a process is given at a time
_FEW, _FEW_ALONE = 60_000, 300_000  # entries (with states, without) that are not worth starting processes for
_HEAD = "directive-cascade verification"


@dataclass(frozen=True, slots=True)
class Known:
    """A chain that was verified before: its last entry then, and that entry's hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, and what was not read again: chains as they were in the file, and entries before those that came since."""

    verdict: Verdict
    passed_over: int = 0
    entries_passed_over: int = 0


def cores() -> int:
    """How many processes may run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def verify(
    database: Database,
    only: str | None = None,
    progressed: Callable[[int], None] = lambda _: None,
    *,
    states: bool = True,
    jobs: int = 1,
    resume: Path | None = None,
) -> Verified:
    """Verify as `verification.verify` does, with so many processes. Raises Unreadable for a file of another kind."""
    with database.reading() as connection:
        heads = verification.heads(connection)
        heads = {only: heads.get(only, (0, ""))} if only else heads
        mine = seals.installation_id(connection) or ""
        kept = _Kept.read(resume, mine, states) if resume else _Kept({}, None)
        try:
            weights, over = _tasks(connection, heads, kept.known, states, jobs)
            found = _shared(database, connection, weights, progressed, kept, states, jobs)
        finally:
            kept.close()
        faults = verification.whole(connection)
        verdict = verification.together(faults, found, *verification.sealed(connection, only))
    chains = len({one.chain for one in weights} | set(over))
    read = Verdict(chains, verdict.entries, verdict.faults, verdict.seals, verdict.unsigned)
    passed = sum(known.seq for known in over.values()) + sum(one.after for one in weights if one.chain in kept.known
                                                               and one.after == kept.known[one.chain].seq)  # fmt: skip
    return Verified(read, len(over), passed)


def _tasks(
    connection: Connection, heads: dict[str, tuple[int, str]], known: dict[str, Known], states: bool, jobs: int
) -> tuple[dict[Task, int], dict[str, Known]]:
    """What is to be read, each with its entries, long chains first; and the chains that are as they were.

    States follow from a chain as a whole, so that only chains alone are read in parts, or from where they were read to.
    """
    tasks, over = dict[Task, int](), dict[str, Known]()
    for chain, (seq, hash_) in sorted(heads.items(), key=lambda one: (-one[1][0], one[0])):
        before = known.get(chain)
        if before and (before.seq, before.hash) == (seq, hash_):
            over[chain] = before
            continue
        after, last = 0, ""
        if before and not states and _hash_at(connection, chain, before.seq) == before.hash:
            after, last = before.seq, before.hash
        if not states and jobs > 1:
            while seq - after > PART:
                until = after + PART
                between = _hash_at(connection, chain, until)
                if between is None:
                    break
                tasks[Task(chain, after, last, until)] = PART
                after, last = until, between
        tasks[Task(chain, after, last)] = max(1, seq - after)
    return tasks, over


def _hash_at(connection: Connection, chain: str, seq: int) -> str | None:
    rows = bulk.read(connection, "SELECT hash FROM journal WHERE cascade_id = ? AND seq = ?", chain, seq)
    return str(rows[0][0]) if rows else None


def _shared(
    database: Database, connection: Connection, tasks: dict[Task, int], progressed: Callable[[int], None],
    kept: "_Kept", states: bool, jobs: int,
) -> list[Done]:  # fmt: skip
    """What became of every task, by this process alone or by several."""
    found: list[Done] = []
    entries = 0
    if jobs <= 1 or sum(tasks.values()) <= (_FEW if states else _FEW_ALONE):
        rules = rulebook.readable(connection) if states else None
        for task in tasks:
            made = verification.done(
                connection, task, rules, verification.counting_from(entries, progressed), states=states
            )
            entries += made.entries
            progressed(entries)
            kept.add(made)
            found.append(made)
        return found
    shares = _shares(tasks)
    url = database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(jobs, _context(), _begin, (url, states)) as pool:
        waiting: set[Future[list[Done]]] = {pool.submit(_work, one) for one in islice(shares, jobs * 2)}
        try:
            while waiting:
                over, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in over:
                    for made in future.result():
                        entries += made.entries
                        kept.add(made)
                        found.append(made)
                    more = next(shares, None)
                    if more is not None:
                        waiting.add(pool.submit(_work, more))
                progressed(entries)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if len(found) != len(tasks):
        raise RuntimeError(f"{len(found)} of {len(tasks)} parts were verified")
    return found


def _shares(tasks: dict[Task, int]) -> Iterator[list[Task]]:
    share: list[Task] = []
    weight = 0
    for one, entries in tasks.items():
        share.append(one)
        weight += entries
        if weight >= SHARE:
            yield share
            share, weight = [], 0
    if share:
        yield share


def _context() -> BaseContext:
    """Processes that share nothing with this one: neither its connections nor its threads."""
    return get_context("spawn")


_mine: dict[str, Any] = {}  # of a process that was begun for this alone: its database, and how it verifies


def _begin(url: str, states: bool) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it is told, and ends it
    _mine.update(database=Database(url, "cascade verify"), states=states, rules=None)


def _work(tasks: Sequence[Task]) -> list[Done]:
    database, states = _mine["database"], _mine["states"]
    with database.reading() as connection:
        if states and _mine["rules"] is None:
            _mine["rules"] = rulebook.readable(connection)
        rules: Rulebook | None = _mine["rules"]
        return [verification.done(connection, one, rules, states=states) for one in tasks]


class _Kept:
    """The file of what was verified. A line a chain; the last one of a chain counts. A line that was cut off is passed over."""

    def __init__(self, known: dict[str, Known], file: TextIO | None) -> None:
        self.known, self._file = known, file
        self._parts: dict[str, list[Done]] = {}

    @classmethod
    def read(cls, path: Path, installation: str, states: bool) -> "_Kept":
        head = {"kind": _HEAD, "installation": installation, "states": states}
        known: dict[str, Known] = {}
        try:
            there = path.read_text() if path.exists() else ""
            lines = there.splitlines()
            if lines:
                _check(path, lines[0], head)
            for line in lines[1:]:
                try:
                    chain, seq, hash_ = orjson.loads(line)
                    known[str(chain)] = Known(int(seq), str(hash_))
                except ValueError:
                    continue
            file = path.open("a")
            if not lines:
                file.write(orjson.dumps(head).decode() + "\n")
            elif not there.endswith("\n"):
                file.write("\n")
            file.flush()
        except FileNotFoundError:
            raise NotFound(say("There is no folder for {path}", path=path)) from None
        except UnicodeDecodeError:
            raise Unreadable(say("{path} is no file of a verification", path=path)) from None
        except OSError as error:
            raise Unreadable(say("{path} cannot be used: {why}", path=path, why=error.strerror)) from None
        return cls(known, file)

    def add(self, made: Done) -> None:
        """Keep a chain that was verified to its end; a long one when all its parts are."""
        parts = self._parts.setdefault(made.task.chain, [])
        parts.append(made)
        ends = [one for one in parts if one.task.until is None]
        begun = min(one.task.after for one in parts)
        before = self.known[made.task.chain].seq if made.task.chain in self.known else 0
        whole = ends and begun in (0, before) and sum(one.entries for one in parts) == ends[0].last - begun
        if self._file is None or not whole or any(one.fault for one in parts):
            return
        line = orjson.dumps([made.task.chain, ends[0].last, ends[0].hash]).decode()
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _check(path: Path, line: str, head: dict[str, Any]) -> None:
    try:
        found = orjson.loads(line)
        fits = found["kind"] == _HEAD
    except (ValueError, KeyError, TypeError):
        fits, found = False, {}
    if not fits:
        raise Unreadable(say("{path} is no file of a verification", path=path))
    if found != head:
        raise Unreadable(say("{path} is of another installation, or of a verification that looked at states otherwise; name"
                             " another file", path=path))  # fmt: skip
