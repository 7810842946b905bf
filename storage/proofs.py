"""Proofs of single entries: all that is needed to show that an entry is in a sealed journal, and the checking of it.

A proof is checked with nothing but itself and the public key, which whoever checks has from somewhere else.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk, merkle, notes, seal_keys, seals
from storage.journal import chain_hash
from storage.seals import Head
from workflows.errors import CascadeError, NotFound
from workflows.text import Text, say

FORMAT = 1
KIND = "directive-cascade proof of an entry"
SIZE_MAX = 512 << 20


class NotSealed(CascadeError):
    """The entry is in the journal, and no seal covers it yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proof shows where it holds: the entry, the seal with its instant, and the keys whose signatures hold, by number
    and public half (base64)."""

    installation: str
    chain: str
    seq: int
    hash: str
    body: str
    seal: int
    sealed_at: datetime
    followed_by: int
    keys: tuple[tuple[int, str], ...]


def prove(connection: Connection, chain: str, seq: int) -> dict[str, Any]:
    """The proof of an entry, as plain data. Raises NotFound where there is no such entry, NotSealed where no seal covers it.

    The first seal that covers the entry is taken. The hash of a chain's head follows from the bodies before it, and from
    nothing shorter: those between the entry and the head that is sealed are part of the proof.
    """
    rows = bulk.read(
        connection,
        "SELECT seq, body, hash FROM journal WHERE cascade_id = ? AND seq >= ? AND seq <= ? ORDER BY seq",
        chain, seq - 1, seq,
    )  # fmt: skip
    if not rows or rows[-1][0] != seq:
        raise NotFound(say("There is no entry {number} of {chain}", number=seq, chain=chain))
    found = seals.covering(connection, chain, seq)
    if found is None:
        raise NotSealed(say("Entry {number} of {chain} is not sealed yet: cascade seal now", number=seq, chain=chain))
    number, place = found
    seal, before = seals.find(connection, number), seals.find(connection, number - 1)
    heads = seals.heads_of(connection, number)
    if seal is None or not 0 < place <= len(heads):
        raise NotFound(say("Seal {number} is not whole: cascade journal verify", number=number))
    head = heads[place - 1]
    following = bulk.read(
        connection,
        "SELECT body FROM journal WHERE cascade_id = ? AND seq > ? AND seq <= ? ORDER BY seq", chain, seq, head.seq,
    )  # fmt: skip
    previous = notes.digest_of(before.note) if before else ""
    hashes = list(seals.leaf_hashes(number, previous, heads))
    keys = {one.number: one.public_text for one in seal_keys.read(connection)}
    note = notes.read(seal.note)
    named = [one.name.rpartition("/")[2] for one in note.signatures]
    return {
        "kind": KIND,
        "format": FORMAT,
        "installation": note.installation,
        "entry": {"chain": chain, "seq": seq, "previous": rows[0][2] if len(rows) == 2 else "", "body": rows[-1][1],
                  "hash": rows[-1][2]},
        "following": [row[0] for row in following],
        "head": {"chain": head.chain, "seq": head.seq, "hash": head.hash},
        "leaf": {"place": place, "leaves": len(hashes)},
        "path": [one.hex() for one in merkle.path(hashes, place)],
        "note": seal.note,
        "keys": [{"number": int(one), "public_key": keys[int(one)]} for one in named if int(one) in keys],
    }  # fmt: skip


class Unproved(CascadeError):
    """A proof that does not hold, or that is none."""


def check(data: bytes | str) -> Shown:
    """What a proof shows. Raises Unproved, saying where it does not hold. It shows it to whoever trusts the keys it names."""
    try:
        return _checked(orjson.loads(data))
    except KeyError as error:
        raise Unproved(say("It is no proof of an entry, or not a whole one: {name} is missing", name=str(error.args[0])[:200])
                       ) from error  # fmt: skip
    except (TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise Unproved(
            say("It is no proof of an entry, or not a whole one: {error}", error=str(error)[:200])
        ) from error


def _checked(proof: dict[str, Any]) -> Shown:
    if proof["kind"] != KIND or proof["format"] != FORMAT:
        raise Unproved(say("It is no proof of an entry that this program knows"))
    entry, head, leaf = proof["entry"], proof["head"], proof["leaf"]
    note = notes.read(proof["note"])
    body = orjson.loads(entry["body"])
    _hold(body["cascade"] == entry["chain"] == head["chain"] and body["seq"] == entry["seq"],
          say("the body is of another entry"))  # fmt: skip
    found = chain_hash(entry["previous"], entry["body"])
    _hold(found == entry["hash"], say("the hash of the entry does not follow from its body and the hash before"))
    following = proof["following"]
    for seq, text in enumerate(following, entry["seq"] + 1):
        said = orjson.loads(text)
        _hold(said["cascade"] == entry["chain"] and said["seq"] == seq, say("what follows is not the next entries"))
        found = chain_hash(found, text)
    _hold(found == head["hash"] and entry["seq"] + len(following) == head["seq"],
          say("the entries do not lead to the head that is sealed"))  # fmt: skip
    _hold(note.installation == proof["installation"] and leaf["leaves"] == note.leaves,
          say("the note is of another installation or seal"))  # fmt: skip
    hashed = merkle.leaf_hash(Head(head["chain"], head["seq"], head["hash"]).leaf)
    path = [bytes.fromhex(one) for one in proof["path"]]
    _hold(leaf["place"] > 0 and merkle.root_by_path(hashed, leaf["place"], leaf["leaves"], path) == note.root,
          say("the path does not lead to the root that is signed"))  # fmt: skip
    publics = {int(one["number"]): base64.b64decode(one["public_key"], validate=True) for one in proof["keys"]}
    holding = notes.signers(note, publics)
    _hold(bool(holding) and len(holding) == len(publics) == len(note.signatures), say("a signature does not hold"))
    keys = tuple((number, base64.b64encode(publics[number]).decode()) for number in holding)
    return Shown(note.installation, entry["chain"], entry["seq"], entry["hash"], entry["body"], note.number, note.at,
                 len(following), keys)  # fmt: skip


def _hold(so: bool, wrong: Text) -> None:
    if not so:
        raise Unproved(say("The proof does NOT hold: {what}.", what=wrong))
