"""The whole examination: every look in its order. A look that fails is a finding too, and keeps no other from being made."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from engine.clock import Clock
from engine.doctor import of_accounts, of_backups, of_database, of_rules, of_seals, of_work
from engine.doctor.finding import OK, RED, Examination, Finding, Seen
from engine.execute import Executor, Known
from engine.settings import Settings
from storage import installation
from storage.database import Database
from storage.errors import Unavailable
from workflows.errors import CascadeError
from workflows.text import say

_FIRST: Mapping[str, Callable[[Database], Seen]] = {"database": of_database.reachable, "schema": of_database.schema}
LOOKS: Mapping[str, Callable[[Examination], Seen]] = {
    "guards": of_database.journal_guards,
    "seals": of_seals.sealing,
    "settings": of_database.settings,
    "disk": of_database.disk,
    "clock": of_database.clock,
    "backups": of_backups.last_backup,
    "published": of_rules.published,
    "calendar": of_rules.calendars,
    "host": of_rules.host,
    "seats": of_rules.vacant_offices,
    "actors": of_rules.actors,
    "admins": of_accounts.admins,
    "accounts": of_accounts.holders,
    "locked": of_accounts.locked,
    "unused": of_accounts.unused,
    "links": of_accounts.links,
    "rounds": of_work.rounds,
    "nodes": of_work.nodes,
    "incidents": of_work.incidents,
    "messages": of_work.messages,
    "deadlines": of_work.lost_deadlines,
}


def examine(database: Database, clock: Clock, beat: timedelta, settings: Settings | None = None) -> list[Finding]:
    """Every finding, in order. Where the database is away or is not ours, nothing after that can be looked at."""
    findings = []
    for name, first in _FIRST.items():
        findings.append(Finding(name, *first(database)))
        if findings[-1].state != OK:
            return findings
    try:
        with database.reading() as connection:
            seen = _examination(database, connection, clock, beat, settings)
            findings += [Finding(name, *_looked(look, seen)) for name, look in LOOKS.items()]
    except Unavailable as away:
        findings.append(Finding("database", RED, away.text, say("It went away while it was examined; try again")))
    return findings


def _examination(
    database: Database, connection: Connection, clock: Clock, beat: timedelta, settings: Settings | None
) -> Examination:
    found = installation.read(connection)
    assert found is not None  # the schema was looked at
    simulated = found.simulated_at is not None
    now = found.simulated_at or (clock.now() if database.is_sqlite else _server_now(connection))
    return Examination(database, connection, clock, now, simulated, beat, _known(database, connection, clock),
                       settings)  # fmt: skip


def _server_now(connection: Connection) -> datetime:
    """On PostgreSQL all nodes go by the server's time."""
    found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def _known(database: Database, connection: Connection, clock: Clock) -> Known | None:
    try:
        return Executor(database, clock).known(connection)
    except CascadeError:
        return None  # the look at the published texts says so


def _looked(look: Callable[[Examination], Seen], seen: Examination) -> Seen:
    try:
        with seen.connection.begin_nested():
            return look(seen)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  damaged data is what this is for: the other looks are made
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Seen(RED, say("it cannot be looked at: {error}", error=said), say("cascade journal verify says more"))
