"""`cascade calendar`: working days of a year, and why a date is what it is; what changes it is in `calendar_changes`."""

from datetime import datetime
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from engine.cli import calendar_changes, year_page
from engine.cli.opening import looking
from engine.cli.options import DatabaseIfGiven, DatabaseIfTyped, JsonOption, command, group, instant
from engine.cli.printing import data, json_document
from engine.clock import SystemClock
from workflows.calendar import Calendar, day_of
from workflows.calendar_text import shipped_calendar
from workflows.deadlines import reckon, sentence
from workflows.errors import NotFound
from workflows.grammar import RuleText, TimeRule
from workflows.text import say

app = group("Working days, by the calendar of days off and swapped days.")

_RULE: TypeAdapter[TimeRule] = TypeAdapter(RuleText)
_SHIPPED = ("vn-public",)


@command(
    app,
    "explain",
    'cascade calendar explain "2 working days after receipt" --from 31/08/2023',
    'cascade calendar explain "3 working days before due" --from 2026-02-20',
)
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", show_default=False)],
    start: Annotated[str, typer.Option("--from", metavar="DATE", show_default=False, help="The day it counts from.")],
    calendar: Annotated[str, typer.Option(metavar="NAME", help="The calendar, or NAME@VERSION.")] = "vn-public",
    database: DatabaseIfTyped = "",
    as_json: JsonOption = False,
) -> None:
    """Say in one sentence which date a rule gives, and why.

    It uses the newest calendar of the database that --database names, else the one that ships with cascade.
    """
    wanted = _rule(rule)
    used = _from_database(database, calendar)[0] if database else _shipped(calendar)
    due = reckon(wanted, instant(start, "--from"), used)
    if as_json:
        because = due.because
        json_document(
            {
                "rule": str(wanted),
                "from": because.start_on,
                "result_on": because.result_on,
                "at": due.at,
                "calendar": because.calendar,
                "days_off": [{"on": day, "why": why} for day, why in because.off],
                "sentence": sentence(because),
            }
        )
        return
    data(sentence(due.because))


@command(app, "show", "cascade calendar show", "cascade calendar show 2026 --calendar vn-public@1")
def show(
    year: Annotated[int | None, typer.Argument(metavar="[YEAR]", min=1, max=9999, show_default=False)] = None,
    calendar: Annotated[str, typer.Option(metavar="NAME", help="The calendar, or NAME@VERSION.")] = "vn-public",
    database: DatabaseIfGiven = "",
    as_json: JsonOption = False,
) -> None:
    """Show a year: twelve months with every day off and every working weekend, their names and what decided them.

    Without a year, the present one. It uses the newest calendar of the database that --database or
    CASCADE_DATABASE names, else the one that ships with cascade.
    """
    if database:
        used, now = _from_database(database, calendar)
    else:
        used, now = _shipped(calendar), SystemClock().now()
    shown = year or day_of(now).year
    if as_json:
        json_document(year_page.as_data(used, shown))
    else:
        year_page.show(used, shown)


calendar_changes.register(app)


def _rule(text: str) -> TimeRule:
    try:
        return _RULE.validate_python(" ".join(text.split()))
    except ValidationError as error:
        first = error.errors()[0]
        because = first.get("ctx", {}).get("error")  # the text of the law, where it was the law that refused
        said = because.args[0] if isinstance(because, ValueError) and because.args else first["msg"]
        raise typer.BadParameter(said, param_hint="RULE") from None


def _from_database(database: str, name: str) -> tuple[Calendar, datetime]:
    """The calendar of this name or key, and the present instant there. Raises NotFound, naming what there is."""
    with looking(database) as (found, connection):
        calendars, now = found.executor.known(connection).calendars, found.now()
    if name in calendars:
        return calendars[name], now
    versions = [one for one in calendars.values() if one.name == name]
    if not versions:
        known = sorted(calendars)
        raise NotFound(say("No calendar {name!r} in this database. There is: {known}", name=name, known=known))
    return max(versions, key=lambda one: one.version), now


def _shipped(name: str) -> Calendar:
    if name.partition("@")[0] not in _SHIPPED:
        said = say("No calendar {name!r} ships with cascade ({known}); give --database for others",
                   name=name, known=list(_SHIPPED))  # fmt: skip
        raise NotFound(said)
    return shipped_calendar(name.partition("@")[0])
