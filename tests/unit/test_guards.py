"""Guards under the law: what each name stands for, when an action is open, and who may not be the same person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from tests.support.law import NOTICE, Law, edited_notice, notice, replayed, snapshot
from tests.support.offices import DEPARTMENT, PROVINCE
from workflows import words
from workflows.acting import asked_of, open_to
from workflows.calendar import day_of
from workflows.commands import ItemDraft
from workflows.directive import Item
from workflows.encoding import to_data
from workflows.errors import Unmet
from workflows.facts import Acted
from workflows.fields import parse_instant
from workflows.guards import Acting, Share, first_rule
from workflows.loading import load_workflow
from workflows.obligation import Figure, Obligation
from workflows.workflow import Workflow

DUE = parse_instant("2023-09-15")
# A check by the giver's office between report and confirmation: the checker is neither the reporter nor who confirms.
CHECKED = (
    ('    reported:   "Chờ xác nhận"\n', '    reported:   "Chờ xác nhận"\n    checked:    "Đã thẩm tra"\n'),
    ("awaits_giver_in: [reported, disputed]", "awaits_giver_in: [reported, checked, disputed]"),
    ("from: reported,            to: accepted,   by: giver.leader,  not_same_person: report}",
     "from: checked, to: accepted, by: giver.leader, not_same_person: [report, verify]}\n"
     '    verify:   {label: "Thẩm tra", from: reported, to: checked, by: [giver.officer, giver.leader],'
     " not_same_person: report}"),
    ("from: reported,            to: working,    by: giver.leader,  ask: {reason: text}}",
     "from: [reported, checked], to: working, by: giver.leader, ask: {reason: text}}"),
)  # fmt: skip


@cache
def edited(*edits: tuple[str, str]) -> Workflow:
    return load_workflow(edited_notice(*edits), 1, NOTICE)


def ordered(*edits: tuple[str, str]) -> Law:
    """The department's order to two units, obligations 2 and 3, under the shipped workflow with these edits."""
    law = Law(edited(*edits))
    law.order("2023-09-15", "unit-1", "unit-2")
    return law


def guarded(condition: str, more: str = "") -> tuple[str, str]:
    """The edit by which a unit may report only where a condition holds."""
    return (
        'report:   {label: "Báo cáo kết quả",   ',
        f'report:   {{label: "Báo cáo kết quả", if: "{condition}"{more}, ',
    )


def opens(law: Law, number: int, who: str) -> list[str]:
    return open_to(law.world, law.act(who, number, ""), law.now)


# What each name stands for: how an obligation differs from one that was just given, and what it is then and was before.

Change = Callable[[Obligation], Obligation]
SAID: dict[str, tuple[Change, object, object]] = {
    "date_written": (lambda one: one, True, True),
    "parent_dated": (lambda one: one.but(parent=None), False, True),
    "otherwise": (lambda one: one, True, True),
    "at_once": (lambda one: one, False, False),
    "soft": (lambda one: one, False, False),
    "urgent": (lambda one: one, False, False),
    "dated": (lambda one: one.but(due_at=None), False, True),
    "late": (lambda one: one.but(due_at=one.assigned_at - timedelta(days=1)), True, False),
    "received": (lambda one: one.but(received_at=one.assigned_at), True, False),
    "passed_on": (lambda one: one.but(number=1), True, False),
    "all_leads_done": (lambda one: one.but(leads_done=2), True, False),
    "stands": (lambda one: one.but(mode="periodic"), True, False),
    "in_a_period": (lambda one: one.but(mode="periodic", standing=1), True, False),
    "evidence_given": (lambda one: one, False, False),
    "part": (lambda one: one.but(part="support"), "support", "lead"),
    "mode": (lambda one: one.but(mode="once"), "once", "dated"),
    "level": (lambda one: one.but(level="department"), "department", "unit"),
    "giver_level": (lambda one: one.but(giver=PROVINCE), "province", "department"),
    "type": (lambda one: one, "CV", "CV"),
    "days_late": (lambda one: one.but(due_at=one.assigned_at - timedelta(hours=1)), 1, 0),
    "days_left": (lambda one: one.but(due_at=None), None, 32),
    "extensions": (lambda one: one.but(extensions=2), 2, 0),
    "rung": (lambda one: one.but(rung=3), 3, 0),
    "leads_open": (lambda one: one.but(leads_open=4), 4, 0),
    "leads_done": (lambda one: one.but(leads_done=4), 4, 0),
    "leads_void": (lambda one: one.but(leads_void=4), 4, 0),
}


