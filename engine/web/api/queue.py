"""What waits for the seats of whoever asks: to receive, to report, to decide, to acknowledge; and persons' tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

from engine.access.errors import Forbidden
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import Cursor, Limit, word
from engine.web.api.replies import Listed, listed
from engine.web.visit import Visit
from storage.queries import queue, tasks
from storage.queries.lines import ObligationLine
from storage.queries.tasks import TaskLine
from workflows.errors import Incomplete
from workflows.text import say

api = Api("queue", "What waits for your seats.")
Kind = Literal["receive", "report", "decide", "acknowledge"]
_TASKS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for each of the account's offices, of each kind."""

    offices: Mapping[str, Mapping[str, int]]


@api.get("/queue", "look.work", Listed[ObligationLine])
def list_queue(
    visit: Visit,
    kind: Annotated[Kind, Query(description="What there is to do.")],
    office: Annotated[
        str | None, word("The office of one of your seats; it may be left out where there is one.")
    ] = None,
    officer: Annotated[str | None, word("Only what was given to this person.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[ObligationLine]:
    """What waits for an office, of one kind

    The nearest date first."""
    mine, of_all = _offices(visit), visit.known.sees_everything
    if office is None and len(mine) != 1:
        said = say("name the office; yours are {offices}", offices=mine or say("none"))
        raise Incomplete(say("look at the work"), said, fields={"office": said})
    wanted = office or mine[0]
    with visit.reading() as connection:
        if wanted not in mine and not of_all:
            raise Forbidden(
                "look.work", say("look at the work"), say("{office} is none of your offices", office=wanted)
            )
        asking.rules_of(visit, connection).offices.get(wanted)
        page = queue.listed(connection, visit.now(), wanted, kind, limit, cursor, officer=officer)
    return listed(page)


@api.get("/queue/counts", "look.work", Waiting)
def count_queue(visit: Visit) -> Waiting:
    """How much waits for your offices"""
    with visit.reading() as connection:
        return Waiting({one: queue.counts(connection, one) for one in _offices(visit)})


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


def _offices(visit: Visit) -> list[str]:
    return list(dict.fromkeys(office for office, _ in visit.known.places))
