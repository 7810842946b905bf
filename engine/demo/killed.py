"""A service that is killed in mid-round: run as a process of its own, it ends itself by SIGKILL inside a transaction.

It opens the database like any node and runs the real round; only the moment of its death is arranged, at the statement
that would write the round's entries, when the states are already written and nothing is committed.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event

from engine import logs
from engine.runtime import opened


def run(database_url: str) -> None:
    """Run one round and die in it. Returns only if there was nothing to write."""
    logs.silence()
    with opened(database_url) as runtime:
        event.listen(runtime.database.connections, "before_cursor_execute", _die_at_the_journal)
        runtime.elapse.run()


def _die_at_the_journal(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.startswith("INSERT INTO journal"):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


if __name__ == "__main__":
    run(sys.argv[1])
