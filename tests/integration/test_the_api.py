"""The API as a program meets it: what is refused and in which words, what is done once, who was first."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.access.gate import Gate
from engine.access.sessions import csrf_of
from engine.exchange.offices_blocks import to_yaml
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from engine.web.app import build
from engine.web.problems import CODES
from engine.web.site import site_of
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk, task
from tests.support.offices import DEPARTMENT, PROVINCE
from tests.support.programs import Program, token

DRAFT = {
    "number": 9, "issued_on": "2023-08-14", "notation": "SKHCN-VP", "type": "CV", "subject": "Rà soát nhiệm vụ",
    "issue": {"issuer": DEPARTMENT},
    "items": [{"number": "1", "text": "Báo cáo kết quả", "due": "31/8/2023", "lead": ["unit-3"]}],
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    """An office with accounts, on a Monday at nine."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        account(runtime, "unit", ("unit-1", "leader"), ("unit-1", "clerk"))
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "second", (DEPARTMENT, "leader"))
        account(runtime, "keeper", roles=("admin",))
        yield Desk(runtime).at(READY)


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    with served(desk.runtime) as at:
        yield at


@pytest.fixture
def order(desk: Desk) -> Iterator[str]:
    """A cascade of its own, in which unit-1 owes obligation 2 to the department; the way to its acts."""
    desk.cascade = ""
    desk.order("2023-08-21", "unit-1")
    yield f"obligations/{desk.cascade}/2"
    desk.cascade = ""


@pytest.fixture
def unit(desk: Desk, address: str) -> Iterator[Program]:
    with Program(address, token(desk.runtime, "unit", "write")) as one:
        yield one
    _let_go(desk.runtime, "unit")


@pytest.fixture
def leader(desk: Desk, address: str) -> Iterator[Program]:
    with Program(address, token(desk.runtime, "leader", "write")) as one:
        yield one
    _let_go(desk.runtime, "leader")


def _let_go(runtime: Runtime, name: str) -> None:
    tokens = Gate(runtime.database, runtime.clock).tokens
    for one in tokens.listed(name):
        if one.revoked_at is None:
            tokens.revoke(one.id, name)


RECEIVE = {"action": "receive", "as": "unit-1/clerk"}


def test_a_whole_directive_goes_by_the_api(leader: Program, unit: Program, desk: Desk, order: str) -> None:
    seen = unit.look(order)
    assert list(seen.json()["open"]["unit-1/clerk"]) == ["receive"]
    received = unit.send(f"{order}/acts", RECEIVE, If_Match=seen.headers["etag"])
    assert (received.json()["state"], received.status_code) == ("working", 200)
    report = {"action": "report", "as": "unit-1/leader", "fields": {"symbol": "15/BC-U1", "sent_on": "14/08/2023"}}
    assert unit.send(f"{order}/acts", report).json()["state"] == "reported"
    accepted = leader.send(f"{order}/acts", {"action": "accept"})
    assert accepted.json()["state"] == "accepted"
    assert unit.look(f"{order}/history").json()["items"][0]["says"].startswith("accept")
    assert desk.verdict().verified


def test_a_draft_is_issued_once_and_its_letter_is_read_first(leader: Program) -> None:
    letter = (Path(__file__).parents[1] / "support" / "dispatches" / "amending_letter.txt").read_text(encoding="utf-8")
    read = leader.send("drafts", {"text": letter})
    assert read.status_code == 200, read.text
    assert read.json()["items"]
    issued = leader.send("directives", {"draft": DRAFT, "workflow": "government-notice"})
    assert issued.status_code == 201, issued.text
    assert (
        leader.look(issued.headers["location"].removeprefix("/api/v1/")).json()["directive"]["symbol"] == "9/SKHCN-VP"
    )
    again = leader.send("directives", {"draft": DRAFT, "workflow": "government-notice"})
    assert (again.json()["cascade"], again.json()["again"]) == (issued.json()["cascade"], True)
    other = leader.send("directives", {"draft": {**DRAFT, "subject": "Khác"}, "workflow": "government-notice"})
    assert (other.status_code, other.json()["open"]) == (409, ["another: true"])


def test_a_draft_that_cannot_be_read_says_every_place(leader: Program) -> None:
    answer = leader.send("directives", {"draft": {**DRAFT, "nosuch": 1, "issued_on": "soon"}})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert len(answer.json()["errors"]) == 2
    assert {"line", "column", "code", "says"} <= answer.json()["errors"][0].keys()


