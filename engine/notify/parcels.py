"""What a channel is given and what it answers: a message with what it is about, and the outcome of one try to send it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from storage.attempts import AWAY, FAILED, SENT
from storage.outbox import Message
from storage.queries.subjects import About


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message to be sent, and what it is about."""

    message: Message
    about: About | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try. `outcome` is sent, failed or away: with `away` nobody was there to take anything, so that the message is not
    to blame. `answer` is what was said, by the other side or by the error."""

    message: Message
    channel: str
    outcome: str = SENT
    answer: str | None = None


class Channel(Protocol):
    """Sends one message, or raises OSError."""

    def send(self, message: Message, about: About | None) -> None: ...


@runtime_checkable
class Together(Protocol):
    """A channel that sends several under one connection, or several as one. It is closed as soon as nobody asks for more."""

    def send_together(self, parcels: Sequence[Parcel]) -> Iterator[list[Outcome]]: ...


Way = Channel | Together


def sent_by(channel: Way, parcels: Sequence[Parcel]) -> Generator[list[Outcome], None, None]:
    """Send parcels in their order; the outcomes of each step come as soon as it is made."""
    if isinstance(channel, Together):
        yield from channel.send_together(parcels)
        return
    name = name_of(channel)
    for one in parcels:
        try:
            channel.send(one.message, one.about)
        except Exception as error:  # noqa: BLE001  whatever stops one message, the others are sent and marked
            yield [Outcome(one.message, name, FAILED, in_words(error))]
        else:
            yield [Outcome(one.message, name)]


def away(parcels: Sequence[Parcel], channel: str, answer: str) -> list[Outcome]:
    return [Outcome(one.message, channel, AWAY, answer) for one in parcels]


def name_of(channel: object) -> str:
    return str(getattr(channel, "name", type(channel).__name__.lower()))


def in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
