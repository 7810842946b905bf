"""Which dates would move if a calendar were published: by how much, in which cascades. Asked of the law; nothing is stored."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine.clock import stopwatch
from engine.execute import Known
from engine.showing.worlds import world_of
from storage import campaigns
from workflows.calendar import Calendar, last_day
from workflows.recalendaring import Move, moves

SECONDS = 15.0  # after which the preview says how much it has not looked at
CASCADES_SHOWN, DATES_SHOWN = 50, 5
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """The dates of one cascade that move: how many later, how many nearer, by how many days at most; and the first few."""

    cascade: str
    later: int
    nearer: int
    most: int
    first: tuple[Move, ...]


@dataclass(slots=True)
class MovedDates:
    """All of it. `by_days` counts the dates by how many days they move; `looked_at` of the running cascades were asked,
    `left` were not, since there was no time. `shown` are the cascades with the first of what moves."""

    by_days: Counter[int] = field(default_factory=Counter)
    cascades: int = 0
    looked_at: int = 0
    left: int = 0
    shown: list[Moved] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.by_days.total()

    @property
    def spread(self) -> list[tuple[int, int]]:
        """How many dates move by how many days, the nearest first."""
        return sorted(self.by_days.items())


def days_between(one: Move) -> int:
    """By how many days a date moves; below 0 where it comes nearer."""
    return (last_day(one.after) - last_day(one.before)).days


def moved_dates(
    connection: Connection, known: Known, new: Calendar, now: datetime, seconds: float = SECONDS
) -> MovedDates:
    """Ask every running cascade that goes by an earlier version of this calendar, as long as there is time."""
    found, began = MovedDates(), stopwatch()
    for cascade in _running(connection, new):
        if stopwatch() - began > seconds:
            found.left += 1
            continue
        found.looked_at += 1
        try:
            moved = moves(world_of(connection, known, cascade, now), new, now)
        except Exception as error:  # noqa: BLE001  whatever is wrong with this cascade, the others are asked
            found.unreadable.append(f"{cascade}: {type(error).__name__}")
            continue
        if moved:
            _add(found, cascade, moved)
    return found


def _running(connection: Connection, new: Calendar) -> Iterator[str]:
    after = ""
    while page := campaigns.running(connection, new.name, new.key, _PAGE, after):
        yield from page
        after = page[-1]


def _add(found: MovedDates, cascade: str, moved: list[Move]) -> None:
    days = [days_between(one) for one in moved]
    found.by_days.update(days)
    found.cascades += 1
    if len(found.shown) < CASCADES_SHOWN:
        nearer = sum(one.after < one.before for one in moved)
        found.shown.append(Moved(cascade, len(moved) - nearer, nearer, max(days, key=abs), tuple(moved[:DATES_SHOWN])))
