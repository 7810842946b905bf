"""A progress bar on standard error, for whatever lasts longer than two seconds and is watched by a person."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.language import told

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_AFTER = 2.0  # seconds

Advance = Callable[[], None]


@contextmanager
def progress(
    what: str,
    total: int | None,
    *,
    silent: bool = False,
    console: "Console | None" = None,
    clock: Callable[[], float] | None = None,
) -> Iterator[Advance]:
    """`with progress("Storing", len(rows)) as advance:` and `advance()` after each of `total` steps (None: unknown).

    Nothing is shown for the first two seconds, where standard error is no terminal, or `silent` (for --json). The bar
    is gone when the work has ended.
    """
    if silent or (total is not None and total <= 1) or not (console or sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console or Console(stderr=True), transient=True, get_time=clock)
    task = bar.add_task(told(what), total=total)  # its time runs from here, though nothing is shown yet

    def advance() -> None:
        bar.advance(task)
        if not bar.live.is_started and (bar.tasks[0].elapsed or 0.0) >= SHOWN_AFTER:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()
