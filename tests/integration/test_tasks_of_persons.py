"""The ladder asks persons: a call to make, a letter to write; nobody is told at night, and nobody above the ceiling."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from engine import administration
from engine.runtime import Runtime
from storage.queries import tasks as task_lists
from tests.support.desk import Desk, day, local, task
from tests.support.offices import directory
from workflows.errors import Incomplete, NotYours
from workflows.loading import shipped
from workflows.obligation import Task

DUE = "2023-08-25"  # a Friday: reminded 22/08, urged 25/08, told to the leader 29/08, above 07/09
CALLED = {"done_on": "2023-08-25", "note": "The head promised it for Monday"}
Edit = tuple[str, str]


@pytest.fixture
def under(desk: Desk, installation: Runtime) -> Callable[..., Desk]:
    """The department orders unit-1 by 25/08 (obligation 1) under the shipped workflow after these edits; it is received."""

    def order(*edits: Edit, due: str = DUE, holder: str = "unit-1") -> Desk:
        text = shipped()["government-notice"]
        for old, new in (("workflow: government-notice", "workflow: changed-notice"), *edits):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        with installation.database.transaction() as connection:
            administration.publish_workflow(connection, text, "changed", installation.now(), administration.INSTALLER)
        command = replace(desk.draft("department", task(due, holder)), workflow="changed-notice")
        [answer] = installation.executor.execute([command])
        desk.cascade = answer.cascade
        desk.act(f"{holder}/clerk", 1, "receive")
        return desk

    return order


CALL: Edit = ('label: "Đôn đốc", ', 'label: "Đôn đốc", task: call, ')
QUIET: Edit = ("  # quiet_hours:", "  quiet_hours:")


def test_a_rung_with_a_task_opens_one_for_each_who_is_told(under: Callable[..., Desk]) -> None:
    desk = under(CALL)
    desk.live_until("2023-08-25T09:00")
    assert [(one.id, one.kind, one.office, one.role, one.to) for one in desk[1].tasks] == [
        ("2.1", "call", "unit-1", "leader", None),
        ("2.2", "call", "department", "clerk", None),
    ]
    [reached] = [one.fact for one in desk.entries("RungReached", about=1) if one.fact.rung == 2]
    assert reached.tasks == desk[1].tasks
    assert desk.verdict().verified


def test_a_call_is_recorded_by_whom_it_is_for_or_their_offices_clerk(under: Callable[..., Desk]) -> None:
    desk = under(CALL)
    desk.live_until("2023-08-25T09:00")
    with pytest.raises(NotYours, match=r"task 2.2 is for department/clerk, and you are unit-1/leader"):
        desk.act("unit-1/leader", 1, "record_task", task="2.2", **CALLED)
    desk.act("unit-1/clerk", 1, "record_task", task="2.1", **CALLED)
    desk.act("department/clerk", 1, "record_task", task="2.2", **CALLED)
    recorded = [*desk.entries("TaskRecorded", about=1)]
    assert [(one.fact.task, one.fact.kind, one.fact.done_on, one.fact.note) for one in recorded] == [
        ("2.1", "call", date(2023, 8, 25), CALLED["note"]),
        ("2.2", "call", date(2023, 8, 25), CALLED["note"]),
    ]
    assert desk[1].tasks == ()
    with pytest.raises(Incomplete, match="no task of it is open"):
        desk.act("unit-1/leader", 1, "record_task", task="2.1", **CALLED)
    assert desk.verdict().verified


def test_a_call_is_recorded_on_the_day_it_was_made(under: Callable[..., Desk]) -> None:
    desk = under(CALL)
    desk.live_until("2023-08-28T09:00")
    desk.act("unit-1/leader", 1, "record_task", task="2.1", **CALLED)
    [recorded] = desk.entries("TaskRecorded", about=1)
    assert (day(recorded.happened_at), local(recorded.recorded_at)) == ("25/08/2023", "28/08 09:00")


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"task": "9.9"}, r"no task 9.9 is open; there is 2.1 \(call\), 2.2 \(call\)"),
        ({"done_on": "2023-08-26"}, "26/08/2023 has not come yet"),
        ({"done_on": "2023-08-24"}, "24/08/2023 is before 25/08/2023, the day the task was opened"),
        ({"document": "1/CV"}, "document is not asked for"),
        ({"note": " "}, "note: is blank"),
    ],
)
def test_what_cannot_be_recorded_is_refused(under: Callable[..., Desk], given: dict[str, str], because: str) -> None:
    desk = under(CALL)
    desk.live_until("2023-08-25T09:00")
    with pytest.raises(Incomplete, match=because):
        desk.act("unit-1/leader", 1, "record_task", **{"task": "2.1", **CALLED, **given})


def test_tasks_end_with_the_work_and_with_the_date_they_were_about(under: Callable[..., Desk]) -> None:
    desk = under(CALL)
    desk.live_until("2023-08-25T09:00")
    desk.act("unit-1/leader", 1, "request_extension", until="2023-09-11", reason="Late data")
    assert len(desk[1].tasks) == 2
    desk.act("department/leader", 1, "grant_extension")
    assert desk[1].tasks == ()
    desk.live_until("2023-09-11T09:00")
    assert len(desk[1].tasks) == 2
    desk.act("department/leader", 1, "stop", document="9/CV", reason="Over")
    assert desk[1].tasks == ()
    assert desk.verdict().verified


def test_every_repeat_of_a_rung_asks_again_under_its_own_name(under: Callable[..., Desk]) -> None:
    desk = under(('label: "Báo cáo lãnh đạo", ', 'label: "Báo cáo lãnh đạo", task: visit, '))
    desk.live_until("2023-09-08T12:00")
    visits = [(one.id, one.office) for one in desk[1].tasks if one.kind == "visit"]
    assert visits == [("3.1", "department"), ("3#2.1", "department")]


def test_a_rung_addressed_outside_becomes_a_letter_that_is_recorded_with_its_symbol(desk: Desk) -> None:
    desk.order(DUE, "unit-1")
    desk.act("unit-1/clerk", 2, "receive")
    desk.live_until("2023-09-08T09:00")
    [letter] = desk[2].tasks
    assert (letter.id, letter.kind, letter.office, letter.role, letter.to) == (
        "4.1", "letter", "department", "clerk", "province"
    )  # fmt: skip
    sent = {"task": "4.1", "done_on": "2023-09-08", "note": "Sent by post"}
    with pytest.raises(Incomplete, match=r"document \(the symbol of a document"):
        desk.act("department/clerk", 2, "record_task", **sent)
    desk.act("department/clerk", 2, "record_task", **sent, document="80/DEP-VP")
    assert desk.entries("TaskRecorded", about=2)[-1].fact.document == "80/DEP-VP"
    assert desk[2].tasks == ()
    assert desk.verdict().verified


def test_open_tasks_are_listed_the_oldest_first(under: Callable[..., Desk], installation: Runtime) -> None:
    desk = under(CALL)
    desk.live_until("2023-09-08T09:00")
    with installation.database.reading() as connection:
        lines, total = task_lists.listed(connection, 2)
        mine, _ = task_lists.listed(connection, 100, desk.cascade, "unit-1")
    assert [(line.number, line.task.id, line.holder) for line in lines] == [(1, "2.1", "unit-1"), (1, "2.2", "unit-1")]
    assert total == 3
    assert [line.task for line in mine] == [Task("2.1", "call", "unit-1", "leader", mine[0].task.opened_at)]


def test_a_rung_of_the_night_is_told_in_the_morning_and_the_date_does_not_move(under: Callable[..., Desk]) -> None:
    desk = under(QUIET, due="2023-08-25T21:00")
    desk.live_until("2023-08-28T12:00")
    assert desk.rungs(1)[1:] == ["28/08 07:00 rung:2"]
    [missed] = desk.entries("DeadlineMissed", about=1)
    assert local(missed.happened_at) == "25/08 21:00"
    assert local(desk.entries("RungReached", about=1)[-1].fact.at) == "25/08 21:00", "when it was meant to be told"
    assert desk.verdict().verified


def test_an_acknowledgement_that_ends_at_night_holds_until_the_morning(under: Callable[..., Desk]) -> None:
    desk = under(QUIET)
    desk.live_until("2023-08-30T09:00")
    desk.act("department/leader", 1, "acknowledge")  # held to Friday 08/09, 24:00
    desk.live_until("2023-09-12T12:00")
    assert desk.rungs(1)[3:] == ["11/09 07:00 rung:4"]


def test_a_rung_that_is_caught_up_at_night_is_written_and_told_in_the_morning(
    under: Callable[..., Desk], installation: Runtime
) -> None:
    desk = under(QUIET)
    desk.at("2023-08-29T22:00").round()
    reached = desk.entries("RungReached", about=1)[-1]
    assert (local(reached.recorded_at), local(reached.fact.tell_at)) == ("29/08 22:00", "30/08 07:00")
    before = installation.delivery.run().sent
    assert before >= 1, "what else was to say is said"
    assert desk.round().facts == 0
    desk.at("2023-08-30T06:59")
    assert installation.delivery.run().sent == 0
    desk.at("2023-08-30T07:00")
    assert installation.delivery.run().sent == 1


def test_rungs_that_wait_for_the_same_morning_are_told_by_the_highest(under: Callable[..., Desk]) -> None:
    """Over the days off of the National Day, Friday 1 to Monday 4 September."""
    desk = under(QUIET, ("at: 2 working days after due", "at: 26 hours after due"), due="2023-08-31T21:00")
    desk.live_until("2023-09-05T12:00")
    assert desk.rungs(1)[1:] == ["05/09 07:00 rung:3"]
    assert desk.entries("RungReached", about=1)[-1].fact.skipped == ("rung:2",)


def test_nobody_above_the_ceiling_is_told(under: Callable[..., Desk]) -> None:
    desk = under(("  ceiling: province ", "  ceiling: department "))
    desk.live_until("2023-09-08T12:00")
    assert desk.entries("RungReached", about=1)[-1].fact.rung == 4
    assert desk.messages("RungReached", 1)[-1] == "department/leader"
    assert desk[1].tasks == ()


def test_the_government_is_not_written_to_over_the_head_of_the_province(desk: Desk) -> None:
    desk.order(DUE, "unit-1")
    desk.live_until("2023-09-08T12:00")
    assert desk.messages("RungReached", 1)[-1] == "department/clerk letter to province"


def test_a_vacant_seat_at_the_ceiling_is_not_passed_over_it(under: Callable[..., Desk], installation: Runtime) -> None:
    desk = under(("  ceiling: province ", "  ceiling: unit "))
    found = [replace(one, people={}) if one.id == "unit-1" else one for one in directory()]
    with installation.database.transaction() as connection:
        administration.import_offices(connection, found, installation.now(), administration.INSTALLER)
    desk.live_until("2023-09-08T12:00")
    assert desk.messages("RungReached", 1) == []
