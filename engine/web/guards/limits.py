"""How much a request may bring and how long it may take: the server itself sets no bounds to either."""

import asyncio

from fastapi import Request
from loguru import logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.web.errors import Hindered
from engine.web.faults import Fault, answered
from engine.web.site import Site
from workflows.text import say

_MEGABYTE = 1_000_000
UPLOADS = "/api/v1/files"  # where a program hands in a file, as the body itself


class Limits:
    """Counts the body as it comes and refuses what is too large or too slow; answers for a page that takes too long."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site = app, site
        self._left_behind: set[asyncio.Task[None]] = set()  # a thread cannot be stopped; its answer is thrown away

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        most = self._most(request)
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            hindered = _too_large(most)
            await answered(request, Fault(hindered.status, hindered.text), hindered)(scope, receive, send)
            return
        answer = _Answer(send)
        task = asyncio.create_task(_run(self._app, scope, self._counted(receive, most), answer))
        self._left_behind.add(task)
        task.add_done_callback(self._left_behind.discard)
        done, _ = await asyncio.wait({task}, timeout=self._site.answer_seconds)
        if not done:
            task.add_done_callback(lambda one: one.cancelled() or one.exception())
            logger.bind(seconds=self._site.answer_seconds).error("request_too_slow")
            if answer.close():
                text = say(
                    "The page was not ready in time. What was asked may still be carried out: look before you ask again."
                )
                await answered(request, Fault(503, text))(scope, receive, send)
            return
        error = task.exception()
        if isinstance(error, Hindered) and answer.close():
            await answered(request, Fault(error.status, error.text), error)(scope, receive, send)
        elif error:
            raise error

    def _most(self, request: Request) -> int:
        carries = (
            request.headers.get("content-type", "").startswith("multipart/form-data") or request.url.path == UPLOADS
        )
        return self._site.upload_max if carries else self._site.body_max

    def _counted(self, receive: Receive, most: int) -> Receive:
        loop = asyncio.get_running_loop()
        until, came, whole = loop.time() + self._site.body_seconds, 0, False

        async def counted() -> Message:
            nonlocal came, whole
            if whole:  # who waits now waits for the other end to hang up
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise Hindered(408, say("What was sent did not arrive in time.")) from None
            came += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if came > most:
                raise _too_large(most)
            return message

        return counted


class _Answer:
    """Sends on until it is closed; then somebody else has answered."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun, self._closed = send, False, False

    def close(self) -> bool:
        """From now on nothing goes out. False where an answer has begun."""
        self._closed = True
        return not self._begun

    async def __call__(self, message: Message) -> None:
        if not self._closed:
            self._begun = True
            await self._send(message)


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def _too_large(most: int) -> Hindered:
    return Hindered(413, say("At most {count} MB can be sent at once.", count=most // _MEGABYTE))