def acting(law: Law, one: Obligation, at: datetime | None = None, **given: str) -> Acting:
    kinds = {"people": "number", "from_day": "date", "place": "text", "file": "attachment"}
    return Acting(law.world, one, kinds, given, at or law.now)


@pytest.mark.parametrize("name", [*words.CONDITIONS, *words.VALUES])
def test_each_name_stands_for(name: str) -> None:
    law = ordered()
    change, then, before = SAID[name]
    assert acting(law, law[2]).value_of(name) == before
    assert acting(law, change(law[2])).value_of(name) == then


def test_the_item_and_the_document_say_how_soon_it_is_to_be_done() -> None:
    law = ordered()
    item, directive = law.world.item(2, 1), law.world.directive(2)
    law.world.put_item(replace(item, due_form="at_once", targets=(("par_index", "85.5"),)))
    law.world.put_directive(replace(directive, urgency="khẩn"))
    found = acting(law, law[2])
    assert [found.value_of(name) for name in ("at_once", "soft", "urgent")] == [True, False, True]
    assert found.value_of("target.par_index") == Decimal("85.5")
    assert found.value_of("target.spent") is None


def test_what_is_given_counts_by_its_type() -> None:
    law = ordered()
    given = {"people": "0120", "from_day": "01/09/2023", "place": " Hòa An ", "file": "ab12"}
    found = acting(law, law[2], **given)
    values = [found.value_of(f"ask.{name}") for name in (*given, "nothing")]
    assert values == [120, date(2023, 9, 1), "Hòa An", "ab12", None]
    assert found.value_of("evidence_given") is True
    assert acting(law, law[2], file=" ").value_of("evidence_given") is False
    assert acting(law, law[2], people="many", from_day="some day").value_of("ask.people") is None
    assert acting(law, law[2], people="9" * 5000).value_of("ask.people") == Decimal("9" * 5000)


def test_a_figure_is_that_of_the_last_report_with_all_below() -> None:
    law = ordered()
    one = law[2].but(figures=(Figure("people", "1", "3.5", 2),))
    assert acting(law, one).value_of("number.people") == Decimal("3.5")
    assert acting(law, law[2]).value_of("number.people") is None


def test_days_are_counted_as_they_begin() -> None:
    law = ordered()
    for at, late, left in (("2023-09-14T08:00", 0, 1), ("2023-09-15T23:59", 0, 0), ("2023-09-16T00:01", 1, 0),
                           ("2023-09-18T08:00", 3, 0)):  # fmt: skip
        found = acting(law, law[2], parse_instant(at))
        assert (found.value_of("days_late"), found.value_of("days_left")) == (late, left), at


def test_the_due_table_knows_the_item_the_document_and_the_office() -> None:
    law = ordered()
    directive, item = law.world.directive(2), Item(2, 1, "1", "Do it", "dated")
    share = Share(item, directive, "lead", "unit", "department", DUE)
    cases = [
        ("parent_dated", share), ("part is lead and level is unit", share), ("giver_level is department", share),
        ("mode is dated and type is CV", share), ("not parent_dated", replace(share, parent_due_at=None)),
        ("date_written", replace(share, item=replace(item, due_at=DUE))),
        ("urgent", replace(share, directive=replace(directive, urgency="hỏa tốc"))),
        ("at_once or soft", replace(share, item=replace(item, due_form="soft"))),
        ("at_once", replace(share, item=replace(item, due_form="at_once"))),
    ]  # fmt: skip
    otherwise = notice().definition.deadlines.due[-1]
    for text, one in cases:
        line = otherwise.model_copy(update={"when": text})
        table = notice().definition.deadlines.model_copy(update={"due": (line, otherwise)})
        assert first_rule(notice().definition.model_copy(update={"deadlines": table}), one) is line, text
        assert first_rule(notice().definition.model_copy(update={"deadlines": table}), replace(
            share, part="support", level="department", giver_level="province", item=replace(item, mode="once"),
            parent_due_at=DUE if "not" in text else None)) is otherwise, text  # fmt: skip


