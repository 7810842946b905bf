"""Where an export goes: a file, a folder or a zip that appears under its name whole, or not at all."""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from engine.errors import Unreadable
from workflows.calendar import VIETNAM
from workflows.errors import Conflict
from workflows.text import say


class Written(Protocol):
    """Takes the bytes of one file of an archive."""

    def __call__(self, data: bytes, /) -> None: ...


@dataclass
class Files:
    """The files of an archive as they are written: a zip, or a folder. `listed` is what the manifest says of each."""

    zip: zipfile.ZipFile | None
    folder: Path
    at: datetime
    listed: dict[str, dict[str, int | str]] = field(default_factory=dict)

    @contextmanager
    def writing(self, name: str, *, list_it: bool = True) -> Iterator[Written]:
        """One further file; a name is written once."""
        if name in self.listed:
            raise ValueError(f"{name} is written twice")
        digest, size = hashlib.sha256(), 0

        def write(data: bytes) -> None:
            nonlocal size
            digest.update(data)
            size += len(data)
            stream.write(data)

        with self._opened(name) as stream:
            yield write
        if list_it:
            self.listed[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def add(self, name: str, data: bytes, *, list_it: bool = True) -> None:
        with self.writing(name, list_it=list_it) as write:
            write(data)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        if self.zip:
            one = zipfile.ZipInfo(name, self.at.astimezone(VIETNAM).timetuple()[:6])
            one.compress_type, one.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            with self.zip.open(one, "w", force_zip64=True) as stream:
                yield stream
            return
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as plain:
            yield plain
            plain.flush()
            os.fsync(plain.fileno())


@contextmanager
def new_files(target: Path, at: datetime) -> Iterator[Files]:
    """The files of a new archive: a zip where its name ends so, else a folder. Raises Conflict where the name is taken."""
    if target.suffix.lower() == ".zip":
        with new_file(target) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
            yield Files(made, path, at)
        return
    with _appearing(target) as folder:
        folder.mkdir()
        yield Files(None, folder, at)
        for inside, _, _ in os.walk(folder):
            _settle(Path(inside))


def new_file(target: Path) -> AbstractContextManager[Path]:
    """A path to write a new file to, which appears as `target` in the end. Raises Conflict where that name is taken."""
    return _appearing(target)


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """What is written beside `target` under another name gets its own once it is whole; on any failure it is gone."""
    _refuse_taken(target)
    if not target.parent.is_dir():
        raise Unreadable(say("There is no folder {folder} to write to", folder=target.parent))
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        try:
            yield partial
            _take_name(partial, target)
        except OSError as error:
            raise Unreadable(
                say("{path} cannot be written: {why}", path=target, why=error.strerror or error)
            ) from error
        _settle(target.parent)
    finally:
        _remove(partial)


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise Conflict(
            say("write {path}", path=target),
            say("it is there already, and nothing is replaced"),
            [say("name another file or folder")],
        )


def _take_name(partial: Path, target: Path) -> None:
    """Give it its name in one step, and never in the place of another."""
    if partial.is_dir():
        _refuse_taken(target)
        partial.rename(target)
        return
    _settle(partial)
    try:
        os.link(partial, target)  # unlike a rename it refuses where somebody was faster
    except FileExistsError:
        _refuse_taken(target)
        raise
    except OSError:  # a file system without links
        _refuse_taken(target)
        partial.rename(target)


def _settle(path: Path) -> None:
    """Make sure that it is on the disk; a folder's own entries cannot be everywhere."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)
