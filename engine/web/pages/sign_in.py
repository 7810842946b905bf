"""Signing in and out."""

from fastapi import Response

from engine.access.errors import SignInRefused
from engine.web.pages.account import said
from engine.web.replies import Page, go, inside
from engine.web.routes import Routes
from engine.web.visit import Visit, end_session, start_session
from storage import accounts
from workflows.text import Text, say

routes = Routes()
_LONGEST = 400  # letters of a name or password that are looked at


@routes.get("/sign-in", "sign.in")
def sign_in(visit: Visit, to: str = "", done: str = "") -> Page | Response:
    """The form. Who is signed in already goes on."""
    if visit.person is not None:
        return go(inside(to))
    with visit.reading() as connection:
        begun = accounts.any_there(connection)
    news = {"out": say("You are signed out."), "set": say("Your password is set. Sign in with it now.")}.get(done)
    return _form(to, news=news, begun=begun)


@routes.post("/sign-in", "sign.in")
def signed_in(visit: Visit, to: str = "") -> Page | Response:
    """Try a name and a password."""
    name, password = visit.typed("name")[:_LONGEST], str(visit.form.get("password") or "")[:_LONGEST]
    if not name or not password:
        return _form(to, name, say("Type your name and your password."), status=422)
    try:
        secret, _ = visit.site.gate.sessions.sign_in(name, password, visit.address)
    except SignInRefused as refused:
        return _form(to, name, said(refused), status=429 if refused.again_at else 422)
    return start_session(go(inside(to)), secret, visit.secure)


@routes.post("/sign-out", "look.own")
def sign_out(visit: Visit) -> Response:
    """End this session, here and in the database."""
    if visit.secret:
        visit.site.gate.sessions.sign_out(visit.secret, visit.address)
    return end_session(go("/sign-in?done=out"), visit.secure)


def _form(
    to: str,
    name: str = "",
    error: Text | None = None,
    *,
    news: Text | None = None,
    status: int = 200,
    begun: bool = True,
) -> Page:
    """`begun` is False in an installation without any account: then the form says how to make the first one."""
    return Page("sign_in.html", {"to": inside(to), "name": name, "error": error, "news": news, "begun": begun}, status)
