"""Who a party is, for one obligation: who may act, for whom, and who is told.

A party is `office.role` in the words of a definition, or a seat itself, `vp/leader`, as tasks name it.
"""

from collections.abc import Iterable
from functools import lru_cache

from workflows.commands import Actor
from workflows.definition import Rung
from workflows.errors import NotYours
from workflows.fields import show_day
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.offices import Addressee, Deputy, Office, Offices, seat_of_text
from workflows.text import Text, say
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


def _place_of(world: World, party: str, obligation: Obligation) -> tuple[str | None, str]:
    """The office and the role that a party names."""
    office, word, role = _words_of(party)
    return office or office_of(world, word, obligation), role


@lru_cache(maxsize=1024)
def _words_of(party: str) -> tuple[str | None, str, str]:
    """The office of a seat, or the word for one, and the role: the same few parties are read again and again."""
    seat = seat_of_text(party)
    word, role = ("", seat[1]) if seat else party.split(".")
    return seat[0] if seat else None, word, role


def seat_of(world: World, party: str, obligation: Obligation) -> tuple[str, str] | None:
    """The seat (office, role) that may do what `party` may: its own, or the host's clerk's for an outside office."""
    office, role = _place_of(world, party, obligation)
    if office is None:
        return None
    if not world.office(office).outside:
        return office, role
    recorder, role = _place_of(world, world.workflow_of(obligation).definition.outside_offices.recorded_by, obligation)
    return (recorder, role) if recorder else None


def is_outside(world: World, party: str, obligation: Obligation) -> bool:
    """Does the party belong to an office that does not use this installation?"""
    office, _ = _place_of(world, party, obligation)
    return office is not None and world.office(office).outside


def party_for(world: World, parties: Iterable[str], obligation: Obligation, actor: Actor) -> str | None:
    """The first of the parties as which this actor may act, or None. One who acts for an office acts as that one only."""
    seat = (actor.office, actor.role)
    mine = (party for party in parties if seat_of(world, party, obligation) == seat)
    office = actor.acting_for
    return next((one for one in mine if not office or _place_of(world, one, obligation)[0] == office), None)


def doer(world: World, party: str, obligation: Obligation, actor: Actor) -> str:
    """Whose act it is: the actor's seat, `skhcn/leader (vp/leader)` where a deputy acts, or the outside office's for which
    a clerk records it."""
    office, role = _place_of(world, party, obligation)
    return f"{office}/{role}" if is_outside(world, party, obligation) else str(actor)


def same_person(one: str | None, other: str) -> str | None:
    """Who is behind both of two doers, or None: the seat and the deputy who acts for it each count as themselves.

    Whoever asked or reported decides neither in their own seat nor as somebody's deputy, nor has it decided for them.
    """
    return next(iter(sorted(_identities(one) & _identities(other))), None) if one else None


def _identities(doer: str) -> frozenset[str]:
    """`skhcn/leader (vp/leader)` is skhcn/leader and vp/leader; a post by name is one of its own office's."""
    seat, _, rest = doer.partition(" (")
    deputy = rest.removesuffix(")")
    if not deputy:
        return frozenset({seat})
    own = deputy if seat_of_text(deputy) else f"{seat.partition('/')[0]}: {deputy}"
    return frozenset({seat, own})


def named(offices: Offices, actor: Actor) -> Actor:
    """The actor with the names that the directory gives for the seat and for the deputy who acts for it."""
    person = actor.person or offices.holder(actor.office, actor.role)
    seat = seat_of_text(actor.deputy) if actor.deputy else None
    if person is None and seat is None:
        return actor
    deputy_person = actor.deputy_person or (offices.holder(*seat) if seat else None)
    return replace(actor, person=person, deputy_person=deputy_person)


def check_deputy(world: World, actor: Actor, action: str, asked: str) -> None:
    """Raises NotYours where the actor is a deputy who does not stand in for the seat today, or not in this action."""
    check_stands_in(world.offices, actor, action, asked)


