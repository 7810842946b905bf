"""Machines of levels: the lint looks at each of them, at those who owe by it, and at all of them together."""

import pytest

from tests.support.definitions import CONCLUDE, GOOD, line_of
from workflows.definition import Definition
from workflows.each_machine import parts
from workflows.findings import CODES
from workflows.loading import check_text, load_definition

# What the units do, written out: they pass nothing on, and the giver cannot be disputed with.
MACHINES = """\

machines:
  short:
    states: {assigned: "Chưa tiếp nhận", working: "Đang thực hiện", sent: "Đã gửi", accepted: "Đã hoàn thành",
             stopped: "Dừng thực hiện", resting: "Tạm dừng"}
    first: assigned
    ends: {accepted: fulfilled, stopped: void}
    awaits_giver_in: [sent]
    actions:
      receive: {label: "Tiếp nhận", from: assigned, to: working, by: holder.clerk, does: mark_received}
      report: {label: "Báo cáo", from: working, to: sent, by: holder.leader, does: mark_reported}
      accept: {label: "Xác nhận", from: sent, to: accepted, by: giver.leader}
      halt: {label: "Tạm dừng", from: working, to: resting, by: giver.leader, does: pause, ask: {until: date}}
      go_on: {label: "Tiếp tục", from: resting, to: working, by: giver.leader, does: resume}
      stop: {label: "Dừng", from: any_open, to: stopped, by: giver.leader, does: stop_below}
      finish: {label: "Kết thúc", from: any_open, to: accepted, by: giver.leader, does: end_standing}

deadlines:"""
TEAM = ("under: office}", "under: office, machine: short}")
RESTS = (
    "    stop: {label",
    """    rest: {label: "Tạm dừng", from: working, to: held, by: giver.leader, does: pause, ask: {until: date}}
    go: {label: "Tiếp tục", from: held, to: working, by: giver.leader, does: resume}
    stop: {label""",
)
HELD = ('    disputed: "Đề nghị giao lại"\n', '    disputed: "Đề nghị giao lại"\n    held: "Tạm nghỉ"\n')
YEARLY = ("due: 2 working days after window_end,", "due: 2 working days after window_end, until: year_end,")


def text_with(*edits: tuple[str, str]) -> str:
    """The good text whose teams have a shorter machine of their own, and each (old, new) applied in its first place."""
    text = GOOD.replace("\ndeadlines:", CONCLUDE.removesuffix("\ndeadlines:") + MACHINES)
    for old, new in (TEAM, *edits):
        place = text.rfind(old)  # of two, the one of the shorter machine
        assert place >= 0, old
        text = text[:place] + new + text[place + len(old) :]
    return text


def test_a_machine_that_is_sound_has_no_fault() -> None:
    assert check_text(text_with()) == []
    assert check_text(text_with(HELD, ("    stop: {label: \"Dừng\", from: any_open, to: stopped, by: giver.leader, "
                                       "does: stop_below,", RESTS[1].removesuffix("stop: {label") + "stop: {label: "
                                       "\"Dừng\", from: any_open, to: stopped, by: giver.leader, does: stop_below,"),
                                YEARLY)) == []  # fmt: skip


def test_every_machine_is_looked_at_with_the_levels_that_have_it() -> None:
    found = [(part.name, part.path, part.levels) for part in parts(load_definition(text_with()))]
    assert found == [
        ("obligation", ("obligation",), ("ministry", "office")),
        ("short", ("machines", "short"), ("team",)),
    ]


