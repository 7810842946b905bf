"""Where a backup goes. In a folder it is named after the database and the time; those are a series, of which old ones can be
let go.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from engine import manifest as manifests
from engine.errors import Unverified
from engine.manifest import Manifest
from storage.backups import POSTGRESQL, SQLITE
from storage.database import Database
from workflows.errors import Conflict, NotFound
from workflows.text import Text, say

_ENDINGS = {SQLITE: ".db", POSTGRESQL: ".dump"}
_OF_A_SERIES = re.compile(r"(?P<series>.+)-(?P<at>\d{8}T\d{6}Z)(?P<ending>\.db|\.dump)")


def place_for(database: Database, to: Path, now: datetime) -> Path:
    """The file that a backup to `to` becomes: in a folder a name with the time; else `to` itself.

    Raises NotFound where there is no such folder, Conflict where something lies there already.
    """
    folder = to.is_dir()
    if folder:
        kind = SQLITE if database.is_sqlite else POSTGRESQL
        to = to / f"{series_of(database)}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{_ENDINGS[kind]}"
    if not to.parent.is_dir():
        raise NotFound(say("There is no folder {folder} for a backup; make it, with a mode that keeps others out (0700).",
                           folder=to.parent))  # fmt: skip
    if database.is_sqlite and to.exists() and to.samefile(database.url.database or ""):
        raise Conflict(asked(to), say("it is the database itself"), [say("name another file, or a folder")])
    if to.exists() or to.is_symlink():
        raise Conflict(asked(to), say("something lies there already, and a backup is never written over"),
                       [say("name another file, or a folder")])  # fmt: skip
    return to


def series_of(database: Database) -> str:
    """How the backups of a database in one folder begin."""
    named = database.url.database or "cascade"
    stem = Path(named).stem if database.is_sqlite else named
    return re.sub(r"[^\w.-]", "_", stem).lstrip(".") or "cascade"


def series(folder: Path, name: str, identity: str) -> list[tuple[Path, Manifest]]:
    """The backups of one installation in a folder that were made without a name of their own, the newest first. What has no
    manifest, or one of another installation, is none of them."""
    found = []
    for path in folder.glob(f"{name}-*"):
        named = _OF_A_SERIES.fullmatch(path.name)
        if not named or named["series"] != name:
            continue
        with suppress(Unverified):
            manifest = manifests.read(manifests.beside(path))
            if manifest and manifest.identity == identity and manifest.file == path.name:
                found.append((path, manifest))
    return sorted(found, key=lambda one: one[1].began_at, reverse=True)


def let_go(file: Path, manifest: Manifest, keep: int) -> Iterator[Path]:
    """Take away what is older than the `keep` newest of the series; the one just made is kept in any case."""
    named = _OF_A_SERIES.fullmatch(file.name)
    if not named:
        return
    older = [path for path, _ in series(file.parent, named["series"], manifest.identity) if path != file]
    for path in older[max(0, keep - 1) :]:
        path.unlink(missing_ok=True)
        manifests.beside(path).unlink(missing_ok=True)
        yield path
    flush_folder(file.parent)


def flush_folder(folder: Path) -> None:
    """What was renamed in a folder is there after a power cut as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def asked(to: Path) -> Text:
    """What is refused where a backup cannot be made."""
    return say("make the backup {file}", file=to)
