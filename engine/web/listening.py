"""The address that the web listens at: read, and taken before anything heavy is loaded. Light to import."""

import errno
import socket
from dataclasses import dataclass

from storage.errors import Unavailable
from workflows.errors import Incomplete
from workflows.text import say

DEFAULT = "127.0.0.1:8000"
_PORT_MAX = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port; port 0 means any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Busy(Unavailable):
    """Another program listens there."""


def parse(text: str) -> Address:
    """`127.0.0.1:8000`, `[::1]:8000`, or a port alone. Raises Incomplete for anything else."""
    host, _, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) > _PORT_MAX:
        raise Incomplete(say("listen at {address!r}", address=text), say("it is not HOST:PORT, such as 127.0.0.1:8000"))
    return Address(host, int(port))


def take(address: Address) -> socket.socket:
    """The socket that listens there. Raises Busy, or Unavailable where the address is not this machine's."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # The protocol is named: asyncio turns Nagle's delay off only then, which else costs every answer 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((address.host, address.port))
        taken.listen(512)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise Busy(
                say("Another program listens at {address}. Choose another address with --listen, or serve without the web:"
                    " --no-web", address=str(address))
            ) from None  # fmt: skip
        why = error.strerror or str(error)
        raise Unavailable(
            say("This machine cannot listen at {address}: {why}", address=str(address), why=why)
        ) from None
    except OverflowError as error:
        taken.close()
        raise Unavailable(
            say("This machine cannot listen at {address}: {why}", address=str(address), why=str(error))
        ) from None
    taken.setblocking(False)
    return taken


def where(taken: socket.socket) -> str:
    """The address in words that a browser takes."""
    host, port = taken.getsockname()[:2]
    return f"http://{Address('localhost' if host in ('0.0.0.0', '::') else host, port)}"
