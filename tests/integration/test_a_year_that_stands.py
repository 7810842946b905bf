"""What stands through a year: its periods, the one form that answers them, nil returns, its review and its year end."""

from collections import Counter
from datetime import timedelta

import pytest

from engine import administration
from engine.notify.words import subject_of
from storage import outbox
from storage.queries import subjects
from tests.support.desk import Desk, day, local, task
from tests.support.law import edited_notice
from tests.support.offices import DIRECTOR
from workflows.calendar import day_end, last_day
from workflows.causes import Cause
from workflows.commands import ItemDraft
from workflows.directive import Basis
from workflows.errors import Incomplete, NotOpen, Refused, Unmet
from workflows.facts import PeriodOpened
from workflows.fields import parse_instant
from workflows.ladder import clocks
from workflows.obligation import GROUPS, Obligation

QUARTER = "every: quarter, window: nd09, due: 2 working days after window_end,"
MERGE = ("if_still_open: keep", "if_still_open: merge")
PERIODIC_ENDS = "then: close, review: 10 working days before until}\n  on_event"
GOES_ON = (PERIODIC_ENDS, PERIODIC_ENDS.replace("close", "carry_over"))
UNIT, HEAD = "unit-1/leader", "department/leader"


def under(desk: Desk, *edits: tuple[str, str]) -> Desk:
    """The department works under its own version of the workflow from now on."""
    with desk.runtime.database.transaction() as connection:
        text = edited_notice(*edits)
        administration.publish_workflow(connection, text, "notice.yaml", desk.runtime.now(), DIRECTOR)
    return desk


def days(desk: Desk, until: str) -> Desk:
    """Days pass with the service up: a round each morning at nine."""
    end, now = parse_instant(until), desk.runtime.now()
    while now < end:
        now = min(now + timedelta(days=1), end)
        desk.runtime.move_to(now)
        desk.round()
    return desk


def give(desk: Desk, *modes: str, holder: str = "unit-1") -> Desk:
    """One directive with an item for each of these modes: obligations 1, 2, … of the same unit, all received."""
    items = (task(None, holder, mode=mode) for mode in modes)
    numbers = desk.issue("department", *items)
    for number in numbers:
        desk.act(f"{holder}/clerk", number, "receive")
    desk.round()
    return desk


def opened(desk: Desk) -> list[str]:
    facts = [entry.fact for entry in desk.entries("PeriodOpened")]
    return [fact.period for fact in facts if isinstance(fact, PeriodOpened)]


def of(desk: Desk, period: str) -> list[Obligation]:
    return [one for one in desk.obligations() if one.period == period]


def one_of(desk: Desk, period: str) -> Obligation:
    [found] = of(desk, period)
    return found


def enter(desk: Desk, silent: int, on: str) -> None:
    desk.act("unit-1/officer", silent, "open_event", event_on=on, note="One file late")


def states(desk: Desk, *numbers: int) -> list[str]:
    return [desk[number].state for number in numbers]


# A year of one unit


def test_a_year_of_one_unit_with_monthly_and_quarterly_reports_and_a_silent_item(desk: Desk) -> None:
    """Given on 20/12/2023, when no window of that year is left, so it stands through 2024."""
    under(desk, (QUARTER, QUARTER.replace("quarter", "[month, quarter]"))).at("2023-12-20T09:00")
    give(desk, "periodic", "on_event")
    assert [day(desk[number].until) for number in (1, 2)] == ["31/12/2024", "31/12/2024"]
    while desk.runtime.now() < parse_instant("2025-01-10T09:00"):
        days(desk, f"{last_day(desk.runtime.now()) + timedelta(days=1)}T09:00")
        if desk.runtime.now() == parse_instant("2024-05-06T09:00"):
            enter(desk, 2, "2024-05-03")
        for one in desk.obligations():
            ripe = one.open and one.period and one.due_at and last_day(one.due_at) == last_day(desk.runtime.now())
            if ripe and one.mode == "on_event":
                desk.report(one.number)
                desk.accept(one.number)
            elif ripe:
                desk.report(one.number, events_2="1" if one.period in ("2024-05", "2024-Q2") else "0")
                desk.accept(one.number)
    year = ["01", "02", "Q1", "04", "05", "Q2", "07", "08", "Q3", "10", "11", "Q4"]
    assert sorted(opened(desk)) == sorted(f"2024-{one}" for one in year)
    groups = Counter(one.group(desk.runtime.now()) for one in desk.obligations())
    assert groups == {"done_on_time": 15}  # twelve forms, one event, and the two that stood
    assert sum(groups[group] for group in GROUPS) == len(desk.obligations())
    assert [(one.fact.period, one.fact.events) for one in desk.entries("Returned")] == [
        (f"2024-{one}", 1 if one in ("05", "Q2") else 0) for one in year
    ]
    assert desk.verdict().verified


