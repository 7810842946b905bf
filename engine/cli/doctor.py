"""`cascade doctor`: how the installation stands, one line a look, and what to do where it is not well."""

from dataclasses import asdict
from datetime import timedelta

import typer

from engine.cli.opening import quiet
from engine.cli.options import DatabaseOption, JsonOption, settings
from engine.cli.printing import json_document, styled, table, talk
from engine.clock import SystemClock
from engine.doctor.examine import examine
from engine.doctor.finding import OK, RED, WARNING, Finding
from engine.errors import FAILURE
from engine.language import told
from storage.database import Database
from workflows.text import mark, say, say_count

_WORDS = {OK: mark("ok"), WARNING: mark("warning"), RED: mark("RED")}
_COLOURS = {OK: "green", WARNING: "yellow", RED: "red"}
_NAMES = {
    "database": mark("database"),
    "schema": mark("schema"),
    "guards": mark("guards"),
    "settings": mark("settings"),
    "disk": mark("disk"),
    "clock": mark("clock"),
    "published": mark("published texts"),
    "calendar": mark("calendar"),
    "host": mark("host"),
    "seats": mark("seats"),
    "actors": mark("who can act"),
    "rounds": mark("rounds"),
    "incidents": mark("incidents"),
    "messages": mark("messages"),
    "deadlines": mark("deadlines"),
}


def doctor(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Look at the database, the rules, the directory and the work under way, and say what to do where it is not well.

    Ends with exit code 0 where all is well or only needs attention (warning), and 1 where something is RED. It
    changes nothing, and may be run while the service is.
    """
    quiet()
    opened = Database(database)
    try:
        findings = examine(opened, SystemClock(), timedelta(seconds=settings().beat_seconds))
    finally:
        opened.close()
    red = [one for one in findings if one.state == RED]
    if as_json:
        json_document(
            {
                "database": opened.shown,
                "healthy": not red,
                "findings": [{**asdict(one), "says": told(one.says), "hint": told(one.hint)} for one in findings],
            }
        )
    else:
        table([told(say("STATE")), told(say("LOOK")), told(say("FOUND"))], map(_line, findings))
    if red:
        talk(say_count("{count} look is RED.", "{count} looks are RED.", len(red)))
        raise typer.Exit(FAILURE)


def _line(finding: Finding) -> tuple[str, str, str]:
    state = styled(told(say(_WORDS[finding.state])), _COLOURS[finding.state])
    hint = f" -> {told(finding.hint)}" if finding.hint else ""
    return state, told(say(_NAMES[finding.name])), f"{told(finding.says)}{hint}"
