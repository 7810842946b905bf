"""The round of time: what is awake, a cascade at a time, through the same `execute` as everything else."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from engine.clock import Clock, stopwatch
from engine.execute import SWEEP_MAX, Executor, Swept
from storage import cascades, nodes
from storage.database import Database
from storage.errors import Unavailable

CASCADES_MAX = 200  # cascades looked at in one reading
OBLIGATIONS_MAX = 50_000  # a round ends here even if more is due; the next beat goes on


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round did. `more` says that it stopped at its bound, or was told to stop, with work left."""

    cascades: int
    obligations: int
    kinds: Counter[str]
    incidents: int
    more: bool
    seconds: float

    @property
    def facts(self) -> int:
        return self.kinds.total()


class ElapseRound:
    """Lets time pass for every obligation that is due."""

    def __init__(self, executor: Executor, database: Database, clock: Clock, node: str) -> None:
        self._executor, self._database, self._clock, self._node = executor, database, clock, node

    def run(self, stopped: Callable[[], bool] = lambda: False) -> RoundReport:
        """One round. Between two transactions it asks whether it should stop; what is begun is finished."""
        began = stopwatch()
        seen: set[str] = set()
        kinds: Counter[str] = Counter()
        obligations = incidents = 0
        more = False
        while not more:
            with self._database.reading() as connection:
                waiting = cascades.awake(connection, self._clock.now(), CASCADES_MAX + len(seen))
            fresh = [one for one in waiting if one not in seen]
            if not fresh:
                break
            for cascade_id in fresh:
                seen.add(cascade_id)
                due = True
                while due and not more:
                    swept = self._sweep(cascade_id)
                    if swept is None:
                        break
                    kinds += swept.kinds
                    obligations, incidents, due = (
                        obligations + swept.obligations,
                        incidents + len(swept.incidents),
                        swept.more,
                    )
                    for failed in swept.incidents:
                        logger.bind(cascade=cascade_id, obligation=failed.number, error=failed.error).error("incident")
                    more = stopped() or obligations >= OBLIGATIONS_MAX
        report = RoundReport(len(seen), obligations, kinds, incidents, more, stopwatch() - began)
        if report.cascades:
            with self._database.transaction() as connection:
                nodes.record_round(connection, self._node, self._clock.now(), report.facts)
            counts = {"cascades": report.cascades, "obligations": obligations, "incidents": incidents, "more": more}
            logger.bind(**counts, **kinds, seconds=round(report.seconds, 3)).info("round")
        return report

    def _sweep(self, cascade_id: str) -> Swept | None:
        """One transaction of one cascade. What cannot even be read is said in the log, and the other cascades go on."""
        try:
            return self._executor.sweep(cascade_id, SWEEP_MAX)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  whatever is wrong with this cascade is not wrong with the next one
            logger.bind(cascade=cascade_id).exception("cascade_failed")
            return None
