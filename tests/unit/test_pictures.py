"""Pictures of a machine, of levels and of a cascade: whole, readable in print, whatever things are called."""

import re
import time
from xml.etree import ElementTree

import pytest
import yaml

from tests.unit.test_diagrams import NOTICE, TRICKY, definition
from workflows import drawing, pictures, tree_pictures
from workflows.definition import Definition
from workflows.diagrams import Box, Live, Step

SVG = "{http://www.w3.org/2000/svg}"
STEPS = (
    Step("receive", "assigned", "working", "14/08/2023 09:00", "vp/clerk"),
    Step("report", "working", "reported", "15/08/2023 09:00", "vp/leader"),
    Step("redo", "reported", "working", "16/08/2023 09:00", "skhcn/leader"),
    Step("report", "working", "reported", "17/08/2023 09:00", "vp/leader"),
    Step("stop", "reported", "stopped", "18/08/2023 09:00", "skhcn/leader"),
)


def machine(used: Definition, live: Live | None = None) -> str:
    return pictures.states(used.obligation, used.english, "Notice", language="en", live=live)


def lines(drawn: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(drawn.encode()).iter(f"{SVG}tspan")]


def strong(drawn: str) -> int:
    """How many arrows of the picture are drawn strongly, the legend's sample aside."""
    root = ElementTree.fromstring(drawn.encode())
    return sum(one.get("stroke-width") == "2.8" for one in root.iter(f"{SVG}path")) - 1


def test_a_machine_is_drawn_with_its_states_its_actions_and_who_may_act() -> None:
    said = lines(machine(definition()))
    assert {"not received", "Confirm done", "leader of the giver", "clerk of the holder", "begins"} <= set(said)
    assert said.count("Stop") == 1, "what may be done in any open state is drawn once"
    assert "from any open state" in said
    assert "now" not in said


def test_kinds_of_states_are_told_apart_without_colour() -> None:
    looks = [(one.dash, one.double, one.hatch) for one in pictures.LOOKS.values()]
    assert len(set(looks)) == len(looks)


def test_the_picture_stands_alone_and_fits_a_page() -> None:
    drawn = machine(definition(), Live("stopped", STEPS))
    assert not re.search(r"<script|<style|<image|<use|<a |href|@import|on\w+=", drawn)
    assert set(re.findall(r"url\(([^)]*)\)", drawn)) <= {"#hatch"}
    root = ElementTree.fromstring(drawn.encode())
    assert [one.tag for one in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert float(root.get("width", "").removesuffix("mm")) <= 190
    assert float(root.get("height", "").removesuffix("mm")) <= 277
    sizes = [float(one.get("font-size", "12")) for one in root.iter(f"{SVG}text")]
    assert min(sizes) >= 10, "of 96ths of an inch: seven and a half points"


def test_where_an_obligation_stands_is_marked_and_its_path_is_drawn_strongly() -> None:
    drawn = machine(definition(), Live("stopped", STEPS))
    said = lines(drawn)
    assert said.count("now") == 1
    assert "2, 4" in said, "two steps along one arrow"
    assert strong(drawn) == 4, "assigned to working, working to reported, back, and to where it was stopped"
    assert "14/08/2023 09:00: Receive (vp/clerk); working" in said
    assert said.count("Stop") == 2, "the step that was taken has an arrow of its own"


def test_steps_may_begin_later_and_name_what_a_workflow_no_longer_has() -> None:
    steps = (Step("escalate", "working", "gone", "1/1", "time"), Step("report", "gone", "reported", "2/1", "vp/leader"))
    drawn = machine(definition(), Live("reported", steps, 7))
    assert {"The path taken, from step 7", "7", "8", "escalate", "gone"} <= set(lines(drawn))


@pytest.mark.parametrize("label", TRICKY)
def test_no_label_breaks_out_of_a_picture(label: str) -> None:
    used = definition(label=label)
    live = Live("assigned", (Step("receive", "assigned", "working", label, label),))
    for drawn in (
        machine(used, live),
        pictures.states(used.obligation, None, label, live=live),
        tree_pictures.levels(used, None, label),
        tree_pictures.tree([Box(1, (label, label), (), "void")], label),
    ):
        root = ElementTree.fromstring(drawn.encode())
        ours = ["svg", "title", "desc", "defs", "pattern", "path", "rect", "text", "tspan", "g", "circle", "polygon"]
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= set(ours)


def test_a_wide_cascade_is_drawn_from_left_to_right_on_the_width_of_a_page() -> None:
    boxes = [
        Box(1, ("304/TB-VPCP",)),
        *(Box(place, (f"{place}/SKHCN-VP", "Department"), (1,), "overdue") for place in range(2, 40)),
    ]
    boxes.append(Box(40, ("9/CV",), (2, 3)))
    drawn = tree_pictures.tree(boxes, "Cascade")
    root = ElementTree.fromstring(drawn.encode())
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert width <= drawing.A4_WIDTH < height
    assert len(list(root.iter(f"{SVG}polygon"))) == 38 + 2
    assert "something in it or below it is overdue" in lines(drawn)
    assert "revoked or replaced" not in lines(drawn), "a sign that nothing has"


def test_the_largest_workflow_is_drawn_while_one_waits() -> None:
    content = yaml.safe_load(NOTICE)
    names = [f"s{place}" for place in range(62)]
    content["obligation"]["states"] |= dict.fromkeys(names[:54], "Trạng thái")
    for place in range(114):
        content["obligation"]["actions"][f"a{place}"] = {
            "label": "Thao tác", "from": names[place % 54], "to": names[(place * 7 + 1) % 54], "by": "holder.leader",
        }  # fmt: skip
    used = Definition.model_validate(content)
    assert (len(used.obligation.states), len(used.obligation.actions)) == (64, 128)
    begun = time.process_time()
    drawn = machine(used)
    assert time.process_time() - begun < 3, "seconds; less than one where nothing else runs"
    assert lines(drawn).count("Trạng thái") == 54
