"""Two browsers on the same request for another date: one wins, the other is told who was first, by name and time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import account
from tests.support.chromium import opened_in, sign_in
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk, task
from tests.support.offices import DEPARTMENT, PROVINCE

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        made = Desk(runtime).at(READY)
        made.issue(PROVINCE, task("2023-08-31", DEPARTMENT))
        made.issue(DEPARTMENT, task("2023-08-21", "unit-1", under=1))
        made.act("unit-1/clerk", 2, "receive")
        made.act("unit-1/leader", 2, "request_extension", until="28/08/2023", reason="Mưa lũ")
        account(runtime, "first", (DEPARTMENT, "leader"))
        account(runtime, "second", (DEPARTMENT, "leader"))
        yield made


@pytest.fixture(scope="module")
def office(desk: Desk) -> Runtime:
    return desk.runtime


@pytest.mark.parametrize("scripts", [False])
def test_one_wins_and_the_other_is_told_who_was_first(
    browser: Browser, address: str, desk: Desk, scripts: bool
) -> None:
    def form(name: str, action: str) -> Page:
        page = sign_in(opened_in(browser, address, [], java_script_enabled=scripts), name)
        page.goto(f"{address}/obligations/{desk.cascade}/2/do/{action}")
        return page

    first, second = form("first", "grant_extension"), form("second", "refuse_extension")
    second.fill("#field-reason", "Không đủ căn cứ")
    first.click("main form p.buttons button")
    assert desk[2].due_at is not None
    assert "28/08" in first.inner_text("main")
    second.click("main form p.buttons button")
    said = second.inner_text("main")
    assert "Đã có người làm trước" in said or "làm trước" in said, said
    assert "Post first" in said or "Leader" in said, said
    assert "14/08/2023 09:00" in said or "09:00" in said, said
    assert "Không đủ căn cứ" in said  # what was typed is not lost
    assert [one.kind for one in desk.entries("ExtensionGranted", "ExtensionRefused")] == ["ExtensionGranted"]
    for page in (first, second):
        page.context.close()
