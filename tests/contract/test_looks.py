"""Lists for screens, on every database: each shows what plain Python finds among everything, in its order, each row once."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import bulk
from storage.cascades import OBLIGATIONS
from storage.database import Database
from storage.folding import words_of
from storage.queries import groups, obligations, paging
from storage.queries import sight as sights
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from tests.support.databases import Databases
from tests.support.looking import SIGHTS, Key, every_page, filled, reading, seen
from tests.support.plenty import NOW, Written
from workflows.obligation import GROUPS

ON_PARTITIONS = "long"
FILTERS = {
    "all": Wanted(),
    "office": Wanted(office="d1-u2"),
    "subtree": Wanted(office="d1", below=True),
    "level": Wanted(level="department"),
    "part": Wanted(part="support"),
    "state": Wanted(state="reported"),
    "overdue": Wanted(groups=("open_overdue",)),
    "late": Wanted(groups=("open_overdue", "done_late")),
    "void": Wanted(groups=("void",)),
    "undated": Wanted(groups=("no_deadline", "info")),
    "dates": Wanted(due_from=NOW - timedelta(days=200), due_to=NOW),
    "officer": Wanted(officer="Nguyễn Văn 7"),
    "text": Wanted(text="DE dieu"),
    "words apart": Wanted(text="quy bao"),
    "of a document": Wanted(text="CV-PROVINCE so"),
    "no such text": Wanted(text="đê điều xyzzy"),
    "several": Wanted(office="d2", below=True, level="unit", groups=("open_overdue", "open_in_time"), part="lead"),
}


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[tuple[str, Written]]:
    url = databases.copy(template)
    yield url, filled(url)
    databases.drop(url)


@pytest.fixture
def written(office: tuple[str, Written]) -> Written:
    return office[1]


@pytest.fixture
def connection(office: tuple[str, Written]) -> Iterator[Connection]:
    with reading(office[0]) as found:
        yield found


@pytest.fixture(params=[sights.FEW, 0], ids=["gathered", "walked"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen is gathered first where it is little, and looked at one by one where it is much: both ways are tried."""
    monkeypatch.setattr(sights, "FEW", request.param)


def matches(written: Written, key: Key, wanted: Wanted) -> bool:
    one = written.obligations[key]
    if wanted.office and wanted.below:
        within = one.holder == wanted.office or one.holder.startswith(f"{wanted.office}-")
    else:
        within = wanted.office in (None, one.holder)
    document = written.directives[key[0], one.directive]
    item = written.items[key[0], one.directive, one.item]
    text = " ".join(words_of(f"{document.symbol} {document.subject} {item.label} {item.text}"))
    return (
        within
        and wanted.cascade in (None, key[0])
        and wanted.directive in (None, one.directive)
        and (not wanted.groups or one.group(NOW) in wanted.groups)
        and wanted.state in (None, one.state)
        and wanted.level in (None, one.level)
        and wanted.part in (None, one.part)
        and wanted.officer in (None, one.officer)
        and (wanted.due_from is None or (one.due_at is not None and one.due_at >= wanted.due_from))
        and (wanted.due_to is None or (one.due_at is not None and one.due_at < wanted.due_to))
        and all(word in text for word in words_of(wanted.text))
    )


def in_order(written: Written, keys: set[Key], sort: str) -> list[Key]:
    last = {(one.cascade_id, one.obligation): (one.recorded_at, one.cascade_id, one.seq) for one in written.entries}
    orders: dict[str, Callable[[Key], object]] = {
        "number": lambda key: key,
        "holder": lambda key: (written.obligations[key].holder, key),
        "changed": lambda key: last[key],
        "due": lambda key: (written.obligations[key].due_at is None, written.obligations[key].due_at or NOW, key),
    }
    return sorted(keys, key=orders[sort], reverse=sort == "changed")  # type: ignore[arg-type]


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("sort", obligations.SORTS)
def test_each_list_is_what_plain_python_finds_in_its_order(connection: Connection, written: Written, sort: str) -> None:
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for name, wanted in FILTERS.items():
            rows = every_page(lambda at, w=wanted, s=sight: obligations.listed(connection, NOW, s, w, sort, 37, at))
            expected = in_order(written, {key for key in visible if matches(written, key, wanted)}, sort)
            assert [(row.cascade, row.number) for row in rows] == expected, (sight, name)
            assert obligations.count(connection, NOW, sight, wanted) == len(expected), (sight, name)


