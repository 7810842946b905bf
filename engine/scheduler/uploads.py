"""The round of files that nothing has named in time: once an hour some are let go, the oldest first, up to a bound."""

from collections.abc import Callable
from datetime import datetime, timedelta

from loguru import logger

from engine.clock import Clock
from storage import uploads
from storage.database import Database

_EVERY = timedelta(hours=1)


class UploadRound:
    """Lets go what was handed in and forgotten."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._next: datetime | None = None

    def run(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """How many were let go; none where its hour has not come. Where as many as may be went, the next beat goes on."""
        now = self._clock.now()
        if stopped() or (self._next and now < self._next):
            return 0
        with self._database.transaction() as connection:
            gone = uploads.let_go(connection, now)
        self._next = now if gone == uploads.LET_GO_MAX else now + _EVERY
        if gone:
            logger.bind(files=gone).info("uploads_let_go")
        return gone
