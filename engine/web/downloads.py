"""A file that somebody handed in, given out again: always as a download, under a plain name, as what its content was."""

import re
from urllib.parse import quote

from fastapi import Response

from engine.papers import TYPES

_LENGTH_MAX = 80
_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")
_ANY = re.compile(r"[^\w.-]+")


def download(name: str, kind: str, content: bytes) -> Response:
    """The answer. `name` is made safe: letters, digits, dots and hyphens; the full letters beside it (RFC 6266)."""
    stem = name.removesuffix(f".{kind}")[:_LENGTH_MAX]
    plain = _PLAIN.sub("_", stem).strip("._") or "original"
    whole = _ANY.sub("_", stem).strip("._") or "original"
    said = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(f'{whole}.{kind}')}"
    return Response(content, media_type=TYPES[kind], headers={"Content-Disposition": said})
