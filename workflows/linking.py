"""The law of further bases: what an item rests on beside its parent, in this cascade or in others, and what comes of it.

No two cascades are ever locked together: what happened here goes to the other as a command through the outbox, and
there a person decides.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from workflows import joins, parties
from workflows.causes import Cause
from workflows.commands import EndBasis, Link, MakeOffer
from workflows.directive import ANSWERED, BASIS_KINDS, Basis, Item
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import BasisEnded, Fact, Linked, Offered, ReportOffered
from workflows.fields import is_symbol, is_text
from workflows.obligation import Obligation, Offer
from workflows.text import say
from workflows.world import World

BASES_MAX = 50  # further documents of one item


def link(world: World, command: Link, now: datetime) -> Iterator[Fact]:
    """An item rests on a further document from now on, or what it rests on is now known. Raises Refused."""
    directive, item = world.directive(command.directive), world.item(command.directive, command.item)
    basis = command.basis
    asked = say(
        "let item {label} of {symbol} rest on {basis}", label=item.label, symbol=directive.symbol, basis=basis.symbol
    )
    issuer, host = world.office(directive.issuer), world.offices.host
    seats = [(issuer.id, "leader"), (issuer.id, "clerk")] if not issuer.outside else []
    seats += [(host.id, "clerk")] if issuer.outside and host else []
    if (command.by.office, command.by.role) not in seats:
        who = tuple("/".join(seat) for seat in seats)
        raise NotYours(asked, say("that is for {who}, and you are {actor}", who=who, actor=command.by))
    parties.check_deputy(world, command.by, "link", asked)
    _check_basis(world, item, basis, asked)
    known = [place for place, one in enumerate(item.bases) if one.symbol == basis.symbol and one.kind == basis.kind]
    place = next((place for place in known if _is_the_same(item.bases[place], basis)), len(item.bases))
    if place == len(item.bases):
        if place >= BASES_MAX:
            raise Unmet(asked, say("it rests on {count} documents already, and that is the most", count=BASES_MAX))
        yield Linked(directive.number, item.number, place, basis)
        return
    completed = _completed(item.bases[place], basis)
    if completed == item.bases[place]:
        raise Unmet(asked, say("it does so already"))
    yield Linked(directive.number, item.number, place, completed)


def _check_basis(world: World, item: Item, basis: Basis, asked: str) -> None:
    if basis.kind not in BASIS_KINDS:
        because = say("{kind} is not a kind of basis; there are {kinds}", kind=repr(basis.kind), kinds=BASIS_KINDS)
        raise Incomplete(asked, because)
    if not is_symbol(basis.symbol) or not is_text(basis.issuer or ""):
        because = say("{symbol} is not a document symbol such as 61/SKHCN-VP", symbol=repr(basis.symbol))
        raise Incomplete(asked, because)
    if (basis.cascade is None) != (basis.obligation is None):
        raise Incomplete(asked, say("a cascade and an obligation in it go together"))
    if basis.cascade == world.opened.id and basis.obligation is not None:
        _check_no_ring(world, item, basis.obligation, asked)


def _check_no_ring(world: World, item: Item, number: int, asked: str) -> None:
    """Nothing rests on what was passed on from itself. Raises NotFound or Unmet."""
    above: int | None = number
    seen: set[int] = set()
    while above is not None and above not in seen:
        seen.add(above)
        one = world.obligation(above)
        if (one.directive, one.item) == (item.directive, item.number):
            raise Unmet(asked, say("obligation {number} was passed on from it", number=number))
        above = one.parent


def _is_the_same(known: Basis, new: Basis) -> bool:
    """May both be one document? Numbers restart every year."""
    same_year = not (known.issued_on and new.issued_on) or known.issued_on.year == new.issued_on.year
    unresolved = known.cascade is None or (known.cascade, known.obligation) == (new.cascade, new.obligation)
    return same_year and unresolved


def _completed(known: Basis, new: Basis) -> Basis:
    return replace(
        known,
        issued_on=known.issued_on or new.issued_on,
        issuer=known.issuer or new.issuer,
        cascade=known.cascade or new.cascade,
        obligation=known.obligation or new.obligation,
    )


def end_basis(world: World, command: EndBasis, now: datetime) -> Iterator[Fact]:
    """A document that an item rests on was revoked. Work that nothing supports any more stops; else its people hear."""
    item = world.item(command.directive, command.item)
    places = [place for place, one in enumerate(item.bases) if one.symbol == command.symbol and one.ended_by is None]
    if not places:
        return
    left = [one for place, one in enumerate(item.bases) if place not in places and one.supports]
    open_work = [one for one in world.under(item.directive) if one.item == item.number and one.open]
    told = dict.fromkeys(
        seat for one in open_work for seat in parties.told(world, ["holder.leader", "giver.leader"], one)
    )
    for place in places:
        yield BasisEnded(item.directive, item.number, place, command.symbol, command.document, tuple(told))
    if left or not any(item.bases[place].supports for place in places):
        return
    cause = Cause("directive_ended", text=f"{command.symbol}, {command.document}")
    for one in joins.each_once(open_work):
        if not _stands_by_itself(world, one):
            yield joins.stopped(world, one, now, cause)
            yield from joins.stopped_below(world, one, now, supported=True)


def _stands_by_itself(world: World, one: Obligation) -> bool:
    """Is there still the order it came by? Its directive stands, and what it was passed on from was not stopped."""
    if world.directive(one.directive).state in ("revoked", "replaced"):
        return False
    return one.parent is None or world.obligation(one.parent).outcome != "void"


def offers_of(world: World, one: Obligation, symbol: str | None, sent_at: datetime | None) -> Iterator[ReportOffered]:
    """An accepted report offers itself to what the item's further bases are about, wherever that is."""
    if not symbol or not sent_at:
        return
    item, about = world.item(one.directive, one.item), world.directive(one.directive).symbol
    for basis in item.bases:
        if basis.kind in ANSWERED and basis.cascade and basis.obligation and basis.ended_by is None:
            offer = Offer(world.opened.id, one.number, symbol, sent_at, one.holder, about)
            yield ReportOffered(one.number, basis.cascade, basis.obligation, offer)


def make_offer(world: World, command: MakeOffer, now: datetime) -> Iterator[Fact]:
    """The offer reaches the obligation it is for. Raises Unmet where that has ended, or has been offered it before."""
    one, offer = world.obligation(command.obligation), command.offer
    asked = say("offer {symbol} to obligation {number}", symbol=offer.symbol, number=one.number)
    if not one.open:
        raise Unmet(asked, say("it is {state}, which is final", state=repr(one.state)))
    if any(known.key == offer.key for known in one.offers):
        raise Unmet(asked, say("it was offered already"))
    yield Offered(one.number, offer, parties.told(world, ["holder.leader", "holder.officer"], one))
