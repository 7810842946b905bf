"""How a page is registered: with the deed it needs, or not at all.

A page is a plain function of a `Visit` and its own parameters; it runs in the thread pool and gives a `Page` or a response.
"""

import inspect
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from engine.access.rules import DEEDS
from engine.language import speaking
from engine.web.errors import Hindered
from engine.web.pasts import looking_at
from engine.web.replies import Page
from engine.web.visit import admitted, page_of
from workflows.text import say

_FILES_MAX, _FIELDS_MAX, _FIELD_BYTES = 20, 2_000, 1_000_000
_UTF_8 = re.compile(r'^[^;]*;(?!.*charset.*charset).*\bcharset="?utf-?8"?(;|$)')
Asked = Callable[..., Page | Response]


@dataclass(frozen=True, slots=True)
class Declared:
    """One way in, and the deed it takes."""

    method: str
    path: str
    deed: str


class Routes:
    """The routes of one file of pages."""

    def __init__(self) -> None:
        self._made: list[tuple[str, str, Any]] = []

    def get(self, path: str, deed: str, *, past: bool = False) -> Callable[[Asked], Asked]:
        """A page that only looks; `past`: also at what was known at an earlier moment (`?as_of=`)."""
        return self._registering("GET", path, deed, None, past=past)

    def post(self, path: str, deed: str, *, uploads: bool = False) -> Callable[[Asked], Asked]:
        """A page that asks for something: the form has to carry its token. `uploads`: it may carry files."""
        return self._registering("POST", path, deed, _form_with_files if uploads else _form)

    def onto(self, app: FastAPI) -> None:
        """Open them."""
        for method, path, endpoint in self._made:
            app.add_api_route(path, endpoint, methods=[method], response_class=Response, response_model=None)

    def _registering(
        self, method: str, path: str, deed: str, form: Any, *, past: bool = False
    ) -> Callable[[Asked], Asked]:
        if deed not in DEEDS:
            raise ValueError(f"{method} {path} names {deed!r}, which is no deed of engine.access.rules")

        def register(function: Asked) -> Asked:
            self._made.append((method, path, _door(function, deed, form, past=past)))
            return function

        return register


async def _form(request: Request) -> AsyncIterator[FormData]:
    async with _read(request, 0) as form:
        yield form


async def _form_with_files(request: Request) -> AsyncIterator[FormData]:
    async with _read(request, _FILES_MAX) as form:
        yield form


@asynccontextmanager
async def _read(request: Request, files: int) -> AsyncIterator[FormData]:
    """The form that was sent, as browsers send it: in UTF-8, and without a NUL. Raises Hindered.

    Python knows codecs (punycode, unicode_escape) that read for minutes, or read what no text is."""
    told = request.headers.get("content-type", "").lower()
    if "charset" in told and not _UTF_8.search(told):
        raise Hindered(400, say("A form is sent in UTF-8."))
    async with request.form(max_files=files, max_fields=_FIELDS_MAX, max_part_size=_FIELD_BYTES) as form:
        if any("\0" in name or (isinstance(value, str) and "\0" in value) for name, value in form.multi_items()):
            raise Hindered(400, say("The request cannot be taken as it is."))
        yield form


def _door(function: Asked, deed: str, form_of: Any, *, past: bool) -> Any:
    """The function as FastAPI calls it: who asks is settled first, then may they, then the page, in their language."""

    def entered(request: Request, form: FormData | None = None, **given: Any) -> Response:
        request.state.typed = form.get("text") if form else None  # shown again, should anything stand in the way
        visit = admitted(request, deed, form)
        with speaking(visit.language), looking_at(visit, past, given.get("cascade")):
            answer = function(visit, **given)
            return page_of(visit, answer) if isinstance(answer, Page) else answer

    own = list(inspect.signature(function).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("request", keyword, annotation=Request)]
    if form_of:
        parameters.append(inspect.Parameter("form", keyword, annotation=Annotated[FormData, Depends(form_of)]))
    parameters += [one.replace(kind=keyword) for one in own]
    entered.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    entered.__name__, entered.__doc__, entered.__module__ = function.__name__, function.__doc__, function.__module__
    entered.deed, entered.past = deed, past  # type: ignore[attr-defined]
    return entered


def declared(app: FastAPI) -> list[Declared]:
    """Every way in with its deed. Raises ValueError for one that was registered past `Routes`."""
    found = []
    for route in app.routes:
        deed = getattr(getattr(route, "endpoint", None), "deed", None)
        if not isinstance(route, APIRoute) or deed is None:
            raise ValueError(f"{getattr(route, 'path', route)} was registered without a deed")
        found += [Declared(method, route.path, deed) for method in sorted(route.methods or ())]
    return found
