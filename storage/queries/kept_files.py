"""Files that were given with acts on an obligation, or for a document: what the entries name, in their order."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import bulk
from storage.journal import ROWS, Entry
from workflows.directive import Attachment
from workflows.facts import Attached

_MOST = 1_000  # entries that name files


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file and the entry that names it; `place` counts the files of the entry from 1."""

    entry: Entry
    place: int
    file: Attachment
    action: str | None


def of_obligation(connection: Connection, cascade: str, number: int) -> list[KeptFile]:
    """Those of one obligation, the newest entry first."""
    return list(_read(connection, "obligation = ?", cascade, number))


def of_directive(connection: Connection, cascade: str, number: int) -> list[KeptFile]:
    """Those that were added to one document itself, the newest entry first."""
    return list(_read(connection, "directive = ? AND obligation IS NULL", cascade, number))


def _read(connection: Connection, about: str, cascade: str, number: int) -> Iterator[KeptFile]:
    rows = bulk.read(
        connection,
        f"{ROWS.select} WHERE cascade_id = ? AND {about} AND kind = 'Attached' ORDER BY seq DESC LIMIT {_MOST}",
        cascade, number,
    )  # fmt: skip
    for row in rows:
        entry = ROWS.from_row(row, connection.dialect.name == "sqlite")
        try:
            fact = entry.fact
        except (KeyError, ValueError, TypeError, AttributeError):  # an altered entry; verification names it
            continue
        if isinstance(fact, Attached):
            yield from (KeptFile(entry, place, one, fact.action) for place, one in enumerate(fact.files, 1))
