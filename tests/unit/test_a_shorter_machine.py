"""A workflow whose units have a shorter machine than the offices above them: it runs down and up like any other."""

import re
from datetime import timedelta
from importlib.resources import files

import pytest

from engine.cli import workflow_page
from engine.cli.obligation import _state_named
from tests.support.law import Law, edited_notice, replayed, snapshot
from tests.support.offices import DEPARTMENT, PROVINCE
from workflows.commands import ItemDraft
from workflows.errors import Refused
from workflows.facts import Acted
from workflows.fields import parse_instant
from workflows.loading import check_text, load_workflow
from workflows.workflow import Workflow, Workflows

UNIT = ('  unit:       "Phòng, đơn vị thuộc sở"', '  unit:       {label: "Phòng, đơn vị thuộc sở", machine: desk}')
# No passing on, no dispute: what a unit was given it does. It reports to its own leader first.
DESK = """
machines:
  desk:
    like: obligation
    without: [relay, relayed, dispute, disputed, insist, reassign, reassigned]
    states: {checked: "Chờ lãnh đạo phòng"}
    actions:
      submit: {like: update, label: "Trình lãnh đạo phòng", to: checked}
      report: {from: [working, checked]}

deadlines:
"""
STORM = {"document": "3/CD", "until": "2023-08-25", "reason": "Storm"}


def edited(*more: tuple[str, str]) -> Workflow:
    text = edited_notice(UNIT, ("\ndeadlines:\n", DESK), *more)
    assert check_text(text) == []
    return load_workflow(text, 1, "government-notice")


@pytest.fixture
def law() -> Law:
    """The province's task (1) for the department, passed on to two units (2 and 3)."""
    law = Law(edited())
    law.order("2023-09-15", "unit-1", "unit-2")
    return law


def test_each_level_has_its_own_actions(law: Law) -> None:
    law.receive(2)
    with pytest.raises(Refused, match="no step|Open"):
        law.put(law.act("unit-1/leader", 2, "dispute", reason="Not ours"))
    assert law.refuses(law.issue("unit-1", ItemDraft("1", "Further", lead=("unit-3",), parent=2)))
    law.put(law.act("unit-1/officer", 2, "submit", note="Draft"))
    assert law[2].state == "checked"
    assert law.refuses(law.act("department/officer", 1, "submit", note="Draft"))


def test_it_runs_down_and_up_again(law: Law) -> None:
    assert [law[number].state for number in (1, 2, 3)] == ["relayed", "assigned", "assigned"]
    law.receive(2)
    law.put(law.act("unit-1/officer", 2, "submit", note="Draft"))
    law.report(2)
    law.decide(2, "redo", reason="More")
    law.report(2)
    law.decide(2, "accept")
    assert law.refuses(law.act("department/leader", 1, "report", symbol="1/BC", sent_on="2023-08-14"))
    law.report(3)
    law.decide(3, "accept")
    assert (law[1].leads_open, law[1].leads_done) == (0, 2)
    law.report(1)
    assert law[1].state == "reported"


def test_a_pause_and_the_going_on_reach_it(law: Law) -> None:
    law.receive(2)
    law.put(law.act("unit-1/officer", 2, "submit", note="Draft"))
    law.receive(3)
    facts = law.put(law.act("department/clerk", 1, "pause", **STORM, happened_on="2023-08-14"))
    # What its own machine cannot let rest goes on, as anywhere else: here what is with the unit's leader.
    assert [fact.number for fact in facts if isinstance(fact, Acted)] == [1, 3]
    law.move_to(parse_instant("2023-08-26T09:00"))
    assert [law[number].state for number in (1, 2, 3)] == ["working", "checked", "working"]


def test_what_is_revoked_ends_by_the_machine_of_each(law: Law) -> None:
    law.receive(2)
    law.put(law.end(2))
    assert [(law[number].state, law[number].outcome) for number in (2, 3)] == [("stopped", "void")] * 2
    assert law[1].open


def test_one_form_and_a_year_end_go_by_it_too() -> None:
    law = Law(edited())
    items = [ItemDraft(str(place), "Report", mode="periodic", lead=("unit-1",), parent=1) for place in (1, 2)]
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=parse_instant("2024-09-15"), lead=(DEPARTMENT,))))
    law.put(law.issue(DEPARTMENT, *items))
    law.receive(2)
    law.receive(3)
    law.move_to(parse_instant("2023-09-15T09:00"))
    periods = [one.number for one in law.world.all_obligations if one.period == "2023-Q3"]
    assert len(periods) == 2
    for number in periods:
        law.put(law.act("unit-1/officer", number, "submit", note="Draft"))
    law.report(periods[0])
    assert {law[number].state for number in periods} == {"reported"}
    law.decide(periods[0], "accept")
    assert {law[number].state for number in periods} == {"accepted"}
    law.move_to(parse_instant("2024-01-03T09:00"))
    assert [(law[number].state, law[number].outcome) for number in (2, 3)] == [("accepted", "fulfilled")] * 2


def test_a_replay_of_its_facts_gives_the_same_world(law: Law) -> None:
    law.report(2)
    law.pass_time(timedelta(days=60))
    assert snapshot(replayed(law.facts, law.world.workflow_of(law[1]))) == snapshot(law.world)


def test_what_passes_on_by_itself_ends_at_the_level_that_cannot() -> None:
    relay = ("\nwhen_directive:", "\nrelay: {automatic_at: department}\n\nwhen_directive:")
    law = Law(edited(relay))
    law.put(law.issue(PROVINCE, ItemDraft("1", "Do it", due=parse_instant("2023-09-15"), lead=(DEPARTMENT,))))
    below = [one for one in law.world.all_obligations if one.level == "unit"]
    assert {one.state for one in below} == {"assigned"}
    assert len(below) == 8
    at_units = check_text(
        edited_notice(UNIT, ("\ndeadlines:\n", DESK), (relay[0], relay[1].replace("department", "unit")))
    )
    assert [problem.code for problem in at_units] == ["E317"]


def test_it_is_shown_with_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    workflow_page.show("government-notice@2", edited().definition)
    shown = " ".join(capsys.readouterr().out.split())
    assert "unit Unit, under department; machine desk" in shown
    assert "STATES of what one office owes, at government, province, department (machine obligation)" in shown
    assert "at unit (machine desk) like obligation without relayed, disputed, reassigned, relay, dispute" in shown
    assert "besides checked, submit otherwise update, report, pause" in shown
    workflow_page.show("government-notice@1", load_workflow(edited_notice(), 1).definition)
    assert "(machine" not in capsys.readouterr().out


def test_lists_know_its_states_by_name_and_by_label() -> None:
    workflow = edited()
    assert _state_named(Workflows({workflow.key: workflow}), "checked") == "checked"
    assert _state_named(Workflows({workflow.key: workflow}), "chờ lãnh đạo phòng") == "checked"
    assert _state_named(Workflows({workflow.key: workflow}), "Đã giao cấp dưới") == "relayed"


def test_the_example_of_the_page_is_a_workflow_without_a_fault() -> None:
    page = (files("workflows") / "catalog" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```yaml\n(forms:.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    assert f"`{UNIT[1].strip().replace('       ', ' ')}`" in page
    text = edited_notice(UNIT, ("\ndeadlines:\n", f"\n{example}\ndeadlines:\n"))
    assert check_text(text) == []
    desk = load_workflow(text, 1).rules_at("unit")
    assert (desk.actions["submit"].by, desk.actions["submit"].to) == (("holder.officer",), "checked")
    assert list(desk.actions["report"].ask) == ["symbol", "sent_on", "note"]
