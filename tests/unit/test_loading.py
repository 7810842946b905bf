"""Workflow files: what is wrong with one, told all at once and each where it stands; what the catalog ships."""

import re
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.definitions import GOOD, codes, edited, good, line_of, problems
from workflows import (
    findings,
    strict_yaml,
)
from workflows.errors import InvalidDefinition
from workflows.loading import CODES, check_text, load_definition, load_workflow, shipped

# What is wrong: its code, the edit that makes it, what is said, and the piece of text where it is said.
FAULTS = {
    "a key is missing": ("E201", ("by: holder.clerk, ", ""), "actions.receive lacks 'by'", "receive: {"),
    "a whole block is missing": (
        "E201",
        (GOOD[GOOD.index("deadlines:") : GOOD.index("undated")], ""),
        "a workflow lacks 'deadlines'",
        "workflow:",
    ),
    "a key is unknown": (
        "E202",
        ("suggest_for: {types", "suggest_for: {colour: red, types"),
        "has no key 'colour'",
        "colour:",
    ),
    "a key is misspelt": (
        "E202",
        ("granted_at_most", "granted_at_moost"),
        "did you mean 'granted_at_most'?",
        "granted_at_moost",
    ),
    "a key from inside is used": (
        "E202",
        ("from: reported, to: acc", "from_: reported, to: acc"),
        "did you mean 'from'?",
        "from_:",
    ),
    "a party is none": ("E203", ("by: holder.clerk", "by: king"), "'king' is not a party", "king, does"),
    "a party is misspelt": (
        "E203",
        ("tell: holder.officer", "tell: holder.oficer"),
        "did you mean 'holder.officer'?",
        "holder.oficer",
    ),
    "a party in a list is none": (
        "E203",
        ("decided_by: giver.leader", "decided_by: [giver.leader, king.leader]"),
        "'king.leader' is not a party",
        "king.leader",
    ),
    "an effect is misspelt": (
        "E203",
        ("does: mark_received", "does: mark_receved"),
        "did you mean 'mark_received'?",
        "mark_receved",
    ),
    "a field type is none": ("E203", ("sent_on: date", "sent_on: day"), "allowed: text, number, date", "day}"),
    "a condition is not finished": (
        "E209",
        ("when: parent_dated", 'when: "parent_dated and (urgent or"'),
        "a name or a value is missing",
        '"parent_dated and',
    ),
    "a guard is a list": (
        "E209",
        ("not_same_person: report", "not_same_person: report, if: [late]"),
        "a list is not a condition",
        "[late]",
    ),
    "an outcome is misspelt": ("E203", ("moved: void", "moved: viod"), "did you mean 'void'?", "viod"),
    "a mode is misspelt": ("E203", ("  periodic: {", "  perodic: {"), "did you mean 'periodic'?", "perodic: {"),
    "a policy is none": (
        "E203",
        ("  confirm:", "  later_than_parent: alow\n  confirm:"),
        "did you mean 'allow'?",
        "alow",
    ),
    "an event is misspelt": (
        "E203",
        ("days after receipt", "days after reciept"),
        "did you mean 'receipt'?",
        "10 working",
    ),
    "an event of the due table is misspelt": (
        "E203",
        ("before parent_due", "before parent_deu"),
        "did you mean 'parent_due'?",
        "3 working days before parent_deu",
    ),
    "a time is none": ("E204", ("3 working days after reported", "soon"), "'soon' is not a time such as", "soon"),
    "a unit is misspelt": (
        "E204",
        ("10 working days", "10 wrking days"),
        "the grammar is 'N unit before|after event'",
        "10 wrking",
    ),
    "an answer of the due table is none": (
        "E204",
        ("is: as_written", "is: as_writen"),
        "did you mean 'as_written'?",
        "as_writen",
    ),
    "a length of time is none": (
        "E204",
        ("next_rung: 5 working days", "next_rung: 5"),
        "5 is not a length of time",
        "5}\n  rungs",
    ),
    "a text is a number": (
        "E205",
        ('label: "Xin gia hạn"', "label: 5"),
        "has to be a text, not 5; put it in quotes",
        "5\n  asked_by",
    ),
    "a mapping is a text": (
        "E205",
        ("rules: {granted_at_most: 2, ask_until: due, decide: 2 working days after asked}", "rules: none"),
        "has to be a mapping of keys, not 'none'",
        "none\n\nladder",
    ),
    "a number is a text": ("E205", ("times: 3", 'times: "3"'), "has to be a whole number, not '3'", '"3"}'),
    "a yes is no truth": (
        "E205",
        ("one_report_per_office: true", "one_report_per_office: yes"),
        "has to be true or false, not 'yes'",
        "yes}",
    ),
    "an action is a text": (
        "E205",
        ('{label: "Xác nhận", from: reported, to: accepted, by: giver.leader, not_same_person: report}', "later"),
        "has to be a mapping of keys",
        "later\n",
    ),
    "a name has capitals": ("E206", ("first: assigned", "first: Assigned"), "did you mean 'assigned'?", "Assigned\n"),
    "a name is Vietnamese": ("E206", ("  team: ", "  Tổ đội: "), "did you mean 'to_doi'?", "Tổ đội:"),
    "a workflow's name has spaces": (
        "E206",
        ("workflow: two-levels", "workflow: two levels"),
        "did you mean 'two-levels'?",
        "two levels",
    ),
    "a label is empty": ("E207", ('"Tiếp nhận"', '""'), "should have at least 1 character", '"", from'),
    "nothing happens a thousand times": (
        "E207",
        ("times: 3", "times: 5000"),
        "should be less than or equal to 1000",
        "5000",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_schema_tells_that(fault: str) -> None:
    code, edit, says, piece = FAULTS[fault]
    text = edited(edit)
    [said] = [one for one in check_text(text) if one.code == code]
    assert says in said.message
    line = line_of(piece, text)
    assert said.line == line
    assert text.splitlines()[line - 1][said.column - 1 :].startswith(piece.splitlines()[0])


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_gives_one_line(fault: str) -> None:
    _, edit, _, _ = FAULTS[fault]
    assert len(problems(edit)) == 1


def test_every_code_of_the_schema_has_a_fault_here() -> None:
    assert {code for code, *_ in FAULTS.values()} == {code for code in CODES if code.startswith("E2")} - {"E208"}


def test_every_code_that_is_used_is_in_the_closed_set_and_the_other_way_round() -> None:
    rooms = sorted((Path(findings.__file__).parent).glob("*.py"))
    text = "".join(room.read_text(encoding="utf-8") for room in rooms)
    assert set(re.findall(r'"([EW]\d{3})"', text)) == set(CODES) == set(findings.CODES)


def test_ten_different_faults_give_ten_lines_each_where_it_is() -> None:
    edits = [
        ('title: "Thử nghiệm"', "title: !str x", "E108", "!str"),
        ("issued_at: ministry", "issued_at: minstry", "E303", "minstry"),
        ('moved: "Đã giao đơn vị khác"', 'moved: "Đã giao"\n    moved: "x"', "E109", 'moved: "x"'),
        ("first: assigned", "first: asigned", "E301", "asigned"),
        ('receive: {label: "Tiếp nhận", ', 'receive: {lable: "Tiếp nhận", ', "E202", "lable"),
        ("by: holder.clerk", "by: king", "E203", "by: king"),
        ("to: accepted", "to: acepted", "E301", "acepted"),
        ("1 working day after issue", "1 working day after due", "E335", "1 working day after due"),
        ("days after receipt", "days after reciept", "E203", "10 working days after reciept"),
        ("  decided_by: giver.leader\n", "", "E201", "extension:\n"),
        ('{report: "', '{reprt: "', "W431", "reprt:"),
    ]
    text = edited(*[(old, new) for old, new, _, _ in edits])
    wanted = [(line_of(piece, text), code) for _, _, code, piece in edits]
    assert [(one.line, one.code) for one in check_text(text)] == sorted(wanted)
    with pytest.raises(InvalidDefinition) as refused:
        load_definition(text, "trial.yaml")
    assert len(refused.value.problems) == len(edits)
    assert re.search(
        r"^  trial\.yaml:\d+:\d+ E301 state 'acepted' is not in states; did you mean", str(refused.value), re.M
    )


def test_the_lint_looks_past_faults_of_the_schema() -> None:
    assert codes(("by: holder.clerk", "by: king"), ("not_same_person: report", "not_same_person: reprt")) == [
        "E203",
        "E302",
    ]


def test_a_fault_of_the_schema_does_not_make_the_rest_look_wrong() -> None:
    assert codes(("does: mark_received", "does: mark_receved")) == ["E203"]
    assert codes(("{when: otherwise, is: choose_below}", "{when: otherwise}")) == ["E201"]
    assert codes(("when: date_written", "when: date_writen")) == ["E361"]
    assert codes(("when: otherwise", "when: otherwse")) == ["E361"]
    assert codes(("when: parent_dated", "when: not (parent_dated")) == ["E209"]
    assert codes(('    moved: "', '    Moved: "')) == ["E206"]


def test_a_misspelt_key_is_not_also_missing() -> None:
    assert codes(("asked_by:", "askd_by:")) == ["E202"]


def test_what_follows_from_a_fault_of_yaml_is_not_told_again() -> None:
    assert codes(('"Một lần"', "*x")) == ["E107"]


def test_a_file_that_is_no_workflow_is_told_so() -> None:
    for text in ("a text", "[a, list]", "5", "null"):
        [said] = check_text(text)
        assert said.code == "E205"
        assert "a workflow has to be a mapping of keys" in said.message
    assert [one.code for one in check_text("")] == ["E112"]


def test_a_long_value_is_told_short() -> None:
    long = "x" * 100_000
    for edit in (
        ("by: holder.clerk", f"by: {long}"),
        ("first: assigned", f"first: {long}"),
        ("{types: [TB]", f"{{{long}: 1"),
    ):
        assert all(len(str(one)) < 600 for one in problems(edit))


def test_a_list_where_a_word_belongs_is_refused() -> None:
    assert codes(("does: mark_received", "does: [[mark_received]]")) == ["E203"]
    assert codes(("when: otherwise", "when: [otherwise]")) == ["E209"]


def test_problems_come_in_the_order_of_the_file() -> None:
    found = problems(
        ('{report: "', '{reprt: "'), ("by: holder.clerk", "by: king"), ("issued_at: ministry", "issued_at: x")
    )
    places = [(one.line, one.column) for one in found]
    assert places == sorted(places)
    assert len(places) == 3


def test_a_good_text_is_loaded() -> None:
    definition = load_definition(GOOD)
    assert definition.workflow == "two-levels"
    assert definition.obligation.actions["relay"].from_ == ("working",)
    assert load_definition(GOOD.encode()) == definition == good()


def test_a_workflow_carries_its_version_and_the_digest_of_its_text() -> None:
    workflow = load_workflow(GOOD, 3)
    assert (workflow.key, workflow.version) == ("two-levels@3", 3)
    assert workflow.digest == sha256(GOOD.encode()).hexdigest() == load_workflow(GOOD.encode(), 3).digest


def test_a_published_workflow_stays_usable_where_the_lint_grew_stricter() -> None:
    text = edited(('moved: "', 'idle: "Chờ"\n    moved: "'))
    with pytest.raises(InvalidDefinition, match="E311"):
        load_workflow(text, 1)
    assert load_workflow(text, 1, published=True).key == "two-levels@1"
    with pytest.raises(InvalidDefinition, match="E203"):
        load_workflow(edited(("by: holder.clerk", "by: king")), 1, published=True)
    with pytest.raises(InvalidDefinition, match="E109"):
        load_workflow(GOOD + "title: x\n", 1, published=True)


def test_what_is_shipped_has_no_error_and_no_warning() -> None:
    catalog = shipped()
    assert "government-notice" in catalog
    for name, text in catalog.items():
        assert check_text(text, f"{name}.yaml") == []
        assert load_definition(text).workflow == name


HOSTILE = {
    "keys that nobody knows": GOOD + "".join(f"k{n}: 1\n" for n in range(17_000)),
    "states": edited(("  states:\n", "  states:\n" + "".join(f'    s{n}: "x"\n' for n in range(15_000)))),
    "ends": edited(("moved: void", ", ".join(f"moved{n}: void" for n in range(15_000)))),
    "English names": edited(('{working: "working"}', "{" + ", ".join(f'workin{n}: "x"' for n in range(12_000)) + "}")),
    "parties": edited(("tell: holder.officer", f"tell: [{'holder.oficer, ' * 15_000}]")),
    "due lines": edited(("  due:\n", "  due:\n" + "    - {when: otherwse, is: as_writen}\n" * 6_000)),
    "a huge name": edited(("first: assigned", f"first: {'a' * 200_000}")),
    "a huge number": edited(("times: 3", f"times: {'9' * 200_000}")),
    "lists in lists": edited(("by: holder.clerk", f"by: {'[' * 25}{'a,' * 18_000}{']' * 25}")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workflow_is_refused_at_once(name: str) -> None:
    assert len(HOSTILE[name].encode()) < strict_yaml.DEFINITION.bytes
    began = time.process_time()
    found = check_text(HOSTILE[name])
    assert time.process_time() - began < 5
    assert 0 < len(found) <= 2 * findings.FINDINGS_MAX
