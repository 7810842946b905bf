"""How a figure is read that a person wrote, and how a page shows it: one meaning, or a refusal that names both."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.decimals import decimal_text, read_decimal, spoken
from workflows.definition import Number


def rule(decimals: int, least: int | None = None, most: int | None = None) -> Number:
    return Number(label="Đã chi", decimals=decimals, at_least=least, at_most=most)


@pytest.mark.parametrize(
    ("written", "decimals", "kept"),
    [
        ("1234", 0, "1234"),
        ("1.234", 0, "1234"),
        ("1.234.567", 2, "1234567.00"),
        ("1.234,5", 1, "1234.5"),
        ("1234,5", 2, "1234.50"),
        ("1234.5", 1, "1234.5"),
        ("1,234.5", 1, "1234.5"),
        ("0.125", 3, "0.125"),
        ("1234.567", 3, "1234.567"),
        (" -12,5 ", 1, "-12.5"),
        ("-0,0", 1, "0.0"),
        ("007", 0, "7"),
    ],
)
def test_a_figure_is_read_as_offices_write_it(written: str, decimals: int, kept: str) -> None:
    assert read_decimal(written, rule(decimals)) == kept


@pytest.mark.parametrize(
    ("written", "decimals", "says"),
    [
        ("1.234", 2, "can be read as 1234 or as 1.234; write 1234, or a comma before decimals"),
        ("1,5", 0, "is not a whole number"),
        ("0,125", 2, "has more than 2 decimals"),
        ("1.23.4", 1, "is no number; write it as 1234, 1234,5 or 1.234,5"),
        ("1e5", 0, "is no number"),
        ("١٢", 0, "is no number"),
        ("", 0, "is no number"),
        ("9" * 16, 0, "has more than 15 digits"),
        ("-1", 0, "-1 is less than 0"),
        ("1.000.001", 0, "1,000,001 is more than 1,000,000"),
    ],
)
def test_what_is_no_figure_is_refused_with_what_would_be(written: str, decimals: int, says: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_decimal(written, rule(decimals, 0, 1_000_000))
    assert says in str(refused.value)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=3))
def test_what_is_kept_and_what_is_shown_are_read_as_the_same_figure(value: Decimal) -> None:
    kept = decimal_text(value, 3)
    assert Decimal(kept) == value
    assert read_decimal(kept.replace(".", ","), rule(3)) == kept
    shown = str(spoken(kept))
    assert shown.replace(",", "") == kept
    assert "." in shown
