"""Looks at the database itself: is it there, is it ours, does it keep what it is given, is there room."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.clock import LEAP
from engine.doctor.finding import OK, RED, WARNING, Examination, Seen
from engine.runtime import check
from engine.scheduler.beat import SILENCE_MAX
from engine.wording import volume_words
from storage import bulk, guards, installation, migrate
from storage.database import Database
from storage.errors import WHERE_TO_LOOK, Unavailable, WrongSchema
from storage.queries import status
from storage.queries.waiting import newest_entry_at
from workflows.calendar import VIETNAM
from workflows.text import say

POSTGRES_MIN = 15  # the oldest major version that is promised
FREE_MIN = 1 << 30  # bytes
_ROOM = 3  # times the file's own size: a copy, its log, and a day's growth
_DRIFT_MAX = timedelta(minutes=1)
_SQLITE = {"journal_mode": ("wal", "WAL"), "synchronous": (2, "FULL")}
_POSTGRES = ("fsync", "synchronous_commit", "full_page_writes")  # what a power cut must not undo hangs on these


def reachable(database: Database) -> Seen:
    """Is it there, does it answer, and does it take a write? What is written is taken back."""
    try:
        check(database)
        with database.transaction() as connection:
            written = connection.begin_nested()
            bulk.write(connection, "UPDATE installation SET purpose = purpose WHERE id = 1")
            written.rollback()
    except WrongSchema:
        return Seen(OK, say("{database} answers", database=database.shown))  # what it holds is another question
    except Unavailable as away:
        return Seen(RED, away.text, WHERE_TO_LOOK)
    except DBAPIError as refused:  # a standby that is only read says so when it is written
        said = say("{database} takes no write: {error}", database=database.shown, error=str(refused.orig).strip())
        return Seen(RED, said, WHERE_TO_LOOK)
    return Seen(OK, say("{database} answers and can be written", database=database.shown))


def schema(database: Database) -> Seen:
    """Is it an installation of exactly this program's schema?"""
    with database.reading() as connection:
        try:
            migrate.refuse_foreign(connection)
        except WrongSchema as other:
            return Seen(RED, other.text, say("Name an installation with --database, or use the program that wrote it"))
        found, wanted = migrate.current(connection), migrate.head()
        if found is None:
            return Seen(RED, say("{database} is empty", database=database.shown), say("cascade db create"))
        if found != wanted:
            said = say("it has schema {found}, this program wants {wanted}", found=found, wanted=wanted)
            return Seen(RED, said, say("cascade backup FOLDER, and then: cascade db upgrade"))
        if installation.read(connection) is None:
            return Seen(
                RED, say("it has a schema but is no installation"), say("cascade db create, in another database")
            )
    return Seen(OK, say("schema {found}, the newest", found=found))


def journal_guards(seen: Examination) -> Seen:
    wrong = guards.faults(seen.connection)
    if wrong:
        said = say("the journal can be changed: {faults}", faults=wrong)
        return Seen(RED, said, say("Find out who took them off, and what was done meanwhile: cascade journal verify."
                                   " Then go on with a backup that has them"))  # fmt: skip
    return Seen(OK, say("the database refuses every change of the journal but the next entry"))


def settings(seen: Examination) -> Seen:
    """Is what was committed still there after a power cut, and does a reading see one moment?"""
    return _sqlite(seen.connection) if seen.database.is_sqlite else _postgres(seen.connection)


def _sqlite(connection: Connection) -> Seen:
    wrong = []
    for name, (wanted, word) in _SQLITE.items():
        [(found,)] = bulk.read(connection, f"PRAGMA {name}")
        if found != wanted:
            wrong.append(f"{name} {found} ({word})")
    if wrong:
        said = say("not as it has to be: {settings}", settings=wrong)
        return Seen(
            RED, said, say("The file has to lie on a local disk that this user can write, not on a network drive")
        )
    return Seen(OK, say("write-ahead log, every commit on disk"))


def _postgres(connection: Connection) -> Seen:
    [(number, isolation)] = bulk.read(
        connection, "SELECT current_setting('server_version_num'), current_setting('transaction_isolation')"
    )
    version = int(number) // 10_000
    wrong: list[str] = []
    if version < POSTGRES_MIN:
        wrong.append(say("older than {least}, the oldest that is promised", least=POSTGRES_MIN))
    off = [name for name in _POSTGRES if bulk.read(connection, "SELECT current_setting(?)", name)[0][0] == "off"]
    if off:
        wrong.append(say("a power cut loses what was acknowledged, with {settings} off", settings=off))
    if isolation != "repeatable read":
        wrong.append(say("a reading runs as {isolation} and sees more than one moment", isolation=isolation))
    if wrong:
        said = say("PostgreSQL {version}: {faults}", version=version, faults=wrong)
        return Seen(
            RED, said, say("Look at postgresql.conf, and at ALTER DATABASE, ALTER ROLE and a pooler on the way")
        )
    return Seen(OK, say("PostgreSQL {version}, every commit on disk", version=version))


def disk(seen: Examination) -> Seen:
    """Room for the database to grow; on a PostgreSQL server, which may be elsewhere, only how large it is."""
    if not seen.database.is_sqlite:
        return Seen(OK, say("the database takes {size}", size=volume_words(status.size(seen.connection))))
    path = Path(seen.database.url.database or "")
    size, free = path.stat().st_size, shutil.disk_usage(path.resolve().parent).free
    said = say("{free} free beside a file of {size}", free=volume_words(free), size=volume_words(size))
    if free < max(FREE_MIN, _ROOM * size):
        return Seen(WARNING, said, say("Make room, or move the file to a larger disk while nothing runs"))
    return Seen(OK, said)


def clock(seen: Examination) -> Seen:
    """This machine against the database's server, and the time that counts against the newest entry."""
    if not seen.database.is_sqlite and not seen.simulated:
        [(server,)] = bulk.read(seen.connection, "SELECT clock_timestamp()")
        drift = abs(seen.clock.now() - server)
        if drift > _DRIFT_MAX:
            said = say("this machine's clock and the server's are {drift} apart", drift=_length(drift))
            return Seen(RED if drift > LEAP else WARNING, said, say("The server's counts; set this machine's by NTP"))
    newest = newest_entry_at(seen.connection)
    if newest is None:
        return Seen(OK, say("nothing was entered yet"))
    said = say("the newest entry is of {moment}", moment=f"{newest.astimezone(VIETNAM):%d/%m/%Y %H:%M}")
    ahead = newest - seen.now
    if ahead > _DRIFT_MAX:
        said = say("{newest}, {ahead} from now", newest=said, ahead=_length(ahead))
        return Seen(RED if ahead > LEAP else WARNING, said, say("One of them is wrong: check the clock"))
    if -ahead > SILENCE_MAX and not seen.simulated:
        said = say("{newest}, {days} days ago", newest=said, days=-ahead.days)
        return Seen(WARNING, said, say("The service will hold its rounds at start. If the clock is right:"
                                       " cascade serve --confirm-time"))  # fmt: skip
    return Seen(OK, said)


def _length(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
