"""What an administrator does to an installation: create it, upgrade it, fill its directory, publish definitions.

Each deed is an entry of the installation's own chain.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.clock import Clock
from engine.exchange.offices_blocks import to_yaml, with_one_more
from storage import definitions, directory, installation, journal, migrate
from storage.bulk import json_text
from storage.database import Database
from storage.definitions import Published
from storage.errors import WrongSchema
from workflows import calendar_text
from workflows.commands import Actor
from workflows.errors import Conflict, Unmet
from workflows.facts import Administered
from workflows.loading import load_definition, shipped
from workflows.offices import Office
from workflows.text import say

INSTALLER = Actor(office="-", role="installer", known_by="command line")


def create(database: Database, clock: Clock, purpose: str = "office", simulated_from: datetime | None = None) -> None:
    """Make an empty database an installation: schema, shipped calendar and workflows. Raises Conflict if it is one."""
    with database.transaction() as connection:
        migrate.refuse_foreign(connection)
        if migrate.current(connection) is not None and installation.read(connection):
            raise Conflict(say("create {name}", name=database.shown), say("it is an installation already"))
        migrate.upgrade(connection)
        now = simulated_from or clock.now()
        installation.create(connection, now, purpose, simulated_from)
        _record(connection, "created", database.shown if purpose == "office" else purpose, now, schema=migrate.head())
        for name in ("vn-public",):
            calendar = calendar_text.shipped_calendar(name)
            _publish(connection, "calendar", name, calendar_text.to_text(calendar), now, INSTALLER, calendar.version)
        for name, text in shipped().items():
            _publish(connection, "workflow", name, text, now, INSTALLER, 1)


def upgrade(database: Database, clock: Clock) -> tuple[str | None, str]:
    """Bring a database to this program's schema; an empty one becomes an installation. Returns the schema before and after."""
    with database.reading() as connection:
        before = migrate.current(connection)
    if before is None:
        create(database, clock)
        return None, migrate.head()
    with database.transaction() as connection:
        migrate.upgrade(connection)
        after = migrate.head()
        found = installation.read(connection)
        if found is None:
            said = say("{database} has a schema but is no installation; give another database", database=database.shown)
            raise WrongSchema(said)
        if after != before:
            now = found.simulated_at or clock.now()
            _record(connection, "upgraded", database.shown, now, before=before, after=after)
    return before, after


def publish_workflow(connection: Connection, text: str, source: str, now: datetime, by: Actor) -> Published:
    """Publish a definition as the next version of its name. Raises InvalidDefinition, or Conflict if nothing changed."""
    name = load_definition(text, source).workflow
    versions = [one for one in definitions.read_published(connection, "workflow") if one.name == name]
    if versions and versions[-1].text == text:
        because = say("version {version} has the very same text", version=versions[-1].version)
        raise Conflict(say("publish {name}", name=name), because)
    return _publish(connection, "workflow", name, text, now, by, versions[-1].version + 1 if versions else 1)


def import_offices(connection: Connection, offices: Sequence[Office], now: datetime, by: Actor) -> None:
    """Replace the directory. Raises Unmet where an office that holds or gives obligations would be lost."""
    lost = directory.offices_in_use(connection) - {office.id for office in offices}
    if lost:
        because = say("{offices} would be lost, and obligations name them", offices=sorted(lost))
        raise Unmet(say("import the offices"), because)
    directory.write_offices(connection, offices)
    digest = hashlib.sha256(json_text([asdict(one) for one in offices]).encode())
    _record(connection, "imported", "offices", now, by, count=str(len(offices)), digest=digest.hexdigest())


def add_office(connection: Connection, id_: str, block: Mapping[str, Any], now: datetime, by: Actor) -> Office:
    """Add one office to the directory. Raises Unmet naming everything that would make the directory wrong."""
    directory.hold(connection)
    office = with_one_more(directory.read_offices(connection), id_, dict(block))
    directory.add_office(connection, office)
    _record(
        connection, "added", f"office {id_}", now, by, digest=hashlib.sha256(to_yaml([office]).encode()).hexdigest()
    )
    return office


def _publish(
    connection: Connection, kind: str, name: str, text: str, now: datetime, by: Actor, version: int
) -> Published:
    digest = hashlib.sha256(text.encode()).hexdigest()
    published = Published(name, version, digest, text, now, str(by))
    definitions.add_published(connection, kind, published)
    _record(connection, "published", f"{kind} {published.key}", now, by, digest=digest)
    return published


def _record(
    connection: Connection, what: str, subject: str, now: datetime, by: Actor = INSTALLER, **details: str
) -> None:
    found = installation.read(connection)
    fact = Administered(what, subject, tuple(sorted(details.items())))
    context = journal.Context(by, "", now, simulated=bool(found and found.simulated))
    journal.append_administration(connection, [fact], context)
