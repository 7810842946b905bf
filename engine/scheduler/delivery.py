"""The round of delivery: claim messages, send them outside any transaction, mark what became of each."""

from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from engine.clock import Clock
from engine.execute import Executor
from engine.links import carried
from engine.notify.channels import Channel
from storage import outbox
from storage.database import Database
from storage.outbox import Message
from storage.queries.subjects import read_about
from workflows import renewal
from workflows.commands import Issue
from workflows.errors import NotFound, Refused

_CLAIM_MAX = 200


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    sent: int
    failed: int


class Delivery:
    """Sends what the outbox holds: at least once, each message under an id that never changes."""

    def __init__(self, database: Database, clock: Clock, channel: Channel, executor: Executor) -> None:
        self._database, self._clock, self._channel, self._executor = database, clock, channel, executor

    def run(self, stopped: Callable[[], bool] = lambda: False) -> DeliveryReport:
        """Deliver until nothing waits, or until told to stop."""
        sent = failed = 0
        while not stopped():
            with self._database.transaction() as connection:
                claimed = outbox.claim(connection, self._clock.now(), _CLAIM_MAX)
                about = read_about(connection, [(one.cascade_id, one.obligation) for one in claimed])
            if not claimed:
                break
            done, refused = [], []
            for message in claimed:
                try:
                    if message.is_command:
                        self._carry(message)
                    else:
                        self._channel.send(message, about.get((message.cascade_id, message.obligation or 0)))
                    done.append(message)
                except Exception as error:  # noqa: BLE001  whatever stops one message, the others are sent and marked
                    refused.append((message, f"{type(error).__name__}: {error}"))
            with self._database.transaction() as connection:
                outbox.mark(connection, done, refused, self._clock.now())
            sent, failed = sent + len(done), failed + len(refused)
            if refused:
                logger.bind(failed=len(refused), because=refused[0][1]).error("delivery_failed")
        if sent or failed:
            logger.bind(sent=sent, failed=failed).info("delivery")
        return DeliveryReport(sent, failed)

    def _carry(self, message: Message) -> None:
        """Carry a command to the cascades it is for, each at most once. What the law says no to there is answered."""
        with self._database.reading() as connection:
            commands = carried(connection, message, self._executor.known(connection).workflows)
        for command in commands:
            try:
                self._executor.execute([command])
            except (Refused, NotFound) as answer:
                logger.bind(message=message.id, to=command.cascade, because=str(answer)).info("link_refused")
                if isinstance(command, Issue):  # a year that does not open must not be forgotten: its giver hears
                    self._executor.execute([renewal.refused(command.id, message.cascade_id, str(answer))])
