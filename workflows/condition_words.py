"""A condition in words, for people who do not read the grammar: a refusal says it, and so does the page of a workflow."""

from collections.abc import Mapping, Sequence
from functools import reduce

from workflows import words
from workflows.conditions import All, Any, Condition, Named, Not, Operand, Test, is_value
from workflows.text import Text, joined, mark, say

VALUES = {
    "part": mark("the part in it"),
    "mode": mark("the follow-up mode"),
    "level": mark("the level of the holder"),
    "giver_level": mark("the level of the giver"),
    "type": mark("the type of the document"),
    "days_late": mark("the number of days it is late"),
    "days_left": mark("the number of days left"),
    "extensions": mark("the number of times its date was moved on request"),
    "rung": mark("the highest rung that was told"),
    "leads_open": mark("the number of open lead obligations below it"),
    "leads_done": mark("the number of lead obligations below it that are done"),
    "leads_void": mark("the number of lead obligations below it that ended without being done"),
}
GROUPS = {
    "ask": mark("{name} as given"),
    "number": mark("the figure {name}"),
    "target": mark("the target of {name}"),
}
_SIGNS = {
    "is": mark("{one} is {other}"),
    "in": mark("{one} is one of {other}"),
    "<": mark("{one} is less than {other}"),
    "<=": mark("{one} is at most {other}"),
    ">": mark("{one} is more than {other}"),
    ">=": mark("{one} is at least {other}"),
}
_DENIED = {
    "is": mark("{one} is not {other}"),
    "in": mark("{one} is none of {other}"),
    "<": _SIGNS[">="],
    "<=": _SIGNS[">"],
    ">": _SIGNS["<="],
    ">=": _SIGNS["<"],
}
assert set(VALUES) == set(words.VALUES)
assert set(GROUPS) == set(words.VALUE_GROUPS)


def condition_words(condition: Condition, labels: Mapping[str, str]) -> Text:
    """A condition as a clause: `the number of days it is late is more than 3, and it is urgent`.

    `labels` are those of the figures, by name.
    """
    match condition:
        case Named(name):
            return say(words.CONDITIONS[name]) if name in words.CONDITIONS else joined([name])
        case Not(Test() as inner):
            return _test(inner, _DENIED, labels)
        case Not(inner):
            return say("it is not so that {what}", what=_inside(inner, labels))
        case All(parts):
            return reduce(lambda one, other: say("{one}, and {other}", one=one, other=other), _each(parts, labels))
        case Any(parts):
            return reduce(lambda one, other: say("{one}, or {other}", one=one, other=other), _each(parts, labels))
        case Test():
            return _test(condition, _SIGNS, labels)
    raise AssertionError(f"the closed grammar has no {condition!r}")


def _each(parts: Sequence[Condition], labels: Mapping[str, str]) -> list[Text]:
    return [_inside(one, labels) for one in parts]


def _inside(condition: Condition, labels: Mapping[str, str]) -> Text:
    """A part of a condition, in brackets where it has parts of its own."""
    said = condition_words(condition, labels)
    return joined(["(", said, ")"], "") if isinstance(condition, All | Any) else said


def _test(test: Test, signs: dict[str, str], labels: Mapping[str, str]) -> Text:
    others = [_operand(one, labels) for one in test.right]
    return say(signs[test.sign], one=_operand(test.left, labels), other=others if test.sign == "in" else others[0])


def _operand(operand: Operand, labels: Mapping[str, str]) -> Text:
    """A value by what it is called; a figure by its label."""
    group, _, name = operand.text.partition(".")
    if operand.kind == "date":
        return joined([f"{operand.value:%d/%m/%Y}"])
    if not is_value(operand, VALUES):
        return joined([operand.text])
    if operand.text in VALUES:
        return say(VALUES[operand.text])
    shown = repr(labels[name]) if group in ("number", "target") and name in labels else name
    return say(GROUPS[group], name=shown) if group in GROUPS else joined([operand.text])
