"""Programs that use the API: a token for an account, and a client that shows it."""

from typing import Any

import httpx

from engine.access.gate import Gate
from engine.runtime import Runtime

API = "/api/v1/"


def token(runtime: Runtime, account: str, scope: str = "write") -> str:
    """A new token of an account; its secret."""
    return Gate(runtime.database, runtime.clock).tokens.make(account, f"{scope} of {account}", scope)[0]


class Program:
    """A program with a token of its own, or without one."""

    def __init__(self, address: str, secret: str | None = None, **headers: str) -> None:
        shown = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = httpx.Client(base_url=address, headers={"Accept-Language": "en", **shown, **headers}, timeout=30)

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def look(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(API + path, headers=headers)

    def send(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, API + path, json=body, headers=named)
