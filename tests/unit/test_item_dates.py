"""Every form in which an item gives its date: what it comes to, what is refused, what an event's day brings about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.law import Law, calendar, edited_notice, notice, replayed, snapshot
from tests.support.offices import DEPARTMENT, DIRECTOR, PROVINCE, units
from workflows import item_dates
from workflows.calendar import day_end, last_day
from workflows.commands import Amend, ItemChange, ItemDraft
from workflows.deadlines import sentence
from workflows.directive import Basis, Item
from workflows.errors import Incomplete, NotYours, Refused, Unmet
from workflows.facts import DueSet, EventAsked, EventDaySet
from workflows.fields import parse_day, parse_instant
from workflows.ladder import clocks
from workflows.loading import load_workflow
from workflows.workflow import Workflow

UNIT, OTHER, *_ = units(4)
CONGRESS = "kết thúc hội nghị"
DUE_LINES = "  due:                                   # dòng đầu tiên đúng thì dùng\n"


def edited(*edits: tuple[str, str]) -> Workflow:
    return load_workflow(edited_notice(*edits), 1, "government-notice")


def with_deadlines(*lines: str) -> Workflow:
    """The shipped notice with more lines at the head of `deadlines.due`, or keys before it."""
    keys = "".join(f"  {one}\n" for one in lines if not one.startswith("-"))
    table = "".join(f"    {one}\n" for one in lines if one.startswith("-"))
    return edited((DUE_LINES, f"{keys}{DUE_LINES}{table}"))


def draft(due: str | None = None, *lead: str, **more: object) -> ItemDraft:
    at = parse_instant(due) if due else None
    return ItemDraft("1", "Do it", due=at, lead=lead or (UNIT,), **more)  # type: ignore[arg-type]


def waiting(*lead: str, rule: str = "3 working days after event", **more: object) -> ItemDraft:
    form = "until_event" if rule == "event" else "after_event"
    return draft(None, *lead, due_form=form, due_rule=rule, due_event=CONGRESS, **more)


def issued(one: ItemDraft, workflow: Workflow | None = None) -> Law:
    law = Law(workflow)
    law.put(law.issue(DEPARTMENT, one))
    return law


def due(law: Law, number: int = 1) -> str:
    at = law[number].due_at
    if at is None:
        return "-"
    return f"{last_day(at):%d/%m}" if at == day_end(last_day(at)) else f"{at.astimezone():%d/%m} to the hour"


def why(law: Law, number: int = 1) -> str:
    one = law[number]
    return str(sentence(one.because, one.due_at or one.planned_for))


# Each form


def test_before_a_day_keeps_that_day_unless_the_office_leaves_it_out() -> None:
    worded = draft("2023-09-15", due_form="before", due_wording="trước ngày 15/9/2023")
    assert due(issued(worded)) == "15/09"
    law = issued(worded, with_deadlines("before_day: excluded"))
    assert due(law) == "14/09"
    assert "as written (trước ngày 15/9/2023); 'before' leaves the day itself out" in why(law)
    assert law.world.item(1, 1).due_at == parse_instant("2023-09-15")  # what the document says stays


def test_an_hour_is_an_hour_whatever_before_means() -> None:
    law = issued(draft("2023-09-15T10:30", due_form="before"), with_deadlines("before_day: excluded"))
    assert law[1].due_at == parse_instant("2023-09-15T10:30")
    assert why(law).startswith("15/09/2023 10:30:")


def test_the_day_before_may_be_within_the_date_above_where_the_day_is_not() -> None:
    law = Law(with_deadlines("before_day: excluded"))
    law.put(law.issue(PROVINCE, draft("2023-09-14", DEPARTMENT)))
    law.put(law.issue(DEPARTMENT, draft("2023-09-15", due_form="before", parent=1)))
    assert due(law, 2) == "14/09"


def test_an_interval_ends_on_its_last_day_and_nobody_is_reminded_before_its_first() -> None:
    law = issued(draft("2023-09-20", due_form="interval", due_from=date(2023, 9, 19)))
    assert due(law) == "20/09"
    assert next(one.key for one in clocks(law[1], notice(), calendar()) if one.kind == "rung") == "rung:2"
    early = issued(draft("2023-09-20", due_form="interval", due_from=date(2023, 9, 1)))
    assert next(one.key for one in clocks(early[1], notice(), calendar()) if one.kind == "rung") == "rung:1"


def test_an_item_counts_from_receipt_by_itself_and_is_provisional_until_then() -> None:
    law = issued(
        draft(due_form="counted", due_rule="5 working days after receipt", due_wording="trong 05 ngày làm việc")
    )
    assert due(law) == "22/08"  # to be received by Tuesday the 15th
    assert "5 working days after receipt (trong 05 ngày làm việc), counted from 15/08/2023" in why(law)
    assert "until it is received" in why(law)
    law.receive(1)
    assert due(law) == "21/08"


def test_hours_after_issue_are_counted_by_the_clock() -> None:
    law = issued(draft(due_form="counted", due_rule="2 hours after issue"))
    assert law[1].due_at == parse_instant("2023-08-14T11:00")


def test_an_item_counts_no_further_than_the_date_above() -> None:
    law = Law()
    law.put(law.issue(PROVINCE, draft("2023-08-16", DEPARTMENT)))
    law.put(law.issue(DEPARTMENT, draft(due_form="counted", due_rule="9 days after issue", parent=1)))
    assert due(law, 2) == "16/08"
    assert "held to the date of the obligation above" in why(law, 2)


def test_at_once_is_what_the_workflow_makes_of_it() -> None:
    at_once = draft(due_form="at_once", due_wording="ngay khi nhận được công điện này")
    law = issued(at_once, with_deadlines("- {when: at_once, is: 4 hours after issue}"))
    assert law[1].due_at == parse_instant("2023-08-14T13:00")
    assert "4 hours after issue (ngay khi nhận được công điện này)" in why(law)
    with pytest.raises(Incomplete, match="has no line `when: at_once`"):
        issued(at_once)


def test_a_planned_day_counts_unless_the_office_only_reminds_of_it() -> None:
    planned = draft("2023-09-29", due_form="soft", due_wording="dự kiến cuối tháng 9")
    law = issued(planned)
    assert due(law) == "29/09"
    assert "only planned, and counts" in why(law)
    law = issued(planned, with_deadlines("soft_dates: reminded"))
    one = law[1]
    assert (one.due_at, one.planned_for) == (None, parse_instant("2023-09-29"))
    rungs = [
        clock.key for clock in clocks(one, law.world.workflow_of(one), calendar()) if clock.kind in ("rung", "due")
    ]
    assert rungs == ["rung:1", "rung:2"]
    assert one.group(parse_instant("2024-01-01")) == "no_deadline"
    assert "reminded of, and never missed" in why(law)


def test_a_planned_day_that_a_later_document_sets_counts() -> None:
    law = issued(draft("2023-09-29", due_form="soft"), with_deadlines("soft_dates: reminded"))
    change = ItemChange(1, parse_instant("2023-09-20"))
    law.put(Amend("a", DIRECTOR, law.world.opened.id, 1, "70/CV", (change,), "It is settled"))
    assert (due(law), law[1].planned_for, law.world.item(1, 1).due_form) == ("20/09", None, None)


def test_soft_without_a_day_is_for_the_workflow_to_say() -> None:
    soft = draft(due_form="soft", due_wording="trong thời gian sớm nhất")
    law = issued(soft, with_deadlines("- {when: soft, is: 10 working days after issue}"))
    assert due(law) == "28/08"
    assert "(trong thời gian sớm nhất)" in why(law)


def test_by_reference_is_followed_under_the_other_document() -> None:
    law = issued(draft(due_form="by_reference", mode="linked", bases=(Basis("implements", "05/KH-SKHCN"),)))
    assert (due(law), law[1].mode) == ("-", "linked")


@pytest.mark.parametrize(
    ("one", "because"),
    [
        (draft(due_form="someday"), "is not a form of date"),
        (draft(due_form="before"), "gives no day"),
        (draft("2023-09-15", due_form="at_once"), "give one of the two"),
        (draft(due_rule="2 days after issue"), "goes with the forms"),
        (draft(due_form="counted"), "goes with the forms"),
        (draft(due_form="counted", due_rule="two days after issue"), "is not a time such as"),
        (draft(due_form="counted", due_rule="2 days after due"), "counts after issue or receipt"),
        (draft(due_form="counted", due_rule="2 days before issue"), "counts after issue or receipt"),
        (draft(due_form="counted", due_rule="2 days after issue", due_event=CONGRESS), "and names an event"),
        (
            draft(due_form="after_event", due_rule="2 days after issue", due_event=CONGRESS),
            "does not count from the event",
        ),
        (draft(due_form="after_event", due_rule="2 days after event"), "say which event"),
        (draft("2023-09-15", due_event=CONGRESS), "counts from none"),
        (draft("2023-09-15", due_form="interval"), "without a first day"),
        (draft("2023-09-15", due_form="interval", due_from=date(2023, 9, 16)), "ends before, on 15/09/2023"),
        (draft(due_form="by_reference", mode="linked"), "the document that it follows"),
        (waiting(mode="periodic"), "cannot be followed up as 'periodic'"),
    ],
)
def test_what_does_not_hold_together_is_refused(one: ItemDraft, because: str) -> None:
    with pytest.raises(Refused, match=because):
        issued(one)


# Events


def test_what_waits_for_an_event_has_no_date_until_its_day_is_entered_for_all() -> None:
    law = issued(waiting(UNIT, OTHER))
    assert [(law[one].waits_for, due(law, one)) for one in (1, 2)] == [(CONGRESS, "-")] * 2
    assert law[1].group(law.now) == "no_deadline"
    facts = law.put(law.act(f"{UNIT}/clerk", 1, "set_event_day", event_on="2023-09-12"))
    assert [type(fact) for fact in facts] == [EventDaySet, DueSet, DueSet]
    assert [(law[one].waits_for, due(law, one)) for one in (1, 2)] == [(None, "15/09")] * 2
    assert f"3 working days after event ({CONGRESS}), counted from 12/09/2023" in why(law)
    told = {f"{one.office}/{one.role}" for fact in facts if isinstance(fact, DueSet) for one in fact.told}
    assert {f"{UNIT}/leader", f"{OTHER}/leader", f"{DEPARTMENT}/leader"} <= told
    assert snapshot(replayed(law.facts)) == snapshot(law.world)


def test_until_an_event_is_its_day_itself_also_one_that_has_yet_to_come() -> None:
    law = issued(waiting(rule="event"))
    law.decide(1, "set_event_day", event_on="2023-12-01")
    assert due(law) == "01/12"


def test_the_giver_alone_changes_the_day_and_says_why() -> None:
    law = issued(waiting())
    law.decide(1, "set_event_day", event_on="2023-09-12")
    with pytest.raises(NotYours):
        law.put(law.act(f"{UNIT}/clerk", 1, "set_event_day", event_on="2023-09-13", reason="Put off"))
    with pytest.raises(Incomplete, match="reason"):
        law.decide(1, "set_event_day", event_on="2023-09-13")
    law.decide(1, "set_event_day", event_on="2023-09-13", reason="Put off")
    assert due(law) == "18/09"
    with pytest.raises(Unmet, match="already"):
        law.decide(1, "set_event_day", event_on="2023-09-13", reason="Put off")


def test_a_day_before_the_document_is_none_and_other_work_has_no_event() -> None:
    law = issued(waiting())
    with pytest.raises(Incomplete, match="before the document's own date"):
        law.decide(1, "set_event_day", event_on="2023-08-01")
    dated = issued(draft("2023-09-15"))
    with pytest.raises(Unmet, match="does not count from an event"):
        dated.decide(1, "set_event_day", event_on="2023-09-01", reason="None")


def test_hours_after_an_event_count_from_when_it_is_entered_on_its_day() -> None:
    law = issued(waiting(rule="2 hours after event"))
    law.decide(1, "set_event_day", event_on="2023-08-14")
    assert law[1].due_at == parse_instant("2023-08-14T11:00")


def test_the_day_goes_down_to_what_waits_for_the_same_event_and_no_date_passes_the_one_above() -> None:
    law = Law()
    law.put(law.issue(PROVINCE, waiting(DEPARTMENT)))
    law.put(law.issue(DEPARTMENT, waiting(UNIT, rule="9 working days after event", parent=1)))
    law.put(law.issue(DEPARTMENT, draft("2023-12-29", OTHER, parent=1)))
    law.put(law.act("department/clerk", 1, "set_event_day", event_on="2023-09-12"))
    assert [due(law, one) for one in (1, 2, 3)] == ["15/09"] * 3
    assert snapshot(replayed(law.facts)) == snapshot(law.world)


def test_a_date_that_was_extended_since_is_left_alone_when_the_day_changes() -> None:
    law = issued(waiting())
    law.decide(1, "set_event_day", event_on="2023-09-12")
    law.receive(1)
    law.put(law.act(f"{UNIT}/leader", 1, "request_extension", until="2023-10-02", reason="Rain"))
    law.decide(1, "grant_extension")
    law.decide(1, "set_event_day", event_on="2023-09-13", reason="Put off")
    assert due(law) == "02/10"


def test_the_day_is_asked_for_again_and_again_and_the_giver_hears_it_once_for_each_item() -> None:
    law = issued(waiting(UNIT, OTHER))
    at = {one: clocks(law[one], notice(), calendar())[-1] for one in (1, 2)}
    assert [(clock.kind, clock.key) for clock in at.values()] == [("event", "event:1")] * 2
    law.now = parse_instant("2023-09-30T09:00")  # the service was down for three of them
    asked = [fact for one in (1, 2) for fact in law.put(law.elapse(one)) if isinstance(fact, EventAsked)]
    told = [sorted(f"{one.office}/{one.role}" for one in fact.told) for fact in asked]
    assert [(fact.key, fact.times) for fact in asked] == [("event:3", 3)] * 2
    assert told == [["department/clerk", "department/leader", f"{UNIT}/clerk"], [f"{OTHER}/clerk"]]
    assert clocks(law[1], notice(), calendar())[-1].key == "event:4"
    assert snapshot(replayed(law.facts)) == snapshot(law.world)


def test_what_passes_on_by_itself_waits_for_the_same_event() -> None:
    law = Law(edited(("join: {wait_for", "relay: {automatic_at: department}\njoin: {wait_for")))
    law.put(law.issue(PROVINCE, waiting(DEPARTMENT)))
    below = [one.number for one in law.world.children(1)]
    assert below
    assert all(law[one].waits_for == CONGRESS for one in below)
    law.put(law.act("department/clerk", 1, "set_event_day", event_on="2023-09-12"))
    assert {due(law, one) for one in (1, *below)} == {"15/09"}


@given(
    st.dates(date(2023, 8, 14), date(2027, 12, 31)), st.integers(1, 60), st.sampled_from(["day", "working day", "hour"])
)
def test_a_date_after_an_event_is_what_the_same_rule_gives_after_a_known_day(on: date, count: int, unit: str) -> None:
    rule = item_dates.read_rule(f"{count} {unit}s after event")
    assert rule
    item = Item(1, 1, "1", "", "dated", due_form="after_event", due_rule=str(rule), due_event=CONGRESS, event_on=on)
    found = item_dates.counted_from(item, rule, day_end(on), calendar())
    assert found.at > day_end(on)
    assert found.because.label == CONGRESS
    assert item_dates.own_rule(item) == rule
    assert parse_day(str(on)) == on
