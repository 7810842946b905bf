"""The background service: opens an installation, says what fell due while it was down, then beats until it is told to end."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime

from loguru import logger

from engine.runtime import Runtime
from engine.scheduler.beat import Beat, Round
from engine.scheduler.presence import Presence
from storage.errors import Away
from storage.queries.waiting import newest_entry_at, waiting
from workflows.calendar import VIETNAM
from workflows.text import say, say_count


def serve(runtime: Runtime, seconds: float, confirm_time: bool, tell: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT. `tell` talks to the person at the terminal; the log talks to machines.

    Raises Unavailable where a live node has this name already."""
    presence = Presence(runtime.database, runtime.clock, runtime.node, seconds)
    rounds: list[Round] = [lambda stopped: _follow(runtime), runtime.elapse.run, runtime.delivery.run]
    if runtime.hooks:
        rounds.append(runtime.hooks.run)
    beat = Beat(runtime.clock, seconds, rounds, presence.sign, runtime.database.abandon)
    try:
        presence.sign_in()
    except Away as away:  # it serves as soon as the database takes writes, and signs in then
        logger.bind(because=str(away)).warning("not_signed_in")
    with runtime.database.reading() as connection:
        newest = newest_entry_at(connection)
        due = waiting(connection, runtime.now())
    logger.bind(node=runtime.node, database=runtime.database.shown, seconds=seconds).info("service_started")
    if runtime.simulated:
        logger.bind(now=runtime.now()).warning("simulated_time_stands")
        moment = _local(runtime.now())
        tell(
            say(
                "This database is simulated: its time stands at {moment} until cascade round --at moves it.",
                moment=moment,
            )
        )
    elif not confirm_time:
        beat.hold_unless_plausible(newest)
    if beat.held:
        held = say(
            "Held: {why}. Check this machine's clock; if it is right: cascade serve --confirm-time", why=beat.held
        )
        tell(held)
    if due.obligations and due.oldest:
        logger.bind(obligations=due.obligations, cascades=due.cascades, oldest=due.oldest).warning("due_while_down")
        obligations = say_count("{count} obligation", "{count} obligations", due.obligations)
        cascades = say_count("{count} cascade", "{count} cascades", due.cascades)
        tell(say("While the service was down, {obligations} in {cascades} had a clock run out, the oldest at {moment}."
                 " They are carried out now, once, in order.",
                 obligations=obligations, cascades=cascades, moment=_local(due.oldest)))  # fmt: skip
    else:
        tell(say("Nothing fell due while the service was down."))
    tell(say("Serving {database} as node {node}: a round every {seconds} s. End it with Ctrl-C or SIGTERM.",
             database=runtime.database.shown, node=runtime.node, seconds=f"{seconds:g}"))  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        if threading.current_thread() is threading.main_thread():
            signal.signal(number, lambda *_: beat.stop())
    try:
        beat.run()
    finally:
        presence.sign_out()
    logger.bind(node=runtime.node).info("service_stopped")
    tell(say("Stopped; the round in hand was finished."))


def _follow(runtime: Runtime) -> None:
    """Go by the time all nodes share: the server's, or the one a simulated database was moved to."""
    runtime.follow_server()
    runtime.follow_simulation()


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
