"""What a sight shows is a plain filter over everything, whatever hangs under whatever: on every database, for any offices."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from storage import bulk
from storage.cascades import CASCADES, DIRECTIVES, ITEMS, OBLIGATIONS
from storage.database import Database
from storage.driver import driver
from storage.queries import cascades, history, obligations, registers, tree
from storage.queries import sight as sights
from storage.queries.filters import Wanted
from storage.queries.sight import Sight
from tests.support.databases import Databases
from tests.support.looking import every_page, seen, seen_documents
from tests.support.plenty import NOW, Written
from workflows.directive import Cascade, Directive, Item
from workflows.obligation import Obligation

ON_PARTITIONS = "long"
Row = tuple[int, int, str, str, str | None, str | None]  # the place of its parent, its cascade, its four parties
PARTIES = st.sampled_from(("a", "b", "c", "d", "e"))
SOMEBODY = st.none() | PARTIES
FOREST = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from((0, 1)), PARTIES, PARTIES, SOMEBODY, SOMEBODY), min_size=1, max_size=14
)


@pytest.fixture(scope="module")
def empty(databases: Databases, template: str) -> Iterator[Database]:
    url = databases.copy(template)
    database = Database(url)
    yield database
    database.close()
    databases.drop(url)


@given(forest=FOREST, offices=st.frozensets(PARTIES, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("few", [0, sights.FEW], ids=["walked", "gathered"])
def test_what_a_sight_shows_is_a_plain_filter_over_everything(
    empty: Database, monkeypatch: pytest.MonkeyPatch, few: int, forest: list[Row], offices: frozenset[str]
) -> None:
    """Lists, documents, cascades, and the tree opened to its last node."""
    sight = Sight(offices)
    with monkeypatch.context() as patched, empty.transaction() as connection:
        patched.setattr(sights, "FEW", few)
        written = planted(connection, forest)
        rows = every_page(lambda at: obligations.listed(connection, NOW, sight, Wanted(), "number", 5, at))
        documents = every_page(lambda at: registers.listed(connection, sight, registers.Wanted(), 5, at))
        chains = every_page(lambda at: cascades.page(connection, sight, 3, at))
        opened = {(key, number) for key in ("one", "two") for number in in_tree(connection, sight, key)}
        told = history.first(connection, sight, history.Wanted(), 200)
        driver(connection).rollback()
    visible, expected = seen(written.obligations, sight), seen_documents(written, sight)
    assert {(row.cascade, row.number) for row in rows} == visible == opened
    assert {(row.cascade, row.number) for row in documents} == expected
    assert {row.id for row in chains} == {cascade for cascade, _ in expected}
    assert told == []


def in_tree(connection: Connection, sight: Sight, cascade: str, parent: int | None = None) -> set[int]:
    """Every node that opens, from the top down; each is said to have as many below as there are."""
    found: set[int] = set()
    for node in every_page(lambda at: tree.children(connection, NOW, sight, cascade, parent, 2, at)):
        below = in_tree(connection, sight, cascade, node.line.number)
        assert sum(node.below.values()) == len(below)
        found |= {node.line.number, *below}
    return found


def planted(connection: Connection, forest: list[Row]) -> Written:
    """A forest stored, each obligation under a directive of its own; its roots may hang under any before them."""
    sqlite, made = connection.dialect.name == "sqlite", Written()
    for number, (place, chain, holder, giver, controller, recipient) in enumerate(forest, 1):
        key = ("one", "two")[chain]
        before = [n for other, n in made.obligations if other == key]
        parent = before[place - 1] if 0 < place <= len(before) else None
        made.obligations[key, number] = Obligation(
            number, number, 1, "unit", holder, giver, "lead", "once", "w@1", "assigned", NOW, parent,
            controller=controller, recipient=recipient,
        )  # fmt: skip
        made.directives[key, number] = Directive(
            number, f"{number}/CV", "CV", giver, NOW.date(), "Tasks", "w@1", "issued"
        )
        made.items[key, number, 1] = Item(number, 1, "1", "Do it", "once")
    heads = [Cascade(key, "Tasks", "w@1", "c@1", last_at=NOW) for key in sorted({key for key, _ in made.obligations})]
    bulk.insert(connection, "cascade", CASCADES.columns, [CASCADES.to_row(one, sqlite) for one in heads])
    for table, values in ((DIRECTIVES, made.directives), (ITEMS, made.items), (OBLIGATIONS, made.obligations)):
        rows = [table.to_row(one, sqlite, key[0]) for key, one in values.items()]  # type: ignore[attr-defined]
        bulk.insert(connection, table.table, table.columns, rows)  # type: ignore[attr-defined]
    return made
