"""An auditor looks back: pages and programs show what was known at a moment, say so, and let nobody act in it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from engine.web.app import build
from engine.web.pasts import PATHS
from engine.web.routes import declared
from engine.web.site import site_of
from tests.support.browsing import Visitor, account, served
from tests.support.databases import Databases
from tests.support.desk import Desk, desk_on

THEN = "15/08/2023"


class Office(NamedTuple):
    desk: Desk
    visitor: Visitor

    @property
    def report(self) -> str:
        """The obligation that had not been received then, and has been reported since."""
        return f"/obligations/{self.desk.cascade}/2"

    def words(self, path: str, status: int = 200) -> str:
        answer = self.visitor.look(path)
        assert answer.status_code == status, path
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[Office]:
    url = databases.copy(template)
    with desk_on(url) as desk:
        desk.order("2023-09-08", "unit-1", "unit-2")
        desk.live_until("2023-08-16T09:00")
        desk.report(2)
        desk.live_until("2023-08-18T09:00")
        sent = next(one for one in desk.entries("Acted", about=2) if one.fact.action == "report")
        desk.correct("unit-1/leader", sent.seq, "symbol", "77/BC")
        account(desk.runtime, "auditor", ("department", "leader"), roles=("auditor",), language="en")
        with served(desk.runtime) as address, Visitor(address) as visitor:
            yield Office(desk, visitor.sign_in("auditor"))
    databases.drop(url)


def test_a_page_shows_what_was_known_then_and_says_so(office: Office) -> None:
    assert "waiting for confirmation" in office.words(office.report)
    then = office.words(f"{office.report}?as_of={THEN}")
    assert f"As it was known on end of {THEN}: what was recorded later is left out." in then
    assert "not received" in then
    assert "waiting for confirmation" not in then
    assert "Nothing can be done in the past" in then
    assert "/act/" not in office.visitor.page.text


def test_a_correction_recorded_later_is_applied_where_that_is_asked(office: Office) -> None:
    at = "16/08/2023"
    assert "77/BC" not in office.words(f"{office.report}?as_of={at}")
    corrected = office.words(f"{office.report}?as_of={at}&as_corrected=1")
    assert f"As entered by end of {at}, as corrected: 1 correction recorded since is applied." in corrected
    assert "77/BC" in corrected


PAGES = ["/overview", "/obligations", "/obligations?print=1", "/obligations/{c}/2", "/obligations/{c}/2/slip",
         "/directives/{c}/2", "/directives/{c}/2/urging", "/directives/{c}/1/below/1"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_that_looks_back_has_the_banner_and_leads_on_in_the_same_moment(office: Office, path: str) -> None:
    path = path.format(c=office.desk.cascade)
    office.words(f"{path}{'&' if '?' in path else '?'}as_of={THEN}")
    page = office.visitor.page.text
    assert '<div class="then"' in page
    ways = re.findall(r'(?:href|src|hx-get)="(/[^"#]*)', page)
    led = [one for one in ways if PATHS.fullmatch(one.partition("?")[0])]
    assert led
    assert all("as_of=" in one for one in led)
    assert '<div class="then"' not in office.visitor.look(path).text


def test_the_pages_that_look_back_are_those_that_were_registered_so(office: Office) -> None:
    app = build(site_of(office.desk.runtime))
    past = {route.path for route in app.routes if getattr(getattr(route, "endpoint", None), "past", False)}
    every = {one.path for one in declared(app) if one.method == "GET"}

    def filled(path: str) -> str:
        return re.sub(r"\{\w+\}", "1", path)

    assert past
    assert {path for path in every if PATHS.fullmatch(filled(path))} == past


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("nonsense", 422, "&#39;nonsense&#39; is not a moment; write 31/08/2023, or 31/08/2023 16:00"),
        ("01/01/2031", 422, "end of 01/01/2031 has not come yet: it is 18/08/2023"),
        ("01/01/2020", 404, "Nothing was known on end of 01/01/2020: this installation was created on 19/07/2023"),
        ("01/08/2023", 404, "was not there yet on end of 01/08/2023: its first entry is of 14/08/2023"),
    ],
)
def test_a_moment_that_cannot_be_looked_at_is_told(office: Office, asked: str, status: int, says: str) -> None:
    assert says in office.words(f"{office.report}?as_of={asked}", status)


def test_a_page_that_cannot_look_back_says_so_instead_of_showing_the_present(office: Office) -> None:
    assert "it cannot look back" in office.words(f"/offices?as_of={THEN}", 422)


def test_a_form_of_filters_stays_in_its_moment(office: Office) -> None:
    office.words(f"/obligations?as_of={THEN}&as_corrected=1")
    form = re.search(
        r'<form class="filters" method="get" action="/obligations">.*?</form>', office.visitor.page.text, re.S
    )
    assert form
    assert f'<input type="hidden" name="as_of" value="{THEN}">' in form[0]
    assert '<input type="hidden" name="as_corrected" value="1">' in form[0]


def test_the_overview_of_then_is_the_one_that_was_made_then(office: Office) -> None:
    at = "/obligations.csv"
    assert office.visitor.look(at).status_code == 200
    now = office.words("/overview")
    same = office.words("/overview?as_of=18/08/2023 09:00")
    counted = r"on time \d+ .*? total \d+"
    assert re.search(counted, now)
    assert re.search(counted, now)[0] == re.search(counted, same)[0]  # type: ignore[index]


def test_what_changed_between_two_moments_is_a_page(office: Office) -> None:
    said = office.words(f"/journal/changes?from={THEN}&to=17/08/2023")
    assert "From end of 15/08/2023 to end of 17/08/2023: what was recorded by each." in said
    assert "state: not received → waiting for confirmation" in said
    assert "Sum 3 0 0 3" in said
    assert "Several cascades" not in office.words(f"/journal/changes?from={THEN}&cascade={office.desk.cascade[:4]}")
    for asked, says in (
        ("from=nonsense", "is not a moment"),
        ("from=17/08/2023&to=15/08/2023", "It is later than the other moment"),
        (f"from={THEN}&cascade=zzz", "No cascade begins with zzz."),
        ("", "Between two moments"),
    ):
        assert says in office.words(f"/journal/changes?{asked}")


def test_a_program_looks_back_and_is_told_which_it_is(office: Office) -> None:
    client, csrf = office.visitor.client, office.visitor.look("/account") and office.visitor.token
    root = f"/api/v1{office.report}"

    def asked(path: str, **params: str) -> httpx.Response:
        return client.get(path, params=params, headers={"X-CSRF-Token": csrf})

    now, then = asked(root), asked(root, as_of="2023-08-15")
    assert now.json()["line"]["state"] == "reported"
    assert "X-As-Of" not in now.headers
    assert then.json()["line"]["state"] == "assigned"
    assert then.json()["open"] == {}
    assert then.headers["X-As-Of"] == "2023-08-15T17:00:00.000000Z"
    assert then.headers["X-As-Corrected"] == "false"
    corrected = asked("/api/v1/overview", as_of="2023-08-15", as_corrected="true")
    assert corrected.headers["X-As-Corrected"] == "true"
    assert asked(root, as_of="2031-01-01").status_code == 422
    assert asked("/api/v1/offices", as_of="2023-08-15").status_code == 422
