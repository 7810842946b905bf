"""What time it is. The only file that asks; everything else is told."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

LEAP = timedelta(days=1)  # a wall clock that moves this far against the monotonic one did not tick, it leapt
_NOISE = timedelta(minutes=1)  # between two clocks that are read one after the other: a day exactly is always no leap


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock. `shift` corrects it to a database server's, whose time all nodes share."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def follow(self, server_now: datetime) -> None:
        """Go by the server's time from now on."""
        self.shift = server_now - datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is moved, forward only. For databases created as simulated."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def move_to(self, instant: datetime) -> None:
        self._instant = max(self._instant, instant)


def real_now(clock: Clock) -> datetime:
    """The time of day, also where the law's time is simulated."""
    return (clock if isinstance(clock, SystemClock) else SystemClock()).now()


class Watchdog:
    """Notices when the wall clock leaps: by more than a day against the machine's monotonic clock.

    Simulated time is moved by people, as far as they like: there it watches the machine's own clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock: Clock = SystemClock() if isinstance(clock, SimulatedClock) else clock
        self._wall, self._ticks = self._clock.now(), _ticks()

    def leapt(self) -> timedelta | None:
        """How far the wall clock has leapt since it was last looked at, or None."""
        wall, ticks = self._clock.now(), _ticks()
        drift = (wall - self._wall) - timedelta(seconds=ticks - self._ticks)
        if abs(drift) > LEAP + _NOISE:
            return drift
        self._wall, self._ticks = wall, ticks
        return None


def _ticks() -> float:
    """Seconds that also pass while the machine sleeps: a weekend's suspend is no leap."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def stopwatch() -> float:
    """Seconds on a clock that only measures lengths."""
    return time.monotonic()


class Interval:
    """Says when so much time has passed since it was made, or since it last said so."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, stopwatch()
        self._said_at = self._began

    def passed(self) -> bool:
        now = stopwatch()
        if now - self._said_at < self._seconds:
            return False
        self._said_at = now
        return True

    @property
    def seconds(self) -> float:
        """Since it was made, to a tenth."""
        return round(stopwatch() - self._began, 1)