# One form for an office and a period


@pytest.fixture
def form(desk: Desk) -> Desk:
    """Unit 1 owes two periodic items (1, 2) and a silent one (3); the third quarter has opened as 4 and 5."""
    give(desk, "periodic", "periodic", "on_event")
    assert [one.number for one in of(desk, "2023-Q3")] == [4, 5]
    return desk


def test_one_report_answers_all_of_a_form_and_says_that_nothing_happened(form: Desk) -> None:
    form.at("2023-09-14T10:00").act(UNIT, 4, "report", symbol="51/BC", sent_on="2023-09-14", events_3="0")
    assert states(form, 4, 5) == ["reported", "reported"]
    assert form[4].sent_at == form[5].sent_at
    assert [dict(entry.fact.fields)["symbol"] for entry in form.entries("Acted") if entry.fact.after == "reported"] == [
        "51/BC",
        "51/BC",
    ]
    [made] = form.entries("Returned")
    assert (made.obligation, made.fact.period, made.fact.events, made.fact.form) == (3, "2023-Q3", 0, "51/BC")
    assert (form[3].returned_period, form[3].returned_events) == ("2023-Q3", 0)
    form.act(HEAD, 5, "accept")
    assert states(form, 4, 5) == ["accepted", "accepted"]
    assert [form[number].group(form.runtime.now()) for number in (4, 5)] == ["done_on_time", "done_on_time"]
    assert form.verdict().verified


def test_one_report_is_one_message(form: Desk) -> None:
    form.act(UNIT, 5, "report", symbol="51/BC", sent_on="2023-08-14", events_3="0")
    assert (form.messages("Acted", 5), form.messages("Acted", 4)) == (["department/leader"], [])


def test_a_form_is_refused_while_an_event_was_not_entered_and_says_how_to_enter_it(form: Desk) -> None:
    form.at("2023-09-14T10:00")
    with pytest.raises(
        Unmet, match=r"0 events are entered under obligation 3 .*15/06/2023 to 14/09/2023.*open_event 3"
    ):
        form.report(4, events_3="1")
    assert states(form, 4, 5) == ["working", "working"]
    enter(form, 3, "2023-08-20")
    with pytest.raises(Unmet, match=r"events_3 says 0, and 1 event is entered .*: 20/08/2023"):
        form.report(4, events_3="0")
    form.report(4, events_3="1")
    assert (form[3].returned_period, form[3].returned_events) == ("2023-Q3", 1)


def test_a_form_without_a_number_of_events_names_the_one_it_asks_for(form: Desk) -> None:
    with pytest.raises(Incomplete, match="events_3"):
        form.report(4)
    for wrong in ("-1", "none", "1.5", "9" * 5000):
        with pytest.raises(Refused):
            form.report(4, events_3=wrong)
    form.report(4, events_3="00")
    assert form[3].returned_events == 0


def test_an_event_outside_the_window_belongs_to_another_form(form: Desk) -> None:
    days(form, "2023-09-15T09:00")
    enter(form, 3, "2023-09-15")
    form.report(4, events_3="0")
    first, _ = of(form, "2023-Q4")
    with pytest.raises(Unmet, match="1 event is entered"):
        form.report(first.number, events_3="0")


