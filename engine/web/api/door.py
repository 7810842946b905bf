"""How a part of the API is registered, and how a program comes in by it.

A function of the API takes a `Visit` and its own parameters and gives a value. Who asks is settled before anything that was
sent is looked at: a personal token, or a session together with its form token in X-CSRF-Token; a cookie alone opens nothing,
since a browser sends it along whoever made it ask.
"""

import hashlib
import inspect
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData

from engine.access.errors import Forbidden
from engine.access.person import Person
from engine.access.rules import DEEDS, check
from engine.access.sessions import csrf_holds
from engine.language import speaking
from engine.web import pasts
from engine.web.api.replies import Reply, response, written
from engine.web.errors import NoToken, PasswordFirst
from engine.web.visit import Visit, recognised, spoken_to
from workflows.encoding import instant_text

ROOT = "/api/v1"
_BEARER = "bearer "
_KEY_MAX = 200
Given = Callable[..., Any]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=_KEY_MAX,
        pattern=r"^[!-~]([ -~]*[!-~])?$",
        description="A name of your own for this request: sent again under it within seven days, it is answered as before"
        " and not carried out again, also where the first answer was lost.",
        examples=["f3b1c2d4-0001"],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=_KEY_MAX,
        description="The ETag of what you have read: where somebody was first, nothing is done (412), and who it was is told.",
        examples=['"41"'],
    ),
]
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        pattern=r"^[^\x00]*$",
        description="As it was known at this moment: what was recorded later is left out. A day means its end; a time without a"
        " zone is Vietnam's. The answer says so in X-As-Of.",
        examples=["2023-08-31", "31/08/2023 16:00"],
    ),
]
AsCorrected = Annotated[
    bool, Query(description="With `as_of`: also apply corrections that were recorded later. X-As-Corrected says so.")
]


@dataclass(frozen=True, slots=True)
class Opened:
    """One way in. `answers` is the type of its answer, `about` the subject it belongs to; `keyed` says whether a request
    may come again under a key."""

    method: str
    path: str
    deed: str
    about: str
    function: Given
    answers: Any
    status: int
    keyed: bool
    conditional: bool
    etag: bool
    past: bool = False


class Api:
    """The routes of one subject."""

    def __init__(self, about: str, says: str) -> None:
        self.about, self.says = about, says
        self.opened: list[Opened] = []

    def get(
        self, path: str, deed: str, answers: Any, *, etag: bool = False, past: bool = False
    ) -> Callable[[Given], Given]:
        """A look; `past`: also at what was known at an earlier moment."""
        return self._registering("GET", path, deed, answers, 200, keyed=False, etag=etag, past=past)

    def post(
        self, path: str, deed: str, answers: Any, status: int = 200, *, keyed: bool = True, etag: bool = False
    ) -> Callable[[Given], Given]:
        """A change, or a look that needs a body (`keyed=False`)."""
        return self._registering("POST", path, deed, answers, status, keyed=keyed, etag=etag)

    def put(self, path: str, deed: str, answers: Any) -> Callable[[Given], Given]:
        return self._registering("PUT", path, deed, answers, 200, keyed=True, etag=True)

    def delete(self, path: str, deed: str) -> Callable[[Given], Given]:
        return self._registering("DELETE", path, deed, None, 204, keyed=True)

    def _registering(
        self, method: str, path: str, deed: str, answers: Any, status: int, *, keyed: bool, etag: bool = False,
        past: bool = False,
    ) -> Callable[[Given], Given]:  # fmt: skip
        if deed not in DEEDS:
            raise ValueError(f"{method} {path} names {deed!r}, which is no deed of engine.access.rules")

        def register(function: Given) -> Given:
            conditional = "if_match" in inspect.signature(function).parameters
            self.opened.append(
                Opened(method, ROOT + path, deed, self.about, function, answers, status, keyed, conditional, etag, past)
            )
            return function

        return register

    def onto(self, app: FastAPI) -> None:
        """Open them."""
        for one in self.opened:
            app.add_api_route(
                one.path, _door(one), methods=[one.method], response_class=Response, response_model=None,
                status_code=one.status, tags=[one.about], operation_id=one.function.__name__,
            )  # fmt: skip


def came_in(request: Request, deed: str) -> Visit:
    """The visit of a program, if this deed is open to it. Raises NoToken, PasswordFirst or Forbidden."""
    site = request.app.state.site
    person, secret = _shown(request)
    request.state.person, request.state.language = person, spoken_to(request, person)
    visit = Visit(request, site, request.state.language, person, secret, secret or "", FormData())
    if person is None and not DEEDS[deed].anybody:
        raise NoToken(shown="authorization" in request.headers)
    if person is not None and person.must_change:
        raise PasswordFirst
    try:
        check(person, deed)
    except Forbidden:
        site.gate.noting.note("denied", person.account if person else "-", visit.address, deed)
        raise
    return visit


