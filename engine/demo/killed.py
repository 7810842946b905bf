"""A service that is killed in mid-round: run as a process of its own, it ends itself by SIGKILL inside a transaction.

It opens the database like any node and runs the real round; only the moment of its death is arranged, at the statement
that would write the round's entries, when the states are already written and nothing is committed.
"""

import os
import signal
import sys
from collections.abc import Sequence

from sqlalchemy import Connection

from engine import logs
from engine.runtime import opened
from storage import journal
from storage.journal import Entry


def run(database_url: str) -> None:
    """Run one round and die in it. Returns only if there was nothing to write."""
    logs.silence()
    with opened(database_url) as runtime:
        journal.append = _die
        runtime.elapse.run()


def _die(connection: Connection, made: Sequence[Entry]) -> None:
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    run(sys.argv[1])
