"""What waits for the seats of whoever asks: to receive, to report, to decide, to acknowledge; and persons' tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

from engine.access.errors import Forbidden
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Cursor, Limit, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from engine.web.wordings import NEAR_DAYS, newest
from storage.queries import my_work, paging, tasks
from storage.queries.my_work import Seat, Wanted, WorkLine
from storage.queries.paging import after
from storage.queries.tasks import TaskLine
from workflows.calendar import day_end, day_of
from workflows.text import say

api = Api("queue", "What waits for your seats.")
Kind = Literal["receive", "report", "decide", "acknowledge"]
_TASKS_MAX = 10_000
_ORDER = "queue"  # of what waits


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for each of the account's offices, of each kind."""

    offices: Mapping[str, Mapping[str, int]]


@api.get("/queue", "look.work", Listed[WorkLine])
def list_queue(
    visit: Visit,
    kind: Annotated[Kind | None, Query(description="What there is to do; all of it where nothing is said.")] = None,
    office: Annotated[str | None, word("The office of one of your seats; all of yours where nothing is said.")] = None,
    officer: Annotated[str | None, word("Only what was given to this person.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[WorkLine]:
    """What waits for your seats

    The nearest date first. A list that changes between two of its pages may show a line twice, or pass one by."""
    seats: list[Seat] = [one for one in visit.known.places if office is None or one[0] == office]
    if office and not seats and not visit.known.sees_everything:
        raise Forbidden("look.work", say("look at the work"), say("{office} is none of your offices", office=office))
    [start] = after(cursor, _ORDER, "n") if cursor else [0]
    with visit.reading() as connection:
        known, now = asking.rules_of(visit, connection), visit.now()
        if office and not seats:
            seats = [(known.offices.get(office).id, None)]
        near = day_end(newest(known.calendars).add(day_of(now), NEAR_DAYS))
        wanted = Wanted(now, near, kind, None, office, "", officer)
        work = my_work.listed(connection, asking.sight_of(visit, connection), seats, wanted, limit, start)
    behind = start + len(work.rows)
    return Listed(work.rows, paging.cursor(_ORDER, [behind]) if work.rows and behind < work.total else None)


@api.get("/queue/counts", "look.work", Waiting)
def count_queue(visit: Visit) -> Waiting:
    """How much waits for your offices"""
    now = visit.now()
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        counted = {
            one: my_work.listed(connection, sight, [(one, None)], Wanted(now, now), 0).counted.asks
            for one in dict.fromkeys(office for office, _ in visit.known.places)
        }
    return Waiting(counted)


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
