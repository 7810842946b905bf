"""What messages are about: for each obligation, the document and item it is under, whose it is, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage import bulk


@dataclass(frozen=True, slots=True)
class About:
    """An obligation as a message names it. `text` is the item's whole text, `because` the JSON of why its date is what it is;
    `subject` and `issuer` are its directive's."""

    symbol: str
    label: str
    text: str
    holder: str
    due_at: datetime | None
    period: str | None
    because: str | None = None
    subject: str = ""
    issuer: str = ""
    directive: int = 0


def read_about(connection: Connection, wanted: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int], About]:
    """For each (cascade, obligation) that is there, what it is about; one statement a cascade."""
    by_cascade: dict[str, set[int]] = {}
    for cascade, number in wanted:
        if number is not None:
            by_cascade.setdefault(cascade, set()).add(number)
    found = {}
    for cascade, numbers in by_cascade.items():
        rows = bulk.read(
            connection,
            "SELECT o.number, d.symbol, i.label, i.text, o.holder, o.due_at, o.period, o.because,"
            " d.subject, d.issuer, d.number FROM obligation AS o"
            " JOIN directive AS d ON d.cascade_id = o.cascade_id AND d.number = o.directive"
            " JOIN item AS i ON i.cascade_id = o.cascade_id AND i.directive = o.directive AND i.number = o.item"
            f" WHERE o.cascade_id = ? AND o.number IN ({bulk.marks(len(numbers))})",
            cascade,
            *sorted(numbers),
        )
        for number, symbol, label, text, holder, due_at, period, *more in rows:
            due = bulk.read_instant(connection, due_at)
            found[cascade, number] = About(symbol, label, text, holder, due, period, *more)
    return found
