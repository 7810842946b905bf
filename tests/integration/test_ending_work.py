"""Work that ends before it is done, or whose order changes: given to another, closed, replaced, amended, revoked."""

from collections.abc import Callable

import pytest

from engine.runtime import Runtime
from tests.contract.test_many_writers import at_once
from tests.support.desk import Desk, day, task
from tests.support.offices import DEPARTMENT, DIRECTOR, HOST_CLERK, PROVINCE, seat, whole_country
from workflows.commands import ItemChange, ItemDraft
from workflows.deadlines import sentence
from workflows.errors import Incomplete, NotOpen, NotYours, Refused, Unmet
from workflows.fields import parse_instant

AUGUST, SEPTEMBER = "2023-08-31", "2023-09-15"


@pytest.fixture
def deep(desk: Desk) -> Desk:
    """Every level inside: the province (1: p1-d1, 2: p1-d2), department 1 to its units (3, 4)."""
    desk.staff(whole_country(1, 3, 2))
    desk.issue("p1", task("2023-09-29", "p1-d1", "p1-d2"))
    desk.issue("p1-d1", task(SEPTEMBER, "p1-d1-u1", "p1-d1-u2", under=1))
    return desk


def item(label: str, due: str | None, *lead: str, mode: str | None = None) -> ItemDraft:
    return ItemDraft(label, f"Item {label}", mode, parse_instant(due) if due else None, lead=lead)


def states(desk: Desk) -> list[str]:
    return [one.state for one in desk.obligations()]


# Dispute


def test_giving_it_to_another_stops_what_was_below_and_starts_anew_there(deep: Desk) -> None:
    deep.act("p1-d2/clerk", 2, "receive")
    deep.act("p1-d2/leader", 2, "dispute", reason="It is department 3's")
    assert deep.act("p1/leader", 2, "reassign", new_holder="p1-d3").obligations == (5,)
    assert states(deep) == ["relayed", "reassigned", "assigned", "assigned", "assigned"]
    assert (deep[5].holder, deep[5].giver, day(deep[5].due_at)) == ("p1-d3", "p1", "29/09/2023")
    assert deep.verdict().verified


def test_what_a_holder_passed_on_stops_with_what_it_disputes(deep: Desk) -> None:
    """A supporting office is not waited for: its share is open still when the report comes back and is disputed."""
    with pytest.raises(NotOpen, match="'relayed'"):
        deep.act("p1-d1/leader", 1, "dispute", reason="It is department 3's")
    deep.issue("p1-d2", task(SEPTEMBER, "p1-d2-u1", under=2, support=("p1-d2-u2",)))
    deep.report(5)
    deep.accept(5)
    deep.report(2)
    deep.act("p1/leader", 2, "redo", reason="Half of it is missing")
    deep.act("p1-d2/leader", 2, "dispute", reason="The other half is department 3's")
    assert deep[6].open
    deep.act("p1/leader", 2, "reassign", new_holder="p1-d3")
    assert [deep[number].state for number in (2, 5, 6, 7)] == ["reassigned", "accepted", "stopped", "assigned"]
    assert deep.verdict().verified


def test_insisting_goes_on_with_the_same_office_and_its_own_clock(deep: Desk) -> None:
    deep.act("p1-d2/leader", 2, "dispute", reason="Not ours")
    assert deep[2].rested_at is not None
    deep.at("2023-08-16T09:00").act("p1/leader", 2, "insist", reason="It is yours")
    assert (deep[2].state, deep[2].holder, day(deep[2].due_at)) == ("working", "p1-d2", "03/10/2023")
    assert deep.verdict().verified


def test_only_the_giver_decides_a_dispute(deep: Desk) -> None:
    deep.act("p1-d2/leader", 2, "dispute", reason="Not ours")
    for who in ("p1-d2/leader", "p1-d1/leader"):
        with pytest.raises(NotYours, match="p1/leader"):
            deep.act(who, 2, "insist", reason="It is yours")
    assert deep.verdict().verified


# Closing


