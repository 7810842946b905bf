"""The calendar of one's own dates: an address with its own key, which opens nothing else and ends with seat or token."""

import re
from collections.abc import Iterator

import httpx
import pytest
from icalendar import Calendar

from engine.access import administering
from engine.deeds import INSTALLER
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk


@pytest.fixture
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "clerk", ("unit-1", "clerk"))
        account(runtime, "keeper", roles=("admin",))
        yield runtime


@pytest.fixture
def address(office: Runtime) -> Iterator[str]:
    with served(office) as at:
        yield at


@pytest.fixture
def clerk(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one.sign_in("clerk")


def made(visitor: Visitor) -> str:
    """The address that a page shows this once."""
    visitor.look("/account/calendar")
    page = visitor.send("/account/calendar", {}).text
    found = re.search(r'value="(http[^"]*\.ics)"', page)
    assert found
    return found[1]


def test_a_calendar_program_reads_the_dates_that_wait_and_nothing_else(clerk: Visitor, address: str) -> None:
    feed = made(clerk)
    answer = httpx.get(feed)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert f"{event['DTSTART'].dt:%d/%m/%Y}" == "21/08/2023"
    assert str(event["SUMMARY"]).startswith("cần tiếp nhận")
    assert str(event["URL"]).startswith(f"{address}/obligations/")
    secret = feed.rpartition("/")[2].removesuffix(".ics")
    for path in ("/work", f"/work?token={secret}"):
        answer = httpx.get(f"{address}{path}", headers={"authorization": f"Bearer {secret}"})
        assert answer.headers.get("location", "").startswith("/sign-in"), path


def test_the_address_ends_at_once_when_it_is_taken_back_or_made_anew(clerk: Visitor) -> None:
    first = made(clerk)
    second = made(clerk)
    assert httpx.get(first).status_code == 404
    assert httpx.get(second).status_code == 200
    assert "Đọc lần cuối" in clerk.look("/account/calendar").text
    clerk.send("/account/calendar/revoke", {})
    assert "không ai đọc được gì" in clerk.words
    assert httpx.get(second).status_code == 404
    assert clerk.send("/account/calendar/revoke", {}).status_code == 404


def test_the_address_ends_at_once_when_the_seat_goes_or_the_account_is_disabled(
    clerk: Visitor, office: Runtime
) -> None:
    feed = made(clerk)
    with office.database.transaction() as connection:
        administering.take_seat(connection, "clerk", ("unit-1", "clerk"), office.now(), INSTALLER)
    assert httpx.get(feed).status_code == 403
    with office.database.transaction() as connection:
        administering.give_seat(connection, "clerk", ("unit-2", "clerk"), office.now(), INSTALLER)
    assert "unit-2" in httpx.get(feed).text.lower() or "Unit 2" in httpx.get(feed).text
    with office.database.transaction() as connection:
        administering.disable(connection, "clerk", "left", office.now(), INSTALLER)
    assert httpx.get(feed).status_code == 404


@pytest.mark.parametrize("token", ["nosuch", "cas_" + "x" * 40, "x" * 500])
def test_an_address_that_was_never_made_is_not_found(address: str, token: str) -> None:
    assert httpx.get(f"{address}/feed/{token}.ics").status_code == 404


def test_who_holds_no_seat_is_told_so(address: str) -> None:
    with Visitor(address) as keeper:
        keeper.sign_in("keeper").look("/account/calendar")
        assert "chưa giữ vị trí nào" in keeper.words
        assert keeper.send("/account/calendar", {}).status_code == 409
