"""How a beat stands, as readiness asks it: from outside, at any moment, without waiting for anything."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pulse:
    """`silent` is the time since the beat last got on: ended a round, or a transaction within one."""

    ready: bool
    held: str | None
    silent: timedelta
    period: timedelta
