"""The addresses that saved views keep: a page that has filters, and the filters, without what only turns its pages."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from engine.reporting.asked import KINDS
from engine.web.replies import inside

PAGES = ("/work", "/obligations", "/register", "/journal", "/overview", *(f"/reports/{kind}" for kind in KINDS))
_PASSING = ("page", "cursor", "lang", "print", "csrf")


def address(text: str) -> str | None:
    """The address as a view keeps it; None for a page that has no filters."""
    asked = urlsplit(inside(text))
    if asked.path not in PAGES:
        return None
    kept = urlencode([pair for pair in parse_qsl(asked.query) if pair[0] not in _PASSING])
    return f"{asked.path}?{kept}" if kept else asked.path


def page_of(query: str) -> str:
    """The page that a view is of."""
    return urlsplit(query).path
