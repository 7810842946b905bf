"""Accounts of the database as persons, with the seats they hold and stand in for today."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from engine.access.person import Person, Seat, stands_in, under
from engine.access.rules import ALL_SCOPES
from engine.clock import Clock, real_now
from storage import accounts, directory
from storage.accounts import Account
from storage.database import Database
from workflows.calendar import day_of
from workflows.offices import Offices

_REACHES_MAX = 500  # different sets of offices that are remembered: persons of one office share theirs


class People:
    """Makes persons. The law's day decides who stands in for whom; sessions and tokens live in real time, also where
    the law's is simulated."""

    def __init__(self, database: Database, clock: Clock, real: Callable[[], datetime] | None = None) -> None:
        self.database, self.clock = database, clock
        self.now = real or (lambda: real_now(clock))
        self._offices: Offices | None = None
        self._reaches: dict[tuple[int, frozenset[str]], frozenset[str]] = {}

    def offices(self, connection: Connection) -> Offices:
        """The directory on the law's day; read again when its version has moved."""
        known = self._offices
        if known is None or known.version != directory.directory_version(connection):
            self._offices = known = directory.read_offices(connection)
        return known.on(day_of(self.clock.now()))

    def person(
        self, connection: Connection, account: Account, known_by: str, scopes: frozenset[str] = ALL_SCOPES
    ) -> Person:
        """The person of an account. A seat in an office that is gone, or that is outside, counts for nothing."""
        offices = self.offices(connection)
        seats = tuple(
            (office, role)
            for office, role in accounts.seats_of(connection, account.name)
            if (found := offices.find(office)) and not found.outside
        )
        standing = tuple(stands_in(offices, seats))
        return Person(
            account.name,
            account.shown,
            seats,
            standing,
            accounts.roles_of(connection, account.name),
            account.language,
            known_by,
            scopes,
            account.must_change and known_by == "password",
            offices,
            self._reach(offices, (*seats, *(one.seat for one in standing))),
        )

    def _reach(self, offices: Offices, places: tuple[Seat, ...]) -> frozenset[str]:
        """The offices of these places and all below: a country has thousands, and every request asks."""
        key = offices.version, frozenset(office for office, _ in places)
        found = self._reaches.get(key)
        if found is None:
            if len(self._reaches) >= _REACHES_MAX:
                self._reaches = {}
            found = self._reaches[key] = under(offices, key[1])
        return found
