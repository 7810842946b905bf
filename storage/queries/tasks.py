"""The tasks that wait for a person, of every cascade or of one, with the obligations they belong to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk
from storage.rows import RowMap
from workflows.obligation import Task


@dataclass(frozen=True, slots=True)
class Tasked:
    """An obligation with open tasks."""

    cascade: str
    number: int
    holder: str
    due_at: datetime | None
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task in a list."""

    cascade: str
    number: int
    holder: str
    due_at: datetime | None
    task: Task


_ROWS = RowMap(Tasked, "obligation")


def listed(
    connection: Connection, limit: int, cascade: str | None = None, office: str | None = None
) -> tuple[list[TaskLine], int]:
    """Open tasks, the oldest first, up to a limit, and how many there are. `office` is the one whose people do them."""
    rows = bulk.read(
        connection,
        "SELECT cascade_id, number, holder, due_at, tasks FROM obligation WHERE tasks <> '[]'"
        + (" AND cascade_id = ?" if cascade else ""),
        *([cascade] if cascade else []),
    )
    found = [
        TaskLine(one.cascade, one.number, one.holder, one.due_at, task)
        for one in (_ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows)
        for task in one.tasks
        if office in (None, task.office)
    ]
    found.sort(key=lambda line: (line.task.opened_at, line.cascade, line.number, line.task.id))
    return found[:limit], len(found)