FAULTS = {
    "a machine is misspelt": ("E378", [("machine: short", "machine: shrt")], "did you mean 'short'?", "shrt"),
    "a machine is none": ("E378", [("machine: short", "machine: xyz")], "there is obligation, short", "xyz"),
    "no level has a machine": ("W471", [(", machine: short", "")], "no level has the machine 'short'", "short:"),
    "a state has two labels": ("E376", [('working: "Đang thực hiện"', 'working: "Đang làm"')], "'Đang thực hiện' already",
                               '"Đang làm"'),
    "an action has two labels and one in English": ("W472", [('{label: "Báo cáo"', '{label: "Trình"')],
                                                    "in English it has one", '"Trình"'),
    "work ends at a level that has others below": ("W473", [
        ('office: "Cục"', 'office: {label: "Cục", machine: short}'), (", machine: short}\n\nobl", "}\n\nobl")],
        "they never get work from there", "short}\n  team"),
    "what is below does not rest": ("W474", [
        HELD, ("    conclude: {", RESTS[1].removesuffix("stop: {label") + "conclude: {"),
        (", does: pause, ask: {until: date}}\n      go_on", "}\n      go_on"), (", does: resume}\n      stop", "}\n      stop"),
        ("awaits_giver_in: [sent]", "awaits_giver_in: [sent]")],
        "has no action that is a pause", "short}"),
    "what stands below does not end": ("E343", [
        YEARLY, (", does: end_standing}\n\nmachines", ", does: end_standing}\n\nmachines"),
        ("to: accepted, by: giver.leader, does: end_standing}\n\ndead", "to: accepted, by: giver.leader}\n\ndead")],
        "no action at team is end_standing", "year_end"),
    "a state is misspelt": ("E301", [("awaits_giver_in: [sent]", "awaits_giver_in: [snt]")], "did you mean 'sent'?", "snt"),
    "an action is misspelt": ("E302", [("from: sent, to: accepted", "not_same_person: reprt, from: sent, to: accepted")],
                              "did you mean 'report'?", "reprt"),
    "a state has a name with a meaning": ("E305", [("resting: ", "same: "), ("to: resting", "to: same"),
                                                   ("from: resting", "from: working")], "meaning of its own", "same:"),
    "an action has a name with a meaning": ("E305", [("go_on: {", "elapse: {")], "every workflow has", "elapse:"),
    "a machine takes the name of the usual one": ("E305", [("  short:\n", "  obligation:\n"), (", machine: short", "")],
                                                  "meaning of its own", "obligation:\n    states: {"),
    "a state is not reached": ("E311", [('resting: "Tạm', 'lost: "Mất", resting: "Tạm')], "'lost' is never reached", "lost:"),
    "an end is left": ("E314", [("from: sent, to: acc", "from: [sent, stopped], to: acc")], "is an end", "stopped], to"),
    "the giver cannot answer": ("W402", [("from: sent, to: accepted, by: giver", "from: sent, to: accepted, by: holder")],
                                "no action from 'sent'", "sent]"),
    "a pause has no end": ("E316", [(", does: resume", "")], "no action resumes", "resting, by: giver.leader, does: pause"),
    "nobody receives": ("E321", [(", does: mark_received", "")], "no action is mark_received", "actions:\n      receive"),
    "nothing is reported": ("E323", [("does: mark_reported}", "means: []}")], "mark_reported", "actions:\n      receive"),
    "nothing can be stopped": ("E324", [("leader, does: stop_below}", "leader}")], "stop_below", "actions:\n      receive"),
    "a pause has no day": ("E327", [("does: pause, ask: {until: date}", "does: pause")], "until: date", "halt:"),
    "a field has another type elsewhere": ("E328", [("ask: {until: date}", "ask: {until: date, document: text}")],
                                           "in outside_offices.ask", "text}}"),
    "a key has no effect": ("W412", [("does: resume", "does: resume, means: dispatch")], "is not issue_below", "means:"),
    "work that cannot be passed on by itself": ("E317", [
        ("deadlines:\n", "relay: {automatic_at: office}\ndeadlines:\n"),
        ('office: "Cục"', 'office: {label: "Cục", machine: short}')],
        "nothing passes on by itself", "office}\ndeadlines"),
    "a faulty action": ("E203", [("by: holder.clerk, does", "by: holder.clek, does")], "'holder.clerk'?", "holder.clek"),
    "a faulty state": ("E205", [('sent: "Đã gửi"', "sent: [x]")], "has to be a text", "[x]"),
    "a machine that is none": ("E205", [("  short:\n", "  other: 5\n  short:\n")], "machines.other has to be", "5"),
}  # fmt: skip
ALSO = {
    "work that cannot be passed on by itself": {"W473"},
    "work ends at a level that has others below": {"W474", "W451"},  # below it is the usual machine
    "a state has a name with a meaning": {"E311"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_lint_of_machines_finds_that(fault: str) -> None:
    code, edits, said, fragment = FAULTS[fault]
    text = text_with(*edits)
    found = check_text(text)
    assert {one.code for one in found} == {code} | ALSO.get(fault, set()), [str(one) for one in found]
    one = next(one for one in found if one.code == code)
    assert said in one.message
    assert "\n".join(text.splitlines()[one.line - 1 :])[one.column - 1 :].startswith(fragment), str(one)


def test_every_code_of_several_machines_has_a_fault_here() -> None:
    codes = {"E376", "E378", "W471", "W472", "W473", "W474"}
    assert codes <= {code for code, *_ in FAULTS.values()} & set(CODES)


def test_a_name_in_english_may_be_of_any_machine() -> None:
    edits = (
        ('actions: {report: "Report"}', 'actions: {halt: "Halt"}'),
        ('states: {working: "working"}', 'states: {sent: "sent"}'),
    )
    assert check_text(text_with(*edits)) == []
    [said] = check_text(text_with(('actions: {report: "Report"}', 'actions: {hallt: "Halt"}')))
    assert (said.code, said.line) == ("W431", line_of("hallt", text_with(('{report: "Report"}', '{hallt: "Halt"}'))))


def test_one_machine_for_all_is_what_a_workflow_without_others_has() -> None:
    definition: Definition = load_definition(GOOD)
    assert [part.levels for part in parts(definition)] == [("ministry", "office", "team")]
