"""Pages and messages say nothing past the catalogue: with every message in brackets, what stands outside is data alone."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain

import pytest

from engine import language
from engine.demo import guests
from engine.demo.guests import Guest
from engine.notify.channels import Silent
from engine.notify.letters import write
from engine.notify.parcels import Parcel
from engine.runtime import Runtime, opened
from storage import bulk, directory
from storage.queries import messages
from storage.queries.subjects import read_about
from tests.house.test_both_languages import _Marked, _names
from tests.support.browsing import Visitor, served
from tests.support.walking import walk

_SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-label")
_LEFT_OUT = {"script", "style", "pre", "code", "textarea", "svg"}  # data as it is: entries, workflows, texts typed
_STARTS = ("/work", "/overview", "/obligations", "/register", "/register/new", "/journal", "/account", "/administration",
           "/search?q=a", "/workflows", "/calendar", "/offices", "/accounts", "/outbox", "/incidents", "/rounds",
           "/obligations?since=x", "/nosuch")  # fmt: skip
# Ids, hashes, addresses, words of the machine that no language has another one for, and the heading of a state's papers.
_DATA = re.compile(
    r"\S*[\d/@_.]\S*|\b(?:cascade|sha|Tiếng Việt|English|dispatch|csv|SVG|YAML|JSON|PDF|API|Unicode|NAM)\b",
    re.IGNORECASE,
)


class _Said(HTMLParser):
    """What a page says to whoever reads or hears it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT or ("class", "digest") in attrs:
            self._inside.append(tag)
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


def past_the_catalogue(text: str, known: set[str]) -> list[str]:
    """The English-looking words of a text that stand in no brackets and are no data."""
    while "⟦" in text:  # from the innermost outwards
        text, before = re.sub(r"⟦[^⟦⟧]*⟧", " ", text), text
        if text == before:
            return [f"a bracket is not closed: {text[:200]}"]
    return [word for word in re.findall(r"[A-Za-z]{3,}", _DATA.sub(" ", text)) if word.lower() not in known]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runtime, list[Guest]]]:
    url = str(tmp_path_factory.mktemp("pages") / "demo.db")
    people = guests.prepare(url)
    with opened(url, channel=Silent()) as runtime:
        yield runtime, people


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: _Marked())


def _of_this(runtime: Runtime, people: list[Guest]) -> set[str]:
    """Words of the demonstration's own data."""
    with runtime.database.reading() as connection:
        rows = chain.from_iterable(bulk.read(connection, sql) for sql in (
            "SELECT subject FROM directive", "SELECT text FROM item", "SELECT name FROM office", "SELECT id FROM office",
            "SELECT shown FROM account", "SELECT symbol FROM directive", "SELECT id FROM cascade", "SELECT body FROM journal",
        ))  # fmt: skip
        told = {word.lower() for (text,) in rows for word in re.findall(r"[A-Za-z]{3,}", str(text))}
    return told | {one.name for one in people}


@pytest.mark.long
@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("role", ["clerk", "leader", "officer", "admin", "auditor", "operator"])
def test_a_page_says_nothing_past_the_catalogue(demonstration: tuple[Runtime, list[Guest]], role: str) -> None:
    runtime, people = demonstration
    known, wrong, count = _names() | _of_this(runtime, people), dict[str, list[str]](), 0
    person = next(one for one in people if one.role == role)
    with served(runtime) as address, Visitor(address) as visitor:
        visitor.sign_in(person.name, person.password)
        assert visitor.page.url.path != "/sign-in"
        for path, text in walk(visitor, _STARTS):
            if path == "/api":
                continue
            reader, count = _Said(), count + 1
            reader.feed(text)
            if found := sorted(set(past_the_catalogue("\n".join(reader.texts), known))):
                wrong[path] = found
    assert count > 10
    assert not wrong, "\n".join(f"{path}: {words}" for path, words in wrong.items())


@pytest.mark.long
@pytest.mark.usefixtures("marked")
def test_a_message_says_nothing_past_the_catalogue(demonstration: tuple[Runtime, list[Guest]]) -> None:
    runtime, people = demonstration
    known, now = _names() | _of_this(runtime, people), runtime.now()
    with runtime.database.reading() as connection:
        offices = directory.read_offices(connection)
        found = [one for line in messages.listed(connection, "all", None, 500)[0]
                 if (key := messages.key_of(line.id)) and (one := messages.find(connection, key))]  # fmt: skip
        about = read_about(connection, [(one.cascade_id, one.obligation) for one in found])
    kinds = set()
    for message in found:
        kinds.add(message.kind)
        parcel = Parcel(message, about.get((message.cascade_id, message.obligation or 0)))
        letter = write([parcel], "vi", offices, None, now)
        assert past_the_catalogue(letter.text, known) == [], letter.text
    assert len(kinds) > 3
