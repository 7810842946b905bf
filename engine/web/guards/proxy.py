"""Behind a proxy: for whom it asks is believed of the addresses that were named, and of nobody else."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class Proxy:
    """Takes X-Forwarded-For and X-Forwarded-Proto from trusted addresses; without any it does nothing."""

    def __init__(self, app: ASGIApp, trusted: frozenset[str]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, client = Headers(scope=scope), scope.get("client")
        if scope["type"] == "http":
            scope.setdefault("state", {})["forwarded"] = "x-forwarded-for" in headers or "forwarded" in headers
        if scope["type"] == "http" and client and client[0] in self._trusted:
            if headers.get("x-forwarded-proto", "") in ("http", "https"):
                scope["scheme"] = headers["x-forwarded-proto"]
            # All lines of it: some proxies add one below what the stranger wrote.
            # From the right: the first one that is none of ours is who asked; what stands left of it anybody may have written.
            named = [one.strip() for one in ",".join(headers.getlist("x-forwarded-for")).split(",") if one.strip()]
            stranger = next((one for one in reversed(named) if one not in self._trusted), None)
            if stranger:
                scope["client"] = (stranger[:64], 0)
        await self._app(scope, receive, send)
