"""The calendar, incidents and who sits where, changed by pages without a script and by programs; each on the record."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from storage import directory, journal
from tests.support.browsing import Visitor, account
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.forms import filled_in
from tests.support.offices import DEPARTMENT
from tests.support.programs import Program, token
from workflows import elapsing
from workflows.calendar import last_day
from workflows.commands import ItemDraft
from workflows.directive import ADMINISTRATION


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        Desk(runtime).at(READY)
        account(runtime, "keeper", roles=("admin",), language="en")
        account(runtime, "hand", roles=("operator",), language="en")
        account(runtime, "leader", (DEPARTMENT, "leader"), language="en")
        yield runtime


@pytest.fixture(scope="module")
def desk(office: Runtime) -> Desk:
    made = Desk(office)
    draft = ItemDraft("1", "Làm báo cáo", due_form="counted", due_rule="10 working days after issue", lead=("unit-1",))
    made.issue(DEPARTMENT, draft)
    return made


@pytest.fixture
def admin(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one.sign_in("keeper")


@pytest.fixture(scope="module")
def program(address: str, office: Runtime) -> Iterator[Program]:
    with Program(address, token(office, "keeper", "admin")) as one:
        yield one


@pytest.fixture(scope="module")
def leader(address: str, office: Runtime) -> Iterator[Program]:
    with Program(address, token(office, "leader", "write")) as one:
        yield one


def press(visitor: Visitor, button: str, **changes: str) -> None:
    path = visitor.page.url.path
    visitor.send(path, {**filled_in(visitor.page.text, path), **changes, "do": button})


def last_deed(office: Runtime) -> tuple[str, str]:
    with office.database.reading() as connection:
        entry = list(journal.walk(connection, ADMINISTRATION))[-1]
    return entry.fact.what, entry.fact.subject


def test_a_swap_is_entered_looked_at_published_and_followed(admin: Visitor, desk: Desk, office: Runtime) -> None:
    admin.look("/calendar")
    assert 'href="/calendar/edit?name=vn-public"' in admin.page.text
    admin.look("/calendar/edit?name=vn-public")
    press(admin, "swap", on="17/08/2023", for_day="19/08/2023", day_name="Hoán đổi")
    assert "a swap is decided by a document" in admin.words
    press(admin, "swap", on="17/08/2023", for_day="19/08/2023", day_name="Hoán đổi", document="12/TB")
    assert admin.page.status_code == 200, admin.words
    assert "Th 17/08/2023: off, Hoán đổi (12/TB)" in admin.words
    press(admin, "off", on="18/08/2023", day_name="Nghỉ", document="12/TB")
    press(admin, "preview")
    assert "1 date, in 1 of 1 running cascades" in admin.words
    assert "later by 1 day" in admin.words
    press(admin, "publish", why="")
    assert admin.page.status_code == 422
    assert 'id="why-error"' in admin.page.text
    before = desk[1].due_at
    press(admin, "publish", why="As decided", reach="all")
    assert admin.page.url.path == "/calendar", admin.words
    assert "1 running cascade has still to follow" in admin.words
    assert last_deed(office) == ("published", "calendar vn-public@2")
    office.campaigns.run()
    assert desk[1].due_at > before
    assert "still to follow" not in admin.look("/calendar").text
    assert "12/TB" in admin.page.text
    assert desk.verdict().verified


def test_what_cannot_be_a_calendar_is_told_and_what_was_typed_is_kept(admin: Visitor) -> None:
    admin.look("/calendar/edit")
    for typed, says in (("nonsense", "Write a day such as"), ("", "Write a day such as")):
        press(admin, "off", on=typed, day_name="x")
        assert admin.page.status_code == 422
        assert says in admin.words
    press(admin, "off", on="20/08/2023", day_name="x")  # a Sunday
    assert admin.page.status_code == 422
    press(admin, "preview", text="calendar: vn-public\nversion: [\n")
    assert admin.page.status_code == 422
    assert "cannot be read as a calendar" in admin.words
    assert "version: [" in admin.page.text


def test_a_calendar_that_was_made_from_an_older_one_is_not_published(program: Program) -> None:
    text = program.look("calendars/vn-public/2").json()["text"].replace("Nghỉ", "Nghỉ bù")
    answer = program.send("calendars", {"text": text, "why": "x", "made_from": "vn-public@1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "refused"), answer.text
    assert "published since" in answer.json()["detail"]


def test_a_program_looks_first_and_publishes_a_day(program: Program, desk: Desk, office: Runtime) -> None:
    day = {"work": "off", "day_name": "Nghỉ", "document": "13/TB", "why": "As decided", "basis": ["13/TB"]}
    text = program.look("calendars/vn-public/2").json()["text"]
    added = text.replace("days_off:\n", 'days_off:\n  2023-08-16: {name: "Nghỉ", document: "13/TB"}\n')
    seen = program.send("calendars/previews", {"text": added}).json()
    assert (seen["dates"], seen["cascades"], seen["by_days"]) == (1, 1, {"1": 1}), seen
    made = program.send("calendars/vn-public/days/2023-08-16", day)
    assert made.status_code == 201, made.text
    assert (made.json()["calendar"]["version"], made.json()["waiting"]) == (3, 1)
    assert program.look("calendars/following").json()["waiting"] == 1
    due = last_day(desk[1].due_at)
    program.send("rounds")
    assert program.look("calendars/following").json() == {"waiting": 0, "failing": []}
    assert last_day(desk[1].due_at) > due
    back = program.send("calendars/vn-public/days/2023-08-16", {"work": "week", "why": "Taken back"})
    assert back.status_code == 201
    program.send("rounds")
    assert last_day(desk[1].due_at) == due


def test_deputies_absences_and_addresses_are_changed_by_a_page(admin: Visitor, office: Runtime) -> None:
    at = f"/offices/{DEPARTMENT}"
    admin.look(at)
    assert f'href="{at}/persons"' in admin.page.text
    admin.look(f"{at}/persons")
    admin.send(f"{at}/deputies", {"role": "leader", "deputy": "unit-1/leader", "since": "x", "until": ""})
    assert admin.page.status_code == 422
    assert 'id="since-error"' in admin.page.text
    assert 'value="unit-1/leader"' in admin.page.text
    admin.send(
        f"{at}/deputies", {"role": "leader", "deputy": "unit-1/leader", "since": "21/08/2023", "document": "70/QĐ"}
    )
    assert "It is changed, and on the record" in admin.words
    assert "unit-1/leader" in admin.words
    assert last_deed(office) == ("changed", f"office {DEPARTMENT}")
    admin.send(f"{at}/absences", {"away": "leader", "away_since": "21/08/2023", "away_until": "25/08/2023"})
    admin.send(f"{at}/addresses", {"mailbox": "clerk", "email": "nobody", "phone": ""})
    assert "is not an address" in admin.words
    admin.send(f"{at}/addresses", {"mailbox": "clerk", "email": "vanthu@example.vn", "phone": "0296 3852 576"})
    with office.database.reading() as connection:
        one = directory.read_offices(connection).get(DEPARTMENT)
    assert [each.document for each in one.deputies] == ["70/QĐ"]
    assert one.absent[0].until == date(2023, 8, 25)
    assert (one.email["clerk"], one.phone["clerk"]) == ("vanthu@example.vn", "0296 3852 576")
    admin.send(f"{at}/deputies/1/end", {"until": "", "why": "Back"})
    admin.send(f"{at}/absences/1/end", {"until": "22/08/2023"})
    with office.database.reading() as connection:
        one = directory.read_offices(connection).get(DEPARTMENT)
    assert (one.deputies, one.absent[0].until) == ((), date(2023, 8, 22))
    admin.send(f"{at}/deputies/9/end", {})
    assert admin.page.status_code == 404
    assert admin.look("/offices/nowhere/persons").status_code == 404


def test_deputies_absences_and_addresses_are_changed_by_a_program(program: Program) -> None:
    at = "offices/unit-2"
    made = program.send(
        f"{at}/deputies", {"role": "leader", "deputy": "Phó phòng", "since": "21/08/2023", "only": ["accept"]}
    )
    assert made.status_code == 201, made.text
    assert made.json()["deputies"][0] == {"role": "leader", "deputy": "Phó phòng", "since": "2023-08-21", "until": None,
                                          "actions": ["accept"], "document": None}  # fmt: skip
    again = program.send(
        f"{at}/deputies", {"role": "leader", "deputy": "Phó phòng", "since": "21/08/2023", "only": ["accept"]}
    )
    assert again.status_code == 409
    assert program.send(f"{at}/deputies/1/end", {"until": "2023-08-22"}).json()["deputies"][0]["until"] == "2023-08-22"
    assert program.send(f"{at}/deputies/2/end", {}).status_code == 404
    assert program.send(f"{at}/absences", {"role": "leader", "since": "2023-08-21"}).json()["absent"]
    assert program.send(f"{at}/absences/1/end", {}).json()["absent"] == []
    put = program.send(f"{at}/addresses/office", {"email": "vp@example.vn", "phone": "+84 296 3852 577"})
    assert (put.json()["email"]["office"], put.json()["phone"]["office"]) == ("vp@example.vn", "+84 296 3852 577")
    assert program.send(f"{at}/addresses/king", {"email": "vp@example.vn"}).status_code == 422


def test_an_incident_is_seen_tried_and_resolved(
    admin: Visitor, program: Program, office: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Desk(office, name="failing")
    failing.order("2023-08-25", "unit-1", "unit-2")
    rung, broken = elapsing._rung, {2, 3}

    def fails(world, obligation, *rest):  # type: ignore[no-untyped-def]
        if world.opened.id == failing.cascade and obligation.number in broken:
            raise ZeroDivisionError("a fault in the law")
        return rung(world, obligation, *rest)

    monkeypatch.setattr(elapsing, "_rung", fails)
    failing.at("2023-08-28T09:00").round()
    admin.look("/incidents")
    path = f"/incidents/{failing.cascade}/2"
    assert f'href="{path}"' in admin.page.text
    admin.look(path)
    assert "ZeroDivisionError" in admin.words
    assert "rung:2" in admin.words
    admin.send(f"{path}/retry", {"reason": ""})
    assert (admin.page.status_code, 'id="reason-error"' in admin.page.text) == (422, True)
    admin.send(f"{path}/retry", {"reason": "Restarted"})
    assert "failed again" in admin.words
    broken.discard(2)
    admin.send(f"{path}/retry", {"reason": "Corrected"})
    assert "the incident is over" in admin.words
    shown = program.look(f"incidents/{failing.cascade}/3").json()
    assert "due" in shown["clocks"]
    failed = program.send(f"incidents/{failing.cascade}/3/retries", {"reason": "Restarted"}).json()
    assert failed == {"over": False, "error": "ZeroDivisionError: a fault in the law"}
    done = program.send(f"incidents/{failing.cascade}/3/resolutions", {"reason": "Told by telephone"})
    assert done.json() == {"over": True, "error": ""}
    assert program.look(f"incidents/{failing.cascade}/3").status_code == 404
    again = program.send(f"incidents/{failing.cascade}/3/resolutions", {"reason": "Told by telephone"})
    assert again.status_code == 409
    assert failing.verdict().verified


def test_a_program_previews_and_carries_out_a_batch(program: Program, leader: Program, office: Runtime) -> None:
    several = Desk(office, name="several")
    above = several.issue("province", ItemDraft("1", "Một việc", mode="once", lead=(DEPARTMENT,)),
                          ItemDraft("2", "Việc hai", mode="once", lead=(DEPARTMENT,)))  # fmt: skip
    keys = [f"{several.cascade}/{number}" for number in above]
    assert program.send("batches", {"action": "receive", "obligations": keys}).status_code == 403, "it has no seat"
    seen = leader.send(
        "batches/previews", {"action": "receive", "obligations": [*keys, f"{several.cascade}/99"]}
    ).json()
    assert [bool(one["refused"]) for one in seen["lines"]][-1]
    done = leader.send("batches", {"action": "acknowledge", "obligations": keys}).json()
    assert done["ready"] == 0, "nothing was told that could be acknowledged"
    assert all(one["refused"] for one in done["lines"])
    assert leader.send("batches", {"action": "burn", "obligations": keys}).status_code == 422


def test_a_program_keeps_lists(leader: Program) -> None:
    made = leader.send("views", {"name": "Overdue", "query": "/obligations?group=open_overdue&page=3"})
    assert (made.status_code, made.json()["query"]) == (201, "/obligations?group=open_overdue")
    assert [one["name"] for one in leader.look("views").json()["items"]] == ["Overdue"]
    assert leader.send("views", {"name": "Elsewhere", "query": "https://evil.example/x"}).status_code == 422
    assert leader.send("views/Overdue", method="DELETE").status_code == 204
    assert leader.look("views").json()["items"] == []


def test_a_program_tries_a_workflow(program: Program) -> None:
    text = program.look("workflows/government-notice/1").json()["text"]
    changed = text.replace('"Đã hoàn thành"', '"Xong"')
    found = program.send("workflows/differences", {"text": changed, "against": "government-notice@1"}).json()["items"]
    assert any("Xong" in one["says"] for one in found), found
    assert program.send("workflows/differences", {"text": text, "against": "nothing@1"}).status_code == 404
    year = program.send("workflows/simulations", {"text": text, "play": "silent", "since": "2024-01-02"})
    assert year.status_code == 200, year.text
    assert year.json()["total"] > 0
    assert year.json()["obligations"][0]["lines"]
    assert program.send("workflows/simulations", {"text": "workflow: ["}).status_code == 422


def test_a_slip_is_in_vietnamese_and_figures_are_not_found_where_there_are_none(leader: Program, desk: Desk) -> None:
    found = leader.look(f"obligations/{desk.cascade}/1/slip").json()
    assert "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" in found["text"]
    assert leader.look(f"obligations/{desk.cascade}/1/figures").status_code == 404
    assert leader.look(f"forms/{desk.cascade}/unit-1/2023-Q3").status_code == 404
    assert leader.look(f"obligations/{desk.cascade}/99/slip").status_code == 404


def test_the_page_of_a_directive_leads_to_what_is_done_to_it(address: str, desk: Desk) -> None:
    with Visitor(address) as one:
        page = one.sign_in("leader").look(f"/directives/{desk.cascade}/1").text
    ways = re.findall(r'href="(/register/(?:change|new)[^"]+|/directives/[^"]+/urging)"', page)
    base = f"{desk.cascade}/1"
    assert {f"/register/change/{base}/{what}" for what in ("amend", "revoke", "correct")} <= set(ways)
    assert {f"/register/new?replaces={base}", f"/directives/{base}/urging"} <= set(ways)
