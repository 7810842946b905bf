"""A row of an office's list becomes a task; what cannot be read in it is told, all of it, with its place."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest

from engine.exchange.errors import UnreadableDocument
from engine.exchange.opening_heads import HEADS, sample
from engine.exchange.opening_rows import Reading, Task, mode_words
from engine.exchange.table_heads import Headed, find_heads
from tests.support.law import notice, offices
from tests.support.lists import HEADERS, read, task_row, workbook
from workflows.calendar import day_end
from workflows.fields import parse_instant

SEPTEMBER = day_end(date(2023, 9, 29))


def headed(*rows: Sequence[Any], **more: Any) -> Headed:
    return find_heads(read(workbook(*rows, **more)), HEADS)


def task(**changed: Any) -> Task:
    """The good row with these cells changed, read."""
    table = headed([*HEADERS, "Cách theo dõi"], [*task_row(1, **{k: v for k, v in changed.items() if k != "mode"}),
                                                 changed.get("mode", "")])  # fmt: skip
    [row] = table.rows
    return Reading(table, offices(), mode_words([notice()]), "once").task(row)


def faults(**changed: Any) -> list[str]:
    return [f"{one.line}:{one.column} {one.code} {one.message}" for one in task(**changed).faults]


# Headers


@pytest.mark.parametrize(
    "names",
    [
        ["Số/ký hiệu văn bản", "Ngày văn bản", "Cơ quan ban hành", "Nội dung nhiệm vụ", "Đơn vị chủ trì", "Thời hạn"],
        ["SỐ, KÝ HIỆU", "NGÀY, THÁNG, NĂM", "CƠ QUAN GIAO", "NHIỆM VỤ ĐƯỢC GIAO", "CHỦ TRÌ", "HẠN HOÀN THÀNH (ngày)"],
        [
            "so ky hieu van ban",
            "ngay ban hanh",
            "co quan ban hanh van ban",
            "noi dung",
            "don vi thuc hien",
            "han xu ly",
        ],
        ["Symbol", "Date", "Issuer", "Task", "Lead", "Deadline"],
        ["Document number", "Issued on", "Issued by", "Content", "Lead office", "Due"],
        ["Văn bản giao nhiệm vụ", "Ngày ký", "Đơn vị giao", "Tên nhiệm vụ", "Cơ quan chủ trì", "Thời hạn hoàn thành"],
    ],
)
def test_columns_are_found_by_their_words_in_any_order(names: list[str]) -> None:
    fields = ["symbol", "issued_on", "issuer", "text", "lead", "due"]
    assert headed(names).columns == {field: place for place, field in enumerate(fields)}
    assert headed(["DANH MỤC"], [], names[::-1]).columns == {field: 5 - place for place, field in enumerate(fields)}


def test_every_column_of_the_sample_is_known() -> None:
    table = find_heads(read(sample()), HEADS)
    assert table.unread == ()
    assert len(table.columns) == 11
    assert len(table.rows) == 2


def test_headings_over_several_columns_and_a_row_that_counts_them_are_understood() -> None:
    table = headed(
        ["Danh mục nhiệm vụ năm 2023"],
        ["TT", "Văn bản", None, None, "Nội dung nhiệm vụ", "Chủ trì", "Hạn"],
        [None, "Số, ký hiệu", "Ngày", "Cơ quan ban hành"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "1/UBND-NC", "01/06/2023", "province", "Việc", "unit-1", ""],
        merged=["B2:D2", "A2:A3", "E2:E3", "F2:F3", "G2:G3"],
    )  # fmt: skip
    assert (table.line, [row.line for row in table.rows], table.unread) == (3, [5], ("TT",))
    assert set(table.columns) == {"symbol", "issued_on", "issuer", "text", "lead", "due"}


def test_headings_in_two_rows_are_understood_where_nothing_says_what_is_merged() -> None:
    text = ",Văn bản,,,Nội dung nhiệm vụ,Chủ trì\n,Số ký hiệu,Ngày,Cơ quan ban hành,,\n1,1/UBND-NC,1/6/2023,province,a,unit-1\n"
    assert set(find_heads(read(text), HEADS).columns) == {"symbol", "issued_on", "issuer", "text", "lead"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], ['1:1 T109 none of the first 20 rows holds the headers; write a row with "Số/ký hiệu văn bản"']),
        ([["a", "b", "c"]] * 30, ["1:1 T109 none of the first 20 rows"]),
        ([["x"]] * 20 + [list(HEADERS)], ["1:1 T109 none of the first 20 rows"]),
        ([["TT", "Số ký hiệu", "Nội dung", "Chủ trì"]],
         ['1:1 T109 there is no column "Ngày văn bản"', '1:1 T109 there is no column "Cơ quan ban hành"']),
        ([[*HEADERS, "Hạn"]], ['1:12 T110 two columns mean "Thời hạn": 8 and 12; rename one']),
    ],
)  # fmt: skip
def test_headers_that_are_missing_or_stand_twice_are_all_named(rows: list[Any], says: list[str]) -> None:
    with pytest.raises(UnreadableDocument) as error:
        headed(*rows)
    assert len(error.value.problems) == len(says)
    for problem, said in zip(error.value.problems, says, strict=True):
        assert said in str(problem)


# What a row says


def test_a_good_row_is_read_whole() -> None:
    found = task(support="unit-4; Unit 5\nunit-6", remark="Gấp")
    assert not found.faults
    assert (str(found.symbol), found.issued_on, found.issuer) == ("1/UBND-NC", date(2023, 6, 1), "province")
    assert (found.text, found.lead, found.support) == ("Nhiệm vụ số 1", ("unit-2",), ("unit-4", "unit-5", "unit-6"))
    assert (found.due, found.mode, found.officer) == (SEPTEMBER, None, "Chuyên viên")
    assert found.note == "Đang thực hiện\nGấp"


@pytest.mark.parametrize(
    "written",
    [
        datetime(2023, 9, 29), date(2023, 9, 29), "29/09/2023", "29/9/2023", "29.9.2023", "29-09-2023", "2023-09-29",
        "2023-09-29 00:00:00", "ngày 29 tháng 9 năm 2023", " 29/09/2023 ",
    ],
)  # fmt: skip
def test_a_date_is_read_in_each_way_that_lists_write_it(written: Any) -> None:
    assert task(due=written).due == SEPTEMBER
    assert task(issued_on=written, due="").issued_on == date(2023, 9, 29)


@pytest.mark.parametrize("written", [datetime(2023, 9, 29, 16), "2023-09-29 16:00", "29/09/2023 16:00"])
def test_an_hour_is_vietnams(written: Any) -> None:
    assert task(due=written).due == parse_instant("2023-09-29T16:00")


def test_a_deadline_in_words_that_hold_a_plain_date_keeps_its_wording() -> None:
    found = task(due="Trước ngày 30/9/2023")
    assert (found.due, found.due_wording) == (day_end(date(2023, 9, 30)), "Trước ngày 30/9/2023")
    assert task(due="trước 16 giờ ngày 20/8/2023").due == parse_instant("2023-08-20T16:00")


def test_words_that_give_no_date_stand_where_the_row_says_how_it_is_followed_up() -> None:
    found = task(due="Thường xuyên", mode="on_event")
    assert (found.faults, found.due, found.due_wording, found.mode) == ([], None, "Thường xuyên", "on_event")
    assert faults(due="Thường xuyên") == [
        '2:8 I203 "Thường xuyên" is no date; write dd/mm/yyyy, or how it is followed up'
    ]


@pytest.mark.parametrize("written", ["31/02/2023", "08/31/2023", "29/9/23", "45188", "tháng 9/2023", "31/9", "x" * 90])
def test_what_is_no_date_is_shown_as_written(written: str) -> None:
    [fault] = faults(due=written)
    assert fault.startswith(f'2:8 I203 "{written[:60]}')
    [fault] = faults(issued_on=written)
    assert fault.startswith(f'2:3 I203 "{written[:60]}')


@pytest.mark.parametrize("written", ["báo cáo định kỳ", "PERIODIC", "every quarter", "Báo cáo định kỳ"])
def test_a_mode_is_read_by_any_of_its_words(written: str) -> None:
    assert task(due="", mode=written).mode == "periodic"


def test_a_task_without_a_date_is_followed_up_as_was_chosen_for_all() -> None:
    assert task(due="").mode == "once"


def test_symbol_and_date_may_share_a_cell() -> None:
    found = task(symbol="Công văn số 1/UBND-NC ngày 01/6/2023", issued_on="")
    assert (found.faults, str(found.symbol), found.issued_on) == ([], "1/UBND-NC", date(2023, 6, 1))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"symbol": ""}, '2:2 I201 "Số/ký hiệu văn bản" is blank'),
        ({"symbol": "công văn tỉnh"}, '2:2 I202 "công văn tỉnh" is no document symbol such as 304/TB-VPCP'),
        ({"symbol": "1/UBND-NC; 2/UBND-NC"}, '2:2 I202 "1/UBND-NC; 2/UBND-NC" names several documents'),
        ({"issued_on": ""}, '2:3 I201 "Ngày văn bản" is blank'),
        ({"issued_on": datetime(9999, 12, 31)}, "2:3 I203 the year 9999 cannot be meant"),
        ({"due": datetime(9999, 12, 31)}, "2:8 I203 the year 9999 cannot be meant"),
        ({"issuer": ""}, '2:4 I201 "Cơ quan ban hành" is blank'),
        ({"issuer": "Sở Xây dựng"}, '2:4 I204 no office "Sở Xây dựng" in the directory: cascade office list'),
        ({"issuer": "Unit"}, '2:4 I205 "Unit" can be unit-1, unit-2, unit-3, unit-4, unit-5; write the id'),
        ({"text": "  "}, '2:5 I201 "Nội dung nhiệm vụ" is blank'),
        ({"text": "a" * 20_001}, "2:5 I211 20,001 letters; 20,000 is the most"),
        ({"lead": ""}, '2:6 I201 "Đơn vị chủ trì" is blank'),
        ({"lead": ";\n;"}, '2:6 I201 "; ;" names no office'),
        ({"lead": "unit-1; unit-1"}, "2:6 I206 unit-1 is named twice"),
        ({"lead": "unit-1; unit-99"}, '2:6 I204 no office "unit-99" in the directory'),
        ({"support": "unit-2"}, "2:7 I206 unit-2 leads it already"),
        ({"due": "31/05/2023"}, "2:8 I208 31/05/2023 is before the document's own date, 01/06/2023"),
        ({"due": "=TODAY()"}, "2:8 I212 its formula has no stored value; open the file in Excel and save it"),
        ({"progress": "Đã hoàn thành"}, '2:10 I213 "Đã hoàn thành": a task that has ended is no opening balance'),
        ({"mode": "sometimes"}, '2:12 I207 "sometimes" is no way to follow a task up; there are once, periodic'),
    ],
)
def test_each_fault_has_its_code_its_cell_and_its_reason(changed: dict[str, Any], says: str) -> None:
    [fault] = faults(**changed)
    assert fault.startswith(says)


def test_every_fault_of_a_row_is_told_at_once() -> None:
    found = faults(
        symbol="", issued_on="32/13/2023", issuer="nobody", text="", lead="unit-99", due="soon", mode="never"
    )
    assert [fault.split()[1] for fault in found] == ["I201", "I203", "I204", "I201", "I204", "I207", "I203"]
