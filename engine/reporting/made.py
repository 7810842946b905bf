"""Any report by its name."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine.reporting import follow_up, four_groups, overdue, urging
from engine.reporting.asked import KINDS, Asked, Sources
from engine.reporting.report import Report
from storage.queries.sight import Sight
from workflows.errors import NotFound
from workflows.text import say

Maker = Callable[[Connection, Sources, Sight, datetime, Asked], Report]
MAKERS: Mapping[str, Maker] = {
    "four-groups": four_groups.make,
    "follow-up": follow_up.make,
    "overdue": overdue.make,
    "urging": urging.make,
}


def made(kind: str, connection: Connection, sources: Sources, sight: Sight, at: datetime, asked: Asked) -> Report:
    """A report of a moment of the database that is read. Raises NotFound for one that there is not, Incomplete where something
    that it is about was not named."""
    if kind not in MAKERS:
        raise NotFound(say("There is no report {kind!r}; there is {known}", kind=kind, known=list(KINDS)))
    return MAKERS[kind](connection, sources, sight, at, asked)
