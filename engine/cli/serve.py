"""`cascade serve`: the service, rounds and pages, at a terminal or under a supervisor."""

import sys
from pathlib import Path
from socket import socket
from typing import Annotated

import typer
from loguru import logger

from engine import logs
from engine.cli.options import DatabaseIfGiven, settings
from engine.clock import SystemClock
from engine.labels import ALL_ROLE_WORDS
from engine.language import told
from engine.runtime import opened
from engine.service import serve as run_service
from engine.service import serve_front
from storage.database import Database
from workflows.text import say

DEMO_FILE = "cascade-demo-web.db"


def serve(
    database: DatabaseIfGiven = "",
    beat: Annotated[
        float | None,
        typer.Option(max=3600, metavar="SECONDS", show_default=False, help="Seconds between two rounds (5)."),
    ] = None,
    messages: Annotated[
        Path | None, typer.Option(help="Append messages to this file; else they are printed.", dir_okay=False)
    ] = None,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", show_default=False, help="Where the web answers (127.0.0.1:8000).")
    ] = "",
    metrics_listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", show_default=False, help="An address of its own for /metrics.")
    ] = "",
    https: Annotated[
        bool, typer.Option("--https", help="It is reached by https, through a proxy: cookies are for https alone.")
    ] = False,
    proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", show_default=False, help="A proxy whose X-Forwarded headers are believed."),
    ] = None,
    no_web: Annotated[bool, typer.Option("--no-web", help="Make the rounds and serve no pages.")] = False,
    no_beat: Annotated[bool, typer.Option("--no-beat", help="Serve pages and make no rounds.")] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="A fresh sample cascade, with an account of each role to look with.")
    ] = False,
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Bring the schema up to date first.")] = False,
    confirm_time: Annotated[
        bool, typer.Option("--confirm-time", help="This machine's clock is right, however long nothing happened.")
    ] = False,
) -> None:
    """Run the service, pages and rounds in one process, until SIGTERM or Ctrl-C.

    It opens the database, says what fell due while it was down and carries that out, then lets time pass for every
    obligation and sends what the outbox holds; beside that it serves the pages. The log is JSON lines on standard error.
    """
    if beat is not None and beat <= 0:
        raise typer.BadParameter(say("it has to be more than {limit}", limit="0"), param_hint="--beat")
    if no_web and no_beat:
        raise typer.BadParameter(say("nothing would be left to serve"), param_hint="--no-web, --no-beat")
    given = settings()
    logs.set_up("ERROR" if demo else given.log_level)  # who tries it out reads the address, not the machine's log
    database = database or (DEMO_FILE if demo else given.database)
    asked = listen or given.listen
    pages, figures = (
        (None, None) if no_web else _listening(asked, metrics_listen or given.metrics_listen, demo, no_beat)
    )
    if demo:
        _welcome(database)
    elif upgrade:
        _upgrade(database)
    with opened(database, messages or given.messages, given.node, settings=given) as runtime:
        front = None
        if pages:
            from engine.web.serving import Web  # FastAPI: half a second, for those who serve pages

            front = Web(runtime, pages, figures, _say if demo else _tell, terminal=demo or sys.stderr.isatty(),
                        secure=https or given.https,
                        proxies=frozenset(proxy or given.proxies.replace(",", " ").split()),
                        requests_per_second=given.requests_per_second, requests_burst=given.requests_burst)  # fmt: skip
        if no_beat and front:
            serve_front(runtime, front, _tell)
        else:
            run_service(runtime, beat or given.beat_seconds, confirm_time, _tell, front)


def _listening(asked: str, figures: str, demo: bool, no_beat: bool) -> tuple[socket | None, socket | None]:
    """The sockets of the pages and of the figures. A taken address that somebody asked for is an error; where nobody asked, a
    second node on one machine goes on without pages, and says so: its rounds are worth more than its pages."""
    from engine.web import listening

    apart = listening.take(listening.parse(figures)) if figures else None
    try:
        return listening.take(listening.parse(asked or listening.DEFAULT)), apart
    except listening.Busy as busy:
        if demo and not asked:
            taken = listening.take(listening.Address("127.0.0.1", 0))
            _say(say("Port 8000 is taken; the demonstration takes another: {address}", address=listening.where(taken)))
            return taken, apart
        if asked or no_beat:
            raise
        logger.bind(because=str(busy)).error("web_not_served")
        _tell(say("{why} This node goes on without pages.", why=busy.text))
        return None, apart


def _welcome(database: str) -> None:
    """The demonstration, and who may look at it."""
    from engine.demo.guests import prepare

    _say(say("Playing the sample cascade into {database} ...", database=database))
    guests = prepare(database)
    _say(say("Sign in as one of these; the passwords are made anew each time:"))
    for one in guests:
        _say(
            say(
                "  {name} / {password}   {role}",
                name=f"{one.name:<11}",
                password=one.password,
                role=ALL_ROLE_WORDS[one.role],
            )
        )


def _say(words: str) -> None:
    """To whoever started the demonstration, at a terminal or not."""
    sys.stdout.write(told(words) + "\n")
    sys.stdout.flush()


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
