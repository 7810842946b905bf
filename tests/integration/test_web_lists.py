"""Overview, the list of obligations, search and saved views: totals that add up, every number its list, filters that hold."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import pytest

from engine.notify.channels import Silent
from engine.office_words import office_called
from engine.runtime import Runtime, opened
from engine.web.spreadsheet import cell
from tests.support.browsing import Visitor, account
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from workflows.offices import Office, Offices


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    """Three units with an order: one has reported and is done, one is late, one has a formula in its officer's name."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, _, third = desk.order("2023-08-21", "unit-1", "unit-2", "unit-3")
        desk.act("unit-1/clerk", first, "receive")
        desk.act("unit-3/clerk", third, "receive")
        desk.act("unit-1/leader", first, "report", symbol="1/BC", sent_on="2023-08-14")
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "clerk", ("unit-2", "clerk"))
        account(runtime, "reader", roles=("auditor",), language="en")
        account(runtime, "keeper", roles=("admin",))
        desk.live_until("2023-08-23T09:00")
        yield runtime


@pytest.fixture(scope="module")
def leader(address: str) -> Iterator[Visitor]:
    """Who only looks has to sign in once."""
    with Visitor(address) as one:
        yield one.sign_in("leader")


def counted(page: str) -> int:
    """How many obligations a list says that it has."""
    found = re.search(r'class="counted">\s*([\d.,]+)', page)
    return int(re.sub(r"\D", "", found[1])) if found else 0


def numbers(page: str) -> list[tuple[int, str]]:
    """Every number of a page that leads to a list, with where it leads."""
    found = re.findall(r'<a href="(/obligations[^"]*)"[^>]*>([\d.,]+)</a>', page)
    return [(int(re.sub(r"\D", "", number)), unescape(href)) for href, number in found]


@pytest.mark.parametrize("path", ["/overview", "/overview?office=unit-2"])
def test_every_number_of_the_overview_is_as_long_as_the_list_it_leads_to(visitor: Visitor, path: str) -> None:
    page = visitor.sign_in("leader").look(path).text
    found = numbers(page)
    assert len(found) > 10
    for number, href in dict.fromkeys(found):
        listed = visitor.look(href).text
        assert counted(listed) == number == listed.count('data-label="Tiến độ"'), href


def test_the_totals_are_printed_so_that_they_add_up(visitor: Visitor) -> None:
    page = visitor.sign_in("leader").look("/overview").text
    [line] = re.findall(r'<p class="adds">(.*?)</p>', page, re.DOTALL)
    *groups, total = [int(one) for one in re.findall(r">(\d+)</", line)]
    assert len(groups) == 7
    assert sum(groups) == total == 4
    assert "hoàn thành đúng hạn" in line
    for table in re.findall(r'class="cards figures-table".*?</table>', page, re.DOTALL):
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            *parts, whole = [int(one) for one in re.findall(r'class="number[^>]*>(?:<[^>]+>)(\d+)<', row)]
            assert sum(parts) == whole


def test_the_overview_says_what_is_longest_overdue_and_what_changed_in_words(visitor: Visitor) -> None:
    visitor.sign_in("leader").look("/overview?since=14/08/2023")
    assert "quá hạn 2 ngày làm việc" in visitor.words
    assert "Có thay đổi từ ngày 14/08/2023" in visitor.words
    assert re.findall(r'class="hint changed"><time[^>]*>23/08/2023 \d\d:\d\d</time>: \S+', visitor.page.text)
    assert "<svg" in visitor.page.text
    assert "style=" not in visitor.page.text


def test_who_sees_less_counts_less_and_an_admin_counts_nothing(visitor: Visitor, address: str) -> None:
    visitor.sign_in("clerk").look("/overview")
    [(most, _), *_] = sorted(numbers(visitor.page.text), reverse=True)
    assert most == 2, "its own, and the one above it"
    with Visitor(address) as keeper:
        for path in ("/overview", "/obligations", "/obligations.csv", "/search?q=x", "/journal"):
            assert keeper.sign_in("keeper").look(path).status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 4), ("office=unit-1", 1), ("office=Unit 1", 1), ("office=department&below=1", 4), ("group=open_overdue", 3),
        ("group=open_overdue&group=open_in_time", 4), ("part=lead", 4), ("part=info", 0), ("level=unit", 3), ("q=tasks", 4),
        ("q=nowhere", 0), ("from=22/08/2023", 0), ("to=2023-08-21", 4), ("since=23/08/2030", 4), ("officer=Nobody", 0),
        ("cascade=nosuch", 0), ("group=nosuch", 4), ("sort=nosuch", 4), ("cursor=nosuch", 4), ("directive=x", 4),
    ],
)  # fmt: skip
def test_a_filter_of_the_address_narrows_the_list(leader: Visitor, query: str, expected: int) -> None:
    page = leader.look(f"/obligations?{query}")
    assert page.status_code == 200
    assert counted(page.text) == expected


