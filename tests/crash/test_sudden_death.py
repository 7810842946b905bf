"""The service is killed at every statement and around every commit: the world is before or after, never between."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from engine.execute import Known
from engine.runtime import Runtime, opened
from storage.bulk import read as bulk_rows
from storage.verification import verify
from tests.crash.calls import AFTER, BEFORE
from tests.crash.deaths import DIED, DONE, Moment, work_and_die
from tests.support.databases import CASCADE_TABLES, Databases, tables
from tests.support.desk import Desk, desk_on, task
from tests.support.offices import seat
from workflows.commands import ItemChange
from workflows.fields import parse_instant

pytestmark = pytest.mark.long
MOMENTS_MAX = 200
OUTSIDE = {"document": "9/CV", "happened_on": "2023-08-14"}


@dataclass(frozen=True)
class Work:
    """What is prepared, and what is being done when the process dies. Ids and times are fixed, so it can be done again."""

    prepare: Callable[[Desk], object]
    do: Callable[[Desk], object]


def two_units(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1", "unit-2")


def reported(desk: Desk) -> None:
    """The last lead has reported: accepting it joins the department's obligation."""
    two_units(desk)
    desk.report(2)
    desk.accept(2)
    desk.report(3)


def overdue(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
    desk.issue("department", task(None, "unit-4", mode="periodic"))
    desk.at("2023-09-15T09:00")


def disputed_with_work_below(desk: Desk) -> None:
    """The department's own obligation is disputed while a standing one below it is open."""
    desk.order("2023-08-25", "unit-1")
    desk.issue("department", task(None, "unit-2", "unit-3", mode="on_event", under=1))
    desk.report(2)
    desk.accept(2)
    desk.act("department/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14")
    desk.act("department/clerk", 1, "redo", reason="Not enough", **OUTSIDE)
    desk.act("department/leader", 1, "dispute", reason="Not ours")


def waiting_for_an_event(desk: Desk) -> None:
    """Two units owe an answer three days after an event whose day nobody knows yet."""
    desk.order("2023-08-25", "unit-3")
    rule = {"due_form": "after_event", "due_rule": "3 days after event", "due_event": "the meeting"}
    desk.issue("department", replace(task(None, "unit-1", "unit-2", under=1), **rule))


def renewing(desk: Desk) -> None:
    """A plan whose next year is due to open."""
    join = "join: {wait_for"
    desk.publish((join, f'renewal: {{day: "15/01"}}\n\n{join}'))
    desk.issue("department", task("2023-09-29", "unit-1", "unit-2"), symbol="05/KH-SKHCN")
    desk.at("2024-01-15T09:00")


def act(who: str, number: int, action: str, **fields: str) -> Callable[[Desk], object]:
    return lambda desk: desk.act(who, number, action, **fields)


def revoke(directive: int, by: str) -> Callable[[Desk], object]:
    """A directive of an outside office is revoked by its document of that day."""
    return lambda desk: desk.runtime.executor.execute([desk.revoke(directive, by=seat(by), happened_on="2023-08-14")])


WORKS = {
    "issue a root directive": Work(lambda _: None, lambda desk: desk.issue("province", task("2023-08-25", "department"))),
    "pass an obligation on": Work(
        two_units, lambda desk: desk.issue("department", task("2023-08-24", "unit-4", "unit-5", under=1))
    ),
    "receive": Work(two_units, act("unit-1/clerk", 2, "receive")),
    "report": Work(
        lambda desk: (two_units(desk), desk.act("unit-1/clerk", 2, "receive")),
        act("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14"),
    ),
    "accept the last one and join": Work(reported, act("department/leader", 3, "accept")),
    "a round": Work(overdue, lambda desk: desk.round()),
    "stop a whole tree": Work(two_units, act("department/clerk", 1, "stop", reason="Over", **OUTSIDE)),
    "give to another with work below": Work(
        disputed_with_work_below, act("department/clerk", 1, "reassign", new_holder="unit-5", **OUTSIDE)
    ),
    "amend an item": Work(
        two_units, lambda desk: desk.amend(2, ItemChange(1, due=parse_instant("2023-08-24")), by=seat("department/leader"))
    ),
    "learn the day of an event": Work(
        waiting_for_an_event, act("unit-1/clerk", 3, "set_event_day", event_on="2023-08-14")
    ),
    "revoke a whole tree": Work(two_units, revoke(1, "department/clerk")),
    "a batch of three": Work(
        two_units,
        lambda desk: desk.runtime.executor.execute([
            desk.asks("unit-1/clerk", 2, "receive"),
            desk.asks("unit-1/leader", 2, "report", symbol="1/BC", sent_on="2023-08-14"),
            desk.asks("department/leader", 2, "accept"),
        ]),
    ),
}  # fmt: skip


@pytest.fixture(params=[False, True], ids=["row by row", "in bulk"])
def bulk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """On PostgreSQL large batches go by COPY; here even one row does."""
    if request.param:
        monkeypatch.setattr("storage.bulk.FEW", 1)
    return bool(request.param)


def prepared(databases: Databases, template: str, work: Work) -> tuple[str, str]:
    """A database in which everything is ready, and its cascade."""
    url = databases.copy(template)
    with desk_on(url) as desk:
        work.prepare(desk)
        return url, desk.cascade


def world(url: str) -> dict[str, object]:
    return dict(tables(url, *CASCADE_TABLES))


def verified(url: str) -> bool:
    with opened(url) as runtime, runtime.database.reading() as connection:
        return verify(connection).verified


@pytest.mark.parametrize("name", WORKS)
def test_a_death_at_any_moment_leaves_the_world_before_or_after(
    name: str, databases: Databases, template: str, known: Known, bulk: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    work = WORKS[name]
    if bulk and "://" not in template:
        return  # SQLite has no COPY
    start, cascade = prepared(databases, template, work)

    def do(runtime: Runtime) -> None:
        work.do(Desk(runtime, cascade, "work"))

    before = world(start)
    whole = databases.copy(start)
    with opened(whole) as runtime:
        do(runtime)
    after = world(whole)
    assert after != before
    databases.drop(whole)
    found: Counter[str] = Counter()
    for at in (BEFORE, AFTER):
        committed = False
        for count in range(1, MOMENTS_MAX):
            url, moment = databases.copy(start), Moment(at, count)
            ended = work_and_die(url, known, do, moment)
            assert ended in (DIED, DONE), moment
            now = world(url)
            assert now in (before, after), f"{name}, killed at {moment}: neither before nor after"
            assert verified(url), f"{name}, killed at {moment}"
            if ended == DONE:
                assert now == after
                databases.drop(url)
                break
            assert now == after or not committed, f"{name}, killed at {moment}: what was committed is lost"
            committed = now == after
            found["after" if now == after else "before"] += 1
            with opened(url) as runtime:
                runtime.executor._known = known
                do(runtime)
            assert world(url) == after, f"{name}, killed at {moment}: doing it again gave another world"
            databases.drop(url)
    databases.drop(start)
    assert found["before"] >= 5
    assert found["after"] >= 1
    with capsys.disabled():
        print(
            f"\n  {name}: {found.total()} deaths, {found['before']} left it before and {found['after']} after", end=""
        )


def test_a_round_in_many_transactions_that_dies_at_any_moment_is_finished_by_the_next(
    databases: Databases,
    template: str,
    known: Known,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What one transaction took stays taken; no clock runs out twice, and none is lost."""
    monkeypatch.setattr("engine.scheduler.elapse.SWEEP_MAX", 1)
    start, _ = prepared(databases, template, WORKS["a round"])
    whole = databases.copy(start)
    with opened(whole) as runtime:
        runtime.elapse.run()
    after, deaths, between = world(whole), 0, 0
    for count in range(1, MOMENTS_MAX):
        url = databases.copy(start)
        ended = work_and_die(url, known, lambda runtime: runtime.elapse.run(), Moment(BEFORE, count))
        assert verified(url), f"killed before call {count}"
        between += world(url) not in (world(start), after)
        with opened(url) as runtime:
            runtime.executor._known = known
            runtime.elapse.run()
        assert world(url) == after, f"killed before call {count}"
        databases.drop(url)
        if ended == DONE:
            break
        deaths += 1
    for url in (start, whole):
        databases.drop(url)
    assert between > 5, "it never died between two transactions"
    with capsys.disabled():
        print(f"\n  a round in many transactions: {deaths} deaths, {between} of them between two transactions", end="")


def open_the_next_year(runtime: Runtime) -> None:
    runtime.elapse.run()
    runtime.delivery.run()


def years(url: str) -> list[tuple[object, ...]]:
    """The documents of the two years and what they give, wherever they are kept."""
    with opened(url) as runtime, runtime.database.reading() as connection:
        directives = "SELECT symbol, renewals, renew_at, (continued_by IS NULL), state FROM directive ORDER BY 1, 2"
        owed = "SELECT holder, due_at, state FROM obligation ORDER BY 1, 2, 3"
        return [tuple(row) for sql in (directives, owed) for row in bulk_rows(connection, sql)]


def test_the_next_year_opens_once_wherever_the_service_dies_on_the_way(
    databases: Databases, template: str, known: Known, capsys: pytest.CaptureFixture[str]
) -> None:
    """The entry that asks for it, the message that carries it, the cascade that it opens: none is lost, none comes twice."""
    start, _ = prepared(databases, template, Work(renewing, lambda _: None))
    whole, deaths = databases.copy(start), 0
    with opened(whole) as runtime:
        open_the_next_year(runtime)
    after = years(whole)
    assert len({row[1] for row in after if row[0] == "05/KH-SKHCN"}) == 2, "the next year is there"
    for at in (BEFORE, AFTER):
        for count in range(1, MOMENTS_MAX):
            url = databases.copy(start)
            ended = work_and_die(url, known, open_the_next_year, Moment(at, count))
            assert verified(url), f"killed at {Moment(at, count)}"
            with opened(url) as runtime:  # the claim of a dead node is over after two minutes
                runtime.move_to(parse_instant("2024-01-15T09:10"))
                open_the_next_year(runtime)
            assert years(url) == after, f"killed at {Moment(at, count)}"
            databases.drop(url)
            if ended == DONE:
                break
            deaths += 1
    for url in (start, whole):
        databases.drop(url)
    assert deaths > 20
    with capsys.disabled():
        print(f"\n  the next year of a cascade: {deaths} deaths", end="")
