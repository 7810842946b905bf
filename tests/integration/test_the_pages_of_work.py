"""My work, the obligation and the directive in a browser without scripts: what is shown, what is done, what is refused."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from engine.notify.channels import Silent
from engine.notify.links import Links, make
from engine.runtime import Runtime, opened
from storage import bulk, outbox
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from workflows.fields import parse_instant

KEY = b"k" * 32
VISIT = 'label: "Báo cáo lãnh đạo", '


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    """An office whose orders are made by each test, with a post of each kind."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        runtime.links = Links("http://office.example", KEY)
        made = Desk(runtime).at(READY)
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "second", (DEPARTMENT, "leader"))
        account(runtime, "clerk", (DEPARTMENT, "clerk"))
        account(runtime, "unit", ("unit-1", "leader"), ("unit-1", "clerk"))
        account(runtime, "other", ("unit-8", "leader"))
        account(runtime, "reader", roles=("auditor",))
        account(runtime, "keeper", roles=("admin",))
        yield made


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    with served(desk.runtime) as at:
        yield at


@pytest.fixture
def people(address: str) -> Iterator[dict[str, Visitor]]:
    made = {
        name: Visitor(address)
        for name in ("leader", "second", "clerk", "unit", "other", "reader", "keeper", "stranger")
    }
    yield made
    for one in made.values():
        one.client.close()


def signed_in(people: dict[str, Visitor], name: str) -> Visitor:
    return people[name].sign_in(name)


def order(desk: Desk, *holders: str, due: str = "2023-08-25") -> tuple[int, ...]:
    """A fresh cascade: the department orders its units."""
    desk.cascade = ""
    return desk.order(due, *holders)


