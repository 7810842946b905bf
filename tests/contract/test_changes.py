"""What changed between two moments, on every database: what each obligation was and is, and totals that add up."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from storage.as_of import as_of
from storage.queries.changes import CHANGED, ENDED, NEW, Changes, Seen, between
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING, Sight
from tests.support.databases import Databases
from tests.support.desk import Desk, desk_on, task
from workflows.fields import parse_instant
from workflows.obligation import GROUPS


@pytest.fixture(scope="module")
def worked(databases: Databases, template: str) -> Iterator[Desk]:
    url = databases.copy(template)
    with desk_on(url) as desk:
        desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
        desk.live_until("2023-08-16T09:00")
        desk.report(2)
        desk.live_until("2023-08-17T09:00")
        desk.accept(2)
        desk.issue("department", task("2023-08-25", "unit-4", under=1))
        desk.live_until("2023-08-29T10:00")
        yield desk
    databases.drop(url)


def changed(
    desk: Desk, since: str, until: str, wanted: Wanted = Wanted(), sight: Sight = EVERYTHING, limit: int = 100
) -> Changes:
    with ExitStack() as stack:
        seen = []
        for when in (since, until):
            past = stack.enter_context(as_of(desk.runtime.database, parse_instant(when)))
            seen.append(Seen(stack.enter_context(past.database.reading()), past.instant, sight))
        return between(seen[0], seen[1], wanted, limit)


def test_each_obligation_is_told_with_what_it_was_and_is(worked: Desk) -> None:
    found = changed(worked, "2023-08-15", "2023-08-18")
    told = {one.line.number: one for one in found.lines}
    assert {number: one.kind for number, one in told.items()} == {2: ENDED, 5: NEW}
    assert found.kinds == {ENDED: 1, NEW: 1}
    ended = told[2]
    assert ended.before
    assert ended.after
    assert (ended.before.state, ended.after.state) == ("assigned", "accepted")
    assert set(ended.fields) == {"state", "group", "received_at", "sent_at", "closed_at"}
    assert told[5].before is None


def test_time_alone_changes_how_it_stands(worked: Desk) -> None:
    found = changed(worked, "2023-08-24", "2023-08-29T09:00", Wanted(office="unit-3"))
    [one] = found.lines
    assert (one.kind, one.fields) == (CHANGED, ("group",))
    assert one.before
    assert one.after
    assert (one.before.group, one.after.group) == ("open_in_time", "open_overdue")


@pytest.mark.parametrize("since", ["2023-08-13", "2023-08-15", "2023-08-18", "2023-08-29T10:00"])
def test_the_totals_before_and_what_came_less_what_went_are_those_after(worked: Desk, since: str) -> None:
    found = changed(worked, since, "2023-08-29T10:00")
    for group in GROUPS:
        assert found.before[group] + found.came[group] - found.went[group] == found.after[group]
    assert sum(found.after.values()) == 5


def test_of_the_same_moment_nothing_has_changed(worked: Desk) -> None:
    assert changed(worked, "2023-08-20", "2023-08-20").total == 0


def test_only_what_is_seen_and_asked_for_is_told_and_all_of_it_is_counted(worked: Desk) -> None:
    own = Sight(frozenset({"unit-3"}))
    assert {one.line.holder for one in changed(worked, "2023-08-13", "2023-08-20", sight=own).lines} <= {
        "unit-3", "department",
    }  # fmt: skip
    few = changed(worked, "2023-08-13", "2023-08-20", limit=2)
    assert (len(few.lines), few.total) == (2, 5)
