"""The log of attempts: every try to send a message, through which channel, what was answered. It only grows."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy import Connection

from storage import bulk
from storage.driver import driver, told
from storage.rows import RowMap
from workflows.light import light

SENT, FAILED, AWAY = "sent", "failed", "away"  # taken; refused or broken off; nobody answered, which counts as no try
ANSWER_MAX = 500  # characters of an answer that are kept


@light(frozen=True, slots=True)
class Attempt:
    """One try. `number` counts the tries of a message from 1; two nodes that both made it are two attempts."""

    cascade_id: str
    seq: int
    place: int
    channel: str
    number: int
    node: str
    at: datetime
    outcome: str
    answer: str | None = None

    @property
    def message(self) -> str:
        return f"{self.cascade_id}-{self.seq}-{self.place}"


ROWS = RowMap(Attempt, "attempt")


def bounded(answer: str | None) -> str | None:
    """An answer as it is kept: one line, of a length that nobody outside decides."""
    if answer is None:
        return None
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in answer[: 4 * ANSWER_MAX]).split())
    return said if len(said) <= ANSWER_MAX else said[: ANSWER_MAX - 1] + "…"


def add(connection: Connection, made: Sequence[Attempt]) -> None:
    """Log attempts. One that is in the log already stays as it is: a transaction whose end nobody heard of comes again."""
    if not made:
        return
    sqlite = connection.dialect.name == "sqlite"
    rows = [ROWS.to_row(one, sqlite) for one in made]
    columns = ", ".join(ROWS.columns)
    if sqlite:
        sql = (
            f"INSERT INTO attempt ({columns}) VALUES ({bulk.marks(len(ROWS.columns))})"  # its guard passes over repeats
        )
        with told(connection, sql):
            driver(connection).cursor().executemany(sql, rows)
        return
    sql = (
        f"INSERT INTO attempt ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::attempt, %s)"
        " ON CONFLICT DO NOTHING"
    )
    values = orjson.dumps([dict(zip(ROWS.columns, row, strict=True)) for row in rows]).decode()
    with told(connection, sql):
        driver(connection).execute(sql, (values,))


def of_message(connection: Connection, cascade_id: str, seq: int, place: int, limit: int) -> list[Attempt]:
    """The newest attempts of one message, oldest first."""
    rows = bulk.read(
        connection,
        f"{ROWS.select} WHERE cascade_id = ? AND seq = ? AND place = ? ORDER BY at DESC, number DESC LIMIT {int(limit)}",
        cascade_id,
        seq,
        place,
    )
    return [ROWS.from_row(row, connection.dialect.name == "sqlite") for row in reversed(rows)]


def failures(connection: Connection, limit: int) -> list[Attempt]:
    """The newest attempts that did not get through, newest first."""
    rows = bulk.read(
        connection, f"{ROWS.select} WHERE outcome <> 'sent' ORDER BY at DESC, cascade_id, seq LIMIT {int(limit)}"
    )
    return [ROWS.from_row(row, connection.dialect.name == "sqlite") for row in rows]
