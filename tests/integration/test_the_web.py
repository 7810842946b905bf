"""The web as a browser meets it: who comes in, what is refused and in which words, what every answer carries."""

import asyncio
import gettext
import hashlib
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from engine import language
from engine.access.links import path_of
from engine.access.rules import DEEDS
from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from engine.scheduler.pulse import Pulse
from engine.web.app import build
from engine.web.guards.limits import Limits
from engine.web.listening import Address, Busy, parse, take
from engine.web.paper import STATIC
from engine.web.routes import Routes, declared
from engine.web.site import site_of
from tests.support.browsing import PASSWORD, Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from workflows.errors import Incomplete

HTMX = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"  # htmx 2.0.10, as the django-htmx wheel carries it


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    """An office with an order to two units, one of which has received it, and an account of each kind."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, _ = desk.order("2023-08-21", "unit-1", "unit-2")
        desk.act("unit-1/clerk", first, "receive")
        account(runtime, "clerk", ("unit-2", "clerk"))
        account(runtime, "leader", (DEPARTMENT, "leader"), ("unit-1", "leader"))
        account(runtime, "reader", roles=("auditor",), language="en")
        account(runtime, "keeper", roles=("admin",))
        yield runtime


def test_whoever_signs_in_is_led_back_to_the_page_that_was_wanted(visitor: Visitor) -> None:
    visitor.look("/work?asks=receive")
    assert visitor.page.url.path == "/sign-in"
    visitor.send(str(visitor.page.url.raw_path, "ascii"), {"name": "clerk", "password": PASSWORD})
    assert str(visitor.page.url.raw_path, "ascii") == "/work?asks=receive"
    assert "còn 5 ngày làm việc" in visitor.words
    assert "cần tiếp nhận" in visitor.words


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(visitor: Visitor) -> None:
    said = []
    for name in ("clerk", "nobody"):
        visitor.look("/sign-in")
        visitor.send("/sign-in", {"name": name, "password": "wrong wrong wrong"})
        assert visitor.page.status_code == 422
        said.append(visitor.words)
    assert said[0] == said[1]


def test_signing_out_ends_the_session_and_not_only_the_cookie(visitor: Visitor) -> None:
    visitor.sign_in("clerk")
    kept = dict(visitor.client.cookies)
    visitor.send("/sign-out", {})
    assert "Bạn đã đăng xuất" in visitor.words
    visitor.client.cookies.update(kept)
    assert visitor.look("/work").url.path == "/sign-in"


def test_a_way_on_leads_nowhere_else(visitor: Visitor) -> None:
    for way in ("//evil.example/x", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        visitor.client.cookies.clear()
        visitor.look("/sign-in")
        visitor.send("/sign-in?to=" + way, {"name": "clerk", "password": PASSWORD})
        assert visitor.page.url.path == "/work", way


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(address: str, office: Runtime) -> None:
    with served(office, secure=True) as https, httpx.Client() as plain:
        page = plain.get(f"{https}/sign-in")
        token = page.text.split('name="csrf" value="')[1].split('"')[0]
        [cookie] = [one.split(";")[0] for one in page.headers.get_list("set-cookie")]
        done = plain.post(
            f"{https}/sign-in", data={"csrf": token, "name": "clerk", "password": PASSWORD}, headers={"cookie": cookie}
        )
    [made] = [one for one in done.headers.get_list("set-cookie") if one.startswith("__Host-cascade=")]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {one.strip() for one in made.split(";")}
    assert done.headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/sign-in", "/nosuch", "/work", "/static/nosuch.css"])
def test_every_answer_carries_the_policy_and_is_kept_nowhere(visitor: Visitor, path: str) -> None:
    visitor.client.follow_redirects = False
    headers = visitor.look(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"]
    assert "server" not in headers


def test_our_own_files_may_be_kept_for_they_change_their_address(visitor: Visitor) -> None:
    page = visitor.look("/sign-in").text
    way = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in visitor.look(way).headers["cache-control"]
    assert visitor.look("/static/..%2fapp.py").status_code == 404


def test_no_page_has_a_style_or_script_of_its_own() -> None:
    for template in (STATIC.parent / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "style=" not in text, template.name
        assert "<style" not in text, template.name
        assert " on" + "click" not in text, template.name
        assert text.count("<script") == text.count('<script src="{{ asset['), template.name


def test_the_one_script_is_the_one_that_was_checked() -> None:
    assert hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}],
    ids=str,
)  # fmt: skip
def test_what_another_site_sends_is_not_taken(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in("clerk")
    refused = visitor.send("/sign-out", {}, headers=headers)
    assert refused.status_code == 403
    assert visitor.look("/work").url.path == "/work", "still signed in"


def test_a_form_without_its_token_or_with_another_ones_is_not_taken(visitor: Visitor, address: str) -> None:
    visitor.sign_in("clerk")
    with Visitor(address) as other:
        token = other.sign_in("leader").token
    for wrong in ("", "x", token):
        assert visitor.client.post("/sign-out", data={"csrf": wrong}).status_code == 403
    assert "chưa có gì được thực hiện" in visitor.client.post("/sign-out", data={"csrf": "x"}).text
    assert visitor.look("/work").url.path == "/work"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(visitor: Visitor) -> None:
    visitor.look("/sign-in")
    assert visitor.send("/sign-in", {"name": "x" * 3_000_000}).status_code == 413
    assert "2 MB" in visitor.words


def asked_of(limits: Limits, office: Runtime, body: bytes) -> int:
    """The status with which a request ends whose body goes on for ever, its length told nowhere."""
    sent: list[dict[str, object]] = []
    scope = {"type": "http", "method": "POST", "path": "/work", "headers": [], "query_string": b"", "scheme": "http",
             "server": ("x", 80), "app": build(site_of(office)), "state": {"request_id": "1"}}  # fmt: skip

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(limits(scope, receive, send))  # type: ignore[arg-type]
    status = sent[0]["status"]
    assert isinstance(status, int)
    return status


def test_a_body_that_does_not_end_is_cut_off(office: Runtime) -> None:
    async def reading(scope: object, receive: Any, send: object) -> None:
        while (await receive())["more_body"]:
            pass

    assert asked_of(Limits(reading, site_of(office)), office, b"x" * 100_000) == 413


def test_a_body_that_does_not_come_is_not_waited_for(office: Runtime) -> None:
    with served(office, body_seconds=0.2) as at:
        host, port = at.removeprefix("http://").split(":")
        with closing(socket.create_connection((host, int(port)), 10)) as line:
            line.sendall(b"POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n"
                         b"content-type: application/x-www-form-urlencoded\r\n\r\nname")  # fmt: skip
            assert line.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_page_that_takes_too_long_is_answered_for(office: Runtime) -> None:
    async def never(scope: object, receive: object, send: object) -> None:
        await asyncio.Event().wait()

    assert asked_of(Limits(never, replace(site_of(office), answer_seconds=0.05)), office, b"") == 503


def test_vietnamese_unless_english_is_asked_for_and_then_it_is_remembered(visitor: Visitor) -> None:
    assert "Đăng nhập" in visitor.look("/sign-in").text
    assert '<html lang="en">' in visitor.look("/sign-in?lang=en").text
    assert "Sign in" in visitor.look("/sign-in").text
    visitor.look("/sign-in?lang=vi")
    visitor.sign_in("reader")
    assert "My work" not in visitor.look("/account").text


class Bracketed(gettext.NullTranslations):
    """A language that nobody speaks: every sentence in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def test_no_page_says_anything_past_the_catalogue(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalogue", lambda _: Bracketed())
    for path in ("/sign-in", "/nosuch", "/account", "/password", "/work?time=overdue"):
        if path == "/account":
            visitor.sign_in("leader")
        visitor.look(path)
        said = visitor.words
        while "⟦" in said:  # from the innermost outwards
            said, before = re.sub(r"⟦[^⟦⟧]*⟧", "", said), said
            assert said != before, f"a bracket is not closed: {before}"
        assert set(re.findall(r"[^\W\d_]{2,}", said)) <= {
            "cascade",
            "English",
            "Post",
            "leader",
            "Unit",
            "Department",
        }, path


def test_an_account_is_spoken_to_in_its_own_language(visitor: Visitor) -> None:
    visitor.sign_in("reader")
    assert "My work" in visitor.look("/work").text


def test_what_somebody_types_is_shown_and_never_run(visitor: Visitor) -> None:
    visitor.sign_in("leader")
    page = visitor.look('/work?symbol="><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in visitor.look("/<script>alert(1)</script>").text


def test_my_work_is_narrowed_by_its_address(visitor: Visitor) -> None:
    visitor.sign_in("leader")
    assert "1 đến 2 trên 2" in visitor.look("/work").text, "the department's own, and unit-1's"
    assert "1 đến 1 trên 1" in visitor.look("/work?office=unit-1").text
    assert "Không có việc nào khớp" in visitor.look("/work?time=overdue").text
    assert "1 đến 2 trên 2" in visitor.look("/work?asks=nonsense&page=nonsense").text


def test_an_administrator_has_no_work_and_begins_elsewhere(visitor: Visitor) -> None:
    visitor.sign_in("keeper")
    assert visitor.page.url.path == "/offices"
    assert visitor.look("/work").status_code == 403
    assert "Bạn không được mở phần này" in visitor.words


def test_every_route_names_a_deed_and_strangers_get_no_further_than_the_open_ones(
    office: Runtime, address: str
) -> None:
    found = declared(build(site_of(office)))
    assert len(found) >= 14
    with httpx.Client(base_url=address) as stranger:
        for one in found:
            assert one.deed in DEEDS
            path = one.path.replace("{secret}", "x").replace("{name}", "style.css")
            path = path.replace("{number}", "1").replace("{obligation}", "1")
            if not DEEDS[one.deed].anybody:
                refused = stranger.request(one.method, path)
                if one.deed == "feed":  # a calendar program has nowhere to sign in: a bad address is no address
                    assert refused.status_code == 404, one
                    continue
                if one.path.startswith("/api/v1/"):
                    assert refused.status_code == 401, one
                    continue
                assert refused.status_code == 303, one
                assert refused.headers["location"].startswith("/sign-in?"), one


def test_a_route_without_a_deed_cannot_be_registered() -> None:
    for deed in ("", "nosuch"):
        with pytest.raises(ValueError, match="is no deed"):
            Routes().get("/x", deed)
    past = FastAPI(openapi_url=None)
    past.get("/past")(lambda request: None)
    with pytest.raises(ValueError, match="without a deed"):
        declared(past)


def test_the_first_account_is_made_by_a_link_that_is_good_once(sqlite: SqliteFiles) -> None:
    with (
        opened(create_installation(sqlite.empty()), channel=Silent()) as runtime,
        served(runtime) as at,
        Visitor(at) as one,
    ):
        assert "chưa có tài khoản" in one.look("/sign-in").text
        way = path_of(site_of(runtime).gate.links.setup() or "")
        one.look(way)
        fields = {"name": "Chief", "shown": "Quản trị", "password": "short", "again": "short"}
        assert one.send(way, fields).status_code == 422
        fields |= {"name": "chief", "password": PASSWORD, "again": PASSWORD}
        assert one.send(way, fields).url.path == "/sign-in"
        assert one.look(way).status_code == 409, "used"
        assert one.sign_in("chief").page.url.path == "/offices"


def test_another_password_ends_every_other_session(office: Runtime, address: str) -> None:
    account(office, "changer", ("unit-3", "clerk"))
    with Visitor(address) as here, Visitor(address) as there:
        here.sign_in("changer")
        there.sign_in("changer")
        here.look("/password")
        assert here.send("/password", {"old": PASSWORD, "new": "a b", "again": "a c"}).status_code == 422
        here.send("/password", {"old": PASSWORD, "new": "thu dong xuan ha", "again": "thu dong xuan ha"})
        assert "Mật khẩu đã đổi" in here.words
        assert here.look("/work").url.path == "/work"
        assert there.look("/work").url.path == "/sign-in"


def pulse(**but: object) -> Pulse:
    return replace(Pulse(True, None, timedelta(seconds=1), timedelta(seconds=5)), **but)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stands", "red"),
    [
        (pulse(), []),
        (pulse(silent=timedelta(seconds=14)), []),
        (pulse(silent=timedelta(seconds=16)), ["rounds"]),
        (pulse(held="the clock leapt"), ["held"]),
        (pulse(ready=False), ["not_ready"]),
    ],
)
def test_ready_is_red_when_rounds_do_not_come_or_are_held(office: Runtime, stands: Pulse, red: list[str]) -> None:
    with served(office, pulse=lambda: stands) as at:
        answer = httpx.get(f"{at}/health/ready")
        assert answer.json() == {"ready": not red, "red": red}
        assert answer.status_code == (503 if red else 200)
        assert httpx.get(f"{at}/health/live").status_code == 200


def test_figures_are_for_this_machine_and_never_for_a_stranger_behind_a_proxy(office: Runtime, address: str) -> None:
    figures = httpx.get(f"{address}/metrics")
    assert 'cascade_obligations{state="open_in_time"}' in figures.text
    assert "cascade_outbox_waiting" in figures.text
    assert httpx.get(f"{address}/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404
    with served(office, figures=True) as both:
        pages, apart = both.split()
        assert httpx.get(f"{pages}/metrics").status_code == 404
        assert "cascade_request_seconds" in httpx.get(f"{apart}/metrics").text
        assert httpx.get(f"{apart}/work").status_code == 404


def test_a_proxy_is_believed_only_where_it_was_named(office: Runtime) -> None:
    for proxies, secure in ((frozenset[str](), False), (frozenset({"127.0.0.1"}), True)):
        with served(office, proxies=proxies) as at:
            answer = httpx.get(
                f"{at}/sign-in", headers={"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
            )
            assert ("strict-transport-security" in answer.headers) == secure


def test_an_address_is_taken_once_and_told_in_words() -> None:
    taken = take(Address("127.0.0.1", 0))
    with closing(taken), pytest.raises(Busy, match="Another program listens at 127.0.0.1:"):
        take(Address("127.0.0.1", taken.getsockname()[1]))
    assert str(parse("[::1]:8000")) == "[::1]:8000"
    assert parse("9000") == Address("127.0.0.1", 9000)
    for wrong in ("", "x", "localhost:", "a:b", "1:99999"):
        with pytest.raises(Incomplete):
            parse(wrong)


def test_a_fault_of_ours_is_told_with_its_number_and_nothing_else(office: Runtime) -> None:
    site = site_of(office)
    broken = Routes()

    @broken.get("/broken", "health")
    def _(visit: object) -> object:
        raise RuntimeError("hidden-word")

    app = build(site)
    broken.onto(app)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            return await client.get("/broken")

    answer = asyncio.run(ask())
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "hidden-word" not in answer.text
    assert "content-security-policy" in answer.headers
