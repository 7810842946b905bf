"""What can go wrong with the memory, beside what the law refuses.

Unavailable
├── Away   the database cannot be reached; who serves it waits for its return
├── Met    two transactions met and this one gave way; it is tried again
└── Held   somebody else held what was wanted for longer than a person waits
"""

from workflows.errors import CascadeError
from workflows.text import say


class Unavailable(CascadeError):
    """The database cannot be reached or is busy; nothing was stored, and it can be asked again."""


class Away(Unavailable):
    """The database cannot be reached, or cannot be used as a whole.

    `unsure` says that the connection was lost while a transaction was being committed: it may have been stored.
    `unreached` says that there was none: the address, the server or this user's rights are not as they should be."""

    unsure = False
    unreached = False


WHERE_TO_LOOK = say(
    "Look whether the address (--database) is right, its server up, its disk not full, and whether this user may write it"
)


class Met(Unavailable):
    """Two transactions met, and the database made this one give way: nothing of it was stored."""


class Held(Unavailable):
    """What was to be locked stayed locked by somebody else for longer than is waited."""


class WrongSchema(CascadeError):
    """The database is empty, older or newer than this program, or not a cascade database at all."""


class NotSimulated(CascadeError):
    """Somebody asked to set the time of a database that lives in real time."""


class Unfinished(CascadeError):
    """A copy that was not made whole: a disk without room, a program that failed, or somebody stopped it."""


class Unmovable(CascadeError):
    """A row that the other database does not take; nothing was stored there."""
