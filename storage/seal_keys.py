"""The keys that seal the journal, as the administration's chain tells them: which there are, who signed whom, which sign
a seal."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from storage import bulk, notes
from workflows.directive import ADMINISTRATION
from workflows.facts import SealKeySet, from_data
from workflows.text import Text, say


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and the entry of the administration's chain that brought it into use. `signature` is its predecessor's."""

    number: int
    public: bytes
    seq: int
    signed_by: int | None = None
    signature: bytes | None = None
    overlap_until: datetime | None = None

    @property
    def public_text(self) -> str:
        return base64.b64encode(self.public).decode()


def fact_of(key: Key) -> SealKeySet:
    """What is put on the record of it."""
    signature = base64.b64encode(key.signature).decode() if key.signature else None
    return SealKeySet(key.number, key.public_text, key.signed_by, signature, key.overlap_until)


def read(connection: Connection) -> list[Key]:
    """Every key, in the order in which they came into use. An entry that cannot be read is left out: verification of its
    chain, or of the seals that miss it, says what is wrong."""
    rows = bulk.read(
        connection,
        "SELECT seq, body FROM journal WHERE cascade_id = ? AND kind = 'SealKeySet' ORDER BY seq",
        ADMINISTRATION,
    )
    found = []
    for seq, body in rows:
        try:
            fact = from_data("SealKeySet", orjson.loads(body)["fact"])
            assert isinstance(fact, SealKeySet)
            signature = base64.b64decode(fact.signature, validate=True) if fact.signature else None
            public = base64.b64decode(fact.public_key, validate=True)
        except (KeyError, ValueError, TypeError, AssertionError, binascii.Error):
            continue
        found.append(Key(fact.key, public, seq, fact.signed_by, signature, fact.overlap_until))
    return found


def counting(keys: Sequence[Key], sealed: int, at: datetime) -> list[Key]:
    """The keys that sign a seal: those whose entry is sealed (up to entry `sealed` of the administration) by then, without
    those that a later one has ended: by its overlap, or at once where it has none. A lost key so ends all before it, which lay
    in the same file."""
    there = [one for one in keys if one.seq <= sealed]
    return [
        one
        for place, one in enumerate(there, 1)
        if all(later.overlap_until is not None and at < later.overlap_until for later in there[place:])
    ]


def publics(keys: Sequence[Key]) -> dict[int, bytes]:
    return {one.number: one.public for one in keys}


def succession_faults(installation: str, keys: Sequence[Key]) -> list[tuple[int, Text]]:
    """The entries of keys that do not follow from the key before, and why."""
    found = []
    for place, one in enumerate(keys, 1):
        before = keys[place - 2] if place > 1 else None
        if one.number != place:
            found.append((one.seq, say("it brings key {number} into use, where key {place} would be next",
                                       number=one.number, place=place)))  # fmt: skip
        elif len(one.public) != 32:
            found.append((one.seq, say("its public key has another length than one of Ed25519")))
        elif before and one.signature is not None:
            text = notes.succession_text(installation, one.number, one.public_text, one.overlap_until)
            if one.signed_by != before.number or not notes.holds(before.public, one.signature, text.encode()):
                found.append((one.seq, say("key {number} is not signed by key {before}", number=one.number,
                                           before=before.number)))  # fmt: skip
    return found


def unsigned(keys: Sequence[Key]) -> list[Key]:
    """Keys after the first that no key before them has signed, since it was lost: people have to vouch for them."""
    return [one for one in keys if one.number > 1 and one.signature is None]
