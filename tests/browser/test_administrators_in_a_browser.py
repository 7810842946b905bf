"""The admin's story in Debian's Chromium: a workflow changed and published, an account made; every page good for axe."""

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

pytestmark = pytest.mark.long
NOTICE = "/workflows/government-notice"
PAGES = ("/workflows", NOTICE, f"{NOTICE}/edit", "/new/workflow", "/calendar", "/offices", "/offices/unit-1", "/new/office",
         "/import/offices", "/accounts", "/accounts/keeper", "/new/account", "/sign-ins", "/account/tokens", "/rounds",
         "/outbox?state=sent", "/incidents", "/webhooks", "/administration")  # fmt: skip


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        Desk(runtime).at(READY).order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "keeper", roles=("admin",))
        yield runtime


def signed_in(browser: Browser, address: str, said: list[str], **how: Any) -> Page:
    page = opened_in(browser, address, said, **how)
    page.set_default_timeout(60_000)
    sign_in(page, "keeper")
    page.wait_for_url("**/offices")
    return page


@pytest.mark.parametrize(("width", "scheme", "language"), [(320, "dark", "vi"), (1280, "light", "en")])
def test_axe_finds_nothing_grave_and_nothing_runs_over_the_edge(
    browser: Browser, address: str, width: int, scheme: Any, language: str
) -> None:
    said: list[str] = []
    page = signed_in(browser, address, said, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in PAGES:
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        assert grave(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
    assert said == []
    page.context.close()


def test_a_fault_is_found_while_one_types_and_clicked_to_its_line(browser: Browser, address: str) -> None:
    said: list[str] = []
    page = signed_in(browser, address, said)
    page.goto(f"{address}{NOTICE}/edit")
    page.fill("#text", page.input_value("#text").replace("levels:", "levelz:", 1))
    page.wait_for_selector("#findings li.fault")
    page.click("#findings li.fault a")
    line = page.evaluate(
        "document.getElementById('text').value.slice(0, document.getElementById('text').selectionStart)"
    )
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.input_value("#text").split("\n")[line.count("\n")].startswith("levelz:")
    assert said == []
    page.context.close()


def test_a_workflow_is_changed_and_published_without_scripts(browser: Browser, address: str) -> None:
    page = signed_in(browser, address, [], java_script_enabled=False)
    page.goto(f"{address}{NOTICE}/edit")
    page.fill("#text", page.input_value("#text").replace("levels:", "levelz:", 1))
    page.click("button[value=check]")
    page.click("#findings li.fault a")
    assert page.url.rpartition("#")[2].startswith("line-")
    page.fill(
        "#text", page.input_value("#text").replace("levelz:", "levels:", 1).replace("near_due: 3", "near_due: 4", 1)
    )
    page.click("button[value=diff]")
    assert page.locator(".changes li").count() == 1
    page.click("button[formaction$='/publish']")
    page.fill("#why", "dài hơn một ngày")
    if page.locator("input[name=warned]").count():
        page.check("input[name=warned]")
    page.click("button[value=confirm]")
    page.wait_for_url("**/workflows/government-notice@2?done=published")
    page.goto(f"{address}/administration")
    assert "government-notice@2" in page.inner_text("tbody tr:first-child")
    page.context.close()
