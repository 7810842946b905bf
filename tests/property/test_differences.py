"""No difference between two definitions is silent, and where there is none nothing is said."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.definitions import GOOD, good
from workflows.definition import Definition
from workflows.differences import differences
from workflows.places import CODES
from workflows.strict_yaml import read_yaml

Path = tuple[str | int, ...]
WRITTEN: Any = read_yaml(GOOD, "good.yaml").data
UNCHANGED = good()
VALUES: list[Any] = [
    "Khác", "working", "stopped", "team", "giver.officer", ["holder.clerk", "giver.leader"], "9 days", "void", "allow",
    "2 days after due", "issue", 7, True, "pause", "number", {"extra": "text"}, [], "month", "calendar", "keep", "otherwise",
]  # fmt: skip


def _leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _leaves(each, (*path, key))
    if path:
        yield path


PATHS = list(_leaves(WRITTEN))


def _edited(made: list[tuple[Path, Any]]) -> Definition | None:
    """The good definition with these places changed, or (None) left out; None where the language does not allow it."""
    data = deepcopy(WRITTEN)
    for path, value in made:
        place: Any = data
        try:
            for part in path[:-1]:
                place = place[part]
            if value is None:
                del place[path[-1]]
            else:
                place[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier edit took its surroundings away
    try:
        return Definition.model_validate(data, by_alias=True, by_name=False)
    except ValidationError:
        return None


@cache
def _allowed() -> list[tuple[Path, Any]]:
    """Every edit that the language allows alone: most values do not fit most places."""
    single = ((path, value) for path in PATHS for value in (None, *VALUES))
    return [one for one in single if (changed := _edited([one])) and changed != UNCHANGED]


allowed = st.deferred(lambda: st.sampled_from(_allowed()))


def _flat(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Every value of a definition's dump by its path; a list is one value."""
    if isinstance(value, dict) and value:
        return {key: each for name, inner in value.items() for key, each in _flat(inner, (*path, name)).items()}
    return {path: value}


def _differing(old: Definition, new: Definition) -> set[Path]:
    before, after = (_flat(one.model_dump(mode="json", by_alias=True)) for one in (old, new))
    gone = object()
    return {
        path
        for path in before.keys() | after.keys()
        if repr(before.get(path, gone)) != repr(after.get(path, gone))
        and not (before.get(path) in (None, {}) and any(other[: len(path)] == path for other in after if other != path))
        and not (after.get(path) in (None, {}) and any(other[: len(path)] == path for other in before if other != path))
    }


def _checked(old: Definition, new: Definition) -> None:
    found = differences(old, new)
    named = [one.path for one in found]
    for path in _differing(old, new):
        assert any(one[: len(path)] == path[: len(one)] for one in named), f"{path} is passed over in silence"
    as_written = [one.model_dump_json(by_alias=True) for one in (old, new)]
    assert bool(found) == (as_written[0] != as_written[1])
    for one in found:
        assert one.code in CODES
        assert one.path
        assert one.says


def test_there_is_much_that_can_be_changed_alone() -> None:
    assert len(_allowed()) > 300
    assert {path[0] for path, _ in _allowed()} == set(WRITTEN)


@settings(max_examples=150, deadline=None)
@given(allowed)
def test_one_change_is_named_where_it_is(edit: tuple[Path, Any]) -> None:
    new = _edited([edit])
    assert new is not None
    _checked(UNCHANGED, new)
    _checked(new, UNCHANGED)


@settings(max_examples=150, deadline=None)
@given(st.lists(allowed, max_size=6), st.lists(allowed, max_size=6))
def test_any_two_definitions(some: list[tuple[Path, Any]], others: list[tuple[Path, Any]]) -> None:
    old, new = _edited(some), _edited(others)
    assume(old is not None and new is not None)
    assert old is not None
    assert new is not None
    _checked(old, new)


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([("obligation", "states"), ("obligation", "actions"), ("levels",), ("undated_items",)]),
    st.randoms(),
)
def test_another_order_is_a_difference(path: Path, random: Any) -> None:
    data = deepcopy(WRITTEN)
    place = data
    for part in path[:-1]:
        place = place[part]
    keys = list(place[path[-1]])
    random.shuffle(keys)
    place[path[-1]] = {key: place[path[-1]][key] for key in keys}
    _checked(UNCHANGED, Definition.model_validate(data, by_alias=True, by_name=False))
