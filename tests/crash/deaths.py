"""Ends a process at a chosen moment of its work on the database: before or after the n-th call that reaches the driver."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from engine.execute import Known
from engine.runtime import Runtime, opened
from tests.crash.calls import watch_drivers, watched

DIED, DONE, RAISED = "died", "done", "raised"


@dataclass(frozen=True)
class Moment:
    """`at` is calls.BEFORE or calls.AFTER; `count` says which call."""

    at: str
    count: int

    def __str__(self) -> str:
        return f"{self.at} call {self.count}"


def work_and_die(url: str, known: Known, work: Callable[[Runtime], object], moment: Moment) -> str:
    """Do the work in a process of its own that SIGKILLs itself at the moment. DONE where the moment never came."""
    child = os.fork()
    if not child:
        try:
            watch_drivers(pytest.MonkeyPatch())
            with opened(url) as runtime:
                runtime.executor._known = known
                with watched(moment.count, moment.at):
                    work(runtime)
                os._exit(0)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return DIED
    return DONE if os.WEXITSTATUS(status) == 0 else RAISED
