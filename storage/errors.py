"""What can go wrong with the memory, beside what the law refuses."""

from workflows.errors import CascadeError


class Unavailable(CascadeError):
    """The database cannot be reached or is busy; nothing was stored, and it can be asked again."""


class WrongSchema(CascadeError):
    """The database is empty, older or newer than this program, or not a cascade database at all."""


class NotSimulated(CascadeError):
    """Somebody asked to set the time of a database that lives in real time."""


class Unmovable(CascadeError):
    """A row that the other database does not take; nothing was stored there."""
