"""`cascade workflow schema` says what the loader takes: every key, every word of a closed set, no more and no less."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflows import words
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
    "name", ["effects", "fields", "means", "modes", "outcomes", "periods", "windows", "tasks", "totals", "openings"]
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


_SAMPLE = read_yaml(SHIPPED["government-notice"], "sample").data
_PLACES = [path for path in places(_SAMPLE) if path]


@settings(max_examples=150, deadline=None)
@given(
    path=st.sampled_from(_PLACES),
    value=st.sampled_from(["", "x", "due", "3 working days", "holder.leader", 7, True, [], ["a"], {}, {"a": "b"}, "00:61"]),
)  # fmt: skip
def test_what_the_schema_refuses_the_loader_refuses_too(path: tuple[Any, ...], value: Any) -> None:
    changed = deepcopy(_SAMPLE)
    node: Any = changed
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    refused = [error.message for error in EDITOR.iter_errors(changed)]
    found = check_text(json.dumps(changed, ensure_ascii=False))
    if refused:
        assert [one for one in found if not one.warning], refused
    elif any(one.code.startswith(_OF_THE_SCHEMA) for one in found):
        # The loader may know more (a date of the year, a condition that cannot be read), never less.
        assert {one.code for one in found if one.code.startswith(_OF_THE_SCHEMA)} <= {
            "E201",
            "E203",
            "E204",
            "E206",
            "E207",
            "E209",
        }
