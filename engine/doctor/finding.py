"""What a look at an installation finds, and what every look is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from engine.clock import Clock
from engine.execute import Known
from engine.settings import Settings
from storage.database import Database

OK, WARNING, RED = "ok", "warning", "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: its name, `ok`, `warning` or `red`, what was seen, and what to do where it is not well."""

    name: str
    state: str
    says: str
    hint: str = ""


class Seen(NamedTuple):
    """A finding that has no name yet."""

    state: str
    says: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """One moment of one installation. `now` is the time its rounds go by, `clock` this machine's own.

    `beat` is the time between two rounds; `known` is None where the published rules cannot be read; `settings` are this
    machine's, where they are known.
    """

    database: Database
    connection: Connection
    clock: Clock
    now: datetime
    simulated: bool
    beat: timedelta
    known: Known | None
    settings: Settings | None = None
