"""The round of delivery: claim messages, send them outside any transaction, mark what became of each."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from loguru import logger

from engine.clock import Clock, Interval, stopwatch
from engine.execute import Executor, Told
from engine.links import carried
from engine.logs import PROGRESS_SECONDS
from engine.notify.parcels import Outcome, Parcel, Way, in_words, sent_by
from storage import attempts, outbox, webhooks
from storage.attempts import AWAY, FAILED, SENT, Attempt
from storage.database import Database
from storage.outbox import COMMAND, Message
from storage.queries.subjects import About, read_about
from workflows import renewal
from workflows.commands import Issue
from workflows.directive import cascade_id_of
from workflows.errors import NotFound, Refused

_CLAIM_MAX = 200
_SENDING_SECONDS = (
    outbox.CLAIM.total_seconds() / 2
)  # of a claim; what is left is given back, so that no other sends it too
Abouts = Mapping[tuple[str, int], About]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    sent: int
    failed: int


class Delivery:
    """Sends what the outbox holds: at least once, each message under an id that never changes."""

    def __init__(self, database: Database, clock: Clock, channel: Way, executor: Executor, node: str = "-") -> None:
        self._database, self._clock, self._channel, self._executor = database, clock, channel, executor
        self._node = node

    def run(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> DeliveryReport:
        """Deliver until nothing waits, until the channel is away, or until told to stop. `told` hears how many messages were
        tried so far."""
        sent, failed, pace = 0, 0, Interval(PROGRESS_SECONDS)
        while not stopped():
            claimed, about = self._database.insist(self._claim)
            if not claimed:
                break
            made = self._send(claimed, about, stopped)
            self._database.insist(partial(self._mark, claimed, made))
            refused = [one for one in made if one.outcome != SENT]
            sent, failed = sent + len(made) - len(refused), failed + len(refused)
            told(sent + failed)
            if pace.passed():
                logger.bind(sent=sent, failed=failed, seconds=pace.seconds).info("delivery_goes_on")
            if refused:
                logger.bind(failed=len(refused), because=refused[0].answer).error("delivery_failed")
            if any(one.outcome == AWAY for one in refused):
                break  # the other rounds are not kept waiting for a server that does not answer
        if sent or failed:
            logger.bind(sent=sent, failed=failed).info("delivery")
        return DeliveryReport(sent, failed)

    def _claim(self) -> tuple[list[Message], Abouts]:
        with self._database.transaction() as connection:
            claimed = outbox.claim(connection, self._clock.now(), _CLAIM_MAX)
            return claimed, read_about(connection, [(one.cascade_id, one.obligation) for one in claimed])

    def _send(self, claimed: Sequence[Message], about: Abouts, stopped: Callable[[], bool]) -> list[Outcome]:
        """Send them in order, for as long as the claim is surely ours and nobody says stop: both leave the rest unsent."""
        began = stopwatch()
        parcels = [Parcel(one, about.get((one.cascade_id, one.obligation or 0))) for one in claimed]
        commands = self._carried([one.message for one in parcels if one.message.is_command])
        letters = sent_by(self._channel, [one for one in parcels if not one.message.is_command])
        made: list[Outcome] = []
        with closing(commands), closing(letters):
            for outcomes in chain(commands, letters):
                made += outcomes
                if stopwatch() - began > _SENDING_SECONDS or stopped():
                    break
        return made

    def _carried(self, commands: Sequence[Message]) -> Generator[list[Outcome], None, None]:
        for message in commands:
            try:
                self._carry(message)
            except Exception as error:  # noqa: BLE001  whatever stops one message, the others are sent and marked
                yield [Outcome(message, COMMAND, FAILED, in_words(error))]
            else:
                yield [Outcome(message, COMMAND)]

    def _mark(self, claimed: Sequence[Message], made: Sequence[Outcome]) -> None:
        """What became of each goes into one transaction with its attempt, and on its first try with what webhooks are told."""
        now, tried = self._clock.now(), {one.message.id for one in made}
        told = [one for one in made if one.channel != COMMAND]
        failed = [one for one in made if one.outcome != SENT]
        given_up = [
            one.message
            for one in failed
            if one.outcome == FAILED and one.channel != COMMAND and one.message.attempts + 1 >= outbox.TRIES_MAX
        ]
        with self._database.transaction() as connection:
            sent = [one.message for one in made if one.outcome == SENT]
            refused = [(one.message, attempts.bounded(one.answer) or "-") for one in failed]
            outbox.mark(connection, sent, refused, now, given_up)
            outbox.release(connection, [one for one in claimed if one.id not in tried])
            # What was taken without a word is in the message's own row: when, and at which try.
            worth = [one for one in told if one.outcome != SENT or one.answer is not None]
            attempts.add(connection, [_attempt(one, self._node, now) for one in worth])
            webhooks.fan_out(connection, [one.message for one in told if one.message.attempts == 0], now)

    def _carry(self, message: Message) -> None:
        """Carry a command to the cascades it is for, each at most once. What the law says no to there is answered."""
        with self._database.reading() as connection:
            commands = carried(connection, message, self._executor.known(connection).workflows)
        for command in commands:
            try:
                self._executor.execute([command], _logged(message, command.cascade or cascade_id_of(command.id)))
            except (Refused, NotFound) as answer:
                logger.bind(message=message.id, to=command.cascade, because=str(answer)).info("link_refused")
                if isinstance(command, Issue):  # a year that does not open must not be forgotten: its giver hears
                    self._executor.execute([renewal.refused(command.id, message.cascade_id, str(answer))])


def _attempt(one: Outcome, node: str, now: datetime) -> Attempt:
    key = one.message.cascade_id, one.message.seq, one.message.place
    return Attempt(*key, one.channel, one.message.attempts + 1, node, now, one.outcome, attempts.bounded(one.answer))


def _logged(message: Message, cascade: str) -> Told:
    """Says in the log how far a long command is."""
    pace = Interval(PROGRESS_SECONDS)

    def told(entries: int) -> None:
        if pace.passed():
            logger.bind(message=message.id, to=cascade, entries=entries, seconds=pace.seconds).info("command_goes_on")

    return told
