"""Incidents: what rounds could not carry out, tried again now or resolved by hand, with a reason that goes on the record."""

from fastapi import Response

from engine.incidents import answer, in_the_way
from engine.showing.worlds import world_of
from engine.web.asking import command_id
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage.queries import troubles
from storage.queries.sight import Sight
from workflows.commands import AnswerIncident
from workflows.errors import NotFound, Refused
from workflows.text import Text, say

routes = Routes()
_ROWS = 50
_DONE = {
    "over": say("It was carried out: the incident is over."),
    "resolved": say("The incident is resolved; that is on the record of the obligation."),
}


@routes.get("/incidents", "look.rounds")
def incidents(visit: Visit, after: str = "", done: str = "") -> Page:
    """Obligations whose time could not be carried out; each is tried again by itself. What they are about is not said here."""
    with visit.reading() as connection:
        found = troubles.incidents(connection, visit.now(), Sight(None), _ROWS, after or None)
    return Page("incidents.html", {"rows": found.rows, "further": found.next or "", "done": _DONE.get(done)})


@routes.get("/incidents/{cascade}/{number}", "look.rounds")
def incident(visit: Visit, cascade: str, number: int) -> Page:
    """One of them: what stands in the way, and what answering it does."""
    return _page(visit, cascade, number)


@routes.post("/incidents/{cascade}/{number}/retry", "incident.resolve")
def retry_incident(visit: Visit, cascade: str, number: int) -> Page | Response:
    """Try it now."""
    return _answered(visit, cascade, number, "retry")


@routes.post("/incidents/{cascade}/{number}/resolve", "incident.resolve")
def resolve_incident(visit: Visit, cascade: str, number: int) -> Page | Response:
    """Let what stands in the way count as run out: a person has seen to it."""
    return _answered(visit, cascade, number, "resolve")


def _answered(visit: Visit, cascade: str, number: int, how: str) -> Page | Response:
    reason = visit.typed("reason")
    if not reason:
        return _page(visit, cascade, number, {"reason": say("Say why; it goes on the record.")})
    by = visit.known.administrator()
    try:
        became = answer(
            visit.site.runtime.executor, AnswerIncident(command_id(visit), by, cascade, number, how, reason)
        )
    except (Refused, NotFound) as refused:
        return _page(visit, cascade, number, {"": refused.text})
    if not became.over:
        said = say("It was tried again, and failed again: {error}", error=became.error)
        return _page(visit, cascade, number, {"": said})
    return go(f"/incidents?done={'resolved' if how == 'resolve' else 'over'}")


def _page(visit: Visit, cascade: str, number: int, errors: dict[str, str | Text] | None = None) -> Page:
    with visit.reading() as connection:
        found = troubles.incident(connection, visit.now(), cascade, number)
        if found is None:
            raise NotFound(say("Nothing of {number} waits to be tried again.", number=f"{cascade[:40]}/{number}"))
        known = visit.known_rules(connection)
        keys = [one.key for one in in_the_way(world_of(connection, known, cascade, visit.now()), number, visit.now())]
        everything = visit.known.sight(known.offices).offices is None
    href = visit.way("obligation", cascade=cascade, number=number) if everything else ""
    values = {
        "one": found, "keys": keys, "href": href, "errors": Blanks(errors or {}), "wrong": (errors or {}).get(""),
        "typed": visit.typed("reason"), "form": command_id(visit), "at": f"/incidents/{cascade}/{number}",
    }  # fmt: skip
    return Page("incident.html", values, 422 if errors else 200)
