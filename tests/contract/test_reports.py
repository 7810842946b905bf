"""What reports are made of, on every database, against plain Python over everything that was written."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from engine.reporting import four_groups, overdue
from engine.reporting.asked import Asked, Sources
from engine.reporting.periods import Period, read_period
from engine.reporting.report import as_data
from storage import bulk, directory, rulebook
from storage.queries import heads, reports, unreported
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from tests.support.databases import Databases
from tests.support.looking import SIGHTS, Key, filled, reading, seen
from tests.support.plenty import NOW, Written
from workflows.calendar import day_of, last_day
from workflows.obligation import GROUPS, Obligation

ON_PARTITIONS = "long"
PERIODS = (
    read_period("2026-06"),
    read_period("2025-Q4"),
    read_period("2025"),
    Period(day_of(NOW) - timedelta(days=400), day_of(NOW) - timedelta(days=350)),
)


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


@pytest.fixture
def sources(connection: Connection) -> Sources:
    rules = rulebook.read_rules(connection)
    calendars = {"vietnam@1": next(iter(rules.calendars.values())), **rules.calendars}  # as plenty calls it
    return Sources(directory.read_offices(connection).on(day_of(NOW)), rules.workflows, calendars)


def at_hand(one: Obligation, period: Period) -> bool:
    return one.assigned_at < period.until and (one.closed_at is None or one.closed_at >= period.since)


def under(office: str, top: str | None) -> bool:
    return top is None or office == top or office.startswith(f"{top}-") or top in ("province", "gov")


def expected(written: Written, keys: set[Key], period: Period) -> Counter[str]:
    """The line of the report over these obligations, counted one by one."""
    counted: Counter[str] = Counter()
    for key in keys:
        one = written.obligations[key]
        if at_hand(one, period):
            group = one.group(NOW)
            counted[group] += 1
            counted["total"] += 1
            counted["carried" if one.assigned_at < period.since else "given"] += 1
            judged = group not in ("info", "void", "no_deadline")
            counted["due"] += judged and one.due_at is not None and one.due_at < period.until
    return counted


@pytest.mark.parametrize("every", [False, True], ids=["below", "each"])
def test_the_four_groups_are_what_plain_python_counts(
    connection: Connection, written: Written, sources: Sources, every: bool
) -> None:
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for period in PERIODS:
            for top in (None, "d1", "d1-u2"):
                for part in (None, "lead"):
                    keys = {key for key in visible if under(written.obligations[key].holder, top)}
                    keys = {key for key in keys if part in (None, written.obligations[key].part)}
                    found = four_groups.make(connection, sources, sight, NOW, Asked(top, period, part, every))
                    by_office, by_level = found.tables
                    whole = expected(written, keys, period)
                    for table in (by_office, by_level):
                        assert table.sum is not None
                        assert {name: count for name, count in table.sum.data.items() if count} == +whole
                    for row in by_office.rows:
                        name, below = row.data["office"], row.data["below"]
                        of = {k for k in keys if (under if below else str.__eq__)(written.obligations[k].holder, name)}
                        counted = {one: row.data[one] for one in ("carried", "given", "total", "due", *GROUPS)}
                        assert {one: count for one, count in counted.items() if count} == +expected(written, of, period)
                    for row in by_level.rows:
                        of = {key for key in keys if written.obligations[key].level == row.data["level"]}
                        assert row.data["total"] == expected(written, of, period)["total"]


def test_what_is_overdue_with_all_that_a_line_says(connection: Connection, written: Written, sources: Sources) -> None:
    calendar = sources.calendars["vietnam@1"]
    for sight in SIGHTS.values():
        for top in (None, "d1"):
            visible = seen(written.obligations, sight)
            late = {k for k in visible if written.obligations[k].group(NOW) == "open_overdue"}
            late = {key for key in late if under(written.obligations[key].holder, top)}
            [table] = overdue.make(connection, sources, sight, NOW, Asked(top)).tables
            assert {row.about for row in table.rows} == late
            dates = [row.data["due_at"] for row in table.rows]
            assert dates == sorted(dates)
            for row in table.rows:
                assert row.about is not None
                one = written.obligations[row.about]
                until = (one.sent_at or one.rested_at or NOW) if one.rested_at else NOW
                assert row.data["days_late"] == calendar.between(last_day(one.due_at or NOW), last_day(until))
                document = written.directives[row.about[0], one.directive]
                assert (row.data["symbol"], row.data["issued_on"]) == (document.symbol, document.issued_on)
                assert (row.data["holder"], row.data["giver"], row.data["no"]) == (
                    one.holder,
                    one.giver,
                    table.rows.index(row) + 1,
                )


def owes(one: Obligation) -> bool:
    waits = one.open and one.sent_at is None and one.rested_at is None
    return waits and one.part != "info" and one.mode not in ("info", "linked") and not one.stands


def test_who_has_not_reported_as_the_list_of_a_document_has_it_and_as_far_as_it_is_seen(
    connection: Connection, written: Written
) -> None:
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for key in list(written.directives)[:25]:
            found = reports.unreported(connection, NOW, sight, *key)
            of_it = {k for k in visible if (k[0], written.obligations[k].directive) == key}
            assert {(line.cascade, line.number) for line, _ in found} == {
                k for k in of_it if owes(written.obligations[k])
            }
            if sight == EVERYTHING:
                [document] = unreported.documents(connection, cascade=key[0], number=key[1])
                listed = unreported.listed(connection, document, 10_000).rows
                assert {one.number for one in listed} == {line.number for line, _ in found}
    assert reports.unreported(connection, NOW, EVERYTHING, period="2099-Q1") == []


def test_what_came_in_and_what_was_passed_on_below(connection: Connection, written: Written) -> None:
    since, until = day_of(NOW) - timedelta(days=600), day_of(NOW) - timedelta(days=10)
    for sight in SIGHTS.values():
        visible = seen(written.obligations, sight)
        for holder in ("province", "d1"):
            came = reports.came_in(connection, NOW, sight, holder, since, until)
            keys = [(line.cascade, line.number) for line, _, _ in came]
            assert len(keys) == len(set(keys))
            expected_keys = {
                key for key in visible
                if (one := written.obligations[key]).holder == holder
                and (document := written.directives[key[0], one.directive]).issuer != holder
                and since <= (document.arrived_on or document.issued_on) < until
            }  # fmt: skip
            assert set(keys) == expected_keys
            arrivals = [document.arrived_on or document.issued_on for _, _, document in came]
            assert arrivals == sorted(arrivals)
            below = reports.passed_on(connection, NOW, sight, keys)
            for key in keys:
                under_it = {
                    other for other in visible
                    if other[0] == key[0] and written.obligations[other].parent == key[1]
                    and written.obligations[other].part != "info"
                }  # fmt: skip
                assert {(line.cascade, line.number) for line, _ in below.get(key, [])} == under_it


def test_the_lists_of_a_report_are_as_long_as_its_numbers(
    connection: Connection, written: Written, sources: Sources
) -> None:
    """A list asks with the same bounds as the count: given before an end, not closed before a beginning."""
    for period in PERIODS:
        wanted = Wanted(assigned_to=period.until, closed_from=period.since)
        counted = reports.counted(connection, NOW, EVERYTHING, period.since, period.until)
        assert len(reports.lines_of(connection, NOW, EVERYTHING, wanted)) == sum(one.count for one in counted)
        carried = Wanted(assigned_to=period.since, closed_from=period.since)
        assert len(reports.lines_of(connection, NOW, EVERYTHING, carried)) == sum(
            one.count for one in counted if one.carried
        )


def test_entries_that_say_why_are_found_and_one_that_cannot_be_read_says_nothing(
    connection: Connection, written: Written
) -> None:
    keys = list(written.obligations)[:60]
    found = reports.said_about(connection, keys, rungs=True)
    kinds = {"ExtensionRequested", "Urged", "RungReached"}
    for key in keys:
        about = [e for e in written.entries if (e.cascade_id, e.obligation) == key and e.kind in kinds]
        assert [(one.kind, one.seq) for one in found.get(key, [])] == [(e.kind, e.seq) for e in about]
    without = reports.said_about(connection, keys)
    assert {one.kind for said in without.values() for one in said} <= kinds - {"RungReached"}
    assert reports.said_about(connection, []) == {}


def test_the_head_of_one_chain_is_its_own_and_of_several_a_hash_over_them(
    connection: Connection, written: Written
) -> None:
    one = written.cascades[0]
    assert heads.of(connection, one.id).hash == one.last_hash
    every = heads.seen(connection, EVERYTHING)
    assert (every.chains, every.entries) == (len(written.cascades), len(written.entries))
    assert len(every.hash) == 64
    assert every.hash != one.last_hash
    assert every.short == every.hash[:12]
    for name, sight in SIGHTS.items():
        found = heads.seen(connection, sight)
        chains = {key[0] for key in seen(written.obligations, sight)} | {
            key[0] for key, one in written.directives.items() if sight.offices is None or one.issuer in sight.offices
        }
        assert found.chains == len(chains), name
    assert heads.of(connection, "nosuch").hash == ""
    [(seq, last)] = bulk.read(connection, "SELECT admin_seq, admin_hash FROM installation")
    assert heads.administration(connection) == heads.Heads(last, 1, seq, "administration")


def test_the_same_rows_have_the_same_digest_and_others_another(connection: Connection, sources: Sources) -> None:
    asked = Asked(period=PERIODS[0])
    first, again = (four_groups.make(connection, sources, EVERYTHING, NOW, asked) for _ in range(2))
    assert first.digest == again.digest == as_data(first)["digest"]
    later = four_groups.make(connection, sources, EVERYTHING, NOW + timedelta(days=30), asked)
    assert later.digest != first.digest
