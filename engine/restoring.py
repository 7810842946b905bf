"""A backup restored: elsewhere, to prove that it can be (a drill), or into an empty place, to go on from it.

What is restored is looked at whole: the file's sum, the schema, the guards, every chain and state, counts and heads as the
manifest gives them. A file whose sum is another is not restored at all: a dump is a program, and would be run.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from engine.backing_up import DRILLED, RESTORED, put_new, sum_of, user
from engine.backup_series import flush_folder
from engine.clock import Clock
from engine.deeds import INSTALLER, record
from engine.errors import Unverified
from engine.phases import Progress, quietly
from engine.restored import Backup, Report, is_the_one, look
from storage import backups, installation, migrate
from storage.backups import SQLITE
from storage.database import Database
from storage.errors import Unavailable, Unfinished
from workflows.errors import Conflict
from workflows.text import joined, say

_BLOCK = 1 << 20
_ROOM = 1.2  # times the size of the file: its log and what a verification sorts


def drill(
    backup: Backup,
    clock: Clock,
    server: Callable[[], Database] | None = None,
    to: str = "",
    programs: Path | None = None,
    progress: Progress = quietly,
    seals: Path | None = None,
) -> Report:
    """Restore a backup elsewhere and look at all of it. What is wrong is in the report.

    A SQLite backup goes to a folder for the time being, a dump to a database of its own on `server`; both are gone afterwards.
    With `to`, an empty place, it stays there. Raises Conflict where that is not empty, Unavailable and Unfinished where the
    drill itself cannot be made.
    """
    report = Report(backup, seals=seals)
    with ExitStack() as stack:
        if backup.kind == SQLITE:
            folder = _path(to).parent if to else None
            file = stack.enter_context(_work_folder(folder)) / "restored.db"
            if not _copied(report, file, progress):
                return report
            with _opened(str(file)) as database:
                look(report, database, clock, progress)
            if to:
                _settle(file, _path(to))
            report.place = to or str(file.parent.parent)
            return report
        if not _summed(report, progress):
            return report
        url = to or stack.enter_context(_for_a_drill(server, report))
        database = stack.enter_context(_opened(url))
        _fill(report, database, programs, progress)
        if report.whole:
            look(report, database, clock, progress)
        report.place = database.shown
    return report


def restore(
    backup: Backup,
    to: str,
    clock: Clock,
    programs: Path | None = None,
    progress: Progress = quietly,
    seals: Path | None = None,
) -> Report:
    """Restore a backup into an empty place, to go on there. One entry of its own chain says so.

    Raises Unverified where what was restored is not whole, Conflict where the place is not empty; it is as before then.
    """
    report = Report(backup, seals=seals)
    if backup.kind == SQLITE:
        with _work_folder(_path(to).parent) as folder:
            file = folder / "restored.db"
            if _copied(report, file, progress):
                with _opened(str(file)) as database:
                    look(report, database, clock, progress)
                    _refuse_faults(report)
                    _go_on(report, database, clock)
                _settle(file, _path(to))
            _refuse_faults(report)
    else:
        if _summed(report, progress):
            with _opened(to) as database:
                _fill(report, database, programs, progress)
                try:
                    if report.whole:
                        look(report, database, clock, progress)
                    _refuse_faults(report)
                    _go_on(report, database, clock)
                except BaseException:
                    _clear(database)
                    raise
        _refuse_faults(report)
    report.place = to
    return report


def check_target(backup: Backup, to: str) -> None:
    """Raises a Conflict or Unavailable where `to` is another kind of database than the backup is of, or is not empty."""
    with _opened(to) as target:
        asked = say("restore {file} to {target}", file=backup.file.name, target=target.shown)
        if target.is_sqlite != (backup.kind == SQLITE):
            other = say("it is a backup of SQLite, and goes to a file") if backup.kind == SQLITE else \
                say("it is a dump of PostgreSQL, and goes to a postgresql:// URL")  # fmt: skip
            raise Conflict(asked, other, [say("restore it to its own kind, and then: cascade db copy FROM TO")])
        target.check_place()
        if target.is_sqlite:
            path = Path(target.url.database or "")
            lies = [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm", "-journal")]
            there = [one.name for one in lies if one.exists() or one.is_symlink()]
            if there:  # another database's log would be read into this one
                hint = say("name a file that is not there, or move the old one aside with what lies beside it")
                raise Conflict(asked, say("{files} is there already", files=there), [hint])
            return
        with target.reading() as connection:
            if migrate.refuse_foreign(connection) is not None:
                raise Conflict(asked, say("{target} holds an installation already", target=target.shown),
                               [say("name an empty database, made by createdb")])  # fmt: skip


def note_drill(database: Database, report: Report, clock: Clock) -> None:
    """Put a drill on the record of the installation that the backup is of. Raises Conflict where `database` is another."""
    backup = report.backup
    identity = backup.manifest.identity if backup.manifest else report.contents.identity if report.contents else ""
    with database.transaction() as connection:
        if backups.identity(connection) != identity:
            raise Conflict(say("put the drill on the record of {database}", database=database.shown),
                           say("{file} is a backup of another installation", file=backup.file.name),
                           [say("name the one that it is of: --database")])  # fmt: skip
        found = installation.read(connection)
        now = found.simulated_at if found and found.simulated_at else clock.now()
        details = [("outcome", "whole" if report.whole else "not whole"), ("user", user())]
        details += [("sha256", backup.manifest.sha256)] if backup.manifest else []
        details += [
            ("seconds", f"{sum(report.steps.values()):.1f}"),
            *(("fault", str(one)) for one in report.faults[:1]),
        ]
        record(connection, DRILLED, str(backup.file.resolve()), now, INSTALLER, details)


def _path(to: str) -> Path:
    """Where a SQLite database of this name lies."""
    with _opened(to) as target:
        return Path(target.url.database or "").resolve()


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _work_folder(beside: Path | None) -> Iterator[Path]:
    """A folder for the time being, that only we may enter."""
    with tempfile.TemporaryDirectory(prefix=".cascade-restore-" if beside else "cascade-drill-", dir=beside) as name:
        yield Path(name)


@contextmanager
def _for_a_drill(server: Callable[[], Database] | None, report: Report) -> Iterator[str]:
    """The URL of a database for the time of a drill. Those that killed drills left behind are told."""
    from storage import dumps  # for those who have a server

    database = server() if server else None
    if database is None or database.is_sqlite:
        if database:
            database.close()
        raise Unavailable(say("This is a dump of PostgreSQL: name a server to try it on (--database postgresql://…, where a"
                              " database for the drill is made and taken away), or an empty database: --to URL"))  # fmt: skip
    try:
        left = dumps.left_by_drills(database)
        if left:
            report.notes.append(
                say("drills that were killed have left databases, which nobody needs: {names}", names=left)
            )
        with dumps.for_a_drill(database) as url:
            yield url
    finally:
        database.close()


def _copied(report: Report, file: Path, progress: Progress) -> bool:
    """The backup copied to `file`, and its sum taken on the way. Says whether it is the file that was made."""
    backup = report.backup
    free = shutil.disk_usage(file.parent).free
    if free < backup.size * _ROOM:
        free_mb, size_mb = free >> 20, int(backup.size * _ROOM) >> 20
        said = say("There is not room enough in {folder}: {free} MB are free, {size} MB are needed. Elsewhere: --to or TMPDIR",
                   folder=file.parent.parent, free=free_mb, size=size_mb)  # fmt: skip
        raise Unfinished(said)
    digest, told = hashlib.sha256(), progress(say("Restoring, bytes"), backup.size)
    with report.step("restore"), backup.file.open("rb") as source:
        try:
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    target.write(block)
                    told(len(block))
                target.flush()
                os.fsync(target.fileno())
        except OSError as error:
            raise Unfinished(
                say("{file} was not restored: {why}", file=backup.file.name, why=error.strerror)
            ) from error
    return is_the_one(report, file.stat().st_size, digest.hexdigest())


def _summed(report: Report, progress: Progress) -> bool:
    with report.step("sum"):
        return is_the_one(report, *sum_of(report.backup.file, progress(say("Reading, bytes"), report.backup.size)))


def _fill(report: Report, database: Database, programs: Path | None, progress: Progress) -> None:
    """A dump brought into an empty database. What pg_restore says against it is a fault."""
    from storage import dumps

    progress(say("Restoring by pg_restore"), 0)
    with report.step("restore"):
        try:
            dumps.restore(report.backup.file, database, dumps.Running(), programs)
        except Unfinished as error:
            report.faults.append(say("it cannot be restored: {why}", why=error.text))


def _refuse_faults(report: Report) -> None:
    if report.faults:
        first = say("{file} is not whole; nothing was restored.", file=report.backup.file.name)
        raise Unverified(joined([first, *report.faults], "\n  "))


def _go_on(report: Report, database: Database, clock: Clock) -> None:
    """What has to be so before it is worked on: on the record, and without what was true of the old database alone."""
    backup, found = report.backup, report.contents
    assert found is not None  # it was looked at, and is whole
    with database.transaction() as connection:
        backups.leave_behind(connection)
        one = installation.read(connection)
        now = one.simulated_at if one and one.simulated_at else clock.now()
        details = [("user", user()), ("entries", str(found.entries))]
        if backup.manifest:
            details += [("sha256", backup.manifest.sha256), ("made", backup.manifest.made_at),
                        ("database", backup.manifest.database)]  # fmt: skip
        if report.outside and report.outside.later:
            details.append(("later_seals", "{} to {}".format(*report.outside.later)))
        record(connection, RESTORED, str(backup.file.resolve()), now, INSTALLER, details)


def _settle(file: Path, target: Path) -> None:
    """A restored SQLite file takes its name; its log is in it."""
    with _opened(str(file)) as database:
        backups.fold_log(database)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    try:
        put_new(file, target)
    except FileExistsError:
        raise Conflict(say("restore to {target}", target=target), say("something lies there since a moment ago"),
                       [say("name a file that is not there")]) from None  # fmt: skip
    flush_folder(target.parent)


def _clear(database: Database) -> None:
    from storage import dumps

    with suppress(Unavailable):
        dumps.clear(database)
