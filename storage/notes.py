"""Signed notes: the text of a seal with its Ed25519 signatures, written and read as C2SP's signed-note says.

Nothing here touches a database; who may sign which seal is said in `seal_keys`.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from workflows.encoding import instant_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "directive-cascade/"
NOTE_MAX = 20_000  # bytes: a note is a few hundred
_ED25519 = b"\x01"  # the kind of key, as C2SP numbers them
_SHAPE = re.compile(
    r"(?P<text>(?P<origin>directive-cascade/[0-9a-f]{32})\n(?P<leaves>[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"seal (?P<number>[1-9][0-9]*)\nprevious (?P<previous>-|[0-9a-f]{64})\n"
    r"at (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n)\n(?P<signatures>(?:— \S+ [A-Za-z0-9+/]+=*\n)+)"
)


class Malformed(ValueError):
    """A text that is no signed note of ours."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, the four bytes of its id, and what was signed with it."""

    name: str
    id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note that was read. `whole` is all of it, `text` what is signed; `previous` is empty for the first seal."""

    whole: str
    text: str
    origin: str
    leaves: int
    root: bytes
    number: int
    previous: str
    at: datetime
    signatures: tuple[Signature, ...]

    @property
    def digest(self) -> str:
        """What the next seal names this one by."""
        return digest_of(self.whole)

    @property
    def installation(self) -> str:
        return self.origin.removeprefix(PREFIX)


def digest_of(whole: str) -> str:
    """The sha256 of a whole signed note, in hex."""
    return sha256(whole.encode()).hexdigest()


def key_name(installation: str, number: int) -> str:
    return f"{PREFIX}{installation}/{number}"


def key_id(name: str, public: bytes) -> bytes:
    """Four bytes by which a signature says which key it is of."""
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def text_of(installation: str, number: int, leaves: int, root: bytes, previous: str, at: datetime) -> str:
    """What is signed."""
    return (
        f"{PREFIX}{installation}\n{leaves}\n{base64.b64encode(root).decode()}\n"
        f"seal {number}\nprevious {previous or '-'}\nat {instant_text(at)}\n"
    )


def signed(text: str, installation: str, keys: Mapping[int, "Ed25519PrivateKey"]) -> str:
    """The whole note: the text, and a line for each key in the order of their numbers."""
    lines = []
    for number, key in sorted(keys.items()):
        name = key_name(installation, number)
        found = key_id(name, public_of(key)) + key.sign(text.encode())
        lines.append(f"— {name} {base64.b64encode(found).decode()}\n")
    return f"{text}\n{''.join(lines)}"


def read(whole: str | bytes) -> Note:
    """A note, taken apart. Raises Malformed. Whether its signatures hold is another question."""
    try:
        said = whole.decode() if isinstance(whole, bytes) else whole
    except UnicodeDecodeError as error:
        raise Malformed("it is no text") from error
    found = _SHAPE.fullmatch(said) if len(said) <= NOTE_MAX else None
    if found is None:
        raise Malformed("it is not written as a signed note is")
    try:
        signatures = tuple(_signature(line) for line in found["signatures"].splitlines())
        root = base64.b64decode(found["root"], validate=True)
        at = datetime.fromisoformat(found["at"])
    except (ValueError, binascii.Error) as error:
        raise Malformed(str(error)) from error
    previous = "" if found["previous"] == "-" else found["previous"]
    return Note(said, found["text"], found["origin"], int(found["leaves"]), root, int(found["number"]), previous, at,
                signatures)  # fmt: skip


def _signature(line: str) -> Signature:
    _, name, coded = line.split(" ")
    value = base64.b64decode(coded, validate=True)
    if len(value) != 4 + 64:
        raise Malformed("a signature has another length than one of Ed25519")
    if base64.b64encode(value).decode() != coded:  # bits of the last letter that mean nothing
        raise Malformed("a signature is written in another way than it has to be")
    return Signature(name, value[:4], value[4:])


def signers(note: Note, publics: Mapping[int, bytes]) -> list[int]:
    """The numbers of the keys whose signature holds. A line of a key that is not known here says nothing, as C2SP wants it;
    whoever has to have every line in order compares with `note.signatures`."""
    found = []
    for number, public in sorted(publics.items()):
        name = key_name(note.installation, number)
        mine = [one for one in note.signatures if one.name == name and one.id == key_id(name, public)]
        if mine and all(holds(public, one.value, note.text.encode()) for one in mine):
            found.append(number)
    return found


def holds(public: bytes, signature: bytes, said: bytes) -> bool:
    """Is this the signature of that key over these bytes?"""
    from cryptography.exceptions import InvalidSignature  # with its library: for who seals or verifies
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def key_of(secret: bytes) -> "Ed25519PrivateKey":
    """The key of these 32 bytes. Raises ValueError for another number of them."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret)


def public_of(key: "Ed25519PrivateKey") -> bytes:
    return key.public_key().public_bytes_raw()


def succession_text(installation: str, number: int, public: str, overlap_until: datetime | None) -> str:
    """What the old key signs of the new one; `public` in base64, as the entry holds it."""
    until = instant_text(overlap_until) if overlap_until else "-"
    return f"{PREFIX}{installation}\nseal key {number}\n{public}\noverlap until {until}\n"


def numbers_named(note: Note) -> Sequence[str]:
    """The names on the signature lines, in their order."""
    return [one.name for one in note.signatures]
