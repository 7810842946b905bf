"""The web as somebody meets it who means it no good: what is dear to read, what deceives, what holds a place for ever."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import httpx
import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from engine.web import protocol, serving
from tests.support.browsing import PASSWORD, Visitor, account, served
from tests.support.databases import Databases, create_installation

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Runtime]:
    with opened(create_installation(databases.empty()), channel=Silent()) as runtime:
        account(runtime, "clerk", ("unit-2", "clerk"))
        yield runtime


def line_to(address: str, room: int | None = None) -> socket.socket:
    """A connection below HTTP; `room` bounds what its end takes in unread."""
    host, port = address.removeprefix("http://").split(":")
    made = socket.socket()
    if room:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    made.settimeout(10)
    made.connect((host, int(port)))
    return made


def said_to(address: str, request: bytes) -> bytes:
    """All that is answered until the other end hangs up."""
    with closing(line_to(address)) as line:
        line.sendall(request)
        said = b""
        while more := line.recv(65536):
            said += more
    return said


def hung_up(line: socket.socket) -> bool:
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize("cookie", ["\\" * 30_000, "\\042" * 7_500])
def test_a_cookie_that_is_dear_to_read_is_not_read(address: str, cookie: str) -> None:
    began = time.monotonic()
    with httpx.Client(base_url=address) as client:
        assert client.get("/sign-in", headers={"Cookie": f'cascade="{cookie}"'}).status_code == 200
    assert time.monotonic() - began < 1


def test_cookies_of_other_programs_on_the_host_are_no_hindrance(visitor: Visitor) -> None:
    visitor.client.cookies.set("other", '"{\\"a\\": 1}"')
    assert visitor.sign_in("clerk").page.status_code == 200
    assert visitor.look("/account").url.path == "/account"


@pytest.mark.parametrize(
    "path", ["/static/" + "a" * 300, "/static/%00", "/static/..%2Fpaper.py", "/static/%2e%2e", "/%ff%fe", "/work%00"]
)
def test_no_path_is_a_fault_of_ours(address: str, path: str) -> None:
    assert httpx.get(f"{address}{path}").status_code in (400, 404)


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_an_address_in_a_header_that_cannot_be_read_is_no_fault_of_ours(address: str, header: str) -> None:
    said = said_to(
        address,
        f"POST /password HTTP/1.1\r\nHost: x\r\n{header}: http://[\r\nContent-Type: {FORM}\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n".encode(),
    )
    assert said.split()[1] in (b"403", b"303")


def test_a_page_without_a_host_takes_no_form_of_nobody_s(address: str) -> None:
    said = said_to(address, b"POST /sign-in HTTP/1.0\r\nOrigin: null\r\nContent-Length: 0\r\n\r\n")
    assert said.split()[1] == b"403"


@pytest.mark.parametrize("path", ["//evil.example/x", "/%2Fevil.example/x", "/%5Cevil.example/x", "/account/"])
def test_no_link_of_a_page_leads_to_another_host(address: str, path: str) -> None:
    said = said_to(address, f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode()).decode()
    assert said.split()[1] == "404"
    ways = re.findall(r'(?:href|action|src)="([^"]*)"|(?i:location): (\S*)', said)
    assert len(ways) > 3
    for way in map("".join, ways):
        assert re.match(r"/(?![/\\])|#", way), way


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "utf-7", "utf-8; charset=utf-7", "utf-16"])
def test_a_form_is_read_as_utf_8_or_not_at_all(visitor: Visitor, charset: str) -> None:
    visitor.look("/sign-in")
    body = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"csrf": visitor.token, "name": "clerk+2AA-\\ud800", "password": "x"}.items()
    )
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    answer = visitor.client.post("/sign-in", content=f"{body}--B--\r\n", headers={"Content-Type": kind})
    assert answer.status_code == 400
    kind = 'multipart/form-data; boundary=B; charset="UTF-8"'
    answer = visitor.client.post("/password", content=f"{body}--B--\r\n", headers={"Content-Type": kind})
    assert answer.url.path == "/sign-in"  # it was read, and whoever is not signed in is led there


def test_a_nul_goes_no_further_wherever_it_stands(visitor: Visitor) -> None:
    visitor.sign_in("clerk")
    assert visitor.look("/work?symbol=%00").status_code == 400
    visitor.look("/password")
    assert visitor.send("/password", {"old": "a\0b", "new": "c", "again": "c"}).status_code == 400


def test_many_fields_and_great_ones_are_refused(visitor: Visitor) -> None:
    visitor.look("/sign-in")
    many = "&".join(f"a{place}=1" for place in range(3_000))
    for body in (many, "a=" + "b" * 1_500_000):
        assert visitor.client.post("/sign-in", content=body, headers={"Content-Type": FORM}).status_code == 400


def test_a_body_that_is_measured_twice_is_refused_and_the_line_given_up(address: str) -> None:
    said = said_to(
        address,
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    assert said.split()[1] == b"400"
    assert said.count(b"HTTP/1.1 ") == 1


def test_a_proxy_that_adds_a_line_below_the_stranger_s_is_believed_by_its_own(office: Runtime) -> None:
    with served(office, proxies=frozenset({"127.0.0.1"})) as at, httpx.Client(base_url=at) as client:
        token = re.findall(r'name="csrf" value="([^"]*)"', client.get("/sign-in").text)[0]
        client.post(
            "/sign-in",
            data={"csrf": token, "name": "clerk", "password": PASSWORD},
            headers=[("X-Forwarded-For", "203.0.113.66"), ("X-Forwarded-For", "198.51.100.7")],
        )
    with office.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT address FROM sign_in WHERE what = 'signed_in'").fetchall()
    assert ("198.51.100.7",) in map(tuple, rows)
    assert ("203.0.113.66",) not in map(tuple, rows)


HALF = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 9\r\n\r\na".encode()


@pytest.mark.parametrize("begins", [b"", b"GET / HT", HALF], ids=["nothing", "half a head", "half a body"])
def test_whoever_is_waited_for_makes_room_for_who_asks(
    office: Runtime, monkeypatch: pytest.MonkeyPatch, begins: bytes
) -> None:
    monkeypatch.setattr(serving, "CONNECTIONS_MAX", 20)
    with served(office) as at, ExitStack() as lines:
        idle = [lines.enter_context(closing(line_to(at))) for _ in range(50)]
        for one in idle:
            with suppress(OSError):  # it has made room already
                one.sendall(begins)
        for _ in range(3):
            assert httpx.get(f"{at}/health/live").status_code == 200
        for one in idle:
            one.settimeout(0.05)
        assert sum(not hung_up(one) for one in idle) < 20


def test_an_answer_that_nobody_reads_is_given_up(office: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "READ_SECONDS", 0.5)
    with served(office) as at, closing(line_to(at, room=2048)) as line:
        line.setblocking(False)
        asked = 0
        while asked < 3_000:
            try:
                line.send(b"GET /static/htmx.min.js HTTP/1.1\r\nHost: x\r\n\r\n")
                asked += 1
            except BlockingIOError:
                break
            except OSError:
                return  # it was given up already
        time.sleep(2)
        line.settimeout(5)
        with pytest.raises(OSError, match="reset|[Bb]roken"):
            for _ in range(3_000):
                line.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
