"""Service nodes as processes that a test may kill, and what has to be true of a database that they worked on."""

import hashlib
import mmap
import os
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from loguru import logger
from sqlalchemy import Connection

from engine import logs
from engine.execute import Known
from engine.runtime import Runtime, opened
from engine.service import serve
from storage import bulk, cascades
from storage.database import Database
from storage.verification import verify

PATIENCE = 120.0  # seconds that anything may take before a test gives up


class Shared:
    """What a process lets others see: a transaction that writes is in hand, and when it last came to the end of one."""

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, 16)

    @property
    def in_hand(self) -> bool:
        return self._bytes[0] == 1

    @property
    def done_at(self) -> float:
        """By the machine's monotonic clock, which all processes share."""
        found: float = struct.unpack_from("d", self._bytes, 8)[0]
        return found

    def begins(self) -> None:
        self._bytes[0] = 1

    def ends(self, well: bool) -> None:
        self._bytes[0] = 0
        if well:
            struct.pack_into("d", self._bytes, 8, time.monotonic())


class Node:
    """A service: the real `serve` in a process of its own."""

    def __init__(self, url: str, folder: Path, slot: int, known: Known | None = None, beat: float = 0.05) -> None:
        self._url, self._folder, self._slot, self._known, self._beat = url, folder, slot, known, beat
        self.shared = Shared()
        self.started = 0
        self.start()

    def start(self) -> None:
        self.started += 1
        self.shared.ends(well=False)
        self.pid = os.fork()
        if not self.pid:
            self._live()

    def _live(self) -> None:
        ended = 1
        try:
            name = f"{self._slot}-{self.started}"
            with (self._folder / f"{name}.log").open("a", encoding="utf-8", buffering=1) as log:
                logs.set_up("INFO", log)
                with opened(self._url, self._folder / f"{name}.jsonl", f"node-{self._slot}") as runtime:
                    runtime.executor._known = self._known
                    _show(runtime.database, self.shared)
                    serve(runtime, self._beat, False, lambda _: None)
                logger.remove()
            ended = 0
        finally:
            os._exit(ended)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFSIGNALED(status), f"node {self._slot} had ended by itself: {status}"

    def end(self) -> None:
        """Whatever has become of it, it is gone afterwards."""
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def stop(self) -> float:
        """End it as an operator does; how many seconds that took."""
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        _, status = os.waitpid(self.pid, 0)
        assert os.WIFEXITED(status), status
        assert os.WEXITSTATUS(status) == 0, status
        return time.monotonic() - began


def _show(database: Database, shared: Shared) -> None:
    """Let others see every transaction that writes, from its beginning to its very end."""
    engine, begin = database.connections, database.transaction
    commit, rollback = engine.dialect.do_commit, engine.dialect.do_rollback

    @contextmanager
    def begins(*given: Any) -> Iterator[Connection]:
        with begin(*given) as connection:
            shared.begins()
            yield connection

    def commits(connection: Any) -> None:
        commit(connection)
        shared.ends(well=True)

    def rolls_back(connection: Any) -> None:
        rollback(connection)
        shared.ends(well=False)

    database.transaction = begins  # type: ignore[method-assign]
    engine.dialect.do_commit = commits  # type: ignore[method-assign]
    engine.dialect.do_rollback = rolls_back  # type: ignore[method-assign]


def patient(done: Callable[[], bool], what: str, seconds: float = PATIENCE, pause: float = 0.02) -> float:
    """Wait until something is so; how long that took. Fails where it does not come."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(pause)
    return time.monotonic() - began


@dataclass(frozen=True)
class State:
    """What a database holds: the head of every chain, a digest of all obligations, and the messages that were written."""

    heads: dict[str, tuple[int, str]]
    obligations: str
    messages: str
    written: int


def state(runtime: Runtime, only: Container[str] | None = None) -> State:
    """Of all cascades, or of these alone."""
    with runtime.database.reading() as connection:
        heads = {
            row[0]: (row[1], row[2])
            for row in bulk.read(connection, "SELECT id, last_seq, last_hash FROM cascade")
            if only is None or row[0] in only
        }
        owed = hashlib.sha256()
        for cascade in sorted(heads):
            for one in cascades.read_all(connection, cascade):
                owed.update(repr(one).encode())
        told = hashlib.sha256()
        rows = [
            row
            for row in bulk.read(connection, "SELECT cascade_id, seq, place, office, role FROM outbox")
            if row[0] in heads
        ]
        for row in sorted(map(tuple, rows)):
            told.update(repr(row).encode())
    return State(heads, owed.hexdigest(), told.hexdigest(), len(rows))


@dataclass(frozen=True)
class Audit:
    """How exact a database is: what happened, what of it twice, which messages left and how often."""

    entries: int
    fired: int
    doubled: int
    messages: int
    undelivered: int
    unknown: int
    repeated: int
    verified: bool

    def __str__(self) -> str:
        return (f"{self.entries:,} entries, {self.fired:,} rungs, dates and receipts, {self.doubled} doubled;"
                f" {self.messages:,} messages, {self.undelivered} undelivered, {self.repeated} told again")  # fmt: skip


FIRED = ("RungReached", "DeadlineMissed", "ReceiptMissed", "AnswerMissed")


def audit(runtime: Runtime, folder: Path) -> Audit:
    """Look at every entry and every message that left. A clock that runs out has a key of its own: it is there once."""
    with runtime.database.reading() as connection:
        kinds = ", ".join(f"'{kind}'" for kind in FIRED)
        rows = bulk.read(connection, f"SELECT cascade_id, obligation, kind, body FROM journal WHERE kind IN ({kinds})")
        keys = Counter(
            (row[0], row[1], row[2], fact["key"], fact.get("occurrence"))
            for row in rows
            for fact in [orjson.loads(row[3])["fact"]]
        )
        [(entries,)] = bulk.read(connection, "SELECT count(*) FROM journal")
        written = {
            f"{row[0]}-{row[1]}-{row[2]}" for row in bulk.read(connection, "SELECT cascade_id, seq, place FROM outbox")
        }
        verdict = verify(connection)
    left: Counter[str] = Counter()
    for file in folder.glob("*.jsonl"):
        left.update(orjson.loads(line)["id"] for line in file.read_bytes().splitlines())
    return Audit(
        entries, len(rows), keys.total() - len(keys), len(written), len(written - set(left)), len(set(left) - written),
        left.total() - len(left), verdict.verified,
    )  # fmt: skip
