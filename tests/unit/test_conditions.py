"""The grammar of conditions: how they are read, what holds, and what is refused with its place."""

from datetime import date
from decimal import Decimal

import pytest

from workflows.condition_bounds import never_holds
from workflows.condition_words import condition_words
from workflows.conditions import DEPTH_MAX, LENGTH_MAX, TOKENS_MAX, All, Any, Named, Not, Value, holds, parse, requires
from workflows.words import PARTS, VALUES

KNOWN: dict[str, Value] = {
    "late": True, "dated": False, "part": "lead", "days_late": 4, "days_left": None, "level": "unit", "extensions": 0,
    "giver_level": "unit", "ask.people": Decimal(120), "ask.from_day": date(2023, 9, 1), "ask.place": "Xã Hòa An",
    "number.par_index": Decimal("85.5"), "type": "CĐ",
}  # fmt: skip

HOLDS = [
    "late",
    "not dated",
    "dated or late",
    "not (dated or not late)",
    "not dated and late",
    "part is lead",
    "part is not support",
    "part in (lead support)",
    "part in (lead, support)",
    "part not in (support info)",
    "days_late > 3",
    "days_late >= 4 and days_late <= 4",
    "not days_late < 4",
    "3 < days_late",
    "level is giver_level",
    "days_late > extensions",
    "ask.people is 120",
    "ask.people > 119.5",
    "ask.from_day >= 2023-09-01",
    "ask.from_day in (2023-08-31 2023-09-01)",
    'ask.place is "Xã Hòa An"',
    "ask.place is 'Xã Hòa An'",
    "type in (CT CĐ)",
    "number.par_index >= 85.5",
    "number.par_index < 85.50001",
    "not (days_left > 3) and not (days_left <= 3)",
    "dated and dated or late",
    "late or dated and dated",
]


@pytest.mark.parametrize("text", HOLDS)
def test_it_holds_that(text: str) -> None:
    assert holds(parse(text), KNOWN.get, VALUES)
    assert not holds(Not(parse(text)), KNOWN.get, VALUES)
    assert holds(parse(f"  {text.replace(' ', '   ')} "), KNOWN.get, VALUES) or "Xã" in text


@pytest.mark.parametrize(
    "text",
    [
        "dated",
        "days_left > 0",
        "days_left is 0",
        "part is 3",
        "days_late is lead",
        "ask.nothing is 1",
        "part < support and dated",
    ],
)
def test_it_does_not_hold_that(text: str) -> None:
    assert not holds(parse(text), KNOWN.get, VALUES)


