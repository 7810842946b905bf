"""Who an office.role of a definition is, for one obligation: who may act, and who is told."""

from collections.abc import Iterable

from workflows.commands import Actor
from workflows.obligation import Obligation
from workflows.offices import Addressee
from workflows.world import World


def office_of(world: World, word: str, obligation: Obligation) -> str | None:
    """The id of the office that a party's first word names, or None where there is none."""
    match word:
        case "holder":
            return obligation.holder
        case "giver":
            return obligation.giver
        case "above_holder":
            return world.office(obligation.holder).above
        case "above_giver":
            return world.office(obligation.giver).above
        case "controller":
            return obligation.controller or obligation.giver
        case "recipient":
            return obligation.recipient or obligation.giver
        case "host":
            return world.offices.host.id if world.offices.host else None
    raise AssertionError(f"the closed set of offices has no {word!r}")


def seat_of(world: World, party: str, obligation: Obligation) -> tuple[str, str] | None:
    """The seat (office, role) that may do what `party` may: its own, or the host's clerk's for an outside office."""
    word, role = party.split(".")
    office = office_of(world, word, obligation)
    if office is None:
        return None
    if not world.office(office).outside:
        return office, role
    word, role = world.workflow_of(obligation).definition.outside_offices.recorded_by.split(".")
    recorder = office_of(world, word, obligation)
    return (recorder, role) if recorder else None


def is_outside(world: World, party: str, obligation: Obligation) -> bool:
    """Does the party belong to an office that does not use this installation?"""
    office = office_of(world, party.partition(".")[0], obligation)
    return office is not None and world.office(office).outside


def party_for(world: World, parties: Iterable[str], obligation: Obligation, actor: Actor) -> str | None:
    """The first of the parties as which this actor may act, or None. One who acts for an office acts as that one only."""
    seat = (actor.office, actor.role)
    mine = (party for party in parties if seat_of(world, party, obligation) == seat)
    office = actor.acting_for
    return next((one for one in mine if not office or office_of(world, one.split(".")[0], obligation) == office), None)


def doer(world: World, party: str, obligation: Obligation, actor: Actor) -> str:
    """The seat whose act it is: the actor's own, or the outside office's for which a clerk records it."""
    word, role = party.split(".")
    return f"{office_of(world, word, obligation)}/{role}" if is_outside(world, party, obligation) else str(actor)


def told(world: World, parties: Iterable[str], obligation: Obligation) -> tuple[Addressee, ...]:
    """Whom a message to these parties reaches, each once. A vacant seat passes it upward."""
    found: dict[Addressee, None] = {}
    for party in parties:
        word, role = party.split(".")
        addressee = world.offices.reach(office_of(world, word, obligation), role)
        if addressee:
            found[addressee] = None
    return tuple(found)


def seats(world: World, parties: Iterable[str], obligation: Obligation) -> str:
    """The seats that may act, for a refusal: `skhcn/leader (giver.leader)`."""
    found = [(party, seat_of(world, party, obligation)) for party in parties]
    return ", ".join(f"{seat[0]}/{seat[1]} ({party})" if seat else party for party, seat in found)
