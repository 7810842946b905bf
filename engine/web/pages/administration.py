"""The administration's own record as a list to read: who published, imported, gave, took, disabled; the newest first."""

from engine.access.naming import folded
from engine.deeds import INSTALLER
from engine.showing.entries import Reader
from engine.web.asked import way
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage.queries import history
from storage.queries.entry_filters import Wanted
from storage.queries.sight import Sight
from workflows.directive import ADMINISTRATION
from workflows.text import joined, mark, say

routes = Routes()
ROWS = 50


@routes.get("/administration", "look.administration")
def administration(visit: Visit, after: str = "", about: str = "", account: str = "") -> Page:
    """Its entries, a page after the other; of one kind of subject, of one account."""
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        reader = Reader(known.offices, known.workflows)
        wanted = Wanted(ADMINISTRATION, about=about.strip()[:80] or None, account=folded(account)[:80] or None)
        found = history.listed(connection, Sight(None), wanted, ROWS, after or None)
    rows = [(one, reader.says(one), _who(one.data)) for one in found.rows]
    values = {"about": about.strip()[:80], "account": account.strip()[:80]}
    return Page(
        "administration.html",
        {
            "rows": rows, "further": way("/administration", values, after=found.next) if found.next else "",
            "first": not after, "values": values, "subjects": [("", say("anything")), *_SUBJECTS.items()],
        },
    )  # fmt: skip


_SUBJECTS = {
    "workflow": say("workflows"),
    "calendar": say("calendars"),
    "offices": say("offices, seats and deputies"),
    "account": say("accounts"),
    "token": say("tokens"),
    "webhook": say("webhooks"),
    "two_persons": say("the rule of two persons"),
}


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
