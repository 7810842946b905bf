"""Secrets in files of one folder, outside the database and its journal: `mail-password`, `link-key`, `webhook-NAME`."""

import os
import re
import secrets
import stat
from base64 import b64decode, b64encode
from pathlib import Path

from storage.errors import Unavailable
from workflows.text import say

MAIL_PASSWORD, LINK_KEY = "mail-password", "link-key"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,79}")
_SIZE_MAX = 4096
_PREFIX = "whsec_"  # as Standard Webhooks writes a secret
_KEY_BYTES = 32


class Secrets:
    """The folder that CASCADE_SECRETS names. Every node of an installation needs the same files in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder

    def find(self, name: str) -> bytes | None:
        """What a file holds, without the end of its line; None where there is none. Raises Unavailable where it cannot be
        read, or where everybody on this machine can."""
        path = self._path(name)
        try:
            mode = path.stat().st_mode
            if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH):
                raise Unavailable(say("Everybody on this machine can read {path}: chmod 600 {path}", path=path))
            with path.open("rb") as file:
                found = file.read(_SIZE_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(say("{path} cannot be read: {why}", path=path, why=error.strerror)) from error
        if not found.strip() or len(found) > _SIZE_MAX:
            raise Unavailable(say("{path} has to hold one secret, on one line", path=path))
        return found.rstrip(b"\r\n")

    def get(self, name: str) -> bytes:
        """The same. Raises Unavailable where the file is not there."""
        found = self.find(name)
        if found is None:
            raise Unavailable(say("There is no {path}, which holds a secret that is needed", path=self._path(name)))
        return found

    def key_of_links(self) -> bytes:
        """The key that links are signed with; it is made where there is none."""
        found = self.find(LINK_KEY)
        if found is None:
            self._make(LINK_KEY, b64encode(secrets.token_bytes(_KEY_BYTES)))
            found = self.get(LINK_KEY)
        return found

    def of_webhook(self, name: str) -> bytes:
        """The bytes that a webhook's messages are signed with."""
        text = self.get(f"webhook-{name}").decode("ascii", "replace")
        try:
            key = b64decode(text.removeprefix(_PREFIX), validate=True)
        except ValueError:
            key = b""
        if not text.startswith(_PREFIX) or not 24 <= len(key) <= 64:
            path = self._path(f"webhook-{name}")
            raise Unavailable(say("{path} has to hold whsec_ and 24 to 64 bytes in base64", path=path))
        return key

    def make_for_webhook(self, name: str) -> tuple[Path, bool]:
        """The file of a webhook's secret, and whether it was made now; one that is there is kept."""
        if self.find(f"webhook-{name}") is not None:
            self.of_webhook(name)
            return self._path(f"webhook-{name}"), False
        secret = _PREFIX.encode() + b64encode(secrets.token_bytes(_KEY_BYTES))
        return self._make(f"webhook-{name}", secret), True

    def _make(self, name: str, secret: bytes) -> Path:
        path = self._path(name)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = self._folder / f".{name}.{secrets.token_hex(8)}"
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secret + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(made, path)  # whoever was first keeps the name, and nobody ever reads half a key
            except FileExistsError:
                pass
            finally:
                made.unlink()
        except OSError as error:
            raise Unavailable(say("{path} cannot be written: {why}", path=path, why=error.strerror)) from error
        return path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Unavailable(say("{name!r} is no name of a secret", name=name))
        return self._folder / name
