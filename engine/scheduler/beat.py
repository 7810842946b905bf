"""The beat: every few seconds, the rounds. The only file that imports APScheduler, which keeps nothing here but the time.

A clock that leaps holds the rounds until a person confirms the time: an append-only journal cannot take back a wrong year.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from loguru import logger

from engine.clock import Clock, SystemClock, Watchdog, stopwatch
from storage.errors import Unavailable
from workflows.text import say, say_count

SILENCE_MAX = timedelta(days=45)  # since the last entry, at start: longer than any holiday, shorter than a wrong year
_BACKWARD_MAX = timedelta(days=1)


class Beat:
    """Runs rounds one after another, each at most once at a time, until it is stopped."""

    def __init__(self, clock: Clock, seconds: float, rounds: list[Callable[[Callable[[], bool]], object]]) -> None:
        self._clock, self._seconds, self._rounds = clock, seconds, rounds
        self._stop = Event()
        self._watchdog = Watchdog(clock)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": {"type": "threadpool", "max_workers": 1}}
        )
        self._machine = SystemClock()  # the beat's own time, also where the law's time is simulated
        self._beaten, self._at_work = stopwatch(), False
        self.held: str | None = None
        self.ready = False

    def hold_unless_plausible(self, last_entry_at: datetime | None) -> None:
        """Hold the rounds where the present time cannot be right, judged by the newest entry."""
        if last_entry_at is None:
            return
        silence = self._clock.now() - last_entry_at
        if silence > SILENCE_MAX:
            self.hold(
                say_count("the newest entry is {count} day old", "the newest entry is {count} days old", silence.days)
            )
        elif silence < -_BACKWARD_MAX:
            self.hold(
                say_count(
                    "the newest entry is {count} day in the future",
                    "the newest entry is {count} days in the future",
                    -silence.days,
                )
            )

    def hold(self, because: str) -> None:
        self.held, self.ready = because, False
        logger.bind(because=str(because)).error("rounds_held")

    def run(self) -> None:
        """Beat until `stop` is called. The round in hand is finished; a message in hand is sent."""
        self._next_in(0)
        self._scheduler.start()
        try:
            # The scheduler sleeps by the wall clock: set back an hour, it would sleep the hour. This loop does not.
            while not self._stop.wait(self._seconds):
                if not self._at_work and stopwatch() - self._beaten > 2 * self._seconds:
                    self._next_in(0)
        finally:
            self._scheduler.shutdown(wait=True)

    def _next_in(self, seconds: float) -> None:
        """One beat, once. A repeating trigger would count every beat missed in a leap of the clock, one by one."""
        at = self._machine.now() + timedelta(seconds=seconds)
        self._scheduler.add_job(self._once, DateTrigger(at), id="beat", replace_existing=True, misfire_grace_time=None)

    def stop(self) -> None:
        self._stop.set()

    def _once(self) -> None:
        """One beat. Whatever goes wrong in it, the next one comes."""
        self._at_work = True
        try:
            self._beat()
        finally:
            self._beaten, self._at_work = stopwatch(), False
            if not self._stop.is_set():
                self._next_in(self._seconds)

    def _beat(self) -> None:
        leap = self._watchdog.leapt()
        if leap and not self.held:
            self.hold(say("the clock leapt by {time}", time=leap))
        if not self.held:
            results = [self._run(one) for one in self._rounds]  # each of them, whatever became of the one before
            self.ready = all(results)

    def _run(self, one: Callable[[Callable[[], bool]], object]) -> bool:
        """One round; what goes wrong in it is an error to be seen, and keeps no other round from running."""
        try:
            one(self._stop.is_set)
        except Unavailable as away:
            logger.bind(because=str(away)).error("database_away")
        except Exception:  # noqa: BLE001  the service goes on beating
            logger.exception("round_failed")
        else:
            return True
        return False