def test_work_is_passed_on_amended_revoked_linked_and_urged(leader: Program, desk: Desk, order: str) -> None:
    cascade = desk.cascade
    passed = leader.send(f"obligations/{cascade}/1/relays", {"direction": "Làm ngay", "lead": ["unit-2"]})
    assert (passed.status_code, len(passed.json()["obligations"])) == (201, 1), passed.text
    later = {"document": "70/CV", "reason": "more time", "changes": [{"item": "1", "due": "18/08/2023"}]}
    assert leader.send(f"directives/{cascade}/2/amendments", later).status_code == 200
    link = leader.send(f"directives/{cascade}/2/links", {"symbol": "05/KH-SKHCN", "kind": "continues"})
    assert link.status_code == 200, link.text
    urged = leader.send(f"directives/{cascade}/2/urgings", {"symbol": "88/CV"})
    assert urged.json() == {"symbol": "88/CV", "obligations": [2]}
    gone = leader.send(f"directives/{cascade}/2/revocation", {"document": "75/CV", "reason": "replaced"})
    assert (gone.status_code, desk[2].outcome) == (200, "void")


def test_an_act_without_its_fields_names_each_of_them(unit: Program, order: str) -> None:
    unit.send(f"{order}/acts", RECEIVE)
    answer = unit.send(
        f"{order}/acts", {"action": "report", "as": "unit-1/leader", "fields": {"sent_on": "soon", "x": "1"}}
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["exit"]) == (422, "refused", 5)
    assert {one["field"] for one in problem["errors"]} == {"symbol", "sent_on", "x"}


def test_what_the_law_refuses_says_what_is_open_and_who_was_last(leader: Program, unit: Program, order: str) -> None:
    unit.send(f"{order}/acts", RECEIVE)
    problem = leader.send(f"{order}/acts", {"action": "accept"}).json()
    assert problem["open"] == ["stop", "close", "pause", "urge"]
    assert problem["changed"]["by"] == "unit-1/clerk"
    assert problem["detail"].startswith("Cannot 'accept' obligation 2: it is 'working'.")
    vietnamese = leader.send(f"{order}/acts", {"action": "accept"}, Accept_Language="fr, vi;q=0.9, en;q=0.1").json()
    assert vietnamese["detail"].startswith("Không")


