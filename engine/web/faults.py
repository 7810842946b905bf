"""Error pages: what was asked, what stands in the way, what is open instead. An API gets the same as problem+json."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from engine.access.errors import Forbidden
from engine.errors import Unreadable
from engine.exchange.errors import SecretDocument, UnreadableDocument
from engine.language import speaking
from engine.web.errors import FormExpired, Hindered, NotSignedIn, Overtaken, PasswordFirst
from engine.web.problems import problem
from engine.web.visit import API, everywhere, here, language_of, recognised
from storage.errors import Unavailable, WrongSchema
from workflows.errors import CascadeError, Incomplete, InvalidDefinition, NotFound, NotYours, Refused
from workflows.text import Text, say

_STATUS: tuple[tuple[type[CascadeError], int], ...] = (
    (NotSignedIn, 401),
    (PasswordFirst, 403),
    (FormExpired, 403),
    (Forbidden, 403),
    (NotYours, 403),
    (NotFound, 404),
    (Incomplete, 422),
    (Overtaken, 412),
    (Refused, 409),
    (InvalidDefinition, 422),
    (Unreadable, 422),
    (UnreadableDocument, 422),
    (SecretDocument, 409),
    (Unavailable, 503),
    (WrongSchema, 503),
)
HEADS: dict[int, Text] = {
    400: say("The request cannot be read"),
    401: say("Sign in first"),
    403: say("This is not open to you"),
    404: say("There is no such page"),
    405: say("That cannot be asked of this page"),
    408: say("The request came too slowly"),
    409: say("That is not possible as things stand"),
    412: say("Somebody was first"),
    413: say("That is too large"),
    422: say("Something is missing or cannot be used"),
    428: say("A condition is missing"),
    429: say("Too many tries"),
    500: say("A fault of cascade itself"),
    503: say("Not available at the moment"),
}
INSTEAD: dict[int, Text] = {
    400: say("Go back and try again from the page itself."),
    401: say("Sign in, and the page you wanted opens."),
    403: say(
        "Somebody with the right role can do it; your administrator knows who. Open to you is what the menu shows."
    ),
    404: say("It may have been mistyped, or belongs to offices that you do not see. Look for it from My work."),
    405: say("Go back and use the buttons of the page."),
    408: say("Look at the network and send it again."),
    409: say("Open the page anew: it shows how things stand now, and what is open to you."),
    413: say("Send a smaller file, or several one by one."),
    422: say("Go back, correct what is named above, and send it again; what you typed is still in the form."),
    429: say("Wait a few minutes, then try again."),
    500: say(
        "A command is stored whole or not at all. Look whether it was done before you ask again; tell your administrator"
        " the number below."
    ),
    503: say("Nothing was stored. Try again in a minute; if it lasts, tell your administrator."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error page says."""

    status: int
    text: str

    @property
    def head(self) -> Text:
        return HEADS.get(self.status, HEADS[500 if self.status >= 500 else 400])

    @property
    def instead(self) -> Text:
        return INSTEAD.get(self.status, INSTEAD[500 if self.status >= 500 else 400])


def handle(app: FastAPI) -> None:
    """Let every error that the rooms below know end in a page that says it."""

    def of_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, CascadeError)
        _recognise(request)
        return answered(request, Fault(status_of(error), error.text), error)

    def of_form(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return answered(request, Fault(400, say("What was sent is not JSON.")))
        names = ", ".join(str(one["loc"][-1]) for one in found[:10])
        said = say("What was sent is not of the kind that is asked for: {names}.", names=names)
        return answered(request, Fault(422, said), error)

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        _recognise(request)
        fault = Fault(error.status_code, _plain(error.status_code, request))
        return answered(request, fault, headers=error.headers)

    app.add_exception_handler(CascadeError, of_ours)
    app.add_exception_handler(RequestValidationError, of_form)
    app.add_exception_handler(HTTPException, of_http)


def _recognise(request: Request) -> None:
    """Who it is, for the menu beside the error, where no door has asked. Runs in a thread."""
    if not hasattr(request.state, "person") and not request.url.path.startswith(API):
        try:
            recognised(request)
        except Unavailable:
            request.state.person = None


def status_of(error: CascadeError) -> int:
    """The status that an error of ours ends with."""
    if isinstance(error, Hindered):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answered(
    request: Request, fault: Fault, error: Exception | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The page, or the problem, that says it. Who is not signed in is led to where one signs in, and back."""
    if request.url.path.startswith(API):
        with speaking(language_of(request)):
            return problem(request, fault.status, fault.head, fault.text, fault.instead, error, headers)
    typed = getattr(request.state, "typed", None)
    kept = typed if isinstance(typed, str) else ""
    if fault.status == 401 and not kept:
        return _led_to(request, f"/sign-in?{urlencode({'to': _page_meant(request)})}")
    if isinstance(error, PasswordFirst) and not kept:
        return _led_to(request, "/password")
    site, language = request.app.state.site, language_of(request)
    with speaking(language):
        shown = {
            **everywhere(request, getattr(request.state, "person", None), language),
            "fault": fault,
            "number": _number(request),
            "kept": kept,
            "back": _page_meant(request) if kept else "",
        }
        answer = HTMLResponse(site.paper.made("fault.html", shown), fault.status)
    if fault.status == 503:
        answer.headers["Retry-After"] = "30"
    return answer


def _led_to(request: Request, path: str) -> Response:
    """Another page instead. A script that wanted a part of this one has to leave it: it would find nothing of it there."""
    if request.headers.get("HX-Request"):
        return Response(status_code=200, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


def _page_meant(request: Request) -> str:
    """Where to go on after signing in: the page asked for, or the one whose form was sent; or the whole page around a part."""
    try:
        if request.headers.get("HX-Current-URL"):
            shown = urlsplit(request.headers["HX-Current-URL"])
            return f"{shown.path}?{shown.query}" if shown.query else shown.path
        if request.method in ("GET", "HEAD"):
            return here(request.url)
        return urlsplit(request.headers.get("referer", "")).path or "/"
    except ValueError:  # brackets that do not close
        return "/"


def _number(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def _plain(status: int, request: Request) -> Text:
    if status == 404:
        return say("Nothing is found at {path}.", path=request.url.path[:200])
    if status == 405:
        return say("{method} is not open at {path}.", method=request.method, path=request.url.path[:200])
    return say("The request cannot be taken as it is.")
