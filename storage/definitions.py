"""Published texts: workflows and calendars, each version immutable.

No version is ever deleted, retired or not. That is what a running directive is pinned to, and what moving it to another
version will start from: `directive.workflow` and `obligation.workflow` name the version, `obligation.state` is a name of
that version's states, and the text here still says what that state was called, whether it ended the work, and which
actions led out of it, even where a later version has no such state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a definition's text, with its digest (sha256 of the text, hex).

    `author` wrote it and `published_by` published it, each a seat; None where that was not yet recorded. `basis` are the
    documents it was published on, `warnings` what the check warned of then. A retired version says when, who and why.
    """

    name: str
    version: int
    digest: str
    text: str
    published_at: datetime
    published_by: str
    author: str | None = None
    why: str | None = None
    basis: tuple[str, ...] = ()
    warnings: int = 0
    retired_at: datetime | None = None
    retired_by: str | None = None
    retired_why: str | None = None

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def retired(self) -> bool:
        return self.retired_at is not None


_OF_WORKFLOWS = ("warnings", "retired_at", "retired_by", "retired_why")
ROWS = {
    "workflow": RowMap(Published, "workflow"),
    "calendar": RowMap(Published, "calendar", apart=_OF_WORKFLOWS),
}


def read_published(connection: Connection, kind: str) -> list[Published]:
    """Every version of every `workflow` or `calendar`, in order of name and version."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(connection, f"{ROWS[kind].select} ORDER BY name, version")
    return [ROWS[kind].from_row(row, sqlite) for row in rows]


def add_published(connection: Connection, kind: str, published: Published) -> None:
    """Store a version. The key refuses a version that is there already."""
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, kind, ROWS[kind].columns, [ROWS[kind].to_row(published, sqlite)])
    _changed(connection)


def set_retired(
    connection: Connection, versions: Sequence[Published], at: datetime | None, by: str | None, why: str | None
) -> None:
    """Retire these versions of workflows, or (no instant) take them back into use. The caller puts it on the record."""
    when = bulk.instant(connection, at) if at else None
    columns = ["retired_at", "retired_by", "retired_why"]
    rows = [(when, by, why, one.name, one.version) for one in versions]
    bulk.update(connection, "workflow", ["name", "version"], columns, rows)
    _changed(connection)


def _changed(connection: Connection) -> None:
    """Whoever knows the rules by heart reads them again."""
    connection.exec_driver_sql("UPDATE installation SET directory_version = directory_version + 1 WHERE id = 1")
