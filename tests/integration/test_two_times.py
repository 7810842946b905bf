"""When it happened and when it was recorded; what was entered wrongly and set right; what was there before."""

from dataclasses import replace

import pytest

from storage.queries import history
from storage.queries.sight import EVERYTHING
from tests.support.desk import Desk, day, task
from tests.support.offices import DEPARTMENT, HOST_CLERK, PROVINCE
from workflows.errors import Incomplete, NotFound, NotYours, Unmet
from workflows.fields import parse_day

PAPER = {"document": "12/UBND-VP"}


@pytest.fixture
def reported(desk: Desk) -> Desk:
    """Unit-1 owed obligation 1 by 31/08 and has reported, as it was entered, on 05/09."""
    desk.issue(DEPARTMENT, task("2023-08-31", "unit-1"))
    desk.act("unit-1/clerk", 1, "receive")
    desk.at("2023-09-06T09:00").act(
        "unit-1/leader", 1, "report", symbol="7/BC", sent_on="05/09/2023", cause="Staff were away"
    )
    return desk


def seq_of(desk: Desk, kind: str = "Acted", action: str = "report") -> int:
    return next(one.seq for one in desk.entries(kind) if kind != "Acted" or one.fact.action == action)


def group(desk: Desk) -> str:
    return desk[1].group(desk.runtime.now())


# Two times


def test_an_entry_says_when_it_happened_and_when_it_was_recorded(desk: Desk) -> None:
    desk.order("2023-09-15", "unit-1")
    desk.at("2023-09-11T09:00").act("department/leader", 1, "request_extension", until="2023-10-06", reason="Storms")
    desk.at("2023-09-14T09:00").act("department/clerk", 1, "grant_extension", **PAPER, happened_on="2023-09-12")
    [granted] = desk.entries("ExtensionGranted")
    assert (day(granted.happened_at), day(granted.recorded_at)) == ("12/09/2023", "14/09/2023")
    with desk.runtime.database.reading() as connection:
        found = history.first(connection, EVERYTHING, history.Wanted(desk.cascade, late=True), 10)
    assert granted.seq in [one.seq for one in found]
    assert desk.verdict().verified


def test_a_document_that_arrived_days_ago_counts_from_its_arrival(desk: Desk) -> None:
    asked = replace(desk.draft(PROVINCE, task(None, DEPARTMENT, mode="once")), issued_on=parse_day("2023-08-09"),
                    arrived_on=parse_day("2023-08-10"))  # fmt: skip
    [answer] = desk.runtime.executor.execute([asked])
    desk.cascade = answer.cascade
    assert day(desk[1].receive_by) == "11/08/2023"
    assert desk.verdict().verified


@pytest.mark.parametrize(("now", "fits"), [("2023-10-13T09:00", True), ("2023-10-14T09:00", False)])
def test_a_paper_is_entered_within_sixty_days_of_its_date(desk: Desk, now: str, fits: bool) -> None:
    desk.issue(PROVINCE, task("2023-12-29", DEPARTMENT))
    desk.act("department/clerk", 1, "receive")
    desk.at("2023-08-14T15:00").act("department/leader", 1, "report", symbol="7/BC", sent_on="2023-08-14")
    desk.at(now)
    if fits:
        desk.act("department/clerk", 1, "accept", **PAPER, happened_on="2023-08-14")
    else:
        with pytest.raises(Unmet, match="60 days"):
            desk.act("department/clerk", 1, "accept", **PAPER, happened_on="2023-08-14")
    assert desk[1].open is not fits
    assert desk.verdict().verified


def test_a_workflow_without_a_limit_takes_any_paper(desk: Desk) -> None:
    desk.publish(("\nbackdating: 60 days ", "\n# backdating: 60 days "))
    desk.issue(PROVINCE, task("2023-12-29", DEPARTMENT))
    desk.act("department/clerk", 1, "receive")
    desk.act("department/leader", 1, "report", symbol="7/BC", sent_on="2023-08-14")
    desk.at("2024-03-01T09:00").act("department/clerk", 1, "accept", **PAPER, happened_on="2023-08-14")
    assert desk[1].outcome == "fulfilled"
    assert desk.verdict().verified