def test_an_event_that_was_stopped_was_entered_by_mistake(form: Desk) -> None:
    enter(form, 3, "2023-08-14")
    form.act(HEAD, 6, "stop", document="9/CV", reason="No event after all")
    form.report(4, events_3="0")
    assert form[3].returned_events == 0


def test_what_is_sent_back_reopens_all_of_the_form(form: Desk) -> None:
    form.at("2023-09-13T10:00").report(4, events_3="0")
    form.at("2023-09-15T10:00").act(HEAD, 5, "redo", reason="Figures do not add up")
    assert states(form, 4, 5) == ["working", "working"]
    assert [day(form[number].due_at) for number in (4, 5)] == ["20/09/2023", "20/09/2023"]
    enter(form, 3, "2023-09-13")
    form.report(5, events_3="1")
    assert states(form, 4, 5) == ["reported", "reported"]
    assert [entry.fact.events for entry in form.entries("Returned")] == [0, 1]
    assert form.verdict().verified


def test_a_dispute_about_one_item_leaves_the_rest_of_the_form_alone(form: Desk) -> None:
    form.act(UNIT, 4, "dispute", reason="Not ours")
    form.report(5, events_3="0")
    assert states(form, 4, 5) == ["disputed", "reported"]
    form.act(HEAD, 4, "insist", reason="It is yours")
    assert states(form, 4, 5) == ["working", "reported"]
    form.report(4, events_3="0", symbol="52/BC")
    form.act(HEAD, 5, "accept")
    assert states(form, 4, 5) == ["reported", "accepted"], "the answer to one report answers no other"


def test_stopping_one_item_stops_no_other(form: Desk) -> None:
    form.report(4, events_3="0")
    form.act(HEAD, 4, "stop", document="9/CV", reason="No longer needed")
    assert states(form, 4, 5) == ["stopped", "reported"]


def test_a_cause_is_asked_where_any_item_of_the_form_is_late(form: Desk) -> None:
    form.act(UNIT, 4, "request_extension", until="2023-09-29", reason="Staff are away")
    form.act(HEAD, 4, "grant_extension")
    days(form, "2023-09-20T09:00")
    with pytest.raises(Incomplete, match="cause"):
        form.report(4, events_3="0")
    form.report(4, events_3="0", cause="Staff were away")
    assert states(form, 4, 5) == ["reported", "reported"]


def test_a_form_says_nothing_of_what_was_given_to_another_office(desk: Desk) -> None:
    give(desk, "periodic", "on_event")
    desk.act(UNIT, 2, "dispute", reason="Not ours")
    desk.act(HEAD, 2, "reassign", new_holder="unit-2")
    [given] = [one for one in desk.obligations() if one.holder == "unit-2"]
    assert day(given.until) == "31/12/2023"
    desk.report(3)
    assert desk[3].state == "reported"


def test_offices_and_directives_have_forms_of_their_own(form: Desk) -> None:
    form.issue("department", task(None, "unit-1", "unit-2", mode="periodic"))
    form.round()
    form.report(4, events_3="0")
    others = [one for one in of(form, "2023-Q3") if one.number > 5]
    assert [(one.holder, one.state) for one in others] == [("unit-1", "assigned"), ("unit-2", "assigned")]
    for one in others:
        form.report(one.number)


def test_each_item_is_reported_by_itself_where_the_workflow_has_no_common_form(desk: Desk) -> None:
    under(desk, (", one_report_per_office: true", ""), (", nil_return_in: periodic", ""))
    give(desk, "periodic", "periodic", "on_event")
    desk.report(4)
    assert states(desk, 4, 5) == ["reported", "working"]


