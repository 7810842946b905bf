"""The journal narrowed by everything that may be asked and walked from either end, against plain Python over all entries."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations, islice
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection

from storage.journal import Entry
from storage.queries import entry_filters, history
from storage.queries.entry_filters import Wanted
from storage.queries.sight import EVERYTHING, Sight
from tests.support.databases import Databases
from tests.support.looking import SIGHTS, every_page, filled, reading, seen, seen_documents
from tests.support.plenty import NOW, Written
from workflows.calendar import day_end, last_day

ON_PARTITIONS = "long"
MIDDLE = day_end((NOW - timedelta(days=300)).date()) + timedelta(microseconds=1)
LATER = MIDDLE + timedelta(days=60)
Matches = Callable[[Entry], bool]


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[tuple[str, Written]]:
    url = databases.copy(template)
    yield url, filled(url, entries=11)
    databases.drop(url)


@pytest.fixture
def written(office: tuple[str, Written]) -> Written:
    return office[1]


@pytest.fixture
def connection(office: tuple[str, Written]) -> Iterator[Connection]:
    with reading(office[0]) as found:
        yield found


@pytest.fixture(params=["few", "many"])
def amount(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether what is wanted is little, and so begun with; or much, and walked in its order."""
    if request.param == "many":
        monkeypatch.setattr(entry_filters, "FEW", 0)
    return str(request.param)


def by(one: Entry) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(one.body)["by"]
    return found


def fact(one: Entry) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(one.body)["fact"]
    return found


def told(written: Written, sight: Sight) -> list[Entry]:
    """The entries that a sight shows."""
    visible, documents = seen(written.obligations, sight), seen_documents(written, sight)
    chains = {cascade for cascade, _ in documents}
    return [
        one
        for one in written.entries
        if (
            (one.cascade_id, one.obligation) in visible
            if one.obligation
            else (one.cascade_id, one.directive) in documents
            if one.directive
            else one.cascade_id in chains
        )
    ]


FILTERS: dict[str, tuple[Wanted, Matches]] = {
    "recorded since": (Wanted(since=MIDDLE), lambda one: one.recorded_at >= MIDDLE),
    "recorded until": (Wanted(until=LATER), lambda one: one.recorded_at < LATER),
    "happened": (
        Wanted(happened_since=MIDDLE, happened_until=LATER),
        lambda one: MIDDLE <= one.happened_at < LATER,
    ),
    "happened since": (Wanted(happened_since=LATER), lambda one: one.happened_at >= LATER),
    "role": (Wanted(role="officer"), lambda one: one.role == "officer"),
    "office": (Wanted(office="d1-u2"), lambda one: one.office == "d1-u2"),
    "the clock": (Wanted(office="-"), lambda one: one.office == "-"),
    "a common kind": (Wanted(kind="RungReached"), lambda one: one.kind == "RungReached"),
    "a rare kind": (Wanted(kind="Corrected"), lambda one: one.kind == "Corrected"),
    "missed": (Wanted(kind="DeadlineMissed"), lambda one: one.kind == "DeadlineMissed"),
    "late": (Wanted(late=True), lambda one: last_day(one.happened_at) < last_day(one.recorded_at)),
    "claimed": (Wanted(claimed=True), lambda one: "known_by" not in by(one)),
    "person": (
        Wanted(person="Đỗ Thị d2-u1"),
        lambda one: by(one).get("deputy_person", by(one).get("person")) == "Đỗ Thị d2-u1",
    ),
    "a deputy": (Wanted(person="Trần Văn Phó"), lambda one: by(one).get("deputy_person") == "Trần Văn Phó"),
    "deputies": (Wanted(deputies=True), lambda one: "deputy" in by(one) or "acting_for" in by(one)),
    "for a person": (
        Wanted(acted_for="Đỗ Thị province"),
        lambda one: "deputy" in by(one) and by(one).get("person") == "Đỗ Thị province",
    ),
    "for an office": (Wanted(acted_for="gov"), lambda one: by(one).get("acting_for") == "gov"),
    "an action": (Wanted(action="report"), lambda one: fact(one).get("action") == "report"),
    "an action of every workflow": (Wanted(action="acknowledge"), lambda one: one.kind == "Acknowledged"),
    "overridden": (Wanted(overridden=True), lambda one: one.kind in ("Corrected", "ItemAmended", "DirectiveMoved")),
    "denied": (Wanted(denied=True), lambda one: one.kind in ("ExtensionRefused", "RenewalRefused")),
}


