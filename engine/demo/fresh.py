"""A fresh, simulated installation for the demonstration: an empty database made one, with the sample offices in it."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from engine import administration
from engine.clock import SystemClock
from engine.exchange.offices import read_offices
from storage import installation, migrate
from storage.database import Database
from storage.errors import WrongSchema
from workflows.errors import Conflict
from workflows.text import Text, say

PURPOSE = "demo"


def make(database: Database, start: datetime) -> None:
    """Make the database a demonstration that begins at `start`. An earlier demonstration is replaced; anything else is not.

    Raises Conflict where the database holds something else.
    """
    _clear(database)
    administration.create(database, SystemClock(), PURPOSE, start)
    text = (files("engine") / "samples" / "offices.yaml").read_text(encoding="utf-8")
    with database.transaction() as connection:
        administration.import_offices(connection, read_offices(text, "offices.yaml"), start, administration.INSTALLER)


def _clear(database: Database) -> None:
    """Take an earlier demonstration away."""
    path = Path(database.url.database or "")
    if database.is_sqlite and not path.exists():
        return
    try:
        with database.reading() as connection:
            revision = migrate.current(connection)
            found = installation.read(connection) if revision else None
    except (WrongSchema, DatabaseError):
        found, revision = None, "unknown"
    if revision is None and not database.is_sqlite:
        return
    if found is None and not (database.is_sqlite and path.stat().st_size == 0):
        raise Conflict(_asked(database), say("it holds something else; name a new database"))
    if found and found.purpose != PURPOSE:
        raise Conflict(
            _asked(database),
            say("it is an office's installation, and a demonstration starts fresh; name a new database"),
        )
    database.close()
    if database.is_sqlite:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    else:
        with database.transaction() as connection:
            migrate.drop(connection)


def _asked(database: Database) -> Text:
    return say("use {database} for the demonstration", database=database.shown)
