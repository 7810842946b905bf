"""One message to one webhook: signed as Standard Webhooks says, sent to an address that was looked at, and nowhere else.

The address that the name resolves to is checked and then connected to by number, so that a name which resolves otherwise a
moment later leads nowhere. No redirect is followed, no proxy is asked, and nothing lasts longer than the time it has.
"""

import hmac
import http.client
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import orjson

from engine.notify.channels import as_data
from engine.notify.parcels import Parcel
from storage.attempts import ANSWER_MAX
from workflows.calendar import VIETNAM
from workflows.errors import Unmet
from workflows.text import say

URL_MAX = 2_000
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64: an IPv4 address lies in its last 32 bits
# What older Pythons take for the open internet: protocol assignments (where a cloud keeps its machines' secrets), 6to4 relays,
# a network's own NAT64, site-local and documentation.
_NOT_OPEN = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10", "3fff::/20")))
_TAKEN = range(200, 300)
Resolve = Callable[[str, int], list[str]]


class Declined(Exception):
    """The webhook did not take the message, or may not be sent to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How webhooks are reached. `private` lets them be in this network; `resolve` looks a name up."""

    private: bool = False
    timeout: float = 10
    context: ssl.SSLContext | None = None
    resolve: Resolve | None = None

    def send(self, url: str, secret: bytes, id_: str, body: bytes, now: datetime) -> str:
        """POST it; what was answered, bounded. Raises Declined, or OSError where nobody answers in time."""
        parts = checked(url, private=self.private)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        address = _allowed((self.resolve or _resolved)(host, port), private=self.private)
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "User-Agent": "cascade",
            "Connection": "close",
            **signed(secret, id_, int(now.timestamp()), body),
        }
        context = (self.context or ssl.create_default_context()) if parts.scheme == "https" else None
        connection = _Pinned(host, address, port, self.timeout, context)
        # Each call on a socket has its own time; one that drips a byte a second would never end without a clock beside it.
        clock = threading.Timer(self.timeout, connection.cut)
        clock.daemon = True
        clock.start()
        try:
            connection.request("POST", _path(parts), body, headers)
            answer = connection.getresponse()
            said = f"{answer.status} {answer.read(ANSWER_MAX).decode('utf-8', 'replace')}".strip()
        except http.client.HTTPException as error:
            raise Declined(f"{type(error).__name__}: {error}") from error
        except ConnectionError as error:
            if connection.was_cut:  # by ourselves
                raise TimeoutError(f"no whole answer within {self.timeout:g} s") from error
            raise
        finally:
            clock.cancel()
            connection.close()
        if connection.was_cut:
            raise TimeoutError(f"no whole answer within {self.timeout:g} s")
        if answer.status not in _TAKEN:
            raise Declined(said)
        return said


def signed(secret: bytes, id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of https://www.standardwebhooks.com, signature v1."""
    said = hmac.digest(secret, f"{id_}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(said).decode()}",
    }


def payload(parcel: Parcel, happened_at: datetime) -> bytes:
    """The body: what kind of message, when, and the message as the console prints it, in Vietnamese."""
    content = {
        "type": parcel.message.kind,
        "timestamp": happened_at.astimezone(VIETNAM).isoformat(),
        "data": as_data(parcel.message, parcel.about, "vi"),
    }
    return orjson.dumps(content)


def checked(url: str, *, private: bool = False) -> SplitResult:
    """The parts of an address that may be a webhook's. Raises Unmet, saying why it may not."""
    asked = say("send to {url}", url=url[:200])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unmet(asked, say("it is no address")) from None
    if len(url) > URL_MAX or not url.isascii() or any(one <= " " or one == "\x7f" or one == "\\" for one in url):
        raise Unmet(asked, say("an address has at most {most} letters, of ASCII, and no spaces", most=URL_MAX))
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise Unmet(asked, say("it has to begin with https://"))
    if not parts.hostname or parts.username is not None or parts.fragment or port == 0:
        raise Unmet(asked, say("it has to be https://HOST/PATH, without a user, a password or a #"))
    return parts


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def _allowed(addresses: list[str], *, private: bool) -> str:
    """The first address to connect to. Where one of them may not be reached none is: a name that has both is a trick."""
    if not addresses:
        raise OSError("the name has no address")
    for one in addresses:
        if not private and not is_public(one):
            raise Declined(f"{one} is not a public address; CASCADE_WEBHOOKS_PRIVATE allows it")
        if ip_address(one.partition("%")[0]).is_multicast:
            raise Declined(f"{one} is a multicast address")
    return addresses[0]


def is_public(text: str) -> bool:
    """Is it one of the open internet, also where it wraps another one?"""
    found: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(found in one for one in _NOT_OPEN if one.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address by number; the name serves the certificate and the Host header alone."""

    def __init__(self, host: str, address: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._context, self.was_cut = address, context, False
        self._held: socket.socket | None = None  # http.client lets go of its own once an answer has begun

    def connect(self) -> None:
        self.sock = self._held = socket.create_connection((self._address, self.port), self.timeout)
        if self._context:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        self._held = self.sock
        if self.was_cut:
            raise TimeoutError("it took too long to connect")

    def cut(self) -> None:
        """Its time is over: whoever reads from it or writes to it hears so at once."""
        self.was_cut = True
        held = self._held
        if held is not None:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return
