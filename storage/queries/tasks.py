"""The tasks that wait for a person, of every cascade or of one, with the obligations they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.queries.sight import Sight
from storage.queries.sql import Sql, all_of, apart, read
from storage.rows import RowMap, json_text
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


_OF_A_SEAT = 1_000
_ROWS = RowMap(Tasked, "obligation")


def listed(
    connection: Connection, limit: int, cascade: str | None = None, office: str | None = None, role: str | None = None
) -> tuple[list[TaskLine], int]:
    """Open tasks, the oldest first, up to a limit, and how many there are. `office` and `role` are of whose they are."""
    sqlite = connection.dialect.name == "sqlite"
    where = [Sql("tasks <> '[]'"), *([Sql("cascade_id = ?", (cascade,))] if cascade else [])]
    for name, value in (("office", office), ("role", role)):
        if value is not None:  # as it is written in the JSON; the few that are found are looked at again
            place = "instr" if sqlite else "strpos"
            where.append(Sql(f"{place}(tasks, ?) > 0", (f'"{name}":{json_text(value)}',)))
    table = apart(connection, "obligation", "obligation_tasks")
    rows = read(
        connection, Sql(f"SELECT cascade_id, number, holder, due_at, tasks FROM {table} WHERE ") + all_of(where)
    )
    found = [
        TaskLine(one.cascade, one.number, one.holder, one.due_at, task)
        for one in (_ROWS.from_row(row, sqlite) for row in rows)
        for task in one.tasks
        if office in (None, task.office) and role in (None, task.role)
    ]
    found.sort(key=lambda line: (line.task.opened_at, line.cascade, line.number, line.task.id))
    return found[:limit], len(found)


def of_seats(
    connection: Connection, sight: Sight, seats: Iterable[tuple[str, str]], limit: int
) -> tuple[list[TaskLine], int]:
    """Open tasks of whoever sits in these seats, the oldest first; a clerk's are also those of the others of the office."""
    found: dict[tuple[str, int, str], TaskLine] = {}
    for office, role in seats:
        if sight.offices is None or office in sight.offices:
            lines, _ = listed(connection, _OF_A_SEAT, None, office, None if role == "clerk" else role)
            found |= {(one.cascade, one.number, one.task.id): one for one in lines}
    ordered = sorted(found.values(), key=lambda one: (one.task.opened_at, one.cascade, one.number, one.task.id))
    return ordered[:limit], len(ordered)
