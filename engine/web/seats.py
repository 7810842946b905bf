"""As which seat a person acts on an obligation: their own, one they stand in for, or for an office outside that they record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.access.person import Person
from engine.showing.names import Names
from engine.showing.obligation import Asks, open_to
from workflows import parties
from workflows.commands import Actor
from workflows.errors import NotFound
from workflows.obligation import Obligation
from workflows.text import Text, say
from workflows.words import OFFICES
from workflows.world import World

_OUTSIDE = "@"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as which a person may act. `key` names it in a form: `vp/leader`, or `vp/clerk@ubnd` where an act of the
    office outside is recorded. `asks` are the actions open to it, each with its fields."""

    key: str
    says: str | Text
    actor: Actor
    asks: Asks

    @property
    def outside(self) -> bool:
        return _OUTSIDE in self.key


def seats_of(person: Person, world: World, one: Obligation, now: datetime, names: Names) -> list[Seat]:
    """The seats to which something is open now; those of one's own first."""
    found: list[Seat] = []
    involved = dict.fromkeys(office for word in OFFICES if (office := parties.office_of(world, word, one)))
    outside = [office for office in involved if world.office(office).outside]
    for office, role in person.places:
        if world.offices.find(office) is None:
            continue
        own = open_to(world, one, person.actor(office, role, acting_for=office), now)
        recorded: dict[str, Asks] = {}
        for other in outside:
            asks = open_to(world, one, person.actor(office, role, acting_for=other), now)
            if asks:
                recorded[other] = asks
        if own:
            also = any(name in asks for asks in recorded.values() for name in own)
            actor = person.actor(office, role, acting_for=office if also else None)
            found.append(Seat(f"{office}/{role}", _says(actor, names), actor, own))
        for other, asks in recorded.items():
            actor = person.actor(office, role, acting_for=other)
            says = say("{seat}, recording for {office}", seat=names.seat(office, role), office=names.office(other))
            found.append(Seat(f"{office}/{role}{_OUTSIDE}{other}", says, actor, asks))
    return found


def _says(actor: Actor, names: Names) -> str | Text:
    seat = names.seat(actor.office, actor.role)
    return say("{seat} (standing in for {person})", seat=seat, person=actor.person or say("a vacant seat")) \
        if actor.deputy else seat  # fmt: skip


def named(person: Person, key: str, action: str) -> Actor:
    """Who acts, by the key of a form. Raises Forbidden for a seat of others, NotFound for what is no seat."""
    seat, _, other = key.partition(_OUTSIDE)
    office, stroke, role = seat.partition("/")
    if not stroke:
        raise NotFound(say("{key!r} is no seat", key=key[:100]))
    return person.actor(office, role, action, other or None)


def with_action(seats: list[Seat], action: str) -> Mapping[str, Seat]:
    """Those to which an action is open, by their keys."""
    return {one.key: one for one in seats if action in one.asks}
