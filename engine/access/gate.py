"""The parts of access put together over one database, for a door to hold."""

from collections.abc import Callable
from datetime import datetime

from engine.access.answers import Answers
from engine.access.links import Links
from engine.access.noting import Noting
from engine.access.passwords import Passwords
from engine.access.people import People
from engine.access.sessions import Sessions
from engine.access.tokens import Tokens
from engine.clock import Clock
from storage.database import Database


class Gate:
    """One per process: the limit on how many passwords are compared at once is its `passwords`'s."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        real: Callable[[], datetime] | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self.people = People(database, clock, real)
        self.passwords = passwords or Passwords()
        self.noting = Noting(database, self.people.now)
        self.sessions = Sessions(self.people, self.passwords, self.noting)
        self.tokens = Tokens(self.people, self.noting)
        self.links = Links(self.people, self.passwords, self.noting)
        self.answers = Answers(self.people)
