"""The stories of the leader who looks over everything and of the auditor who trusts nobody, in Debian's Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import account
from tests.support.chromium import grave, opened_in, sign_in
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, second, *_ = desk.order("2023-08-21", "unit-1", "unit-2", "unit-3")
        desk.act("unit-1/clerk", first, "receive")
        desk.act("unit-2/clerk", second, "receive")
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "reader", roles=("auditor",))
        desk.live_until("2023-08-23T09:00")
        yield desk


@pytest.fixture(scope="module")
def office(desk: Desk) -> Runtime:
    return desk.runtime


def signed_in(browser: Browser, address: str, name: str, said: list[str], **how: Any) -> Page:
    page = sign_in(opened_in(browser, address, said, **how), name)
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_grave_and_nothing_runs_over_the_edge(
    browser: Browser, address: str, desk: Desk, width: int, scheme: Any
) -> None:
    paths = {
        "leader": ("/overview", "/overview?office=unit-2", "/obligations", "/obligations?since=x", "/obligations?print=1",
                   "/search", "/search?q=unit", "/account/calendar"),
        "reader": ("/journal", f"/journal?cascade={desk.cascade}&obligation=x", f"/journal/{desk.cascade}/2",
                   "/journal/verify", "/journal/changes", "/journal/changes?from=16/08/2023&to=nonsense",
                   "/journal/changes?from=16/08/2023", f"/obligations/{desk.cascade}/2?as_of=16/08/2023",
                   f"/directives/{desk.cascade}/2?as_of=16/08/2023&as_corrected=1", "/overview?as_of=16/08/2023"),
    }  # fmt: skip
    for name, of in paths.items():
        said: list[str] = []
        page = signed_in(browser, address, name, said, viewport={"width": width, "height": 800}, color_scheme=scheme)
        for path in of:
            page.goto(f"{address}{path}")
            assert grave(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (
                path
            )
        assert not [one for one in said if "Content Security Policy" in one]
        page.context.close()


def test_a_leader_goes_from_a_number_to_its_list_keeps_it_and_subscribes(
    browser: Browser, address: str, desk: Desk
) -> None:
    page = signed_in(browser, address, "leader", [], java_script_enabled=False)
    page.goto(f"{address}/overview")
    late = page.locator("p.adds a").nth(0)
    number = late.inner_text()
    late.click()
    assert page.locator("table.obligations tbody tr").count() == int(number)
    page.click("text=Lưu cách xem này")
    page.fill("#view", "Việc chậm")
    page.click(".saved button:has-text('Lưu')")
    page.goto(f"{address}/obligations")
    page.click("text=Việc chậm")
    assert "group=" in page.url
    page.fill("#find", "unit 3")
    page.press("#find", "Enter")
    assert page.locator("#offices").count() == 1
    page.goto(f"{address}/account")
    page.click("text=Thời hạn của tôi trên lịch")
    page.click("text=Tạo địa chỉ")
    feed = page.input_value("#address")
    assert page.request.get(feed).text().startswith("BEGIN:VCALENDAR")
    page.context.close()


def test_an_auditor_finds_an_entry_sees_its_hash_and_verifies_its_chain(
    browser: Browser, address: str, desk: Desk
) -> None:
    page = signed_in(browser, address, "reader", [], java_script_enabled=False)
    page.goto(f"{address}/journal?lang=en")
    page.click("summary:has-text('Filters')")
    page.fill("#office", "Unit 1")
    page.click("form.filters button.main")
    page.locator("table.entries tbody tr td:last-child a").first.click()
    assert "the hash follows from the body and the entry before" in page.inner_text("main")
    page.click("text=Verify this chain now")
    assert "Verified" in page.inner_text(".badge")
    page.context.close()


def test_the_search_is_reached_by_the_keyboard_from_every_page(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, "leader", [])
    for path in ("/work", "/overview", "/account"):
        page.goto(f"{address}{path}")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "find":
                break
        else:
            raise AssertionError(path)
    page.keyboard.type("unit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=unit")
    page.context.close()
