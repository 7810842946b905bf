"""A progress bar on standard error, for whatever lasts longer than a second and is watched by a person."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from engine.clock import stopwatch
from engine.execute import Answer, Executor
from engine.language import told
from workflows.commands import Command
from workflows.text import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

SHOWN_AFTER = 1.0  # seconds

Advance = Callable[[], None]
Reached = Callable[[int], None]


class _Bar:
    """How far the work is; drawn from the first step on that comes when it has lasted long enough."""

    def __init__(self, what: str, total: int | None, console: "Console | None", clock: Callable[[], float]) -> None:
        self._what, self._total, self._console, self._clock = what, total, console, clock
        self._began, self._done = clock(), 0
        self._drawn: Progress | None = None

    def reach(self, done: int) -> None:
        self._done = done
        if self._total is not None:
            self._total = max(self._total, done)
        if self._drawn is not None:
            self._drawn.update(self._drawn.task_ids[0], completed=done, total=self._total)
        elif self._clock() - self._began >= SHOWN_AFTER:
            self._drawn = self._draw()

    def advance(self) -> None:
        self.reach(self._done + 1)

    def end(self) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    def _draw(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        of = "" if self._total is None else "/{task.total:,}"
        time_column = TimeElapsedColumn() if self._total is None else TimeRemainingColumn()
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}" + of), time_column)
        console = self._console or Console(stderr=True)
        drawn = Progress(*columns, console=console, transient=True, get_time=self._clock)
        task = drawn.add_task(told(self._what), total=self._total, completed=self._done)
        drawn.tasks[task].start_time = self._began
        drawn.start()
        return drawn


@contextmanager
def progress(
    what: str,
    total: int | None,
    *,
    silent: bool = False,
    console: "Console | None" = None,
    clock: Callable[[], float] = stopwatch,
) -> Iterator[Advance]:
    """`with progress("Storing", len(rows)) as advance:` and `advance()` after each of `total` steps (None: unknown).

    Nothing is shown for the first second, where standard error is no terminal, or `silent` (for --json). The bar
    is gone when the work has ended.
    """
    if silent or (total is not None and total <= 1) or not (console or sys.stderr.isatty()):
        yield lambda: None
        return
    bar = _Bar(what, total, console, clock)
    try:
        yield bar.advance
    finally:
        bar.end()


@contextmanager
def reaching(
    what: str,
    total: int | None,
    *,
    silent: bool = False,
    console: "Console | None" = None,
    clock: Callable[[], float] = stopwatch,
) -> Iterator[Reached]:
    """The same for work that says now and then how much of it is done in all; more than `total` is shown as it is."""
    if silent or not (console or sys.stderr.isatty()):
        yield lambda _: None
        return
    bar = _Bar(what, total, console, clock)
    try:
        yield bar.reach
    finally:
        bar.end()


def phase(bars: ExitStack, what: str, total: int, *, silent: bool = False) -> Callable[[int], None]:
    """A bar for a phase of long work, in place of the one before it. What it returns is told how much more is done. Of a
    `total` of 0 nobody knows how much there is."""
    bars.close()
    reached, done = bars.enter_context(reaching(what, total or None, silent=silent)), 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        reached(done)

    return told


def carried_out(executor: Executor, commands: Sequence[Command], *, silent: bool = False) -> list[Answer]:
    """Commands on one cascade carried out, with a bar of the entries that are written where they are many."""
    with reaching(say("Writing, entries"), None, silent=silent) as reached:
        return executor.execute(commands, reached)
