"""Ways in which a deadline could get lost or lie, each tried once by somebody who meant it; none may work again."""

from collections.abc import Callable

import pytest

from engine import administration
from engine.notify.channels import Silent
from engine.runtime import Runtime
from engine.scheduler.delivery import Delivery
from storage import bulk
from storage.outbox import Message
from storage.queries.subjects import About
from tests.support.desk import Desk, day, task
from tests.support.offices import DIRECTOR
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.loading import shipped


@pytest.fixture
def dated(desk: Desk) -> Desk:
    """Obligation 1, of unit 1: due on Thursday 31/08/2023 and received."""
    desk.issue("department", task("2023-08-31", "unit-1"))
    desk.act("unit-1/clerk", 1, "receive")
    return desk


def test_a_form_sent_back_is_never_due_earlier_than_before(desk: Desk) -> None:
    """Its date was never bound to the one above it, which may be long past."""
    desk.issue("province", task("2023-08-31", "department"))
    desk.issue("department", task(None, "unit-1", mode="periodic", under=1))
    desk.live_until("2023-12-11T09:00")
    [form] = [one.number for one in desk.obligations() if one.period == "2023-Q4"]
    desk.report(form)
    desk.at("2023-12-12T09:00").act("department/leader", form, "redo", reason="Figures")
    assert day(desk[form].due_at) == "19/12/2023"


def test_a_rung_is_acknowledged_once_and_by_those_it_told(dated: Desk) -> None:
    dated.live_until("2023-08-28T09:00").act("unit-1/leader", 1, "acknowledge")
    with pytest.raises(Unmet, match="it is acknowledged"):
        dated.at("2023-08-29T09:00").act("unit-1/leader", 1, "acknowledge")
    dated.live_until("2023-09-13T09:00")
    assert [rung.split()[-1] for rung in dated.rungs(1)][-2:] == ["rung:3#2", "rung:4"]
    with pytest.raises(NotYours):
        dated.act("unit-1/officer", 1, "acknowledge")


def test_a_report_dated_back_wins_no_days(dated: Desk) -> None:
    dated.live_until("2023-10-20T09:00").report(1, sent_on="2023-08-30")
    dated.act("department/leader", 1, "redo", reason="Where is the list?")
    assert day(dated[1].due_at) == "20/10/2023"
    with pytest.raises(Incomplete, match="the day the giver last answered"):
        dated.at("2023-10-23T09:00").report(1, sent_on="2023-08-30")


def test_sent_back_on_a_day_off_it_is_due_on_the_next_working_day(dated: Desk) -> None:
    dated.at("2023-08-31T16:00").report(1)
    dated.at("2023-09-02T09:00").act("department/leader", 1, "redo", reason="Where is the list?")
    assert day(dated[1].due_at) == "05/09/2023"
    assert dated.round().kinds.get("DeadlineMissed") is None


def test_a_giver_who_stays_silent_hears_its_own_ladder_and_the_office_above_with_it(dated: Desk) -> None:
    """Reminded on the last day to answer, then every three working days; what goes outside is a letter to write."""
    dated.act("unit-1/leader", 1, "dispute", reason="Not ours")
    dated.live_until("2023-09-15T09:00")
    assert [one.split()[-1] for one in dated.rungs(1, of="giver")][:3] == [
        "answer:rung:1",
        "answer:rung:2",
        "answer:rung:2#2",
    ]
    assert dated.messages("RungReached", 1)[:3] == [
        "department/leader",
        "department/leader",
        "department/clerk letter to province",
    ]
    assert dated[1].tasks[0].to == "province"
    assert not dated.rungs(1), "the holder's own clock rests"
    assert dated[1].wake_at is not None


def test_the_ladder_of_a_giver_ends_with_its_answer_and_begins_anew_with_the_next_wait(dated: Desk) -> None:
    dated.act("unit-1/leader", 1, "dispute", reason="Not ours")
    dated.live_until("2023-08-24T09:00").act("department/leader", 1, "insist", reason="It is yours")
    heard = len(dated.rungs(1, of="giver"))
    dated.live_until("2023-08-29T09:00")
    assert len(dated.rungs(1, of="giver")) == heard
    dated.act("unit-1/leader", 1, "request_extension", until="2023-09-15", reason="Course")
    dated.live_until("2023-09-08T09:00")
    assert [one.split()[-1] for one in dated.rungs(1, of="giver")][heard:] == ["decide:rung:1", "decide:rung:2"]


