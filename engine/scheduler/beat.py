"""The beat: every few seconds, the rounds. The only file that imports APScheduler, which keeps nothing here but the time.

A clock that leaps holds the rounds until a person confirms the time: an append-only journal cannot take back a wrong year.
A database that is away is asked for every second or two, however slow the beat is.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Timer

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from loguru import logger

from engine.clock import Clock, SystemClock, Watchdog, stopwatch
from engine.scheduler.pulse import Pulse
from storage.errors import Away
from workflows.text import say, say_count

SILENCE_MAX = timedelta(days=45)  # since the last entry, at start: longer than any holiday, shorter than a wrong year
_BACKWARD_MAX = timedelta(days=1)
_SILENT_SECONDS = 10.0  # without an answer in the middle of a round: the node is not ready
_GRACE_SECONDS = 7.0  # that the round in hand has when it is told to stop, before it is cut off
_AWAY_SECONDS = (1.0, 1.5, 2.0)  # between beats while the database is away; a try to reach it takes up to three more
Round = Callable[[Callable[[], bool]], object]
Sign = Callable[[bool, str | None], None]


class Beat:
    """Runs rounds one after another, each at most once at a time, until it is stopped.

    `sign` is told, at each beat and between two transactions, whether all is well and why the rounds are held. `cut_off` ends
    what waits for a database that does not answer. `lives` is told every second or so, unless a round is stuck.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        rounds: list[Round],
        sign: Sign = lambda ready, held: None,
        cut_off: Callable[[], None] = lambda: None,
        lives: Callable[[], object] = lambda: None,
    ) -> None:
        self._clock, self._seconds, self._rounds, self._sign, self._cut_off = clock, seconds, rounds, sign, cut_off
        self._lives, self._progress = lives, stopwatch()
        self._stopping, self._told = (
            False,
            SimpleQueue[None](),
        )  # an Event cannot be set by a signal that meets its own wait
        self._watchdog = Watchdog(clock)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": {"type": "threadpool", "max_workers": 1}}
        )
        self._machine = SystemClock()  # the beat's own time, also where the law's time is simulated
        self._beaten, self._at_work = stopwatch(), False
        self._pause, self._more = seconds, False
        self._away, self._away_since = 0, 0.0
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
            while not self._stopped_within(min(self._seconds, _AWAY_SECONDS[0])):
                if not self._at_work and stopwatch() - self._beaten > 2 * (self._pause or self._seconds):
                    self._next_in(0)
                if self._at_work and stopwatch() - self._progress > _SILENT_SECONDS:
                    self._become_ready(False)
                else:
                    self._lives()
        finally:
            cut = Timer(_GRACE_SECONDS, self._cut_off)
            cut.start()
            self._scheduler.shutdown(wait=True)
            cut.cancel()

    def pulse(self) -> Pulse:
        """How it stands, for whoever asks from another thread."""
        silent = timedelta(seconds=stopwatch() - max(self._progress, self._beaten))
        return Pulse(self.ready, self.held, silent, timedelta(seconds=self._seconds))

    def _next_in(self, seconds: float) -> None:
        """One beat, once. A repeating trigger would count every beat missed in a leap of the clock, one by one."""
        at = self._machine.now() + timedelta(seconds=seconds)
        self._scheduler.add_job(self._once, DateTrigger(at), id="beat", replace_existing=True, misfire_grace_time=None)

    def stop(self) -> None:
        """Safe to call from a signal's handler."""
        self._stopping = True
        self._told.put(None)

    def _stopped_within(self, seconds: float) -> bool:
        try:
            self._told.get(timeout=seconds)
        except Empty:
            return self._stopping
        return True

    def _once(self) -> None:
        """One beat. Whatever goes wrong in it, the next one comes."""
        self._at_work, self._progress = True, stopwatch()
        try:
            self._beat()
        finally:
            self._pause = self._until_next()
            self._beaten, self._at_work = stopwatch(), False
            if not self._stopping:
                self._next_in(self._pause)

    def _until_next(self) -> float:
        if self._away:
            return min(self._seconds, _AWAY_SECONDS[min(self._away, len(_AWAY_SECONDS)) - 1])
        return 0 if self._more else self._seconds

    def _beat(self) -> None:
        leap = self._watchdog.leapt()
        if leap and not self.held:
            self.hold(say("the clock leapt by {time}", time=leap))
        if not self.held:
            self._become_ready(self._all_rounds())
        self._sign(self.ready, self.held)

    def _all_rounds(self) -> bool:
        """Every round, whatever became of the one before; but none where the database is away. Says whether all is well."""
        self._more, well = False, True
        try:
            for one in self._rounds:
                well = self._run(one) and well
        except Away as away:
            if not self._away:
                self._away_since = stopwatch()
                logger.bind(because=str(away)).error("database_away")
            self._away += 1
            return False
        if self._away:
            logger.bind(seconds=round(stopwatch() - self._away_since, 1)).info("database_back")
            self._away = 0
        return well

    def _run(self, one: Round) -> bool:
        """One round; what goes wrong in it is an error to be seen, and keeps no other round from running."""
        try:
            report = one(self._told_to_stop)
        except Away:
            raise
        except Exception:  # noqa: BLE001  the service goes on beating
            logger.exception("round_failed")
            return False
        self._more = self._more or bool(getattr(report, "more", False))
        return True

    def _told_to_stop(self) -> bool:
        """Asked between two transactions: a long round gives a sign of life as well."""
        self._progress = stopwatch()
        self._sign(self.ready, self.held)
        return self._stopping

    def _become_ready(self, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            logger.info("ready") if ready else logger.warning("not_ready")
