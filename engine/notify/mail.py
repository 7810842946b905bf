"""E-mail: letters to the addresses of seats, over one connection for each batch. Who has no address is told elsewhere.

At least once: what breaks off after the server took it is sent again under the same Message-ID.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from engine.language import told
from engine.notify import letters
from engine.notify.links import Links
from engine.notify.parcels import Channel, Outcome, Parcel, away, in_words, sent_by
from engine.notify.smtp import Closed, MailServer, NotTaken, Session
from storage.attempts import FAILED
from storage.outbox import Message
from workflows.offices import Office, Offices, seat_of_text
from workflows.text import say

WHOLE_OFFICE = "office"  # the mailbox of an office, for every seat that has none of its own
DIGEST_MAX = 50  # messages that one e-mail holds
_POLICY = SMTP.clone(cte_type="7bit")  # every server on the way takes it


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes, who reads it there, and in which language."""

    email: str
    name: str
    language: str


def recipient_of(offices: Offices, message: Message) -> Recipient | None:
    """The address of the seat, or of the seat that stands in for it; else the mailbox of its office. None where there is none.

    A deputy who is a post without a seat has no address of its own: the office's mailbox hears it.
    """
    office, role = message.office, message.role
    if message.deputy:
        office, role = seat_of_text(message.deputy) or (office, WHOLE_OFFICE)
    found: Office | None = offices.find(office)
    email = (found.email.get(role) or found.email.get(WHOLE_OFFICE)) if found else None
    if found is None or not email:
        return None
    return Recipient(email, found.people.get(role) or found.name, found.language)


class Mail:
    """The e-mail channel. `digest` puts the messages of one batch to one address into one e-mail."""

    name = "mail"

    def __init__(
        self,
        server: MailServer,
        others: Channel,
        offices: Callable[[], Offices],
        now: Callable[[], datetime],
        links: Links | None = None,
        digest: bool = False,
    ) -> None:
        self._server, self._others, self._offices, self._now = server, others, offices, now
        self._links, self._most = links, DIGEST_MAX if digest else 1

    def send_together(self, parcels: Sequence[Parcel]) -> Iterator[list[Outcome]]:
        """Those without an address by the other channel, then the e-mails, until nobody answers any more."""
        offices = self._offices()
        meant = [(one, recipient_of(offices, one.message)) for one in parcels]
        yield from sent_by(self._others, [one for one, reader in meant if reader is None])
        bundles = _bundles([(one, reader) for one, reader in meant if reader], self._most)
        with closing(Session(self._server)) as session:
            for place, (reader, bundle) in enumerate(bundles):
                try:
                    letter = letters.write(bundle, reader.language, offices, self._links, self._now())
                    said = session.send(self._message(letter, reader, bundle), reader.email)
                except NotTaken as error:
                    yield [Outcome(one.message, self.name, FAILED, str(error)) for one in bundle]
                except Closed as error:
                    left = [one for _, more in bundles[place:] for one in more]
                    yield away(left, self.name, str(error))
                    return
                except Exception as error:  # noqa: BLE001  a message that cannot be written stops no other
                    yield [Outcome(one.message, self.name, FAILED, in_words(error)) for one in bundle]
                else:
                    yield [Outcome(one.message, self.name, answer=said) for one in bundle]

    def _message(self, letter: letters.Letter, reader: Recipient, bundle: Sequence[Parcel]) -> EmailMessage:
        ids = [one.message.id for one in bundle]
        return built(letter, self._server.sender, reader, ids, self._now())


def _bundles(meant: Sequence[tuple[Parcel, Recipient]], most: int) -> list[tuple[Recipient, list[Parcel]]]:
    """What goes into one e-mail each, in the order of the first message of each."""
    open_: dict[Recipient, list[Parcel]] = {}
    found: list[tuple[Recipient, list[Parcel]]] = []
    for one, reader in meant:
        held = open_.get(Recipient(reader.email, "", reader.language))
        if held is None or len(held) >= most:
            held = open_[Recipient(reader.email, "", reader.language)] = []
            found.append((reader, held))
        held.append(one)
    return found


def built(
    letter: letters.Letter, sender: Address, reader: Recipient, ids: Sequence[str], now: datetime
) -> EmailMessage:
    """The e-mail. Raises ValueError where an address or an id would end a header's line.

    Its Message-ID follows from the ids of the messages in it, and from nothing else.
    """
    message = EmailMessage(_POLICY)
    headers: Mapping[str, str | Address] = {
        "From": sender,
        "To": _to(reader),
        "Subject": letters.one_line(letter.subject, letters.SUBJECT_MAX),
        "Date": format_datetime(now),
        "Message-ID": message_id(ids, sender.domain),
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's machine answers it
        "X-Auto-Response-Suppress": "All",
        "X-Cascade-Messages": " ".join(ids),
    }
    for name, value in headers.items():
        message[name] = value
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _to(reader: Recipient) -> Address:
    return Address(letters.one_line(reader.name, 80), addr_spec=reader.email)


def message_id(ids: Sequence[str], domain: str) -> str:
    """`<ID@domain>` of one message; of a digest, the hash of all its ids."""
    said = ids[0] if len(ids) == 1 else f"digest-{sha256(chr(10).join(sorted(ids)).encode()).hexdigest()[:32]}"
    return f"<{said}@{domain}>"


def trial(server: MailServer, to: str, now: datetime) -> str:
    """Send one e-mail that only says that it came; what the server answered. Raises NotTaken, Closed or ValueError."""
    said = told(say("This is a trial of cascade's e-mail."))
    letter = letters.Letter(said, said + "\n", f"<!DOCTYPE html><html><body><p>{said}</p></body></html>\n")
    sent = built(letter, server.sender, Recipient(to, "", "vi"), [f"trial-{int(now.timestamp())}"], now)
    with closing(Session(server)) as session:
        return session.send(sent, to)
