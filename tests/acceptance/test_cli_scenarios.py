"""`cascade workflow test`: what an admin writes down that has to happen, and what the command says where it does not."""

import re
from pathlib import Path

import pytest

from engine.exchange.offices import sample
from tests.acceptance.conftest import ROOT, Typed
from workflows.loading import shipped, shipped_scenarios

NOTICE = shipped()["government-notice"]
ITEM = '{number: 1, text: "Review", due: 2026-03-17, lead: [vp, ttut]}'
ISSUE = f'- issue: {{symbol: "61/SKHCN-VP", issuer: skhcn, items: [{ITEM}]}}'

OPEN = "relay, report, dispute, request_extension, name_officer"


@pytest.fixture(autouse=True)
def _workflow(tmp_path: Path) -> None:
    Path("notice.yaml").write_text(NOTICE, encoding="utf-8")
    Path("offices.yaml").write_text(sample(), encoding="utf-8")


def scenarios(*steps: str, head: str = "from: 2026-03-02 08:00") -> str:
    """A file with one scenario: its head on line 3, the issue on line 5, the further steps from line 6 on."""
    lines = ["scenarios:", '  - scenario: "One"', f"    {head}", "    steps:", f"      {ISSUE}"]
    text = "\n".join([*lines, *(f"      {one}" for one in steps)]) + "\n"
    Path("notice.scenarios.yaml").write_text(text, encoding="utf-8")
    return text


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_workflow_does_what_its_scenarios_say(name: str, typed: Typed) -> None:
    assert name in shipped_scenarios(), f"{name} ships without scenarios"
    found = typed.json("workflow", "test", name)
    assert found["failed"] == 0
    assert found["passed"] >= 1


