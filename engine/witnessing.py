"""The witnesses that settings name, put together; and the mail server that they and messages share."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from engine.notify import witnesses as kinds
from engine.notify.secrets import MAIL_PASSWORD, Secrets
from engine.notify.smtp import MailServer, Session, server_of
from engine.notify.witnesses import Witness
from engine.settings import Settings
from storage import notes, outside
from storage.errors import Unavailable
from storage.seals import Seal
from workflows.text import say

Now = Callable[[], datetime]


def mail_server(settings: Settings, secrets: Secrets | None) -> MailServer:
    """The server that e-mail leaves by. Raises Unavailable, saying which setting does not fit."""
    password = secrets.find(MAIL_PASSWORD) if secrets and settings.mail_user else None
    return server_of(settings.mail_server or "", settings.mail_security, settings.mail_from, settings.mail_user, password,
                     settings.mail_trusted)  # fmt: skip


def witnesses(settings: Settings, secrets: Secrets | None, now: Now, *, simulated: bool = False) -> list[Witness]:
    """Every witness that is set. What is simulated is told to no address: there only folders are. Raises Unavailable for a
    setting that does not fit."""
    found: list[Witness] = [kinds.Folder(Path(one).expanduser()) for one in _parts(settings.seal_folders)]
    if simulated:
        return list(kinds.named_once(found))
    if settings.seal_mail:
        found.append(_post(settings, secrets, now, settings.seal_mail))
    if settings.seal_syslog:
        kinds.check_syslog(settings.seal_syslog)
        found.append(kinds.Syslog(settings.seal_syslog, now))
    if settings.seal_webhook:
        found.append(_hook(settings, secrets, now, settings.seal_webhook))
    return list(kinds.named_once(found))


def _parts(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _post(settings: Settings, secrets: Secrets | None, now: Now, to: str) -> kinds.Post:
    from engine.notify.letters import Letter
    from engine.notify.mail import Recipient, built

    if not settings.mail_server:
        raise Unavailable(say("CASCADE_SEAL_MAIL is set, and CASCADE_MAIL_SERVER names no server to send it by"))
    if not to.isascii() or "@" not in to.strip("@") or not to.isprintable() or " " in to:
        raise Unavailable(say("CASCADE_SEAL_MAIL has to be one address, not {text}", text=to))
    server = mail_server(settings, secrets)

    def build(seal: Seal, address: str) -> EmailMessage:
        letter = Letter(*kinds.letter_of(seal))
        id_ = f"seal-{notes.read(seal.note).installation[:8]}-{seal.number}"
        made = built(letter, server.sender, Recipient(address, "", "vi"), [id_], now())
        made.add_attachment(seal.note.encode(), "application", "octet-stream", filename=outside.file_name(seal.number))
        return made

    def send(message: EmailMessage, address: str) -> str:
        with closing(Session(server)) as session:
            return session.send(message, address)

    return kinds.Post(send, build, to, timedelta(hours=settings.seal_mail_hours))


def _hook(settings: Settings, secrets: Secrets | None, now: Now, url: str) -> kinds.Hook:
    from engine.notify.webhooks import Sender, checked

    checked(url, private=settings.webhooks_private)
    if secrets is None:
        raise Unavailable(say("CASCADE_SEAL_WEBHOOK is set, and CASCADE_SECRETS names no folder with its secret"))
    sender = Sender(settings.webhooks_private)
    return kinds.Hook(url, lambda to, id_, body: sender.send(to, secrets.of_webhook("seal"), id_, body, now()))
