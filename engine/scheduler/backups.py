"""The round of backups: once a day, from an hour on, into a folder; in a thread of its own: no deadline waits for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from loguru import logger

from engine.backing_up import BackupFailed, Made, back_up, copying
from engine.backup_series import series, series_of
from engine.clock import Clock, Interval, real_now
from engine.logs import PROGRESS_SECONDS
from storage import backups
from storage.database import Database
from storage.errors import Away
from workflows.calendar import VIETNAM
from workflows.errors import CascadeError, NotFound
from workflows.text import say

AGAIN = timedelta(hours=1)  # after one that failed
_DAY = timedelta(days=1)
_END_SECONDS = 5.0  # that one under way has when the service ends; its half is taken away


class BackupRound:
    """Makes a backup where the last one in its folder is of before the hour. Where there is none it makes one at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        folder: Path,
        hour: int,
        keep: int | None,
        programs: Path | None,
        node: str,
    ) -> None:
        self._database, self._clock, self._folder, self._hour = database, clock, folder, hour
        self._keep, self._programs, self._node = keep, programs, node
        self._next_at: datetime | None = None
        self._thread: Thread | None = None
        self._stopping = False

    def run(self, _stopped: Callable[[], bool] = lambda: False) -> bool:
        """Begin one where it is due, and come back at once. Says whether one is under way."""
        if self._thread is not None:
            if self._thread.is_alive():
                return True
            self._thread = None
        now = real_now(self._clock)
        if self._next_at is None:
            self._next_at = self._due_at(now)
        if now < self._next_at or self._stopping:
            return False
        self._next_at = None  # looked up anew when this one has ended
        self._thread = Thread(target=self._make, name="backup-round", daemon=True)
        self._thread.start()
        return True

    def end(self) -> None:
        """The service ends: one under way is given up, and nothing of it stays."""
        self._stopping = True
        self.wait(_END_SECONDS)

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the one under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _due_at(self, now: datetime) -> datetime:
        with self._database.reading() as connection:
            identity = backups.identity(connection)
        there = series(self._folder, series_of(self._database), identity)
        return due_at(there[0][1].began if there else None, now, self._hour)

    def _make(self) -> None:
        log = logger.bind(folder=str(self._folder), node=self._node)
        log.info("backup_started")
        try:
            made = self._made()
        except Away as away:  # the rounds say so as well
            self._failed(away)
        except CascadeError as error:
            self._failed(error)
        except Exception:  # a thread has nobody above it
            self._next_at = real_now(self._clock) + AGAIN
            log.exception("backup_failed")
        else:
            one = made.manifest
            log.bind(
                file=made.file.name, size=one.size, seconds=round(made.seconds, 1), entries=one.entries, sha256=one.sha256,
                dropped=[path.name for path in made.dropped], unrecorded=made.unrecorded and str(made.unrecorded),
            ).info("backup_made")  # fmt: skip

    def _made(self) -> Made:
        if not self._folder.is_dir():
            raise NotFound(say("There is no folder {folder} for backups (CASCADE_BACKUPS); make it, with a mode that keeps"
                               " others out (0700).", folder=self._folder))  # fmt: skip
        copy = copying(self._database, self._programs)
        return back_up(self._database, self._clock, self._folder, copy, self._phase, lambda: self._stopping,
                       self._keep, self._node)  # fmt: skip

    def _failed(self, error: CascadeError) -> None:
        if self._stopping and isinstance(error, BackupFailed):
            return
        self._next_at = real_now(self._clock) + AGAIN
        logger.bind(folder=str(self._folder), because=str(error), again_at=self._next_at).error("backup_failed")

    def _phase(self, phase: str, total: int) -> Callable[[int], None]:
        interval, done = Interval(PROGRESS_SECONDS), 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            if interval.passed():
                logger.bind(phase=str(phase), done=done, of=total or None, seconds=interval.seconds).info(
                    "backup_goes_on"
                )

        return told


def due_at(last: datetime | None, now: datetime, hour: int) -> datetime:
    """When the next backup is due, where the last one began at `last`: at once, or at the next `hour` of Vietnam's day."""
    today = now.astimezone(VIETNAM).replace(hour=hour, minute=0, second=0, microsecond=0)
    latest = today if today <= now else today - _DAY
    return now if last is None or last < latest else latest + _DAY