def _shown(request: Request) -> tuple[Person | None, str | None]:
    """Whose token it is; else whose session, where the form token is with it."""
    given = request.headers.get("authorization", "")
    if given:
        token = given[len(_BEARER) :].strip() if given.lower().startswith(_BEARER) else ""
        address = request.client.host if request.client else ""
        return request.app.state.site.gate.tokens.person_of(token, address), None
    token = request.headers.get("x-csrf-token", "")
    if not token:
        return None, None
    secret, person = recognised(request)
    return (person, secret) if person and secret and csrf_holds(secret, token) else (None, None)


def _door(opened: Opened) -> Any:
    """The function as FastAPI calls it: who asks, then what was sent, then what is asked, in their language."""

    def admitted(request: Request) -> Visit:
        return came_in(request, opened.deed)

    async def sent(request: Request) -> bytes:
        return await request.body()

    def entered(visit: Visit, body_sent: bytes = b"", idempotency_key: str | None = None, **given: Any) -> Response:
        _check_query(visit.request)
        visit.request.state.key = idempotency_key
        with speaking(visit.language):
            if idempotency_key is None:
                return _answered(visit, opened, given)
            return _once(visit, opened, idempotency_key, body_sent, given)

    own = list(inspect.signature(opened.function).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("visit", keyword, annotation=Annotated[Visit, Depends(admitted)])]
    if opened.keyed:
        parameters += [
            inspect.Parameter("body_sent", keyword, annotation=Annotated[bytes, Depends(sent)]),
            inspect.Parameter("idempotency_key", keyword, annotation=IdempotencyKey, default=None),
        ]
    parameters += [one.replace(kind=keyword) for one in own]
    if opened.past:
        parameters += [
            inspect.Parameter(pasts.AS_OF, keyword, annotation=AsOf, default=None),
            inspect.Parameter(pasts.CORRECTED, keyword, annotation=AsCorrected, default=False),
        ]
    entered.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    entered.__name__, entered.__doc__ = opened.function.__name__, opened.function.__doc__
    entered.deed, entered.opened = opened.deed, opened  # type: ignore[attr-defined]
    return entered


def _answered(visit: Visit, opened: Opened, given: dict[str, Any]) -> Response:
    """The answer; of the past, with headers that say which it is."""
    for name in (pasts.AS_OF, pasts.CORRECTED) if opened.past else ():
        given.pop(name, None)  # the address is asked
    with pasts.looking_at(visit, opened.past, given.get("cascade")):
        back = opened.function(visit, **given)
        answer = back if isinstance(back, Response) else response(_reply(opened, back))
        past = visit.then.past if visit.then else None
        if past:
            answer.headers["X-As-Of"] = instant_text(past.instant)
            answer.headers["X-As-Corrected"] = "true" if past.corrected else "false"
        return answer


def _check_query(request: Request) -> None:
    """Raises RequestValidationError for a parameter that is not known: a filter that was mistyped would filter nothing."""
    known = {one.alias for one in request.scope["route"].dependant.query_params} | {"lang"}
    beyond = [name for name in dict.fromkeys(request.query_params.keys()) if name not in known]
    if beyond:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in beyond])


def _reply(opened: Opened, value: Any) -> Reply:
    return value if isinstance(value, Reply) else Reply(value, opened.status)


def _once(visit: Visit, opened: Opened, key: str, body: bytes, given: dict[str, Any]) -> Response:
    """Carry a request out under its key, or answer it as before. What was refused did nothing, and may come again."""
    answers, account, request = visit.site.gate.answers, visit.known.account, visit.request
    asked = b"\n".join((request.method.encode(), str(request.url.path).encode(), request.url.query.encode(), body))
    before = answers.begin(account, key, asked)
    if before is not None:
        again = response(Reply(None, before.status), before.body.encode())
        again.headers["Idempotency-Replayed"] = "true"
        return again
    try:
        reply = _reply(opened, opened.function(visit, **given))
        content = b"" if reply.status == 204 else written(reply.value)
    except BaseException:
        answers.drop(account, key)
        raise
    answers.keep(account, key, reply.status, content.decode())
    return response(reply, content)


def command_id(visit: Visit, part: str = "") -> str:
    """The id of what is asked: it follows from the account and its key, so that a request that comes again is the same
    command, also where its first answer was never kept. Without a key it is new."""
    key = getattr(visit.request.state, "key", None)
    if key is None:
        return uuid.uuid4().hex
    asked = f"{visit.known.account}\n{key}\n{part}"
    return f"api:{hashlib.sha256(asked.encode()).hexdigest()[:40]}"