# When an action is open


def test_an_action_is_open_only_where_its_guard_holds() -> None:
    law = ordered(guarded("received and extensions > 0 and not stands"))
    law.receive(2)
    assert "report" not in opens(law, 2, "unit-1/leader")
    with pytest.raises(Unmet) as refused:
        law.report(2)
    assert "it is open only where its holder has received it, and" in str(refused.value)
    assert "the number of times its date was moved on request is more than 0" in str(refused.value)
    assert "Open to you now: relay, dispute" in str(refused.value)


def test_what_the_day_of_the_report_decides_is_open_until_that_is_given() -> None:
    law = ordered(guarded("days_left < 10"))
    law.receive(2)
    assert "report" in opens(law, 2, "unit-1/leader")
    with pytest.raises(Unmet, match="the number of days left is less than 10"):
        law.report(2)
    law.now = parse_instant("2023-09-07T09:00")
    law.report(2)
    assert law[2].state == "reported"


def test_the_definitions_own_words_are_said() -> None:
    law = ordered(guarded("late", ', refusal: "Chưa quá hạn."'))
    law.receive(2)
    with pytest.raises(Unmet, match=r"Cannot 'report' obligation 2: Chưa quá hạn\. Open to you now"):
        law.report(2)


def test_late_is_judged_by_the_day_on_which_the_report_was_sent() -> None:
    law = ordered(guarded("not late"))
    law.receive(2)
    law.receive(3)
    law.now = parse_instant("2023-09-18T09:00")
    with pytest.raises(Unmet, match="it is not so that its date has passed"):
        law.report(2)
    law.put(law.act("unit-2/leader", 3, "report", symbol="1/BC", sent_on="15/09/2023"))
    assert law[3].state == "reported"


def test_what_waits_for_the_giver_is_as_late_as_its_report() -> None:
    late = (
        "from: reported,            to: working,    by: giver.leader,",
        "if: late, from: reported, to: working, by: giver.leader,",
    )
    law = ordered(late)
    law.report(2)
    law.now = parse_instant("2023-09-20T09:00")
    assert "redo" not in opens(law, 2, "department/leader")
    law.report(3)
    assert "redo" in opens(law, 3, "department/leader")


def test_what_is_asked_in_the_act_itself_may_still_hold_when_what_is_open_is_listed() -> None:
    people = ("ask: {symbol: document, sent_on: date}", "ask: {symbol: document, sent_on: date, people: number}")
    law = ordered(guarded("ask.people > 5 and part is lead"), people)
    law.receive(2)
    asks = asked_of(law.world, law.act("unit-1/leader", 2, ""), law.now)
    assert asks["report"]["people"] == "number"
    fields = {"symbol": "1/BC", "sent_on": str(day_of(law.now))}
    refused = law.refuses(law.act("unit-1/leader", 2, "report", **fields, people="5"))
    assert "people as given is more than 5" in str(refused)
    law.put(law.act("unit-1/leader", 2, "report", **fields, people="6"))


def test_passing_on_by_a_document_is_guarded_too() -> None:
    relay = ('relay:    {label: "Giao cấp dưới",   ', 'relay:    {label: "Giao cấp dưới", if: "days_left > 5",')
    law = Law(edited(relay))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=DUE, lead=(DEPARTMENT,))))
    law.now = parse_instant("2023-09-12T09:00")
    below = ItemDraft("1", "Do it", due=DUE, lead=("unit-1",), parent=1)
    with pytest.raises(Unmet, match="the number of days left is more than 5"):
        law.put(law.issue(DEPARTMENT, below))
    assert "relay" not in opens(law, 1, "department/leader")


