"""Against forms of other sites: what changes something comes from a page of this one. The form's token is the other half."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.web.faults import Fault, answered
from workflows.text import say

SAFE = ("GET", "HEAD", "OPTIONS")


class Origin:
    """Refuses an unsafe method whose Sec-Fetch-Site or Origin is another site's. Browsers set both, and pages cannot."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            request = Request(scope, receive)
            if not _from_here(request):
                text = say("This was sent from another site, so it was not taken, and nothing was done.")
                await answered(request, Fault(403, text))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _from_here(request: Request) -> bool:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None:  # no browser, or an old one: the token decides
        return True
    try:
        named = urlsplit(origin).netloc
    except ValueError:  # brackets that do not close
        return False
    return bool(named) and named.lower() == request.headers.get("host", "").lower()
