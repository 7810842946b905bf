"""Long work says how far it is: to whoever carries it out, and every few seconds in the log. Short work says nothing."""

from collections.abc import Iterator

import pytest
from loguru import logger

from storage import migrate
from storage.database import Database
from tests.contract.test_rounds import awake
from tests.integration.test_a_cascade_that_renews import continued_by, live_through, plan, renewing
from tests.support.databases import Databases
from tests.support.desk import Desk, task
from tests.support.offices import DEPARTMENT, seat
from workflows.commands import Act, End

UNITS = tuple(f"unit-{number}" for number in range(1, 9))


@pytest.fixture
def logged() -> Iterator[list[tuple[str, dict[str, object]]]]:
    """The events that were logged, each with its values."""
    events: list[tuple[str, dict[str, object]]] = []
    sink = logger.add(lambda line: events.append((line.record["message"], dict(line.record["extra"]))))
    yield events
    logger.remove(sink)


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many is written three facts at a time, and said in the log as often."""
    monkeypatch.setattr("storage.saving.PART_MAX", 3)
    monkeypatch.setattr("engine.scheduler.elapse.PROGRESS_SECONDS", 0)
    monkeypatch.setattr("engine.scheduler.delivery.PROGRESS_SECONDS", 0)


@pytest.mark.usefixtures("in_small_parts")
def test_a_fan_out_and_its_revocation_say_after_each_part_how_much_is_written(desk: Desk) -> None:
    told: list[int] = []
    [issued] = desk.runtime.executor.execute([desk.draft(DEPARTMENT, task("2023-08-25", *UNITS))], told.append)
    desk.cascade = issued.cascade
    assert told == sorted(set(told))
    assert len(told) > 2
    assert told[-1] == issued.last_seq

    told.clear()
    end = End("end", seat(f"{DEPARTMENT}/leader"), desk.cascade, issued.directive or 0, "9/CV", "no more")
    [ended] = desk.runtime.executor.execute([end], told.append)
    assert told == sorted(set(told))
    assert len(told) > 2
    assert told[-1] == ended.last_seq - ended.first_seq + 1
    assert desk.verdict().verified


def test_commands_of_one_batch_are_counted_together(desk: Desk) -> None:
    numbers = desk.issue(DEPARTMENT, task("2023-08-25", *UNITS))
    asked = [Act(f"a{number}", seat(f"unit-{number}/clerk"), desk.cascade, number, "receive") for number in numbers]
    told: list[int] = []
    answers = desk.runtime.executor.execute(asked, told.append)
    assert told == [answer.last_seq - answers[0].first_seq + 1 for answer in answers]


def test_what_was_carried_out_before_writes_nothing_and_says_nothing(desk: Desk) -> None:
    draft = desk.draft(DEPARTMENT, task("2023-08-25", *UNITS))
    told: list[int] = []
    desk.runtime.executor.execute([draft])
    [again] = desk.runtime.executor.execute([draft], told.append)
    assert again.again
    assert told == []


def test_a_round_and_a_delivery_say_how_far_they_are(
    desk: Desk, in_small_parts: None, logged: list[tuple[str, dict[str, object]]]
) -> None:
    awake(desk, 3)
    told: list[int] = []
    assert desk.runtime.elapse.run(told=told.append).obligations == 3
    assert told == [1, 2, 3]
    rounds = [values for event, values in logged if event == "round_goes_on"]
    assert [values["obligations"] for values in rounds] == told
    assert {"cascades", "incidents", "seconds"} <= set(rounds[0])

    sent = desk.runtime.delivery.run(told=told.append).sent
    assert told[3:] == sorted(set(told[3:]))
    assert told[-1] == sent
    assert [values["sent"] for event, values in logged if event == "delivery_goes_on"] == told[3:]


def test_a_command_that_one_cascade_sends_another_says_how_far_it_is(
    desk: Desk, in_small_parts: None, logged: list[tuple[str, dict[str, object]]]
) -> None:
    live_through(plan(renewing(desk)), "2024-01-15T09:00")
    following = continued_by(desk)
    of_it = [values for event, values in logged if event == "command_goes_on" and values["to"] == following.cascade]
    assert [values["entries"] for values in of_it] == [3, 5]


def test_short_rounds_log_themselves_and_nothing_more(desk: Desk, logged: list[tuple[str, dict[str, object]]]) -> None:
    awake(desk, 3)
    desk.round()
    desk.runtime.delivery.run()
    assert [event for event, _ in logged] == ["round", "delivery"]


def test_an_upgrade_says_each_version_that_is_reached(databases: Databases) -> None:
    database = Database(databases.empty())
    reached: list[int] = []
    try:
        with database.transaction() as connection:
            every = migrate.versions_to_come(connection)
            migrate.upgrade(connection, databases.partitions, told=lambda: reached.append(1))
            assert sum(reached) == every > 5
            assert migrate.versions_to_come(connection) == 0
    finally:
        database.close()
