"""Published texts: workflows and calendars, each version immutable."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.tables import CalendarRow, WorkflowRow


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a definition's text, with its digest (sha256 of the text, hex)."""

    name: str
    version: int
    digest: str
    text: str
    published_at: datetime
    published_by: str

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"


_ROWS = {"workflow": bulk.RowMap(Published, WorkflowRow), "calendar": bulk.RowMap(Published, CalendarRow)}


def read_published(connection: Connection, kind: str) -> list[Published]:
    """Every version of every `workflow` or `calendar`, in order of name and version."""
    sqlite = connection.dialect.name == "sqlite"
    rows = bulk.read(connection, f"{_ROWS[kind].select} ORDER BY name, version")
    return [_ROWS[kind].from_row(row, sqlite) for row in rows]


def add_published(connection: Connection, kind: str, published: Published) -> None:
    """Store a version. The key refuses a version that is there already."""
    sqlite = connection.dialect.name == "sqlite"
    bulk.insert(connection, kind, _ROWS[kind].columns, [_ROWS[kind].to_row(published, sqlite)])
    connection.exec_driver_sql("UPDATE installation SET directory_version = directory_version + 1 WHERE id = 1")
