"""The round of delivery: claim messages, send them outside any transaction, mark what became of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from loguru import logger

from engine.clock import Clock, Interval, stopwatch
from engine.execute import Executor, Told
from engine.links import carried
from engine.logs import PROGRESS_SECONDS
from engine.notify.channels import Channel
from storage import outbox
from storage.database import Database
from storage.outbox import Message
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

    def __init__(self, database: Database, clock: Clock, channel: Channel, executor: Executor) -> None:
        self._database, self._clock, self._channel, self._executor = database, clock, channel, executor

    def run(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> DeliveryReport:
        """Deliver until nothing waits, or until told to stop. `told` hears how many messages were tried so far."""
        sent, failed, pace = 0, 0, Interval(PROGRESS_SECONDS)
        while not stopped():
            claimed, about = self._database.insist(self._claim)
            if not claimed:
                break
            done, refused = self._send(claimed, about, stopped)
            left = claimed[len(done) + len(refused) :]
            self._database.insist(partial(self._mark, done, refused, left))
            sent, failed = sent + len(done), failed + len(refused)
            told(sent + failed)
            if pace.passed():
                logger.bind(sent=sent, failed=failed, seconds=pace.seconds).info("delivery_goes_on")
            if refused:
                logger.bind(failed=len(refused), because=refused[0][1]).error("delivery_failed")
        if sent or failed:
            logger.bind(sent=sent, failed=failed).info("delivery")
        return DeliveryReport(sent, failed)

    def _claim(self) -> tuple[list[Message], Abouts]:
        with self._database.transaction() as connection:
            claimed = outbox.claim(connection, self._clock.now(), _CLAIM_MAX)
            return claimed, read_about(connection, [(one.cascade_id, one.obligation) for one in claimed])

    def _send(
        self, claimed: Sequence[Message], about: Abouts, stopped: Callable[[], bool]
    ) -> tuple[list[Message], list[tuple[Message, str]]]:
        """Send them in order, for as long as the claim is surely ours and nobody says stop: both leave the rest unsent."""
        began = stopwatch()
        done, refused = [], []
        for place, message in enumerate(claimed):
            if place and (stopwatch() - began > _SENDING_SECONDS or stopped()):
                break
            try:
                if message.is_command:
                    self._carry(message)
                else:
                    self._channel.send(message, about.get((message.cascade_id, message.obligation or 0)))
                done.append(message)
            except Exception as error:  # noqa: BLE001  whatever stops one message, the others are sent and marked
                refused.append((message, f"{type(error).__name__}: {error}"))
        return done, refused

    def _mark(self, done: list[Message], refused: list[tuple[Message, str]], left: Sequence[Message]) -> None:
        with self._database.transaction() as connection:
            outbox.mark(connection, done, refused, self._clock.now())
            outbox.release(connection, left)

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


def _logged(message: Message, cascade: str) -> Told:
    """Says in the log how far a long command is."""
    pace = Interval(PROGRESS_SECONDS)

    def told(entries: int) -> None:
        if pace.passed():
            logger.bind(message=message.id, to=cascade, entries=entries, seconds=pace.seconds).info("command_goes_on")

    return told