def test_what_a_mode_wants_shown_is_asked_for_in_its_report(desk: Desk) -> None:
    under(desk, ("due: 10 working days after receipt}", "due: 10 working days after receipt, ask: {people: number}}"))
    give(desk, "once")
    with pytest.raises(Incomplete, match=r"people \(a whole number"):
        desk.report(1)
    desk.report(1, people="14")


# The next period opens while the last is open


def test_the_next_period_opens_beside_the_one_that_is_still_open(desk: Desk) -> None:
    give(desk, "periodic")
    days(desk, "2023-09-20T09:00")
    assert [(one.period, one.open) for one in desk.obligations()[1:]] == [("2023-Q3", True), ("2023-Q4", True)]


def test_what_was_not_reported_by_its_date_becomes_part_of_the_next_period(desk: Desk) -> None:
    give(under(desk, MERGE), "periodic")
    days(desk, "2023-09-18T09:00")
    assert one_of(desk, "2023-Q3").open, "it can be reported until its own date has passed"
    assert of(desk, "2023-Q4") == []
    days(desk, "2023-09-19T09:00")
    old, new = one_of(desk, "2023-Q3"), one_of(desk, "2023-Q4")
    assert (old.outcome, old.state) == ("void", "stopped")
    assert (f"{new.data_from:%d/%m/%Y}", f"{new.data_to:%d/%m/%Y}") == ("15/06/2023", "14/12/2023")
    [ended] = desk.entries("Acted", about=old.number)
    assert ended.fact.cause == Cause("merged", new.number, "2023-Q4")
    assert desk.verdict().verified


def test_what_was_reported_or_has_a_later_date_is_not_merged(desk: Desk) -> None:
    under(desk, MERGE, (", one_report_per_office: true", ""), (", nil_return_in: periodic", ""))
    give(desk, "periodic", "periodic", "periodic")
    desk.report(4)
    desk.act(UNIT, 5, "request_extension", until="2023-10-16", reason="Staff are away")
    desk.act(HEAD, 5, "grant_extension")
    days(desk, "2023-09-19T09:00")
    assert states(desk, 4, 5, 6) == ["reported", "working", "stopped"]
    assert [f"{one.data_from:%d/%m}" for one in of(desk, "2023-Q4")] == ["15/09", "15/09", "15/06"]


def test_a_month_goes_into_the_next_month_and_not_into_the_quarter(desk: Desk) -> None:
    give(under(desk, MERGE, (QUARTER, QUARTER.replace("quarter", "[month, quarter]"))), "periodic")
    days(desk, "2023-09-19T09:00")
    assert [(one.period, one.outcome) for one in desk.obligations()[1:]] == [
        ("2023-08", "void"),
        ("2023-Q3", "void"),
        ("2023-10", None),
        ("2023-Q4", None),
    ]
    assert [f"{one_of(desk, period).data_from:%d/%m}" for period in ("2023-10", "2023-Q4")] == ["15/07", "15/06"]


def test_periods_missed_while_down_are_merged_one_into_the_next(desk: Desk) -> None:
    under(desk, MERGE, (QUARTER, QUARTER.replace("quarter", "month")))
    give(desk, "periodic")
    desk.at("2023-12-20T09:00").round()
    found = {one.period: one for one in desk.obligations()[1:]}
    assert list(found) == [f"2023-{month}" for month in ("08", "09", "10", "11", "12")]
    assert [one.outcome for one in found.values()] == ["void"] * 4 + [None]
    assert f"{found['2023-12'].data_from:%d/%m/%Y}" == "15/07/2023"
    assert desk.verdict().verified


# The review and the year end


def test_the_giver_is_told_in_time_that_the_year_will_end(desk: Desk) -> None:
    give(desk, "periodic", "on_event")
    days(desk, "2023-12-29T09:00")
    told = desk.entries("ReviewDue")
    assert [(entry.obligation, local(entry.recorded_at)) for entry in told] == [(1, "18/12 09:00"), (2, "18/12 09:00")]
    assert desk.messages("ReviewDue", 1) == ["department/leader"]


