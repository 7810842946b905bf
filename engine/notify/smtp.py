"""One conversation with a mail server: opened when it is first needed, opened once more where it breaks, and always encrypted
where a password is given."""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from storage.errors import Unavailable
from workflows.text import say

PORTS = {"starttls": 587, "tls": 465, "none": 25}
_GONE = 421  # RFC 5321: the server closes the connection
_ERROR_MAX = 400


class NotTaken(Exception):
    """The server does not take this one message; it may take others."""


class Closed(Exception):
    """The server cannot be reached, or takes nothing from us: no encryption, a wrong password, a sender it refuses."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail leaves. `security` is starttls, tls or none; the password goes over an encrypted line alone. `trusted` is a
    file of certificates to trust beside this machine's own."""

    host: str
    port: int
    security: str
    sender: Address
    user: str | None = None
    password: str | None = None
    timeout: float = 20
    trusted: Path | None = None


def server_of(
    text: str,
    security: str,
    sender: str | None,
    user: str | None,
    password: bytes | None,
    trusted: Path | None,
    timeout: float = 20,
) -> MailServer:
    """The server that settings describe, `HOST` or `HOST:PORT`. Raises Unavailable, saying which of them does not fit."""
    host, colon, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    if not host or (colon and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise Unavailable(say("CASCADE_MAIL_SERVER is HOST or HOST:PORT, not {text!r}", text=text))
    name, address = parseaddr(sender or "") if (sender or "").isprintable() else ("", "")
    try:
        found = Address(name, addr_spec=address)
        str(found).encode("ascii" if not name else "utf-8")
        if not found.domain or not address.isascii():
            raise ValueError
    except (ValueError, IndexError) as error:
        said = say(
            "CASCADE_MAIL_FROM has to be an address, such as cascade@example.vn, not {text!r}", text=sender or ""
        )
        raise Unavailable(said) from error
    if (user is None) != (password is None):
        raise Unavailable(
            say("CASCADE_MAIL_USER and the file mail-password in CASCADE_SECRETS go together: one of them is missing")
        )
    if password is not None and security == "none":
        raise Unavailable(
            say("A password is not sent over a line that is not encrypted: CASCADE_MAIL_SECURITY=starttls")
        )
    secret = password.decode() if password is not None else None
    return MailServer(host, int(port or PORTS[security]), security, found, user, secret, timeout, trusted)


class Session:
    """Sends e-mails over one connection."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._broke = False

    def send(self, message: EmailMessage, to: str) -> str:
        """What the server answered when it took the message. Raises NotTaken or Closed."""
        smtp = self._opened()
        try:
            code, answer = _handed_over(smtp, self._server.sender.addr_spec, to, message)
        except smtplib.SMTPSenderRefused as error:
            self.close()
            raise Closed(_said(error)) from error
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            if _code(error) == _GONE:
                self.close()
            raise NotTaken(_said(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if self._broke:  # twice running: it is the server, not the message
                raise Closed(_said(error)) from error
            self._broke = True
            raise NotTaken(_said(error)) from error
        self._broke = False
        return f"{code} {answer.decode('utf-8', 'replace')}"

    def greet(self) -> str:
        """Connect and sign in, and say so. Raises Closed."""
        code, answer = self._opened().noop()
        return f"{code} {answer.decode('utf-8', 'replace')}"

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server = self._server
        smtp: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context()
            if server.trusted:
                context.load_verify_locations(server.trusted)
            name = server.sender.domain  # smtplib would look this machine's name up, for as long as that takes
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout, context=context)
            else:
                smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
            if smtp.sock is not None:  # each e-mail is a few short lines back and forth: none waits for more to send
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.security == "starttls":
                smtp.starttls(context=context)  # raises where the server has none: there is no going on without
            if server.user is not None and server.password is not None:
                smtp.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            if smtp is not None:
                smtp.close()
            raise Closed(_said(error)) from error
        self._smtp = smtp
        return smtp


def _handed_over(smtp: smtplib.SMTP, sender: str, to: str, message: EmailMessage) -> tuple[int, bytes]:
    """The steps of smtplib's own `sendmail`, which keeps the answer to itself."""
    smtp.ehlo_or_helo_if_needed()
    code, answer = smtp.mail(sender)
    if code != 250:
        _start_anew(smtp, code)
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    code, answer = smtp.rcpt(to)
    if code not in (250, 251):
        _start_anew(smtp, code)
        raise smtplib.SMTPRecipientsRefused({to: (code, answer)})
    code, answer = smtp.data(message.as_bytes())
    if code != 250:
        _start_anew(smtp, code)
        raise smtplib.SMTPDataError(code, answer)
    return code, answer


def _start_anew(smtp: smtplib.SMTP, code: int) -> None:
    if code != _GONE:
        smtp.rset()


def _code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _ in error.recipients.values()), 0)
    return int(getattr(error, "smtp_code", 0))


def _said(error: Exception) -> str:
    """What went wrong, without what was sent: neither a password nor an address of ours is in it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_decoded(answer)}" for code, answer in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    else:
        said = str(error)
    return f"{type(error).__name__}: {said}"[:_ERROR_MAX]


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
