"""What stands and opens periods or events: each of those has a date, a rest and a ladder of its own."""

import pytest

from tests.support.desk import Desk, day, task
from workflows.obligation import Obligation


@pytest.fixture
def quarterly(desk: Desk) -> Desk:
    """On 14/08/2023 unit 1 owes a form every quarter (obligation 1); its third quarter has opened (obligation 2)."""
    desk.issue("department", task(None, "unit-1", mode="periodic"))
    desk.round()
    return desk


def numbers(desk: Desk, period: str) -> list[int]:
    return [one.number for one in desk.obligations() if one.period == period]


def test_a_quarter_opens_with_its_window_and_is_due_two_working_days_after_it(quarterly: Desk) -> None:
    assert numbers(quarterly, "2023-Q3") == [2]
    assert day(quarterly[2].due_at) == "18/09/2023"
    quarterly.live_until("2023-09-15T09:00")
    assert numbers(quarterly, "2023-Q4") == [3]
    assert day(quarterly[3].due_at) == "18/12/2023"


def test_every_period_missed_while_the_service_was_down_opens(quarterly: Desk) -> None:
    quarterly.at("2023-12-20T09:00").round()
    assert numbers(quarterly, "2023-Q4") == [3]
    assert [entry.fact.period for entry in quarterly.entries("PeriodOpened")] == ["2023-Q3", "2023-Q4"]


def test_a_standing_obligation_that_ends_opens_no_more_periods(quarterly: Desk) -> None:
    quarterly.act("department/leader", 1, "stop", document="9/CV", reason="No longer needed")
    quarterly.live_until("2023-09-16T09:00")
    assert numbers(quarterly, "2023-Q4") == []


def test_a_form_sent_back_gets_the_days_back_that_the_answer_took(quarterly: Desk) -> None:
    quarterly.at("2023-09-13T10:00").report(2)
    quarterly.at("2023-09-15T10:00").act("department/leader", 2, "redo", reason="Figures do not add up")
    assert day(quarterly[2].due_at) == "20/09/2023"


def test_a_form_given_to_another_office_keeps_its_date(quarterly: Desk) -> None:
    quarterly.at("2023-09-13T10:00").act("unit-1/leader", 2, "dispute", reason="Not ours")
    quarterly.act("department/leader", 2, "reassign", new_holder="unit-2")
    given = quarterly.obligations()[-1]
    assert (given.holder, given.period, day(given.due_at)) == ("unit-2", "2023-Q3", "18/09/2023")
    quarterly.live_until("2023-09-19T09:00")
    assert [rung.split()[-1] for rung in quarterly.rungs(given.number)] == ["rung:2"]


def test_an_event_is_born_without_the_troubles_of_what_it_stands_under(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="on_event"))
    desk.act("unit-1/clerk", 1, "receive")
    desk.act("unit-1/officer", 1, "open_event", event_on="2023-08-14", note="One file late")
    event: Obligation = desk[2]
    assert (event.period, day(event.due_at)) == ("event 14/08/2023", "21/08/2023")
    assert (event.failures, event.retry_at, event.rung, event.extensions, event.request) == (0, None, 0, 0, None)


def test_a_date_moved_before_the_receipt_is_not_moved_back_by_it(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="once"))
    desk.act("unit-1/leader", 1, "request_extension", until="2023-09-08", reason="The course is in September")
    desk.act("department/leader", 1, "grant_extension")
    desk.at("2023-08-15T09:00").act("unit-1/clerk", 1, "receive")
    assert day(desk[1].due_at) == "08/09/2023"
    assert day(desk[1].first_due_at) == "29/08/2023"