def test_work_is_closed_without_being_done_and_all_below_it_stops(deep: Desk) -> None:
    with pytest.raises(Incomplete, match="reason"):
        deep.act("p1/leader", 1, "close")
    deep.act("p1/leader", 1, "close", reason="The programme was cancelled")
    assert states(deep) == ["closed", "assigned", "stopped", "stopped"]
    assert deep[1].group(deep.runtime.now()) == "void"
    assert deep.entries("Acted", about=1)[-1].fact.fields == (("reason", "The programme was cancelled"),)
    with pytest.raises(NotOpen, match="final"):
        deep.report(1)
    assert deep.verdict().verified


# Replacing


def test_a_new_document_takes_the_place_of_another_and_open_work_goes_on_under_it(desk: Desk) -> None:
    desk.issue(DEPARTMENT, item("1", AUGUST, "unit-1", "unit-2"), item("2", AUGUST, "unit-3"))
    desk.report(2)
    desk.accept(2)
    desk.replacing(
        1, DEPARTMENT, item("1", SEPTEMBER, "unit-1", "unit-2"), item("3", SEPTEMBER, "unit-4"), symbol="70/CV"
    )
    assert states(desk) == ["assigned", "accepted", "stopped", "assigned", "assigned"]
    old, new = desk.directives()
    assert (old.state, new.state, new.replaces) == ("replaced", "issued", 1)
    assert [(one.number, one.directive) for one in desk.obligations() if one.open] == [(1, 2), (4, 2), (5, 2)]
    assert (day(desk[1].due_at), day(desk[1].first_due_at)) == ("15/09/2023", "31/08/2023")
    assert desk.messages("Repointed", 1) == ["unit-1/leader", "unit-1/officer"]
    assert desk.verdict().verified


@pytest.mark.parametrize(("chosen", "state"), [("stop", "stopped"), ("keep", "assigned")])
def test_whoever_replaces_may_stop_or_keep_what_was_open(desk: Desk, chosen: str, state: str) -> None:
    desk.issue(DEPARTMENT, item("1", AUGUST, "unit-1"))
    desk.replacing(1, DEPARTMENT, item("1", SEPTEMBER, "unit-1"), open_work=chosen)
    assert states(desk) == [state, "assigned"]
    assert [one.directive for one in desk.obligations()] == [1, 2]
    assert desk.verdict().verified


def test_a_workflow_may_keep_what_has_no_place_in_the_new_document(desk: Desk) -> None:
    desk.publish(("{open_work: repoint, unmatched: stop}", "{open_work: repoint, unmatched: keep}"))
    desk.issue(DEPARTMENT, item("1", AUGUST, "unit-1"), item("2", AUGUST, "unit-2"))
    desk.replacing(1, DEPARTMENT, item("1", SEPTEMBER, "unit-1"))
    assert [(one.state, one.directive) for one in desk.obligations()] == [("assigned", 2), ("assigned", 1)]
    assert desk.verdict().verified


def test_periods_and_events_move_with_what_stands(desk: Desk) -> None:
    desk.issue(DEPARTMENT, item("1", None, "unit-1", mode="on_event"), item("2", None, "unit-1", mode="periodic"))
    desk.act("unit-1/clerk", 1, "receive")
    desk.act("unit-1/clerk", 1, "open_event", event_on="2023-08-14", note="An accident")
    desk.live_until("2023-09-15T09:00")
    before = {one.number: (one.due_at, one.period) for one in desk.obligations() if one.standing}
    assert sorted(period for _, period in before.values()) == ["2023-Q3", "2023-Q4", "event 14/08/2023"]
    desk.replacing(
        1, DEPARTMENT, item("1", None, "unit-1", mode="on_event"), item("2", None, "unit-1", mode="periodic")
    )
    assert {one.directive for one in desk.obligations()} == {2}
    assert {one.number: (one.due_at, one.period) for one in desk.obligations() if one.standing} == before
    desk.act("unit-1/clerk", 1, "open_event", event_on="2023-09-15", note="Another one")
    assert desk.obligations()[-1].directive == 2
    assert desk.verdict().verified


