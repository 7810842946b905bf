"""An admin checks workflow files, whatever they turn out to be, and looks up what a code or a word means."""

from pathlib import Path
from typing import Literal, get_args, get_origin

from tests.acceptance.conftest import Typed
from tests.house.test_the_schema_is_the_language import blocks
from tests.support.definitions import GOOD, edited
from workflows import words
from workflows.definition import Definition
from workflows.findings import CODES
from workflows.loading import shipped, shipped_scenarios

FAULTY = edited(("to: reported", "to: reportd"), ("first: assigned", "first: asigned"))
WARNED = edited((", if_no_room: parent_due", ""))


def test_several_files_are_checked_each_with_its_own_sum(typed: Typed, tmp_path: Path) -> None:
    for name, text in (("good", GOOD), ("faulty", FAULTY), ("warned", WARNED)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    said = typed("workflow", "check", "good.yaml", "faulty.yaml", "warned.yaml", ends=3)
    assert [line.split(" ")[1] for line in said.data.splitlines()] == ["E301", "E301", "W411"]
    assert said.data.startswith("faulty.yaml:")
    assert said.talk.splitlines() == [
        "good.yaml: no error",
        "faulty.yaml: 2 errors",
        "warned.yaml: no error, 1 warning",
        "3 files checked: 2 errors, 1 warning.",
    ]
    found = typed.json("workflow", "check", "good.yaml", "warned.yaml", "--strict", ends=3)
    assert [(one["file"], one["valid"], one["errors"], one["warnings"]) for one in found["files"]] == [
        ("good.yaml", True, 0, 0),
        ("warned.yaml", False, 1, 0),
    ]
    assert "kiểm tra" in typed("--lang", "vi", "workflow", "check", "good.yaml", "warned.yaml").talk.lower()


def test_standard_input_a_published_workflow_and_a_shipped_one_are_checked_too(office: Typed) -> None:
    assert office("workflow", "check", "-", text=FAULTY, ends=3).data.startswith("-:")
    said = office("workflow", "check", "government-notice@1", "shipped:government-notice").talk
    assert "government-notice@1: no error" in said
    assert "shipped:government-notice: no error" in said
    assert "There is: " in office("workflow", "check", "flood", ends=4).talk
    assert "There is no file flood.yaml" in office("workflow", "check", "flood.yaml", ends=4).talk


def test_a_file_of_scenarios_is_told_as_one(typed: Typed, tmp_path: Path) -> None:
    name = "government-notice"
    (tmp_path / "mine.yaml").write_text(shipped()[name], encoding="utf-8")
    scenarios = shipped_scenarios()[name]
    (tmp_path / "mine.scenarios.yaml").write_text(scenarios, encoding="utf-8")
    said = typed("workflow", "check", "mine.yaml", "mine.scenarios.yaml")
    assert "mine.scenarios.yaml holds scenarios of a workflow" in said.talk
    assert "cascade workflow test mine.scenarios.yaml" in said.talk
    (tmp_path / "mine.scenarios.yaml").write_text(scenarios.replace("    from:", "    form:", 1), encoding="utf-8")
    found = typed.json("workflow", "check", "mine.scenarios.yaml", ends=3)
    assert found["files"][0]["kind"] == "scenarios"
    assert found["problems"]


def test_every_code_is_explained_in_both_languages(typed: Typed) -> None:
    shown = typed("workflow", "codes").data.splitlines()[1:]
    assert [line.split()[0] for line in shown] == sorted(CODES)
    found = typed.json("workflow", "codes")["codes"]
    assert [(one["code"], one["warning"]) for one in found] == [(code, code[0] == "W") for code in sorted(CODES)]
    spoken = typed("--lang", "vi", "workflow", "codes").data.splitlines()[1:]
    assert not set(shown) & set(spoken)


def test_every_word_of_every_closed_set_is_shown(typed: Typed) -> None:
    shown = typed.json("workflow", "words")
    known = {word for known in shown.values() for word in known}
    models = blocks(Definition, {}).values()
    written = {word for model in models for field in model.model_fields.values() for word in literals(field.annotation)}
    assert written <= known
    assert {*words.DUE_CONDITIONS, *words.DUE_VALUES, *words.CONDITIONS, *words.VALUES, *words.TOTALS} <= known


def literals(annotation: object) -> list[str]:
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    return [word for inner in get_args(annotation) for word in literals(inner)]
