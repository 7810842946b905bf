"""What a restored backup turns out to be: the file's sum, the schema, the guards, every chain and state, counts and heads, each
beside what its manifest says. It changes nothing but an older schema of what was restored.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from engine import administration
from engine import manifest as manifests
from engine.clock import Clock, stopwatch
from engine.errors import Unreadable, Unverified
from engine.manifest import Manifest
from engine.phases import Progress
from storage import backups, migrate, notes, outside, seals, verification
from storage.backups import POSTGRESQL, SQLITE, Contents
from storage.database import Database
from storage.errors import Unavailable, WrongSchema
from storage.verification import Verdict
from workflows.errors import NotFound
from workflows.text import Text, joined, say

_BEGINS = {b"SQLite format 3\0": SQLITE, b"PGDMP": POSTGRESQL}
_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Backup:
    """A file to be restored. `manifest` is None where there is none and nobody insists on it."""

    file: Path
    kind: str
    size: int
    manifest: Manifest | None


@dataclass(slots=True)
class Report:
    """What became of it: seconds for each step, by name, and all that is wrong; `notes` are no faults. `upgraded_from` is the
    schema it had, where that was older than this program's. `seals` is a folder of notes that were kept outside."""

    backup: Backup
    steps: dict[str, float] = field(default_factory=dict)
    faults: list[Text | str] = field(default_factory=list)
    notes: list[Text | str] = field(default_factory=list)
    contents: Contents | None = None
    verdict: Verdict | None = None
    upgraded_from: str | None = None
    waiting: int = 0
    place: str = ""
    seals: Path | None = None
    outside: "SealsOutside | None" = None

    @property
    def whole(self) -> bool:
        return not self.faults

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = stopwatch()
        try:
            yield
        finally:
            self.steps[name] = self.steps.get(name, 0) + stopwatch() - began


@dataclass(frozen=True, slots=True)
class SealsOutside:
    """What notes outside say of a backup: the newest that is in it as well; and the first and last that are later than it."""

    newest: int | None
    newest_at: datetime | None
    later: tuple[int, int] | None
    later_at: datetime | None


def newest_in(folder: Path) -> Path:
    """The newest backup in a folder, as the manifests say. Raises NotFound where there is none, Unreadable where they are of
    several installations."""
    found: list[Manifest] = []
    for path in folder.glob(f"*{manifests.ENDING}"):
        with suppress(Unverified):  # whoever tries that very backup is told
            manifest = manifests.read(path)
            if manifest and path == manifests.beside(folder / manifest.file) and (folder / manifest.file).exists():
                found.append(manifest)
    if not found:
        raise NotFound(say("There is no backup with a manifest in {folder}", folder=folder))
    newest = {one.identity: one for one in sorted(found, key=lambda one: one.began_at)}
    if len(newest) > 1:
        names = [one.file for one in newest.values()]
        raise Unreadable(
            say("{folder} holds backups of several installations; name one: {names}", folder=folder, names=names)
        )
    return folder / next(iter(newest.values())).file


def read_backup(file: Path, *, insist: bool = True) -> Backup:
    """What a file is, and its manifest. Raises NotFound, Unreadable; Unverified where the manifest is missing and somebody
    insists on one."""
    try:
        with file.open("rb") as stream:
            begins, size = stream.read(16), os.fstat(stream.fileno()).st_size
    except FileNotFoundError:
        raise NotFound(say("There is no file {path}", path=file)) from None
    except IsADirectoryError:
        raise Unreadable(say("{path} is a folder; name one of the backups in it", path=file)) from None
    except OSError as error:
        raise Unreadable(say("{path} cannot be read: {why}", path=file, why=error.strerror)) from None
    kind = next((kind for start, kind in _BEGINS.items() if begins.startswith(start)), None)
    if not insist:
        if kind is None:
            raise Unreadable(_no_backup(file))
        return Backup(file, kind, size, None)
    manifest = manifests.read(manifests.beside(file))
    if manifest is None:
        raise Unverified(
            say("There is no manifest {manifest} beside the backup, so that nobody can tell whether this is the file that was"
                " made. With --no-manifest it is judged by its chains alone.", manifest=manifests.beside(file).name)
        )  # fmt: skip
    if kind is None and size and manifest.size == size:
        raise Unverified(say("{file} is not the file that was made: {why}", file=file.name, why=_no_backup(file)))
    return Backup(file, kind or manifest.kind, size, manifest)


def _no_backup(file: Path) -> Text:
    return say("{file} begins neither as a SQLite database nor as a dump of pg_dump", file=file.name)


