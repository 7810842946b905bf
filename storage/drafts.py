"""Drafts of the register: what an account is typing in, kept until it is issued or given up. Nobody else sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk
from workflows.errors import NotFound, Unmet
from workflows.text import say

MOST = 20  # of one account
TYPED_MAX = 2_000_000  # letters of what was typed


@dataclass(frozen=True, slots=True)
class RegisterDraft:
    """`typed` are the fields of the form; `kind` is that of the original that came with it, None where there is none."""

    id: str
    title: str
    text: str
    changed_at: datetime
    typed: dict[str, Any] = field(default_factory=dict)
    kind: str | None = None


def listed(connection: Connection, account: str) -> list[RegisterDraft]:
    """Those of an account, the one changed last first; without their texts and fields."""
    rows = bulk.read(
        connection,
        "SELECT id, title, changed_at, kind FROM register_draft WHERE account = ? ORDER BY changed_at DESC, id"
        f" LIMIT {MOST}",
        account,
    )
    return [RegisterDraft(row[0], row[1], "", _at(connection, row[2]), kind=row[3]) for row in rows]


def begin(connection: Connection, account: str, draft: RegisterDraft, original: bytes | None) -> None:
    """Keep a new draft. Raises Unmet where the account has too many."""
    if len(listed(connection, account)) >= MOST:
        asked = say("begin another draft")
        raise Unmet(asked, say("there are {most} already; issue one or give one up first", most=MOST))
    bulk.write(
        connection,
        "INSERT INTO register_draft (account, id, title, text, typed, kind, original, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        account, draft.id, draft.title, draft.text, _json(draft.typed), draft.kind, original,
        bulk.instant(connection, draft.changed_at),
    )  # fmt: skip


def change(connection: Connection, account: str, id_: str, title: str, typed: dict[str, Any], now: datetime) -> None:
    """Keep what was typed now. Raises NotFound."""
    get(connection, account, id_)
    bulk.write(
        connection,
        "UPDATE register_draft SET title = ?, typed = ?, changed_at = ? WHERE account = ? AND id = ?",
        title, _json(typed), bulk.instant(connection, now), account, id_,
    )  # fmt: skip


def get(connection: Connection, account: str, id_: str) -> RegisterDraft:
    """One of an account. Raises NotFound, also for one of somebody else."""
    rows = bulk.read(
        connection,
        "SELECT id, title, text, changed_at, typed, kind FROM register_draft WHERE account = ? AND id = ?",
        account,
        id_,
    )
    if not rows:
        raise NotFound(say("There is no such draft of yours; it may have been issued or given up."))
    [row] = rows
    return RegisterDraft(row[0], row[1], row[2], _at(connection, row[3]), orjson.loads(row[4]), row[5])


def original(connection: Connection, account: str, id_: str) -> bytes | None:
    """The original that came with a draft."""
    rows = bulk.read(connection, "SELECT original FROM register_draft WHERE account = ? AND id = ?", account, id_)
    return bytes(rows[0][0]) if rows and rows[0][0] is not None else None


def give_up(connection: Connection, account: str, id_: str) -> None:
    """Take a draft away; nothing where there is none."""
    bulk.write(connection, "DELETE FROM register_draft WHERE account = ? AND id = ?", account, id_)


def _json(typed: dict[str, Any]) -> str:
    said = orjson.dumps(typed).decode()
    if len(said) > TYPED_MAX:
        raise Unmet(say("keep the draft"), say("it has more than {most} letters", most=f"{TYPED_MAX:,}"))
    return said


def _at(connection: Connection, value: Any) -> datetime:
    found = bulk.read_instant(connection, value)
    assert found is not None  # the column takes no NULL
    return found
