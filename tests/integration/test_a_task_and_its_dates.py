"""A task from its order to its end: received, disputed, extended, done again; and what each does to its date."""

import pytest

from tests.support.desk import Desk, day, task
from workflows.deadlines import sentence
from workflows.errors import Incomplete, NotYours, Refused, Unmet

OUTSIDE = {"document": "12/UBND-VP", "happened_on": "2023-08-14"}


@pytest.fixture
def office(desk: Desk) -> Desk:
    """Obligation 1 is the department's to the province, by 29/09; 2 and 3 are unit-1's and unit-2's, by 08/09."""
    desk.issue("province", task("2023-09-29", "department"))
    desk.issue("department", task("2023-09-08", "unit-1", "unit-2", under=1))
    return desk


# Receipt


def test_a_date_that_counts_from_receipt_counts_from_the_last_day_to_receive_until_then(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="once"))
    assert (day(desk[1].receive_by), day(desk[1].due_at)) == ("15/08/2023", "29/08/2023")
    assert "until it is received" in sentence(desk[1].because)


def test_an_early_receipt_counts_from_that_day(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="once"))
    desk.act("unit-1/clerk", 1, "receive")
    assert day(desk[1].due_at) == "28/08/2023"


def test_a_late_receipt_wins_no_time(desk: Desk) -> None:
    desk.issue("department", task(None, "unit-1", mode="once"))
    desk.at("2023-08-21T09:00").act("unit-1/clerk", 1, "receive")
    assert day(desk[1].due_at) == "29/08/2023"
    assert "received later" in sentence(desk[1].because)


def test_who_passes_a_task_on_has_received_it(desk: Desk) -> None:
    """The date that counts from receipt counts from that day, as if it had been received by a click."""
    desk.issue("province", task(None, "department", mode="once"))
    desk.issue("department", task("2023-08-21", "unit-1", under=1))
    assert desk[1].state == "relayed"
    assert day(desk[1].received_at) == "14/08/2023"
    assert day(desk[1].due_at) == "28/08/2023"


def test_a_task_without_a_date_under_a_dated_one_is_due_three_working_days_before_it(desk: Desk) -> None:
    desk.issue("province", task("2023-09-29", "department"))
    desk.issue("department", task(None, "unit-1", under=1))
    assert day(desk[2].due_at) == "26/09/2023"


def test_where_there_is_no_room_before_the_date_above_it_is_that_date(desk: Desk) -> None:
    desk.issue("province", task("2023-08-15", "department"))
    desk.issue("department", task(None, "unit-1", under=1))
    assert day(desk[2].due_at) == "15/08/2023"


def test_a_date_later_than_the_one_above_is_refused(desk: Desk) -> None:
    desk.issue("province", task("2023-09-08", "department"))
    with pytest.raises(Unmet, match="later than 08/09/2023"):
        desk.issue("department", task("2023-09-11", "unit-1", under=1))


# Extension


def test_an_extension_within_the_date_above_is_granted(office: Desk) -> None:
    office.act("unit-1/leader", 2, "request_extension", until="2023-09-15", reason="Staff are away")
    office.act("department/leader", 2, "grant_extension")
    assert (day(office[2].due_at), day(office[2].first_due_at)) == ("15/09/2023", "08/09/2023")
    assert office[2].extensions == 1
    assert office.messages("ExtensionGranted", 2) == ["unit-1/leader"]


def test_an_extension_after_the_date_above_is_refused_until_that_one_is_extended(office: Desk) -> None:
    with pytest.raises(Unmet, match="29/09/2023"):
        office.act("unit-1/leader", 2, "request_extension", until="2023-10-06", reason="Staff are away")
    office.act("department/leader", 1, "request_extension", until="2023-10-13", reason="The units need it")
    office.act("department/clerk", 1, "grant_extension", **OUTSIDE)
    assert day(office[1].due_at) == "13/10/2023"
    office.act("unit-1/leader", 2, "request_extension", until="2023-10-06", reason="Staff are away")
    office.act("department/leader", 2, "grant_extension")
    assert day(office[2].due_at) == "06/10/2023"


def test_an_extension_that_is_refused_keeps_the_date(office: Desk) -> None:
    office.act("unit-1/leader", 2, "request_extension", until="2023-09-15", reason="Staff are away")
    office.act("department/leader", 2, "refuse_extension", reason="It cannot wait")
    assert day(office[2].due_at) == "08/09/2023"
    assert office[2].request is None


def test_a_third_extension_and_one_asked_too_late_are_refused(office: Desk) -> None:
    for until in ("2023-09-12", "2023-09-15"):
        office.act("unit-1/leader", 2, "request_extension", until=until, reason="Staff are away")
        office.act("department/leader", 2, "grant_extension")
    with pytest.raises(Unmet, match="2 is the most"):
        office.act("unit-1/leader", 2, "request_extension", until="2023-09-20", reason="Staff are away")
    office.at("2023-09-11T09:00")
    with pytest.raises(Unmet, match="08/09/2023"):
        office.act("unit-2/leader", 3, "request_extension", until="2023-09-20", reason="Staff are away")


# Redo


