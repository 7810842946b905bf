"""A real mail server on this machine, that keeps what it takes; it can refuse, be slow, hang up, or have no encryption."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from engine.notify.smtp import MailServer

CERTIFICATE = Path(__file__).parent / "localhost.pem"  # of localhost, signed by itself, for nothing but these tests
SENDER = Address("Hệ thống theo dõi", "cascade", "office.example.vn")


@dataclass
class Mailbox:
    """What came, and how the server behaves. `answers` may give another answer to a letter, by its recipient."""

    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    connections: int = 0
    answers: Callable[[str], str | None] = lambda _: None
    slow: float = 0
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        found = self.answers(address)
        if found:
            return found
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        made = message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        self.letters.append(made)
        self.to += envelope.rcpt_tos
        return f"250 taken as {len(self.letters)}"

    @property
    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.letters]


@contextmanager
def mail_server(security: str = "none", password: bytes | None = None, slow: float = 0) -> Iterator[Mailbox]:
    box = Mailbox(slow=slow)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    class Counting(SMTP):
        def connection_made(self, transport: Any) -> None:
            if self.session is None:  # once more after STARTTLS
                box.connections += 1
            super().connection_made(transport)

    def signed_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password, handled=False)

    class Server(Controller):
        def _trigger_server(self) -> None:
            self.port = box.port = self.server.sockets[0].getsockname()[1]  # it was asked for port 0: any that is free
            super()._trigger_server()

        def factory(self) -> SMTP:
            return Counting(
                self.handler,
                hostname="localhost",
                tls_context=context if security == "starttls" else None,
                require_starttls=security == "starttls",
                authenticator=signed_in if password else None,
                auth_required=password is not None,
                auth_require_tls=security == "starttls",
            )

    secured = {"ssl_context": context} if security == "tls" else {}
    server = Server(box, hostname="127.0.0.1", port=0, **secured)
    server.start()
    box.connections = 0
    try:
        yield box
    finally:
        server.stop()


def address_of(box: Mailbox, security: str = "none", **more: Any) -> MailServer:
    trusted = None if security == "none" else CERTIFICATE
    return MailServer("localhost", box.port, security, SENDER, trusted=trusted, **{"timeout": 5, **more})
