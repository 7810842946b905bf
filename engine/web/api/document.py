"""The API described: its OpenAPI document, made of what is registered, and a page that shows it without any foreign script."""

import inspect
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from engine.access.rules import DEEDS, SCOPES
from engine.web.api import (
    account,
    calendars,
    directives,
    files,
    incidents,
    issuing,
    journal,
    looking,
    numbers,
    obligations,
    office_persons,
    offices,
    queue,
    reports,
    service,
    several,
    trying,
    workflows,
)
from engine.web.api.door import ROOT, Api, Opened
from engine.web.api.replies import Reply, response, written
from engine.web.problems import CODES, MEDIA_TYPE
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit

SUBJECTS: tuple[Api, ...] = (
    queue.api, directives.api, issuing.api, obligations.api, files.api, numbers.api, several.api, looking.api, reports.api,
    journal.api,
    workflows.api, trying.api, calendars.api, offices.api, office_persons.api, service.api, incidents.api, account.api,
)  # fmt: skip
pages = Routes()
_FILE = "application/octet-stream"
_REF = "#/components/schemas/{model}"
_ABOUT = """\
Everything that the pages can do, for programs. Send a personal token: `Authorization: Bearer cas_…` (`cascade account
token add`). A token opens what its scope says of what its account may do; a browser's cookie opens nothing here
without the form token of its session in `X-CSRF-Token`.

**Lists** come in pages: `limit` rows, and `next`, which is the `cursor` of the page after. What is not yours to see
is in no list, and is not found (404). **Dates** that are sent are written 2023-08-31 or 31/08/2023; those that are
answered are ISO, instants in UTC.

**Once.** A change may carry an `Idempotency-Key`: sent again under it within seven days it is answered as before and
not carried out again. What was refused did nothing, and may be sent again under the same key. **If-Match** with the
`ETag` that was read lets a change go through only where nobody was first (412 says who); it is needed (428) where a
whole is replaced, and elsewhere the law decides by how things stand at that moment.

**Errors** are problem+json (RFC 9457), in the language of `Accept-Language` (vi, en): `detail` in the words of the
command line, `code` and `exit` as its exit code, `open` what is open instead, `errors` by field or by place,
`changed` who was first.
"""
_STATUSES = {
    400: "What was sent cannot be read",
    401: "No token that is good was sent",
    403: "It is for others, or this token's scope is too narrow",
    404: "It is not here, or not seen",
    405: "Another method is open here",
    408: "What was sent came too slowly",
    409: "Refused as things stand; `open` says what is open instead",
    412: "Somebody was first; `changed` says who",
    413: "Too large",
    422: "Something is missing or cannot be used; `errors` says what is wrong with each",
    428: "If-Match is needed",
    429: "Too many tries; `Retry-After` says when to come again",
    500: "A fault of cascade itself",
    503: "Not available at the moment; `Retry-After` says when to come again",
}


# Of parameters that several ways in share, and that say no example of their own.
_EXAMPLES = {
    "account": "vanthu", "acted_for": "Giam doc So", "action": "report", "after": "WyJkdWUiLDJd", "arrival_number": "2108",
    "calendar": "vn-public@1", "cascade": "4c8d17h2k9qd", "level": "unit", "name": "16-BC-TTUT.pdf", "office": "vp",
    "officer": "Chuyen vien A", "person": "vanthu", "role": "clerk", "symbol": "61/SKHCN-VP", "text": "bao cao",
}  # fmt: skip


def open_api(app: FastAPI) -> None:
    """Open the whole API and what describes it."""
    for one in SUBJECTS:
        one.onto(app)
    pages.onto(app)


@pages.get(f"{ROOT}/openapi.json", "static")
def openapi(visit: Visit) -> Any:
    """The document."""
    state = visit.request.app.state
    if not hasattr(state, "described_text"):
        state.described_text = written(described(visit.request.app))
    return response(Reply(None), state.described_text)


