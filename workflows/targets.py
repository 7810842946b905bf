"""What items ask of the numbers: read as the journal keeps it, and compared with what was reported."""

from collections.abc import Iterable
from decimal import Decimal

from workflows.decimals import read_decimal
from workflows.definition import Definition, Number
from workflows.figures import number_words
from workflows.text import joined, say


def reached(number: Number, target: Decimal, total: Decimal) -> bool:
    """Does a total reach its target, or keep it where lower is better?"""
    return total <= target if number.better == "lower" else total >= target


def targets_as_read(
    definition: Definition, targets: Iterable[tuple[str, str]], mode: str
) -> tuple[tuple[str, str], ...]:
    """An item's targets as the journal keeps them, in the order of the definition.

    Raises ValueError naming what is wrong with them all: no such number, none that is asked in this mode, no figure of it.
    """
    given, wrong, kept = dict(targets), [], {}
    for name, value in given.items():
        number = definition.numbers.get(name)
        if number is None:
            known = tuple(definition.numbers) or say("none")
            wrong.append(
                say("target {name}: the workflow has no such number; it has {known}", name=repr(name), known=known)
            )
        elif mode == "info" or (number.in_ and mode not in number.in_) or (mode == "linked" and not number.in_):
            wrong.append(
                say("target {name}: it is not asked of what is followed up as {mode}", name=repr(name), mode=repr(mode))
            )
        else:
            try:
                kept[name] = read_decimal(value, number)
            except ValueError as error:
                what = say("target {name} ({what})", name=repr(name), what=number_words(number))
                wrong.append(say("{field}: {fault}", field=what, fault=error.args[0]))
    if wrong:
        raise ValueError(joined(wrong, "; "))
    return tuple((name, kept[name]) for name in definition.numbers if name in kept)