# Corrections


def test_a_wrong_subject_is_set_right_and_the_entry_stays(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task("2023-08-31", "unit-1"), symbol="61/SKHCN-VP")
    wrong = desk.entries("Issued")[0]
    desk.correct("department/clerk", wrong.seq, "subject", "Tasks of August")
    assert desk.directives()[0].subject == "Tasks of August"
    assert desk.entries("Issued")[0] == wrong
    [entry] = desk.entries("Corrected")
    assert (entry.fact.seq, entry.fact.old, entry.fact.new) == (wrong.seq, "Tasks", "Tasks of August")
    assert entry.fact.reason == "Read from the wrong line"
    assert desk.verdict().verified


def test_a_wrong_text_of_an_item_is_set_right(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task("2023-08-31", "unit-1"))
    seq = seq_of(desk, "Issued")
    desk.correct("department/leader", seq, "text", "Do what item 3 says", item=1)
    assert desk.items()[0].text == "Do what item 3 says"
    with pytest.raises(NotFound):
        desk.correct("department/leader", seq, "text", "More", item=2)
    assert desk.verdict().verified


def test_a_report_whose_day_was_misread_is_on_time_and_late_again(reported: Desk) -> None:
    assert group(reported) == "open_overdue"
    seq = seq_of(reported)
    reported.correct("unit-1/clerk", seq, "sent_on", "30/08/2023")
    assert (group(reported), day(reported[1].sent_at)) == ("open_in_time", "30/08/2023")
    reported.correct("unit-1/clerk", seq, "sent_on", "05/09/2023")
    assert (group(reported), day(reported[1].sent_at)) == ("open_overdue", "05/09/2023")
    with pytest.raises(Unmet, match="already"):
        reported.correct("unit-1/clerk", seq, "sent_on", "2023-09-05")
    reported.correct("unit-1/clerk", seq, "sent_on", "31/08/2023")
    reported.accept(1)
    assert group(reported) == "done_on_time"
    assert [(one.fact.old, one.fact.new) for one in reported.entries("Corrected")] == [
        ("2023-09-05", "2023-08-30"), ("2023-08-30", "2023-09-05"), ("2023-09-05", "2023-08-31"),
    ]  # fmt: skip
    assert reported.verdict().verified


def test_a_report_is_set_right_after_it_was_accepted_too(reported: Desk) -> None:
    reported.accept(1)
    assert group(reported) == "done_late"
    reported.correct("unit-1/leader", seq_of(reported), "sent_on", "30/08/2023")
    reported.correct("unit-1/leader", seq_of(reported), "symbol", "9/BC")
    assert (group(reported), reported[1].sent_as) == ("done_on_time", "9/BC")
    assert reported.verdict().verified


def test_a_report_that_was_sent_back_is_set_right_on_paper_alone(reported: Desk) -> None:
    reported.act("department/leader", 1, "redo", reason="Half of it is missing")
    reported.correct("unit-1/clerk", seq_of(reported), "sent_on", "30/08/2023")
    assert reported[1].sent_at is None
    reported.at("2023-09-08T09:00").act(
        "unit-1/leader", 1, "report", symbol="8/BC", sent_on="08/09/2023", cause="It came back"
    )
    reported.correct("unit-1/clerk", seq_of(reported), "symbol", "6/BC")
    assert (reported[1].sent_as, day(reported[1].sent_at)) == ("8/BC", "08/09/2023")
    assert reported.verdict().verified


def test_only_the_office_that_entered_it_corrects_it(reported: Desk) -> None:
    seq = seq_of(reported)
    for who in ("department/clerk", "unit-2/leader", "unit-1/officer"):
        with pytest.raises(NotYours, match="unit-1"):
            reported.correct(who, seq, "sent_on", "30/08/2023")
    assert reported.verdict().verified


