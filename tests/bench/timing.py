"""How times are taken: ours and raw one after the other, from the same start, and the middle of several."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

PAIRS = 5
PAIRS_LONG = 3  # where one run takes long
LONG = 200_001  # obligations from which a run is long: raw is no longer beside it
SMALL = 500  # below it nothing is learnt of speed: one run shows that it works


class Watch:
    """Measures what happens within it, in seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    @contextmanager
    def running(self, collect: bool = True) -> Iterator[None]:
        if collect:  # ours and raw begin alike; within the clock the collector runs as it does in a service
            gc.collect()
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)

    def time(self, deed: Callable[[], object], collect: bool = True) -> None:
        with self.running(collect):
            deed()


@dataclass
class Result:
    """One piece of work at one size: rates, and whatever else is worth knowing."""

    name: str
    database: str
    size: int
    ours: float
    raw: float | None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.ours / self.raw if self.raw else None


def rate(count: float, seconds: Sequence[float]) -> float:
    """How many a second, by the middle of several runs."""
    return count / median(seconds)


def pairs(size: int) -> int:
    if size < SMALL:
        return 1
    return PAIRS_LONG if size >= LONG else PAIRS


def milliseconds(seconds: Sequence[float], percent: float) -> float:
    """The time that so many of a hundred stay within."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
