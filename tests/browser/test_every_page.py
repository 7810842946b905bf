"""Every page of the route table in Chromium, as each role: nothing serious for axe, and nothing that was typed runs."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from engine.web.app import build
from engine.web.routes import declared
from engine.web.site import site_of
from tests.integration.test_nothing_typed_runs import _STARTS, ROLES, Filled, everything_typed, made
from tests.integration.test_the_register import LETTER
from tests.support.browsing import Visitor
from tests.support.chromium import grave, opened_in, sign_in
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import Desk
from tests.support.payloads import MARK
from tests.support.walking import kind_of, walk

pytestmark = pytest.mark.long
# No pages to look at: what is fetched by itself, what a link in a message opens, what is no page but a file or a part of one.
NO_PAGES = re.compile(
    r"/api/v1|/feed/|/static/|/health|/ready|/live|/metrics|/link/|/acknowledge|/badge|/below/|/robots|/favicon|/touched|\.(svg|csv|"
    r"xlsx|ics|txt|yaml|json|mmd)$|/files/|/documents/|/original$|/letters?(/|$)|/incidents/\{|/set-up|/account-link|/verifying|/diagram|/picture|/text$"
)


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        yield made(runtime)


@pytest.fixture(scope="module")
def office(desk: Desk) -> Runtime:
    return desk.runtime


def reached(address: str, name: str, of_a_kind: int = 1) -> list[str]:
    """The pages that this account reaches by links."""
    with Visitor(address).sign_in(name) as visitor:
        return [path for path, _ in walk(visitor, [visitor.page.url.path, *_STARTS], of_a_kind)]


def signed_in(browser: Browser, address: str, name: str, said: list[str]) -> Page:
    page = sign_in(opened_in(browser, address, said), name)
    page.wait_for_load_state()
    return page


def _further(name: str, page: Page, address: str, cascade: str) -> list[str]:
    """Pages that forms lead to, and no link."""
    if name == "keeper":
        return ["/workflows/government-notice/diff", "/api"]
    if name != "worker":
        return []
    page.goto(f"{address}/register/new")
    page.fill("#text", "\n".join(LETTER).format(number=301))
    page.click("main button.main")
    page.wait_for_url("**/register/drafts/**")
    return [page.url.removeprefix(address), f"/obligations/{cascade}/1/relay"]


def test_axe_finds_nothing_serious_on_any_page_of_any_role(browser: Browser, address: str, desk: Desk) -> None:
    seen, wrong, office = {"stranger /sign-in"}, list[str](), desk.runtime
    stranger = opened_in(browser, address, [])
    wrong += [f"/sign-in: {found}" for found in grave(stranger)]
    stranger.context.close()
    for name in ROLES:
        said: list[str] = []
        page = signed_in(browser, address, name, said)
        for path in (*reached(address, name), *_further(name, page, address, desk.cascade)):
            if f"{name} {kind_of(path)}" in seen:
                continue
            seen.add(f"{name} {kind_of(path)}")
            answer = page.goto(f"{address}{path}")
            wrong += [f"{path} as {name}: {answer.status}"] if answer and answer.status >= 500 else []
            wrong += [f"{path} as {name}: {found}" for found in grave(page)]
        wrong += [f"{name}: {one}" for one in said if "Content Security Policy" in one]
        page.context.close()
    assert not wrong, "\n".join(wrong)
    looked_at = {one.partition(" ")[2].partition("?")[0] for one in seen}
    routes = [
        one.path for one in declared(build(site_of(office))) if one.method == "GET" and not NO_PAGES.search(one.path)
    ]
    missed = [path for path in routes if not any(_fits(path, one) for one in looked_at)]
    assert not missed, f"no link leads to them for anybody: {missed}"


def _fits(route: str, kind: str) -> bool:
    pattern = re.sub(r"\\\{\w+(:\w+)?\\\}", "[^/]+", re.escape(route))
    return re.fullmatch(pattern, kind) is not None


def test_nothing_that_was_typed_runs_in_a_browser(browser: Browser, address: str, desk: Desk) -> None:
    filled = Filled(address, desk.runtime, desk.cascade)
    everything_typed(filled, 10, 1, 6)
    shown = 0
    for name in ROLES:
        said: list[str] = []
        page = signed_in(browser, address, name, said)
        for path in reached(address, name, 2):
            page.goto(f"{address}{path}")
            assert page.evaluate("window.zqxRan") is None, path
            shown += MARK in page.inner_text("body")
        assert not [one for one in said if "Content Security Policy" in one], said
        page.context.close()
    assert shown > 5
