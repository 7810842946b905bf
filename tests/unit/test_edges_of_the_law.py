"""The law at its edges: a rest within a rest, an end below an end, a document that takes the place of what stands."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.support.law import Law, edited_notice
from tests.support.offices import DEPARTMENT, GOVERNMENT, PROVINCE
from workflows.calendar import day_end, day_of
from workflows.commands import Amend, ItemChange, ItemDraft
from workflows.facts import Acted
from workflows.fields import parse_day, parse_instant
from workflows.loading import load_workflow
from workflows.obligation import Obligation
from workflows.workflow import Workflow

STORM = {"document": "3/CD", "until": "2023-08-25", "reason": "Storm"}
SEPTEMBER = parse_instant("2023-09-15")


def end_of(day: str) -> datetime:
    return day_end(parse_day(day))


def standing_law() -> Law:
    """The province's periodic item (2) for the department under its own task (1), a period of it (3) passed on to units."""
    law = Law()
    law.put(law.issue(GOVERNMENT, ItemDraft("1", "Do it", due=parse_instant("2024-09-15"), lead=(PROVINCE,))))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Report", mode="periodic", lead=(DEPARTMENT,), parent=1)))
    law.receive(2)
    law.pass_time(timedelta(days=3))
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Gather", due=law[3].due_at, lead=("unit-1", "unit-2"), parent=3)))
    return law


def ended_once(law: Law) -> bool:
    ended = [fact.number for fact in law.facts if isinstance(fact, Acted) and fact.outcome]
    return len(ended) == len(set(ended))


def edited(*edits: tuple[str, str]) -> Workflow:
    text = edited_notice(*edits)
    return load_workflow(text, 1, "government-notice")


# What stands, and its periods


def test_a_period_ends_once_when_what_is_above_its_standing_obligation_ends() -> None:
    law = standing_law()
    on = str(day_of(law.now))
    law.put(law.act("department/clerk", 1, "stop", document="1/CV", reason="Over", happened_on=on))
    assert ended_once(law)
    assert (law[3].leads_open, law[3].leads_void) == (0, 2)
    assert not any(one.open for one in law.world.all_obligations)


def test_a_period_ends_once_when_its_directive_is_revoked() -> None:
    law = Law()
    law.order("2023-12-29", "unit-1")
    law.put(law.issue(DEPARTMENT, ItemDraft("2", "Report", mode="periodic", lead=("unit-1",), parent=1)))
    law.receive(3)
    law.pass_time(timedelta(days=3))
    assert law[4].standing == 3
    law.put(law.end(3))
    assert ended_once(law)
    assert (law[3].open, law[4].open, law[2].open) == (False, False, True)


def test_a_period_rests_and_goes_on_once_with_what_is_above_it_and_gets_its_days_back() -> None:
    law = standing_law()
    due_at, on = law[3].due_at, str(day_of(law.now))
    pause = {**STORM, "until": "2023-09-20"}
    facts = law.put(law.act("department/clerk", 1, "pause", **pause, happened_on=on))
    assert sorted(fact.number for fact in facts if isinstance(fact, Acted)) == [1, 2, 3]
    law.move_to(parse_instant("2023-09-21T09:00"))
    assert law[3].state == "working"
    assert law[3].due_at is not None
    assert due_at is not None
    assert law[3].due_at > due_at


# Pauses


def paused(law: Law, number: int, **changed: str) -> None:
    law.decide(number, "pause", **{**STORM, **changed})


def test_a_dispute_of_what_is_paused_ends_the_pause_and_starts_the_givers_clock() -> None:
    law = Law(edited(("from: [assigned, working], to: disputed", "from: [assigned, working, paused], to: disputed")))
    law.order("2023-09-15", "unit-1")
    law.receive(2)
    paused(law, 2)
    law.pass_time(timedelta(days=2))
    law.dispute(2)
    assert (law[2].state, law[2].paused_until) == ("disputed", None)
    assert law[2].answer_by is not None
    law.move_to(parse_instant("2023-08-28T09:00"))
    assert law[2].state == "disputed", "its pause is over, and nothing goes on by itself that waits for the giver"
    law.decide(2, "insist", reason="It is yours")
    assert law[2].rested_at is None


def test_a_pause_that_changes_no_state_is_ended_by_a_person_too() -> None:
    law = Law(
        edited(
            ("from: [working, relayed],  to: paused, ", "from: [working, relayed],  to: same, "),
            ("from: paused,              to: working,    by: giver.leader,  does: resume",
             "from: working,             to: same,       by: giver.leader,  does: resume"),
            ('    paused:     "Tạm dừng"\n', ""),
            ('paused: "paused", ', ""),
        )
    )  # fmt: skip
    law.order("2023-09-15", "unit-1")
    law.receive(2)
    paused(law, 2)
    assert law[2].paused_until
    law.pass_time(timedelta(days=2))
    law.decide(2, "resume", reason="The storm is over")
    assert (law[2].rested_at, law[2].paused_until) == (None, None)


def chain() -> Law:
    """The department's task (1) from the province under the Government's, its unit's part (3), a helper's below."""
    law = Law()
    law.put(law.issue(GOVERNMENT, ItemDraft("1", "Do it", due=SEPTEMBER, lead=(PROVINCE,))))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=SEPTEMBER, lead=(DEPARTMENT,), parent=1)))
    help_it = ItemDraft("1", "Do it", due=SEPTEMBER, lead=("unit-1",), support=("unit-2",), parent=2)
    law.put(law.issue(DEPARTMENT, help_it))
    law.receive(3)
    law.receive(4)
    return law