def is_the_one(report: Report, size: int, digest: str) -> bool:
    """Is a file of this size and sum the one that was made? What speaks against it is in the report."""
    manifest = report.backup.manifest
    if manifest is None:
        report.notes.append(say("no manifest was asked for: whether this is the file that was made is not known"))
        return True
    if size != manifest.size:
        report.faults.append(say("the file has {found} bytes, its manifest says {wanted}: it was cut off, or is another one",
                                 found=f"{size:,}", wanted=f"{manifest.size:,}"))  # fmt: skip
    elif digest != manifest.sha256:
        report.faults.append(say("the file's sha256 is {found}…, its manifest says {wanted}…: it was changed, or is another",
                                 found=digest[:16], wanted=manifest.sha256[:16]))  # fmt: skip
    return report.whole


def look(report: Report, database: Database, clock: Clock, progress: Progress) -> None:
    """Everything that was restored, looked at. Damaged data is what this is for: what cannot be looked at is a fault."""
    try:
        _look_at_all(report, database, clock, progress)
    except WrongSchema:
        raise
    except Exception as error:  # noqa: BLE001  as in the doctor: whatever it is, somebody has to hear of it
        why = (
            error.text if isinstance(error, Unavailable) else " ".join(f"{type(error).__name__}: {error}".split())[:200]
        )
        report.faults.append(say("it cannot be read to its end: {why}", why=why))


def _look_at_all(report: Report, database: Database, clock: Clock, progress: Progress) -> None:
    manifest = report.backup.manifest
    with report.step("file"), database.reading() as connection:
        damaged = backups.damage(connection)
    if damaged:
        report.faults.append(say("the database file is damaged: {what}", what=damaged))
        return
    with report.step("contents"), database.reading() as connection:
        found = migrate.refuse_foreign(connection)
        if found is None:
            report.faults.append(say("it holds no installation"))
            return
        report.contents = backups.contents(connection, list(manifest.tables) if manifest else ())
    if manifest:
        report.faults += _differences(report.contents, manifest)
    if found != migrate.head():
        report.upgraded_from = found
        with report.step("upgrade"):
            administration.upgrade(database, clock, progress)
    with report.step("verify"), database.reading() as connection:
        told, done = progress(say("Verifying, entries"), verification.count_entries(connection)), 0

        def read(entries: int) -> None:
            nonlocal done
            told(entries - done)
            done = entries

        report.verdict = verification.verify(connection, progressed=read)
        report.waiting = backups.waiting_messages(connection)
    report.faults += [one.text for one in report.verdict.faults]
    if report.seals:
        with report.step("seals"), database.reading() as connection:
            report.outside = _compared(report, connection, report.seals)


def _compared(report: Report, connection: Connection, folder: Path) -> SealsOutside:
    """The seals in a backup beside the notes of them outside. Notes that are later than the backup are no fault of it: they
    say what is lost with it."""
    last = seals.last(connection)
    number = last.number if last else 0
    with tempfile.TemporaryDirectory(prefix="cascade-seals-") as name:
        later: list[notes.Note] = []
        for path in sorted(folder.glob(f"*{outside.ENDING}")):
            if path.stem.isdecimal() and int(path.stem) > number:
                with suppress(notes.Malformed):
                    later.append(notes.read(path.read_bytes()[: notes.NOTE_MAX + 1]))
            else:
                (Path(name) / path.name).symlink_to(path.resolve())
        found = outside.compare(connection, Path(name))
    report.faults += [one.text for one in found.faults]
    ends = (later[0].number, later[-1].number) if later else None
    return SealsOutside(found.newest, found.newest_at, ends, later[-1].at if later else None)


def _differences(found: Contents, manifest: Manifest) -> list[Text | str]:
    """What the manifest says otherwise than what was restored."""
    said: list[Text | str] = []

    def compare(what: str, here: object, there: object) -> None:
        if here != there:
            said.append(
                say("{what}: restored {found}, the manifest says {wanted}", what=what, found=here, wanted=there)
            )

    compare(say("installation"), found.identity[:16], manifest.identity[:16])
    compare(say("schema"), found.schema, manifest.schema)
    missing = [name for name in manifest.tables if name not in found.tables]
    if missing:
        said.append(say("tables are missing: {names}", names=missing))
    for name, rows in manifest.tables.items():
        if name in found.tables:
            compare(say("rows of {table}", table=name), found.tables[name], rows)
    compare(say("chains"), found.chains, manifest.chains)
    compare(say("entries"), found.entries, manifest.entries)
    compare(say("last seal"), found.seal, manifest.seal)
    compare(say("head of administration"), _head(found.administration), _head(manifest.administration))
    if found.digest != manifest.digest:
        here, there = found.heads or {}, manifest.heads or {}
        other = sorted(chain for chain in {*here, *there} if list(here.get(chain, ())) != list(there.get(chain, ())))
        named = joined([*other[:_NAMED_MAX], *(["…"] if len(other) > _NAMED_MAX else [])], ", ")
        said.append(say("the heads of chains are others than the manifest's: {chains}", chains=named or "?"))
    return said


def _head(head: object) -> str:
    seq, hash_ = head  # type: ignore[misc]
    return f"{seq} {str(hash_)[:16]}"  # type: ignore[has-type]