def test_a_redo_resumes_the_old_clock(office: Desk) -> None:
    """Reported on the 1st of three working days of rest: the giver's three days are given back."""
    office.at("2023-08-22T09:00").report(2)
    office.at("2023-08-25T09:00").act("department/leader", 2, "redo", reason="Half of it is missing")
    assert office[2].state == "working"
    assert day(office[2].due_at) == "13/09/2023"
    assert "3 working days more" in sentence(office[2].because)


def test_a_redo_of_a_late_report_gives_no_time_back(office: Desk) -> None:
    office.at("2023-09-11T09:00").report(2, cause="Staff were away")
    office.at("2023-09-14T09:00").act("department/leader", 2, "redo", reason="Half of it is missing")
    assert day(office[2].due_at) == "08/09/2023"


def test_a_redo_on_the_same_day_moves_nothing(office: Desk) -> None:
    office.report(2)
    office.act("department/leader", 2, "redo", reason="Half of it is missing")
    assert day(office[2].due_at) == "08/09/2023"
    assert not office.entries("DueSet", about=2)


def test_time_given_back_never_passes_the_date_above(desk: Desk) -> None:
    desk.order("2023-08-25", "unit-1")
    desk.at("2023-08-22T09:00").report(2)
    desk.at("2023-08-25T09:00").act("department/leader", 2, "redo", reason="Half of it is missing")
    assert day(desk[2].due_at) == day(desk[1].due_at) == "25/08/2023"


def test_on_time_is_judged_by_the_day_the_report_was_sent(office: Desk) -> None:
    office.at("2023-09-08T09:00").report(2)
    office.at("2023-09-20T09:00").accept(2)
    assert office[2].group(office.runtime.now()) == "done_on_time"


# Dispute


def test_a_dispute_that_is_answered_by_insisting_goes_on_with_the_same_unit(office: Desk) -> None:
    office.act("unit-1/clerk", 2, "receive")
    office.at("2023-08-15T09:00").act("unit-1/leader", 2, "dispute", reason="Not ours")
    office.at("2023-08-17T09:00").act("department/leader", 2, "insist", reason="It is yours")
    assert (office[2].holder, office[2].state, day(office[2].due_at)) == ("unit-1", "working", "12/09/2023")


def test_a_unit_that_is_held_to_a_task_it_disputed_has_received_it(office: Desk) -> None:
    """Nobody can receive it any more, so nobody is blamed for not having done so."""
    office.act("unit-1/leader", 2, "dispute", reason="Not ours")
    office.act("department/leader", 2, "insist", reason="It is yours")
    office.live_until("2023-08-18T09:00")
    assert not office.entries("ReceiptMissed", about=2)
    assert office[2].received_at is not None


def test_a_dispute_that_is_answered_by_giving_it_to_another_starts_anew_there(office: Desk) -> None:
    office.act("unit-1/leader", 2, "dispute", reason="Not ours")
    answer = office.at("2023-08-17T09:00").act("department/leader", 2, "reassign", new_holder="unit-3")
    assert answer.obligations == (4,)
    assert (office[2].state, office[2].outcome) == ("reassigned", "void")
    assert (office[4].holder, office[4].state, day(office[4].due_at)) == ("unit-3", "assigned", "08/09/2023")
    assert (office[1].leads_open, office[1].leads_void) == (2, 1)
    assert office.messages("Assigned", 4) == ["unit-3/clerk"]


# Outside offices


def test_acts_of_outside_offices_are_recorded_by_the_hosts_clerk_with_document_and_date(desk: Desk) -> None:
    desk.issue("gov", task("2023-09-29", "province"))
    desk.at("2023-08-18T09:00")
    with pytest.raises(NotYours):
        desk.act("province/clerk", 1, "receive", **OUTSIDE)
    with pytest.raises(Incomplete, match="document"):
        desk.act("department/clerk", 1, "receive")
    desk.act("department/clerk", 1, "receive", **OUTSIDE)
    [entry] = desk.entries("Acted", about=1)
    assert (day(entry.happened_at), day(entry.recorded_at)) == ("14/08/2023", "18/08/2023")
    assert (entry.office, entry.role) == ("department", "clerk")
    assert dict(entry.fact.fields) == OUTSIDE
    assert day(desk[1].received_at) == "14/08/2023"


def test_a_date_before_the_order_or_in_the_future_is_refused_on_paper_too(desk: Desk) -> None:
    desk.issue("gov", task("2023-09-29", "province"))
    for happened_on in ("2023-08-11", "2023-08-15", "yesterday"):
        with pytest.raises(Incomplete):
            desk.act("department/clerk", 1, "receive", document="1/CV", happened_on=happened_on)


def test_a_task_between_two_outside_offices_can_be_reported_and_accepted(desk: Desk) -> None:
    """One clerk records both papers; it is two offices that act."""
    desk.issue("gov", task("2023-09-29", "province"))
    desk.act("department/clerk", 1, "receive", **OUTSIDE)
    desk.act("department/clerk", 1, "report", symbol="7/BC-UBND", sent_on="2023-08-14", **OUTSIDE)
    desk.act("department/clerk", 1, "accept", **OUTSIDE)
    assert desk[1].outcome == "fulfilled"


def test_nobody_accepts_a_report_of_their_own(office: Desk) -> None:
    office.report(2)
    with pytest.raises(Refused):
        office.act("unit-1/leader", 2, "accept")
