"""Links in messages: where an obligation is seen, and a signed one by which whoever was told acknowledges it by a click.

A signed link is for one purpose, one message, one obligation and one seat, and ends. Its key lies outside the database.
Programs that look at mail follow links: only a POST acknowledges; a GET shows what is about to be done, and a button.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

import orjson

from storage.outbox import Message
from workflows.commands import Act, Actor
from workflows.errors import Unmet
from workflows.text import Text, say
from workflows.words import ROLES

ACKNOWLEDGE = "acknowledge"
KNOWN_BY = "link"  # how an actor is known who came by a signed link
LIFETIME = timedelta(days=14)
_TOKEN_MAX = 1_000
_KEY_MIN = 32
_CONTEXT = b"cascade link 1\0"  # so that no other use of the key gives a signature that is good here


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signed link says: its purpose, the message it came with, and the seat and obligation it is good for."""

    purpose: str
    message: str
    cascade: str
    obligation: int
    office: str
    role: str
    deputy: str
    until: int  # seconds of the epoch

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one installation. `address` is where its pages are, such as https://office.example.vn."""

    address: str
    key: bytes | None = None

    def of_obligation(self, cascade: str, number: int) -> str:
        return f"{self.address.rstrip('/')}/obligations/{cascade}/{number}"

    def to_acknowledge(self, message: Message, now: datetime) -> str | None:
        """The link of a rung that was told; None for any other message, or where there is no key."""
        if self.key is None or message.kind != "RungReached" or message.letter_to or message.obligation is None:
            return None
        if orjson.loads(message.body)["fact"].get("of", "holder") != "holder":
            return None
        return f"{self.address.rstrip('/')}/acknowledge/{make(self.key, message, now + LIFETIME)}"


def make(key: bytes, message: Message, until: datetime, purpose: str = ACKNOWLEDGE) -> str:
    """A signed token, of letters, digits, `-`, `_` and one full stop."""
    assert message.obligation is not None  # only what is about an obligation is acknowledged
    claim = Claim(purpose, message.id, message.cascade_id, message.obligation, message.office, message.role,
                  message.deputy or "", int(until.timestamp()))  # fmt: skip
    said = _coded(orjson.dumps(astuple(claim)))
    return f"{said}.{_coded(_signature(key, said))}"


def verify(key: bytes, token: str, now: datetime, purpose: str = ACKNOWLEDGE) -> Claim:
    """What a token says. Raises Unmet where it was not signed with this key for this purpose, or has ended."""
    said, stop, signature = token.partition(".") if len(token) <= _TOKEN_MAX and token.isascii() else ("", "", "")
    if not stop or not hmac.compare_digest(_coded(_signature(key, said)), signature):
        raise Unmet(_ASKED, say("it is not one that was sent from here, or not all of it was copied"), _OPEN)
    claim = Claim(*orjson.loads(urlsafe_b64decode(said + "=" * (-len(said) % 4))))
    if claim.purpose != purpose:
        raise Unmet(_ASKED, say("it was sent for something else"), _OPEN)
    if now.timestamp() >= claim.until:
        day = f"{claim.ends_at:%d/%m/%Y}"
        raise Unmet(_ASKED, say("it has ended on {day}", day=day), _OPEN)
    return claim


def acknowledgement(claim: Claim) -> Act:
    """The command that a claim stands for. Its id follows from the message: the same link again is answered as before."""
    assert claim.role in ROLES  # it was signed here
    by = Actor(claim.office, claim.role, known_by=KNOWN_BY, deputy=claim.deputy or None)
    return Act(f"link-{claim.message}", by, claim.cascade, claim.obligation, ACKNOWLEDGE)


_ASKED = say("follow the link")
_OPEN: list[Text] = [say("sign in and acknowledge on the page of the obligation")]


def _signature(key: bytes, said: str) -> bytes:
    if len(key) < _KEY_MIN:
        raise ValueError("a key of links has at least 32 bytes")
    return hmac.digest(key, _CONTEXT + said.encode(), "sha256")


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
