"""What pages show beside lists, on every database, against plain Python over everything that was written."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import views
from storage.database import Database
from storage.driver import driver
from storage.outbox import Message
from storage.queries import detail, my_work, obligations, overview, registers, search, tasks, tree, troubles
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING, Sight
from tests.support.databases import Databases
from tests.support.looking import SIGHTS, Key, every_page, filled, reading, seen, seen_documents
from tests.support.plenty import NOW, Written
from workflows.calendar import last_day
from workflows.errors import Unmet
from workflows.obligation import Obligation

ON_PARTITIONS = "long"


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


def below(written: Written, key: Key, visible: set[Key]) -> set[Key]:
    """All that is seen under an obligation, at any depth."""
    found = {other for other in visible if other[0] == key[0] and written.obligations[other].parent == key[1]}
    return found.union(*(below(written, other, visible) for other in found)) if found else found


def test_the_tree_opens_node_by_node_with_what_is_below_added_up(connection: Connection, written: Written) -> None:
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for cascade in written.cascades[:4]:
            for parent in (None, 1, 2):
                under = [
                    key for key in sorted(visible) if key[0] == cascade.id and written.obligations[key].parent == parent
                ]
                nodes = every_page(
                    lambda at, s=sight, c=cascade, p=parent: tree.children(connection, NOW, s, c.id, p, 4, at)
                )
                assert [node.line.number for node in nodes] == [number for _, number in under]
                for node, key in zip(nodes, under, strict=True):
                    counted = Counter(written.obligations[other].group(NOW) for other in below(written, key, visible))
                    assert {group: count for group, count in node.below.items() if count} == counted
                    assert node.children == sum(
                        1 for other in visible if other[0] == key[0] and written.obligations[other].parent == key[1]
                    )


def blocks(one: Obligation) -> bool:
    owes = one.part == "lead" and one.mode not in ("info", "linked") and not one.stands
    return one.open and owes and one.leads_open == 0


def test_who_blocks_is_who_is_open_with_nothing_open_below(connection: Connection, written: Written) -> None:
    for sight in SIGHTS.values():
        visible, cascade = seen(written.obligations, sight), written.cascades[0].id
        for number in (None, 1, 3):
            among = below(written, (cascade, number), visible) if number else {k for k in visible if k[0] == cascade}
            found = tree.blockers(connection, NOW, sight, cascade, number)
            assert {one.line.number for one in found} == {n for key, n in among if blocks(written.obligations[key, n])}
            dates = [one.line.due_at or NOW + timedelta(days=9_999) for one in found]
            assert dates == sorted(dates)
            for one in found:
                rests = written.obligations[cascade, one.line.number].rested_at is not None
                assert one.waits_for == ("giver" if rests else "holder")


def test_an_obligation_in_full(connection: Connection, written: Written) -> None:
    cascade = written.cascades[0].id
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for number in (1, 2, 17, 9_999):
            found = detail.find(connection, NOW, sight, cascade, number)
            assert (
                (found is not None)
                == ((cascade, number) in visible)
                == detail.is_seen(connection, sight, cascade, number)
            )
            if found is None:
                continue
            one = written.obligations[cascade, number]
            assert found.obligation == one
            assert found.directive == written.directives[cascade, one.directive]
            assert found.item == written.items[cascade, one.directive, one.item]
            about = [entry for entry in written.entries if (entry.cascade_id, entry.obligation) == (cascade, number)]
            assert list(found.entries) == about
            sent = [m for m in written.messages if (m.cascade_id, m.obligation) == (cascade, number)]
            assert list(found.messages) == sent
            above, way = one.parent, list[int]()
            while above is not None:
                way.insert(0, above)
                above = written.obligations[cascade, above].parent
            assert [line.number for line in found.chain] == way
            assert sum(found.counts.below.values()) == len(below(written, (cascade, number), visible))
            assert [node.line.number for node in found.below.rows] == [
                key[1] for key in sorted(visible) if key[0] == cascade and written.obligations[key].parent == number
            ][:50]


def test_registers_of_what_was_issued_and_of_what_came_in(connection: Connection, written: Written) -> None:
    day = (NOW - timedelta(days=300)).date()
    asked = {
        registers.Wanted(): lambda one: True,
        registers.Wanted(kind="issued"): lambda one: one.recorded_by is None,
        registers.Wanted(kind="incoming", issued_from=day): lambda one: (
            one.recorded_by is not None and one.issued_on >= day
        ),
        registers.Wanted(issuer="d1", issued_to=day): lambda one: one.issuer == "d1" and one.issued_on < day,
        registers.Wanted(arrival_number="2"): lambda one: one.arrival_number == "2",
        registers.Wanted(symbol="1.2/CV-PROVINCE"): lambda one: one.symbol == "1.2/CV-PROVINCE",
        registers.Wanted(type="TB", state="issued"): lambda one: one.type == "TB",
    }
    for sight in SIGHTS.values():
        visible = seen_documents(written, sight)
        for wanted, matches in asked.items():
            keys = {key for key in visible if matches(written.directives[key])}
            expected = sorted(keys, key=lambda key: (written.directives[key].issued_on, key), reverse=True)
            rows = every_page(lambda at, s=sight, w=wanted: registers.listed(connection, s, w, 11, at))
            assert [(row.cascade, row.number) for row in rows] == expected, wanted
        given = Counter((key[0], one.directive) for key, one in written.obligations.items())
        for row in registers.listed(connection, sight, registers.Wanted()).rows:
            assert row.obligations == given[row.cascade, row.number]
            assert registers.find(connection, sight, row.cascade, row.number) == row
    hidden = next(iter(set(written.directives) - seen_documents(written, SIGHTS["unit"])))
    assert registers.find(connection, SIGHTS["unit"], *hidden) is None


def test_messages_that_wait_that_failed_and_that_are_dead(connection: Connection, written: Written) -> None:
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        states: dict[str, Callable[[Message], bool]] = {
            "waiting": lambda one: one.sent_at is None,
            "failed": lambda one: one.sent_at is None and one.attempts > 0,
            "dead": lambda one: one.dead_at is not None,
        }
        for state, stands in states.items():
            expected = sorted(
                (one.available_at, one.cascade_id, one.seq, one.place)
                for one in written.messages
                if stands(one)
                and ((one.cascade_id, one.obligation) in visible or one.office in (sight.offices or ()))
            )  # fmt: skip
            rows = every_page(lambda at, s=sight, w=state: troubles.outbox(connection, s, w, 2, at))
            assert [(one.available_at, one.cascade_id, one.seq, one.place) for one in rows] == expected
        failing = sorted(key for key in visible if written.obligations[key].retry_at)
        rows = every_page(lambda at, s=sight: troubles.incidents(connection, NOW, s, 1, at))
        assert [(one.line.cascade, one.line.number) for one in rows] == failing
        assert all(one.failures == 2 for one in rows)


def waits(written: Written, office: str, kind: str) -> set[Key]:
    heard = {(m.cascade_id, m.obligation) for m in written.messages if m.office == office}
    rules = {
        "receive": lambda key, one: one.holder == office and one.received_at is None,
        "report": lambda key, one: (
            one.holder == office and one.received_at and not one.rested_at and not one.owes_nothing
        ),
        "decide": lambda key, one: one.giver == office and one.rested_at is not None,
        "acknowledge": lambda key, one: (
            office in (one.holder, one.giver) and one.rung and not one.held_until and key in heard
        ),
    }
    return {key for key, one in written.obligations.items() if one.open and rules[kind](key, one)}


def test_what_waits_for_an_office(connection: Connection, written: Written) -> None:
    some = Counter[str]()
    for office in ("d1", "d1-u2", "province", "elsewhere"):
        for kind in my_work.ASKS:
            expected = waits(written, office, kind)
            wanted = my_work.Wanted(NOW, NOW, asks=kind)
            pages = [my_work.listed(connection, EVERYTHING, [(office, None)], wanted, 3, at) for at in range(0, 400, 3)]
            rows = [row for page in pages for row in page.rows]
            assert {(row.cascade, row.number) for row in rows} == expected
            assert len(rows) == len(expected) == pages[0].total == pages[0].counted.asks[kind]
            dates = [row.by or NOW + timedelta(days=9_999) for row in rows]
            assert dates == sorted(dates)
            some[kind] += len(rows)
        whole = my_work.listed(connection, EVERYTHING, [(office, None)], my_work.Wanted(NOW, NOW), 1)
        assert whole.total == len(set[Key]().union(*(waits(written, office, kind) for kind in my_work.ASKS)))
        mine = [task for one in written.obligations.values() for task in one.tasks if task.office == office]
        assert tasks.listed(connection, 500, office=office, role="clerk")[1] == len(mine)
        assert tasks.listed(connection, 500, office=office, role="leader") == ([], 0)
    assert all(some[kind] for kind in my_work.ASKS)


def test_every_number_of_the_overview_is_the_length_of_its_list(connection: Connection, written: Written) -> None:
    for sight in SIGHTS.values():
        tallies = overview.tallies(connection, NOW, sight, overview.BY)
        expected = Counter(
            (one.holder, one.level, f"{last_day(one.due_at):%Y-%m}" if one.due_at else None, one.group(NOW))
            for one in (written.obligations[key] for key in seen(written.obligations, sight))
        )
        assert {(one.office, one.level, one.month, one.group): one.count for one in tallies} == expected
        for (office, level), totals in overview.added(tallies, "office", "level").items():
            listed = Wanted(office=office, level=level, groups=("open_overdue",))
            assert obligations.count(connection, NOW, sight, listed) == totals["open_overdue"]
    only = overview.tallies(connection, NOW, EVERYTHING, ["office"], ["d1-u2"])
    assert {(one.office, one.level, one.month) for one in only} == {("d1-u2", None, None)}
    [(_, totals)] = overview.added(only, "office").items()
    assert sum(totals.values()) == sum(1 for one in written.obligations.values() if one.holder == "d1-u2")
    since = overview.tallies(connection, NOW, EVERYTHING, (), due_from=NOW)
    dated = [one for one in written.obligations.values() if one.due_at and one.due_at >= NOW]
    assert {one.group: one.count for one in since} == Counter(one.group(NOW) for one in dated)


def test_search_finds_without_accents_by_symbol_office_person_and_text(
    connection: Connection, written: Written
) -> None:
    def found(text: str, sight: Sight = EVERYTHING) -> search.Found:
        return search.find(connection, NOW, sight, text, 200)

    assert [one.id for one in found("phong ke hoach 1.2").offices] == ["d1-u2"]
    assert {one.office for one in found("DO THI 1.2").persons} == {"d1-u2"}
    assert [one.symbol for one in found("3.2/cv-province").documents] == ["3.2/CV-PROVINCE"]
    wet = found("sạt lở ĐÊ").obligations
    assert wet
    assert all("sạt lở đê" in f"{one.text} {written.directives[one.cascade, one.directive].subject}" for one in wet)
    assert found("").documents == found("  ").offices == ()
    assert found("sat lo", SIGHTS["nothing"]).obligations == ()


def test_views_are_kept_replaced_and_forgotten(copied: object, office: tuple[str, Written]) -> None:
    database = Database(office[0])
    with database.transaction() as connection:
        views.save(connection, "an", "Quá hạn", "group=open_overdue")
        views.save(connection, "an", "Quá hạn", "group=open_overdue&office=d1")
        views.save(connection, "binh", "Quá hạn", "x=1")
        assert views.listed(connection, "an") == [views.View("Quá hạn", "group=open_overdue&office=d1")]
        for name, query in (("", "x"), ("x" * 81, "x"), ("x", "x" * 2_001), ("a\0", "")):
            with pytest.raises(Unmet):
                views.save(connection, "an", name, query)
        views.forget(connection, "an", "Quá hạn")
        for number in range(views.MOST):
            views.save(connection, "an", f"{number}", "")
        with pytest.raises(Unmet):
            views.save(connection, "an", "one more", "")
        views.save(connection, "an", "7", "changed")
        assert len(views.listed(connection, "an")) == views.MOST
        assert len(views.listed(connection, "binh")) == 1
        driver(connection).rollback()
    database.close()
