"""How one obligation stands, as data and in words, for every report that lists some."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.labels import GROUP_WORDS
from engine.reporting.asked import Sources
from engine.reporting.periods import label_words
from engine.reporting.report import Data
from engine.wording import PART_WORDS
from storage.queries.lines import ObligationLine
from storage.queries.reports import Standing
from workflows.calendar import last_day
from workflows.text import Text, joined, say, say_count


def days_late(line: ObligationLine, standing: Standing, at: datetime, sources: Sources, calendar: str) -> int:
    """The working days that have begun since its date: to the day its report was sent, or it was closed, or to the moment. It
    is 0 on the days off after the date."""
    if line.due_at is None or line.group not in ("open_overdue", "done_late"):
        return 0
    if line.group == "done_late":
        judged = line.sent_at or line.closed_at or at
    else:
        judged = (line.sent_at or standing.rested_at or at) if standing.rested_at else at
    found = sources.calendars.get(calendar)
    return found.between(last_day(line.due_at), last_day(judged)) if found else 0


def named(line: ObligationLine, standing: Standing) -> dict[str, Any]:
    """Which obligation it is."""
    return {
        "cascade": line.cascade, "number": line.number, "symbol": line.symbol, "issued_on": standing.issued_on,
        "item": line.label, "text": " ".join(line.text.split()), "holder": line.holder, "giver": line.giver, "part": line.part,
        "period": line.period,
    }  # fmt: skip


def office_words(sources: Sources, name: str) -> Any:
    """How a column of offices says them."""

    def words(data: Data) -> str:
        found = sources.offices.find(data[name])
        return found.name if found else str(data[name] or "")

    return words


def document_words(data: Data) -> str:
    day: date = data["issued_on"]
    return say("{symbol} of {day}", symbol=data["symbol"], day=f"{day:%d/%m/%Y}")


def task_words(data: Data) -> str:
    """What is owed: its item, its text, and for which period."""
    said: Text = say("{label}. {text}", label=data["item"], text=data["text"])
    period = data["period"]
    return say("{said} ({period})", said=said, period=label_words(period)) if period else said


def holder_words(sources: Sources) -> Any:
    """Who has it, and with which part where that is not the lead."""
    office = office_words(sources, "holder")

    def words(data: Data) -> str:
        part = data["part"]
        return (
            office(data)
            if part == "lead"
            else say("{office} ({part})", office=office(data), part=PART_WORDS.get(part, part))
        )

    return words


def progress_words(group: str, late: int, waits: bool) -> Text:
    """How it stands in time, with the days where it is late."""
    said: Text = GROUP_WORDS[group]
    if waits and group in ("open_in_time", "open_overdue"):
        said = joined([said, say("answered, waits for the giver")])
    if group not in ("open_overdue", "done_late") or not late:
        return said
    return joined([said, say_count("{count} working day late", "{count} working days late", late)])


def calendars_named(calendars: Mapping[str, str], cascades: set[str]) -> list[str]:
    """The calendars by which the days of these cascades are counted."""
    return sorted({calendars[one] for one in cascades if one in calendars})
