"""Files that were handed in and that no entry names yet: an account's own, for a time. What a command names becomes an original
in the command's own transaction (`take_up`), so that no original is ever left without its entry; the rest is let go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import bulk, documents
from workflows.errors import Unmet
from workflows.text import say

KEPT = timedelta(days=1)
WAITING_MAX = 250_000_000  # bytes of one account
LET_GO_MAX = 100  # by one turn of the round


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits to be named, by its sha256."""

    digest: str
    kind: str
    size: int


def put(connection: Connection, account: str, kind: str, content: bytes, now: datetime) -> Waiting:
    """Take a file in; the same one again waits anew. Raises ValueError past the bound of one, Unmet past that of all."""
    if not 0 < len(content) <= documents.SIZE_MAX:
        raise ValueError(f"a file of {len(content)} bytes")
    digest = documents.digest_of(content)
    [(waiting,)] = bulk.read(
        connection,
        "SELECT coalesce(sum(length(content)), 0) FROM upload WHERE account = ? AND digest <> ?",
        account,
        digest,
    )
    if int(waiting) + len(content) > WAITING_MAX:
        because = say("{count} MB of files wait already that nothing names; they are let go within a day",
                      count=int(waiting) // 1_000_000)  # fmt: skip
        raise Unmet(say("take another file in"), because)
    bulk.write(
        connection,
        "INSERT INTO upload (account, digest, kind, size, content, added_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, digest) DO UPDATE SET added_at = excluded.added_at, content = excluded.content",
        account, digest, kind, len(content), content, bulk.instant(connection, now),
    )  # fmt: skip
    return Waiting(digest, kind, len(content))


def find(connection: Connection, account: str, digest: str) -> Waiting | None:
    """A file that this account has handed in. Whoever only knows a sha256 has handed nothing in."""
    rows = bulk.read(
        connection, "SELECT digest, kind, size FROM upload WHERE account = ? AND digest = ?", account, digest
    )
    return Waiting(*rows[0]) if rows else None


def take_up(connection: Connection, digests: Iterable[str], by: str, now: datetime) -> None:
    """Make originals of the files that an entry names; one that is kept already stays. Raises Unmet for one that is nowhere."""
    for digest in dict.fromkeys(digests):
        bulk.write(
            connection,
            "INSERT INTO document (digest, kind, size, content, added_at, added_by)"
            " SELECT digest, kind, size, content, ?, ? FROM upload WHERE digest = ? AND length(content) > 0"
            " ORDER BY account LIMIT 1 ON CONFLICT DO NOTHING",
            bulk.instant(connection, now), by, digest,
        )  # fmt: skip
        if not bulk.read(connection, "SELECT 1 FROM document WHERE digest = ?", digest):
            because = say("no file with the sha256 {digest} waits here; hand it in again", digest=digest)
            raise Unmet(say("keep a file"), because)


def named(connection: Connection, account: str, digests: Iterable[str]) -> None:
    """An entry names these now, so that their content is kept as originals; that they were handed in stays known for a day:
    the same form may come twice."""
    for digest in dict.fromkeys(digests):
        bulk.write(
            connection,
            "UPDATE upload SET content = ? WHERE account = ? AND digest = ?"
            " AND EXISTS (SELECT 1 FROM document WHERE document.digest = upload.digest)",
            b"", account, digest,
        )  # fmt: skip


def let_go(connection: Connection, now: datetime, most: int = LET_GO_MAX) -> int:
    """Let the oldest go that nothing has named in time; how many there were, up to a bound."""
    rows = bulk.read(
        connection,
        "DELETE FROM upload WHERE (account, digest) IN"
        " (SELECT account, digest FROM upload WHERE added_at < ? ORDER BY added_at LIMIT ?) RETURNING digest",
        bulk.instant(connection, now - KEPT), most,
    )  # fmt: skip
    return len(rows)
