"""What was verified of the journal, and when: within a bound of time, and kept for the badge while this process lives.

A verdict is worth what it says and no more: how many entries of which chain were read, and when. What came later is not in it.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from engine.clock import stopwatch
from storage import verification
from storage.database import Database
from storage.verification import Verdict

SECONDS_MAX = 20.0  # of one verification in a browser; whoever needs longer asks at the command line
EVERYTHING = ""  # instead of one chain
_KEPT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """One verification. `verdict` is None where the time was over first: then `entries` of `total` had been read."""

    chain: str
    at: datetime
    entries: int
    total: int
    seconds: float
    verdict: Verdict | None

    @property
    def tone(self) -> str:
        if self.verdict is None:
            return "near"
        return "good" if self.verdict.verified else "late"


class _TimeIsOver(Exception):
    pass


@dataclass
class Verdicts:
    """The last verdict of each chain. Thread-safe; one verification at a time, since each reads as fast as it can."""

    seconds_max: float = SECONDS_MAX
    _kept: dict[str, Verified] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, chain: str) -> Verified | None:
        """The newest verdict that speaks of this chain: its own, or one of the whole journal."""
        found = [one for one in (self._kept.get(chain), self._kept.get(EVERYTHING)) if one]
        return max(found, key=lambda one: one.at, default=None)

    def verify(self, database: Database, chain: str, now: datetime) -> Verified | None:
        """Verify one chain, or everything. None where somebody else's verification is still going on."""
        if not self._turn.acquire(blocking=False):
            return None
        try:
            made = self._verified(database, chain, now)
        finally:
            self._turn.release()
        if len(self._kept) >= _KEPT_MAX:
            self._kept.clear()
        self._kept[chain] = made
        return made

    def _verified(self, database: Database, chain: str, now: datetime) -> Verified:
        began, read = stopwatch(), 0

        def progressed(entries: int) -> None:
            nonlocal read
            read = entries
            if stopwatch() - began > self.seconds_max:
                raise _TimeIsOver

        with database.reading() as connection:
            total = verification.count_entries(connection, chain or None)
            try:
                verdict = verification.verify(connection, chain or None, progressed)
            except _TimeIsOver:
                return Verified(chain, now, read, total, stopwatch() - began, None)
        return Verified(chain, now, verdict.entries, total, stopwatch() - began, verdict)
