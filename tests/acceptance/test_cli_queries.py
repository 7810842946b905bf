"""What the screens count is what the law says, on both databases."""

from collections import Counter
from collections.abc import Callable

from engine.runtime import Runtime
from storage.queries import cascades, entries, groups, obligations, status
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from tests.acceptance.conftest import Typed
from tests.support.desk import Desk, task
from workflows.obligation import GROUPS


def _lived(desk: Desk) -> Desk:
    """A cascade with an obligation in as many groups as there are: reported late, redone, stopped, overdue, undated."""
    desk.order("2023-08-31", "unit-1", "unit-2", "unit-3", "unit-4", "unit-5")
    by_holder = {one.holder: one.number for one in desk.obligations()}
    desk.report(by_holder["unit-1"])
    desk.accept(by_holder["unit-1"])
    desk.report(by_holder["unit-2"])
    desk.live_until("2023-09-08T10:00")
    desk.report(by_holder["unit-3"], cause="Chờ số liệu")
    desk.accept(by_holder["unit-3"])
    desk.act("department/leader", by_holder["unit-4"], "stop", document="9/CV", reason="Thôi")
    desk.issue("department", task(None, "unit-6", mode="on_event"), task(None, "unit-7", mode="info"))
    return desk


def test_the_totals_in_sql_are_those_of_the_law(desk: Desk) -> None:
    lived = _lived(desk)
    for moment in (lived.runtime.now(), lived.head().last_at):
        assert moment is not None
        counted = Counter(one.group(moment) for one in lived.obligations())
        with lived.runtime.database.reading() as connection:
            totals = groups.totals(connection, moment, lived.cascade)
            rows = obligations.walked(connection, moment, EVERYTHING, Wanted(lived.cascade), 1000)
        assert totals == {group: counted.get(group, 0) for group in GROUPS}
        assert {one.number: one.group for one in rows} == {one.number: one.group(moment) for one in lived.obligations()}
    assert all(totals[group] for group in GROUPS if group != "open_in_time")


def test_totals_are_counted_by_office_and_by_directive(desk: Desk) -> None:
    lived = _lived(desk)
    now = lived.runtime.now()
    with lived.runtime.database.reading() as connection:
        by_office = groups.totals_by(connection, now, "holder")
        by_directive = groups.totals_by(connection, now, "directive", lived.cascade)
        alone = groups.totals(connection, now, office="unit-5")
    assert by_office["unit-5"] == alone
    assert sum(sum(each.values()) for each in by_directive.values()) == len(lived.obligations())


def test_lists_are_narrowed_and_cut(desk: Desk) -> None:
    lived = _lived(desk)
    now = lived.runtime.now()
    with lived.runtime.database.reading() as connection:
        first = obligations.listed(connection, now, EVERYTHING, Wanted(), "number", 2)
        total = obligations.count(connection, now, EVERYTHING, Wanted())
        stopped = Wanted(lived.cascade, office="unit-4", groups=("void",), state="stopped")
        held = obligations.listed(connection, now, EVERYTHING, stopped)
        found = cascades.listed(connection, 10, lived.cascade[:5])
        missing = cascades.listed(connection, 10, f"{lived.cascade}x")
        [top, *_] = cascades.directives(connection, 10)
        newest = entries.listed(connection, entries.Wanted(lived.cascade), 3)
        rungs = entries.listed(connection, entries.Wanted(lived.cascade, kind="RungReached"), 100)
        stands = status.read(connection)
    assert (len(first.rows), total) == (2, len(lived.obligations()))
    assert [one.holder for one in held.rows] == ["unit-4"]
    assert [one.id for one in found] == [lived.cascade]
    assert missing == []
    assert (top.issuer, top.obligations) == ("province", 1)
    assert newest.entries[-1].seq == newest.total == lived.head().last_seq
    assert rungs.entries
    assert {entry.kind for entry in rungs.entries} == {"RungReached"}
    assert stands is not None
    assert stands.cascades == 1
    assert stands.wakes_at == lived.head().wake_at
    assert stands.size > 0


def test_the_commands_work_on_both_databases(database_url: str, open_node: Callable[[], Runtime]) -> None:
    typed = Typed(database_url)
    lived = _lived(Desk(open_node()).at("2023-08-14T09:00"))
    for words in (
        ("directive", "tree"), ("directive", "list"), ("obligation", "list"), ("obligation", "show", "3"),
        ("journal", "show"), ("journal", "verify"), ("office", "list"), ("db", "status"), ("round",),
    ):  # fmt: skip
        typed(*words)
        typed.json(*words)
    assert typed.json("obligation", "list")["total"] == len(lived.obligations())
    assert typed.json("journal", "verify")["verified"] is True
