"""The service: says what fell due while it was down, then beats, with the web beside it, until it is told to end."""

import signal
import threading
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Protocol

from loguru import logger

from engine import supervision
from engine.runtime import Runtime
from engine.scheduler.beat import Beat, Round
from engine.scheduler.elapse import RoundReport
from engine.scheduler.presence import Presence
from engine.scheduler.pulse import Pulse
from storage.errors import Away
from storage.queries.waiting import newest_entry_at, waiting
from workflows.calendar import VIETNAM
from workflows.text import say, say_count


class Front(Protocol):
    """What is served beside the beat, in threads of its own: the web. It is begun and ended here, and known nowhere else."""

    def begin(self, pulse: Callable[[], Pulse] | None) -> None:
        """Answer from now on. `pulse` says how the beat stands; None where none runs here."""

    def beaten(self) -> None:
        """Between two rounds: what was kept to be written together may be written."""

    def round_made(self, report: RoundReport) -> None:
        """A round of time was made."""

    def told_to_stop(self) -> None:
        """Take nothing new. Called by a signal's handler: it waits for nothing."""

    def end(self) -> None:
        """Come to an end, within a few seconds."""


def serve(
    runtime: Runtime, seconds: float, confirm_time: bool, tell: Callable[[str], None], front: Front | None = None
) -> None:
    """Run until SIGTERM or SIGINT. `tell` talks to the person at the terminal; the log talks to machines.

    Raises Unavailable where a live node has this name already."""
    presence = Presence(runtime.database, runtime.clock, runtime.node, seconds)
    rounds: list[Round] = [
        lambda stopped: _follow(runtime),
        runtime.campaigns.run,
        _elapse(runtime, front),
        runtime.delivery.run,
        runtime.uploads.run,
    ]
    if runtime.hooks:
        rounds.append(runtime.hooks.run)
    if runtime.backups:
        rounds.append(runtime.backups.run)
    if runtime.seals:
        rounds.append(runtime.seals.run)
    if front:
        rounds.append(lambda stopped: front.beaten())
    beat = Beat(runtime.clock, seconds, rounds, presence.sign, runtime.database.abandon, supervision.alive)
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

    def leave() -> None:
        if runtime.backups:
            runtime.backups.end()
        presence.sign_out()

    _until_told(front, beat.pulse, beat.stop, beat.run, leave)
    logger.bind(node=runtime.node).info("service_stopped")
    tell(say("Stopped; the round in hand was finished."))


def serve_front(runtime: Runtime, front: Front, tell: Callable[[str], None]) -> None:
    """Serve the web alone until SIGTERM or SIGINT: other nodes make the rounds."""
    ending = SimpleQueue[None]()

    def wait() -> None:
        while True:
            try:
                return ending.get(timeout=1)
            except Empty:
                _follow(runtime)
                front.beaten()
                supervision.notify(supervision.ALIVE)

    logger.bind(database=runtime.database.shown).info("web_alone")
    tell(say("Serving the web of {database} without rounds: other nodes have to make them. End it with Ctrl-C or SIGTERM.",
             database=runtime.database.shown))  # fmt: skip
    _until_told(front, None, lambda: ending.put(None), wait, lambda: None)
    tell(say("Stopped."))


def _until_told(
    front: Front | None,
    pulse: Callable[[], Pulse] | None,
    stop: Callable[[], None],
    run: Callable[[], None],
    leave: Callable[[], None],
) -> None:
    """Run with the web beside, both until a signal comes; they end at the same time, so that ten seconds are enough."""

    def told_to_stop(*_: object) -> None:
        stop()
        if front:
            front.told_to_stop()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, told_to_stop)
    try:
        if front:
            front.begin(pulse)
        supervision.notify(supervision.READY)
        run()
    finally:
        supervision.notify(supervision.STOPPING)
        if front:
            front.told_to_stop()
            front.end()
        leave()


def _elapse(runtime: Runtime, front: Front | None) -> Round:
    """The round of time, counted where somebody counts."""

    def run(stopped: Callable[[], bool]) -> RoundReport:
        report = runtime.elapse.run(stopped)
        if front:
            front.round_made(report)
        return report

    return run


def _follow(runtime: Runtime) -> None:
    """Go by the time all nodes share: the server's, or the one a simulated database was moved to."""
    runtime.follow_server()
    runtime.follow_simulation()


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
