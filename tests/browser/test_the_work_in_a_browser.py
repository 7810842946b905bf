"""The pages of work in Chromium: an officer's story with scripts and without, nothing grave for axe, refusals made visible."""

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
        made = Desk(runtime).at(READY)
        made.order("2023-08-21", "unit-1", "unit-2", "unit-3")
        account(runtime, "leader", (DEPARTMENT, "leader"), (DEPARTMENT, "clerk"))
        account(runtime, "unit", ("unit-1", "leader"), ("unit-1", "clerk"))
        account(runtime, "second", ("unit-2", "leader"), ("unit-2", "clerk"))
        yield made


@pytest.fixture(scope="module")
def office(desk: Desk) -> Runtime:
    return desk.runtime


def signed_in(browser: Browser, address: str, name: str, said: list[str], **how: Any) -> Page:
    page = sign_in(opened_in(browser, address, said, **how), name)
    page.wait_for_url("**/work")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_grave_and_nothing_runs_over_the_edge(
    browser: Browser, address: str, desk: Desk, width: int, scheme: Any
) -> None:
    said: list[str] = []
    page = signed_in(browser, address, "leader", said, viewport={"width": width, "height": 800}, color_scheme=scheme)
    one, document = f"/obligations/{desk.cascade}/1", f"/directives/{desk.cascade}/1"
    for path in (
        one, f"{one}?history=raw", f"{one}/relay", f"{one}/slip", f"{one}/do/request_extension", f"{one}/do/accept",
        f"/obligations/{desk.cascade}/3", f"{document}?open=1", f"{document}/below/1", f"{document}/urging", "/work",
    ):  # fmt: skip
        for language in ("vi", "en"):
            page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
            assert grave(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (
                path
            )
    assert not [text for text in said if "Content Security Policy" in text]
    page.context.close()


@pytest.mark.parametrize(("scripts", "name", "number"), [(True, "unit", 2), (False, "second", 3)])
def test_an_office_receives_from_its_list_and_reports_with_scripts_and_without(
    browser: Browser, address: str, desk: Desk, scripts: bool, name: str, number: int
) -> None:
    page = signed_in(browser, address, name, [], java_script_enabled=scripts)
    page.check("input[name=chosen]")
    page.click("text=Tiếp nhận…")
    assert "Chưa có gì được thực hiện" in page.inner_text("main")
    page.click("button.main")
    assert "Đã thực hiện 1 mục" in page.inner_text("main")
    page.click("tbody a")
    page.click("text=Báo cáo kết quả")
    page.fill("#field-symbol", "7/BC")
    page.fill("#field-sent_on", "14/08/2023")
    page.click("form button.main")
    assert "Chờ xác nhận" in page.inner_text("main")
    assert desk[number].state == "reported"
    page.context.close()


def test_a_level_opens_in_place(browser: Browser, address: str, desk: Desk) -> None:
    said: list[str] = []
    page = signed_in(browser, address, "leader", said)
    page.goto(f"{address}/directives/{desk.cascade}/1")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.click("a.toggle")
    page.wait_for_selector("#nodes-1 li")
    assert page.locator("#nodes-1 li").count() == 3
    assert page.evaluate("document.body.dataset.same") == "yes"
    assert not [text for text in said if "Content Security Policy" in text]
    page.context.close()


def test_a_refusal_is_seen_where_a_script_asked_and_an_ended_session_leads_to_signing_in(
    browser: Browser, address: str, desk: Desk
) -> None:
    page = signed_in(browser, address, "leader", [])
    page.goto(f"{address}/directives/{desk.cascade}/1")
    page.eval_on_selector(
        "a.toggle", "one => { one.setAttribute('hx-get', '/directives/nosuch/1/below/1'); htmx.process(one); }"
    )
    page.click("a.toggle")
    page.wait_for_selector(".fault, .because")
    assert "nosuch" in page.inner_text("main")
    page.goto(f"{address}/work")
    page.context.clear_cookies()
    page.select_option("#time", "overdue")
    page.wait_for_url("**/sign-in?to=**")
    page.context.close()
