"""Why somebody is turned away.

Refused (workflows.errors)
├── Forbidden        known, but this is for others
├── SignInRefused    not known: the same words for a wrong password, an unknown name and a disabled account
├── LinkRefused      a link that was used, has expired, or never was
├── WeakPassword     a password that anybody could guess
└── StillCarriedOut  (a Conflict) the same request came before, and has not been answered yet
"""

from datetime import datetime

from workflows.calendar import VIETNAM
from workflows.errors import Conflict, Refused
from workflows.text import say


class Forbidden(Refused):
    """A person asks for what is for others. `deed` is the word of the table of rules."""

    def __init__(self, deed: str, asked: str, because: str) -> None:
        self.deed = deed
        super().__init__(asked, because)


class SignInRefused(Refused):
    """Nobody came in. `again_at` says from when on one is listened to again, after too many tries."""

    def __init__(self, again_at: datetime | None = None) -> None:
        self.again_at = again_at
        if again_at is None:
            because = say("the name or the password is not right, or the account is not in use")
        else:
            moment = f"{again_at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}"
            because = say("there were too many tries; the next one is possible at {moment}", moment=moment)
        super().__init__(say("sign in"), because)


class LinkRefused(Refused):
    """A link that is good no more."""

    def __init__(self) -> None:
        super().__init__(
            say("use this link"),
            say("it was used, is too old, or never was"),
            [say("ask an administrator for a new one")],
        )


class WeakPassword(Refused):
    """A password that is too short, or that is tried first by whoever guesses."""

    def __init__(self, because: str) -> None:
        super().__init__(say("use this password"), because)


class StillCarriedOut(Conflict):
    """The first request under a key is not answered yet: this passes."""

    passes = True
