"""The next free number of a series, as the directives kept here use it; on both databases."""

import pytest

from engine.exchange.symbols import number_in
from storage.queries.numbers import GAPS_MAX, Series, series
from tests.support.desk import Desk, task
from tests.support.offices import DEPARTMENT


def used(desk: Desk, notation: str, year: int = 2023, issuer: str = DEPARTMENT) -> Series:
    with desk.runtime.database.reading() as connection:
        return series(connection, issuer, year, notation, number_in)


def test_the_number_after_the_highest_comes_next_and_what_was_left_out_is_named(desk: Desk) -> None:
    for symbol in ("61/SKHCN-VP", "58/SKHCN-VP", "60a/SKHCN-VP", "70/TB-SKHCN"):
        desk.cascade = ""
        desk.issue(DEPARTMENT, task("2023-09-29", "unit-1"), symbol=symbol)
    known = used(desk, "SKHCN-VP")
    assert (known.next, known.highest, known.used) == (62, 61, 3)
    assert known.gaps == tuple(range(1, GAPS_MAX + 1))
    assert known.missing == 58
    assert used(desk, "TB-SKHCN").next == 71


def test_a_series_is_of_one_issuer_one_year_and_one_notation(desk: Desk) -> None:
    desk.issue(DEPARTMENT, task("2023-09-29", "unit-1"), symbol="7/SKHCN-VP")
    assert used(desk, "SKHCN-VP").next == 8
    assert used(desk, "skhcn–vp").next == 8
    for other in (used(desk, "SKHCN-KH"), used(desk, "SKHCN-VP", 2024), used(desk, "SKHCN-VP", issuer="unit-1")):
        assert (other.next, other.used, other.gaps) == (1, 0, ())


@pytest.mark.parametrize(
    ("symbol", "notation", "number"),
    [
        ("61/SKHCN-VP", "SKHCN-VP", 61),
        ("05/SKHCN-VP", "SKHCN-VP", 5),
        ("61a/SKHCN-VP", "SKHCN-VP", 61),
        ("36-NQ/TW", "NQ/TW", 36),
        ("42/2023/QĐ-UBND", "2023/QĐ-UBND", 42),
        ("61/SKHCN-VP", "SKHCN", None),
        ("no symbol", "SKHCN-VP", None),
    ],
)
def test_a_symbol_gives_its_number_under_its_own_notation(symbol: str, notation: str, number: int | None) -> None:
    assert number_in(symbol, notation) == number
