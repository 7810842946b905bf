"""Our own files: the stylesheet, the script, the sign. They hold no data and may be kept for a year."""

from fastapi import Response
from fastapi.responses import FileResponse

from engine.web.paper import STATIC
from engine.web.routes import Routes
from engine.web.visit import Visit
from workflows.errors import NotFound
from workflows.text import say

routes = Routes()
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_A_YEAR = "public, max-age=31536000, immutable"


@routes.get("/static/{name}", "static")
def static(visit: Visit, name: str) -> Response:
    """One file by its name; there are no folders below."""
    file = STATIC / name
    if name not in visit.site.paper.files:
        raise NotFound(say("Nothing is found at {path}.", path=visit.request.url.path[:200]))
    kept = {"Cache-Control": _A_YEAR if visit.request.query_params.get("v") else "no-cache"}
    return FileResponse(file, media_type=_KINDS.get(file.suffix, "application/octet-stream"), headers=kept)
