"""The web beside the beat: the server in a thread of its own, with the figures at their own address where that was asked."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import uvicorn
from anyio import to_thread
from loguru import logger
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.access.links import path_of
from engine.runtime import Runtime
from engine.scheduler.elapse import RoundReport
from engine.scheduler.pulse import Pulse
from engine.web import setup_link
from engine.web.app import build
from engine.web.listening import where
from engine.web.metrics import Metrics
from engine.web.protocol import PatientProtocol
from engine.web.site import site_of
from storage.errors import Unavailable
from workflows.text import say

THREADS = 24  # in which pages are made: more would only wait for a connection to the database
CONNECTIONS_MAX = 400
_GRACE_SECONDS = 5  # that requests in hand have when the service stops
_START_SECONDS = 20.0


class Web:
    """One web of a running service; see engine.service.Front."""

    def __init__(
        self,
        runtime: Runtime,
        pages: socket.socket,
        figures: socket.socket | None,
        tell: Callable[[str], None],
        *,
        terminal: bool = False,
        **choices: Any,
    ) -> None:
        self._pages, self._figures, self._tell = pages, figures, tell
        self._terminal = terminal  # does a person read what is told?
        self._metrics = Metrics(runtime)
        self._site = site_of(runtime, metrics_apart=figures is not None, **choices)
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None
        self._up = threading.Event()

    def begin(self, pulse: Callable[[], Pulse] | None) -> None:
        """Answer from now on. Raises Unavailable where the server does not come up."""
        _log_through_ours()
        self._site = replace(self._site, pulse=pulse)
        self._servers = [_server(build(self._site, self._metrics))]
        if self._figures:
            self._servers.append(_server(_figures_alone(self._metrics)))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="web", daemon=True)
        self._thread.start()
        if not self._up.wait(_START_SECONDS):
            raise Unavailable(say("The web did not come up in time."))
        address = where(self._pages)
        logger.bind(address=address, metrics=where(self._figures) if self._figures else None).info("web_served")
        self._tell(say("The web is at {address}", address=address))
        self._offer_set_up(address)

    def round_made(self, report: RoundReport) -> None:
        self._metrics.round_made(report)

    def beaten(self) -> None:
        """Denials are kept for a while and written together."""
        self._site.gate.noting.flush()

    def told_to_stop(self) -> None:
        for one in self._servers:
            one.should_exit = True

    def end(self) -> None:
        """Requests in hand have a few seconds; what a thread still does then ends with the process."""
        if self._thread:
            self._thread.join(_GRACE_SECONDS + 2)
        self._site.pasts.close()
        self._site.gate.noting.flush()

    def _offer_set_up(self, address: str) -> None:
        """There is no account yet: say by which link the first one is made, and where nobody reads along."""
        runtime, secret = self._site.runtime, self._site.gate.links.setup()
        if not secret:
            setup_link.withdraw(runtime)
            return
        link = f"{address}{path_of(secret)}"
        if self._terminal:
            logger.warning("setup_link")
            self._tell(
                say("There is no account yet. Make the first one, once and within 24 hours, at {link}", link=link)
            )
            return
        try:
            path = setup_link.write(runtime, link)
        except Unavailable as refused:  # cascade account add makes one as well
            logger.bind(because=str(refused)).error("setup_link_not_written")
            return
        logger.bind(file=str(path)).warning("setup_link")

    async def _serve(self) -> None:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        sockets = [self._pages, *([self._figures] if self._figures else [])]
        serving = [asyncio.ensure_future(one.serve([at])) for one, at in zip(self._servers, sockets, strict=True)]
        while not all(one.started for one in self._servers) and not any(one.done() for one in serving):
            await asyncio.sleep(0.01)
        self._up.set()
        await asyncio.gather(*serving)


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app, http=PatientProtocol, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False,
            server_header=False, timeout_keep_alive=10, timeout_graceful_shutdown=_GRACE_SECONDS,
            limit_concurrency=CONNECTIONS_MAX, h11_max_incomplete_event_size=32_768,
        )
    )  # fmt: skip


def _figures_alone(metrics: Metrics) -> ASGIApp:
    """/metrics and nothing else, for whoever may reach the address it was given."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found = scope["type"] == "http" and scope["path"] == "/metrics" and scope["method"] == "GET"
        body = await to_thread.run_sync(metrics.text) if found else b""
        kind = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": [kind]})
        await send({"type": "http.response.body", "body": body})

    return app


class _Ours(logging.Handler):
    """What the server's own library logs, as an event of our log."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        bound = logger.bind(says=record.getMessage()[:500], error=repr(error)[:500] if error else None)
        bound.log("ERROR" if record.levelno >= logging.ERROR else "WARNING", "web_server")


def _log_through_ours() -> None:
    for name in ("uvicorn", "asyncio"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [_Ours(logging.WARNING)], False
        library.setLevel(logging.WARNING)
