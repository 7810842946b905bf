"""Webhooks meet real servers: what is signed, what is not followed, what is not waited for, and where nothing is sent."""

import hmac
import socket
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engine.notify.webhooks import Declined, Sender, checked, is_public, signed
from tests.support.mailbox import CERTIFICATE
from tests.support.posts import NOW
from workflows.errors import Unmet

SECRET = b"s" * 32
BODY = '{"type":"RungReached","data":{"subject":"Đôn đốc"}}'.encode()


@dataclass
class Heard:
    """What a server heard, and how it answers."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    connections: int = 0


def with_status(
    status: int, *headers: tuple[str, str], body: bytes = b"thanks"
) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def hook_server(answer: Callable[[BaseHTTPRequestHandler], None], *, secured: bool = False) -> Iterator[Heard]:
    heard = Heard(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.posts.append((self.path, dict(self.headers.items()), body))
            heard.answer(self)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.port = server.server_port
    if secured:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        yield heard
    finally:
        server.shutdown()
        running.join()
        server.server_close()


def post(heard: Heard, sender: Sender, path: str = "/hook?a=1") -> str:
    return sender.send(f"http://127.0.0.1:{heard.port}{path}", SECRET, "c1-7-1", BODY, NOW)


INSIDE = Sender(private=True, timeout=3)


def test_a_message_arrives_whole_and_its_signature_is_right() -> None:
    with hook_server(with_status(200)) as heard:
        assert post(heard, INSIDE) == "200 thanks"
    [(path, headers, body)] = heard.posts
    assert (path, body, headers["Host"]) == ("/hook?a=1", BODY, f"127.0.0.1:{heard.port}")
    id_, at = headers["webhook-id"], headers["webhook-timestamp"]
    assert (id_, at) == ("c1-7-1", str(int(NOW.timestamp())))
    version, _, signature = headers["webhook-signature"].partition(",")
    wanted = hmac.new(SECRET, f"{id_}.{at}.".encode() + body, "sha256").digest()
    assert (version, b64decode(signature)) == ("v1", wanted)


def test_a_signature_is_the_one_of_the_specification() -> None:
    """The example of https://www.standardwebhooks.com, whose secret is whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw."""
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with hook_server(with_status(200)) as elsewhere:
        target = f"http://127.0.0.1:{elsewhere.port}/inside"
        with (
            hook_server(with_status(status, ("Location", target))) as heard,
            pytest.raises(Declined, match=str(status)),
        ):
            post(heard, INSIDE)
    assert not elsewhere.posts


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_any_answer_but_a_good_one_is_a_refusal(status: int) -> None:
    with hook_server(with_status(status, body=b"no")) as heard, pytest.raises(Declined, match=f"{status} no"):
        post(heard, INSIDE)


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with hook_server(with_status(200, body=b"x" * 5_000_000)) as heard:
        assert len(post(heard, INSIDE)) <= 510


def dripping(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        return


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(f"X-{number}: x\r\n".encode())
            time.sleep(0.1)
    except OSError:
        return


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


@pytest.mark.parametrize("slow", [dripping, dripping_headers, silent])
def test_no_answer_lasts_longer_than_its_time(slow: Callable[[BaseHTTPRequestHandler], None]) -> None:
    with hook_server(slow) as heard:
        began = time.monotonic()
        with pytest.raises((TimeoutError, Declined)):
            post(heard, Sender(private=True, timeout=0.5))
        assert time.monotonic() - began < 1.5


def test_garbage_is_refused() -> None:
    def garbage(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\xff not http\r\n\r\n")
        handler.close_connection = True

    with hook_server(garbage) as heard, pytest.raises(Declined, match="BadStatusLine"):
        post(heard, INSIDE)


def test_nobody_there_is_an_error_of_the_network() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(OSError):
            INSIDE.send(f"http://127.0.0.1:{unused.getsockname()[1]}/", SECRET, "c1-7-1", BODY, NOW)


PRIVATE = ["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
           "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
           "ff02::1",
           "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
           "2002:7f00:1::", "2001:db8::1",
           "192.0.0.192", "192.88.99.1", "64:ff9b:1::7f00:1", "fec0::1", "3fff::1", "::ffff:192.0.0.192"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_not_connected_to(address: str) -> None:
    assert not is_public(address)
    with hook_server(with_status(200)) as heard:
        for found in ([address], ["8.8.8.8", address]):
            sender = Sender(resolve=lambda host, port, found=found: found)  # type: ignore[misc]
            with pytest.raises(Declined):
                sender.send(f"https://hooks.example.vn:{heard.port}/", SECRET, "c1-7-1", BODY, NOW)
    assert not heard.posts


def test_a_public_address_is_one() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")


def test_multicast_is_never_sent_to() -> None:
    for address in ("224.0.0.1", "ff02::1"):
        sender = Sender(private=True, resolve=lambda host, port, found=address: [found])  # type: ignore[misc]
        with pytest.raises(Declined, match="multicast"):
            sender.send("https://hooks.example.vn/", SECRET, "c1-7-1", BODY, NOW)


def test_the_address_that_was_looked_at_is_the_one_connected_to() -> None:
    """A name that resolves otherwise at the second look leads nowhere: it is looked up once."""
    looks: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["10.0.0.1"]

    with hook_server(with_status(200)) as heard:
        sender = Sender(private=True, timeout=3, resolve=resolve)
        said = sender.send(f"http://hooks.example.invalid:{heard.port}/", SECRET, "c1-7-1", BODY, NOW)
    assert (said, looks) == ("200 thanks", ["hooks.example.invalid"])
    assert heard.posts[0][1]["Host"] == f"hooks.example.invalid:{heard.port}"


def test_a_certificate_has_to_be_of_the_name_though_the_number_is_connected_to() -> None:
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    to_here: Any = lambda host, port: ["127.0.0.1"]  # noqa: E731
    with hook_server(with_status(200), secured=True) as heard:
        good = Sender(True, 3, trusting, to_here)
        assert good.send(f"https://localhost:{heard.port}/", SECRET, "c1-7-1", BODY, NOW) == "200 thanks"
        with pytest.raises(ssl.SSLCertVerificationError):
            good.send(f"https://hooks.example.vn:{heard.port}/", SECRET, "c1-7-1", BODY, NOW)
        with pytest.raises(ssl.SSLCertVerificationError):
            Sender(True, 3, None, to_here).send(f"https://localhost:{heard.port}/", SECRET, "c1-7-1", BODY, NOW)
    assert len(heard.posts) == 1


@pytest.mark.parametrize(
    "url",
    ["http://example.vn/", "ftp://example.vn/", "file:///etc/passwd", "https://", "https://user@example.vn/", "example.vn",
     "https://u:p@example.vn/", "https://example.vn/#x", "https://example.vn:0/", "https://example.vn:99999/", "https://[::1/",
     "https://example.vn/ x", "https://example.vn/\r\nHost: x", "https://đ.vn/", "https://a\\@b.vn/",
     "https://a.vn/" + "x" * 2000],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(Unmet):
        checked(url)


def test_http_is_for_this_network_alone() -> None:
    assert checked("http://10.0.0.1/x", private=True).hostname == "10.0.0.1"
    assert checked("https://example.vn/x?y=1").netloc == "example.vn"
