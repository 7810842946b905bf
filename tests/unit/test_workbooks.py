"""A workbook holds what the report says, as what it is: days as days, counts as counts, and nothing that computes."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from engine.reporting.report import Column, Report, Row, Table, as_data, digest_of
from engine.reporting.workbook import clean, workbook
from storage.queries.heads import Heads
from workflows.calendar import day_end
from workflows.offices import Office, Offices
from workflows.text import say

HOSTILE = ["=1+1", "+84 91", "-2+3", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(\"http://x\")", "＝1+1", "http://example.com",
           "{=1}", "007", "1/2", "TRUE"]  # fmt: skip
OFFICES = Offices(
    {
        "p": Office("p", "Ủy ban nhân dân tỉnh", "province"),
        "d": Office("d", "Sở Khoa học và Công nghệ", "department", "p", host=True),
    }
)
HOUR = datetime(2023, 9, 5, 9, tzinfo=UTC)


def report(*rows: Row, total: Row | None = None) -> Report:
    columns = (
        Column("no", say("No."), "number", 5),
        Column("text", say("Task"), "text", 30),
        Column("on", say("Owed since"), "day", 11),
        Column("due_at", say("Due"), "due", 12),
        Column("late", say("Days late"), "number", 8),
    )
    table = Table("tasks", say("Overdue"), columns, rows, total)
    at = datetime(2023, 9, 16, 2, tzinfo=UTC)
    return Report("overdue", say("List of overdue tasks"), "d", OFFICES, at, "now", (table,), Heads("a" * 64, 3, 70),
                  notes=(say("No."),), then=say("There is nothing in it."))  # fmt: skip


def row(number: int, text: str, due: datetime | None = None) -> Row:
    return Row({"no": number, "text": text, "on": date(2023, 8, 16), "due_at": due, "late": number * 2})


def sheet(made: Report) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(workbook(made))).active


def table_of(made: Report) -> tuple[int, list[list[openpyxl.cell.Cell]]]:
    found = sheet(made)
    head = next(row[0].row for row in found.iter_rows() if row[0].value == "STT")
    return head, [list(row) for row in found.iter_rows(min_row=head + 2)]


def test_a_digest_that_begins_with_a_digit_is_no_size_of_letters() -> None:
    made = next(one for one in (report(row(1, str(n))) for n in range(99)) if one.digest[0].isdigit())
    assert sheet(made).oddFooter.left.size == 8


def test_it_holds_what_the_json_says_cell_by_cell() -> None:
    made = report(row(1, "Quán triệt", day_end(date(2023, 8, 31))), row(2, "Báo cáo", HOUR), row(3, "Không hạn"))
    _, cells = table_of(made)
    said = as_data(made)["tables"][0]["rows"]
    for line, data in zip(cells, said, strict=False):
        number, text, on, due, late = line
        assert (number.value, text.value, late.value) == (data["no"], data["text"], data["late"])
        assert on.value == datetime(2023, 8, 16)
        assert on.number_format == "dd/mm/yyyy"
        assert (due.value is None or due.value == "") == (data["due_at"] is None)
    assert cells[0][3].value == datetime(2023, 8, 31)
    assert cells[0][3].number_format == "dd/mm/yyyy"
    assert cells[1][3].value == datetime(2023, 9, 5, 16)  # Vietnam's time
    assert cells[1][3].number_format == "dd/mm/yyyy hh:mm"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_wrote_is_text_and_never_a_formula_or_a_link(text: str) -> None:
    _, cells = table_of(report(row(1, text)))
    cell = cells[0][1]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.hyperlink is None
    if text[0] in "=+-@\t\r＝":
        assert cell.quotePrefix, "nor does it become one when somebody edits it"


def test_no_cell_of_it_computes_anything() -> None:
    made = report(*(row(place, text) for place, text in enumerate(HOSTILE, 1)), total=Row({"text": "=9", "late": 3}))
    assert not [cell for line in sheet(made).iter_rows() for cell in line if cell.data_type == "f"]


def test_it_prints_as_an_office_does() -> None:
    made = report(row(1, "x"))
    found = sheet(made)
    head, _ = table_of(made)
    assert (found.page_setup.orientation, found.page_setup.paperSize) == ("landscape", 9)
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.page_setup.fitToHeight == 0, "as wide as a page, and as long as it is"
    assert found.print_title_rows == f"${head}:${head + 1}"
    assert found.freeze_panes == f"B{head + 2}"
    words = [str(cell.value) for line in found.iter_rows() for cell in line if cell.value]
    assert words[:4] == ["ỦY BAN NHÂN DÂN TỈNH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
                         "Độc lập - Tự do - Hạnh phúc"]  # fmt: skip
    assert "DANH MỤC NHIỆM VỤ QUÁ HẠN" in words
    assert "............, ngày 16 tháng 9 năm 2023" in words
    assert {"NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"} <= set(words)
    assert any(made.digest in one for one in words)
    assert any("aaaaaaaaaaaa" in one for one in words)
    assert made.digest[:16] in found.oddFooter.left.text
    assert all(found.column_dimensions[letter].width >= 5 for letter in "ABCDE")


def test_an_empty_one_says_what_to_do_next() -> None:
    made = report()
    assert made.empty
    words = [str(cell.value) for line in sheet(made).iter_rows() for cell in line if cell.value]
    assert any(one == "Không có dòng nào." for one in words)


def test_a_text_that_no_cell_holds_is_cut_and_says_so() -> None:
    assert clean("a\x00b\x0bc") == "abc"
    found = clean("x" * 40_000)
    assert len(found) == 32_767
    assert found.endswith("[…]")


def test_the_digest_follows_from_the_rows_as_the_page_for_makers_says() -> None:
    import hashlib
    import json

    made = report(row(1, "Quán triệt", day_end(date(2023, 8, 31))))
    lines = ['{"table":"tasks"}']
    lines.append('{"due_at":"2023-08-31T17:00:00Z","late":2,"no":1,"on":"2023-08-16","text":"Quán triệt"}')
    assert made.digest == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert json.loads(lines[1])["text"] == "Quán triệt"
    assert digest_of([("a", [{"b": 1, "a": 2}])]) == digest_of([("a", [{"a": 2, "b": 1}])])
    assert digest_of([("a", [{"a": 1}])]) != digest_of([("a", [{"a": 2}])])
    assert digest_of([("a", [{"a": 1}, {"a": 2}])]) != digest_of([("a", [{"a": 2}, {"a": 1}])])
