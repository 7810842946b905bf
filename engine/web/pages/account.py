"""One's own account: who one is here, the seats one holds and stands in for, and another password."""

from fastapi import Response

from engine.access.errors import SignInRefused, WeakPassword
from engine.access.passwords import LEAST
from engine.labels import ALL_ROLE_WORDS, ROLE_WORDS
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit, start_session
from workflows.calendar import day_of
from workflows.errors import Unmet
from workflows.text import Text, joined, say

routes = Routes()


@routes.get("/account", "look.own")
def account(visit: Visit, done: str = "") -> Page:
    """Who I am here."""
    person = visit.known
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
    seats = [(_label(offices.find(one)), ROLE_WORDS[role]) for one, role in person.seats]
    stands = [(_label(offices.find(one.office)), ROLE_WORDS[one.role], one.until) for one in person.deputies]
    roles = [ALL_ROLE_WORDS[one] for one in sorted(person.roles)]
    return Page("account.html", {"seats": seats, "stands": stands, "roles": roles, "changed": done == "password"})


@routes.get("/password", "password.own")
def password(visit: Visit) -> Page:
    """The form for another password."""
    return _form(visit)


@routes.post("/password", "password.own")
def change_password(visit: Visit) -> Page | Response:
    """Change it; every other session of the account ends."""
    old, new, again = (str(visit.form.get(name) or "") for name in ("old", "new", "again"))
    errors: dict[str, Text] = {}
    if not old:
        errors["old"] = say("Type the password you have now.")
    if not new:
        errors["new"] = say("Type the new password.")
    elif new != again:
        errors["again"] = say("This is not the same as above.")
    if errors:
        return _form(visit, errors)
    try:
        secret = visit.site.gate.sessions.change_password(visit.secret or "", old, new, visit.address)
    except SignInRefused as refused:
        return _form(visit, {"old": said(refused)}, 429 if refused.again_at else 422)
    except (WeakPassword, Unmet) as refused:
        return _form(visit, {"new": said(refused)})
    return start_session(go("/account?done=password"), secret, visit.secure)


def said(refused: WeakPassword | SignInRefused | Unmet) -> Text:
    """Why, as a sentence of its own."""
    return joined([refused.text], "")


def _form(visit: Visit, errors: dict[str, Text] | None = None, status: int = 422) -> Page:
    values = {"errors": errors or {}, "least": LEAST, "must": visit.known.must_change}
    return Page("password.html", values, status if errors else 200)


def _label(office: object) -> str:
    return str(getattr(office, "name", "–"))
