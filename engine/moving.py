"""An office moved to another database: every row carried as it stands at one moment, proved on arrival, or nothing at all."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.deeds import INSTALLER, record
from engine.errors import Unverified
from engine.phases import Progress, quietly
from engine.runtime import check
from storage import bulk, migrate, transfer, verification
from storage.database import Database
from storage.rows import json_text
from storage.transfer import Sum
from storage.verification import Verdict
from workflows.calendar import VIETNAM
from workflows.errors import Conflict, NotFound, Unmet
from workflows.text import Text, joined, say

SILENCE = timedelta(minutes=2)  # since a node's last round, before it counts as stopped


@dataclass(frozen=True, slots=True)
class Moved:
    """What arrived: the sum of each table as it was carried, and what the verification read."""

    sums: dict[str, Sum]
    verdict: Verdict

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.sums.values())


def move(source: Database, target: Database, clock: Clock, partitions: int = 0, progress: Progress = quietly) -> Moved:
    """Copy an installation to an empty database, exactly; then one entry there says where from.

    Raises NotFound where there is nothing to copy, Unmet where somebody still writes to `source`, Conflict where `target`
    holds anything, Unverified where what arrives is not whole; `target` is empty then, as before.
    """
    asked = say("copy {database}", database=source.shown)
    _refuse_nothing(source)
    found = check(source)
    target.check_place()
    with source.reading() as read, _filled(target) as write:
        now = found.simulated_at or clock.now()
        if not found.simulated:
            _refuse_served(read, now, asked)
        moment = _moment(read)
        _refuse_full(write, target, source)
        migrate.upgrade(write, partitions)
        rows = transfer.count(read)
        sums = transfer.carry(read, write, progress(say("Copying, rows"), rows))
        arrived = transfer.sums(write, progress(say("Comparing, rows"), rows))
        for table, carried in sums.items():
            if arrived[table] != carried:
                raise Unverified(say("Table {table} arrived with other rows than it was sent with; nothing is stored.",
                                     table=table))  # fmt: skip
        told = progress(say("Verifying, entries"), verification.count_entries(write))
        verdict = verification.verify(write, progressed=_differences(told))
        if not verdict.verified:
            raise Unverified(_not_whole(verdict, source))
        whole = hashlib.sha256(json_text({name: one.digest for name, one in sums.items()}).encode()).hexdigest()
        details = [("schema", migrate.head()), ("rows", str(Moved(sums, verdict).rows)), ("digest", whole)]
        record(write, "copied", source.shown, now, INSTALLER, details)
        with source.reading() as again:  # the copy is of one moment: whoever wrote since would be left behind
            if _moment(again) != moment:
                raise Unmet(asked, say("somebody wrote to it while it was copied"), [_STOP])
    return Moved(sums, verdict)


_STOP = say("stop every service and every command on it, and copy again")


@contextmanager
def _filled(target: Database) -> Iterator[Connection]:
    """The one transaction that fills `target`; a file that was made for it is taken away where it fails."""
    path = Path(target.url.database or "") if target.is_sqlite else None
    made = path if path and not path.exists() else None
    try:
        with target.transaction() as connection:
            yield connection
    except BaseException:
        target.close()
        if made:
            for ending in ("", "-wal", "-shm"):
                Path(f"{made}{ending}").unlink(missing_ok=True)
        raise


def _refuse_nothing(source: Database) -> None:
    """Raises NotFound where `source` is not there, or empty."""
    source.check_place()
    missing = source.is_sqlite and not Path(source.url.database or "").exists()
    if not missing:
        with source.reading() as connection:
            missing = migrate.refuse_foreign(connection) is None
    if missing:
        raise NotFound(say("There is no installation in {database}, so that nothing can be copied from it: FROM is the"
                           " database that the office works on, TO an empty one.", database=source.shown))  # fmt: skip


def _refuse_full(connection: Connection, target: Database, source: Database) -> None:
    """Raises Conflict or WrongSchema unless the database is empty."""
    if migrate.refuse_foreign(connection) is not None:
        raise Conflict(
            say("copy {database} to {target}", database=source.shown, target=target.shown),
            say("{target} holds an installation already", target=target.shown),
            [say("name an empty database; it is created by the copy")],
        )


def _refuse_served(connection: Connection, now: datetime, asked: Text) -> None:
    """Raises Unmet where a node gave a sign of life a moment ago."""
    at = bulk.instant(connection, now - SILENCE)
    rows = bulk.read(
        connection,
        "SELECT name, seen_at FROM node WHERE seen_at > ? AND stopped_at IS NULL ORDER BY seen_at DESC LIMIT 1",
        at,
    )
    for name, seen_at in rows:
        last = bulk.read_instant(connection, seen_at)
        assert last is not None
        raise Unmet(
            asked,
            say("node {node} gave a sign of life at {moment}, and may still be serving",
                node=name, moment=f"{last.astimezone(VIETNAM):%H:%M:%S}"),
            [say("stop every service on it, and copy again after {moment}",
                 moment=f"{(last + SILENCE).astimezone(VIETNAM):%H:%M:%S}")],
        )  # fmt: skip


def _moment(connection: Connection) -> tuple[Any, ...]:
    """What changes whenever somebody writes: the heads of the chains, what was delivered, the nodes' rounds."""
    return tuple(
        tuple(bulk.read(connection, f"SELECT {what}")[0])
        for what in (
            "count(*), coalesce(sum(last_seq), 0), max(last_at) FROM cascade",
            "admin_seq, directory_version, simulated_at FROM installation",
            "count(sent_at), coalesce(sum(attempts), 0), count(claimed_until) FROM outbox",
            "count(*), coalesce(sum(attempts), 0), count(claimed_until) FROM webhook_message",
            "count(*), max(round_at) FROM node",
            "count(*), (SELECT count(*) FROM seal_copy) FROM seal",
        )
    )


def _differences(told: Callable[[int], None]) -> Callable[[int], None]:
    """From how many in all, which a verification tells, to how many more, which a bar wants."""
    done = 0

    def read(entries: int) -> None:
        nonlocal done
        told(entries - done)
        done = entries

    return read


def _not_whole(verdict: Verdict, source: Database) -> Text:
    lines = [one.text for one in verdict.faults]
    first = say("What was copied from {database} is not whole; nothing is stored. Look there: cascade journal verify",
                database=source.shown)  # fmt: skip
    return joined([first, *lines], "\n  ")
