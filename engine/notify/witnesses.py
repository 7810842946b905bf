"""Witnesses: where seals are kept outside the database, so that whoever owns the database cannot rewrite what they say.

A folder holds every seal and is never overwritten; syslog and a webhook are told every seal; an e-mail brings the newest
now and then, which names all before it by their hashes.
"""

import base64
import errno
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import orjson

from engine.language import told
from storage import notes, outside
from storage.errors import Unavailable
from storage.seals import Seal
from workflows.encoding import instant_text
from workflows.text import Text, say

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}  # a disk that has no hard links
_PRIORITY = 13 * 8 + 5  # syslog's "log audit", notice
_PATIENCE = 10.0  # seconds for syslog


class Unwritten(Exception):
    """A witness did not take a seal; it is tried again."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.text = why


class Witness(Protocol):
    """Takes seals. `every` is how long after one the next is due; where `whole`, it gets each, else the newest alone."""

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> timedelta: ...
    @property
    def whole(self) -> bool: ...

    def take(self, seal: Seal, had: int) -> str:
        """Keep a seal, after seal `had`; what is to be told of it. Raises Unwritten or OSError."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on another disk or machine, mounted here: one file a seal. It is not made here: a mount that is not there
    would be filled on the wrong disk."""

    folder: Path
    every: timedelta = timedelta(0)
    whole: bool = True

    @property
    def name(self) -> str:
        return f"folder:{self.folder}"

    def take(self, seal: Seal, had: int) -> str:
        if not self.folder.is_dir():
            raise Unwritten(say("there is no folder {folder}; is its disk mounted?", folder=self.folder))
        if had and not (self.folder / outside.file_name(had)).exists():
            raise Unwritten(say("{folder} does not hold seal {number}, which was written there: is the right disk mounted?",
                                    folder=self.folder, number=had))  # fmt: skip
        path, content = self.folder / outside.file_name(seal.number), seal.note.encode()
        made = self.folder / f".{path.name}.{secrets.token_hex(8)}"
        try:
            _write(made, content)
            try:
                os.link(made, path)
            except FileExistsError:
                return self._there(path, content, seal.number)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                return self._without_links(path, content, seal.number)
        finally:
            made.unlink(missing_ok=True)
            _settle(self.folder)
        return str(path)

    def _without_links(self, path: Path, content: bytes, number: int) -> str:
        try:
            _write(path, content)
        except FileExistsError:
            return self._there(path, content, number)
        return str(path)

    def _there(self, path: Path, content: bytes, number: int) -> str:
        """A file of this name is there: ours from before, the beginning of ours, or something that nobody overwrites."""
        found = path.read_bytes()
        if found == content:
            return str(path)
        if content.startswith(found):  # cut off where the disk has no links: what is missing is added
            with path.open("ab") as file:
                file.write(content[len(found) :])
                file.flush()
                os.fsync(file.fileno())
            return str(path)
        raise Unwritten(say("{path} holds another seal {number}: the database was restored from an older copy, or its history"
                            " was rewritten. Nothing was overwritten. Look: cascade journal verify --seals {folder}. If it was"
                            " restored on purpose, name a new folder (CASCADE_SEAL_FOLDERS) and keep this one",
                            path=path, number=number, folder=self.folder))  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    try:
        there = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(there)
    except OSError:
        pass  # a disk that has no such thing for folders
    finally:
        os.close(there)


class Post:
    """E-mail to one address: the newest seal, in the text and as a file."""

    whole = False

    def __init__(self, send: Callable[[EmailMessage, str], str], build: Callable[[Seal, str], EmailMessage], to: str,
                 every: timedelta) -> None:  # fmt: skip
        self._send, self._build, self._to, self.every = send, build, to, every
        self.name = f"mail:{to}"

    def take(self, seal: Seal, had: int) -> str:
        return self._send(self._build(seal, self._to), self._to)


@dataclass(frozen=True, slots=True)
class Syslog:
    """A log server, by RFC 5424: a line a seal, with the whole note in base64. Over UDP nobody says whether it came."""

    where: str
    now: Callable[[], datetime]
    every: timedelta = timedelta(0)
    whole: bool = True

    @property
    def name(self) -> str:
        return f"syslog:{self.where}"

    def take(self, seal: Seal, had: int) -> str:
        note = notes.read(seal.note)
        coded = base64.b64encode(seal.note.encode()).decode()
        line = (
            f"<{_PRIORITY}>1 {instant_text(self.now())} {socket.gethostname() or '-'} cascade {os.getpid()} seal -"
            f" {note.origin} seal {seal.number} root {seal.root} note {coded}"
        ).encode()
        kind, address = _parsed(self.where)
        if kind == "unix":
            with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line_out:
                line_out.connect(address[0])
                line_out.send(line)
            return say("given to {address}", address=address[0])
        host, port = address[0], int(address[1])
        if kind == "udp":
            family, _, _, _, there = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as out:
                out.sendto(line, there)
            return say("sent over UDP, which nobody acknowledges")
        with closing(socket.create_connection((host, port), _PATIENCE)) as out:
            out.sendall(f"{len(line)} ".encode() + line)  # RFC 6587: counted, so that nothing runs together
            out.shutdown(socket.SHUT_WR)
        return say("sent to {address}", address=f"{host}:{port}")


def _parsed(where: str) -> tuple[str, tuple[str, str]]:
    if where.startswith("/"):
        return "unix", (where, "")
    parts = urlsplit(where if "://" in where else f"udp://{where}")
    return parts.scheme, (parts.hostname or "", str(parts.port or 514))


def check_syslog(where: str) -> None:
    """Raises Unavailable where it is neither a path nor an address."""
    try:
        kind, (host, _) = _parsed(where)
    except ValueError:
        kind, host = "", ""
    if kind not in ("unix", "udp", "tcp") or not host:
        raise Unavailable(say("CASCADE_SEAL_SYSLOG is HOST:PORT, tcp://HOST:PORT or a path such as /dev/log, not {text}",
                              text=where))  # fmt: skip


class Hook:
    """A webhook, signed as webhooks are; its secret is `webhook-seal`."""

    every, whole = timedelta(0), True

    def __init__(self, url: str, send: Callable[[str, str, bytes], str]) -> None:
        self._url, self._send = url, send
        self.name = f"webhook:{urlsplit(url).hostname or url}"

    def take(self, seal: Seal, had: int) -> str:
        note = notes.read(seal.note)
        body = {"type": "seal", "installation": note.installation, "number": seal.number, "at": instant_text(seal.at),
                "root": seal.root, "note": seal.note}  # fmt: skip
        return self._send(self._url, f"seal-{note.installation[:8]}-{seal.number}", orjson.dumps(body))


def letter_of(seal: Seal) -> tuple[str, str, str]:
    """Subject, text and HTML of the e-mail that brings a seal."""
    note = notes.read(seal.note)
    subject = told(say("Seal {number} of {installation}", number=seal.number, installation=note.origin))
    why = told(say("Keep this e-mail. It is the newest seal of the journal, and by its hashes all seals before it: with it"
                  " anybody can show later whether the journal was rewritten (cascade journal verify --seals)."))  # fmt: skip
    return subject, f"{why}\n\n{seal.note}", (
        f"<!DOCTYPE html><html><body><p>{escape(why)}</p><pre>{escape(seal.note)}</pre></body></html>\n"
    )  # fmt: skip


def named_once(found: list[Witness]) -> Iterator[Witness]:
    """Each witness once, whatever the settings repeat."""
    seen: set[str] = set()
    for one in found:
        if one.name not in seen:
            seen.add(one.name)
            yield one
