"""A unit that stays silent is heard of higher and higher, rung by rung, until somebody says that they know."""

from dataclasses import replace

import pytest

from engine import administration
from engine.runtime import Runtime
from tests.support.desk import Desk, day, task
from tests.support.offices import directory
from workflows.errors import NotOpen, Unmet
from workflows.loading import shipped

DUE = (
    "2023-08-25"  # a Friday: reminded 22/08, urged 25/08, told to the leader 29/08, above 07/09 (two days off between)
)


@pytest.fixture
def silent(desk: Desk) -> Desk:
    """Obligation 2 is unit-1's; it receives in time, and then nothing is heard of it."""
    desk.order(DUE, "unit-1")
    desk.act("unit-1/clerk", 2, "receive")
    return desk


def test_a_silent_unit_is_escalated_rung_by_rung_until_it_is_acknowledged(silent: Desk) -> None:
    silent.live_until("2023-08-30T12:00")
    assert silent.rungs(2) == ["22/08 08:00 rung:1", "25/08 08:00 rung:2", "29/08 08:00 rung:3"]
    assert silent.messages("RungReached", 2) == [
        "unit-1/officer", "unit-1/leader",  # reminded
        "unit-1/leader", "department/clerk",  # urged
        "department/leader",  # reported to the giver's leader
    ]  # fmt: skip
    assert [one.happened_at for one in silent.entries("DeadlineMissed", about=2)] == [silent[2].due_at]
    silent.act("department/leader", 2, "acknowledge")
    assert day(silent[2].held_until) == "08/09/2023"  # five working days, over 1 and 4 September
    silent.live_until("2023-09-08T23:00")
    assert len(silent.rungs(2)) == 3
    silent.live_until("2023-09-11T12:00")
    assert silent.rungs(2)[3:] == ["09/09 00:00 rung:4"]
    assert silent.verdict().verified


def test_nobody_acknowledges_what_they_were_not_told(silent: Desk) -> None:
    with pytest.raises(Unmet, match="nobody has been told"):
        silent.act("unit-1/leader", 2, "acknowledge")


def test_a_rung_that_is_addressed_outside_becomes_a_letter_for_the_hosts_clerk(silent: Desk) -> None:
    silent.live_until("2023-09-08T09:00")
    assert silent.entries("RungReached", about=2)[-1].fact.rung == 4
    assert silent.messages("RungReached", 2)[-1] == "department/clerk letter to province"


def test_the_outside_office_that_acknowledges_is_recorded_by_the_hosts_clerk(silent: Desk) -> None:
    silent.live_until("2023-09-08T09:00")
    silent.act("department/clerk for province", 2, "acknowledge", document="12/UBND-VP", happened_on="2023-09-08")
    assert day(silent[2].held_until) == "15/09/2023"


def test_a_report_ends_the_escalation(silent: Desk) -> None:
    silent.live_until("2023-08-28T09:00")
    silent.report(2, cause="Staff were away")
    silent.live_until("2023-09-15T09:00")
    assert silent.rungs(2) == ["22/08 08:00 rung:1", "25/08 08:00 rung:2"]


def test_the_giver_that_does_not_answer_is_told_in_its_turn(silent: Desk) -> None:
    silent.report(2)
    silent.live_until("2023-08-21T09:00")
    [missed] = silent.entries("AnswerMissed", about=2)
    assert day(missed.happened_at) == "17/08/2023"
    assert silent.rungs(2, of="giver") == ["17/08 08:00 answer:rung:1"]
    assert silent.messages("RungReached", 2) == ["department/leader"]


def test_a_vacant_seat_passes_the_message_upward(desk: Desk, installation: Runtime) -> None:
    people = {"unit-1": {}, "unit-2": {"leader": "Leader"}, "unit-3": {"clerk": "Clerk"}}
    offices = [replace(one, people=people.get(one.id, one.people)) for one in directory()]
    with installation.database.transaction() as connection:
        administration.import_offices(connection, offices, installation.now(), administration.INSTALLER)
    desk.order(DUE, "unit-1", "unit-2", "unit-3")
    desk.live_until("2023-08-22T12:00")
    told = {number: desk.messages("RungReached", number) for number in (2, 3, 4)}
    assert told == {2: ["department/leader"], 3: ["unit-2/leader"], 4: ["department/leader"]}
    assert desk.messages("Assigned", 2) == ["department/leader"]
    assert desk.messages("Assigned", 4) == ["unit-3/clerk"]


def test_while_the_service_was_down_the_highest_rung_is_told_and_names_those_it_skips(silent: Desk) -> None:
    silent.live_until("2023-08-22T09:00").at("2023-09-08T09:00")
    silent.round()
    [reminded, again, late] = silent.entries("RungReached", about=2)
    assert [one.fact.key for one in (reminded, again, late)] == ["rung:1", "rung:3#2", "rung:4"]
    assert again.fact.at == late.fact.at, "two that are meant for the same instant are both told"
    assert late.fact.skipped == ("rung:2", "rung:3")
    assert len(silent.entries("DeadlineMissed", about=2)) == 1
    assert silent.round().facts == 0


def test_an_unreceived_unit_is_named_once_also_when_the_service_was_down(desk: Desk) -> None:
    desk.order(DUE, "unit-1")
    desk.at("2023-08-21T09:00").round()
    desk.round()
    [missed] = desk.entries("ReceiptMissed", about=2)
    assert day(missed.happened_at) == "15/08/2023"
    assert desk.messages("ReceiptMissed", 2) == ["unit-1/clerk", "unit-1/leader"]


def test_repeats_that_were_missed_coalesce_into_one(desk: Desk, installation: Runtime) -> None:
    """With a workflow whose leader is told again and again before anybody above hears."""
    text = shipped()["government-notice"].replace("workflow: government-notice", "workflow: patient-notice")
    text = text.replace("{at: 7 working days after due", "{at: 60 working days after due")
    with installation.database.transaction() as connection:
        administration.publish_workflow(connection, text, "patient", installation.now(), administration.INSTALLER)
    command = replace(desk.draft("department", task(DUE, "unit-1")), workflow="patient-notice")
    [answer] = installation.executor.execute([command])
    desk.cascade = answer.cascade
    desk.live_until("2023-08-25T12:00").at("2023-09-20T09:00").round()
    told = [one.fact for one in desk.entries("RungReached", about=1)]
    assert [(one.key, one.occurrence, one.skipped) for one in told[2:]] == [("rung:3#3", 3, ("rung:3", "rung:3#2"))]
    assert desk.messages("RungReached", 1)[-1] == "department/leader"


def test_every_missed_period_opens(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="periodic"))
    desk.act("unit-1/clerk", 1, "receive")
    desk.at("2024-01-10T09:00").round()
    opened = [one.fact.period for one in desk.entries("PeriodOpened", about=1)]
    assert opened == ["2023-Q3", "2023-Q4"]
    assert [(one.period, day(one.due_at), one.standing) for one in desk.obligations()[1:]] == [
        ("2023-Q3", "18/09/2023", 1),
        ("2023-Q4", "18/12/2023", 1),
    ]
    assert desk.round().facts == 0
    assert desk.verdict().verified


def test_a_second_answer_is_refused_and_what_is_open_instead_is_said(silent: Desk) -> None:
    silent.report(2)
    silent.accept(2)
    with pytest.raises(NotOpen, match="final"):
        silent.act("department/leader", 2, "redo", reason="More")