def check_stands_in(offices: Offices, actor: Actor, action: str, asked: str) -> None:
    """The same where there is no cascade, such as in the installation's own affairs."""
    because = _not_deputy(offices, actor, action)
    if because:
        raise NotYours(asked, because)


def stands_in(world: World, actor: Actor, action: str) -> bool:
    """May the actor take this action for the seat: holds it, or stands in for it today and in this?"""
    return _not_deputy(world.offices, actor, action) is None


def _not_deputy(offices: Offices, actor: Actor, action: str) -> Text | None:
    """Why a deputy may not act for the seat, with who may and until when; None where nothing stands in the way."""
    if actor.deputy is None:
        return None
    seat, standing = f"{actor.office}/{actor.role}", offices.deputies(actor.office, actor.role)
    mine = [one for one in standing if one.deputy == actor.deputy]
    if any(one.covers(action) for one in mine):
        return None
    said = {"deputy": actor.deputy, "seat": seat}
    if mine:
        own = say("{deputy} stands in for {seat}, but not to {action}", action=action, **said)
        others = [one for one in standing if one.covers(action)]
        return say("{own}: {who}", own=own, who=[deputy_words(one) for one in others or mine])
    if standing:
        none = say("{deputy} does not stand in for {seat} today", **said)
        return say("{none}; who does: {who}", none=none, who=[deputy_words(one) for one in standing])
    return say("{deputy} does not stand in for {seat} today, and nobody else does", **said)


def deputy_words(one: Deputy) -> Text:
    """A deputy with until when and in what: `vp/leader (until 25/08/2023; accept, redo)`."""
    until = say("until {day}", day=show_day(one.until)) if one.until else say("until further notice")
    if one.actions:
        return say("{deputy} ({until}; {actions})", deputy=one.deputy, until=until, actions=one.actions)
    return say("{deputy} ({until})", deputy=one.deputy, until=until)


def told(world: World, parties: Iterable[str], obligation: Obligation) -> tuple[Addressee, ...]:
    """Whom a message to these parties reaches, each once. An empty seat passes it to its deputy, or upward."""
    reach = world.offices.reach
    return _each_once([reach(*_place_of(world, party, obligation)) for party in parties])


def hears(world: World, rung: Rung, obligation: Obligation) -> tuple[Addressee, ...]:
    """Whom a rung reaches, each once; the giver's leader where nobody else is there to hear it."""
    found = _each_once([_hears(world, party, obligation) for party in rung.tell])
    return found or _each_once([_hears(world, "giver.leader", obligation)])


def _each_once(reached: list[Addressee | None]) -> tuple[Addressee, ...]:
    found: list[Addressee] = []
    for one in reached:
        if one and one not in found:  # a few of them: to compare them costs less than their hashes
            found.append(one)
    return tuple(found)


def _hears(world: World, party: str, obligation: Obligation) -> Addressee | None:
    """Who hears a rung for a party. In the place of an office above the ladder's ceiling hears the highest one that is
    not, on the way up from the holder."""
    office, role = _place_of(world, party, obligation)
    definition, offices = world.workflow_of(obligation).definition, world.offices
    holder = obligation.holder

    def within(one: Office) -> bool:
        return (
            one.id == holder or one.level not in definition.levels_above_ceiling
        )  # its own work the holder always hears

    if definition.ladder.ceiling is None:
        return offices.reach(office, role)
    reached = offices.reach(office, role, within)
    if reached or office is None:
        return reached
    way = [one.id for one in offices.way_up(holder)]
    return next((one for place in reversed(way) if (one := offices.reach(place, "leader", within))), None)


def seats(world: World, parties: Iterable[str], obligation: Obligation) -> str:
    """The seats that may act, for a refusal: `skhcn/leader (giver.leader)`."""
    found = [(party, seat_of(world, party, obligation)) for party in parties]
    return ", ".join(
        party if not seat or party == "/".join(seat) else f"{'/'.join(seat)} ({party})" for party, seat in found
    )
