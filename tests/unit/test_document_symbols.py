"""Symbols and dates, read the ways they are written."""

from datetime import date

import pytest

from engine.exchange.symbols import compose, find_symbols, read_heading, read_symbol, suspects
from engine.exchange.written_dates import date_in, find_date


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Thông báo số 304/TB-VPCP ngày 19/7/2023", ["304/TB-VPCP"]),
        ("Quyết định 42/2014/QĐ-TTg của Thủ tướng", ["42/2014/QĐ-TTg"]),
        ("Nghị quyết số 190/2025/QH15.", ["190/2025/QH15"]),
        ("Nghị quyết số 36-NQ/TW ngày 1/7/2014", ["36-NQ/TW"]),
        ("Công văn số 2221 /UBND-TH", ["2221/UBND-TH"]),
        ("Công văn số 6012/BKH-KTĐP &LT ngày", ["6012/BKH-KTĐP&LT"]),
        ("số 304/TB- VPCP", ["304/TB-VPCP"]),
        ("các văn bản số 614, 615, 616-CV/VPTW", ["614-CV/VPTW", "615-CV/VPTW", "616-CV/VPTW"]),
        ("Công văn số 12, 13 và 14/UBND-NC", ["12/UBND-NC", "13/UBND-NC", "14/UBND-NC"]),
        ("công văn số 3418/BVNTW ngày 31/10/2024", ["3418/BVNTW"]),
        ("số 99/SCT-VP - Kế hoạch năm", ["99/SCT-VP"]),
        ("Công văn 61a/SXD-QLN", ["61a/SXD-QLN"]),
        ("từ ngày 10/5/2026 đến hết ngày 14/5/2026", []),
        ("100.000 đồng/người, 24/24 giờ, tháng 11/2024(1)", []),
        ("Km363+410 QL.6, QCVN 102:2016/BTTTT", []),
        ("1/2 số hộ, 3/Người", []),
    ],
)
def test_symbols_are_found_in_running_text(written: str, read: list[str]) -> None:
    assert [str(found.symbol) for found in find_symbols(written)] == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" /SKHCN-VP", (None, "SKHCN-VP", "")),
        (" 61/SKHCN-VP", ("61", "SKHCN-VP", "")),
        (" ......./TB-UBND", (None, "TB-UBND", "")),
        (" 3467/QĐ-BYT Hà Nội, ngày 15", ("3467", "QĐ-BYT", "Hà Nội, ngày 15")),
        ("-NQ/TW", (None, "NQ/TW", "")),
        (" /2023/QĐ-UBND", (None, "2023/QĐ-UBND", "")),
        ("", (None, None, "")),
        (" 61", ("61", None, "")),
        (" 35 Đại lộ", None),
    ],
)
def test_a_number_line_may_leave_anything_blank(written: str, read: tuple[str | None, str | None, str] | None) -> None:
    assert read_heading(written) == read


def test_two_ways_of_writing_one_symbol_have_one_key() -> None:
    keys = [read_symbol(text) for text in ("05/KH-SKHCN", "5 /KH–SKHCN")]
    assert len({symbol.key for symbol in keys if symbol}) == 1
    assert None not in keys


def test_party_documents_are_put_together_with_a_hyphen() -> None:
    assert compose(36, "NQ/TW") == "36-NQ/TW"
    assert compose(61, "SKHCN-VP") == "61/SKHCN-VP"
    assert compose(42, "2014/QĐ-TTg") == "42/2014/QĐ-TTg"


def test_only_slips_of_the_hand_are_suspected() -> None:
    def suspected(*cited: str, own: tuple[str, ...] = ()) -> dict[str, str]:
        return dict(suspects([symbol for text in cited if (symbol := read_symbol(text))], own))

    assert suspected("408/SKHHCN-VP", "745/SKHHCN-VP", own=("SKHCN", "VP")) == {"SKHHCN": "SKHCN"}
    assert suspected("1/BGDĐT-VP", "2/BGDĐT-VP", "3/BGDDT-VP") == {"BGDDT": "BGDĐT"}
    assert suspected("1/2023/ND-CP") == {"ND": "NĐ"}
    assert suspected("1/STNMT-VP", "2/SNNMT-VP", "3/SNNMT-VP") == {}
    assert suspected("1/TB-UBND", "2/TTr-UBND", "3/HD-UBND", "4/HĐ-UBND") == {}


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("ngày 11/8/2023", date(2023, 8, 11)),
        ("ngày 10 tháng 5 năm 2026", date(2026, 5, 10)),
        ("17 tháng 12 năm 2024", date(2024, 12, 17)),
        ("ngày 04 - 8 - 2023", date(2023, 8, 4)),
        ("ngày 30.9.2023", date(2023, 9, 30)),
        ("ngày 31/02/2023", None),
        ("ngày    tháng 8 năm 2023", None),
    ],
)
def test_dates_are_read_as_documents_write_them(written: str, on: date | None) -> None:
    found = find_date(f"Công văn {written} của Bộ")
    assert found is not None
    assert found.on == on


def test_a_person_may_type_a_date_either_way_and_nothing_else() -> None:
    assert date_in("2023-08-16") == date_in("16/8/2023") == date(2023, 8, 16)
    assert date_in("16/8") is None
    assert date_in("2023-02-31") is None
    assert date_in("ngày mai") is None
