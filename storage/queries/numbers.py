"""Which number of a series is free: a series is an issuer's documents of one year under one notation.

Numbers restart on 1 January (NĐ 30/2020/NĐ-CP, art. 15).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from storage import bulk

GAPS_MAX = 10  # free numbers below the highest that are shown


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers used of a series. `gaps` are free numbers below the highest, the first ten; `missing` counts them all."""

    issuer: str
    year: int
    notation: str
    used: int
    highest: int
    gaps: tuple[int, ...] = ()
    missing: int = 0

    @property
    def next(self) -> int:
        return self.highest + 1


def series(
    connection: Connection, issuer: str, year: int, notation: str, number_in: Callable[[str, str], int | None]
) -> Series:
    """The series as the directives stored here use it.

    `number_in` gives the number of a symbol under a notation, None where it is of another series. A direction on the slip
    has no number of its own and is left out.
    """
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    if connection.dialect.name == "sqlite":
        bounds: tuple[date | str, date | str] = (first.isoformat(), after.isoformat())
    else:
        bounds = (first, after)
    rows = bulk.read(
        connection,
        "SELECT DISTINCT symbol FROM directive"
        " WHERE issuer = ? AND issued_on >= ? AND issued_on < ? AND means <> 'endorsement'",
        issuer,
        *bounds,
    )
    used = {number for (symbol,) in rows if (number := number_in(symbol, notation)) is not None}
    highest = max(used, default=0)
    gaps: list[int] = []
    for number in range(1, highest):
        if len(gaps) == GAPS_MAX:
            break
        if number not in used:
            gaps.append(number)
    return Series(issuer, year, notation, len(used), highest, tuple(gaps), max(0, highest - len(used)))
