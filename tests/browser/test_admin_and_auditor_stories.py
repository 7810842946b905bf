"""The stories of the administrator and of the auditor with scripts on, in Vietnamese and in English."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import PASSWORD, account
from tests.support.chromium import opened_in
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk

pytestmark = pytest.mark.long
SAYS = {
    "vi": {"verified": "Đã kiểm chứng, nguyên vẹn", "whole": "cả chuỗi"},
    "en": {"verified": "Verified", "whole": "the whole cascade"},
}


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        made = Desk(runtime).at(READY)
        made.order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "keeper", roles=("admin",))
        account(runtime, "reader", roles=("auditor",))
        yield made


@pytest.fixture(scope="module")
def office(desk: Desk) -> Runtime:
    return desk.runtime


def signed_in(browser: Browser, address: str, name: str, language: str, said: list[str]) -> Page:
    page = opened_in(browser, address, said)
    page.goto(f"{address}/sign-in?lang={language}")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button.main")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_administrator_makes_an_office_and_an_account_whose_owner_comes_in(
    browser: Browser, address: str, language: str
) -> None:
    said: list[str] = []
    page = signed_in(browser, address, "keeper", language, said)
    assert page.get_attribute("html", "lang") == language
    page.goto(f"{address}/new/account")
    page.fill("#name", f"new-{language}")
    page.fill("#shown", "Văn thư đơn vị 1")
    page.fill("#seat", "unit-1/clerk")
    page.click("main form button.main")
    page.wait_for_selector("#secret")
    way = page.input_value("#secret")
    owner = browser.new_context().new_page()
    owner.goto(way if way.startswith("http") else f"{address}{way}")
    for field in owner.locator("input[type=password]").all():
        field.fill("năm mới bốn mùa")
    owner.click("main button.main")
    owner.wait_for_load_state()
    assert f"new-{language}" not in owner.url
    page.goto(f"{address}/accounts")
    assert f"new-{language}" in page.inner_text("main")
    assert not [one for one in said if "Content Security Policy" in one]
    owner.context.close()
    page.context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_auditor_reads_the_journal_in_this_language_and_verifies_it(
    browser: Browser, address: str, desk: Desk, language: str
) -> None:
    said: list[str] = []
    page = signed_in(browser, address, "reader", language, said)
    page.goto(f"{address}/journal?order=oldest&cascade={desk.cascade}")
    assert SAYS[language]["whole"] in page.inner_text("main")
    page.goto(f"{address}/journal/{desk.cascade}/1")
    page.goto(f"{address}/journal/verify")
    page.click("main form button")
    page.wait_for_load_state()
    page.wait_for_selector(".badge")
    page.wait_for_function("word => document.querySelector('main').innerText.includes(word)",
                           arg=SAYS[language]["verified"], timeout=20_000)  # fmt: skip
    assert not [one for one in said if "Content Security Policy" in one]
    page.context.close()
