"""Pages and programs look at the past: which moment an address asks for, the state as it was known then, kept for a while.

A page that can look back is registered so. Every way from it to another one of these leads to the same moment; on a page that
cannot, a moment is refused: it would show what is so now under an address that says otherwise.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.datastructures import URL, QueryParams

from engine.looking_back import Moment, NoSuchMoment, lines, looking_back, read_moment
from engine.runtime import Runtime
from engine.web.errors import Hindered
from storage.as_of import count_entries
from workflows.text import say

if TYPE_CHECKING:
    from engine.web.visit import Visit

AS_OF, CORRECTED = "as_of", "as_corrected"
KEPT_MAX = 3  # moments that are kept, each in a file of its own
ENTRIES_MAX = 100_000  # that a page reads: half a minute
_SETTLED = timedelta(minutes=2)  # after which no entry with an earlier time comes in any more
_TEXT_MAX = 40
# The pages that look back; a test compares them with how they were registered.
PATHS = re.compile(
    r"/overview|/obligations|/obligations/[^/?]+/\d+(?:/slip|/diagram\.svg)?"
    r"|/directives/[^/?]+/\d+(?:/below/\d+|/tree\.svg|/urging)?"
    r"|/reports/urging/letter|/reports/[^/?]+"
)
_WAY = re.compile(r'\b(href|src|hx-get)="(/[^"#]*)')
_FORM = re.compile(r'<form[^>]*\bmethod="get"[^>]*\baction="([^"]*)"[^>]*>')
_Key = tuple[Moment, tuple[str, ...] | None, int]


def asked(given: QueryParams, present: Runtime) -> Moment | None:
    """The moment that an address asks for; None where it asks for none. Raises Hindered for one that cannot be looked at."""
    return moment_of(given.get(AS_OF, ""), present, given.get(CORRECTED, "") in ("1", "on", "true"))


def moment_of(typed: str, present: Runtime, corrected: bool) -> Moment | None:
    """The moment that somebody typed; None where nothing was. Raises Hindered."""
    text = typed.strip()[:_TEXT_MAX]
    if not text:
        return None
    try:
        return read_moment(text, corrected, present.now())
    except NoSuchMoment as error:
        raise Hindered(422, error.text) from None


@dataclass(slots=True)
class _Lent:
    """A past that is open, and how many look at it."""

    runtime: Runtime
    opened: ExitStack
    users: int = 0


@dataclass(slots=True)
class Pasts:
    """The pasts of one site. A moment is rebuilt once, and kept while it is among the last that were asked for."""

    _open: "OrderedDict[_Key, _Lent]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def lent(self, present: Runtime, moment: Moment, cascade: str | None) -> Iterator[Runtime]:
        """The past to look at. Raises NotFound, or Hindered where it is more than a page can wait for."""
        cascades = None if cascade is None else (cascade,)
        there = count_entries(present.database, cascades)
        if there > ENTRIES_MAX:
            raise Hindered(
                503,
                say("There are {count} entries to read, too many for a page. Ask by command: cascade obligation list --as-of",
                    count=f"{there:,}"),
            )  # fmt: skip
        settled = not moment.corrected and moment.instant < present.now() - _SETTLED
        key = (moment, cascades, 0 if settled else there)
        lent = self._taken(key) or self._made(key, present)
        try:
            yield lent.runtime
        finally:
            with self._lock:
                lent.users -= 1
                self._shed()

    def _taken(self, key: _Key) -> _Lent | None:
        with self._lock:
            found = self._open.get(key)
            if found:
                found.users += 1
                self._open.move_to_end(key)
            return found

    def _made(self, key: _Key, present: Runtime) -> _Lent:
        opened = ExitStack()
        moment, cascades, _ = key
        made = _Lent(opened.enter_context(looking_back(present, moment, cascades)), opened, 1)
        with self._lock:
            before = self._open.pop(key, None)  # somebody else made it meanwhile
            if before and before.users:
                self._open[key] = before
                self._open[(moment, cascades, -id(made))] = made  # closed with the others
            else:
                if before:
                    before.opened.close()
                self._open[key] = made
        return made

    def _shed(self) -> None:
        """Close the oldest that nobody looks at, down to those that are kept. Held: the lock."""
        for key in [key for key, one in self._open.items() if not one.users][: max(0, len(self._open) - KEPT_MAX)]:
            self._open.pop(key).opened.close()

    def close(self) -> None:
        with self._lock:
            while self._open:
                self._open.popitem()[1].opened.close()


@contextmanager
def looking_at(visit: "Visit", past: bool, cascade: str | None) -> Iterator[None]:
    """Let a visit look at the moment that its address asks for, of one cascade or of all. Raises Hindered where it cannot."""
    present, request = visit.site.runtime, visit.request
    moment = asked(request.query_params, present) if request.method == "GET" else None
    if moment is None:
        yield
        return
    if not past:
        raise Hindered(422, say("This page shows only what is so now; it cannot look back."))
    with visit.site.pasts.lent(present, moment, cascade) as visit.then:
        yield


def beside(visit: "Visit") -> dict[str, Any]:
    """What a page says of the past that it shows, and whether it can look back at all."""
    given = visit.request.query_params
    others = [(name, value) for name, value in given.multi_items() if name not in (AS_OF, CORRECTED, "lang")]
    return {
        "then": lines(visit.then.past) if visit.then else [],
        "looks_back": PATHS.fullmatch(visit.request.url.path) is not None and visit.person is not None,
        "as_of": given.get(AS_OF, ""),
        "as_corrected": given.get(CORRECTED, "") != "",
        "asked_beside": others,
    }


def now_of(url: URL) -> URL:
    """The same page as it is now. It says so, or it would lead to the same moment."""
    return url.include_query_params(**{AS_OF: ""}).remove_query_params(CORRECTED)


def kept(html: str, given: QueryParams) -> str:
    """The page, with every way to one that looks back leading to the same moment."""
    said = {name: given[name] for name in (AS_OF, CORRECTED) if given.get(name)}
    more = escape(urlencode(said))
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in said.items())

    def way(found: re.Match[str]) -> str:
        address = found[2]
        path, _, query = address.partition("?")
        if not PATHS.fullmatch(path) or f"{AS_OF}=" in query:
            return found[0]
        return f'{found[1]}="{address}{"&amp;" if query else "?"}{more}'

    def form(found: re.Match[str]) -> str:
        return found[0] + hidden if PATHS.fullmatch(found[1].partition("?")[0]) else found[0]

    return _FORM.sub(form, _WAY.sub(way, html))
