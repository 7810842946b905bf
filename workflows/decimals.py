"""Figures as people write them and as the journal keeps them: decimals with so many places, never floats.

In Vietnamese writing the comma begins the decimals and the point parts thousands (`1.234,5`); a plain point may begin the
decimals too (`1234.5`), and `1,234.5` can mean one thing only. What could be read in two ways is refused, naming both.
"""

import re
from decimal import Decimal
from typing import Protocol

from workflows.text import Text, joined, say, say_count

DIGITS_MAX = 15  # before the decimals: up to 999 thousand billion; a budget is reported in millions
_GROUPED = re.compile(r"(-?)([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?", re.ASCII)
_ENGLISH = re.compile(r"(-?)([1-9]\d{0,2}(?:,\d{3})+)\.(\d+)", re.ASCII)
_PLAIN = re.compile(r"(-?)(\d+)(?:([.,])(\d+))?", re.ASCII)


class Bounded(Protocol):
    """What bounds a figure: its decimals, and the least and the most that it may be."""

    @property
    def decimals(self) -> int: ...
    @property
    def at_least(self) -> int | None: ...
    @property
    def at_most(self) -> int | None: ...


def read_decimal(text: str, rule: Bounded) -> str:
    """The figure that a person wrote, as the journal keeps it: `1.234,5` with two decimals is `1234.50`.

    Raises ValueError saying what is wrong with it, or in which two ways it could be read.
    """
    value = _written(text.strip(), rule.decimals)
    kept = decimal_text(value, rule.decimals)
    if rule.at_least is not None and value < rule.at_least:
        raise ValueError(say("{value} is less than {least}", value=spoken(kept), least=spoken(str(rule.at_least))))
    if rule.at_most is not None and value > rule.at_most:
        raise ValueError(say("{value} is more than {most}", value=spoken(kept), most=spoken(str(rule.at_most))))
    return kept


def _written(text: str, decimals: int) -> Decimal:
    grouped, english, plain = (form.fullmatch(text) for form in (_GROUPED, _ENGLISH, _PLAIN))
    if grouped and plain and decimals:
        # One group of three and no comma: thousands to one reader, decimals to another, and a factor of a thousand apart.
        thousands, parted = plain[2] + plain[4], say("{whole}.{places}", whole=plain[2], places=plain[4])
        said = say(
            "{text!r} can be read as {whole} or as {places}; write {whole}, or a comma before decimals",
            text=text,
            whole=thousands,
            places=parted,
        )
        raise ValueError(said)
    found = grouped or english
    if found:
        sign, whole, places = found[1], re.sub("[.,]", "", found[2]), found[3] or ""
    elif plain:
        sign, whole, places = plain[1], plain[2], plain[4] or ""
    else:
        raise ValueError(say("{text!r} is no number; write it as 1234, 1234,5 or 1.234,5", text=text[:40]))
    if len(places) > decimals:
        if not decimals:
            raise ValueError(say("{text!r} is not a whole number", text=text))
        raise ValueError(
            say_count(
                "{text!r} has more than {count} decimal", "{text!r} has more than {count} decimals", decimals, text=text
            )
        )
    if len(whole.lstrip("0")) > DIGITS_MAX:
        raise ValueError(say("{text!r} has more than {most} digits", text=text[:40], most=DIGITS_MAX))
    return Decimal(f"{sign}{whole}.{places or 0}")


def decimal_text(value: Decimal, decimals: int) -> str:
    """A value with so many decimals, and more where it has more: nothing is rounded away. Never `-0`."""
    found = f"{value:.{max(decimals, _places(value))}f}"
    return found.removeprefix("-") if not value else found


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def spoken(kept: str) -> Text:
    """A kept figure as a sentence shows it: `1,234.50`, and in Vietnamese `1.234,50`."""
    sign, digits = ("-", kept[1:]) if kept.startswith("-") else ("", kept)
    whole, _, places = digits.partition(".")
    said = joined([sign, whole[: (len(whole) - 1) % 3 + 1]], "")
    for start in range((len(whole) - 1) % 3 + 1, len(whole), 3):
        said = say("{thousands},{rest}", thousands=said, rest=whole[start : start + 3])
    return say("{whole}.{places}", whole=said, places=places) if places else said
