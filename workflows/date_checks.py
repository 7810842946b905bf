"""The lint of what a definition says about the forms of a date: events to ask for, and days that are only planned."""

from collections.abc import Callable, Iterator

from workflows.definition import Definition
from workflows.findings import Finding
from workflows.text import say


def _asking(definition: Definition) -> Iterator[Finding]:
    """E391: an event's day is asked for at intervals of some length, and within a year."""
    every = definition.deadlines.ask_about_event
    path = ("deadlines", "ask_about_event")
    if not every.count:
        yield Finding(path, "E391", say("it would be asked for without pause; write such as '10 working days'"))
    elif every.count * {"hour": 1, "day": 24, "working day": 33}[every.unit] > 366 * 24:
        yield Finding(path, "E391", say("'{every}' is more than a year; the work would be forgotten", every=every))


def _planned(definition: Definition) -> Iterator[Finding]:
    """E392: a planned date that never counts has at least a reminder."""
    rungs = definition.ladder.rungs
    if definition.deadlines.soft_dates == "reminded" and all(rung.at.count > 0 for rung in rungs):
        message = say(
            "planned dates are only reminded of, and no rung is at due or before it: nobody would hear of them"
        )
        yield Finding(("deadlines", "soft_dates"), "E392", message)


DATE_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_asking, _planned)
