"""The round of campaigns: what the administration has decided once reaches the cascades that run, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from engine.clock import Clock
from engine.execute import Executor
from storage import campaigns, installation
from storage.database import Database
from storage.errors import Away

CASCADES_MAX = 500  # in one round; the next beat goes on where it ended
_READ = 100


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """How many cascades followed, how many dates moved, how many cascades could not, and whether some are left."""

    cascades: int = 0
    moved: int = 0
    failed: int = 0
    more: bool = False


class CampaignRound:
    """Lets each cascade that has something to follow do so in a transaction of its own. Any node may, at any time."""

    def __init__(self, executor: Executor, database: Database, clock: Clock) -> None:
        self._executor, self._database, self._clock = executor, database, clock

    def run(self, stopped: Callable[[], bool] = lambda: False) -> CampaignReport:
        """One bounded round."""
        done = moved = failed = 0
        after, left = "", False
        while not stopped():
            with self._database.reading() as connection:
                found = installation.read(connection)
                if not found or not found.campaign:
                    return CampaignReport(done, moved, failed)
                waiting = campaigns.due(connection, self._clock.now(), _READ, after)
            if not waiting:
                break
            for one in waiting:
                if done + failed >= CASCADES_MAX or stopped():
                    left = True
                    break
                dates = self._one(one)
                done, moved, failed = done + (dates is not None), moved + (dates or 0), failed + (dates is None)
            after = waiting[-1]
            if left:
                break
        if not left:
            self._database.insist(self._close)
        if done or failed:
            logger.bind(cascades=done, dates=moved, failed=failed, more=left).info("calendar_followed")
        return CampaignReport(done, moved, failed, left)

    def _one(self, cascade: str) -> int | None:
        """How many dates moved in a cascade; None where it could not follow, or is held by another node."""
        try:
            swept = self._executor.catch_up(cascade)
        except Away:
            raise
        except Exception:  # noqa: BLE001  whatever is wrong with this cascade is not wrong with the next one
            logger.bind(cascade=cascade).exception("cascade_failed")
            return None
        with self._database.reading() as connection:
            still = campaigns.of(connection, cascade)
        if still is not None and still.failures:
            logger.bind(cascade=cascade, error=still.error).error("calendar_not_followed")
        return swept.kinds["DueSet"] if swept and still is None else None

    def _close(self) -> None:
        with self._database.transaction() as connection:
            campaigns.close(connection)
