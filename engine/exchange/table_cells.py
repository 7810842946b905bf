"""What a cell of a table says of a day or a moment, and how a message shows it."""

from datetime import UTC, date, datetime

from engine.exchange.tables import Cell
from engine.exchange.written_dates import date_in
from workflows.calendar import VIETNAM, day_end
from workflows.fields import parse_instant


def day(written: str) -> date | None:
    """A date alone, also with an hour of midnight behind it, as spreadsheets write dates into CSV."""
    words = " ".join(written.replace("T", " ").split()) if written[:1].isdigit() else " ".join(written.split())
    first, _, hour = words.partition(" ")
    return date_in(words) or (date_in(first) if hour in ("00:00", "00:00:00", "0:00") else None)


def moment(written: str) -> datetime | None:
    """A day with an hour, in Vietnam's time."""
    try:
        return parse_instant(written)
    except (ValueError, OverflowError):
        return None


def instant(cell: date) -> datetime:
    """The end of a day, or the moment where an hour is given."""
    if not isinstance(cell, datetime):
        return day_end(cell)
    if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return day_end(cell.date())
    return cell.replace(tzinfo=VIETNAM, microsecond=0).astimezone(UTC)


def shown(cell: Cell) -> str:
    """A cell as its words, a date as people write it."""
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)


def quoted(written: str) -> str:
    """What a cell holds, on one line, for a message."""
    line = " ".join(written.split())
    return f'"{line}"' if len(line) <= 60 else f'"{line[:60]}…"'