def test_the_holder_of_a_linked_item_is_told_which_document_it_follows(desk: Desk) -> None:
    basis = Basis("reports_into", "999/CK-BCĐCCHC")
    desk.issue("department", ItemDraft("5", "Keep it", "linked", lead=("unit-1",), bases=(basis,)))
    days(desk, "2023-12-18T09:00")
    [told] = desk.entries("ReviewDue")
    assert told.fact.follows == ("999/CK-BCĐCCHC",)
    assert desk.messages("ReviewDue", 1) == ["department/leader", "unit-1/leader", "unit-1/officer"]
    with desk.runtime.database.transaction() as connection:
        waiting = outbox.claim(connection, desk.runtime.now(), 100)
        about = subjects.read_about(connection, [(one.cascade_id, one.obligation) for one in waiting])
    said = [subject_of(one, about.get((one.cascade_id, 1))) for one in waiting if one.kind == "ReviewDue"]
    assert said[0].endswith("stands until 31/12/2023, then it ends, and counts as done; it follows 999/CK-BCĐCCHC")


def test_a_linked_item_without_a_basis_follows_the_document_that_it_carries_further(desk: Desk) -> None:
    desk.issue("province", task("2024-02-01", "department"), symbol="4053/UBND-NC")
    desk.act("department/clerk", 1, "receive")
    desk.issue("department", task(None, "unit-1", mode="linked", under=1))
    days(desk, "2023-12-18T09:00")
    assert [entry.fact.follows for entry in desk.entries("ReviewDue")] == [("4053/UBND-NC",)]


def test_the_year_ends_and_the_last_form_lives_on_by_its_own_date(desk: Desk) -> None:
    give(desk, "periodic", "on_event", "linked")
    days(desk, "2024-01-02T09:00")
    assert [(desk[number].outcome, day(desk[number].closed_at)) for number in (1, 2, 3)] == [
        ("fulfilled", "31/12/2023")
    ] * 3
    [ended] = [entry for entry in desk.entries("Acted", about=2) if entry.fact.outcome]
    assert ended.fact.cause == Cause("year_end", text="31/12/2023")
    assert ended.happened_at == day_end(last_day(ended.happened_at))
    last = one_of(desk, "2023-Q4")
    assert (last.open, day(last.due_at)) == (True, "18/12/2023")
    desk.report(last.number, cause="Staff were away", events_2="0")
    assert desk[2].returned_period == "2023-Q4", "a year later one can show that nothing happened"
    days(desk, "2024-04-01T09:00")
    assert opened(desk) == ["2023-Q3", "2023-Q4"]
    assert desk.verdict().verified


def test_an_event_found_after_the_year_has_ended_cannot_be_entered(desk: Desk) -> None:
    give(desk, "periodic", "on_event")
    days(desk, "2024-01-02T09:00")
    with pytest.raises(Unmet, match="it ended on 31/12/2023, so no more can be entered"):
        desk.report(one_of(desk, "2023-Q4").number, cause="Staff were away", events_2="1")


def test_the_giver_lets_it_stand_for_another_year(desk: Desk) -> None:
    give(desk, "periodic", "linked")
    with pytest.raises(Refused, match="unit-1/leader"):
        desk.act(UNIT, 1, "carry_over")
    days(desk, "2023-12-18T10:00").act(HEAD, 1, "carry_over")
    assert day(desk[1].until) == "31/12/2024"
    assert desk.messages("CarriedOver", 1) == ["unit-1/leader", "unit-1/officer"]
    with pytest.raises(Unmet, match="it stands until 31/12/2024 already"):
        desk.act(HEAD, 1, "carry_over")
    days(desk, "2025-01-02T09:00")
    assert opened(desk) == ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
    assert day(desk[2].closed_at) == "31/12/2023"
    assert day(desk[1].closed_at) == "31/12/2024"
    assert [entry.obligation for entry in desk.entries("ReviewDue")] == [1, 2, 1]
    assert desk.verdict().verified


