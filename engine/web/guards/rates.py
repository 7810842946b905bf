"""How many requests one address may make: a bucket of tokens for each, which fills again evenly. The first guard behind the
proxy: whoever asks too much costs no page, no thread and no look at the database."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from loguru import logger
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.access.throttling import network_of
from engine.clock import stopwatch
from engine.web.errors import Hindered
from engine.web.faults import Fault, answered
from workflows.text import say

ADDRESSES_MAX = 50_000  # remembered at once; beyond, whoever has been quiet longest begins anew


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    told: bool = False


class Buckets:
    """A bucket for each address: `burst` requests at once, and `per_second` more. Used from one thread alone."""

    def __init__(self, per_second: float, burst: int, seconds: Callable[[], float] = stopwatch) -> None:
        self._rate, self._burst, self._seconds = per_second, max(1, burst), seconds
        self._found: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, address: str) -> float:
        """0 where a request may go on, which it then has used up; else for how many seconds to wait."""
        now = self._seconds()
        one = self._found.get(address)
        if one is None:
            one = self._found[address] = _Bucket(self._burst, now)
            if len(self._found) > ADDRESSES_MAX:
                self._found.popitem(last=False)
        self._found.move_to_end(address)
        one.tokens, one.at = min(self._burst, one.tokens + (now - one.at) * self._rate), now
        if one.tokens >= self._burst / 2:
            one.told = False  # it has kept still for a while: another flood is news
        if one.tokens >= 1:
            one.tokens -= 1
            return 0
        return (1 - one.tokens) / self._rate

    def news(self, address: str) -> bool:
        """Is it told for the first time that this one asks too much? Once for each flood."""
        one = self._found.get(address)
        if one is None or one.told:
            return False
        one.told = True
        return True


class Rates:
    """Answers 429 to whoever asks more than its share; with a rate of 0 it does nothing."""

    def __init__(self, app: ASGIApp, per_second: float, burst: int) -> None:
        self._app = app
        self._buckets = Buckets(per_second, burst) if per_second > 0 else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._buckets is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = network_of(client[0]) if client else "-"
        wait = self._buckets.wait(address)
        if not wait:
            await self._app(scope, receive, send)
            return
        if self._buckets.news(address):
            logger.bind(address=address[:64]).warning("too_many_requests")
        scope.setdefault("state", {})["told"] = True  # not a line of the log for each
        seconds = str(max(1, math.ceil(wait)))
        hindered = Hindered(429, say("Too many requests came from your address. Wait a moment, then go on."))
        answer = answered(Request(scope, receive), Fault(429, hindered.text), hindered)
        answer.headers["Retry-After"] = seconds
        await answer(scope, receive, send)
