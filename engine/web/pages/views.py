"""Saved views: a list with its filters under a name of one's own, on every page that has filters."""

from fastapi import Response

from engine.web import kept
from engine.web.replies import go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import views
from workflows.errors import Unmet
from workflows.text import say

routes = Routes()


@routes.post("/views", "view.own")
def keep(visit: Visit) -> Response:
    """Keep the filters of a page under a name. Raises Unmet."""
    name, asked = " ".join(visit.typed("view").split()), _address(visit)
    with visit.database.transaction() as connection:
        other = next((one for one in views.listed(connection, visit.known.account) if one.name == name), None)
        if other and kept.page_of(other.query) != kept.page_of(asked):
            raise Unmet(
                say("save the view {name}", name=repr(name)),
                say("a list of another page has this name; choose another, or forget that one first"),
            )
        views.save(connection, visit.known.account, name, asked)
    return go(asked)


@routes.post("/views/forget", "view.own")
def forget(visit: Visit) -> Response:
    """Take a view away."""
    asked = _address(visit)
    with visit.database.transaction() as connection:
        views.forget(connection, visit.known.account, visit.typed("view"))
    return go(asked)


def _address(visit: Visit) -> str:
    """The page that the form was on. Raises Unmet where it has no filters."""
    found = kept.address(visit.typed("at"))
    if found is None:
        raise Unmet(say("save a view"), say("this page has no filters to keep"))
    return found
