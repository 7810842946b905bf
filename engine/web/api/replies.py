"""What an API function gives back: a value that becomes JSON, perhaps with a status and headers of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from fastapi import Response
from pydantic import BaseModel

from engine.language import in_use, told
from storage.queries.paging import Page
from workflows.text import Text

T = TypeVar("T")
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS


@dataclass(frozen=True, slots=True)
class Reply:
    """A value and what goes with it. `etag` is without its quotes; `path` is where what was made is found."""

    value: Any
    status: int = 200
    etag: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page of a list. `next` is the `cursor` of the page after it; null where this is the last."""

    items: tuple[T, ...]
    next: str | None = None


def listed(page: Page[T]) -> Listed[T]:
    return Listed(page.rows, page.next)


def written(value: Any) -> bytes:
    """JSON: days and instants in ISO, instants with Z; texts in the language in use; keys and codes in every language."""
    return orjson.dumps(value, _plain, _OPTIONS)


def response(reply: Reply, body: bytes | None = None) -> Response:
    headers = {"Content-Language": in_use()}
    if reply.etag is not None:
        headers["ETag"] = f'"{reply.etag}"'
    if reply.path is not None:
        headers["Location"] = reply.path
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    return Response(written(reply.value) if body is None else body, reply.status, headers, "application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return told(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not belong in a JSON document")
