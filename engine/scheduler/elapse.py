"""The round of time: what is awake, a cascade at a time, through the same `execute` as everything else.

Many nodes make rounds at once. None asks the others: each goes through what is awake in an order of its own and takes, in
the statement that locks it, a cascade that is still awake and that nobody holds.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger

from engine.clock import Clock, Interval, real_now, stopwatch
from engine.execute import SWEEP_MAX, Executor, Swept, Told
from engine.logs import PROGRESS_SECONDS
from storage import cascades, nodes
from storage.cascades import Awake
from storage.database import Database
from storage.errors import Away

CASCADES_MAX = 200  # cascades looked at in one reading
OBLIGATIONS_MAX = 50_000  # a round ends here even if more is due; the next beat goes on where it ended
_OFFERED = 8  # cascades of which one statement takes one: so many may be held by others without costing a transaction


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round did. `more` says that it stopped at its bound, or was told to stop, with work left. `lag` is for how
    long the oldest of what it found had been due."""

    cascades: int
    obligations: int
    kinds: Counter[str]
    incidents: int
    more: bool
    seconds: float
    lag: timedelta = timedelta(0)

    @property
    def facts(self) -> int:
        return self.kinds.total()


class _Turn:
    """Every cascade that is awake, each once before any comes again. It may outlast a round that ends at its bound."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: list[str] = []
        self._last: Awake | None = None
        self._alone = 0  # so many are offered one by one: one of them failed, and nobody knows which
        self.oldest: datetime | None = None  # since when the first of them is due

    @property
    def begun(self) -> bool:
        return self._last is not None

    def offered(self, now: datetime) -> list[str]:
        """The next few cascades, of which one is to be taken; none where the turn is over."""
        if not self._ids:
            self._read(now)
        return self._ids[: 1 if self._alone or self._database.is_sqlite else _OFFERED]

    def had(self, ids: Collection[str]) -> None:
        """These have had their turn."""
        self._ids = [one for one in self._ids if one not in ids]
        self._alone = max(0, self._alone - len(ids))

    def one_by_one(self, count: int) -> None:
        self._alone = count

    def _read(self, now: datetime) -> None:
        with self._database.reading() as connection:
            found = cascades.awake(connection, now, CASCADES_MAX, self._last)
        if not self.begun:
            self.oldest = found[0].since if found else None
        self._ids, self._last = [one.id for one in found], found[-1] if found else None
        if not self._database.is_sqlite:
            random.shuffle(self._ids)  # the other nodes read the same list at the same moment


class ElapseRound:
    """Lets time pass for every obligation that is due."""

    def __init__(self, executor: Executor, database: Database, clock: Clock, node: str) -> None:
        self._executor, self._database, self._clock, self._node = executor, database, clock, node
        self._turn = _Turn(database)

    def run(self, stopped: Callable[[], bool] = lambda: False, told: Told = lambda _: None) -> RoundReport:
        """One round. Between two transactions it asks whether it should stop; what is begun is finished. `told` hears how
        many obligations had their turn so far.

        A cascade has one transaction a turn, of a bounded number of obligations, so that a large one keeps no small one
        waiting. The round ends with a turn in which nothing was left over."""
        began, turn, pace = stopwatch(), self._turn, Interval(PROGRESS_SECONDS)
        seen: set[str] = set()
        failed: set[str] = set()
        kinds: Counter[str] = Counter()
        obligations = incidents = 0
        more, left_over = False, turn.begun
        while not more:
            offered = turn.offered(self._clock.now())
            if not offered and not left_over:
                break
            if not offered:
                left_over = False
            elif failed.intersection(offered):
                turn.had(failed.intersection(offered))
            elif swept := self._sweep(offered, failed):
                seen.add(swept.cascade)
                kinds += swept.kinds
                obligations, incidents = obligations + swept.obligations, incidents + len(swept.incidents)
                left_over = left_over or (swept.more and swept.obligations > 0)
                told(obligations)
                if pace.passed():
                    counts = {"cascades": len(seen), "obligations": obligations, "incidents": incidents}
                    logger.bind(**counts, seconds=pace.seconds).info("round_goes_on")
                more = stopped() or obligations >= OBLIGATIONS_MAX
        lag = max(timedelta(0), self._clock.now() - turn.oldest) if turn.oldest else timedelta(0)
        report = RoundReport(len(seen), obligations, kinds, incidents, more, stopwatch() - began, lag)
        if report.cascades:
            self._tell(report)
        return report

    def _sweep(self, offered: list[str], failed: set[str]) -> Swept | None:
        """One transaction of one cascade. What cannot even be read is said in the log, and the other cascades go on."""
        try:
            swept = self._executor.sweep(offered, SWEEP_MAX)
        except Away:
            raise
        except Exception:  # noqa: BLE001  whatever is wrong with this cascade is not wrong with the next one
            if len(offered) > 1:
                self._turn.one_by_one(len(offered))
                return None
            logger.bind(cascade=offered[0]).exception("cascade_failed")
            failed.update(offered)
            swept = None
        self._turn.had([swept.cascade] if swept else offered)
        if swept:
            for one in swept.incidents:
                logger.bind(cascade=swept.cascade, obligation=one.number, error=one.error).error("incident")
        return swept

    def _tell(self, report: RoundReport) -> None:
        """For people to see: no rule depends on it."""
        seen = real_now(self._clock)

        def write() -> None:
            with self._database.transaction() as connection:
                nodes.record_round(connection, self._node, self._clock.now(), report.facts, report.lag, seen)

        self._database.insist(write)
        counts = {"cascades": report.cascades, "obligations": report.obligations, "incidents": report.incidents}
        figures = {
            "more": report.more,
            "lag": round(report.lag.total_seconds(), 3),
            "seconds": round(report.seconds, 3),
        }
        logger.bind(**counts, **report.kinds, **figures).info("round")
