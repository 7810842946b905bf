"""What no page has any use for goes no further: cookies of others, a NUL in an address, a body that is measured twice."""

from http import HTTPStatus

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.web.faults import Fault, answered
from workflows.text import say

_OURS = (b"cascade", b"__Host-cascade")


class Sieve:
    """Refuses what can only be meant to deceive, and hands on nothing that is dear to read and not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [
                (name, value if name != b"cookie" else _ours(value)) for name, value in scope["headers"]
            ]
            names = [name for name, _ in scope["headers"]]
            # A proxy and we might see the next request begin at different bytes (RFC 9112, 6.1): this line is used no more.
            doubtful = b"transfer-encoding" in names and b"content-length" in names
            if doubtful or "\0" in scope["path"] or b"%00" in scope["query_string"]:
                fault = Fault(HTTPStatus.BAD_REQUEST, say("The request cannot be taken as it is."))
                answer = answered(Request(scope, receive), fault)
                answer.headers["Connection"] = "close"
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _ours(cookies: bytes) -> bytes:
    """Our own cookies. None holds a quotation mark or a backslash: to undo 30 kB of those takes the reader of an older
    Python many seconds, and meanwhile nobody else is answered (CVE-2024-7592)."""
    parts = (one.strip() for one in cookies.split(b";"))
    return b"; ".join(one for one in parts if one.startswith(_OURS) and b'"' not in one and b"\\" not in one)