def test_a_replaced_order_of_an_outside_office_holds_what_was_passed_on_to_its_date(desk: Desk) -> None:
    desk.issue(PROVINCE, task("2023-09-29", DEPARTMENT), symbol="304/UBND-TH")
    desk.issue(DEPARTMENT, task(SEPTEMBER, "unit-1", under=1))
    desk.replacing(1, PROVINCE, task("2023-09-08", DEPARTMENT), symbol="310/UBND-TH")
    assert [(one.number, day(one.due_at)) for one in desk.obligations()] == [(1, "08/09/2023"), (2, "08/09/2023")]
    assert "above" in sentence(desk[2].because)
    assert desk.messages("DueSet", 2) == ["department/leader", "unit-1/leader"]
    assert desk.verdict().verified


def test_a_replaced_letter_stays_under_what_it_carried_further(desk: Desk) -> None:
    desk.order(SEPTEMBER, "unit-1", "unit-2")
    desk.replacing(2, DEPARTMENT, item("1", AUGUST, "unit-1", "unit-3"))
    assert [(one.holder, one.state, one.parent) for one in desk.obligations()[1:]] == [
        ("unit-1", "assigned", 1), ("unit-2", "stopped", 1), ("unit-3", "assigned", 1),
    ]  # fmt: skip
    assert (desk[1].leads_open, desk[1].leads_void) == (2, 1)
    assert desk.verdict().verified


def test_nobody_replaces_what_is_anothers_or_no_longer_stands(desk: Desk) -> None:
    desk.order(SEPTEMBER, "unit-1")
    with pytest.raises(NotYours, match="province"):
        desk.replacing(1, DEPARTMENT, task(AUGUST, "unit-1"))
    desk.replacing(2, DEPARTMENT, task(AUGUST, "unit-1"))
    with pytest.raises(NotOpen, match="'replaced'"):
        desk.replacing(2, DEPARTMENT, task(AUGUST, "unit-1"))
    assert desk.verdict().verified


# Amending


def test_a_later_document_moves_a_date_and_what_is_below_is_held_to_it(deep: Desk) -> None:
    deep.amend(1, ItemChange(1, parse_instant("2023-09-08"), "trước ngày 08/9"), by=seat("p1/leader"))
    assert [day(one.due_at) for one in deep.obligations()] == ["08/09/2023"] * 4
    assert deep.messages("DueSet", 3) == ["p1-d1/leader", "p1-d1-u1/leader"]
    assert deep.messages("DueSet", 1) == ["p1-d1/leader", "p1-d1/officer"]
    assert day(deep[3].first_due_at) == "15/09/2023"
    assert deep.items()[0].due_wording == "trước ngày 08/9"
    assert deep.verdict().verified


def test_a_later_date_moves_only_what_the_document_itself_gave(deep: Desk) -> None:
    deep.amend(1, ItemChange(1, parse_instant("2023-10-13")), by=seat("p1/leader"))
    assert [day(one.due_at) for one in deep.obligations()] == ["13/10/2023", "13/10/2023", "15/09/2023", "15/09/2023"]
    assert deep.verdict().verified


def test_new_words_of_an_item_move_no_date(deep: Desk) -> None:
    deep.amend(2, ItemChange(1, text="Do it in every ward"), by=seat("p1-d1/leader"))
    assert deep.items()[1].text == "Do it in every ward"
    assert not deep.entries("DueSet")
    assert deep.verdict().verified


def test_an_amendment_stays_within_the_date_above_and_is_the_issuers(deep: Desk) -> None:
    change = ItemChange(1, parse_instant("2023-10-06"))
    with pytest.raises(Unmet, match="29/09/2023"):
        deep.amend(2, change, by=seat("p1-d1/leader"))
    with pytest.raises(NotYours, match="p1-d1/leader"):
        deep.amend(2, change, by=seat("p1/leader"))
    with pytest.raises(Incomplete, match="nothing is changed"):
        deep.amend(2, by=seat("p1-d1/leader"))
    assert deep.verdict().verified


