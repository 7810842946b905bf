"""The auditor's pages: every filter goes with every other in the address, four lists with a page each, and the sign-ins."""

from collections.abc import Iterator

import pytest

from engine.notify.channels import Silent
from engine.runtime import opened
from tests.support.browsing import PASSWORD, Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, *_ = desk.order("2023-08-21", "unit-1", "unit-2")
        desk.act("unit-1/clerk", first, "receive")
        account(runtime, "reader", roles=("auditor",))
        account(runtime, "keeper", roles=("admin",))
        desk.live_until("2023-08-22T09:00")
        yield desk


@pytest.fixture(scope="module")
def auditor(desk: Desk) -> Iterator[Visitor]:
    with served(desk.runtime) as at, Visitor(at) as one:
        yield one.sign_in("reader")


def rows(auditor: Visitor, address: str) -> int:
    page = auditor.look(address)
    assert page.status_code == 200, address
    return page.text.count('data-label="Việc đã diễn ra"')


def test_filters_narrow_each_other(auditor: Visitor, desk: Desk) -> None:
    assert rows(auditor, "/journal?action=receive") >= 1
    assert rows(auditor, "/journal?action=receive&office=unit-1&claimed=1&from=14/08/2023") == 1
    assert rows(auditor, "/journal?action=receive&office=unit-1&denied=1") == 0
    assert rows(auditor, "/journal?happened_from=21/08/2023&happened_to=21/08/2023&kind=DeadlineMissed") >= 1
    assert rows(auditor, "/journal?happened_from=22/08/2023&kind=Acted") == 0
    assert rows(auditor, "/journal?role=admin") == rows(auditor, "/journal?deputies=1") == 0
    assert rows(auditor, "/journal?cascade=administration&about=account") == 2
    assert rows(auditor, "/journal?cascade=administration&account=reader") == 1
    auditor.look("/journal?happened_from=soon")
    assert "soon" in auditor.words
    assert "Diễn ra từ ngày" in auditor.words


def test_what_comes_first_is_counted_and_leads_to_its_list(auditor: Visitor) -> None:
    page = auditor.look("/journal").text
    for path, title in (
        ("/journal/late", "Ghi nhận muộn"),
        ("/journal/corrections", "Đính chính"),
        ("/journal/claimed", "Người làm chỉ tự khai"),
        ("/journal/unsealed", "Chưa niêm phong bên ngoài"),
    ):
        assert f'href="{path}"' in page
        for way in (path, f"{path}?cursor=nosuch"):
            assert auditor.look(way).status_code == 200
            assert title in auditor.words
    assert auditor.look("/journal/unsealed").text.count('data-label="Từ mục"') == 2


def test_an_entry_says_what_it_changed_in_the_language_of_the_reader(auditor: Visitor, desk: Desk) -> None:
    found = auditor.look("/journal?action=receive&office=unit-1").text
    number = found.split(f'href="/journal/{desk.cascade}/')[1].split('"')[0]
    auditor.look(f"/journal/{desk.cascade}/{number}")
    assert "Mục này đã đổi gì" in auditor.words
    assert "Tình trạng Chưa tiếp nhận Đang thực hiện" in auditor.words
    assert "chỉ tự khai qua dòng lệnh" in auditor.words
    auditor.look(f"/journal/{desk.cascade}/{number}?lang=en")
    assert "State not received working" in auditor.words
    auditor.look("/journal?lang=vi")


def test_who_came_in_is_walked_by_pages_and_days(auditor: Visitor, desk: Desk) -> None:
    with Visitor(str(auditor.client.base_url)) as other:
        other.sign_in("keeper", "wrong")
        other.sign_in("keeper", PASSWORD)
        assert other.look("/journal/late").status_code == 403
    assert "sai mật khẩu" in auditor.look("/sign-ins?account=keeper&denied=1").text
    assert "31/08/2023" in auditor.look("/sign-ins?from=x&cursor=nosuch").text
    assert "sai mật khẩu" not in auditor.look("/sign-ins?account=keeper&denied=1&to=01/01/2020").text
    assert auditor.look("/administration?about=account&account=reader").text.count('data-label="STT"') == 1
