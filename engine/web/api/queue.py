"""What waits for the seats of whoever asks: to receive, to report, to decide, to acknowledge; and persons' tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Cursor, Limit, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from engine.web.wordings import NEAR_DAYS, newest
from storage.queries import my_work, paging, tasks
from storage.queries.my_work import Wanted, Work, WorkLine
from storage.queries.tasks import TaskLine
from workflows.calendar import day_end, day_of

api = Api("queue", "What waits for your seats.")
Kind = Literal["receive", "report", "decide", "acknowledge"]
Time = Literal["overdue", "near", "later", "none"]
_TASKS_MAX = 10_000


_COUNTED = 1  # of a list that is only asked how much there is


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for the account's seats: all of it, of each kind, and by time."""

    total: int
    kinds: Mapping[str, int]
    times: Mapping[str, int]


@api.get("/queue", "look.work", Listed[WorkLine])
def list_queue(
    visit: Visit,
    kind: Annotated[Kind | None, Query(description="Only what there is to do of this kind.")] = None,
    time: Annotated[Time | None, Query(description="Only what is due so.")] = None,
    office: Annotated[str | None, word("Only what this office owes.")] = None,
    officer: Annotated[str | None, word("Only what was given to this person.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[WorkLine]:
    """What waits for your seats

    The least time left first; `asked` says what there is to do."""
    before = paging.after(cursor, "queue", "n")[0] if cursor else 0
    before = max(before, 0)
    found = _work(visit, limit, before, kind, time, office, officer)
    behind = before + len(found.rows)
    return Listed(found.rows, paging.cursor("queue", [behind]) if found.rows and behind < found.total else None)


@api.get("/queue/counts", "look.work", Waiting)
def count_queue(visit: Visit) -> Waiting:
    """How much waits for your seats"""
    found = _work(visit, _COUNTED, 0).counted
    return Waiting(found.total, found.asks, found.times)


@api.get("/tasks", "look.work", Listed[TaskLine])
def list_tasks(
    visit: Visit,
    office: Annotated[str | None, word("Only those that people of this office do.")] = None,
    limit: Limit = 50,
) -> Listed[TaskLine]:
    """Calls, visits and letters that wait for a person

    The oldest first. One that was done is recorded by the act `record_task` on its obligation."""
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        found, _ = tasks.listed(connection, _TASKS_MAX, None, office)
    seen = [one for one in found if sight.everything or one.task.office in (sight.offices or ())]
    return Listed(tuple(seen[:limit]))


def _work(
    visit: Visit,
    limit: int,
    before: int,
    kind: str | None = None,
    time: str | None = None,
    office: str | None = None,
    officer: str | None = None,
) -> Work:
    now = visit.now()
    with visit.reading() as connection:
        known = asking.rules_of(visit, connection)
        near = day_end(newest(known.calendars).add(day_of(now), NEAR_DAYS))
        wanted = Wanted(now, near, kind, time, office, officer=officer)
        sight = asking.sight_of(visit, connection)
        return my_work.listed(connection, sight, visit.known.places, wanted, limit, before)