def test_what_stops_with_what_is_above_it_is_not_held_back() -> None:
    law = ordered(('stop:     {label: "Dừng thực hiện",   ', 'stop:     {label: "Dừng thực hiện", if: late,'))
    assert "stop" not in opens(law, 2, "department/leader")
    law.put(law.end(2))
    assert {law[2].state, law[3].state} == {"stopped"}


def test_a_line_of_the_due_table_may_ask_for_the_part_and_the_urgency() -> None:
    lines = (
        "    - {when: parent_dated,",
        "    - {when: parent_dated and urgent and part is lead, is: 1 working day after issue}\n"
        "    - {when: parent_dated,",
    )
    law = Law(edited(lines))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=DUE, lead=(DEPARTMENT,))))
    item = ItemDraft("1", "Do it", lead=("unit-1",), support=("unit-2",), parent=1)
    law.put(replace(law.issue(DEPARTMENT, item), urgency="khẩn"))
    assert [day_of(law[number].due_at - timedelta(seconds=1)) for number in (2, 3)] == [
        date(2023, 8, 15),
        date(2023, 9, 12),
    ]


def test_an_item_that_gets_no_date_for_one_of_its_offices_has_to_be_followed_up_in_a_mode() -> None:
    lines = ("    - {when: parent_dated,", "    - {when: parent_dated and part is lead,")
    law = Law(edited(lines))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=DUE, lead=(DEPARTMENT,))))
    alone = ItemDraft("1", "Do it", lead=("unit-1",), parent=1)
    assert law.refuses(law.issue(DEPARTMENT, alone)) is None
    helped = replace(alone, support=("unit-2",))
    assert "it gives no date: choose its mode" in str(law.refuses(law.issue(DEPARTMENT, helped)))


# Who may not be the same person


def test_two_approvals_are_two_persons_and_neither_reported() -> None:
    law = ordered(*CHECKED)
    law.report(2)
    law.put(law.act("department/leader", 2, "verify"))
    refused = law.refuses(law.act("department/leader", 2, "accept"))
    assert "department/leader took 'verify' on it, and this has to be another person" in str(refused)
    law.decide(2, "redo", reason="Look again")
    law.report(2)
    law.put(law.act("department/officer", 2, "verify"))  # a newer one takes the place of the older
    law.decide(2, "accept")
    assert law[2].outcome == "fulfilled"
    assert dict(law[2].doers) == {"report": "unit-1/leader", "verify": "department/officer"}
    assert snapshot(replayed(law.facts, edited(*CHECKED))) == snapshot(law.world)


def test_asking_to_redo_clears_nobody() -> None:
    law = ordered(*CHECKED)
    law.report(2)
    law.put(law.act("department/leader", 2, "verify"))
    law.decide(2, "redo", reason="Look again")
    assert dict(law[2].doers)["verify"] == "department/leader"


def test_who_gets_the_work_of_another_begins_with_nobody_remembered() -> None:
    law = ordered(*CHECKED)
    law.report(2)
    law.decide(2, "redo", reason="Look again")
    law.dispute(2)
    law.decide(2, "reassign", new_holder="unit-5")
    assert law[2].doers
    assert not law[4].doers


def test_a_report_from_before_doers_were_remembered_is_known_by_who_sent_it() -> None:
    law = ordered()
    law.report(2)
    law.world.put(law[2].but(doers=(), sent_by="department/leader"))
    refused = law.refuses(law.act("department/leader", 2, "accept"))
    assert "department/leader sent the report, and nobody decides on a report of their own" in str(refused)


def test_nothing_is_remembered_where_no_action_wants_another_person() -> None:
    law = ordered((",  not_same_person: report}", "}"))
    law.report(2)
    acted = [fact for fact in law.facts if isinstance(fact, Acted)]
    assert not any("doer" in to_data(fact) for fact in acted)
    assert law[2].doers == ()


def test_of_the_actions_of_a_machine_only_those_that_are_named_are_remembered() -> None:
    law = ordered()
    law.report(2)
    assert [(fact.action, fact.doer) for fact in law.facts if isinstance(fact, Acted) and fact.doer] == [
        ("report", "unit-1/leader")
    ]
