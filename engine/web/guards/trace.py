"""Every request has a number: in the log, in the answer and on an error page. What goes wrong unseen is caught here."""

import secrets
from collections.abc import Callable

from fastapi import Request
from loguru import logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.clock import stopwatch
from engine.web.errors import Hindered
from engine.web.faults import Fault, answered
from workflows.text import say

Measured = Callable[[str, str, int, float], None]  # method, route, status, seconds


class Trace:
    """The outermost guard. User text is never in the log: the route's pattern is, not the path that was typed."""

    def __init__(self, app: ASGIApp, measured: Measured) -> None:
        self._app, self._measured = app, measured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, began, status = secrets.token_hex(6), stopwatch(), 0
        scope.setdefault("state", {})["request_id"] = number

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        with logger.contextualize(request=number):
            await self._app(scope, receive, numbered)
            route = getattr(scope.get("route"), "path", "-")
            seconds = stopwatch() - began
            self._measured(scope["method"], route, status, seconds)
            if scope["state"].get("told"):
                return
            person = scope["state"].get("person")
            logger.bind(
                method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1),
                account=person.account if person else None,
            ).info("request")  # fmt: skip


class Net:
    """The innermost guard: a fault of ours becomes a page that says so, inside every other guard."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Hindered:
            raise  # whoever set the limit answers
        except Exception:
            logger.exception("request_failed")
            if begun or scope["type"] != "http":
                raise
            request = Request(scope, receive)
            text = say("Something went wrong here that should not. It is in the log under the number below.")
            await answered(request, Fault(500, text))(scope, receive, send)
