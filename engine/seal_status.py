"""How the seals of an installation stand: the key, the newest seal, what is not sealed, and how far each witness is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from engine.clock import Clock
from engine.notify.secrets import Secrets
from engine.notify.witnesses import Witness
from engine.sealing import MARGIN, Sealer
from engine.settings import Settings
from engine.witnessing import witnesses
from storage import seal_keys, seals
from storage.database import Database
from storage.seal_keys import Key
from storage.seals import Seal, Witnessed
from workflows.errors import CascadeError

OLD = timedelta(hours=1)  # after which what is not outside is told, or longer where an e-mail is all there is


@dataclass(frozen=True, slots=True)
class Status:
    """`witnesses` are those that are set here, and those that were once written to. `outside` is the newest seal that any
    has, and `outside_at` when that seal was made. `oldest_open` is when the first entry that is nowhere outside was recorded.
    """

    configured: bool
    key_fault: str | None
    keys: tuple[Key, ...]
    last: Seal | None
    chains_open: int
    entries_open: int
    oldest_open: datetime | None
    witnesses: tuple[Witnessed, ...]
    here: tuple[str, ...]
    outside: int
    outside_at: datetime | None
    patience: timedelta

    @property
    def failing(self) -> list[Witnessed]:
        """Witnesses that did not take the newest seal that they were given."""
        return [one for one in self.witnesses if one.failure and (one.witness in self.here or not self.here)]


def status(database: Database, connection: Connection, clock: Clock, settings: Settings, *, simulated: bool) -> Status:
    """How it stands, as these settings and the database say."""
    fault: str | None = None
    try:
        found = witnesses(
            settings, Secrets(settings.secrets) if settings.secrets else None, clock.now, simulated=simulated
        )
        if settings.seal_key and seal_keys.read(connection):
            Sealer(database, clock, settings.seal_key).check()
    except CascadeError as error:
        fault, found = error.text, []
    return stored(connection, found, configured=settings.seal_key is not None, fault=fault)


def stored(
    connection: Connection, here: Sequence[Witness] = (), *, configured: bool = False, fault: str | None = None
) -> Status:
    """The same by what the database says, for whoever has these witnesses."""
    last = seals.last(connection)
    names = tuple(one.name for one in here)
    known = {one.witness: one for one in seals.witnesses(connection)}
    listed = tuple(known.get(one) or Witnessed(one, 0, None) for one in dict.fromkeys((*names, *known)))
    since = last.at - MARGIN if last else None
    chains, entries = seals.count_changed(connection, since)
    outside = max((one.number for one in listed), default=0)
    kept = seals.find(connection, outside) if outside else None
    patience = max([OLD, *([min(one.every for one in here) + OLD] if here else [])])
    return Status(
        configured, fault, tuple(seal_keys.read(connection)), last, chains, entries,
        _oldest_open(connection, outside, since) if last else None, listed, names, outside, kept.at if kept else None, patience,
    )  # fmt: skip


def _oldest_open(connection: Connection, outside: int, since: datetime | None) -> datetime | None:
    """Since when something waits: the first seal that is nowhere outside, else the first entry that has no seal."""
    first = seals.find(connection, outside + 1)
    return first.at if first else seals.oldest_unsealed(connection, since)
