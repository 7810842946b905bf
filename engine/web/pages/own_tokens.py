"""One's own tokens: made and shown once, listed, revoked. What a program may do with one is never more than its owner may."""

from datetime import timedelta

from fastapi import Response

from engine.access.rules import SCOPES
from engine.access.tokens import GOOD_MAX
from engine.account_words import token_words
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from workflows.errors import NotFound, Refused
from workflows.text import Text, say

routes = Routes()
SCOPE_WORDS = {
    "feed": say("my calendar of dates, nothing else"),
    "read": say("read what I see"),
    "write": say("read, and act as I may"),
    "admin": say("all of that, and what an administrator keeps, if I am one"),
}


@routes.get("/account/tokens", "token.own")
def own_tokens(visit: Visit, done: str = "") -> Page:
    """My tokens, and the form for another."""
    return _page(visit, done=say("The token opens nothing from now on.") if done == "revoked" else None)


@routes.post("/account/tokens", "token.own")
def make_token(visit: Visit) -> Page:
    """Make one, and show its secret this once."""
    name, scope, days = visit.typed("name"), visit.typed("scope") or "read", visit.typed("days")
    if not name:
        return _page(visit, {"name": say("Say what it is for.")})
    if not days.isascii() or not days.isdigit() or not 1 <= int(days[:6]) <= GOOD_MAX.days:
        return _page(visit, {"days": say("It may be good for 1 to {most} days.", most=GOOD_MAX.days)})
    try:
        secret, made = visit.site.gate.tokens.make(visit.known.account, name, scope, timedelta(days=int(days)))
    except Refused as refused:
        return _page(visit, {"name": refused.text})
    return _page(visit, secret=secret, made=made.name)


@routes.post("/account/tokens/revoke", "token.own")
def revoke_own_token(visit: Visit) -> Page | Response:
    """Revoke one of mine."""
    try:
        visit.site.gate.tokens.revoke(visit.typed("id"), account=visit.known.account)
    except (Refused, NotFound) as refused:
        return _page(visit, {"": refused.text})
    return go("/account/tokens?done=revoked")


def _page(
    visit: Visit,
    errors: dict[str, str | Text] | None = None,
    secret: str = "",
    made: str = "",
    done: Text | None = None,
) -> Page:
    now = visit.site.gate.people.now()
    listed = [(one, token_words(one, now), one.good(now)) for one in visit.site.gate.tokens.listed(visit.known.account)]
    typed = {} if secret else {one: visit.typed(one) for one in ("name", "scope", "days")}
    values = {
        "tokens": sorted(listed, key=lambda one: not one[2]), "errors": errors or {}, "secret": secret, "made": made,
        "done": done, "typed": typed, "scopes": [(one, SCOPE_WORDS[one]) for one in SCOPES],
        "scope_words": SCOPE_WORDS, "days_most": GOOD_MAX.days,
    }  # fmt: skip
    return Page("own_tokens.html", values, 422 if errors else 200)
