"""Somebody at a browser that runs scripts: signs in, and is looked over the shoulder by axe."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.browsing import PASSWORD


def opened_in(browser: Browser, address: str, said: list[str], **how: Any) -> Page:
    """The page to sign in on, in a context of its own; `said` hears what its console says."""
    page = browser.new_context(**how).new_page()
    page.on("console", lambda one: said.append(one.text))
    page.goto(f"{address}/sign-in")
    return page


def sign_in(page: Page, name: str) -> Page:
    """Sign in where the page to do so is open; what comes next is the caller's to wait for."""
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("button.main")
    return page


def grave(page: Page) -> list[Any]:
    """What axe finds serious or critical on the page, with the first places of each."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
