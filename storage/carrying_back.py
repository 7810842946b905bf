"""What is not rebuilt from facts and is carried back to an instant: the schema itself, published texts, originals, messages.

Every table of the schema has its place here: a test compares. What is of no look at the past is not carried.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, definitions, installation, schema
from storage.installation import Installation
from storage.rows import to_sqlite_instant
from storage.rulebook import Recorded

REBUILT = frozenset({"cascade", "directive", "item", "basis", "obligation", "folded", "journal", "installation"})
CARRIED = frozenset({"office", "seat", "address", "deputy", "absence", "workflow", "calendar", "document", "outbox",
                     "attempt"})  # fmt: skip
# Who may come in, what is being typed, who serves, what was answered, what waits and what was sealed: of the present alone.
LEFT_OUT = frozenset({
    "account", "account_role", "account_seat", "answer", "command", "link", "node", "pending", "register_draft", "saved_view",
    "seal", "seal_copy", "seal_leaf", "session", "sign_in", "sign_in_try", "token", "upload", "webhook", "webhook_message",
})  # fmt: skip
_SPAN = 5000  # entries whose messages are in memory at a time
_MESSAGES = ("cascade_id", "seq", "place", "obligation", "kind", "office", "role", "letter_to", "deputy", "body",
             "available_at", "claimed_until", "attempts", "error", "sent_at", "dead_at")  # fmt: skip
_ATTEMPTS = ("cascade_id", "seq", "place", "channel", "number", "node", "at", "outcome", "answer")
_ORIGINALS = ("digest", "kind", "size", "content", "added_at", "added_by")
# What had not been sent by then had failed as often as the log says.
_UNSENT = (
    "UPDATE outbox SET attempts = (SELECT count(*) FROM attempt AS a WHERE a.cascade_id = outbox.cascade_id AND"
    " a.seq = outbox.seq AND a.place = outbox.place), error = (SELECT a.answer FROM attempt AS a WHERE"
    " a.cascade_id = outbox.cascade_id AND a.seq = outbox.seq AND a.place = outbox.place AND a.outcome <> 'sent'"
    " ORDER BY a.at DESC LIMIT 1) WHERE cascade_id = ? AND sent_at IS NULL"
)


def reader(source: Connection) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """How a row that the source's driver gave is what SQLite keeps."""
    return tuple if source.dialect.name == "sqlite" else _plain_row


def _plain_row(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | None):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, datetime):
        return to_sqlite_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def create_schema(target: Connection) -> None:
    """Every table and index, and no guard: what is rebuilt is thrown away."""
    from storage.tables import metadata  # SQLModel: for those who look back

    metadata.create_all(target)
    target.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    bulk.insert(target, "alembic_version", ["version_num"], [(schema.newest(),)])


def write_installation(
    target: Connection, found: Installation, instant: datetime, admin_seq: int, admin_hash: str, two_persons: bool
) -> None:
    at = instant if found.simulated else None
    installation.create(target, found.created_at, found.purpose, at)
    head = (admin_seq, admin_hash, int(two_persons), found.directory_version, 1)
    bulk.update(target, "installation", ["id"], ["admin_seq", "admin_hash", "two_persons", "directory_version"], [head])


def carry_definitions(source: Connection, target: Connection, instant: datetime, recorded: Recorded) -> None:
    """The texts that were published by then; whether one was retired then is what the administration's chain says."""
    for kind in ("workflow", "calendar"):
        rows = []
        for one in definitions.read_published(source, kind):
            if one.published_at > instant:
                continue
            said = recorded.versions.get(f"{kind} {one.key}", {})
            at, by, why = said.get("retired_at"), said.get("retired_by"), said.get("retired_why")
            then = replace(one, retired_at=at, retired_by=by, retired_why=why)
            rows.append(definitions.ROWS[kind].to_row(then, True))
        bulk.insert(target, kind, definitions.ROWS[kind].columns, rows)


def carry_originals(source: Connection, target: Connection, instant: datetime) -> None:
    """Which originals were kept by then, without what is in them."""
    at = bulk.instant(source, instant)
    rows = bulk.read(source, "SELECT digest, kind, size, added_at, added_by FROM document WHERE added_at <= ?", at)
    plain = reader(source)
    kept = [(*plain(row[:3]), b"", *plain(row[3:])) for row in rows]
    bulk.insert(target, "document", _ORIGINALS, kept)


def carry_messages(source: Connection, target: Connection, chain: str, last: int, instant: datetime) -> None:
    """The messages of a cascade's entries up to `last`, with what had become of them by then."""
    plain = reader(source)
    for after in range(0, last, _SPAN):
        within = (chain, after, min(after + _SPAN, last))
        sql = "SELECT {} FROM {} WHERE cascade_id = ? AND seq > ? AND seq <= ?"
        rows = bulk.read(source, sql.format(", ".join(_MESSAGES), "outbox"), *within)
        bulk.insert(target, "outbox", _MESSAGES, [_message(source, plain(row), row, instant) for row in rows])
        tries = bulk.read(source, sql.format(", ".join(_ATTEMPTS), "attempt"), *within)
        known = [plain(row) for row in tries if (bulk.read_instant(source, row[6]) or instant) <= instant]
        bulk.insert(target, "attempt", _ATTEMPTS, known)
    bulk.write(target, _UNSENT, chain)


def _message(source: Connection, plain: tuple[Any, ...], row: Sequence[Any], instant: datetime) -> tuple[Any, ...]:
    sent_at, dead_at = (bulk.read_instant(source, row[place]) for place in (14, 15))
    if not row[11] and (sent_at is None or sent_at <= instant) and (dead_at is None or dead_at <= instant):
        return plain
    changed = list(plain)
    changed[11] = None  # nobody has it in hand
    if sent_at is not None and sent_at > instant:
        changed[14] = None
    if dead_at is not None and dead_at > instant:
        changed[15] = None
    return tuple(changed)
