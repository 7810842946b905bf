"""Random histories lived in a database: the moves of `plays` are asked of a stored cascade, and time passes with rounds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from storage import transfer
from storage.carrying_back import CARRIED, REBUILT
from storage.database import Database
from tests.support.desk import Desk
from tests.support.law import Law
from tests.support.plays import UNITS, Move, step
from workflows.commands import Command, Elapse
from workflows.facts import Fact

STATES = REBUILT - {"installation"}


class _Noted(Law):
    """A law that notes when it was asked what."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[datetime, Command]] = []

    def put(self, command: Command) -> list[Fact]:
        facts = super().put(command)
        self.noted.append((self.now, command))
        return facts


def lived(desk: Desk, drawn: list[Move], after: Callable[[datetime], None] = lambda _: None) -> None:
    """Live a history at a desk; `after` is told each instant once nothing more happens at it."""
    law = _Noted()
    law.order("2023-09-15", *UNITS[:3])
    for move in drawn:
        step(law, move)
    runtime = desk.runtime
    for now, command in law.noted:
        if now > runtime.now():
            if desk.cascade:
                after(runtime.now())
            runtime.move_to(now)
            while desk.cascade and (swept := runtime.executor.sweep(desk.cascade)) and swept.more:
                pass
        if isinstance(command, Elapse):
            continue
        [answer] = runtime.executor.execute([command])
        desk.cascade = answer.cascade
    after(runtime.now())


def sums(database: Database, tables: frozenset[str] = STATES) -> dict[str, Any]:
    """The sums of these tables: equal where every row is."""
    with database.reading() as connection:
        return {name: one for name, one in transfer.sums(connection).items() if name in tables}


def messages(database: Database) -> list[tuple[Any, ...]]:
    """What became of every message."""
    with database.reading() as connection:
        columns = "cascade_id, seq, place, office, role, letter_to, deputy, body, attempts, error, sent_at, dead_at"
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM outbox ORDER BY cascade_id, seq, place").fetchall()
    return [tuple(_plain(value) for value in row) for row in rows]


def _plain(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


REST = CARRIED - {
    "outbox",
    "document",
}  # messages are compared by what became of them, and originals have no content here
