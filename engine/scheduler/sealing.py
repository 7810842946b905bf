"""The round of sealing: what has changed is sealed, and seals are written outside the database, in order, until they are.

Several nodes seal one database: whoever is first makes the next number, the others find nothing left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from engine.clock import Clock, SimulatedClock, stopwatch
from engine.execute import Told
from engine.language import in_use, speaking, told
from engine.notify.smtp import Closed, NotTaken
from engine.notify.webhooks import Declined
from engine.notify.witnesses import Unwritten, Witness
from engine.sealing import MARGIN, Sealer
from storage import attempts, seals
from storage.database import Database
from storage.errors import Away
from storage.seals import FAILED, SENT, Seal
from workflows.errors import CascadeError

_SWEEP_SECONDS = 3600.0  # between two looks at every chain: a clock that was set back may have hidden one
_COPIES_MAX = 500  # seals that a witness gets in one round
_PAUSE_SECONDS, _PAUSE_MAX = 60.0, 1800.0  # after a failed copy; twice as long each time
_REFUSED = (Unwritten, NotTaken, Closed, Declined, CascadeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class SealReport:
    """What a round did: seals made, seals written outside, witnesses that failed."""

    made: int = 0
    copied: int = 0
    failed: int = 0


@dataclass(slots=True)
class _Pace:
    """When a witness that failed is tried again."""

    failures: int = 0
    next_at: float = 0.0


class SealRound:
    """Seals every so many seconds what has changed, and writes seals outside. Without a sealer it only writes outside."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sealer: Sealer | None,
        witnesses: Sequence[Witness],
        node: str,
        seconds: float,
    ) -> None:
        self._database, self._clock, self._sealer, self._node = database, clock, sealer, node
        self.witnesses, self._seconds = tuple(witnesses), seconds
        self._next_at, self._swept_at = 0.0, None
        self._paces = {one.name: _Pace() for one in self.witnesses}
        self._said: str | None = None
        self._language = in_use()

    _swept_at: float | None

    def run(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> SealReport:
        """Seal if it is time to, and write outside what is not there yet."""
        made = 0
        if self._sealer and stopwatch() >= self._next_at:
            self._next_at = stopwatch() + self._seconds
            made = len(self._seal(self._sealer, stopped))
        copied, failed = self.copy(stopped, told)
        return SealReport(made, copied, failed)

    def _seal(self, sealer: Sealer, stopped: Callable[[], bool]) -> list[Seal]:
        with self._database.reading() as connection:
            before = seals.last(connection)
        just_now = timedelta(seconds=self._seconds / 2)
        if before and not isinstance(self._clock, SimulatedClock) and self._clock.now() - before.at < just_now:
            return []  # another node has just done it
        sweep = self._swept_at is None or stopwatch() - self._swept_at > _SWEEP_SECONDS
        since = None if sweep or before is None else before.at - MARGIN
        made: list[Seal] = []
        more = True
        try:
            while more and not stopped():
                seal, more = sealer.seal(since)
                if seal is None:
                    break
                made.append(seal)
                logger.bind(seal=seal.number, leaves=seal.leaves).info("sealed")
        except Away:
            raise
        except CascadeError as error:
            self._cannot(str(error))
            return made
        self._said = None
        if sweep and not stopped():
            self._swept_at = stopwatch()
        return made

    def _cannot(self, why: str) -> None:
        """Said when it is new: the rounds go on, and the doctor shows it as long as it lasts."""
        if why != self._said:
            logger.bind(because=why).error("not_sealed")
        self._said = why

    def copy(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> tuple[int, int]:
        """Write outside what witnesses do not have yet; how many copies were made, and how many witnesses failed."""
        copied = failed = 0
        for witness in self.witnesses:
            pace = self._paces[witness.name]
            if stopwatch() < pace.next_at:
                continue
            for seal, had in self._due(witness):
                if stopped():
                    break
                if not self._copy(witness, seal, had):
                    failed += 1
                    break
                copied += 1
                told(copied)
        return copied, failed

    def _due(self, witness: Witness) -> list[tuple[Seal, int]]:
        """What a witness gets now, each with the seal that it had before."""
        with self._database.reading() as connection:
            newest = seals.last(connection)
            had = seals.witnessed(connection, witness.name) if newest else None
            if newest is None or had is None or newest.number <= had.number:
                return []
            if not witness.whole:
                due = had.at is None or self._clock.now() - had.at >= witness.every
                return [(newest, had.number)] if due else []
            found = seals.after(connection, had.number, _COPIES_MAX)
        return list(zip(found, [had.number, *(one.number for one in found)], strict=False))

    def _copy(self, witness: Witness, seal: Seal, had: int) -> bool:
        """One copy, and a line of the log of what became of it."""
        pace = self._paces[witness.name]
        with speaking(self._language):  # a thread of the service's has none of its own
            try:
                outcome, answer = SENT, told(witness.take(seal, had))
            except _REFUSED as error:
                outcome, answer = FAILED, told(getattr(error, "text", "")) or str(error) or type(error).__name__
        kept = attempts.bounded(answer)

        def log() -> None:
            with self._database.transaction() as connection:
                seals.log_copy(connection, seal.number, witness.name, self._clock.now(), self._node, outcome, kept)

        self._database.insist(log)
        if outcome == SENT:
            self._paces[witness.name] = _Pace()
            return True
        pace.next_at = stopwatch() + min(_PAUSE_MAX, _PAUSE_SECONDS * 2**pace.failures)
        pace.failures += 1
        logger.bind(witness=witness.name, seal=seal.number, because=kept).error("seal_not_copied")
        return False