def test_without_a_ladder_of_its_own_a_giver_is_asked_again_and_again(dated: Desk) -> None:
    text = shipped()["government-notice"]
    start, end = text.index("giver_ladder:"), text.index("when_directive:")
    without = (text[:start] + text[end:]).replace('giver_rungs: ["remind the giver", "report above the giver"]\n  ', "")
    with dated.runtime.database.transaction() as connection:
        administration.publish_workflow(connection, without, "without.yaml", dated.runtime.now(), DIRECTOR)
    dated.cascade = ""
    dated.issue("department", task("2023-08-31", "unit-1"))
    dated.act("unit-1/leader", 1, "dispute", reason="Not ours")
    dated.live_until("2023-09-15T09:00")
    missed = dated.entries("AnswerMissed", about=1)
    assert [one.fact.key for one in missed][:3] == ["answer", "answer#2", "answer#3"]
    assert dated.messages("AnswerMissed", 1)[:3] == [
        "department/leader",
        "department/leader",
        "department/clerk letter to province",
    ]
    assert dated[1].wake_at is not None


def test_the_clock_rests_while_a_request_for_another_date_is_undecided(dated: Desk) -> None:
    dated.at("2023-08-30T09:00").act("unit-1/leader", 1, "request_extension", until="2023-09-15", reason="Course")
    dated.live_until("2023-09-06T09:00")
    assert dated[1].group(dated.runtime.now()) == "open_in_time"
    assert not dated.entries("DeadlineMissed")
    dated.act("department/leader", 1, "refuse_extension", reason="No")
    assert day(dated[1].due_at) == "07/09/2023", "the one day that was left is left again"


def test_what_is_issued_on_its_due_day_is_told_that_day(desk: Desk) -> None:
    desk.issue("department", task("2023-08-14", "unit-1"))
    desk.round()
    assert desk.rungs(1) == ["14/08 09:00 rung:2"]


def test_a_standing_obligation_that_is_stopped_takes_its_open_periods_with_it(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="periodic"))
    desk.round()
    desk.act("department/leader", 1, "stop", document="9/CV", reason="No longer needed")
    assert [one.state for one in desk.obligations()] == ["stopped", "stopped"]


def test_a_periodic_item_of_late_december_stands_for_the_next_year(desk: Desk) -> None:
    desk.at("2023-12-20T09:00").issue("department", task(None, "unit-1", mode="periodic"))
    desk.round()
    assert [one.period for one in desk.obligations()] == [None, "2024-Q1"]


def test_a_last_rung_that_nobody_above_can_hear_is_told_to_the_giver(desk: Desk) -> None:
    desk.issue("gov", task("2023-08-16", "department"))
    desk.live_until("2023-08-28T09:00")
    assert all(entry.fact.told for entry in desk.entries("RungReached"))


def test_one_cascade_that_cannot_be_read_stops_no_other_and_no_delivery(
    installation: Runtime, open_node: Callable[[], Runtime]
) -> None:
    broken, sound = Desk(installation, name="broken"), Desk(installation, name="sound")
    for one in (broken, sound):
        one.issue("department", task("2023-08-16", "unit-1"), symbol=f"{one.cascade or 1}/CV")
    with installation.database.transaction() as connection:
        bulk.write(connection, "UPDATE obligation SET because = 'no JSON' WHERE cascade_id = ?", broken.cascade)
    sound.at("2023-08-17T09:00").round()
    assert sound.rungs(1) == ["17/08 09:00 rung:2"]
    assert installation.delivery.run().failed == 0


def test_a_message_that_no_channel_takes_is_sent_no_oftener_and_holds_up_no_other(dated: Desk) -> None:
    sent: list[str] = []

    class Picky(Silent):
        def send(self, message: Message, about: About | None) -> None:
            if message.role == "clerk":
                raise ValueError("a letter this channel cannot write")
            sent.append(message.id)

    dated.live_until("2023-08-31T09:00")
    delivery = Delivery(dated.runtime.database, dated.runtime.clock, Picky(), dated.runtime.executor)
    first = delivery.run()
    assert first.failed >= 1
    assert len(sent) == len(set(sent)) == first.sent
    assert delivery.run().sent == 0
