"""An administrator's deed as an entry of the installation's own chain."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from storage import installation, journal
from workflows.commands import Actor
from workflows.facts import Administered

INSTALLER = Actor(office="-", role="installer", known_by="command line")


def record(
    connection: Connection, what: str, subject: str, now: datetime, by: Actor, details: Iterable[tuple[str, str]] = ()
) -> None:
    """Put a deed on the record. `what` is a word of the closed set of deeds; a detail may be named several times."""
    found = installation.read(connection)
    kept = tuple(sorted(details, key=lambda one: one[0]))  # several of one name stay in the order they were given
    context = journal.Context(by, "", now, simulated=bool(found and found.simulated))
    journal.append_administration(connection, [Administered(what, subject, kept)], context)
