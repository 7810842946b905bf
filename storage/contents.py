"""What entries name by sha256: the originals of documents and the files given later; and is each there, as it was named?"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from storage import bulk, documents
from workflows.errors import NotFound
from workflows.text import Text, say

_PAGE = 500
_NAMING = ("Issued", "Attached")


@dataclass(frozen=True, slots=True)
class Named:
    """An entry that names a content."""

    chain: str
    seq: int
    digest: str


def named(connection: Connection, only: str | None = None) -> Iterator[Named]:
    """Every original and every file that entries name, chain by chain in their order, of one chain or of all. An entry that
    cannot be read names nothing; verification tells of it."""
    chain, seq = only or "", 0
    while True:
        of_chain = "cascade_id = ? AND seq > ?" if only else "(cascade_id, seq) > (?, ?)"
        rows = bulk.read(
            connection,
            f"SELECT cascade_id, seq, body FROM journal WHERE {of_chain} AND kind IN (?, ?)"
            " ORDER BY cascade_id, seq LIMIT ?",
            chain, seq, *_NAMING, _PAGE,
        )  # fmt: skip
        for chain, seq, body in rows:
            yield from (Named(chain, seq, digest) for digest in _digests(body))
        if len(rows) < _PAGE:
            return


def faults(connection: Connection, only: str | None = None) -> Iterator[tuple[str, int, Text]]:
    """The contents that are not there, or are others than their entries say: chain, entry, and what is wrong. Each is read
    once, and one at a time."""
    known: dict[str, Text | None] = {}
    for one in named(connection, only):
        if one.digest not in known:
            known[one.digest] = _fault(connection, one.digest)
        if said := known[one.digest]:
            yield one.chain, one.seq, said


def _fault(connection: Connection, digest: str) -> Text | None:
    try:
        documents.get(connection, digest)
    except NotFound:
        return say("the file {digest} that it names is not kept here", digest=digest)
    except documents.Damaged:
        return say("the file that is kept as {digest} was changed: its sha256 is another one", digest=digest)
    return None


def _digests(body: str) -> Iterator[str]:
    try:
        fact = orjson.loads(body)["fact"]
        if original := fact.get("original"):
            yield str(original)
        for file in fact.get("files", ()):
            yield str(file["digest"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return
