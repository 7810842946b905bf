"""Spreadsheets and CSV files become rows with their line numbers; what cannot be read is refused, with why and where."""

import random
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from engine.exchange import tables, workbook_guard
from engine.exchange.errors import UnreadableDocument
from engine.exchange.tables import Broken, Row
from tests.support.lists import HEADERS, read, saved, task_row, with_part, workbook

LINE = "Số ký hiệu,Nội dung,Chủ trì\n"
SHEET = "xl/worksheets/sheet1.xml"
OPENS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSES = b"</sheetData></worksheet>"


def refused(data: bytes | str, sheet: str | None = None) -> str:
    with pytest.raises(UnreadableDocument) as error:
        read(data, sheet)
    [problem] = error.value.problems
    return str(problem)


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_is_read_whatever_its_delimiter_with_or_without_its_mark(delimiter: str, mark: str) -> None:
    text = f"Số ký hiệu{delimiter}Nội dung{delimiter}Chủ trì\n1/TB{delimiter}Việc{delimiter}vp\n"
    assert read(mark + text).rows == (Row(1, ("Số ký hiệu", "Nội dung", "Chủ trì")), Row(2, ("1/TB", "Việc", "vp")))


def test_the_delimiter_is_the_one_that_the_headers_stand_between() -> None:
    text = "Danh mục, theo dõi, năm 2023\nSố ký hiệu;Nội dung;Chủ trì\n1/TB;Rà soát, báo cáo, tổng hợp, trình;vp"
    assert read(text).rows[2].cells == ("1/TB", "Rà soát, báo cáo, tổng hợp, trình", "vp")


def test_the_delimiter_that_excel_writes_in_a_first_line_is_followed() -> None:
    assert [row.cells for row in read("sep=|\r\nSố ký hiệu|Nội dung\r\n1/TB|a\r\n").rows] == [
        ("Số ký hiệu", "Nội dung"),
        ("1/TB", "a"),
    ]


def test_a_quoted_line_break_belongs_to_its_cell_and_lines_are_counted_in_the_file() -> None:
    rows = read(LINE + '1/TB,"Việc\nhai dòng",vp\n\n2/TB,b,vp\n').rows
    assert [(row.line, row.cells[1]) for row in rows[1:]] == [(2, "Việc\nhai dòng"), (5, "b")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (LINE.encode("utf-16"), "tasks:1:1 T103 the text is in UTF-16; save it as CSV UTF-8"),
        (LINE.encode() + "Việc".encode("cp1258", "replace") + b"\xff", "tasks:2:1 T103 byte 43 is not UTF-8"),
        (LINE.encode() + b"a\x00b", "tasks:2:1 T102 it holds a NUL byte"),
        (LINE + '1/TB,"open,vp\n2/TB', "tasks:2:1 T107 the record that begins here cannot be read"),
        (LINE + f"1/TB,{'a' * 200_000},vp", "tasks:2:1 T107 the record that begins here cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "T102 this is an old .xls workbook, or one with a password"),
        (b"%PDF-1.7 ...", "T102 this is a PDF file"),
        (b"PK\x03\x04 and nothing more", "T105 this is no workbook that can be read"),
    ],
)
def test_what_is_no_table_is_refused_with_the_place_and_what_to_do(data: bytes | str, says: str) -> None:
    assert says in refused(data)


def test_a_file_larger_than_twenty_megabytes_is_refused_at_once() -> None:
    assert "T101" in refused(b"a" * (tables.SIZE_MAX + 1))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_more_rows_than_an_office_has_tasks_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables.ROWS_MAX == 50_000
    monkeypatch.setattr("engine.exchange.tables.ROWS_MAX", 30)
    monkeypatch.setattr("engine.exchange.workbooks.ROWS_MAX", 30)
    rows = [task_row(n) for n in range(1, 31)]
    whole = (
        workbook(HEADERS, *rows) if kind == "xlsx" else "\n".join(",".join(map(str, row)) for row in [HEADERS, *rows])
    )
    assert "T106 it has more than 30 rows; divide it" in refused(whole)


# Workbooks


def test_a_workbook_is_read_by_its_cells_as_they_are_shown() -> None:
    data = workbook(["a", 304, 5.0, 2.5, True, datetime(2023, 7, 19), None, "z"], [], ["b"])
    assert read(data).rows == (
        Row(1, ("a", "304", "5", "2.5", "True", datetime(2023, 7, 19), "", "z")),
        Row(3, ("b",)),
    )
    assert read(data).sheet == "Tasks"


