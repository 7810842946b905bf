"""A web that really answers, and people who use it: a server on a free port, and a browser's part of the talk."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

import httpx
from argon2 import PasswordHasher

from engine.access import administering
from engine.access.passwords import Passwords
from engine.deeds import INSTALLER
from engine.runtime import Runtime
from engine.web.listening import Address, take, where
from engine.web.serving import Web

PASSWORD = "bon mua xuan ha"
CHEAP = Passwords(PasswordHasher(1, 8, 1))  # what a hash costs is tested where hashes are


@contextmanager
def served(runtime: Runtime, figures: bool = False, **choices: Any) -> Iterator[str]:
    """The web of an opened installation, with the choices of a Site; yields its address."""
    pages = take(Address("127.0.0.1", 0))
    apart = take(Address("127.0.0.1", 0)) if figures else None
    web = Web(runtime, pages, apart, lambda _: None, passwords=CHEAP, **choices)
    web.begin(choices.get("pulse"))
    try:
        yield where(pages) + (f" {where(apart)}" if apart else "")
    finally:
        web.told_to_stop()
        web.end()


def account(
    runtime: Runtime, name: str, *seats: tuple[str, str], roles: tuple[str, ...] = (), language: str = "vi"
) -> None:
    """An account with seats; its password is PASSWORD."""
    hashed = CHEAP.hashed(PASSWORD)
    with runtime.database.transaction() as connection:
        administering.add_account(
            connection, name, f"Post {name}", seats, roles, runtime.now(), INSTALLER, language, hashed
        )


class Visitor:
    """Somebody with a browser that runs no scripts: keeps cookies, fills in forms with the token they carry."""

    def __init__(self, address: str, **headers: str) -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, headers=headers, timeout=30)
        self.page: httpx.Response = httpx.Response(200, text="")

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    def look(self, path: str) -> httpx.Response:
        self.page = self.client.get(path)
        return self.page

    def send(self, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
        """Send the form of the page that is looked at, with its token."""
        self.page = self.client.post(path, data={"csrf": self.token, **fields}, **more)
        return self.page

    def sign_in(self, name: str, password: str = PASSWORD) -> "Visitor":
        self.look("/sign-in")
        self.send("/sign-in", {"name": name, "password": password})
        return self

    @property
    def token(self) -> str:
        found = re.search(r'name="csrf" value="([^"]*)"', self.page.text)
        return found[1] if found else secrets.token_hex(4)

    @property
    def words(self) -> str:
        """What the page says, without its marks."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.page.text).split())
