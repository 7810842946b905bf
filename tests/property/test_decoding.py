"""Facts are read by plain functions exactly as pydantic would read them: the same values, and the same refusals."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from workflows import decoding
from workflows.encoding import to_data
from workflows.facts import Fact, from_data
from workflows.obligation import Obligation

KINDS: list[type[Any]] = [*Fact.__args__]
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: st.integers(-(2**40), 2**40),
    bool: st.booleans(),
    NoneType: st.none(),
    date: st.dates(),
    datetime: st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
}
# What JSON may hold where something else was expected; much of it is taken by pydantic, so it has to be taken here.
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), WORDS,
    st.sampled_from([
        "5", "true", "2023-08-31", "2023-08-31T10:00:00Z", "2023-08-31T10:00:00.000000+07:00", "1693476000",
        "2023-08-31 10:00:00.000000Z", "2023-08-31T17:00:00.0+07:00", "20230831T100000.000000Z   ", "2023-W35-4",
        "2023-02-30T10:00:00.000000Z", "2023-08-31T24:00:00.000000Z", "２０２３-08-31T10:00:00.000000Z", 1693476000, 1.5,
    ]),
    st.lists(st.one_of(WORDS, st.integers(), st.none()), max_size=3), st.dictionaries(WORDS, WORDS, max_size=2),
)  # fmt: skip


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that facts hold."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) in (UnionType, Union):
        return st.one_of([values(one) for one in get_args(hint)])
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        if inner[1:] == (Ellipsis,):
            return st.lists(values(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, inner))
    assert is_dataclass(hint), hint
    hints = get_type_hints(hint)
    required = {one.name: values(hints[one.name]) for one in fields(hint) if one.default is MISSING}
    optional = {one.name: values(hints[one.name]) for one in fields(hint) if one.default is not MISSING}
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: hint(**given))  # type: ignore[operator]


FACTS = {kind: values(kind) for kind in KINDS}
ADAPTERS = {kind: TypeAdapter(kind) for kind in (*KINDS, Obligation)}


def as_stored(fact: Any) -> Any:
    return orjson.loads(orjson.dumps(to_data(fact)))


def both(kind: type[Any], data: Any) -> tuple[Any, Any]:
    """What each of the two makes of it: a value, or what is wrong with it."""
    found = []
    for read in (decoding.decoder(kind), ADAPTERS[kind].validate_python):
        try:
            found.append(read(data))
        except ValidationError as error:
            found.append(str(error))
    return found[0], found[1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=30)
def test_what_was_written_is_read_again_and_without_pydantic(kind: type[Any], data: st.DataObject) -> None:
    fact = data.draw(FACTS[kind])
    stored = as_stored(fact)
    assert decoding._parts(kind)[1](stored) == fact  # raises where it would have had to ask pydantic
    assert from_data(kind.__name__, stored) == ADAPTERS[kind].validate_python(stored) == fact


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=30)
def test_what_was_tampered_with_is_taken_or_refused_as_pydantic_does(kind: type[Any], data: st.DataObject) -> None:
    stored = as_stored(data.draw(FACTS[kind]))
    for _ in range(data.draw(st.integers(1, 3))):
        _tamper(stored, data)
    ours, theirs = both(kind, stored)
    assert ours == theirs
    assert type(ours) is type(theirs)
    if type(ours) is not str:
        assert [type(one) for one in _leaves(ours)] == [type(one) for one in _leaves(theirs)]


def _tamper(stored: Any, data: st.DataObject) -> None:
    """Change, add or take away something, at any depth."""
    inside = stored
    while True:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        deeper = [key for key in keys if isinstance(inside[key], dict | list) and inside[key]]
        if not deeper or data.draw(st.booleans()):
            break
        inside = inside[data.draw(st.sampled_from(deeper))]
    names = [*keys, *(["unknown"] if isinstance(inside, dict) else [])]
    if not names:
        return
    key = data.draw(st.sampled_from(names))
    if key in keys and data.draw(st.integers(0, 4)) == 0:
        del inside[key]
    else:
        inside[key] = data.draw(ODD)


def _leaves(value: Any) -> list[Any]:
    """Every plain value in a value, so that 1 is not taken for true."""
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in _leaves(one)]
    if is_dataclass(value):
        return [leaf for field in fields(value) for leaf in _leaves(getattr(value, field.name))]
    return [value]


@pytest.mark.parametrize("data", [None, [], "x", 5, {}, {"number": 1}], ids=repr)
def test_what_is_no_fact_at_all_is_refused_alike(data: Any) -> None:
    ours, theirs = both(Obligation, data)
    assert ours == theirs
    assert isinstance(ours, str)
