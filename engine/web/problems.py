"""Errors as a program reads them (RFC 9457): the words a person would read, the codes of the command line, and by field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from engine import errors
from engine.errors import exit_code
from engine.exchange.errors import SecretDocument, UnreadableDocument
from engine.language import told
from engine.web.errors import Hindered, Overtaken
from workflows.errors import CascadeError, Incomplete, Problem, Refused
from workflows.text import Text, say

MEDIA_TYPE = "application/problem+json"
_EXITS: Mapping[int, str] = {
    errors.USAGE: "usage",
    errors.INVALID: "invalid",
    errors.NOT_FOUND: "not_found",
    errors.REFUSED: "refused",
    errors.UNVERIFIED: "unverified",
    errors.UNAVAILABLE: "unavailable",
}
_BY_STATUS: Mapping[int, tuple[str, int]] = {
    401: ("not_signed_in", errors.REFUSED),
    403: ("forbidden", errors.REFUSED),
    404: ("not_found", errors.NOT_FOUND),
    409: ("refused", errors.REFUSED),
    412: ("overtaken", errors.REFUSED),
    429: ("too_many", errors.REFUSED),
    500: ("failure", errors.FAILURE),
    503: ("unavailable", errors.UNAVAILABLE),
}
CODES = sorted({*_EXITS.values(), *(code for code, _ in _BY_STATUS.values())})
RETRY_SECONDS = {409: 5, 429: 60, 503: 30}
_INSTEAD: Mapping[int, Text] = {
    400: say("Send what the document at /api/v1/openapi.json describes."),
    401: say("Send a personal token: Authorization: Bearer cas_…"),
    404: say("It may have been mistyped, or belongs to offices that you do not see."),
    405: say("The document at /api/v1/openapi.json says what is open at each address."),
    409: say("Look how it stands now; open is what is named here."),
    412: say("Look how it stands now, and decide again."),
    422: say("Correct what is named, and send it again."),
    428: say("Read it first, and send its ETag back as If-Match."),
}
_KINDS: Mapping[str, Text] = {
    "missing": say("is missing"),
    "extra_forbidden": say("is not asked for"),
    "string_pattern_mismatch": say("is not written as it should be"),
    "string_too_short": say("is too short"),
    "string_too_long": say("is too long"),
    "string_type": say("is no text"),
    "string_unicode": say("is no text"),
    "int_parsing": say("is not a whole number"),
    "int_type": say("is not a whole number"),
    "bool_parsing": say("is neither true nor false"),
    "bool_type": say("is neither true nor false"),
    "greater_than_equal": say("is too small"),
    "less_than_equal": say("is too great"),
    "literal_error": say("is none of the words that are known here"),
    "enum": say("is none of the words that are known here"),
}  # fmt: skip
_CANNOT = say("cannot be used")
_LISTED_MAX = 100


def problem(
    request: Request,
    status: int,
    head: str,
    detail: str,
    instead: str,
    error: Exception | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer, in the language in use. `headers` are those of the error itself."""
    code, exit_ = code_of(status, error)
    content: dict[str, Any] = {
        "type": f"urn:cascade:{type(error).__name__ if isinstance(error, CascadeError) else code}",
        "title": told(head),
        "status": status,
        "detail": told(detail),
        "instead": told(_INSTEAD.get(status, instead)),
        "code": code,
        "exit": exit_,
        "request": str(getattr(request.state, "request_id", "")),
    }
    if isinstance(error, Refused) and error.open_now:
        content["open"] = [told(one) for one in error.open_now]
    listed = list(_listed(error))
    if listed:
        content["errors"] = listed[:_LISTED_MAX]
    changed = error.changed if isinstance(error, Overtaken) else getattr(request.state, "changed", None)
    if changed and status in (409, 412):
        content["changed"] = changed
    return JSONResponse(content, status, {**_headers(request, status, error), **(headers or {})}, MEDIA_TYPE)


def code_of(status: int, error: Exception | None) -> tuple[str, int]:
    """The word of an error and the exit code that a command would end with."""
    if status in (401, 403, 412):
        return _BY_STATUS[status]
    if isinstance(error, UnreadableDocument):
        return "invalid", errors.INVALID
    if isinstance(error, SecretDocument):
        return "refused", errors.REFUSED
    if isinstance(error, CascadeError) and not isinstance(error, Hindered) and exit_code(error) in _EXITS:
        return _EXITS[exit_code(error)], exit_code(error)
    return _BY_STATUS.get(status, ("usage", errors.USAGE))


def of_fields(found: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What is wrong with each field of a request, as its own library found it."""
    return [
        {"field": ".".join(map(str, one["loc"])), "says": told(_KINDS.get(one["type"], _CANNOT))}
        for one in list(found)[:_LISTED_MAX]
    ]


def _listed(error: Exception | None) -> Iterator[dict[str, Any]]:
    """By field, or by place in the text that was sent."""
    if isinstance(error, Incomplete):
        yield from ({"field": name, "says": told(says)} for name, says in error.fields.items())
    for one in _places(error):
        yield {"line": one.line, "column": one.column, "code": one.code, "says": told(one.message)}
    found = getattr(error, "errors", None)
    if callable(found):
        yield from of_fields(found())


def _places(error: Exception | None) -> Sequence[Problem]:
    for one in (error, error.__cause__ if error else None):
        found: Sequence[Problem] = getattr(one, "problems", ())
        if found:
            return found
    return ()


def _headers(request: Request, status: int, error: Exception | None) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="cascade"'}
    if status in (429, 503) or getattr(error, "passes", False):
        return {"Retry-After": str(RETRY_SECONDS.get(status, 5))}
    return {}