def test_and_binds_closer_than_or_and_not_closer_than_both() -> None:
    a, b, c = Named("a"), Named("b"), Named("c")
    assert parse("a or b and c") == Any((a, All((b, c))))
    assert parse("(a or b) and c") == All((Any((a, b)), c))
    assert parse("not a and b") == All((Not(a), b))
    assert parse("not (a and b)") == Not(All((a, b)))
    assert parse("a is not b") == Not(parse("a is b"))
    assert parse("a not in (b)") == Not(parse("a in (b)"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a name or a value is missing"),
        ("late and", "a name or a value is missing"),
        ("late late", "at 'late': nothing more can stand here"),
        ("(late", "a bracket is not closed"),
        ("late)", "at ')': nothing more can stand here"),
        ("and late", "at 'and': a name or a value has to stand here"),
        ("5", "'5' alone is no condition"),
        ("part in lead", "after 'in' come values in brackets"),
        ("part in ()", "at ')': a name or a value has to stand here"),
        ("part not lead", "after 'part' and 'not' comes 'in'"),
        ("ask.day < 2023-02-30", "there is no such day"),
        ("late && dated", "'&& dated' cannot stand in a condition"),
        ("os.system('x')", "nothing more can stand here"),
        ("__import__('os').system('x')", "cannot stand in a condition"),
        ("days_late > 1.2.3", "cannot stand in a condition"),
        ("days_late > 1e9", "cannot stand in a condition"),
        ("a.b.c is 1", "cannot stand in a condition"),
        ("late; dated", "cannot stand in a condition"),
        ('part is "lead', "cannot stand in a condition"),
        ("x" * (LENGTH_MAX + 1), f"at most {LENGTH_MAX} characters"),
        ("a or " * TOKENS_MAX + "a", f"at most {TOKENS_MAX} words"),
        ("(" * (DEPTH_MAX + 1) + "a" + ")" * (DEPTH_MAX + 1), f"nested more than {DEPTH_MAX} deep"),
        ("not " * (DEPTH_MAX + 1) + "a", f"nested more than {DEPTH_MAX} deep"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(text)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 300


def test_the_bounds_themselves_are_allowed() -> None:
    parse("x" * LENGTH_MAX)
    parse(" or ".join(["a"] * (TOKENS_MAX // 2)))
    parse("(" * DEPTH_MAX + "a" + ")" * DEPTH_MAX)


def test_what_will_be_known_later_may_hold_or_not() -> None:
    later = {"ask.people", "late"}
    for text in ("ask.people > 500", "not ask.people > 5", "late and part is lead", "not late", "late or dated"):
        assert holds(parse(text), KNOWN.get, VALUES, later)
    for text in ("ask.people > 5 and dated", "not (ask.people > 5 or part is lead)", "late and part is info"):
        assert not holds(parse(text), KNOWN.get, VALUES, later)


def test_a_condition_requires_what_every_way_of_it_names() -> None:
    for text in ("a", "a and b", "b and (a or a and c)", "(a and b) or (c and a)"):
        assert requires(parse(text), "a")
    for text in ("b", "a or b", "not a", "not (not a)"):
        assert not requires(parse(text), "a")


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("part is lead and part is support", True),
        ("part is lead and not part is lead", True),
        ("part in (lead info) and part not in (lead info)", True),
        ("part is not lead and part is not support and part is not info", True),
        ("part is not lead and part is not support", False),
        ("(late or dated) and not late and not dated", True),
        ("(late or dated) and not late", False),
        ("days_late > 3 and 3 >= days_late", True),
        ("days_late >= 3 and days_late <= 3", False),
        ("days_late >= 3 and days_late <= 3 and days_late is not 3", True),
        ("days_late is 2 and days_late > 5", True),
        ("days_late < 0", True),
        ("ask.sum < 0 and ask.sum > -5", False),
        ("ask.day < 2023-01-01 and ask.day > 2023-01-02", True),
        ("type is CV and type is CT", True),
        ("not (ask.sum > 3) and not (ask.sum <= 3)", False),  # where the field is not given
        (" and ".join(f"(late or a{n})" for n in range(10)), False),  # more ways than are looked at
    ],
)
def test_what_never_holds_is_seen(text: str, never: bool) -> None:
    among = {"part": tuple(PARTS)}
    assert never_holds(parse(text), among, {"days_late"}, {"part", "days_late"}) is never


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("late", "its date has passed, or its report was sent after it"),
        (
            "days_late > 3 and part is not info",
            "the number of days it is late is more than 3, and the part in it is not info",
        ),
        ("part not in (lead info)", "the part in it is none of lead, info"),
        ("not days_left > 5", "the number of days left is at most 5"),
        ("not dated", "it is not so that the obligation has a date"),
        (
            "dated and (extensions is 0 or ask.day < 2023-09-01)",
            "the obligation has a date, and (the number of times its date was moved on request is 0,"
            " or day as given is less than 01/09/2023)",
        ),
        ("number.spent <= target.spent", "the figure spent is at most the target of spent"),
    ],
)
def test_a_condition_is_said_in_words(text: str, said: str) -> None:
    assert condition_words(parse(text), {}) == said


def test_a_figure_is_said_by_its_label() -> None:
    assert (
        condition_words(parse("number.spent > 5"), {"spent": "Đã giải ngân"})
        == "the figure 'Đã giải ngân' is more than 5"
    )