def test_the_example_of_the_guide_holds(typed: Typed) -> None:
    guide = (ROOT / "workflows" / "catalog" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(offices: .*?)```", guide, re.DOTALL)
    Path("notice.scenarios.yaml").write_text(example, encoding="utf-8")
    assert "all is as they say" in typed("workflow", "test", "notice.yaml").talk


def test_an_expectation_that_does_not_hold_is_told_at_its_line_with_what_was_so(typed: Typed) -> None:
    scenarios(
        "- {at: 2026-03-03, do: receive, on: {office: ttut}}",
        "- at: 2026-03-25",
        "  expect:",
        '    - {told: "Đôn đốc", on: {office: vp}, to: vp/officer}',
        "    - {on: {office: vp}, state: working, time: open_in_time, due: 2026-03-18, because: never, joined: true,"
        " tasks: [call]}",
        "    - {on: {office: ttut}, absent: true}",
        "    - {open_to: ttut/leader, on: {office: ttut}, actions: [accept, report], closed: dispute}",
        "    - {totals: {done_late: 1}}",
        '    - {directive: "61/SKHCN-VP", state: revoked}',
        "    - {not_told: urge, on: {office: vp}}",
        '- {do: accept, on: {office: ttut}, refused: "of another office"}',
        "- {do: dispute, on: {office: ttut}, ask: {reason: No}, refused: true}",
    )
    said = typed("workflow", "test", "notice.yaml", ends=1)
    head, *failed = said.data.splitlines()
    assert head == "FAILED  notice.scenarios.yaml:2  One"
    vp, ttut = (f"obligation {number} ({office}, item 1 of 61/SKHCN-VP)" for number, office in ((1, "vp"), (2, "ttut")))
    assert [one.removeprefix("notice.scenarios.yaml:") for one in failed] == [
        "9:20 'Đôn đốc' is expected to be told to vp/officer; it was told: 17/03/2026 07:30 to vp/leader;"
        " 17/03/2026 07:30 to skhcn/clerk",
        f"10:39 {vp}: state is expected to be working, and is assigned",
        f"10:54 {vp}: time is expected to be open_in_time, and is open_overdue (due 17/03/2026)",
        f"10:73 {vp}: due is expected to be 18/03/2026, and is 17/03/2026"
        " (17/03/2026: as written in the document (calendar vn-public@1))",
        f"10:94 {vp}: because is expected to be 'never', and is"
        " '17/03/2026: as written in the document (calendar vn-public@1)'",
        f"10:109 {vp}: joined is expected to be true, and is false (0 open, 0 done, 0 void below)",
        f"10:122 {vp}: tasks is expected to be call, and is none",
        f"11:42 nothing is expected to be there, and there is {ttut}",
        f"12:65 {ttut}: accept is expected to be open to ttut/leader, and open is {OPEN}",
        f"12:91 {ttut}: dispute is expected not to be open to ttut/leader, and open is {OPEN}",
        "13:22 totals are expected to be done_late 1, and are open_overdue 2",
        "14:47 document 61/SKHCN-VP is expected to be revoked, and is issued",
        "15:24 'urge' is expected not to be told; it was told: 17/03/2026 07:30 to vp/leader;"
        " 17/03/2026 07:30 to skhcn/clerk",
        "16:51 the refusal is expected to say 'of another office', and says: Cannot 'accept' obligation 2: it is"
        f" 'working'. Open to you now: {OPEN}.",
        "17:71 this is expected to be refused, and was not",
    ]
    assert "1 scenario played, 1 failed." in said.talk


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("- {do: recieve, on: {office: vp}}", "6:14 D104 'recieve' is not known here; did you mean 'receive'?"),
        ("- {do: receive, onn: {office: vp}}", "6:23 D101 \"onn\" is no field here; did you mean 'on'?"),
        ("- {do: receive, on: {ofice: vp}}", "6:28 D101 \"ofice\" is no field here; did you mean 'office'?"),
        ("- {do: receive}", "6:9 D102 `on` is missing"),
        ("- {do: receive, on: {office: vq}}", "6:27 D104 'vq' is not known here"),
        ("- {do: receive, on: {office: vp}, by: vp/boss}", '6:45 D104 "vp/boss" is not OFFICE/ROLE'),
        ("- {at: 2026-02-30, expect: [{totals: {void: 0}}]}", "6:14 D103 a date or a local time"),
        ("- {at: 2026-03-05}", "6:9 D104 a step is one of issue, do, relay, revoke, amend, or only has `expect`"),
        ("- {expect: [{on: {office: vp}, state: workin}]}", "did you mean 'working'?"),
        ("- {expect: [{on: {office: vp}, time: late}]}", '6:44 D104 "late" is not one of: done_on_time'),
        ("- {expect: [{on: {office: vp}}]}", "6:19 D102 nothing is expected here; write one of state"),
        ("- {expect: [{told: urge, state: working}]}", '6:32 D104 "state" does not go with "told"; that takes told, to'),
        ('- {expect: [{told: "Đôn đóc"}]}', "6:26 D104 'Đôn đóc' is not known here; did you mean 'Đôn đốc'?"),
        ("- {expect: [{totals: {late: 1}}]}", '6:29 D101 "late" is no field here'),
        ("- {expect: [{totals: {void: 0}}], refused: true}", "6:50 D104 `refused` belongs to a step with"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_at_its_place(step: str, says: str, typed: Typed) -> None:
    scenarios(step)
    said = typed("workflow", "test", "notice.scenarios.yaml", ends=3)
    assert says in said.talk
    assert said.data == ""


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("- {at: 2026-03-01, expect: [{totals: {void: 0}}]}", "6:14 01/03/2026 07:30 lies before 02/03/2026 08:00"),
        ("- {do: receive, on: {item: 1}, by: vp/clerk}", "obligation with item: 1 can be several; say which by more of"),
        ("- {do: receive, on: {office: khtc}}", "There is no obligation with office: khtc; there is: 1 (vp, item 1 of"),
        ("- {do: accept, on: {office: vp}}", "Cannot 'accept' obligation 1: it is 'assigned'."),
        ("- {at: 2026-03-20, do: acknowledge, on: {office: vp}}", "several may; say who by `by`: skhcn/clerk, skhcn/leader"),
        ('- {revoke: {directive: "60/X", document: "1/Y", reason: R}}', "No document 60/X was issued; there are: 61/SKHCN-VP"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_taken_ends_the_play_and_says_what_there_is(step: str, says: str, typed: Typed) -> None:
    scenarios(step, "- {expect: [{totals: {void: 7}}]}")
    said = typed("workflow", "test", "notice.yaml", ends=1)
    assert says in said.data
    assert "totals" not in said.data  # what follows was not played


def test_offices_may_be_written_in_the_scenarios_and_their_faults_are_told_there(typed: Typed) -> None:
    blocks = """offices:
  top: {name: "Top", level: government, host: true, people: {leader: "L", clerk: "C"}}
  low: {name: "Low", level: province, above: top, people: {leader: "L", clerk: "C"}}
scenarios:
  - scenario: "Two offices"
    from: 2026-03-02
    steps:
      - issue: {symbol: "1/TB", issuer: top, items: [{number: 1, text: "Review", due: 2026-03-17, lead: low}]}
        expect: [{told: Assigned, to: low/clerk}]
"""
    Path("notice.scenarios.yaml").write_text(blocks, encoding="utf-8")
    typed("workflow", "test", "notice.yaml")
    Path("notice.scenarios.yaml").write_text(blocks.replace("above: top", "above: tip"), encoding="utf-8")
    said = typed("workflow", "test", "notice.yaml", ends=3)
    assert "notice.scenarios.yaml:3:46 O109 no office 'tip' in this directory" in said.talk
    Path("notice.scenarios.yaml").write_text(
        scenarios().replace("scenarios:", "offices: gone.yaml\nscenarios:", 1), "utf-8"
    )
    assert (
        "notice.scenarios.yaml:1:10 D104 There is no file gone.yaml"
        in typed("workflow", "test", "notice.yaml", ends=3).talk
    )


def test_what_is_not_there_is_named(typed: Typed) -> None:
    assert "There is no file gone.yaml" in typed("workflow", "test", "gone.yaml", ends=4).talk
    said = typed("workflow", "test", "notice.yaml", ends=4)
    assert "There is no file notice.scenarios.yaml: the scenarios of notice.yaml lie beside it" in said.talk
    scenarios()
    Path("notice.yaml").write_text(NOTICE.replace("to: working,", "to: wroking,", 1), encoding="utf-8")
    assert "wroking" in typed("workflow", "test", "notice.yaml", ends=3).talk
