"""What an administrator does to an installation: create it, upgrade it, fill its directory, publish definitions.

Each deed is an entry of the installation's own chain.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.deeds import INSTALLER, record
from engine.exchange.offices_blocks import to_yaml, with_one_more
from engine.phases import Progress, quietly
from engine.publishing import differing_shipped, publish_shipped, publish_workflow
from storage import definitions, directory, installation, past_directory
from storage.database import Database
from storage.definitions import Published
from storage.errors import WrongSchema
from storage.rows import json_text
from workflows import calendar_text
from workflows.commands import Actor
from workflows.errors import Conflict, Unmet
from workflows.offices import Office
from workflows.text import say

__all__ = ["INSTALLER", "Upgraded", "add_office", "create", "import_offices", "publish_workflow", "upgrade"]


def create(
    database: Database,
    clock: Clock,
    purpose: str = "office",
    simulated_from: datetime | None = None,
    partitions: int = 0,
) -> None:
    """Make an empty database an installation: schema, shipped calendar and workflows. Raises Conflict if it is one.

    With `partitions` (PostgreSQL) each table of a cascade is made in so many parts.
    """
    from storage import migrate  # Alembic, which nobody else needs who administers

    database.check_place()
    with database.transaction() as connection:
        migrate.refuse_foreign(connection)
        if migrate.current(connection) is not None and installation.read(connection):
            raise Conflict(
                say("create {name}", name=database.shown),
                say("it is an installation already"),
                [say("see how it stands (cascade db status)"), say("name another one (--database)")],
            )
        migrate.upgrade(connection, partitions)
        now = simulated_from or clock.now()
        installation.create(connection, now, purpose, simulated_from)
        subject = database.shown if purpose == "office" else purpose
        record(connection, "created", subject, now, INSTALLER, [("schema", migrate.head())])
        for name in ("vn-public",):
            _publish_calendar(connection, name, now)
        publish_shipped(connection, now)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The schema before (None: the database was empty) and after, the shipped workflows that are new here and were
    published, and those whose shipped text is another than every published version of their name."""

    before: str | None
    after: str
    published: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()


def upgrade(database: Database, clock: Clock, progress: Progress = quietly) -> Upgraded:
    """Bring a database to this program's schema; an empty one becomes an installation.

    Shipped workflows with names that are new here are published. One whose shipped text changed is not: an office may
    have a version of its own, and only its people put another one into use.
    """
    from storage import migrate  # as above

    database.check_place()
    with database.reading() as connection:
        before = migrate.current(connection)
    if before is None:
        create(database, clock)
        return Upgraded(None, migrate.head())
    with database.transaction() as connection:
        applied = progress(say("Upgrading, versions of the schema"), migrate.versions_to_come(connection))
        migrate.upgrade(connection, told=lambda: applied(1))
        after = migrate.head()
        found = installation.read(connection)
        if found is None:
            said = say("{database} has a schema but is no installation; give another database", database=database.shown)
            raise WrongSchema(said)
        now = found.simulated_at or clock.now()
        if after != before:
            details = [("before", before), ("after", after)]
            record(connection, "upgraded", database.shown, now, INSTALLER, details)
        made = publish_shipped(connection, now)
        differing = differing_shipped(definitions.read_published(connection, "workflow"))
    return Upgraded(before, after, tuple(one.key for one in made), tuple(differing))


def import_offices(connection: Connection, offices: Sequence[Office], now: datetime, by: Actor) -> None:
    """Replace the directory. Raises Unmet where an office that holds or gives obligations would be lost."""
    directory.hold(
        connection
    )  # before any office is touched, as whoever adds one does: in another order the two deadlock
    lost = directory.offices_in_use(connection) - {office.id for office in offices}
    if lost:
        because = say("{offices} would be lost, and obligations name them", offices=sorted(lost))
        raise Unmet(say("import the offices"), because)
    changes = past_directory.change(directory.read_offices(connection), offices)
    directory.write_offices(connection, offices)
    digest = hashlib.sha256(json_text([asdict(one) for one in offices]).encode())
    details = [("count", str(len(offices))), ("digest", digest.hexdigest()), *changes]
    record(connection, "imported", "offices", now, by, details)


def add_office(connection: Connection, id_: str, block: Mapping[str, Any], now: datetime, by: Actor) -> Office:
    """Add one office to the directory. Raises Unmet naming everything that would make the directory wrong."""
    directory.hold(connection)
    office = with_one_more(directory.read_offices(connection), id_, dict(block))
    directory.add_office(connection, office)
    digest = hashlib.sha256(to_yaml([office]).encode()).hexdigest()
    record(connection, "added", f"office {id_}", now, by, [("digest", digest)])
    return office


def _publish_calendar(connection: Connection, name: str, now: datetime) -> None:
    calendar = calendar_text.shipped_calendar(name)
    text = calendar_text.to_text(calendar)
    digest = hashlib.sha256(text.encode()).hexdigest()
    published = Published(name, calendar.version, digest, text, now, str(INSTALLER))
    definitions.add_published(connection, "calendar", published)
    record(connection, "published", f"calendar {published.key}", now, INSTALLER, [("digest", digest)])