def hidden(visitor: Visitor, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', visitor.page.text)
    assert found, f"no field {name}"
    return unescape(found[1])


def acting(visitor: Visitor, path: str, **fields: str) -> None:
    """Open a form, fill it in, send it."""
    visitor.look(path)
    assert visitor.page.status_code == 200, visitor.words
    resend(visitor, path, **fields)


def resend(visitor: Visitor, path: str, **fields: str) -> None:
    kept = {name: hidden(visitor, name) for name in ("command", "seat", "seen")}
    visitor.send(path, {**kept, **{f"field-{name}": value for name, value in fields.items()}})


def way(desk: Desk, number: int, rest: str = "") -> str:
    return f"/obligations/{desk.cascade}/{number}{rest}"


def test_the_page_says_what_whose_by_when_and_why_and_what_i_may_do(desk: Desk, people: dict[str, Visitor]) -> None:
    first, _ = order(desk, "unit-1", "unit-2")
    unit = signed_in(people, "unit")
    unit.look(way(desk, first))
    assert "Thời hạn : 25/08/2023" in unit.words or "Thời hạn: 25/08/2023" in unit.words
    assert "Department → Unit 1" in unit.words
    assert "Chưa tiếp nhận" in unit.words
    assert "25/08/2023: đúng như ghi" in unit.words, "why that date"
    assert "Với tư cách văn thư Unit 1 Tiếp nhận" in unit.words
    assert "Nhắc việc · 22/08/2023" in unit.words, "the ladder"
    assert "Giao cho Unit 1" in unit.words, "the history"
    assert "unit-1/" not in unit.words, "no ids"
    raw = unit.look(f"{way(desk, first)}?history=raw")
    assert "Assigned" in raw.text
    assert "&#34;" in raw.text, "the body as it is stored"


def test_what_is_not_seen_is_not_found_and_an_admin_sees_counts_alone(desk: Desk, people: dict[str, Visitor]) -> None:
    first, _ = order(desk, "unit-1", "unit-2")
    for name, status in (("other", 404), ("keeper", 403), ("reader", 200), ("leader", 200)):
        visitor = signed_in(people, name)
        for path in (way(desk, first), way(desk, first, "/diagram.svg"), way(desk, first, "/slip")):
            assert visitor.look(path).status_code == status, (name, path)
        assert visitor.look(f"/directives/{desk.cascade}/2").status_code == status, name
        assert visitor.look(f"/directives/{desk.cascade}/2/urging").status_code == status, name
        assert visitor.look(f"/directives/{desk.cascade}/2/tree.svg").status_code == status, name
    assert signed_in(people, "reader").look(way(desk, first, "/do/receive")).status_code == 403
    assert signed_in(people, "unit").look(way(desk, 999)).status_code == 404
    assert people["unit"].look("/obligations/nosuch/1").status_code == 404


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(desk: Desk, people: dict[str, Visitor]) -> None:
    [first] = order(desk, "unit-1")
    desk.act("unit-1/clerk", first, "receive")
    unit = signed_in(people, "unit")
    path = way(desk, first, "/do/report")
    acting(unit, path, symbol="no symbol", sent_on="14/08/2023")
    assert unit.page.status_code == 422
    assert re.search(r'id="field-symbol"[^>]*value="no symbol"[^>]*aria-invalid="true"', unit.page.text)
    assert re.search(r'id="field-sent_on"[^>]*value="14/08/2023"', unit.page.text)
    assert 'id="field-symbol-error"' in unit.page.text
    assert 'id="field-sent_on-error"' not in unit.page.text
    resend(unit, path, symbol="", sent_on="40/08/2023")
    assert 'id="field-symbol-error"' in unit.page.text
    assert 'id="field-sent_on-error"' in unit.page.text
    resend(unit, path, symbol="1/BC-U1", sent_on="14/08/2023")
    assert unit.page.status_code == 200
    assert unit.page.url.path == way(desk, first)
    assert "Đã ghi nhận: Báo cáo kết quả: Đang thực hiện → Chờ xác nhận" in unit.words
    assert desk[first].state == "reported"


def test_the_consequence_is_said_before_and_a_form_sent_twice_is_one_act(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    [first] = order(desk, "unit-1")
    unit = signed_in(people, "unit")
    path = way(desk, first, "/do/receive")
    unit.look(path)
    assert "Nhiệm vụ chuyển từ “Chưa tiếp nhận” sang “Đang thực hiện”." in unit.words
    kept = {name: hidden(unit, name) for name in ("command", "seat", "seen", "csrf")}
    for _ in range(2):
        answer = unit.client.post(path, data=kept)
        assert answer.status_code == 200
        assert "Đã ghi nhận" in answer.text
    assert len(desk.entries("Acted", about=first)) == 1


def test_the_second_of_two_is_told_who_was_first(desk: Desk, people: dict[str, Visitor]) -> None:
    [first] = order(desk, "unit-1")
    desk.report(first)
    path = way(desk, first, "/do/redo")
    one, two = signed_in(people, "leader"), signed_in(people, "second")
    one.look(way(desk, first, "/do/accept"))
    two.look(path)
    resend(one, way(desk, first, "/do/accept"))
    assert desk[first].state == "accepted"
    resend(two, path, reason="Chưa đủ số liệu")
    assert two.page.status_code == 409
    assert "Đã có người làm trước" in two.words
    assert "Post leader (lãnh đạo Department): Xác nhận hoàn thành" in two.words
    assert f"mục nhật ký {desk.entries('Acted', about=first)[-1].seq}" in two.words
    assert "Chưa đủ số liệu" in two.words, "what was typed"


def test_another_date_is_asked_for_and_two_decide_it(desk: Desk, people: dict[str, Visitor]) -> None:
    [first] = order(desk, "unit-1")
    desk.act("unit-1/clerk", first, "receive")
    unit, one, two = signed_in(people, "unit"), signed_in(people, "leader"), signed_in(people, "second")
    acting(unit, way(desk, first, "/do/request_extension"), until="29/08/2023", reason="Chờ số liệu")
    assert unit.page.status_code == 409, "beyond the date above"
    assert "29/08/2023" in unit.page.text
    desk.cascade = ""
    desk.issue("province", *_items("2023-09-29", DEPARTMENT))
    [first] = desk.issue(DEPARTMENT, *_items("2023-08-25", "unit-1", under=1))
    desk.act("unit-1/clerk", first, "receive")
    acting(unit, way(desk, first, "/do/request_extension"), until="29/08/2023", reason="Chờ số liệu")
    assert desk[first].request is not None
    grant, refuse = way(desk, first, "/do/grant_extension"), way(desk, first, "/do/refuse_extension")
    one.look(way(desk, first))
    assert "Đang xin gia hạn" in one.words
    one.look(grant)
    assert "Thời hạn mới là 29/08/2023." in one.words
    two.look(refuse)
    resend(one, grant)
    assert one.page.status_code == 200
    resend(two, refuse, reason="Không")
    assert two.page.status_code == 409
    assert "Post leader" in two.words
    assert desk[first].due_at == parse_instant("2023-08-29")


def _items(due: str, *holders: str, under: int | None = None) -> list[object]:
    from tests.support.desk import task

    return [task(due, *holders, under=under)]


def test_who_has_several_seats_chooses_and_nobody_takes_a_seat_of_others(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    [first] = order(desk, "unit-1")
    unit = signed_in(people, "unit")
    unit.look(way(desk, first))
    assert "Với tư cách lãnh đạo Unit 1" in unit.words
    assert "Với tư cách văn thư Unit 1" in unit.words
    unit.look(way(desk, first, "/do/receive"))
    stolen = {"command": hidden(unit, "command"), "seat": f"{DEPARTMENT}/leader", "seen": "0"}
    assert unit.send(way(desk, first, "/do/stop"), stolen).status_code == 403
    unit.look(way(desk, first, "/do/receive"))
    assert unit.send(way(desk, first, "/do/receive"), {**stolen, "seat": "nonsense"}).status_code == 404
    closed = unit.look(way(desk, first, "/do/accept"))
    assert closed.status_code in (403, 409)
    assert "Hiện bạn không thực hiện được" in unit.words
    assert desk[first].state == "assigned"


def test_the_act_of_an_office_outside_is_recorded_with_its_document_and_day(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    order(desk, "unit-1")
    clerk = signed_in(people, "clerk")
    clerk.look(way(desk, 1))
    assert "văn thư Department, ghi nhận thay cho People&#39;s Committee" in clerk.page.text
    path = way(desk, 1, "/do/stop?seat=department/clerk@province")
    clerk.look(path)
    assert 'name="field-happened_on"' in clerk.page.text
    resend(clerk, way(desk, 1, "/do/stop"), document="70/UBND", happened_on="14/08/2023", reason="Thôi thực hiện")
    assert clerk.page.status_code == 200, clerk.words
    assert desk[1].state == "stopped"


def test_it_is_passed_on_by_a_direction_on_the_slip(desk: Desk, people: dict[str, Visitor]) -> None:
    order(desk, "unit-1")
    leader, path = signed_in(people, "leader"), way(desk, 1, "/relay")
    leader.look(path)
    kept = {name: hidden(leader, name) for name in ("command", "seat", "seen")}
    leader.send(path, {**kept, "direction": "", "due": "someday"})
    assert leader.page.status_code == 422
    assert 'id="direction-error"' in leader.page.text
    assert 'id="due-error"' in leader.page.text
    assert 'id="parts-error"' in leader.page.text
    leader.send(
        path, {**kept, "direction": "Tham mưu", "due": "22/08/2023", "part-unit-3": "lead", "part-unit-4": "info"}
    )
    assert leader.page.status_code == 200, leader.words
    made = {one.holder: one for one in desk.obligations() if one.directive == 3}
    assert {holder: one.part for holder, one in made.items()} == {"unit-3": "lead", "unit-4": "info"}
    assert made["unit-3"].due_at == parse_instant("2023-08-22")
    sheet = leader.look(way(desk, made["unit-3"].number, "/slip"))
    assert "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" in sheet.text
    assert "Tham mưu" in sheet.text
    assert signed_in(people, "unit").look(path).status_code in (404, 409)


def test_the_tree_opens_level_by_level_by_links_alone(desk: Desk, people: dict[str, Visitor]) -> None:
    first, second = order(desk, "unit-1", "unit-2")
    leader = signed_in(people, "leader")
    leader.look(f"/directives/{desk.cascade}/1")
    assert "Unit 1" not in leader.page.text.split('id="tree"')[1].split("</section>")[0]
    assert "Đã giao cấp dưới" in leader.words
    toggle = re.search(r'class="toggle" href="([^"]+)"', leader.page.text)
    assert toggle
    leader.look(unescape(toggle[1]).partition("#")[0])
    tree = leader.page.text.split('id="tree"')[1].split("</section>")[0]
    assert "Unit 1" in tree
    assert "Unit 2" in tree
    part = leader.look(f"/directives/{desk.cascade}/1/below/1")
    assert f'id="below-{first}"' in part.text
    assert f'id="below-{second}"' in part.text
    assert leader.look(f"/directives/{desk.cascade}/1?after=nonsense").status_code == 404
    own = signed_in(people, "unit").look(f"/directives/{desk.cascade}/2")
    assert "Unit 1" in own.text
    assert "Unit 2" not in own.text, "a unit sees its own"
    assert leader.look(f"/directives/{desk.cascade}/2/urging").text.count("/obligations/") == 2
    assert leader.look(f"/directives/{desk.cascade}/99").status_code == 404


def test_pictures_come_with_a_policy_that_lets_nothing_run(desk: Desk, people: dict[str, Visitor]) -> None:
    [first] = order(desk, "unit-1")
    leader = signed_in(people, "leader")
    for path in (way(desk, first, "/diagram.svg"), f"/directives/{desk.cascade}/1/tree.svg"):
        answer = leader.look(path)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.text.lstrip().startswith("<")


def test_several_are_received_after_a_preview_and_what_is_refused_says_why(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    [first] = order(desk, "unit-1")
    mine = desk.cascade
    [second] = order(desk, "unit-1")
    desk.act("unit-1/clerk", second, "receive")
    chosen = [f"{mine}/{first}", f"{desk.cascade}/{second}", f"{mine}/1", "nosuch/7", "nonsense"]
    unit = signed_in(people, "unit")
    unit.look("/work")
    assert 'name="chosen"' in unit.page.text
    unit.page = unit.client.post("/several", data={"csrf": unit.token, "action": "receive", "chosen": chosen})
    assert unit.page.status_code == 200
    assert "Chưa có gì được thực hiện" in unit.words
    assert unit.words.count("sẽ bị từ chối") == 3
    assert not [one for one in desk.entries("Acted") if one.cascade_id == mine]
    key = f"{mine}/{first}"
    fields = {name: hidden(unit, f"{name}-{key}") for name in ("name", "seat", "command")}
    data = {"csrf": unit.token, "action": "receive", "chosen": [key, f"{desk.cascade}/{second}"],
            **{f"{name}-{key}": value for name, value in fields.items()}}  # fmt: skip
    for _ in range(2):
        unit.page = unit.client.post("/several/done", data=data)
        assert unit.page.status_code == 200, unit.words
        assert "Đã thực hiện 1 mục." in unit.words
        assert "1 mục bị từ chối" in unit.words
    desk.cascade = mine
    assert desk[first].state == "working"
    assert len(desk.entries("Acted", about=first)) == 1
    unit.look("/work")
    assert unit.send("/several", {"action": "receive"}).status_code == 422
    assert "Chưa chọn mục nào" in unit.words
    assert signed_in(people, "reader").send("/several", {"action": "receive"}).status_code == 403


def test_without_scripts_or_a_sight_of_the_page_a_part_leads_to_signing_in(
    people: dict[str, Visitor], desk: Desk
) -> None:
    stranger = people["stranger"]
    stranger.client.follow_redirects = False
    asked = stranger.client.get(
        "/work?time=near", headers={"HX-Request": "true", "HX-Current-URL": "http://x/work?asks=report"}
    )
    assert asked.headers["hx-redirect"] == "/sign-in?to=%2Fwork%3Fasks%3Dreport"
    assert stranger.look("/work").headers["location"].startswith("/sign-in?")
    assert "responseHandling" in stranger.look("/sign-in").text


def test_a_link_of_a_message_shows_first_and_acknowledges_by_its_button_alone(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    [first] = order(desk, "unit-1", due="2023-08-18")
    desk.act("unit-1/clerk", first, "receive")
    desk.live_until("2023-08-18T10:00")
    message = _rung_message(desk.runtime, desk.cascade, first)
    token, stranger = make(KEY, message, parse_instant("2024-08-01")), people["stranger"]
    stranger.look(f"/acknowledge/{token}")
    assert stranger.page.status_code == 200
    assert "Unit 1" in stranger.words
    assert not desk[first].held_until, "looking does nothing"
    kept = stranger.token
    stranger.send(f"/acknowledge/{token}", {})
    assert stranger.page.status_code == 200, stranger.words
    assert "Đã ghi nhận việc bạn xác nhận." in stranger.words
    assert desk[first].held_until
    [entry] = desk.entries("Acknowledged", about=first)
    assert entry.data["by"]["known_by"] == "link"
    again = stranger.client.post(f"/acknowledge/{token}", data={"csrf": kept})
    assert again.status_code == 200
    assert len(desk.entries("Acknowledged", about=first)) == 1
    assert stranger.look(f"/acknowledge/{token}").status_code == 200
    assert "Không còn gì cần xác nhận" in stranger.words
    for bad in ("nonsense", token[:-2] + "xx", make(KEY, message, parse_instant("2023-08-01"))):
        assert stranger.look(f"/acknowledge/{bad}").status_code == 409


def _rung_message(runtime: Runtime, cascade: str, number: int) -> outbox.Message:
    with runtime.database.reading() as connection:
        rows = bulk.read(connection, f"{outbox.ROWS.select} WHERE cascade_id = ? AND obligation = ? AND kind = 'RungReached'"
                         " AND office = 'unit-1' AND role = 'leader' ORDER BY seq DESC", cascade, number)  # fmt: skip
        return outbox.ROWS.from_row(rows[0], sqlite=True)


def test_a_visit_that_the_ladder_asks_for_stands_in_my_work_and_is_recorded(
    desk: Desk, people: dict[str, Visitor]
) -> None:
    desk.publish((VISIT, f"{VISIT}task: visit, "))
    [first] = order(desk, "unit-1", due="2023-08-24")
    desk.act("unit-1/clerk", first, "receive")
    desk.live_until("2023-08-29T09:00")
    leader = signed_in(people, "leader")
    leader.look("/work")
    assert "ghi nhận đã làm" in leader.words
    [task] = desk[first].tasks
    path = way(desk, first, "/do/record_task")
    leader.look(f"{path}?seat={DEPARTMENT}/leader")
    assert f'value="{task.id}"' in leader.page.text
    resend(leader, path, task=task.id, done_on="01/08/2023", note="Đã làm việc")
    assert leader.page.status_code == 422
    resend(leader, path, task=task.id, done_on="29/08/2023", note="Đã làm việc")
    assert leader.page.status_code == 200, leader.words
    assert not desk[first].tasks
