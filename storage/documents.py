"""Originals: the papers as they came, kept by their sha256. The entry of a directive's issue names its original."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk, journal
from workflows.errors import CascadeError, NotFound
from workflows.facts import Issued
from workflows.text import say

SIZE_MAX = 25_000_000  # bytes


class Damaged(CascadeError):
    """What is stored is not what its sha256 says it is."""


@dataclass(frozen=True, slots=True)
class Original:
    """A paper as it came; `kind` is pdf, docx or txt."""

    digest: str
    kind: str
    content: bytes


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(connection: Connection, kind: str, content: bytes, by: str, now: datetime) -> str:
    """Keep an original and give its digest; one that is there already stays as it is. Raises ValueError past its bound."""
    if not 0 < len(content) <= SIZE_MAX:
        raise ValueError(f"an original of {len(content)} bytes")
    digest = digest_of(content)
    bulk.write(
        connection,
        "INSERT INTO document (digest, kind, size, content, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        digest, kind, len(content), content, bulk.instant(connection, now), by,
    )  # fmt: skip
    return digest


def get(connection: Connection, digest: str) -> Original:
    """An original, proved to be what was kept. Raises NotFound or Damaged."""
    rows = bulk.read(connection, "SELECT kind, content FROM document WHERE digest = ?", digest)
    if not rows:
        raise NotFound(say("No original is kept under {digest}", digest=digest))
    content = bytes(rows[0][1])
    if digest_of(content) != digest:
        raise Damaged(say("The original kept under {digest} was changed: its sha256 is another one", digest=digest))
    return Original(digest, rows[0][0], content)


def original_of(connection: Connection, cascade: str, directive: int) -> str | None:
    """The digest of a directive's original, as the entry of its issue says; None where none was kept."""
    facts = (one.fact for one in journal.about_directive(connection, cascade, directive, "Issued"))
    return next((one.original for one in facts if isinstance(one, Issued) and one.original), None)
