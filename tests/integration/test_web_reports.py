"""Reports on pages, without scripts: numbers that lead to their lists, wrong input, the past, who sees what; and the API."""

import io
import re
from collections.abc import Iterator
from html import unescape

import openpyxl
import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import Visitor, account
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk, task
from tests.support.offices import DEPARTMENT, PROVINCE
from tests.support.programs import Program, token

LATE = "/reports/overdue"
PERIOD = "period=2023-09"


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    """Three units with an order: one has reported and is done, one is late, one has asked for another date."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.issue(PROVINCE, task("2023-08-25", DEPARTMENT))
        first, second, third = desk.issue(DEPARTMENT, task("2023-08-18", "unit-1", "unit-2", "unit-3", under=1))
        for number, unit in ((first, "unit-1"), (second, "unit-2"), (third, "unit-3")):
            desk.act(f"{unit}/clerk", number, "receive")
        desk.act("unit-1/leader", first, "report", symbol="1/BC", sent_on="2023-08-14")
        desk.act("department/leader", first, "accept")
        desk.act("unit-2/leader", second, "request_extension", until="2023-08-20", reason="=Chờ <b>số liệu</b>")
        desk.act("department/leader", second, "refuse_extension", reason="Không")
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "clerk", ("unit-2", "clerk"))
        account(runtime, "reader", roles=("auditor",), language="en")
        account(runtime, "keeper", roles=("admin",))
        desk.live_until("2023-08-28T09:00")
        yield runtime


@pytest.fixture
def leader(visitor: Visitor) -> Visitor:
    return visitor.sign_in("leader")


def rows(page: str) -> list[list[str]]:
    found = re.findall(r"<tr(?: class=\"sum\")?>(.*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in found]
    return [[" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in row] for row in cells if row]


def digest(page: str) -> str:
    [found] = re.findall(r"\(sha256\): ([0-9a-f]{64})", page)
    return str(found)


def test_there_are_four_reports_and_the_menu_leads_to_them(leader: Visitor) -> None:
    page = leader.look("/reports").text
    assert 'href="/reports"' in page
    for path in re.findall(r'<h2><a href="(/reports/[^"]+)"', page):
        assert leader.look(path).status_code == 200, path
    assert len(re.findall(r"<h2><a", page)) == 4


@pytest.mark.parametrize("more", ["", "&every=1", "&office=unit-2", "&part=lead"])
def test_every_number_is_as_long_as_the_list_it_leads_to(leader: Visitor, more: str) -> None:
    page = leader.look(f"/reports/four-groups?{PERIOD}{more}").text
    found = re.findall(r'<a href="(/obligations[^"]*)">([\d.]+)</a>', page)
    assert len(found) > 4
    for href, number in dict.fromkeys(found):
        listed = leader.look(unescape(href)).text
        [count] = re.findall(r'class="counted">\s*([\d.,]+)', listed)
        assert int(number) == int(count) == listed.count('data-label="Tiến độ"'), href
    leader.look(f"/reports/four-groups?{PERIOD}")
    assert "giao đến" in leader.look(unescape(found[0][0])).text.lower()


def test_the_totals_add_up_on_the_page(leader: Visitor) -> None:
    page = leader.look(f"/reports/four-groups?{PERIOD}").text
    for _, carried, given, total, due, *groups in rows(page):
        assert int(carried) + int(given) == int(total) == sum(map(int, groups))
        assert int(due) <= int(total)
    assert "tháng 09 năm 2023 (từ 15/08/2023 đến 14/09/2023)" in leader.words


def test_what_is_overdue_says_why_and_nothing_that_was_written_is_a_mark(leader: Visitor) -> None:
    page = leader.look(LATE).text
    assert "=Chờ &lt;b&gt;số liệu&lt;/b&gt;" in page
    assert "theo đề nghị gia hạn" in page
    assert "Đề nghị gia hạn đến 20/08/2023" in page
    assert "ô để trống là chưa ai ghi" in page
    assert "style=" not in page
    assert rows(page)[0][0] == "1"


def test_a_workbook_of_the_page_has_the_same_rows_and_no_formula(leader: Visitor) -> None:
    page = leader.look(LATE).text
    [href] = re.findall(r'href="(/reports/overdue\.xlsx[^"]*)"', page)
    answer = leader.look(unescape(href))
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert 'filename="overdue-20230828.xlsx"' in answer.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    words = [str(cell.value) for cell in cells if cell.value]
    assert any(digest(page) in one for one in words)
    head = next(line[0].row for line in sheet.iter_rows() if line[0].value == "STT")
    for place, row in enumerate(rows(page)):
        line = [cell.value for cell in sheet[head + 2 + place]]
        assert line[2] == row[2]
        assert line[7] == int(row[7])


def test_who_has_not_reported_and_the_letter_to_them(leader: Visitor) -> None:
    assert "Hãy nêu văn bản" not in leader.look("/reports/urging").text, "nothing was asked yet"
    assert "Hãy nêu văn bản" in leader.look("/reports/urging?document=").text
    page = leader.look("/reports/urging?document=2/CV").text
    assert [row[1] for row in rows(page)] == ["Unit 2", "Unit 3"]
    assert "nhắc việc" in page.lower() or "đôn đốc" in page.lower()
    [href] = re.findall(r'href="(/reports/urging/letter[^"]*)"', page)
    letter = leader.look(unescape(href)).text
    assert "1. Unit 2: nội dung 1" in letter
    assert "chưa nhận được báo cáo" in letter
    missing = leader.look("/reports/urging?document=99/KH&item=4").text
    assert "Không có văn bản" in missing
    assert 'aria-invalid="true"' in missing


def test_what_was_known_then_is_made_again_and_its_numbers_lead_to_lists_of_then(leader: Visitor) -> None:
    now = leader.look(f"/reports/four-groups?{PERIOD}").text
    before = leader.look(f"/reports/four-groups?{PERIOD}&as_of=14/08/2023").text
    assert "Số liệu như đã biết lúc hết ngày 14/08/2023" in before
    assert digest(before) != digest(now)
    found = re.findall(r'<a href="(/obligations[^"]*)">([\d.]+)</a>', before)
    assert found
    for href, number in dict.fromkeys(found):
        assert "as_of=14" in href
        listed = leader.look(unescape(href)).text
        assert re.findall(r'class="counted">\s*([\d.,]+)', listed) == [number]
    for path in re.findall(r'href="(/reports/four-groups\.xlsx[^"]*)"', before):
        workbook = openpyxl.load_workbook(io.BytesIO(leader.look(unescape(path)).content))
        assert any(digest(before) in str(cell.value) for line in workbook.active.iter_rows() for cell in line)
    for wrong in ("31/02/2023", "01/01/2033"):
        assert leader.look(f"/reports/overdue?as_of={wrong}").status_code == 422
        assert wrong in leader.page.text
    corrected = leader.look(f"/reports/four-groups?{PERIOD}&as_of=14/08/2023&as_corrected=1").text
    assert "đã áp dụng mọi đính chính" in corrected
    assert digest(corrected) == digest(before), "nothing has been corrected"
    same = leader.look(f"/reports/four-groups?{PERIOD}&as_of=28/08/2023 09:00").text
    assert digest(same) == digest(now)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("four-groups?period=2023-13", "không phải là kỳ báo cáo"),
        ("four-groups?from=31/02/2023&to=01/03/2023", "31/02/2023 không phải là ngày"),
        ("four-groups?from=02/08/2023&to=01/08/2023", "trước ngày đầu"),
        ("four-groups?office=nowhere", "Không có đơn vị nào tên là nowhere"),
        ("urging?item=3", "hãy nêu cả văn bản"),
        ("urging?document=2/CV&item=9", "2/CV không có nội dung 9; có 1"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_else_is_shown(
    leader: Visitor, query: str, says: str
) -> None:
    page = leader.look(f"/reports/{query}")
    assert page.status_code == 200
    assert says in unescape(page.text)
    assert 'aria-invalid="true"' in page.text
    assert 'class="report"' not in page.text
    refused = leader.look(f"/reports/{query.replace('?', '.xlsx?')}")
    assert refused.status_code in (404, 409, 422)


def test_there_is_no_report_of_another_name(leader: Visitor) -> None:
    assert leader.look("/reports/secrets").status_code == 404
    assert leader.look("/reports/secrets.xlsx").status_code == 404


def test_an_empty_report_says_what_to_do_next(leader: Visitor) -> None:
    page = leader.look("/reports/four-groups?period=2020").text
    assert "Kỳ này không có nhiệm vụ nào." in page
    assert "Không có dòng nào." in page


def test_who_sees_less_is_reported_less_and_an_admin_nothing(visitor: Visitor, address: str) -> None:
    visitor.sign_in("clerk")
    owing = {row[3] for row in rows(visitor.look(LATE).text)}
    assert owing == {"Unit 2", "Department"}, "its own, and the one above it"
    page = visitor.look("/reports/urging?document=2/CV").text
    assert [row[1] for row in rows(page)] == ["Unit 2"]
    with Visitor(address) as keeper:
        keeper.sign_in("keeper")
        for path in ("/reports", LATE, "/reports/overdue.xlsx", "/reports/urging/letter"):
            assert keeper.look(path).status_code == 403, path


def test_in_english_and_every_print_bears_the_head_of_the_journal(visitor: Visitor) -> None:
    visitor.sign_in("reader")
    page = visitor.look(f"/reports/four-groups?{PERIOD}").text
    assert "As it stood on 28/08/2023 09:00" in page
    [(cascade, head)] = re.findall(r"Journal ([0-9a-z]{12}), \d+ entries: ([0-9a-f]{12})", page)
    for path in ("/overview", "/obligations?print=1", "/register?office=", "/journal", f"/journal?cascade={cascade}",
                 f"/directives/{cascade}/2", f"/directives/{cascade}/2/urging", f"/obligations/{cascade}/1/slip"):  # fmt: skip
        assert head in visitor.look(path).text, path


def test_a_program_gets_the_same_rows_and_digest(office: Runtime, address: str, leader: Visitor) -> None:
    with Program(address, token(office, "leader", "read")) as program:
        answer = program.client.get("/api/v1/reports/four-groups", params={"period": "2023-09"})
        found = answer.json()
        assert found["digest"] == digest(leader.look(f"/reports/four-groups?{PERIOD}").text)
        assert found["period"] == {"label": "2023-09", "from": "2023-08-15", "to": "2023-09-14"}
        assert found["tables"][0]["sum"]["total"] == 3
        then = program.client.get("/api/v1/reports/overdue", params={"as_of": "2023-08-15"}).json()
        assert (then["known"], then["tables"][0]["rows"]) == ("then", [])
        for wrong, status in (({"period": "x"}, 422), ({"as_of": "2033-01-01"}, 422),
                              ({"office": "nobody"}, 404), ({"first": "2023-08-01"}, 422)):  # fmt: skip
            assert program.client.get("/api/v1/reports/four-groups", params=wrong).status_code == status, wrong
        assert program.client.get("/api/v1/reports/urging").status_code == 422
        assert program.client.get("/api/v1/reports/urging", params={"document": "9/KH"}).status_code == 404
        assert program.client.get("/api/v1/reports/nosuch").status_code in (404, 422)
