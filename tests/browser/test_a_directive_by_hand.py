"""A whole directive by hand in Chromium without scripts, by clerk, officer and leaders, in Vietnamese and in English.

Registered, reviewed, issued, received, assigned, worked on, extended, reported with a file, sent back, reported, accepted.

Each step leaves a picture in a folder that pytest keeps.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engine import administration
from engine.clock import SystemClock
from engine.exchange.offices import read_offices
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from storage.database import Database
from storage.verification import verify
from tests.acceptance.conftest import TRANSPORT, letter
from tests.support.browsing import PASSWORD, account
from tests.support.chromium import opened_in
from tests.support.databases import SIMULATED_FROM, SqliteFiles
from tests.support.desk import READY, Desk
from tests.support.uploads import pdf

pytestmark = pytest.mark.long
UNIT = "cctdc"


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(_empty(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        with runtime.database.transaction() as connection:
            administration.import_offices(
                connection, read_offices(TRANSPORT, "offices.yaml"), runtime.now(), administration.INSTALLER
            )
        desk.at("2023-08-16T09:00")
        account(runtime, "vanthu", ("skhcn", "clerk"))
        account(runtime, "giamdoc", ("skhcn", "leader"))
        account(runtime, "vanthu-dv", (UNIT, "clerk"))
        account(runtime, "truong-dv", (UNIT, "leader"))
        account(runtime, "chuyenvien", (UNIT, "officer"))
        account(runtime, "kiemtra", roles=("auditor",))
        yield runtime


def _empty(url: str) -> str:
    """An installation without offices, in simulated time."""
    database = Database(url)
    administration.create(database, SystemClock(), "tests", SIMULATED_FROM)
    database.close()
    return url


class Person:
    """Somebody at a browser of their own, who leaves pictures of what they see."""

    def __init__(self, browser: Browser, address: str, name: str, language: str, pictures: Path, scripts: bool) -> None:
        self.said: list[str] = []
        self.page: Page = opened_in(browser, address, self.said, java_script_enabled=scripts)
        self.address, self.name, self.pictures = address, name, pictures
        self.page.goto(f"{address}/sign-in?lang={language}")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button.main")

    def look(self, path: str) -> str:
        self.page.goto(self.address + path)
        return self.page.inner_text("main")

    def seen(self, what: str) -> str:
        """A picture of the page, and its words."""
        number = len(list(self.pictures.iterdir())) + 1
        self.page.screenshot(path=self.pictures / f"{number:02} {self.name} {what}.png", full_page=True)
        return self.page.inner_text("main")

    def do(self, one: str, action: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> str:
        """Go from the obligation's page to the form of an action, fill it in and send it; the words of what comes then."""
        self.look(one)
        self.page.click(f"a[href*='/do/{action}']")
        for name, value in fields.items():
            self.page.fill(f"#field-{name}", value)
        for name, (called, content) in (files or {}).items():
            self.page.set_input_files(
                f"#file-{name}", {"name": called, "mimeType": "application/octet-stream", "buffer": content}
            )
        self.seen(f"{action} form")
        self.page.click("main form p.buttons button")
        return self.seen(f"{action} done")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_directive_from_its_text_to_its_acceptance(
    browser: Browser, address: str, office: Runtime, tmp_path: Path, language: str
) -> None:
    def person(name: str) -> Person:
        return Person(browser, address, name, language, tmp_path, scripts=False)

    number = {"vi": 72, "en": 73}[language]
    clerk = person("vanthu")
    way = _registered(clerk, number)
    cascade = way.split("/")[3]
    desk = Desk(office, cascade)
    [mine, *_] = [one for one in desk.obligations() if one.holder == UNIT and one.due_at]
    one = f"/obligations/{cascade}/{mine.number}"

    assert desk[mine.number].state == "assigned"
    person("vanthu-dv").do(one, "receive")
    leader, officer, giver = person("truong-dv"), person("chuyenvien"), person("giamdoc")
    leader.do(one, "name_officer", officer="Chuyên viên một")
    assert "Chuyên viên một" in officer.look(one)
    officer.do(one, "update", note="Đã thu thập một nửa số liệu")
    assert "Đã thu thập" in leader.look(one)

    leader.do(one, "request_extension", until="08/09/2023", reason="Chờ số liệu của các huyện")
    giver.do(one, "grant_extension")
    due = desk[mine.number].due_at
    assert due is not None
    assert f"{due:%Y-%m-%d}" == "2023-09-08"

    leader.do(one, "report", {"files": ("Báo cáo.pdf", pdf("half"))}, symbol=f"{number}/BC", sent_on="16/08/2023")
    assert desk[mine.number].state == "reported"
    assert "Báo cáo.pdf" in giver.look(one)
    giver.do(one, "redo", reason="Thiếu phụ lục")
    assert desk[mine.number].state == "working"
    leader.do(one, "report", {"files": ("Phụ lục.pdf", pdf("whole"))}, symbol=f"{number}a/BC", sent_on="16/08/2023")
    giver.do(one, "accept")
    assert desk[mine.number].outcome == "fulfilled"
    text = giver.seen("at the end")
    assert text.count("Báo cáo.pdf") == text.count("Phụ lục.pdf") == 2

    auditor = person("kiemtra")
    auditor.look("/journal/verify")
    auditor.page.click("main form button")
    auditor.seen("verified")
    with office.database.reading() as connection:
        assert verify(connection).verified
    for somebody in (clerk, leader, officer, giver, auditor):
        assert not [said for said in somebody.said if "Content Security Policy" in said]
        somebody.page.context.close()
    print(f"pictures: {tmp_path}")


def _registered(clerk: Person, number: int) -> str:
    """The letter pasted, reviewed and issued; the address of its entry in the register."""
    clerk.look("/register")
    clerk.page.click("main a[href^='/register/new']")
    clerk.page.fill("#text", letter().read_text(encoding="utf-8"))
    clerk.seen("register text")
    clerk.page.click("main button.main")
    clerk.seen("register review")
    clerk.page.fill("#symbol", f"{number}/SGTVT-VP")
    clerk.page.fill("#issued_on", "16/08/2023")
    clerk.page.click("button[value=issue]")
    if "/register/entries/" not in clerk.page.url:
        raise AssertionError(clerk.seen("register refused"))
    clerk.seen("register issued")
    return clerk.page.url.removeprefix(clerk.address).partition("?")[0]
