"""The file of the keys that seal the journal. It lies outside the database, and only its owner may read it.

directive-cascade seal keys
installation 0f3c…
key 1 BASE64
"""

import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from storage import notes
from storage.errors import Unavailable
from workflows.errors import Conflict
from workflows.text import say

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_HEAD = "directive-cascade seal keys"
_SIZE_MAX = 16_384
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
Keys = Mapping[int, "Ed25519PrivateKey"]


def read(path: Path, installation: str) -> dict[int, "Ed25519PrivateKey"]:
    """The keys in a file, by their numbers. Raises Unavailable where it is not there, is open to others, cannot be read, or
    is of another installation."""
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & _OTHERS:
            raise Unavailable(say("Others on this machine may read the seal key {path}: chmod 600 {path}", path=path))
        with path.open("rb") as file:
            content = file.read(_SIZE_MAX + 1)
    except FileNotFoundError as error:
        raise Unavailable(say("There is no seal key {path} (CASCADE_SEAL_KEY). Make one: cascade seal init; one that was lost"
                              " comes back from your copy of it, or is replaced: cascade seal rotate --lost", path=path)
                          ) from error  # fmt: skip
    except OSError as error:
        raise Unavailable(say("The seal key {path} cannot be read: {why}", path=path, why=error.strerror)) from error
    try:
        lines = content.decode().splitlines() if len(content) <= _SIZE_MAX else []
        head, named, *keys = lines
        found = dict(_key(line) for line in keys)
        if head != _HEAD or not named.startswith("installation ") or len(found) != len(keys) or not keys:
            raise ValueError
    except ValueError as error:
        raise Unavailable(say("{path} is no file of seal keys", path=path)) from error
    other = named.removeprefix("installation ")
    if other != installation:
        raise Unavailable(say("The seal key {path} is of another installation ({other}; this one is {installation})",
                              path=path, other=other, installation=installation))  # fmt: skip
    return found


def _key(line: str) -> tuple[int, "Ed25519PrivateKey"]:
    word, number, coded = line.split(" ")
    if word != "key" or int(number) < 1:
        raise ValueError(line)
    return int(number), notes.key_of(b64decode(coded, validate=True))


def create(path: Path, installation: str, keys: Keys) -> None:
    """Write a new file. Raises Conflict where there is one: a key is never overwritten. Raises Unavailable where it cannot be
    written."""
    made = _written(path, installation, keys)
    try:
        os.link(made, path)  # whoever was first keeps the name, and nobody ever reads half a key
    except FileExistsError as error:
        raise Conflict(
            say("write the seal key {path}", path=path),
            say("the file is there, and a key is never overwritten"),
            [say("name another file (CASCADE_SEAL_KEY)")],
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        made.unlink(missing_ok=True)
    _settle(path)


def replace(path: Path, installation: str, keys: Keys) -> None:
    """Put further keys into a file that is there; whoever reads it meanwhile reads the old one or the new one, whole."""
    made = _written(path, installation, keys)
    try:
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    _settle(path)


def _written(path: Path, installation: str, keys: Keys) -> Path:
    lines = [_HEAD, f"installation {installation}"]
    lines += [f"key {number} {b64encode(key.private_bytes_raw()).decode()}" for number, key in sorted(keys.items())]
    made = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error
    return made


def _settle(path: Path) -> None:
    """Its name is on the disk as well."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(say("The seal key {path} cannot be written: {why}", path=path, why=error.strerror))
