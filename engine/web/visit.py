"""Who asks, and in which language: settled once for each request, before a page is run."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from starlette.datastructures import URL, FormData

from engine.access.errors import Forbidden
from engine.access.person import Person
from engine.access.rules import DEEDS, check, may
from engine.access.sessions import csrf_holds, csrf_of
from engine.execute import Known
from engine.language import LANGUAGES
from engine.reporting.rollup import Kept
from engine.runtime import Runtime
from engine.web import kept, pasts
from engine.web.errors import FormExpired, NotSignedIn, PasswordFirst
from engine.web.menu import menu_for
from engine.web.replies import Page
from engine.web.site import Site
from storage import views
from storage.database import Database
from storage.views import View
from workflows.errors import NotFound
from workflows.text import say

API = "/api/"
LANGUAGE_COOKIE = "cascade_lang"
_YEAR = 365 * 24 * 3600


@dataclass(slots=True)
class Visit:
    """One request. `person` is None for a stranger; `form` is empty where nothing was sent."""

    request: Request
    site: Site
    language: str
    person: Person | None
    secret: str | None
    anchor: str
    form: FormData
    then: Runtime | None = None  # what is looked at, where it is the past

    @property
    def runtime(self) -> Runtime:
        """What is looked at: the installation, or what was known of it at a moment."""
        return self.then or self.site.runtime

    @property
    def counted(self) -> Kept:
        """The counts that are remembered; of the past none."""
        return Kept() if self.then else self.site.counted

    @property
    def database(self) -> Database:
        return self.runtime.database

    @property
    def known(self) -> Person:
        """The person, on a page that only persons reach."""
        if self.person is None:
            raise NotSignedIn
        return self.person

    @property
    def address(self) -> str:
        """Where the request came from, as far as is known."""
        return self.request.client.host if self.request.client else ""

    @property
    def secure(self) -> bool:
        return _secure(self.request)

    @property
    def first_page(self) -> str:
        """Where this person begins: the first page of the menu that is open to them."""
        found = menu_for(self.known)
        return found[0].path if found else "/account"

    def known_rules(self, connection: Connection) -> Known:
        """The offices, workflows and calendars as they are now."""
        return self.runtime.executor.known(connection)

    def way(self, page: str, **values: Any) -> str:
        """The address of a page by the name of its function; empty where no such page is open in this release."""
        path = _ways(self.request.app).get((page, frozenset(values)), "")
        return path.format(**{name: quote(str(value), safe="@:,") for name, value in values.items()})

    def now(self) -> datetime:
        return self.runtime.now()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the database, to look at."""
        with self.database.reading() as connection:
            yield connection

    def may(self, deed: str) -> bool:
        """May this person do it here? In the past nothing can be done, only looked at."""
        return self.person is not None and may(self.person, deed) and (self.then is None or deed.startswith("look."))

    def saved_views(self) -> tuple[str, list[View]]:
        """The address of this page with its filters as a view keeps it, and the views of this page that are kept."""
        here = kept.address(str(self.request.url.replace(scheme="", netloc=""))) or self.request.url.path
        with self.site.runtime.database.reading() as connection:
            found = views.listed(connection, self.known.account)
        return here, [one for one in found if kept.page_of(one.query) == self.request.url.path]

    def typed(self, name: str) -> str:
        """A field of the form, without white space at its ends; empty where it is missing or a file."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""


def admitted(request: Request, deed: str, form: FormData | None) -> Visit:
    """The visit, if this deed is open to whoever asks. Raises NotSignedIn, Forbidden or FormExpired."""
    secret, person = recognised(request)
    anchor = secret or request.cookies.get(form_cookie(_secure(request))) or secrets.token_urlsafe(24)
    visit = Visit(request, request.app.state.site, request.state.language, person, secret, anchor, form or FormData())
    if person is None and not DEEDS[deed].anybody:
        raise NotSignedIn
    if form is not None and not csrf_holds(anchor, visit.typed("csrf")):
        raise FormExpired
    if person is not None and person.must_change and not may(person, deed):
        raise PasswordFirst
    try:
        check(person, deed)
    except Forbidden:
        visit.site.gate.noting.note("denied", person.account if person else "-", visit.address, deed)
        raise
    return visit


def recognised(request: Request) -> tuple[str | None, Person | None]:
    """The session of the request, if it is still one, and whose it is; kept on the request, with its language. A calendar
    program is known by the token in its address alone, whichever cookies come with it. Raises NotFound for a bad one."""
    shown = request.path_params.get("feed_token")
    if shown is not None:
        return None, _of_feed(request, shown)
    secret = request.cookies.get(session_cookie(_secure(request)))
    person = request.app.state.site.gate.sessions.person_of(secret) if secret else None
    request.state.person, request.state.language = person, spoken_to(request, person)
    return (secret if person else None), person


def _ways(app: FastAPI) -> dict[tuple[str, frozenset[str]], str]:
    """The paths by the names of their pages and what they take. A list asks for the address of each of its rows, and the
    application would go through all its routes for every one of them."""
    found: dict[tuple[str, frozenset[str]], str] | None = getattr(app.state, "ways", None)
    if found is None:
        found = {}
        for route in app.routes:
            if isinstance(route, APIRoute):
                found.setdefault((route.name, frozenset(route.param_convertors)), route.path_format)
        app.state.ways = found
    return found


def _of_feed(request: Request, shown: str) -> Person:
    request.state.person = None  # whoever shows a bad one is a stranger
    found = request.app.state.site.gate.tokens.person_of(shown, request.client.host if request.client else "")
    if found is None:
        raise NotFound(
            say("There is no calendar at this address: it was taken back, has ended, or was not copied whole.")
        )
    request.state.person, request.state.language = found, found.language
    return found  # type: ignore[no-any-return]


def _secure(request: Request) -> bool:
    return bool(request.app.state.site.secure) or request.url.scheme == "https"


def page_of(visit: Visit, page: Page) -> Response:
    """The answer that shows a page; a stranger gets the cookie that the token of the next form is made of."""
    values = {
        **everywhere(visit.request, visit.person, visit.language),
        **page.values,
        **pasts.beside(visit),
        "way_to_now": here(pasts.now_of(visit.request.url)),
        "visit": visit,
        "csrf": csrf_of(visit.anchor),
    }
    made = visit.site.paper.made(page.template, values)
    answer = HTMLResponse(pasts.kept(made, visit.request.query_params) if visit.then else made, page.status)
    if visit.person is None:
        answer.set_cookie(
            form_cookie(visit.secure), visit.anchor, httponly=True, samesite="strict", secure=visit.secure
        )
    if visit.request.query_params.get("lang") == visit.language:
        answer.set_cookie(LANGUAGE_COOKIE, visit.language, _YEAR, httponly=True, samesite="lax", secure=visit.secure)
    return answer


def everywhere(request: Request, person: Person | None, language: str) -> dict[str, Any]:
    """What the layout of every page shows."""
    others = [one for one in LANGUAGES if one != language]

    def in_language(one: str) -> str:
        return here(request.url.include_query_params(lang=one))

    return {
        "language": language,
        "other_languages": [(one, in_language(one)) for one in others],
        "person": person,
        "path": request.url.path,
        "menu": menu_for(person) if person else [],
        "searches": person is not None and may(person, "search"),
        "simulated_at": request.app.state.site.runtime.now() if request.app.state.site.runtime.simulated else None,
        "csrf": csrf_of(request.cookies.get(session_cookie(_secure(request)), "")) if person else "",
        "then": [],
        "looks_back": False,
    }  # fmt: skip


def here(url: URL) -> str:
    """The same address without its host. To a browser `//evil.example/x` is another host's: such a path begins with one `/`."""
    way = str(url.replace(scheme="", netloc=""))
    return "/" + way.lstrip("/")