def test_it_is_carried_over_by_itself_where_the_workflow_says_so(desk: Desk) -> None:
    under(desk, GOES_ON)
    give(desk, "periodic", "on_event")
    days(desk, "2024-03-20T09:00")
    assert (day(desk[1].until), desk[2].outcome) == ("31/12/2024", "fulfilled")
    assert opened(desk) == ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2"]
    assert day(one_of(desk, "2024-Q1").due_at) == "18/03/2024"


def test_the_service_was_down_over_the_year_end_and_three_periods(desk: Desk) -> None:
    under(desk, (QUARTER, QUARTER.replace("quarter", "[month, quarter]")))
    give(desk, "periodic")
    assert opened(desk) == ["2023-08", "2023-Q3"]
    desk.at("2024-01-08T09:00")
    assert desk.round().kinds["PeriodOpened"] == 3
    assert opened(desk)[2:] == ["2023-10", "2023-Q4", "2023-11"]
    told = [entry.kind for entry in desk.entries("PeriodOpened", "ReviewDue", "Acted", about=1)][-5:]
    assert told == ["PeriodOpened", "PeriodOpened", "PeriodOpened", "ReviewDue", "Acted"]
    assert (desk[1].outcome, day(desk[1].closed_at)) == ("fulfilled", "31/12/2023")
    assert all(one.open for one in desk.obligations()[1:])
    assert desk.round().facts == 0
    assert desk.verdict().verified


def test_years_missed_while_down_are_carried_over_one_after_the_other(desk: Desk) -> None:
    give(under(desk, GOES_ON), "periodic")
    desk.at("2025-02-03T09:00").round()
    assert opened(desk) == ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1"]
    assert day(desk[1].until) == "31/12/2025"


def test_the_giver_ends_it_before_its_time_and_its_open_form_stays(desk: Desk) -> None:
    give(desk, "periodic", "once")
    desk.act(HEAD, 1, "conclude")
    assert (desk[1].outcome, desk[1].sent_at, desk[3].open) == ("fulfilled", None, True)
    for number in (2, 3):
        with pytest.raises(Unmet, match="does not stand"):
            desk.act(HEAD, number, "conclude")
    days(desk, "2023-09-16T09:00")
    assert opened(desk) == ["2023-Q3"]


def test_joins_never_wait_for_what_stands(desk: Desk) -> None:
    desk.issue("province", task("2023-09-15", "department"))
    desk.act("department/clerk", 1, "receive")
    numbers = desk.issue(
        "department", task("2023-09-01", "unit-1", under=1), task(None, "unit-1", mode="periodic", under=1)
    )
    desk.report(numbers[0])
    desk.accept(numbers[0])
    assert (desk[1].joined_at is not None, desk[1].leads_open) == (True, 0)


def test_what_is_only_to_be_known_owes_nothing_and_has_no_clock_but_its_receipt(desk: Desk) -> None:
    desk.issue("department", ItemDraft("1", "Know it", "periodic", lead=("unit-1",), info=("unit-2",)))
    info = desk[2]
    with desk.runtime.database.reading() as connection:
        known = desk.runtime.executor.known(connection)
    calendar = known.calendars["vn-public@1"]
    workflow = known.workflows.get(info.workflow)
    assert [clock.kind for clock in clocks(info, workflow, calendar)] == ["receive"]
    desk.act("unit-2/clerk", 2, "receive")
    assert clocks(desk[2], workflow, calendar) == []
    with pytest.raises((NotOpen, Unmet)):
        desk.act(HEAD, 2, "carry_over")
    days(desk, "2024-01-02T09:00")
    assert desk[2].group(desk.runtime.now()) == "info"


def test_what_stands_is_answered_by_its_periods_and_not_by_itself(desk: Desk) -> None:
    give(desk, "periodic", "on_event")
    with pytest.raises(Unmet, match="it stands; what is reported are its periods and events: obligation 3"):
        desk.report(1)
    with pytest.raises(Unmet, match="and none is open now"):
        desk.report(2)
