"""`cascade serve`: the background service at a terminal or under a supervisor."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine import logs
from engine.cli.options import DatabaseOption, settings
from engine.clock import SystemClock
from engine.language import told
from engine.runtime import opened
from engine.service import serve as run_service
from storage.database import Database
from workflows.text import say


def serve(
    database: DatabaseOption = "",
    beat: Annotated[
        float | None,
        typer.Option(max=3600, metavar="SECONDS", show_default=False, help="Seconds between two rounds (5)."),
    ] = None,
    messages: Annotated[
        Path | None, typer.Option(help="Append messages to this file; else they are printed.", dir_okay=False)
    ] = None,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Bring the schema up to date first.")] = False,
    confirm_time: Annotated[
        bool, typer.Option("--confirm-time", help="This machine's clock is right, however long nothing happened.")
    ] = False,
) -> None:
    """Run the background service: rounds every few seconds, until SIGTERM or Ctrl-C.

    It opens the database, says what fell due while it was down and carries that out, then lets time pass for every
    obligation and sends what the outbox holds. The log is JSON lines on standard error.
    """
    if beat is not None and beat <= 0:
        raise typer.BadParameter(say("it has to be more than {limit}", limit="0"), param_hint="--beat")
    given = settings()
    logs.set_up(given.log_level)
    if upgrade:
        _upgrade(database)
    with opened(database, messages or given.messages, given.node, settings=given) as runtime:
        run_service(runtime, beat or given.beat_seconds, confirm_time, _tell)


def _upgrade(database: str) -> None:
    """Bring the schema up to date, and say what became of it."""
    from engine import (
        administration,
    )  # it knows every file an office may import: no start without --upgrade pays for them
    from engine.cli.workflow_publishing import shipped_news

    asked = Database(database)
    done = administration.upgrade(asked, SystemClock())
    asked.close()
    brought = say("Schema {before}, brought to {after}.", before=done.before or say("none"), after=done.after)
    _tell(say("Schema {after}.", after=done.after) if done.before == done.after else brought)
    for line in shipped_news(done):
        _tell(line)


def _tell(words: str) -> None:
    """Talk to the person at the terminal; under a supervisor the log says it all."""
    if sys.stderr.isatty():
        sys.stderr.write(told(words) + "\n")
