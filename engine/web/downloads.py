"""A file that somebody handed in, given out again: always as a download, under a plain name, as what its content was."""

import re
from urllib.parse import quote

from fastapi import Response

from engine.files import KINDS

_LENGTH_MAX = 80
_HELD = "default-src 'none'; sandbox"  # whatever a browser makes of it, it is nobody's page
_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")
_ANY = re.compile(r"[^\w.-]+")


def download(name: str, kind: str, content: bytes) -> Response:
    """The answer. `name` is made safe: letters, digits, dots and hyphens; the full letters beside it (RFC 6266)."""
    stem, _, ending = name.rpartition(".")
    if ending not in KINDS[kind].endings:
        stem, ending = name, KINDS[kind].endings[0]
    stem = stem[:_LENGTH_MAX]
    plain = _PLAIN.sub("_", stem).strip("._") or "original"
    whole = _ANY.sub("_", stem).strip("._") or "original"
    said = f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{whole}.{ending}')}"
    headers = {"Content-Disposition": said, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": _HELD}
    return Response(content, media_type=KINDS[kind].type, headers=headers)
