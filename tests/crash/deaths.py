"""Ends a process at a chosen moment of its work on the database: at its n-th statement, or just before or after a commit."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from engine.execute import Known
from engine.runtime import Runtime, opened

DIED, DONE, RAISED = "died", "done", "raised"


@dataclass(frozen=True)
class Moment:
    """`at` is statement, before_commit or after_commit; `count` says which one."""

    at: str
    count: int

    def __str__(self) -> str:
        return f"{self.at} {self.count}"


def work_and_die(url: str, known: Known, work: Callable[[Runtime], object], moment: Moment) -> str:
    """Do the work in a process of its own that SIGKILLs itself at the moment. DONE where the moment never came."""
    child = os.fork()
    if not child:
        try:
            with opened(url) as runtime:
                runtime.executor._known = known
                _arm(runtime.database.connections, moment)
                work(runtime)
                os._exit(0)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return DIED
    return DONE if os.WEXITSTATUS(status) == 0 else RAISED


def _arm(engine: Engine, moment: Moment) -> None:
    seen = {"statement": 0, "before_commit": 0, "after_commit": 0}

    def reached(what: str) -> None:
        seen[what] += 1
        if (what, seen[what]) == (moment.at, moment.count):
            os.kill(os.getpid(), signal.SIGKILL)

    def on_statement(*_: Any) -> None:
        reached("statement")

    commit = engine.dialect.do_commit

    def commits(connection: Any) -> None:
        reached("before_commit")
        commit(connection)
        reached("after_commit")

    event.listen(engine, "before_cursor_execute", on_statement)
    engine.dialect.do_commit = commits  # type: ignore[method-assign]
