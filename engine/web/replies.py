"""What a page function gives back: a page to be made of a template, or a way on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import RedirectResponse, Response


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


class Blanks(dict[str, Any]):
    """What is said or typed beside the fields of a form, by their names; nothing where nothing is."""

    def __missing__(self, name: str) -> str:
        return ""


def go(path: str) -> Response:
    """Where to look next, after something was asked for: a reload then asks for nothing twice."""
    return RedirectResponse(path, 303)


def inside(path: str | None) -> str:
    """A way on that somebody handed us, if it stays in this site; else the first page."""
    given = path or ""
    safe = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable() and "\\" not in given
    return given if safe else "/"
