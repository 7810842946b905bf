"""Somebody who follows every link of the pages, once for each kind of page, and finds the forms that stand on them."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.support.browsing import Visitor

TEXTUAL = {"text", "search", "email", "url", "tel", "area"}
_NOT_FOLLOWED = ("/sign-out", "/static", "/api/v1", "/feed/")
_OF_ITS_OWN = re.compile(
    r"(?<=/)(?=[a-z]*\d)[0-9a-z]{12,}(?=/|$)|\d+|(?<=^/offices/)[^/]+|(?<=^/workflows/)[^/@]+|(?<=^/accounts/)[^/]+"
)


@dataclass
class Form:
    """A form as a browser without scripts would send it. `controls` says of which type each field is."""

    page: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    controls: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [name for name, kind in self.controls.items() if kind in TEXTUAL]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What makes it another form than others: where it goes, and what it asks."""
        return kind_of(self.action), tuple(sorted(self.controls))


class _Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, list[str](), list[Form]()
        self._form: Form | None = None
        self._area, self._choice, self._text = "", "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]))
        elif tag == "form":
            action = urljoin(self.address, given.get("action", "") or self.address)
            self._form = Form(self.address, urlsplit(action).path, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            form.controls[name] = kind
            if kind not in ("checkbox", "radio") or "checked" in given:
                form.fields[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self._area, self._text = name, []
            form.controls[name] = "area"
        elif tag == "select":
            self._choice = name
            form.controls[name] = "choice"
        elif tag == "option" and self._choice and ("selected" in given or not form.fields.get(self._choice)):
            form.fields[self._choice] = given.get("value", "")
        elif tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form and self._area:
            self._form.fields[self._area] = "".join(self._text)
            self._area = ""
        elif tag == "select":
            self._choice = ""
        elif tag == "form":
            self._form = None


def read(address: str, text: str) -> tuple[list[str], list[Form]]:
    """The links and the forms of a page."""
    reader = _Page(address)
    reader.feed(text)
    return reader.links, reader.forms


def kind_of(path: str) -> str:
    """A path without the numbers and ids that make it one of many alike."""
    split = urlsplit(path)
    names = sorted({part.partition("=")[0] for part in split.query.split("&") if part})
    return _OF_ITS_OWN.sub("*", split.path) + ("?" + "&".join(names) if names else "")


def walk(visitor: Visitor, starts: Iterable[str], of_a_kind: int = 1, most: int = 400) -> Iterator[tuple[str, str]]:
    """The pages that can be reached by links, as path and text: at most so many of each kind of address."""
    waiting, seen, counts = deque(starts), set[str](), dict[str, int]()
    while waiting and len(seen) < most:
        path = waiting.popleft()
        kind = kind_of(path)
        if path in seen or counts.get(kind, 0) >= of_a_kind or path.startswith(_NOT_FOLLOWED):
            continue
        seen.add(path)
        counts[kind] = counts.get(kind, 0) + 1
        answer = visitor.look(path)
        assert answer.status_code < 500, f"{path}: {answer.text[:500]}"
        if answer.url.path == "/sign-in" or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield path, answer.text
        links, _ = read(str(answer.url), answer.text)
        for link in links:
            split = urlsplit(link)
            switches = "lang=" in split.query  # it would speak another language from there on
            if split.netloc == answer.url.netloc.decode() and not switches:
                waiting.append(split.path + (f"?{split.query}" if split.query else ""))
