"""What a cascade in memory bears on others: the links of a new document, and what ends or answers elsewhere.

The same questions that the service asks its database (`engine/links.py`), asked of worlds that are whole in memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows import renewal
from workflows.commands import Command, EndBasis, Issue, Link, MakeOffer
from workflows.directive import ANSWERED, Basis, Directive, Item
from workflows.facts import DirectiveMoved, Fact, Issued, RenewalDue, ReportOffered
from workflows.words import DOCUMENT_MEANS
from workflows.world import World

Worlds = Mapping[str, World]
_LINKED = (*ANSWERED, "urges")


def known_links(worlds: Worlds, asked: Issue, cascade: str, directive: int) -> list[Link]:
    """What the further documents of a directive that was just issued are about, where one open obligation fits."""
    made = []
    for number, item in enumerate(asked.items, 1):
        for place, basis in enumerate(item.bases):
            if basis.cascade or basis.kind not in _LINKED:
                continue
            about = _about(worlds, basis, asked.issuer)
            if about.cascade and (about.cascade, about.obligation) != (cascade, item.parent):
                made.append(Link(f"{asked.id}:link:{number}:{place}", asked.by, cascade, directive, number, about))
    return made


def carried(worlds: Worlds, cascade: str, seq: int, fact: Fact) -> list[Command]:
    """The commands that an entry of one cascade carries to others."""
    id_ = f"{cascade}-{seq}-0"
    if isinstance(fact, ReportOffered):
        return [MakeOffer(id_, fact.to_cascade, fact.to_obligation, fact.offer)]
    if isinstance(fact, RenewalDue):
        return _renewed(worlds[cascade], id_, cascade, fact)
    if isinstance(fact, Issued):
        return [*renewal.continuing(id_, cascade, fact)]
    if not isinstance(fact, DirectiveMoved) or fact.step != "revoke" or fact.document is None:
        return []
    ended = worlds[cascade].directive(fact.directive)
    if ended.means not in DOCUMENT_MEANS:
        return []  # a direction bears the symbol of the document above it, which stands
    return [
        EndBasis(f"{id_}-{item.directive}.{item.number}", to, item.directive, item.number, ended.symbol, fact.document)
        for to, item in _resting_on(worlds, cascade, ended)
    ]


def _renewed(world: World, id_: str, cascade: str, fact: RenewalDue) -> list[Command]:
    if fact.opens != "itself":
        return []
    directive = world.directive(fact.directive)
    rule = world.workflows.get(directive.workflow).definition.renewal
    items = [item for item in world.all_items if item.directive == fact.directive]
    return [renewal.next_year(directive, items, world.under(fact.directive), rule, id_, cascade, fact)]


def ended_before(
    worlds: Worlds, revoked: Mapping[tuple[str, int], str], asked: Issue, cascade: str, directive: int
) -> list[EndBasis]:
    """The ends of those documents that a directive rests on and that were revoked before it was issued. `revoked` names
    the document that revoked a directive, by its cascade and number."""
    found: dict[str, EndBasis] = {}
    for number, item in enumerate(asked.items, 1):
        for basis in item.bases:
            registered = _registered(worlds, basis)
            if registered and all(one.state == "revoked" for _, one in registered):
                document = revoked[registered[-1][0], registered[-1][1].number]
                id_ = f"{asked.id}:ended:{number}:{basis.symbol}"
                found[id_] = EndBasis(id_, cascade, directive, number, basis.symbol, document)
    return list(found.values())


def _registered(worlds: Worlds, basis: Basis) -> list[tuple[str, Directive]]:
    """The documents that a basis may name: numbers restart every year."""
    year = basis.issued_on.year if basis.issued_on else None
    return [
        (cascade, one)
        for cascade, world in sorted(worlds.items())
        for one in world.all_directives
        if one.symbol == basis.symbol and one.means in DOCUMENT_MEANS and year in (None, one.issued_on.year)
    ]


def _about(worlds: Worlds, basis: Basis, holder: str) -> Basis:
    candidates = [
        (cascade, one.number)
        for cascade, directive in _registered(worlds, basis)
        for one in worlds[cascade].held(directive.number, holder)
        if one.open and one.standing is None
    ]
    if len(candidates) != 1:
        return basis
    return replace(basis, cascade=candidates[0][0], obligation=candidates[0][1])


def _resting_on(worlds: Worlds, cascade: str, ended: Directive) -> Iterator[tuple[str, Item]]:
    """The items anywhere that still rest on a document, each once; those that mean a namesake of it do not."""
    for to, world in worlds.items():
        for item in world.all_items:
            for basis in item.bases:
                named = basis.symbol == ended.symbol and basis.ended_by is None and basis.cascade in (None, cascade)
                if named and (basis.issued_on is None or basis.issued_on.year == ended.issued_on.year):
                    yield to, item
                    break
