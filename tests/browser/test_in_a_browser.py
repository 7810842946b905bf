"""The pages in Debian's Chromium: nothing grave for axe, nothing past the policy, as good without scripts and on a phone."""

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
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, second, *_ = desk.order("2023-08-21", "unit-1", "unit-2", "unit-3")
        desk.act("unit-1/clerk", first, "receive")
        desk.act("unit-2/clerk", second, "receive")
        account(runtime, "leader", (DEPARTMENT, "leader"), ("unit-1", "leader"), ("unit-3", "clerk"))
        desk.live_until("2023-08-23T09:00")
        yield runtime


def signed_in(page: Page) -> Page:
    sign_in(page, "leader").wait_for_url("**/work")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing_grave_and_nothing_runs_over_the_edge(
    browser: Browser, address: str, language: str, width: int, scheme: Any
) -> None:
    said: list[str] = []
    page = opened_in(browser, address, said, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in ("/sign-in", "/work", "/work?time=near", "/account", "/password", "/nosuch"):
        if path == "/work":
            signed_in(page)
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        assert grave(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert page.get_attribute("html", "lang") == language
    page.context.close()


def test_a_filter_changes_the_list_and_the_address_without_a_new_page_and_within_the_policy(
    browser: Browser, address: str
) -> None:
    said: list[str] = []
    page = signed_in(opened_in(browser, address, said))
    page.evaluate("document.body.dataset.same = 'yes'")
    page.select_option("#time", "overdue")
    page.wait_for_url("**time=overdue**")
    page.wait_for_selector("tr.late")
    assert page.evaluate("document.body.dataset.same") == "yes"
    assert not [one for one in said if "Content Security Policy" in one]
    page.context.close()


def test_without_scripts_everything_works_as_well(browser: Browser, address: str) -> None:
    page = signed_in(opened_in(browser, address, [], java_script_enabled=False))
    page.select_option("#time", "overdue")
    page.click("form.filters[action='/work'] button")
    assert "time=overdue" in page.url
    assert page.locator("tr.late").count() > 0
    page.click("text=Đăng xuất")
    assert "Bạn đã đăng xuất" in page.inner_text("main")
    page.context.close()


def test_the_keyboard_reaches_the_content_first(browser: Browser, address: str) -> None:
    page = signed_in(opened_in(browser, address, []))
    page.goto(f"{address}/work")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()