def test_an_amended_date_no_longer_waits_for_the_receipt(desk: Desk) -> None:
    desk.issue(DEPARTMENT, item("1", None, "unit-1", mode="once"))
    desk.amend(1, ItemChange(1, parse_instant("2023-09-20")))
    desk.act("unit-1/clerk", 1, "receive")
    assert day(desk[1].due_at) == "20/09/2023"
    assert desk.verdict().verified


# Revoking


def test_whoever_revokes_may_keep_what_is_open(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task(AUGUST, "unit-1"))
    desk.runtime.executor.execute([desk.revoke(1, "keep")])
    assert (desk.directives()[0].state, states(desk)) == ("revoked", ["assigned"])
    desk.report(1)
    desk.accept(1)
    assert desk.verdict().verified


def test_open_work_cannot_go_on_under_a_document_that_there_is_not(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task(AUGUST, "unit-1"))
    with pytest.raises(Incomplete, match="stop or keep"):
        desk.runtime.executor.execute([desk.revoke(1, "repoint")])
    assert desk.verdict().verified


def test_what_an_outside_office_revokes_is_recorded_with_the_day_it_did(desk: Desk) -> None:
    desk.order(SEPTEMBER, "unit-1")
    desk.at("2023-08-21T09:00")
    with pytest.raises(NotYours, match="department/clerk"):
        desk.runtime.executor.execute([desk.revoke(1, happened_on="2023-08-18")])
    for missing in (None, "2023-08-22", "2023-08-11"):
        with pytest.raises(Incomplete, match="happened_on"):
            desk.runtime.executor.execute([desk.revoke(1, by=HOST_CLERK, happened_on=missing)])
    desk.runtime.executor.execute([desk.revoke(1, by=HOST_CLERK, happened_on="2023-08-18")])
    [entry] = desk.entries("DirectiveMoved")
    assert (day(entry.happened_at), day(entry.recorded_at)) == ("18/08/2023", "21/08/2023")
    assert states(desk) == ["stopped", "stopped"]
    assert desk.verdict().verified


def test_nothing_is_left_open_where_children_are_added_while_it_is_revoked(
    desk: Desk, open_node: Callable[[], Runtime]
) -> None:
    """Three nodes pass work on, by documents and directions, while a fourth one revokes the order above."""
    for turn in range(4):
        order = Desk(desk.runtime, name=f"order-{turn}")
        order.issue(PROVINCE, task(SEPTEMBER, DEPARTMENT), symbol=f"{turn}1/UBND")

        def write(node: Runtime, place: int, order: Desk = order) -> None:
            mine = Desk(node, order.cascade, f"{order.cascade}-{place}")
            if place == 0:
                node.executor.execute([mine.revoke(1, by=HOST_CLERK, happened_on="2023-08-14")])
                return
            for one in range(1, 9):
                try:
                    mine.endorse("department/leader", 1, f"unit-{one}") if place == 1 else mine.issue(
                        DEPARTMENT, task(None, f"unit-{one}", under=1)
                    )
                except Refused:
                    return

        at_once(open_node, write)
        assert not [one for one in order.obligations() if one.open]
        assert order.head().wake_at is None
        assert order[1].leads_open == 0
    assert desk.verdict().verified


def test_nothing_is_given_under_a_document_that_was_revoked(desk: Desk) -> None:
    desk.order(SEPTEMBER, "unit-1")
    desk.runtime.executor.execute([desk.revoke(1, by=HOST_CLERK, happened_on="2023-08-14")])
    with pytest.raises(Unmet, match="'stopped'"):
        desk.issue(DEPARTMENT, task(None, "unit-2", under=1))
    with pytest.raises(NotOpen, match="final"):
        desk.act(f"{DIRECTOR.office}/{DIRECTOR.role}", 2, "reassign", new_holder="unit-2")
    with pytest.raises(NotOpen, match="'revoked'"):
        desk.amend(1, ItemChange(1, text="More"), by=HOST_CLERK, happened_on="2023-08-14")
    assert desk.verdict().verified
