"""The administration's own record as a list to read: who published, imported, gave, took, disabled; the newest first."""

from engine.deeds import INSTALLER
from engine.entry_words import what
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage.queries import history
from storage.queries.history import Wanted
from storage.queries.sight import Sight
from workflows.directive import ADMINISTRATION
from workflows.text import joined, mark, say

routes = Routes()
ROWS = 50


@routes.get("/administration", "look.administration")
def administration(visit: Visit, after: str = "") -> Page:
    """Its entries, a page after the other."""
    with visit.reading() as connection:
        found = history.listed(connection, Sight(None), Wanted(chain=ADMINISTRATION), ROWS, after or None)
    rows = [(one, what(one), _who(one.data)) for one in found.rows]
    return Page("administration.html", {"rows": rows, "further": found.next or "", "first": not after})


def _who(data: dict[str, object]) -> str:
    """The person where one is named, else the seat, and how it was known."""
    by = data.get("by")
    if not isinstance(by, dict):
        return "–"
    if by.get("role") == INSTALLER.role and not by.get("person"):
        return say("who keeps the database, at the command line")
    who = str(by.get("person") or f"{by.get('office')}/{by.get('role')}")
    known = str(by.get("known_by") or "")
    return joined([who, say(KNOWN_BY[known]) if known in KNOWN_BY else known], " · ") if known else who


KNOWN_BY = {
    "command line": mark("at the command line"),
    "password": mark("by a page"),
    "token": mark("by a token"),
    "timer": mark("by the clock"),
}
