"""`cascade workflow schema` says what the loader takes: every key, every word of a closed set, no more and no less."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.unit.test_reuse import text_with
from workflows import reuse, words
from workflows.definition import Definition
from workflows.grammar import Strict
from workflows.json_schema import json_schema
from workflows.loading import check_text, shipped
from workflows.strict_yaml import read_yaml

SCHEMA = json_schema()
EDITOR = Draft202012Validator(SCHEMA)
SHIPPED = shipped()
_OF_THE_SCHEMA = ("E2",)  # codes of faults that are a matter of shape


def blocks(model: type[Strict], seen: dict[str, type[Strict]]) -> dict[str, type[Strict]]:
    """Every block of the language, by its name."""
    if model.__name__ in seen:
        return seen
    seen[model.__name__] = model
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            blocks(inner, seen)
    return seen


def _models(annotation: Any) -> list[type[Strict]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return [annotation]
    return [one for inner in getattr(annotation, "__args__", ()) for one in _models(inner)]


@pytest.mark.parametrize(
    "name", sorted(set(blocks(Definition, {})) - {"Span", "TimeRule"})  # those two are written as one text
)  # fmt: skip
def test_every_key_of_a_block_is_in_the_schema_and_no_other(name: str) -> None:
    model = blocks(Definition, {})[name]
    shown = SCHEMA if model is Definition else SCHEMA["$defs"][name]
    assert set(shown["properties"]) == {field.alias or key for key, field in model.model_fields.items()}
    assert shown["additionalProperties"] is False


def consts(node: Any) -> list[frozenset[str]]:
    """Every closed set that the schema names."""
    if isinstance(node, list):
        return [one for inner in node for one in consts(inner)]
    if not isinstance(node, dict):
        return []
    here = [frozenset(one["const"] for one in node["oneOf"])] if "oneOf" in node else []
    return here + [one for inner in node.values() for one in consts(inner)]


@pytest.mark.parametrize(
    "name", ["effects", "fields", "means", "modes", "outcomes", "periods", "windows", "tasks", "totals", "openings", "renewed"]
)  # fmt: skip
def test_a_closed_set_is_shown_word_for_word(name: str) -> None:
    assert frozenset(words.SETS[name]) in consts(SCHEMA)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_editor_finds_nothing_wrong_with_a_shipped_workflow(name: str) -> None:
    EDITOR.check_schema(SCHEMA)
    assert [error.message for error in EDITOR.iter_errors(read_yaml(SHIPPED[name], name).data)] == []


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(one for key, inner in inside for one in places(inner, (*path, key)))]


_NOTICE = read_yaml(SHIPPED["government-notice"], "sample").data
_REUSED = read_yaml(text_with(), "sample").data
_SAMPLES = {"notice": _NOTICE, "reused": _REUSED}
_PLACES = [(name, path) for name, sample in _SAMPLES.items() for path in places(sample) if path]
VALUES = ["", "x", "due", "3 working days", "holder.leader", 7, True, [], ["a"], {}, {"a": "b"}, "00:61", "paper",
          {"like": "paper"}, {"like": "paper", "more": "text"}, {"like": "text"}, {"like": 5}, {"like": "obligation"},
          {"label": "x"}, {"tell": "holder.leader"}, {"like": "periodic", "label": "x"}]  # fmt: skip


def test_what_may_be_reused_is_in_the_schema_too() -> None:
    EDITOR.validate(_REUSED)
    for kind, model in reuse.BLOCKS.items():
        known = SCHEMA["$defs"]["Defaults"]["properties"][kind]
        assert set(known["properties"]) == {one.alias or key for key, one in model.model_fields.items()} - {"like"}
        assert known["additionalProperties"] is False
    asking = {(name, key) for name, model in blocks(Definition, {}).items() for key in reuse.ASKING
              if key in model.model_fields}  # fmt: skip
    for name, key in asking:
        shown = SCHEMA["$defs"][name]["properties"][key]
        assert [one.get("$ref") or one["type"] for one in shown["anyOf"]] == ["string", "#/$defs/Fields"]
    assert SCHEMA["$defs"]["Fields"]["properties"].keys() == {"like"}
    for block in ("Action", "UndatedMode", "ObligationMachine"):
        assert "like" in SCHEMA["$defs"][block]["properties"]


@pytest.mark.parametrize(
    ("path", "value", "refused"),
    [
        (("defaults", "rung", "tel"), "holder.leader", True),
        (("defaults", "rung", "tell"), "holder.leader", False),
        (("defaults", "rung"), "holder.leader", True),
        (("forms", "paper"), "text", True),
        (("forms", "paper"), {"like": "paper"}, False),
        (("machines", "desk", "states"), {"checked": "x"}, False),
        (("machines", "desk", "actions"), {}, False),
        (("machines", "desk", "like"), ["obligation"], True),
        (("machines", "desk", "without"), "relay", False),
        (("machines", "desk", "without"), {"relay": True}, True),
        (("obligation", "actions", "report", "ask"), "paper", False),
        (("obligation", "actions", "report", "ask"), {"like": "paper", "more": "text"}, False),
        (("obligation", "actions", "report", "ask"), {"like": ["paper"]}, True),
        (("obligation", "actions", "report", "ask"), {"more": "txt"}, True),
        (("extension", "ask"), "paper", False),
    ],
)
def test_an_editor_judges_what_is_reused(path: tuple[str, ...], value: object, refused: bool) -> None:
    assert bool(list(EDITOR.iter_errors(put(_REUSED, path, value)))) == refused


def put(sample: Any, path: tuple[Any, ...], value: object) -> Any:
    """A copy of the data with something else at a place."""
    changed = deepcopy(sample)
    node: Any = changed
    for part in path[:-1]:
        node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
    node[path[-1]] = value
    return changed


@example(("reused", ("forms", "paper", "like")), 7)
@settings(max_examples=100, deadline=None)
@given(at=st.sampled_from(_PLACES), value=st.sampled_from(VALUES))
def test_what_the_schema_refuses_the_loader_refuses_too(at: tuple[str, tuple[Any, ...]], value: Any) -> None:
    changed = put(_SAMPLES[at[0]], at[1], value)
    refused = [error.message for error in EDITOR.iter_errors(changed)]
    found = check_text(json.dumps(changed, ensure_ascii=False))
    if refused:
        assert [one for one in found if not one.warning], refused
    elif at[1][0] != "defaults":  # what stands there is judged where it is used
        # The loader may know more (a date of the year, a condition that cannot be read), never less.
        assert {one.code for one in found if one.code.startswith(_OF_THE_SCHEMA)} <= {
            "E201",
            "E203",
            "E204",
            "E206",
            "E207",
            "E209",
        }