def test_within_a_cascade_and_under_a_directive(connection: Connection, written: Written) -> None:
    cascade = written.cascades[0].id
    for sight in SIGHTS.values():
        for wanted in (Wanted(cascade), Wanted(cascade, directive=2), Wanted(cascade, text="bao")):
            visible = {key for key in seen(written.obligations, sight) if matches(written, key, wanted)}
            for sort in obligations.SORTS:
                rows = every_page(
                    lambda at, w=wanted, s=sight, o=sort: obligations.listed(connection, NOW, s, w, o, 9, at)
                )
                assert [(row.cascade, row.number) for row in rows] == in_order(written, visible, sort)


def test_what_changed_since_an_instant(connection: Connection, written: Written) -> None:
    since = NOW - timedelta(days=3)
    last = {(one.cascade_id, one.obligation): one.recorded_at for one in written.entries if one.obligation}
    for sight in SIGHTS.values():
        wanted = Wanted(changed_since=since)
        rows = every_page(lambda at, s=sight, w=wanted: obligations.listed(connection, NOW, s, w, "changed", 5, at))
        expected = {key for key in seen(written.obligations, sight) if last[key] >= since}
        assert [(row.cascade, row.number) for row in rows] == in_order(written, expected, "changed")


def test_a_line_tells_what_the_obligation_its_item_and_its_document_say(
    connection: Connection, written: Written
) -> None:
    for row in every_page(lambda at: obligations.listed(connection, NOW, EVERYTHING, Wanted(), "number", 200, at)):
        one = written.obligations[row.cascade, row.number]
        item = written.items[row.cascade, one.directive, one.item]
        assert (row.holder, row.due_at, row.sent_at, row.group) == (one.holder, one.due_at, one.sent_at, one.group(NOW))
        assert (row.text, row.officer, row.level) == (item.text, one.officer, one.level)
        assert row.symbol == written.directives[row.cascade, one.directive].symbol


def test_totals_within_a_sight(connection: Connection, written: Written) -> None:
    for sight in SIGHTS.values():
        counted = Counter(written.obligations[key].group(NOW) for key in seen(written.obligations, sight))
        assert groups.totals(connection, NOW, sight=sight) == {group: counted[group] for group in GROUPS}


@pytest.mark.parametrize("sort", obligations.SORTS)
def test_a_walk_sees_each_row_once_while_others_are_added(
    copied: Callable[[str], str], office: tuple[str, Written], sort: str
) -> None:
    url, written = copied(office[0]), office[1]
    database, found, cursor, added = Database(url), [], None, 0
    while True:
        with database.reading() as connection:
            page = obligations.listed(connection, NOW, EVERYTHING, Wanted(), sort, 40, cursor)
        found += [(row.cascade, row.number) for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
        added += 1
        with database.transaction() as connection:  # among those that were shown, and among those to come
            some = [(key, one) for key, one in written.obligations.items() if one.number == 1][
                added :: len(written.cascades) // 3
            ]
            rows = [OBLIGATIONS.to_row(one.but(number=900 + added), database.is_sqlite, key[0]) for key, one in some]
            bulk.insert(connection, "obligation", OBLIGATIONS.columns, rows)
    database.close()
    assert added > 3
    assert [key for key in found if key in written.obligations] == in_order(written, set(written.obligations), sort)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "W10",
        "WyJkdWUiLCAxXQ",
        "é" * 9,
        paging.cursor("due", ["x", "y", 1]),
        paging.cursor("due", [None, "\0", 1]),
        paging.cursor("number", ["a", 1 << 40]),
    ],
)
def test_a_cursor_of_somewhere_else_is_refused(connection: Connection, cursor: str) -> None:
    for sort in ("due", "number"):
        if cursor:
            with pytest.raises(paging.NoSuchPage):
                obligations.listed(connection, NOW, EVERYTHING, Wanted(), sort, 5, cursor)
    assert len(obligations.listed(connection, NOW, EVERYTHING, Wanted(), "due", 9_999).rows) == paging.MOST