@pages.get("/api", "static")
def api(visit: Visit) -> Page:
    """The document as a page: every way in, with its fields, answers and errors."""
    found = described(visit.request.app)
    schemas = found["components"]["schemas"]
    return Page("api.html", {
        "found": found, "subjects": _by_subject(found), "kind_of": _kind,
        "schema_of": lambda schema: schemas[str(schema["$ref"]).rpartition("/")[2]],
    })  # fmt: skip


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application."""
    if not hasattr(app.state, "described"):
        app.state.described = _described([one for one in app.routes if isinstance(one, APIRoute) and _opened(one)])
    found: dict[str, Any] = app.state.described
    return found


def _described(routes: list[APIRoute]) -> dict[str, Any]:
    found = get_openapi(title="cascade", version=version("directive-cascade"), description=_ABOUT, routes=routes,
                        tags=[{"name": one.about, "description": one.says} for one in SUBJECTS])  # fmt: skip
    answers, schemas = _answers([opened for one in routes if (opened := _opened(one))])
    components = found.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
    components["schemas"] = {**components.get("schemas", {}), **schemas, "Problem": _problem()}
    components["responses"] = {str(status): _refusal(status, says) for status, says in _STATUSES.items()}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "cas_…", "description": _scopes()}
    }
    for route in routes:
        opened = _opened(route)
        assert opened is not None  # only such are asked for
        for method in route.methods or ():
            _complete(found["paths"][route.path][method.lower()], opened, answers.get(opened.function.__name__))
    return found


def _complete(operation: dict[str, Any], opened: Opened, answer: dict[str, Any] | None) -> None:
    """What FastAPI does not know of an operation."""
    summary, _, more = inspect.cleandoc(opened.function.__doc__ or "").partition("\n\n")
    deed = DEEDS[opened.deed]
    operation["summary"] = summary
    operation["description"] = f"{more}\n\nDeed: `{opened.deed}`; scope: `{deed.scope or 'none, a session'}`.".strip()
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _present(parameter["schema"])
        if parameter["name"] in _EXAMPLES:
            parameter["schema"].setdefault("examples", [_EXAMPLES[parameter["name"]]])
    raw = operation.get("requestBody", {}).get("content", {})
    if _FILE in raw:
        raw[_FILE] = {"schema": {}}  # any bytes at all: what they are is judged by themselves
    operation["security"] = [] if deed.anybody else [{"token": []}]
    good: dict[str, Any] = {"description": summary}
    if opened.answers is bytes:
        good["content"] = {_FILE: {"schema": {"type": "string", "format": "binary"}}}
    elif answer is not None:
        good["content"] = {"application/json": {"schema": answer}}
    good["headers"] = {"X-Request-Id": {"schema": {"type": "string"}, "description": "The number of this request."}}
    if opened.past:
        said = "Where `as_of` asked for a moment: which one, and whether later corrections are applied."
        good["headers"] |= {
            one: {"schema": {"type": "string"}, "description": said} for one in ("X-As-Of", "X-As-Corrected")
        }
    if opened.etag:
        good["headers"]["ETag"] = {"schema": {"type": "string"}, "description": "For If-Match."}
    responses = {str(opened.status): good}
    responses |= {str(one): {"$ref": f"#/components/responses/{one}"} for one in sorted(_may_end(opened))}
    operation["responses"] = responses


def _may_end(opened: Opened) -> Iterator[int]:
    yield from (400, 403, 404, 408, 413, 422, 500, 503, 401, 429)
    if opened.keyed or DEEDS[opened.deed].changes:
        yield 409
    if opened.conditional:
        yield from (412, 428)


def _answers(opened: list[Opened]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The schema of each answer, and those they refer to."""
    asked: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (one.function.__name__, "serialization", TypeAdapter(one.answers))
        for one in opened
        if one.answers and one.answers is not bytes
    ]
    found, shared = TypeAdapter.json_schemas(asked, ref_template=_REF)
    return {name: schema for (name, _), schema in found.items()}, shared.get("$defs", {})


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    listed = {
        "type": "object",
        "required": ["says"],
        "properties": {
            "field": text,
            "says": text,
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "code": text,
        },
    }
    changed = {
        "type": "object",
        "description": "Who was first, when, and with what; `etag` is the present one.",
        "properties": {"by": text, "at": text, "kind": text, "says": text, "etag": text},
    }
    properties = {
        "type": {"type": "string", "description": "urn:cascade: and the kind of the error."},
        "title": text,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was asked, and what stands in the way."},
        "instead": {"type": "string", "description": "What to do."},
        "code": {"type": "string", "enum": CODES},
        "exit": {"type": "integer", "description": "The exit code with which a command ends for the same reason."},
        "request": {"type": "string", "description": "The number of the request, for the administrator."},
        "open": {"type": "array", "items": text, "description": "What is open instead."},
        "errors": {"type": "array", "items": listed},
        "changed": changed,
    }
    needed = ["type", "title", "status", "detail", "instead", "code", "exit", "request"]
    return {"type": "object", "required": needed, "properties": properties, "description": "RFC 9457."}


def _refusal(status: int, says: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[str, Any] = {
        "description": says,
        "content": {MEDIA_TYPE: {"schema": schema, "example": _example(status)}},
    }
    headers = {"X-Request-Id": {"schema": {"type": "string"}}}
    if status in (429, 503):
        headers["Retry-After"] = {"schema": {"type": "string"}}
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    return {**found, "headers": headers}


def _example(status: int) -> dict[str, Any]:
    if status == 409:
        return {
            "type": "urn:cascade:NotOpen", "title": "That is not possible as things stand", "status": 409,
            "detail": "Cannot 'accept' obligation 12: it is 'working'. Open to you now: urge.",
            "instead": "Look how it stands now; open is what is named here.", "code": "refused", "exit": 5,
            "request": "9f2c1b7a0d3e", "open": ["urge"],
        }  # fmt: skip
    return {"type": "urn:cascade:usage", "title": _STATUSES[status], "status": status, "detail": _STATUSES[status],
            "instead": "", "code": "usage", "exit": 2, "request": "9f2c1b7a0d3e"}  # fmt: skip


def _scopes() -> str:
    each = "; ".join(f"`{name}` holds {', '.join(sorted(holds))}" for name, holds in SCOPES.items())
    return f"A personal token. Scopes: {each}."


def _opened(route: APIRoute) -> Opened | None:
    found: Opened | None = getattr(route.endpoint, "opened", None)
    return found


def _by_subject(found: dict[str, Any]) -> list[tuple[dict[str, str], list[tuple[str, str, dict[str, Any]]]]]:
    """The ways in under each subject, for the page."""
    ways = [(method.upper(), path, one) for path, each in found["paths"].items() for method, one in each.items()]
    return [(tag, [way for way in ways if tag["name"] in way[2]["tags"]]) for tag in found["tags"]]


def _present(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter that is sent: one that is left out is not null."""
    some = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**some[0], **rest} if len(some) == 1 else schema


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema or "const" in schema:
        return " | ".join(map(str, schema.get("enum") or [schema["const"]]))
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_kind(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type") or "any")
