"""A node's presence: it signs in under its name, gives a sign of life now and then, and signs out.

Two live nodes under one name would be one line in every list: the second is refused.
"""

import os
import socket
import uuid
from threading import Timer

from loguru import logger

from engine.clock import Clock, real_now, stopwatch
from engine.language import told
from engine.program import program_version
from storage import nodes
from storage.database import Database
from storage.errors import Unavailable
from storage.nodes import Node
from workflows.calendar import VIETNAM
from workflows.text import say

_LISTED_MAX = 1_000
_FAREWELL_SECONDS = 2.0  # that signing out may take
_BUSY_SECONDS = 1.0  # that it waits for whoever writes the file: a sign is not worth more


class Presence:
    """One run of a service under one name."""

    def __init__(self, database: Database, clock: Clock, name: str, beat_seconds: float) -> None:
        self._database, self._clock, self._name = database, clock, name
        self._beat_ms = round(beat_seconds * 1000)
        self._run, self._host = uuid.uuid4().hex, socket.gethostname()
        self._said: tuple[bool, str | None] | None = None
        self._said_at = 0.0
        self._told_taken = self._entered = False

    def sign_in(self) -> None:
        """Take this node's row. Raises Unavailable where a live node has the name; one that died here gives it up."""
        now = real_now(self._clock)
        me = Node(self._name, now, self._host, os.getpid(), program_version(), self._run, now, self._beat_ms)

        def enter() -> None:
            with self._database.transaction(_BUSY_SECONDS) as connection:
                found = nodes.hold(connection, me)
                if found.run != me.run and found.alive(now) and not self._is_gone(found):
                    raise _taken(found)
                nodes.sign_in(connection, me)
                for one in nodes.listed(connection, _LISTED_MAX):
                    if one.name != me.name and self._is_gone(one):
                        nodes.sign_out(connection, one.name, one.run, now)

        self._database.insist(enter)
        self._entered, self._said_at = True, stopwatch()

    def sign(self, ready: bool, held: str | None) -> None:
        """A sign of life: when something is otherwise than was said, else every half minute. One that fails is given later; so
        is a first one that could not be given at the start."""
        held = told(held) if held else None
        if self._said == (ready, held) and stopwatch() - self._said_at < nodes.SIGN_EVERY.total_seconds():
            return
        try:
            if not self._entered:
                self.sign_in()
            ours = self._database.insist(lambda: self._write(ready, held))
        except Unavailable:
            return  # the rounds say so
        self._said, self._said_at = (ready, held), stopwatch()
        if not ours and not self._told_taken:
            logger.bind(node=self._name).error("node_name_taken")
        self._told_taken = not ours

    def sign_out(self) -> None:
        """It ends, and was told to."""

        def leave() -> None:
            with self._database.transaction(_BUSY_SECONDS) as connection:
                nodes.sign_out(connection, self._name, self._run, real_now(self._clock))

        cut = Timer(_FAREWELL_SECONDS, self._database.abandon)
        cut.start()
        try:
            self._database.insist(leave)
        except Unavailable as away:
            logger.bind(because=str(away)).warning("not_signed_out")
        finally:
            cut.cancel()

    def _write(self, ready: bool, held: str | None) -> bool:
        with self._database.transaction(_BUSY_SECONDS) as connection:
            return nodes.sign(connection, self._name, self._run, real_now(self._clock), ready=ready, held=held)

    def _is_gone(self, node: Node) -> bool:
        """Was it a process of this machine that is no more? Its number may be our own by now, as in a container."""
        if node.stopped_at or node.host != self._host or node.pid is None:
            return False
        if node.pid == os.getpid():
            return node.run != self._run
        try:
            os.kill(node.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def _taken(other: Node) -> Unavailable:
    seen = f"{(other.seen_at or other.started_at).astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"
    return Unavailable(
        say("A node {name} serves this database already: on {host}, last sign {seen}. Give this one a name of its own"
            " (CASCADE_NODE), or stop that one; where it is dead its name is free {seconds} s after its last sign.",
            name=other.name, host=other.host or "-", seen=seen, seconds=f"{other.patience.total_seconds():.0f}")
    )  # fmt: skip
