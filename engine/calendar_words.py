"""What pages and commands both say of a calendar that changes: its days, and the dates that move."""

from collections.abc import Iterator
from datetime import date

from engine.year import WEEK
from workflows.calendar import Day
from workflows.text import Text, joined, say, say_count


def day_words(on: date, day: Day | None) -> Text:
    """What an office does on a day: off or at work, its name, and what decided it."""
    when = joined([WEEK[on.weekday()], f"{on:%d/%m/%Y}"], " ")
    if day is None:
        return say("{day}: as the week has it", day=when)
    said = say("{day}: works, {name}", day=when, name=day.name) if day.working else \
        say("{day}: off, {name}", day=when, name=day.name)  # fmt: skip
    return say("{said} ({document})", said=said, document=day.document) if day.document else said


def difference_words(on: date, before: Day | None, after: Day | None) -> Text:
    """How a day becomes, and how it was."""
    if before is None:
        return day_words(on, after)
    return say("{after}; until now {before}", after=day_words(on, after), before=_short(before))


def _short(day: Day) -> Text:
    return say("works: {name}", name=day.name) if day.working else say("off: {name}", name=day.name)


def spread_words(spread: list[tuple[int, int]]) -> Iterator[Text]:
    """How many dates move by how many days."""
    for days, count in spread:
        dates = say_count("{count} date", "{count} dates", count)
        length = say_count("{count} day", "{count} days", abs(days))
        if days > 0:
            yield say("{dates} later by {length}", dates=dates, length=length)
        elif days < 0:
            yield say("{dates} nearer by {length}", dates=dates, length=length)
        else:
            yield say("{dates} on the same day, at another hour", dates=dates)
