"""Reuse is written out whatever is written, changes nothing where nothing is reused, and nothing the second time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.test_definitions_never_crash import as_flow, load, usable
from tests.support.definitions import GOOD
from tests.unit.test_reuse import text_with
from workflows.inheriting import COPIES_MAX
from workflows.loading import check_text, shipped
from workflows.reuse import expand
from workflows.strict_yaml import Plain, read_yaml

REUSED = text_with()
LINES = REUSED.splitlines(keepends=True)
WORDS = sorted(set(REUSED.translate(str.maketrans("{}[],:", "      ")).split()))
NAMES = ("a", "b", "c", "d")

words = st.sampled_from([*WORDS, "like", "without", "defaults", "forms", "ask", "stop", "desk"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
# Machines a to d: what each is like, what it is without, and an action that is like another.
names = st.sampled_from([*NAMES, "obligation"])
taken_out = st.lists(st.sampled_from(["relay", "dispute", "disputed", "move", "moved", "redo", "stopped"]), max_size=4)
machines = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {"like": names},
        optional={"without": taken_out, "actions": st.just({"close": {"like": "stop", "label": "Close"}})},
    ),
    min_size=1,
)


def nodes(value: Plain) -> int:
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(nodes, value.values()))
    return 1 + sum(map(nodes, value)) if isinstance(value, list) else 1


def data_of(text: str) -> Plain:
    return read_yaml(text, "file.yaml").data


def test_where_nothing_is_reused_nothing_is_written_out() -> None:
    for text in (GOOD, shipped()["government-notice"]):
        found = expand(data_of(text))
        assert found.data == data_of(text)
        assert not found.faults
        assert not found.origins


@settings(max_examples=60, deadline=None)
@given(values, words, values)
def test_any_data_is_written_out_within_bounds(value: Plain, key: str, other: Plain) -> None:
    data = data_of(REUSED)
    assert isinstance(data, dict)
    data[key] = value
    if isinstance(data["machines"], dict):
        data["machines"]["desk"] = other
    found = expand(data)
    assert nodes(found.data) <= nodes(data) + 2 * COPIES_MAX


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(range(len(LINES))), values)
def test_any_value_in_the_place_of_another_is_told_where_it_is(place: int, value: Plain) -> None:
    key, colon, _ = LINES[place].partition(":")
    text = "".join([*LINES[:place], f"{key}: {as_flow(value)}\n" if colon else LINES[place], *LINES[place + 1 :]])
    usable(load(text), text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), words), min_size=1, max_size=3))
def test_words_in_the_place_of_others_are_told_where_they_are(edits: list[tuple[str, str]]) -> None:
    text = REUSED
    for old, new in edits:
        text = text.replace(old, new)
    usable(load(text), text)


@settings(max_examples=60, deadline=None)
@given(machines)
def test_machines_like_each_other_are_written_out_once_and_for_all(drawn: dict[str, Plain]) -> None:
    text = GOOD.replace("\ndeadlines:", f"\nmachines: {as_flow(drawn)}\n\ndeadlines:")
    load(text)
    once = expand(data_of(text))
    if not once.faults:
        assert expand(once.data).data == once.data
        # What it says of a machine that was written out is what it says of one that is like another.
        plain = GOOD.replace("\ndeadlines:", f"\nmachines: {as_flow(_plain(once.data))}\n\ndeadlines:")
        assert {one.code for one in check_text(text)} <= {one.code for one in check_text(plain)}


def _plain(data: Plain) -> Plain:
    """The machines of a file without the words of reuse."""
    assert isinstance(data, dict)
    assert isinstance(data["machines"], dict)
    found: dict[str, Plain] = {}
    for name, machine in data["machines"].items():
        assert isinstance(machine, dict)
        found[name] = {key: value for key, value in machine.items() if key not in ("like", "without")}
    return found