def start_session(answer: Response, secret: str, secure: bool) -> Response:
    """Hand the session's cookie over; it ends with the browser, and in the database earlier."""
    answer.set_cookie(session_cookie(secure), secret, httponly=True, samesite="lax", secure=secure)
    answer.delete_cookie(form_cookie(secure), secure=secure, httponly=True, samesite="strict")
    return answer


def end_session(answer: Response, secure: bool) -> Response:
    answer.delete_cookie(session_cookie(secure), secure=secure, httponly=True, samesite="lax")
    return answer


def session_cookie(secure: bool) -> str:
    """Its name. Under __Host- no other host of the domain can plant one; a browser takes that by https alone."""
    return "__Host-cascade" if secure else "cascade"


def form_cookie(secure: bool) -> str:
    return "__Host-cascade-form" if secure else "cascade-form"


def language_of(request: Request) -> str:
    """The language that is known already, or the one asked for; Vietnamese where nothing is said."""
    return str(getattr(request.state, "language", None) or spoken_to(request, None))


def spoken_to(request: Request, person: Person | None) -> str:
    """The language to speak to whoever asks."""
    asked = (
        request.query_params.get("lang"),
        *(_preferred(request) if request.url.path.startswith(API) else ()),
        request.cookies.get(LANGUAGE_COOKIE),
        person.language if person else None,
    )
    return next((one for one in asked if one in LANGUAGES), "vi")


def _preferred(request: Request) -> list[str]:
    """The languages of Accept-Language, the dearest first. Browsers set it by themselves, so only programs are taken by it."""
    found = []
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        if re.fullmatch(r"(?:0(?:\.\d+)?|1(?:\.0+)?)?", weight.strip()):
            found.append((float(weight or 1), name.partition("-")[0]))
    return [name for weight, name in sorted(found, key=lambda one: -one[0]) if weight]
