"""Incidents: what rounds could not carry out; tried again now, or resolved by hand."""

from dataclasses import dataclass
from datetime import datetime

from engine.incidents import answer, in_the_way
from engine.showing.worlds import world_of
from engine.web.api import asking
from engine.web.api.door import Api, command_id
from engine.web.api.parameters import Body, CascadeId, Cursor, Limit, Number, text
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from storage.queries import troubles
from storage.queries.sight import EVERYTHING
from storage.queries.troubles import Incident
from workflows.commands import AnswerIncident
from workflows.errors import NotFound
from workflows.text import say

api = Api("incidents", "What rounds could not carry out for an obligation.")


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """An obligation whose time could not be carried out, without its words."""

    cascade: str
    number: int
    failures: int
    retry_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class IncidentFound:
    """One of them; `clocks` are the keys of what has run out, which resolving it by hand would let count as done."""

    incident: IncidentShown
    clocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentAnswered:
    """What became of it: `over` where nothing waits to be tried again; else `error` says what stood in the way again."""

    over: bool
    error: str


class Answer(Body):
    """Why; it goes on the record of the obligation."""

    reason: str = text("What stood in the way, and what was done about it.", examples=["The workflow was corrected"])


@api.get("/incidents", "look.rounds", Listed[IncidentShown])
def list_incidents(visit: Visit, limit: Limit = 50, cursor: Cursor = None) -> Listed[IncidentShown]:
    """What rounds could not carry out

    Each is tried again by itself, after pauses that grow."""
    with visit.reading() as connection:
        page = troubles.incidents(connection, visit.now(), EVERYTHING, limit, cursor)
    return Listed(tuple(_shown(one) for one in page.rows), page.next)


@api.get("/incidents/{cascade}/{number}", "look.rounds", IncidentFound)
def show_incident(visit: Visit, cascade: CascadeId, number: Number) -> IncidentFound:
    """One of them"""
    with visit.reading() as connection:
        found = troubles.incident(connection, visit.now(), cascade, number)
        if found is None:
            raise NotFound(say("Nothing of {number} waits to be tried again.", number=f"{cascade}/{number}"))
        world = world_of(connection, asking.rules_of(visit, connection), cascade, visit.now())
        keys = tuple(one.key for one in in_the_way(world, number, visit.now()))
    return IncidentFound(_shown(found), keys)


@api.post("/incidents/{cascade}/{number}/retries", "incident.resolve", IncidentAnswered)
def retry_incident(visit: Visit, cascade: CascadeId, number: Number, body: Answer) -> IncidentAnswered:
    """Try it now

    What has run out is carried out as a round would; where it fails again, it waits as before."""
    return _answered(visit, cascade, number, "retry", body)


@api.post("/incidents/{cascade}/{number}/resolutions", "incident.resolve", IncidentAnswered)
def resolve_incident(visit: Visit, cascade: CascadeId, number: Number, body: Answer) -> IncidentAnswered:
    """Resolve it by hand

    What has run out counts as done and is not tried again; nobody is told of it by a message."""
    return _answered(visit, cascade, number, "resolve", body)


def _answered(visit: Visit, cascade: str, number: int, how: str, body: Answer) -> IncidentAnswered:
    command = AnswerIncident(command_id(visit), asking.administrator(visit), cascade, number, how, body.reason)
    became = answer(visit.site.runtime.executor, command)
    return IncidentAnswered(became.over, became.error)


def _shown(one: Incident) -> IncidentShown:
    return IncidentShown(one.line.cascade, one.line.number, one.failures, one.retry_at, one.error)
