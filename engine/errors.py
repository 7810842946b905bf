"""What doors tell the world: how each error of the rooms below ends a command.

0 ok   1 failure   2 usage   3 invalid definition or document   4 not found   5 refused or conflict
6 verification failed   7 unavailable
"""

from storage.errors import NotSimulated, Unavailable, Unmovable, WrongSchema
from workflows.errors import CascadeError, InvalidDefinition, NotFound, Refused

OK, FAILURE, USAGE, INVALID, NOT_FOUND, REFUSED, UNVERIFIED, UNAVAILABLE = range(8)


class Unreadable(CascadeError):
    """A document or file that cannot be read as what it should be."""


class Unverified(CascadeError):
    """The journal, or the state it should give, is not what it was."""


_EXITS: tuple[tuple[type[CascadeError], int], ...] = (
    (InvalidDefinition, INVALID),
    (Unreadable, INVALID),
    (NotFound, NOT_FOUND),
    (Refused, REFUSED),
    (NotSimulated, REFUSED),
    (Unverified, UNVERIFIED),
    (Unmovable, UNVERIFIED),
    (Unavailable, UNAVAILABLE),
    (WrongSchema, UNAVAILABLE),
)


def exit_code(error: CascadeError) -> int:
    """The exit code of a command that ends with this error."""
    return next((code for kind, code in _EXITS if isinstance(error, kind)), FAILURE)