def test_a_formula_is_read_by_the_value_that_excel_stored_and_refused_where_none_is() -> None:
    cells = (
        b'<c r="A1" t="str"><f>T(1)</f><v>61/TB-VPCP</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        b'<c r="C1"><f>1+1</f></c><c r="D1"><f>A1</f><v></v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        b'<c r="F1" t="str"><f>T(0)</f><v></v></c>'
    )
    [row] = read(with_part(workbook(["x"]), SHEET, OPENS + b'<row r="1">' + cells + b"</row>" + CLOSES)).rows
    assert row.cells[:2] == ("61/TB-VPCP", "2")
    assert [str(one.says) for one in row.cells[2:] if isinstance(one, Broken)] == [
        *["its formula has no stored value; open the file in Excel and save it"] * 2,
        "it shows the error #DIV/0!",
    ]
    assert len(row.cells) == 5


def test_what_is_merged_down_stands_in_each_row_that_it_covers() -> None:
    rows = read(workbook(["1/TB", "a"], [None, "b"], [None, "c"], [None, "d"], merged=["A1:A3"])).rows
    assert [row.cells[0] for row in rows] == ["1/TB", "1/TB", "1/TB", ""]


def test_a_workbook_with_several_filled_sheets_is_read_where_one_is_named() -> None:
    book = Workbook()
    for title in ("2023", "2024"):
        book.create_sheet(title).append([title])
    data = saved(book)
    assert "T108 several of its sheets are filled; name one with --sheet: 2023, 2024" in refused(data)
    assert read(data, "2024").rows[0].cells == ("2024",)
    assert "T108 it has no sheet '2025'; it has Sheet, 2023, 2024" in refused(data, "2025")
    assert "T102 a CSV file has no sheets" in refused("a,b", "2024")


def test_a_hidden_sheet_is_not_read() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["seen"])
    hidden = book.create_sheet("lists")
    hidden.append(["Chưa tiếp nhận"])
    hidden.sheet_state = "hidden"
    assert [row.cells for row in read(saved(book)).rows] == [("seen",)]


def test_a_sheet_that_states_a_false_size_is_read_whole() -> None:
    sheet = OPENS.replace(b"<sheetData>", b'<dimension ref="A1:A1"/><sheetData>')
    rows = b'<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row><row r="900000"><c r="B900000"><v>2</v></c></row>'
    assert read(with_part(workbook(["x"]), SHEET, sheet + rows + CLOSES)).rows == (
        Row(1, ("1", "", "3")),
        Row(900_000, ("", "2")),
    )


# Bombs


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part(workbook(["x"]), "xl/media/image1.png", b"\0" * (workbook_guard.TOTAL_MAX + 1))
    assert len(bomb) < 1_000_000
    monkeypatch.delattr(zipfile.ZipFile, "open")  # not one part of it is opened
    assert "T104 unpacked it is larger than 209,715,200 bytes" in refused(bomb)


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        ("xl/styles.xml", b" " * (workbook_guard.OTHER_MAX + 1), "its part xl/styles.xml is larger than 4,194,304 bytes"),
        ("xl/sharedStrings.xml", b"<si/>" * 1_000_001, "more than 1,000,000 different texts"),
        ("xl/sharedStrings.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst/>', "its part xl/sharedStrings.xml declares entities"),
        (SHEET, b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + OPENS + CLOSES, "a sheet of it declares entities"),
        (SHEET, OPENS + b"<row>" + b"<c/>" * 20_000 + b"</row>" + CLOSES, "more cells than a sheet can have"),
        (SHEET, OPENS + b'<row r="999999999"/>' + CLOSES, "more cells than a sheet can have"),
        (SHEET, OPENS + b'<row r="5"/><row r="4"/>' + CLOSES, "its rows are out of order"),
        (SHEET, OPENS + b"<row>", "this is no workbook that can be read"),
        ("xl/workbook.xml", b"<nothing>", "this is no workbook that can be read"),
    ],
)  # fmt: skip
def test_a_workbook_that_asks_for_too_much_is_refused(part: str, content: bytes, says: str) -> None:
    assert says in refused(with_part(workbook(["x"]), part, content))


def test_a_workbook_with_any_of_its_bytes_changed_is_read_or_refused() -> None:
    data = workbook(HEADERS, *[task_row(n) for n in range(1, 4)])
    draw = random.Random(7)
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(draw.randint(1, 8)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        try:
            read(bytes(changed))
        except UnreadableDocument:
            continue  # any other error fails the test
