"""Diagrams are text that Mermaid takes, whatever a definition or a document calls things."""

import re
from html import unescape

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.definition import Definition
from workflows.diagrams import Box, Live, Step, levels, moves, states, tree
from workflows.loading import load_workflow, shipped

NOTICE = shipped()["government-notice"]
TRICKY = [
    'say "done"', "a]; b[", "100 % #quot; #35;", "x --> y", "end", "%%{init: {}}%%", "<b onclick=alert(1)>", "`code`",
    "1. list", "- item", "**bold** _i_", "a : b", "a; b", "{curly} (round) |bar|", "\\n back", "two\nlines\tand tabs",
    "Đã hoàn thành", "Quyết định 42/2014/QĐ-TTg", "😀 ﬂ°°34¶ß", "classDef style:x#y;",
]  # fmt: skip

# The lines that are written, and no other: what stands in a label is letters, digits, spaces, `,` `/`, entities, breaks.
_LABEL = r"(?:[^\W_]|[ ,/]|#\d+;)*"
_LABELS = rf"{_LABEL}(?:<br/>{_LABEL})*"
_LOOKS = r"    classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6}|    class \w+(?:,\w+)* \w+"
_STATE_LINES = re.compile(
    rf'stateDiagram-v2|    direction TB|    state "{_LABEL}" as s_\w+|    \[\*\] --> s_\w+|    s_\w+ --> \[\*\]'
    rf"|    s_\w+ --> s_\w+ : {_LABELS}|{_LOOKS}"
)
_FLOW_LINES = re.compile(rf'flowchart TB|    [ld]_\w+\["{_LABELS}"\]|    [ld]_\w+ --> [ld]_\w+|{_LOOKS}')


def definition(*, label: str = "") -> Definition:
    """The shipped workflow, with one label for a state, an action and a level."""
    if not label:
        return load_workflow(NOTICE, 1, "notice", published=True).definition
    content = yaml.safe_load(NOTICE)
    content["obligation"]["states"]["assigned"] = label
    content["obligation"]["actions"]["receive"]["label"] = label
    content["levels"]["unit"] = label
    return Definition.model_validate(content)


def shown(text: str) -> str:
    """What a reader of the diagram sees of a label."""
    return unescape(re.sub(r"#(\d+);", r"&#\1;", text))


def test_the_machine_is_drawn_with_its_first_state_its_ends_and_who_may_act() -> None:
    drawn = states(definition().obligation).splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert '    state "Chưa tiếp nhận" as s_assigned' in drawn
    assert "    [*] --> s_assigned" in drawn
    assert "    s_accepted --> [*]" in drawn
    assert "    s_assigned --> s_working : Tiếp nhận (clerk of the holder)" in map(shown, drawn)
    assert "    class s_reported,s_disputed waiting" in drawn
    assert all(_STATE_LINES.fullmatch(line) for line in drawn)


def test_every_action_leads_along_one_arrow_from_each_state_it_is_open_in() -> None:
    used = definition()
    arrows = [line for line in states(used.obligation).splitlines() if " : " in line]
    assert len(arrows) == len({line.split(" : ")[0] for line in arrows}), "two arrows between the same two states"
    stops = [line for line in arrows if "Dừng thực hiện" in line]
    assert len(stops) == len(used.obligation.open_states)
    [same] = [line for line in arrows if line.startswith("    s_relayed --> s_relayed")]
    assert "<br/>" in same, "passing on and noting progress both stay where they are"


def test_the_words_are_vietnamese_or_english() -> None:
    assert '"not received"' in states(definition().obligation, definition().english)
    assert "Confirm done #40;leader of the giver#41;" in states(definition().obligation, definition().english)
    assert "    l_government --> l_province" in levels(definition())
    assert '    l_unit["Phòng, đơn vị thuộc sở"]' in levels(definition())
    assert '    l_province["People#39;s Committee"]' in levels(definition(), english=True)
    assert "Dừng thực hiện" not in states(definition().obligation, definition().english)


def test_a_state_without_an_english_word_keeps_its_own() -> None:
    content = yaml.safe_load(NOTICE)
    del content["english"]
    drawn = Definition.model_validate(content)
    assert states(drawn.obligation, drawn.english) == states(drawn.obligation)


@pytest.mark.parametrize("label", TRICKY)
def test_no_label_breaks_out_of_its_quotes(label: str) -> None:
    used = definition(label=label)
    assert len(states(used.obligation).splitlines()) == len(states(definition().obligation).splitlines())
    assert all(_STATE_LINES.fullmatch(line) for line in states(used.obligation).splitlines())
    assert all(_FLOW_LINES.fullmatch(line) for line in levels(used).splitlines())
    assert f'state "{" ".join(label.split())}" as s_assigned' in shown(states(used.obligation))


@example("\ud800")
@example("\u202e\x00\x1b[31m")
@given(st.text(max_size=60))
def test_whatever_a_document_is_called_its_box_is_one_line(text: str) -> None:
    drawn = tree([Box(1, (text, text), (), "overdue"), Box(2, ("b",), (1,))]).splitlines()
    assert len(drawn) == 6
    assert all(_FLOW_LINES.fullmatch(line) for line in drawn), drawn


def test_a_tree_has_an_arrow_to_each_directive_that_is_carried_further() -> None:
    boxes = [Box(1, ("304/TB-VPCP",)), Box(2, ("4053/UBND-NC",), (1,), "overdue"), Box(3, ("61/SKHCN-VP",), (2, 9))]
    drawn = tree(boxes).splitlines()
    assert [line.strip() for line in drawn if "-->" in line] == ["d_1 --> d_2", "d_2 --> d_3"]
    assert "    class d_2 overdue" in drawn
    assert "classDef fulfilled" not in tree(boxes), "a colour that nothing has"


def test_where_an_obligation_stands_is_marked_and_its_steps_are_numbered() -> None:
    machine = definition().obligation
    steps = [("receive", "assigned", "working"), ("report", "working", "reported"), ("redo", "reported", "working"),
             ("report", "working", "reported"), ("stop", "reported", "stopped")]  # fmt: skip
    live = Live("stopped", tuple(Step(*one, "14/08/2023", "vp/leader") for one in steps))
    drawn = states(machine, live=live).splitlines()
    assert all(_STATE_LINES.fullmatch(line) for line in drawn)
    said = [shown(line).strip() for line in drawn]
    assert "s_working --> s_reported : 2, 4. Báo cáo kết quả (leader of the holder)" in said
    [stopped] = [line for line in said if line.startswith("s_reported --> s_stopped")]
    assert "5. Dừng thực hiện" in stopped
    assert "class s_stopped current" in said
    assert "class s_reassigned,s_closed void" in said


def test_what_may_be_done_in_any_open_state_can_stay_together() -> None:
    machine = definition().obligation
    bundled = moves(machine, bundled=True)
    assert bundled[None, "stopped"] == ["stop"]
    assert not any(target == "stopped" for source, target in bundled if source)
    assert {action for actions in bundled.values() for action in actions} == set(machine.actions)
    assert sum(target == "stopped" for _, target in moves(machine)) == len(machine.states) - len(machine.ends)
