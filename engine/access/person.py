"""A person who is known: which seats are theirs, for which they stand in today, and what they therefore see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from engine.access.errors import Forbidden
from storage.queries.sight import Sight
from workflows.commands import Actor
from workflows.offices import Deputy, Offices
from workflows.text import say

Seat = tuple[str, str]  # an office and a role in it
NOWHERE = "-"  # the office of whoever acts for the installation and for no office
WIDE_ROLES = ("admin", "auditor", "operator")


@dataclass(frozen=True, slots=True)
class StandsIn:
    """A seat for which a seat of this person's stands in today; `actions` are those it is limited to, none: all."""

    office: str
    role: str
    by: Seat
    actions: tuple[str, ...] = ()
    until: date | None = None

    @property
    def seat(self) -> Seat:
        return self.office, self.role


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `known_by` is password or token; `scopes` are those of the token, all of them for a password.

    `must_change`: the password was chosen by somebody else, and nothing is open before another one is. `directory` is
    the tree of offices on the day; `reach` the offices of their places and all below, where that was worked out before.
    """

    account: str
    shown: str
    seats: tuple[Seat, ...] = ()
    deputies: tuple[StandsIn, ...] = ()
    roles: frozenset[str] = frozenset()
    language: str = "vi"
    known_by: str = "password"
    scopes: frozenset[str] = frozenset()
    must_change: bool = False
    directory: Offices = field(default_factory=lambda: Offices({}), repr=False, compare=False)
    reach: frozenset[str] | None = field(default=None, repr=False, compare=False)

    @property
    def places(self) -> tuple[Seat, ...]:
        """The seats as which this person may act today: their own, then those they stand in for."""
        return tuple(dict.fromkeys((*self.seats, *(one.seat for one in self.deputies))))

    @property
    def sees_everything(self) -> bool:
        return "auditor" in self.roles

    def actor(self, office: str, role: str, action: str | None = None, acting_for: str | None = None) -> Actor:
        """Who acts, as the law knows it: the seat, and the deputy's own seat where it is somebody else's.

        Both names are kept: the directory's for who holds the seat, the account's for who acts. Raises Forbidden where
        the seat is neither theirs nor one they stand in for today.
        """
        if (office, role) in self.seats:
            return Actor(office, role, self.known_by, self.shown, acting_for)
        mine = [one for one in self.deputies if one.seat == (office, role)]
        found = next((one for one in mine if action is None or not one.actions or action in one.actions), None)
        if found is None and mine:
            found = mine[0]  # the law says in which actions it stands in
        if found is None:
            seat = f"{office}/{role}"
            held = ["/".join(one) for one in self.places] or say("none")
            because = say("it is neither a seat of {account} nor one it stands in for today; its seats: {held}",
                          account=self.account, held=held)  # fmt: skip
            raise Forbidden("obligation.act", say("act as {seat}", seat=seat), because)
        holder = self.directory.holder(office, role)
        return Actor(office, role, self.known_by, holder, acting_for, "/".join(found.by), self.shown)

    def administrator(self) -> Actor:
        """Who acts in the installation's own affairs, which belong to no office."""
        return Actor(NOWHERE, "admin", self.known_by, self.shown)

    def sight(self, offices: Offices | None = None) -> Sight:
        """What this person may see of obligations and directives.

        An auditor sees everything; whoever has a seat, what concerns the offices at and below it, today also below the
        seats they stand in for. A plain admin or operator sees none of it and is shown counts only: who keeps the machine
        has to know how much there is and how late, and not what a Government office writes to another.
        """
        if self.sees_everything:
            return Sight(None)
        if self.reach is not None and (offices is None or offices.version == self.directory.version):
            return Sight(self.reach)
        return Sight(under(offices or self.directory, (office for office, _ in self.places)))

    def is_over(self, roles: Iterable[str], office: str | None) -> bool:
        """Does this person hold, or stand in for, a seat of one of these roles in an office or above it? Without an office:
        anywhere at all."""
        allowed = frozenset(roles)
        held = {place for place, role in self.places if role in allowed}
        return bool(held) if office is None else any(one.id in held for one in self.directory.way_up(office))


def stands_in(offices: Offices, seats: Iterable[Seat]) -> Iterator[StandsIn]:
    """The seats for which some of these stand in on the day of `offices`; first those they stand in for entirely."""
    own = {"/".join(seat): seat for seat in seats}
    if not own:
        return
    for office in offices:
        if office.deputies:
            for role in dict.fromkeys(one.role for one in office.deputies):
                found = offices.deputies(office.id, role)
                yield from (_standing(office.id, one, own[one.deputy]) for one in found if one.deputy in own)


def _standing(office: str, one: Deputy, by: Seat) -> StandsIn:
    return StandsIn(office, one.role, by, one.actions, one.until)


def under(offices: Offices, tops: Iterable[str]) -> frozenset[str]:
    """These offices and all below them."""
    found: set[str] = set()
    waiting = [one for one in tops if offices.find(one)]
    while waiting:
        office = waiting.pop()
        if office not in found:
            found.add(office)
            waiting += [one.id for one in offices.below(office)]
    return frozenset(found)