def test_a_seat_has_to_be_named_where_there_are_several(unit: Program, order: str) -> None:
    answer = unit.send(f"{order}/acts", {"action": "receive"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "as"
    assert unit.send(f"{order}/acts", {"action": "receive", "as": "unit-2/clerk"}).status_code == 403


def test_whoever_read_before_somebody_changed_it_is_told_who_was_first(
    leader: Program, unit: Program, address: str, desk: Desk
) -> None:
    desk.cascade = ""
    desk.issue(PROVINCE, task("2023-09-29", DEPARTMENT))
    desk.issue(DEPARTMENT, task("2023-08-21", "unit-1", under=1))
    order = f"obligations/{desk.cascade}/2"
    unit.send(f"{order}/acts", RECEIVE)
    asked = {"action": "request_extension", "as": "unit-1/leader", "fields": {"until": "18/09/2023", "reason": "more"}}
    assert unit.send(f"{order}/acts", asked).status_code == 200
    read = leader.look(order).headers["etag"]
    with Program(address, token(desk.runtime, "second", "write")) as second:
        grant = {"action": "refuse_extension", "fields": {"reason": "no"}}
        deciding = [(leader, grant), (second, grant)]
        answers: list[Any] = []
        threads = [
            threading.Thread(
                target=lambda who=who, body=body: answers.append(who.send(f"{order}/acts", body, If_Match=read))
            )
            for who, body in deciding
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert sorted(one.status_code for one in answers) == [200, 412], [one.text for one in answers]
    late = next(one for one in answers if one.status_code == 412).json()
    assert (late["code"], late["changed"]["by"]) == ("overtaken", f"{DEPARTMENT}/leader")
    assert late["changed"]["etag"] == leader.look(order).headers["etag"]


def test_replacing_the_directory_needs_the_etag_that_was_read(desk: Desk, address: str) -> None:
    with Program(address, token(desk.runtime, "keeper", "admin")) as keeper:
        text = "offices: {}\n"
        assert keeper.send("offices", {"text": text}, "PUT").status_code in (422, 428)
        stale = keeper.send("offices", {"text": _directory(desk)}, "PUT", If_Match='"1"')
        assert (stale.status_code, stale.json()["code"]) == (412, "overtaken")
        assert keeper.send("offices", {"text": _directory(desk)}, "PUT").status_code == 428
        read = keeper.look("offices").headers["etag"]
        assert keeper.send("offices", {"text": _directory(desk)}, "PUT", If_Match=read).json() == {"offices": 11}


def test_a_request_under_its_key_is_done_once_and_answered_twice(unit: Program, desk: Desk, order: str) -> None:
    first = unit.send(f"{order}/acts", RECEIVE, Idempotency_Key="one")
    before = len(desk.entries())
    second = unit.send(f"{order}/acts", RECEIVE, Idempotency_Key="one")
    assert (second.json(), second.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(desk.entries()) == before
    other = unit.send(f"{order}/acts", {**RECEIVE, "as": "unit-1/leader"}, Idempotency_Key="one")
    assert (other.status_code, "another request" in other.json()["detail"]) == (409, True)


def test_what_was_refused_leaves_its_key_free(unit: Program, order: str) -> None:
    early = {"action": "report", "as": "unit-1/leader", "fields": {"symbol": "15/BC", "sent_on": "14/08/2023"}}
    assert unit.send(f"{order}/acts", early, Idempotency_Key="two").status_code == 409
    unit.send(f"{order}/acts", RECEIVE)
    assert unit.send(f"{order}/acts", early, Idempotency_Key="two").status_code == 200


def test_a_request_that_is_still_carried_out_says_when_to_come_again(unit: Program, desk: Desk, order: str) -> None:
    body = unit.client.build_request("POST", f"/api/v1/{order}/acts", json=RECEIVE).read()
    Gate(desk.runtime.database, desk.runtime.clock).answers.begin("unit", "three", _asked(order, body))
    answer = unit.send(f"{order}/acts", RECEIVE, Idempotency_Key="three")
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")


def test_no_key_keeps_a_secret(address: str) -> None:
    with Visitor(address) as one:
        one.sign_in("leader")
        secret = dict(one.client.cookies)["cascade"]
        headers = {"X-CSRF-Token": csrf_of(secret), "Idempotency-Key": "four"}
        made = one.client.post("/api/v1/account/tokens", json={"name": "mine"}, headers=headers)
        assert made.json()["secret"].startswith("cas_")
        again = one.client.post("/api/v1/account/tokens", json={"name": "mine"}, headers=headers)
        assert again.status_code == 409
        gone = one.client.delete(
            f"/api/v1/account/tokens/{made.json()['id']}", headers={"X-CSRF-Token": csrf_of(secret)}
        )
        assert gone.status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("drafts", {"text": ""}, 422, "body.text"),
        ("drafts", {"text": "a", "more": 1}, 422, "body.more"),
        ("drafts", {}, 422, "body.text"),
        ("obligations?limit=0", None, 422, "query.limit"),
        ("obligations?cursor=bm9uZQ", None, 404, None),
        ("obligations?due_from=31/31/2023", None, 422, "due_from"),
        ("obligations/nosuch/1", None, 404, None),
        ("nosuch", None, 404, None),
        ("obligations?offce=unit-1", None, 422, "query.offce"),
        ("queue?kind=dance", None, 422, "query.kind"),
    ],
)
def test_wrong_input_is_told_by_field(leader: Program, path: str, body: Any, status: int, field: str | None) -> None:
    answer = leader.send(path, body) if body is not None else leader.look(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["code"] in CODES
    assert field is None or field in [one["field"] for one in answer.json()["errors"]]


def test_what_is_no_json_is_told_so(leader: Program) -> None:
    headers = {"content-type": "application/json"}
    answer = leader.client.post("/api/v1/drafts", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, "What was sent is not JSON.")


def test_a_list_is_walked_page_by_page(leader: Program, desk: Desk, order: str) -> None:
    found, cursor = [], ""
    while True:
        page = leader.look(f"obligations?sort=number&limit=2{f'&cursor={cursor}' if cursor else ''}").json()
        found += [(one["cascade"], one["number"]) for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(found) == len(set(found)) >= 2
    assert found == sorted(found)


def test_the_document_names_every_way_with_its_errors_and_the_page_shows_them(desk: Desk, address: str) -> None:
    with Program(address) as stranger, Visitor(address) as reader:
        document = stranger.look("openapi.json").json()
        page = reader.look("/api")
        assert page.status_code == 200
        for path, ways in document["paths"].items():
            for way in ways.values():
                assert way["summary"]
                assert {"401", "403", "404", "422", "503"} <= way["responses"].keys()
                assert path.split("{")[0] in page.text
        for host in ("http://", "https://", "<script>", "style="):
            assert host not in page.text.replace("https://example.vn", ""), host
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert build(site_of(desk.runtime))


def _asked(order: str, body: bytes) -> bytes:
    return b"\n".join((b"POST", f"/api/v1/{order}/acts".encode(), b"", body))


def _directory(desk: Desk) -> str:
    with desk.runtime.database.reading() as connection:
        return to_yaml(list(desk.runtime.executor.known(connection).offices))
