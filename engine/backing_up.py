"""A backup: the whole database as one file of one moment, made beside all work, with a manifest; never half under its name."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from getpass import getuser
from pathlib import Path
from threading import Thread

from engine import manifest as manifests
from engine.backup_series import asked, flush_folder, let_go, place_for, series_of
from engine.clock import Clock, real_now
from engine.deeds import INSTALLER, record
from engine.manifest import Manifest
from engine.phases import Progress, quietly
from engine.program import program_version
from storage import installation, migrate
from storage.backups import Contents, Copying, SqliteCopying
from storage.database import Database
from storage.errors import Unavailable, Unfinished
from workflows.errors import CascadeError, Conflict, NotFound
from workflows.text import say

# The words of their entries in the administration's chain: a backup made, one tried, a database restored from one.
MADE, DRILLED, RESTORED = "backed_up", "drilled", "restored"
_PARTIAL = ".partial"
_LOOK_SECONDS = 0.05  # between two looks how far a copy is
_BLOCK = 1 << 20


class BackupFailed(CascadeError):
    """No backup was made; nothing lies under its name."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. `unrecorded` says why it is not on the record of the database; `dropped` are older ones of its
    series that were let go."""

    file: Path
    manifest: Manifest
    seconds: float
    unrecorded: str | None = None
    dropped: tuple[Path, ...] = ()


def copying(database: Database, programs: Path | None) -> Copying:
    """How this database is copied. Raises Unavailable where there is no pg_dump of the server's version."""
    if database.is_sqlite:
        return SqliteCopying(database)
    from storage.dumps import PostgresCopying  # for those who have a server

    return PostgresCopying(database, programs)


def check(database: Database) -> None:
    """Raises NotFound where there is nothing to back up. One of an older schema can be: so it should be before an upgrade."""
    database.check_place()
    missing = database.is_sqlite and not Path(database.url.database or "").exists()
    if not missing:
        with database.reading() as connection:
            missing = migrate.refuse_foreign(connection) is None
    if missing:
        raise NotFound(say("There is no installation in {database}, so that nothing can be backed up: --database",
                           database=database.shown))  # fmt: skip


def back_up(
    database: Database,
    clock: Clock,
    to: Path,
    copy: Copying,
    progress: Progress = quietly,
    stopped: Callable[[], bool] = lambda: False,
    keep: int | None = None,
    node: str = "",
) -> Made:
    """Make a backup, and put it on the record of the database.

    With `keep` the older ones of its series are let go, of which so many are left. Raises BackupFailed, where nothing lies
    under its name then; Conflict and NotFound as `place_for` does.
    """
    began = real_now(clock)
    file = place_for(database, to, began)
    with _partial(file, series_of(database) if to.is_dir() else file.name) as (handle, path):
        found = _filled(copy, path, progress, stopped)
        os.fsync(handle)
        size, sum_ = sum_of(path, progress(say("Reading it again, bytes"), path.stat().st_size))
        made = real_now(clock)
        manifest = manifests.of(found, copy.kind, file, size, sum_, database.shown, program_version(), began, made)
        _put_in_place(path, file, manifest)
    unrecorded = _record(database, clock, file, manifest, node)
    dropped = tuple(let_go(file, manifest, keep)) if keep is not None else ()
    return Made(file, manifest, (made - began).total_seconds(), unrecorded, dropped)


def sum_of(path: Path, read: Callable[[int], None] = lambda _: None) -> tuple[int, str]:
    """How many bytes a file has, and their sha256. Raises OSError."""
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            read(len(block))
    return size, digest.hexdigest()


@contextmanager
def _partial(file: Path, name: str) -> Iterator[tuple[int, Path]]:
    """A file beside `file` to be filled, for us alone. One that a killed backup left is used again; another that is at work is
    a Conflict. It is gone afterwards, whatever happens."""
    path, ours = file.with_name(f".{name}{_PARTIAL}"), False
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _failed(file, str(error.strerror or error)) from error
    try:
        with suppress(BlockingIOError):
            flock(handle, LOCK_EX | LOCK_NB)
            ours = path.exists() and os.path.samestat(path.stat(), os.fstat(handle))
        if not ours:
            raise Conflict(asked(file), say("another backup is being made there"), [say("wait for it")])
        try:
            os.ftruncate(handle, 0)
            os.fchmod(handle, 0o600)
            yield handle, path
        except Unfinished as error:
            raise _failed(file, error.text) from error
        except OSError as error:
            raise _failed(file, str(error.strerror or error)) from error
        finally:
            for ending in ("", "-journal", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
    finally:
        os.close(handle)


def _failed(file: Path, why: str) -> BackupFailed:
    return BackupFailed(say("The backup {file} was not made: {why}. Nothing lies under its name.", file=file, why=why))


def _filled(copy: Copying, path: Path, progress: Progress, stopped: Callable[[], bool]) -> Contents:
    """The copy made in a thread of its own, so that whoever waits can say how far it is, and end it."""
    found: list[Contents] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            found.append(copy.run(path))
        except BaseException as error:  # noqa: BLE001  it is raised by who waits
            failed.append(error)

    thread, told, done = (
        Thread(target=work, name="backup", daemon=True),
        progress(say("Copying, bytes"), copy.size()),
        0,
    )
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK_SECONDS)
            size = path.stat().st_size
            told(size - done)
            done = size
            if stopped():
                copy.stop()
    finally:
        while thread.is_alive():  # Ctrl-C
            copy.stop()
            thread.join(_LOOK_SECONDS)
    if failed:
        raise failed[0]
    return found[0]


def _put_in_place(path: Path, file: Path, manifest: Manifest) -> None:
    """First the manifest, then the file: what lies under its name is whole and has its manifest."""
    beside, written = manifests.beside(file), path.with_name(path.name + manifests.ENDING)
    try:
        with os.fdopen(os.open(written, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(manifests.to_bytes(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(beside)
    finally:
        written.unlink(missing_ok=True)
    try:
        put_new(path, file)
    except FileExistsError:
        raise Conflict(asked(file), say("something lies there already, and a backup is never written over"),
                       [say("name another file, or a folder")]) from None  # fmt: skip
    flush_folder(file.parent)


def put_new(path: Path, file: Path) -> None:
    """Give a file its name, which nothing else has. Raises FileExistsError. Some sticks and shares know no second name of a
    file: there it is looked first."""
    try:
        os.link(path, file)
    except FileExistsError:
        raise
    except OSError:
        if file.exists():
            raise FileExistsError(file) from None
        path.rename(file)


def _record(database: Database, clock: Clock, file: Path, manifest: Manifest, node: str) -> str | None:
    """An entry of the administration's chain: who made a copy of everything, where it lies, and by which sum it is known.

    Why there is none, where none could be written: the backup is as good without."""
    details = [("sha256", manifest.sha256), ("size", str(manifest.size)), ("entries", str(manifest.entries)),
               ("node", node) if node else ("user", user())]  # fmt: skip
    if manifest.schema != migrate.head():
        return say("its schema is older than this program's; it can be upgraded now (cascade db upgrade)")
    try:
        with database.transaction() as connection:
            found = installation.read(connection)
            now = found.simulated_at if found and found.simulated_at else clock.now()
            record(connection, MADE, str(file.resolve()), now, INSTALLER, details)
    except Unavailable as error:
        return error.text
    return None


def user() -> str:
    """Who runs this program, as the machine knows it."""
    try:
        return getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        return str(os.getuid())
