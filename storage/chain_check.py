"""One chain read row by row: does each entry follow from the one before it, and do its columns repeat its body?

Rows are compared as they lie. Only one that is not exactly what this program would have written is made an entry, and
looked at slowly: it may still say the same, and else it is said what is wrong with it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk
from storage.journal import ROWS, Entry, chain_hash
from storage.rows import to_sqlite_instant
from workflows.encoding import instant_text
from workflows.text import say

PAGE = 5000  # rows in memory at a time
_BEFORE_ALL = -(1 << 31)  # an entry that was put in before the first is read as well


class Walk:
    """The entries of a chain in order. Iterating gives `(seq, data)` of each sound one, and stops before the first that is
    not: `broken` then says which and why. `entries` and `last_hash` are the head as far as it was read.

    It may begin after an entry whose hash is known, and end at one."""

    def __init__(
        self, connection: Connection, chain: str, after: int = 0, last_hash: str = "", until: int | None = None
    ) -> None:
        self._connection, self._chain, self._until = connection, chain, until
        self._sqlite = connection.dialect.name == "sqlite"
        self.entries = after
        self.last_hash = last_hash
        self.broken: tuple[int, str] | None = None
        self.row: Sequence[Any] = ()  # of the last entry that was given, as it is stored
        self._recorded_at: Any = None

    @property
    def last_at(self) -> datetime | None:
        """When the last entry that was read was recorded."""
        return bulk.read_instant(self._connection, self._recorded_at)

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        loads, as_stored = orjson.loads, _sqlite_text if self._sqlite else _same_text
        for row in _rows(self._connection, self._chain, self.entries, self._until):
            chain, seq, kind, obligation, directive, office, role, happened_at, recorded_at, body, hash_ = row
            try:
                raw = body.encode()
                data = loads(raw)
                by = data["by"]
                sound = (
                    seq == self.entries + 1
                    and sha256(self.last_hash.encode() + raw).hexdigest() == hash_
                    and data["seq"] == seq
                    and data["cascade"] == chain
                    and data["kind"] == kind
                    and data.get("obligation") == obligation
                    and data.get("directive") == directive
                    and by["office"] == office
                    and by["role"] == role
                    and as_stored(happened_at, data["happened_at"])
                    and as_stored(recorded_at, data["recorded_at"])
                )
            except Exception:  # noqa: BLE001  whatever it is, the slow look says it
                sound, data = False, {}
            if not sound:
                said = self._fault(row)
                if said:
                    return
                data = loads(body)
            self.row = row
            yield seq, data
            self.entries, self.last_hash, self._recorded_at = seq, hash_, recorded_at

    def _fault(self, row: Sequence[Any]) -> bool:
        """Is an entry that was not written so by this program wrong? Then `broken` says where and why."""
        try:
            entry = ROWS.from_row(row, self._sqlite)
        except (ValueError, TypeError, AttributeError) as error:  # SQLite keeps anything where an instant should be
            said = say("one of its columns cannot be read: {error}", error=error)
            self.broken = (self.entries + 1, said)
            return True
        found = _entry_fault(entry, self.entries, self.last_hash)
        self.broken = (entry.seq, found) if found else None
        return found is not None


def _rows(connection: Connection, chain: str, after: int, until: int | None) -> Iterator[Sequence[Any]]:
    """The rows of a chain as the driver gives them, a page at a time, so that memory stays bounded."""
    end = f" AND seq <= {int(until)}" if until is not None else ""
    sql = f"{ROWS.select} WHERE cascade_id = ? AND seq > ?{end} ORDER BY seq LIMIT {PAGE}"
    after = after or _BEFORE_ALL
    while True:
        rows = bulk.read(connection, sql, chain, after)
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1][1]


@lru_cache(maxsize=8192)
def _canonical(text: str) -> str:
    """An instant of a body as SQLite keeps it; empty where it is not written as this program writes it."""
    at = datetime.fromisoformat(text)
    return to_sqlite_instant(at) if instant_text(at) == text else ""


def _sqlite_text(stored: str, text: str) -> bool:
    return stored == _canonical(text)


def _same_text(stored: datetime, text: str) -> bool:
    return instant_text(stored) == text


def _entry_fault(entry: Entry, before: int, last_hash: str) -> str | None:
    if entry.seq != before + 1:
        return say("entry {number} is missing before it", number=before + 1)
    body: Any = entry.body  # SQLite keeps bytes in any column
    if not isinstance(body, str) or chain_hash(last_hash, body) != entry.hash:
        return say("its hash does not follow from its body and the entry before it")
    try:
        wrong = _column_faults(entry)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return say("its body cannot be read: {error}", error=type(error).__name__)
    return say("column {name} does not repeat its body", name=wrong[0]) if wrong else None


def _column_faults(entry: Entry) -> list[str]:
    """The columns that do not repeat what the body says."""
    data = entry.data
    given = {
        "cascade_id": data["cascade"],
        "seq": data["seq"],
        "kind": data["kind"],
        "obligation": data.get("obligation"),
        "directive": data.get("directive"),
        "office": data["by"]["office"],
        "role": data["by"]["role"],
        "happened_at": data["happened_at"],
        "recorded_at": data["recorded_at"],
    }
    stored: dict[str, Any] = {name: getattr(entry, name) for name in given}
    for name in ("happened_at", "recorded_at"):
        stored[name] = instant_text(stored[name])
    return [name for name in given if given[name] != stored[name]]
