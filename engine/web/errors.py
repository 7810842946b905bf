"""What can go wrong between a browser and a page, beside what the rooms below refuse.

CascadeError
├── NotSignedIn     nobody is signed in, or the session has ended
├── PasswordFirst   the password was chosen by somebody else, and has to be changed before anything else
├── NoToken         a program showed no token that is good
├── FormExpired     the form carries no token of this session: old, or not from here
├── Hindered        the request itself cannot be taken; says the status it ends with
└── Overtaken       (a Refused) it was asked on condition that nothing has changed, and somebody was first
"""

from collections.abc import Mapping
from typing import Any

from workflows.errors import CascadeError, Refused
from workflows.text import say


class NotSignedIn(CascadeError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self) -> None:
        super().__init__(say("You are not signed in, or your session has ended."))


class NoToken(NotSignedIn):
    """A program showed no token, or none that is good."""

    def __init__(self, *, shown: bool) -> None:
        said = say("This token is not good: it is unknown, revoked or expired, or its account is not in use.")
        CascadeError.__init__(self, said if shown else say("No token was sent."))


class PasswordFirst(CascadeError):
    """The password was chosen by somebody else."""

    def __init__(self) -> None:
        super().__init__(say("Choose a password of your own first; everything else is open after that."))


class FormExpired(CascadeError):
    """The form's token is missing or belongs to another session."""

    def __init__(self) -> None:
        super().__init__(
            say("This form belongs to a session that has ended, or was not sent from this site; nothing was done.")
        )


class Hindered(CascadeError):
    """A request that cannot be taken as it is."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Overtaken(Refused):
    """Somebody was first. `changed` says who, when and with what."""

    def __init__(self, asked: str, because: str, changed: Mapping[str, Any]) -> None:
        self.changed = changed
        super().__init__(asked, because)
