"""One-time links: the first account of an installation, and a password that its owner chooses."""

from fastapi import Response

from engine.access.errors import LinkRefused, WeakPassword
from engine.access.links import SETUP
from engine.access.passwords import LEAST
from engine.web.pages.account import said
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from workflows.errors import Incomplete
from workflows.text import Text, say

routes = Routes()


@routes.get("/link/{secret}", "link.use")
def link(visit: Visit, secret: str) -> Page:
    """What the link is good for."""
    return _form(visit, secret)


@routes.post("/link/{secret}", "link.use")
def use_link(visit: Visit, secret: str) -> Page | Response:
    """Use it, once. A password that will not do leaves it as it was."""
    found = visit.site.gate.links.opened(secret)
    if found is None:
        raise LinkRefused
    name, shown = visit.typed("name"), visit.typed("shown")
    password, again = str(visit.form.get("password") or ""), str(visit.form.get("again") or "")
    errors: dict[str, Text] = {}
    if found.purpose == SETUP and not name:
        errors["name"] = say("Choose a name to sign in with.")
    if found.purpose == SETUP and not shown:
        errors["shown"] = say("Give the name as it is shown to others.")
    if not password:
        errors["password"] = say("Type the new password.")
    elif password != again:
        errors["again"] = say("This is not the same as above.")
    if errors:
        return _form(visit, secret, errors)
    try:
        if found.purpose == SETUP:
            visit.site.gate.links.set_up(secret, name, shown, password, visit.address, visit.language)
        else:
            visit.site.gate.links.choose_password(secret, password, visit.address)
    except WeakPassword as refused:
        return _form(visit, secret, {"password": said(refused)})
    except Incomplete as refused:
        return _form(visit, secret, {"name": say("{because}.", because=refused.because)})
    return go("/sign-in?done=set")


def _form(visit: Visit, secret: str, errors: dict[str, Text] | None = None) -> Page:
    found = visit.site.gate.links.opened(secret)
    if found is None:
        raise LinkRefused
    typed = {"name": visit.typed("name"), "shown": visit.typed("shown")}
    values = {"opened": found, "first": found.purpose == SETUP, "errors": errors or {}, "least": LEAST, "typed": typed}
    return Page("link.html", values, 422 if errors else 200)