def listed(connection: Connection, sight: Sight, wanted: Wanted, newest: bool) -> list[tuple[str, int]]:
    """All pages. The installation's own chain is seen by who sees everything; it is no part of what was written here."""
    rows = every_page(lambda at: history.listed(connection, sight, wanted, 150, at, newest_first=newest))
    return [(one.cascade_id, one.seq) for one in rows if one.cascade_id != "administration"]


def expected(entries: list[Entry], *matches: Matches) -> list[tuple[str, int]]:
    found = [one for one in entries if all(match(one) for match in matches)]
    return [(o.cascade_id, o.seq) for o in sorted(found, key=lambda o: (o.recorded_at, o.cascade_id, o.seq))]


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_gives_what_it_says_from_either_end(
    connection: Connection, written: Written, amount: str, name: str
) -> None:
    wanted, matches = FILTERS[name]
    right = expected(written.entries, matches)
    assert right or name in ("denied",), "nothing to find"
    assert listed(connection, EVERYTHING, wanted, newest=False) == right
    assert listed(connection, EVERYTHING, wanted, newest=True) == right[::-1]
    ours = history.count(connection, EVERYTHING, wanted, 1_000_000)
    assert len(right) <= ours <= len(right) + 12  # with the few of the administration


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.long)])
def test_every_two_filters_go_together(connection: Connection, written: Written, amount: str, every: int) -> None:
    chain = written.cascades[1].id
    found = 0
    for (_, (one, matches)), (_, (other, too)) in islice(combinations(FILTERS.items(), 2), 0, None, every):
        asked = {**_asked(one), **_asked(other)}
        if _asked(one).keys() & _asked(other).keys():
            continue  # the same question asked twice
        right = expected(written.entries, matches, too)
        assert listed(connection, EVERYTHING, Wanted(**asked), newest=True) == right[::-1], asked
        within = [key for key in right if key[0] == chain]
        assert listed(connection, EVERYTHING, Wanted(**asked, chain=chain), newest=False) == within, asked
        found += bool(right)
    assert found > 80 // every


def _asked(wanted: Wanted) -> dict[str, Any]:
    empty = Wanted()
    return {name: getattr(wanted, name) for name in Wanted.__slots__ if getattr(wanted, name) != getattr(empty, name)}


def test_what_is_shown_is_what_is_seen(connection: Connection, written: Written, amount: str) -> None:
    chain = written.cascades[1].id
    of_symbol = {key for key, one in written.directives.items() if one.symbol == "2.2/CV-PROVINCE"}
    under = {key for key, one in written.obligations.items() if (key[0], one.directive) in of_symbol}
    asked: dict[Wanted, Matches] = {
        **{FILTERS[name][0]: FILTERS[name][1] for name in ("happened", "late", "person", "missed", "an action")},
        Wanted(chain): lambda one: one.cascade_id == chain,
        Wanted(chain, obligation=2): lambda one: (one.cascade_id, one.obligation) == (chain, 2),
        Wanted(chain, directive=1): lambda one: (one.cascade_id, one.directive) == (chain, 1),
        Wanted(symbol="2.2/CV-PROVINCE"): lambda one: (
            (one.cascade_id, one.obligation) in under
            or (one.obligation is None and (one.cascade_id, one.directive) in of_symbol)
        ),
        Wanted(symbol="nothing"): lambda one: False,
    }
    for sight in SIGHTS.values():
        shown = told(written, sight)
        for wanted, matches in asked.items():
            right = expected(shown, matches)
            for newest in (True, False):
                rows = listed(connection, sight, wanted, newest)
                assert rows == (right[::-1] if newest else right), (sight, wanted)


def test_a_symbol_is_known_without_its_spaces_capitals_and_accents(connection: Connection) -> None:
    for typed in ("2.2/CV-PROVINCE", " 2.2 / cv-province", "2.2/ĆV-Province"):
        assert history.symbols(connection, typed) == ["2.2/CV-PROVINCE"]
    assert history.symbols(connection, "2.2/CV") == []
    assert history.symbols(connection, " ") == []


def test_a_person_is_known_without_accents_or_by_some_words(connection: Connection) -> None:
    assert history.persons(connection, "Trần Văn Phó") == ["Trần Văn Phó"]
    assert history.persons(connection, "tran  van pho") == ["Trần Văn Phó"]
    assert history.persons(connection, "pho tran") == ["Trần Văn Phó"]
    assert len(history.persons(connection, "do thi d1")) == 1
    assert len(history.persons(connection, "do thi")) > 5
    assert history.persons(connection, "nobody") == []