def test_what_cannot_be_read_is_said_beside_its_field_and_left_out(visitor: Visitor) -> None:
    visitor.sign_in("leader").look("/obligations?office=nowhere&from=31/02/2023&since=x")
    for said in ("Không có đơn vị nào tên là nowhere", "31/02/2023 không phải là ngày", "x không phải là ngày"):
        assert said in visitor.words
    assert counted(visitor.page.text) == 4
    assert 'aria-invalid="true"' in visitor.page.text
    visitor.look("/obligations?office=unit")
    assert "có thể là nhiều đơn vị" in visitor.words


def test_an_empty_list_says_what_to_do_next(visitor: Visitor) -> None:
    visitor.sign_in("leader").look("/obligations?q=nowhere")
    assert "Bỏ mọi bộ lọc" in visitor.words
    visitor.look("/overview?office=unit-8")
    assert "Ở đây không có nhiệm vụ nào" in visitor.words


def test_the_list_is_printed_whole_and_says_of_what_it_is(visitor: Visitor) -> None:
    visitor.sign_in("leader").look("/obligations?group=open_overdue&print=1")
    assert "còn mở, quá hạn · tính đến 23/08/2023 09:00" in visitor.words
    assert visitor.page.text.count('data-label="STT"') == 3


def test_the_file_opens_in_a_spreadsheet_and_holds_no_formula(visitor: Visitor) -> None:
    page = visitor.sign_in("leader").look("/obligations.csv?level=unit")
    assert page.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in page.headers["content-disposition"]
    assert page.content.startswith(b"\xef\xbb\xbf")
    heads, *rows = list(csv.reader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert heads[0] == "Nhiệm vụ"
    assert len(rows) == 3
    assert {row[4] for row in rows} == {"Unit 1", "Unit 2", "Unit 3"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_what_would_be_a_formula_is_a_text(text: str) -> None:
    assert str(cell(text)).startswith("'")
    assert cell("1/BC") == "1/BC"
    assert cell(7) == 7


def test_an_office_is_found_by_part_of_its_name_without_accents() -> None:
    one, other = Office("a", "Sở Khoa học", "department"), Office("b", "Sở Đầu tư", "department")
    offices = Offices({"a": one, "b": other})
    assert office_called("dau tu", offices) is other
    assert office_called("a", offices) is one
    assert office_called("so", offices) == [one, other]


def test_search_finds_documents_obligations_offices_and_people_by_any_words(visitor: Visitor) -> None:
    visitor.sign_in("leader")
    assert visitor.look("/work").text.count('action="/search"') == 1, "it can be reached from every page"
    visitor.look("/search?q=TASKS")
    assert "Văn bản" in visitor.words
    assert 'id="obligations"' in visitor.page.text
    visitor.look("/search?q=unit 2")
    assert 'id="offices"' in visitor.page.text
    visitor.look("/search?q=leader")
    assert 'id="people"' in visitor.page.text
    assert "/journal?person" not in visitor.page.text, "the journal is not open to a leader"
    visitor.look("/search?q=zzz")
    assert "Không có gì chứa đủ các từ này" in visitor.words
    assert "Cần tìm gì?" in visitor.look("/search").text
    assert visitor.look("/search?q=%3Cscript%3E").status_code == 200
    assert "<script>" not in visitor.page.text
    assert visitor.look("/search?q=%00").status_code == 400, "no text has such a character"


def test_a_view_is_kept_used_and_forgotten(visitor: Visitor, address: str) -> None:
    visitor.sign_in("leader").look("/obligations?group=open_overdue&cursor=x&lang=vi")
    kept = re.search(r'name="at" value="([^"]*)"', visitor.page.text)
    assert kept
    assert unescape(kept[1]) == "/obligations?group=open_overdue"
    visitor.send("/views", {"view": "Quá hạn", "at": unescape(kept[1])})
    assert str(visitor.page.url).endswith("/obligations?group=open_overdue")
    assert '<a href="/obligations?group=open_overdue" aria-current="true">Quá hạn</a>' in visitor.page.text
    assert "Quá hạn" not in visitor.look("/work?time=near").text, "a view belongs to its page"
    visitor.send("/views", {"view": "Quá hạn", "at": "/work"})
    assert visitor.page.status_code == 409
    assert "tên khác" in visitor.words
    with Visitor(address) as other:
        assert "Quá hạn" not in re.findall(r">([^<]*)</a>", other.sign_in("clerk").look("/obligations").text)
    visitor.look("/obligations")
    visitor.send("/views/forget", {"view": "Quá hạn", "at": "/obligations"})
    assert "Quá hạn</a>" not in visitor.page.text


@pytest.mark.parametrize("at", ["//evil.example/obligations", "https://evil.example/work", "/account", ""])
def test_a_view_leads_nowhere_but_to_a_page_with_filters(visitor: Visitor, at: str) -> None:
    visitor.sign_in("leader").look("/work")
    assert visitor.send("/views", {"view": "x", "at": at}).status_code == 409
    visitor.look("/work")
    assert visitor.send("/views", {"view": " ", "at": "/work"}).status_code == 409
