"""Whatever is written, a workflow file gives a definition or a refusal that says where, and nothing else."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.definitions import GOOD
from tests.support.written import as_text, spoilt
from tests.support.written import definitions as written
from workflows.definition import Definition
from workflows.errors import InvalidDefinition
from workflows.findings import CODES
from workflows.loading import check_text, load_definition, load_workflow
from workflows.strict_yaml import read_yaml

LINES = GOOD.splitlines(keepends=True)
WORDS = sorted(set(GOOD.replace("{", " ").replace("}", " ").replace(",", " ").replace(":", " ").split()))
NOISE = ["[", "]", "{", "}", ": ", "- ", "&a ", "*a", "<<: ", "!x ", "? ", "|", ">", "#", '"', "'", "\t", "\n", "null"]

places = st.integers(0, len(GOOD))
pieces = st.sampled_from([*WORDS, *NOISE]) | st.text(max_size=5)
printable = st.characters(exclude_categories=["C", "Z"])
numbers = st.integers(-(10**17), 10**17)
# Where to cut, how much to leave out, what to put there.
cuts = st.tuples(places, st.integers(0, 40), pieces)
swaps = st.tuples(st.sampled_from(WORDS), pieces)
data = st.recursive(
    st.none() | st.booleans() | numbers | st.sampled_from(WORDS) | st.text(printable, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=10,
)


def load(text: str | bytes) -> Definition | None:
    """The definition, or None where it was refused, with every problem at its place."""
    found = check_text(text)
    lines = (text if isinstance(text, str) else text.decode("utf-8", "replace")).count("\n") + 2
    for problem in found:
        assert problem.code in CODES
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert "\n" not in str(problem)
        assert len(str(problem)) < 1000
    if all(problem.warning for problem in found):
        return load_definition(text)
    with pytest.raises(InvalidDefinition) as refused:
        load_definition(text)
    assert list(refused.value.problems) == found
    return None


def usable(definition: Definition | None, text: str | bytes) -> None:
    """What was let through can be run: its machine is built, and every step leads to a state."""
    if definition is None:
        return
    workflow = load_workflow(text, 1)
    for level in definition.levels:
        machine, states = workflow.machine_at(level), workflow.rules_at(level).states
        for state in states:
            for step in machine.open_from(state):
                assert machine.step(state, step) in states


@settings(max_examples=150, deadline=None)
@given(st.lists(cuts, min_size=1, max_size=3))
def test_a_text_cut_and_patched_anywhere(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for place, length, piece in edits:
        text = text[:place] + piece + text[place + length :]
    usable(load(text), text)


@settings(max_examples=150, deadline=None)
@given(st.lists(swaps, min_size=1, max_size=3))
def test_words_put_in_the_place_of_others(edits: list[tuple[str, str]]) -> None:
    text = GOOD
    for old, new in edits:
        text = text.replace(old, new)
    usable(load(text), text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, len(LINES) - 1), max_size=4), st.permutations(range(6)), st.integers(0, len(LINES) - 6))
def test_lines_left_out_and_moved(without: list[int], order: list[int], start: int) -> None:
    lines = LINES[:start] + [LINES[start + place] for place in order] + LINES[start + 6 :]
    text = "".join(line for place, line in enumerate(lines) if place not in without)
    usable(load(text), text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(len(LINES))), data)
def test_any_value_in_the_place_of_any_other(place: int, value: object) -> None:
    key, colon, _ = LINES[place].partition(":")
    line = f"{key}: {as_flow(value)}\n" if colon else LINES[place]
    text = "".join([*LINES[:place], line, *LINES[place + 1 :]])
    usable(load(text), text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_at_all(text: str | bytes) -> None:
    load(text)


@settings(max_examples=150, deadline=None)
@given(data)
def test_plain_data_is_read_as_it_was_written(value: object) -> None:
    assert read_yaml(f"a: {as_flow(value)}\n", "file.yaml").data == {"a": value}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written().flatmap(lambda found: st.just(found) | spoilt(found)))
def test_definitions_that_nobody_wrote_and_what_becomes_of_them(found: dict[str, Any]) -> None:
    text = as_text(found)
    usable(load(text), text)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written().flatmap(spoilt))
def test_many_more_of_them(found: dict[str, Any]) -> None:
    text = as_text(found)
    usable(load(text), text)


def as_flow(value: object) -> str:
    """Plain data as flow YAML, every text quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_flow(key)}: {as_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_flow, value)) + "]"
    if isinstance(value, str):
        return (
            '"'
            + "".join(letter if letter.isalnum() and letter.isascii() else f"\\U{ord(letter):08x}" for letter in value)
            + '"'
        )
    return (
        {None: "null", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else str(value)
    )
