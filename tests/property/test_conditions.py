"""Whatever is written as a condition is refused or judged, in little time, and never runs anything."""

import time
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language import speaking, told
from tests.support.definitions import problems
from workflows.condition_bounds import never_holds
from workflows.condition_words import condition_words
from workflows.conditions import DEPTH_MAX, LENGTH_MAX, SIGNS, Condition, Not, holds, parse, parts, requires
from workflows.words import CONDITIONS, PARTS, VALUES

NAMES = [*CONDITIONS, *VALUES, "ask.people", "number.spent", "target.spent", "lead", "info", "x.y"]
TOKENS = [
    "and",
    "or",
    "not",
    "is",
    "in",
    "(",
    ")",
    ",",
    *SIGNS,
    *NAMES,
    "3",
    "-5",
    "85.5",
    "2026-01-31",
    '"a b"',
    "'c'",
]
values = st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.dates() | st.text(max_size=5)
texts = st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join) | st.text(max_size=40)

operands = st.sampled_from([*NAMES, "3", "-5", "85.5", "2026-01-31", '"a b"'])
tests = st.tuples(st.sampled_from(NAMES), st.sampled_from(["is", "is not", *SIGNS]), operands).map(
    " ".join
) | st.tuples(
    st.sampled_from(NAMES), st.sampled_from(["in", "not in"]), st.lists(operands, min_size=1, max_size=3)
).map(lambda drawn: f"{drawn[0]} {drawn[1]} ({' '.join(drawn[2])})")
conditions = st.recursive(
    st.sampled_from(NAMES) | tests,
    lambda inner: (
        inner.map("not ({})".format)
        | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda drawn: f"({drawn[0]}) {drawn[1]} ({drawn[2]})"
        )
    ),
    max_leaves=4,
)


def read(text: str) -> Condition | None:
    """The condition, or None where it was refused as every refusal is: a ValueError that says why, in short."""
    try:
        return parse(text)
    except ValueError as refused:
        said = str(refused)
    assert 0 < len(said) < 500
    return None


@settings(max_examples=300, deadline=None)
@given(texts | conditions, st.dictionaries(st.sampled_from(NAMES), values))
def test_anything_is_refused_or_judged_and_said(text: str, known: dict[str, object]) -> None:
    condition = read(text)
    if condition is None:
        return
    said = holds(condition, known.get, VALUES)  # type: ignore[arg-type]
    assert holds(Not(condition), known.get, VALUES) is not said  # type: ignore[arg-type]
    # What holds may hold, however much of it is known only later.
    assert not said or holds(condition, known.get, VALUES, NAMES)  # type: ignore[arg-type]
    assert condition_words(condition, {"spent": "{label} %s"})
    with speaking("vi"):
        assert told(condition_words(condition, {}))
    assert list(parts(condition))
    assert not (requires(condition, "late") and said) or known.get("late") is True


@settings(max_examples=200, deadline=None)
@given(
    conditions, st.sampled_from([*PARTS]), st.integers(0, 9), st.decimals(-9, 9, places=1), st.dates(), st.booleans()
)
def test_what_is_said_never_to_hold_never_does(
    text: str, part: str, days: int, figure: Decimal, day: date, late: bool
) -> None:
    condition = read(text)
    if condition is None:
        return
    typed = {
        "part": part,
        "days_late": days,
        "number.spent": figure,
        "ask.people": day,
        "late": late,
        "otherwise": True,
    }
    if any(name != "otherwise" and name not in typed for name in _named(condition)):
        return
    among = {"part": tuple(PARTS)}
    try:
        never = never_holds(condition, among, {"days_late"}, {"part", "days_late"})
    except TypeError:
        return  # the lint asks only where every comparison is of one kind
    assert not (never and holds(condition, typed.get, VALUES))


def _named(condition: Condition) -> list[str]:
    found = []
    for one in parts(condition):
        found += [one.name] if hasattr(one, "name") else [side.text for side in one.operands if side.kind == "word"]
    return [name for name in found if name not in PARTS]


@settings(max_examples=60, deadline=None)
@given(texts | conditions)
def test_the_lint_says_of_any_condition_what_is_wrong(text: str) -> None:
    quoted = "".join(letter if letter.isalnum() else f"\\U{ord(letter):08x}" for letter in text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return
    for problem in problems(('redo: {label: "Làm lại",', f'redo: {{label: "Làm lại", if: "{quoted}",')):
        assert len(str(problem)) < 1000
        assert "\n" not in str(problem)


def test_the_longest_conditions_cost_a_few_milliseconds() -> None:
    worst = [
        "(" * DEPTH_MAX + "a" + ")" * DEPTH_MAX,
        "not " * DEPTH_MAX + "a",
        " " * LENGTH_MAX,
        "(" * LENGTH_MAX,
        '"' * LENGTH_MAX,
        "'" + "x" * (LENGTH_MAX - 1),
        "a in (" + "1 " * 75 + ")",
        " or ".join(["a"] * 40),
        " and ".join(["(a or b)"] * 13),
        " or ".join(["(a and b)"] * 13),
        "9" * LENGTH_MAX,
        "1.1" * 166,
        "1-" * 250,
        "à" * LENGTH_MAX,
    ]
    for text in worst:
        began = time.perf_counter()
        for _ in range(5):
            parse.cache_clear()
            condition = read(text[:LENGTH_MAX])
            if condition:
                holds(condition, dict.fromkeys(NAMES).get, VALUES)
                never_holds(condition, {}, (), ())
                never_holds(Not(condition), {}, (), ())
                condition_words(condition, {})
        assert (time.perf_counter() - began) / 5 < 0.05, text[:20]
