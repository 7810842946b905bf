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
from storage.database import Database
from workflows.text import joined, say, say_count

_WORDS = {OK: say("ok"), WARNING: say("warning"), RED: say("RED")}
_COLOURS = {OK: "green", WARNING: "yellow", RED: "red"}
_NAMES = {
    "database": say("database"),
    "schema": say("schema"),
    "guards": say("guards"),
    "seals": say("seals"),
    "settings": say("settings"),
    "disk": say("disk"),
    "clock": say("clock"),
    "backups": say("backups"),
    "published": say("published texts"),
    "calendar": say("calendar"),
    "host": say("host"),
    "seats": say("seats"),
    "admins": say("admins"),
    "accounts": say("accounts"),
    "locked": say("locked accounts"),
    "unused": say("unused accounts"),
    "links": say("open links"),
    "actors": say("who can act"),
    "rounds": say("rounds"),
    "nodes": say("nodes"),
    "incidents": say("incidents"),
    "messages": say("messages"),
    "deadlines": say("deadlines"),
}


def doctor(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Look at the database, the rules, the directory and the work under way, and say what to do where it is not well.

    Ends with exit code 0 where all is well or only needs attention (warning), and 1 where something is RED. It
    changes nothing, and may be run while the service is.
    """
    quiet()
    opened = Database(database)
    try:
        given = settings()
        findings = examine(opened, SystemClock(), timedelta(seconds=given.beat_seconds), given)
    finally:
        opened.close()
    red = [one for one in findings if one.state == RED]
    if as_json:
        json_document(
            {
                "database": opened.shown,
                "healthy": not red,
                "findings": [asdict(one) for one in findings],
            }
        )
    else:
        table([say("STATE"), say("LOOK"), say("FOUND")], map(_line, findings))
    if red:
        talk(say_count("{count} look is RED.", "{count} looks are RED.", len(red)))
        raise typer.Exit(FAILURE)


def _line(finding: Finding) -> tuple[str, str, str]:
    said = joined(filter(None, (finding.says, finding.hint)), " -> ")
    return styled(_WORDS[finding.state], _COLOURS[finding.state]), _NAMES[finding.name], said