def test_what_rests_below_a_report_goes_on_with_the_one_that_was_paused_above_it() -> None:
    law = chain()
    law.report(3)
    law.decide(3, "accept")
    law.report(2)  # the helper below it is still at work
    on = str(day_of(law.now))
    law.put(law.act("department/clerk", 1, "pause", **STORM, happened_on=on))
    assert [law[number].state for number in (1, 2, 4)] == ["paused", "reported", "paused"]
    law.pass_time(timedelta(days=2))
    law.put(law.act("department/clerk", 1, "resume", reason="Over", document="4/CD", happened_on=str(day_of(law.now))))
    assert law[4].state == "working"


def test_a_child_that_is_looked_at_first_does_not_lose_the_days_of_a_pause_that_is_over() -> None:
    law = Law()
    law.order("2023-09-15", "unit-1")
    law.receive(2)
    law.put(law.act("department/clerk", 1, "pause", **STORM, happened_on=str(day_of(law.now))))
    law.now = parse_instant("2023-08-28T09:00")
    law.put(law.elapse(2))
    assert [law[number].state for number in (1, 2)] == ["working", "working"]
    assert law[1].due_at == law[2].due_at == end_of("2023-09-28")
    assert law.put(law.elapse(1)) == []


def test_work_that_is_stopped_while_it_is_paused_is_over_and_nothing_wakes_it() -> None:
    law = Law()
    law.order("2023-09-15", "unit-1")
    law.receive(2)
    paused(law, 2)
    law.decide(2, "stop", document="9/CV", reason="Over")
    assert (law[2].outcome, law[2].paused_until) == ("void", None)
    law.pass_time(timedelta(days=20))
    assert law[2].state == "stopped"


# Extensions


def asked(law: Law, until: str) -> None:
    law.put(law.act("unit-1/leader", 2, "request_extension", until=until, reason="Late"))


def amended(law: Law, directive: int, day: str) -> None:
    by = law.act("department/leader", 1, "none").by
    change = ItemChange(1, due=parse_instant(day))
    law.put(Amend(f"amend-{day}", by, law.world.opened.id, directive, "5/CV", (change,), "More time"))


def short_task() -> Law:
    """The unit's part (2) of a long task of the department."""
    law = Law()
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=parse_instant("2023-12-15"), lead=(DEPARTMENT,))))
    law.put(law.issue(DEPARTMENT, ItemDraft("1", "Do it", due=parse_instant("2023-08-31"), lead=("unit-1",), parent=1)))
    law.receive(2)
    return law


def test_an_extension_that_a_later_document_has_overtaken_is_no_longer_granted() -> None:
    law = short_task()
    asked(law, "2023-09-15")
    amended(law, 2, "2023-10-10")
    grant = law.act("department/leader", 2, "grant_extension")
    refused = law.refuses(grant)
    assert "15/09/2023 is not later than 10/10/2023" in str(refused)
    law.put(law.act("unit-1/leader", 2, "withdraw_extension"))
    assert law[2].due_at == end_of("2023-10-10")


def test_a_date_that_is_proposed_is_later_than_the_one_with_the_days_of_the_answer_given_back() -> None:
    law = short_task()
    asked(law, "2023-09-29")
    law.pass_time(timedelta(days=7))  # five working days: refused now, it would be due 11/09/2023
    early = law.act("department/leader", 2, "counter_extension", until="2023-09-05", reason="A few days")
    assert "05/09/2023 is not later than" in str(law.refuses(early))
    law.decide(2, "counter_extension", until="2023-09-20", reason="Enough")
    before = law[2].due_at
    law.put(law.act("unit-1/leader", 2, "accept_counter"))
    assert before
    assert law[2].due_at
    assert law[2].due_at > before


# A document in the place of another


def replacing(law: Law, directive: int, *items: ItemDraft) -> None:
    law.put(replace(law.issue(DEPARTMENT, *items), replaces=directive, symbol="2/CV"))


def test_a_directive_in_the_place_of_one_whose_items_stand_takes_their_periods_along() -> None:
    law = Law()
    law.order("2023-12-29", "unit-1")
    item = ItemDraft("2", "Report", mode="periodic", lead=("unit-1",), parent=1)
    law.put(law.issue(DEPARTMENT, item))
    law.pass_time(timedelta(days=3))
    replacing(law, 3, item)
    assert [(law[number].directive, law[number].open) for number in (3, 4)] == [(4, True), (4, True)]
    assert law.world.held(3, "unit-1") == []
    assert [one.number for one in law.world.held(4, "unit-1")] == [3, 4]


def test_what_was_passed_on_from_one_obligation_does_not_go_on_under_another_ones_date() -> None:
    law = Law()
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=parse_instant("2023-09-01"), lead=(DEPARTMENT,))))
    law.put(law.issue(PROVINCE, ItemDraft("1", "And that", due=parse_instant("2023-12-01"), lead=(DEPARTMENT,))))
    first = ItemDraft("1", "Do it", due=parse_instant("2023-09-01"), lead=("unit-1",), parent=1)
    law.put(law.issue(DEPARTMENT, first))
    replacing(law, 3, ItemDraft("1", "Do it", due=parse_instant("2023-11-01"), lead=("unit-1",), parent=2))
    of_unit: list[Obligation] = [one for one in law.world.all_obligations if one.holder == "unit-1"]
    assert [(one.parent, one.open) for one in of_unit] == [(1, False), (2, True)]


def test_an_amended_date_while_a_report_waits_is_the_date_and_a_redo_gives_the_days_of_the_rest_back() -> None:
    law = short_task()
    law.report(2)
    amended(law, 2, "2023-09-15")
    assert law[2].due_at == end_of("2023-09-15")
    law.pass_time(timedelta(days=7))
    law.decide(2, "redo", reason="Half of it is missing")
    assert law[2].due_at == end_of("2023-09-22")
