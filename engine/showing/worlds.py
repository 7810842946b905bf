"""A cascade as the law sees it, for looking only: nothing is locked and nothing will be saved."""

from datetime import datetime

from sqlalchemy import Connection

from engine.execute import Known
from storage import cascades
from storage.cascades import Stored
from workflows.calendar import day_of
from workflows.errors import NotFound
from workflows.text import say
from workflows.world import World


def world_of(connection: Connection, known: Known, cascade: str, now: datetime) -> World:
    """The world of a cascade at an instant. Raises NotFound."""
    found = cascades.find(connection, cascade)
    if found is None:
        raise NotFound(say("No cascade {cascade!r} in this database", cascade=cascade))
    offices = known.offices.on(day_of(now))
    return World(found, offices, known.workflows, known.calendars, Stored(connection, cascade), known.simulated)