@pytest.mark.parametrize(
    ("field", "new", "said"),
    [
        ("sent_on", "yesterday", "not a day"),
        ("sent_on", "2023-09-07", "not come yet"),
        ("sent_on", "2023-08-11", "before it was assigned"),
        ("symbol", "seven", "document symbol"),
        ("cause", " ", "cause"),
        ("subject", "Tasks", "no such field"),
        ("symbol", "7/BC", "already"),
    ],
)
def test_what_cannot_be_right_is_refused(reported: Desk, field: str, new: str, said: str) -> None:
    with pytest.raises((Incomplete, Unmet), match=said):
        reported.correct("unit-1/clerk", seq_of(reported), field, new)
    assert not reported.entries("Corrected")
    assert reported.verdict().verified


def test_what_no_person_typed_is_not_corrected(reported: Desk) -> None:
    for kind in ("CascadeOpened", "Assigned"):
        seq = seq_of(reported, kind)
        with pytest.raises(Unmet, match="nothing that a person typed"):
            reported.correct("department/clerk", seq, "subject", "Another")
    with pytest.raises(NotFound):
        reported.correct("department/clerk", 999, "subject", "Another")
    assert reported.verdict().verified


def test_a_correction_reaches_no_further_back_than_the_paper_could_have(desk: Desk) -> None:
    """It was entered on 17/10; with the day it says now it could not have been entered then."""
    desk.issue(DEPARTMENT, task("2023-12-29", "unit-1"))
    desk.act("unit-1/clerk", 1, "receive")
    desk.at("2023-10-17T09:00").act("unit-1/leader", 1, "report", symbol="7/BC", sent_on="2023-10-17")
    with pytest.raises(Unmet, match="60 days"):
        desk.correct("unit-1/clerk", seq_of(desk), "sent_on", "2023-08-15")
    desk.at("2024-02-01T09:00").correct("unit-1/clerk", seq_of(desk), "sent_on", "2023-10-13")
    assert day(desk[1].sent_at) == "13/10/2023"
    assert desk.verdict().verified


def test_a_document_cannot_have_arrived_before_its_own_date(desk: Desk) -> None:
    asked = replace(desk.draft(PROVINCE, task("2023-09-29", DEPARTMENT)), arrived_on=parse_day("2023-08-14"))
    [answer] = desk.runtime.executor.execute([asked])
    desk.cascade = answer.cascade
    seq = seq_of(desk, "Issued")
    with pytest.raises(Incomplete, match="before its own date"):
        desk.correct("department/clerk", seq, "arrived_on", "2023-08-11")
    desk.correct("department/clerk", seq, "issued_on", "2023-08-10")
    desk.correct("department/clerk", seq, "arrived_on", "2023-08-11")
    assert (f"{desk.directives()[0].issued_on}", f"{desk.directives()[0].arrived_on}") == ("2023-08-10", "2023-08-11")
    assert desk.verdict().verified


# The opening balance


def test_what_was_taken_over_is_marked_received_and_told_overdue_once(desk: Desk) -> None:
    asked = replace(desk.draft(PROVINCE, task("2023-07-31", DEPARTMENT), by=HOST_CLERK), means="opening",
                    issued_on=parse_day("2023-03-01"))  # fmt: skip
    [answer] = desk.runtime.executor.execute([asked])
    desk.cascade = answer.cascade
    assert (desk[1].opening, desk[1].state, desk[1].received_at is not None) == (True, "working", True)
    assert desk.directives()[0].means == "opening"
    assert group(desk) == "open_overdue"
    desk.round()
    desk.live_until("2023-08-16T09:00")
    assert len(desk.entries("DeadlineMissed")) == 1
    missed, next_one = desk.rungs(1)[:2], desk.rungs(1)[2:]
    assert missed == ["14/08 09:00 rung:3#2", "14/08 09:00 rung:4"]  # what repeats once, and the highest
    assert next_one == ["16/08 08:00 rung:3#3"]
    assert desk.entries("ReceiptMissed") == []
    desk.report(1, cause="It was late before it came here")
    desk.act("department/clerk", 1, "accept", **PAPER, happened_on="2023-08-16")
    assert group(desk) == "done_late"
    assert desk.verdict().verified
