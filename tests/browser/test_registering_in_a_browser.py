"""The clerk's story in Chromium: a letter pasted, reviewed, issued and found again, with and without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.integration.test_the_register import LETTER
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
        desk.order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "clerk", (DEPARTMENT, "clerk"))
        yield runtime


def clerk(browser: Browser, address: str, **how: Any) -> Page:
    page = sign_in(opened_in(browser, address, [], **how), "clerk")
    page.goto(f"{address}/register")
    return page


def sound(page: Page) -> None:
    """Nothing serious for axe, and nothing runs over the edge."""
    assert grave(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url


def fill(page: Page, number: int) -> None:
    """Hand the letter in, with a first fault that is answered beside its field."""
    page.click("text=Vào sổ văn bản")
    page.fill("#text", "\n".join(LETTER).format(number=number))
    page.click("button.main")
    page.wait_for_selector("#item-1")
    page.select_option("#issuer", "province")
    page.fill("#item-0-lead", "nobody at all")
    page.fill("#item-1-lead", "department")
    page.click("button[value=issue]")
    page.wait_for_selector("#item-0-lead-error")
    page.fill("#item-0-lead", "department")
    page.fill("#arrival_number", str(number))


@pytest.mark.parametrize(
    ("number", "how"),
    [
        (201, {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}),
        (202, {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"}),
    ],
)
def test_a_letter_is_reviewed_and_issued_and_every_page_is_sound(
    browser: Browser, address: str, number: int, how: Any
) -> None:
    page = clerk(browser, address, **how)
    sound(page)
    fill(page, number)
    sound(page)
    page.click("button[value=issue]")
    page.wait_for_url("**/register/entries/**")
    sound(page)
    entry = page.url.partition("?")[0]
    for change in ("revoke", "amend", "correct"):
        page.goto(entry.replace("entries", "change") + f"/{change}")
        sound(page)
    page.goto(f"{address}/register?arrival={number}")
    assert page.locator("tbody tr").count() == 1
    sound(page)
    page.context.close()


def test_the_clerk_needs_no_scripts(browser: Browser, address: str) -> None:
    page = clerk(browser, address, java_script_enabled=False)
    fill(page, 203)
    page.click("button[value=add]")
    assert page.locator("fieldset.item").count() == 3
    page.click("button[value=remove-2]")
    assert page.input_value("#arrival_number") == "203"
    page.click("button[value=issue]")
    assert "2 nhiệm vụ" in page.inner_text("main")
    page.context.close()
