"""Documents that bear on each other across cascades: found when one is issued, carried when one ends or is answered.

No two cascades are locked together. What happens in one goes to another as a command with a stable id.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from storage import cascades
from storage.outbox import Message
from storage.queries import links
from storage.queries.links import Passed, Registered, Resting
from workflows import renewal
from workflows.commands import Command, EndBasis, Issue, Link, MakeOffer
from workflows.directive import ANSWERED, Basis, Directive, cascade_id_of
from workflows.facts import DirectiveMoved, Issued, RenewalDue, ReportOffered
from workflows.words import DOCUMENT_MEANS
from workflows.workflow import Workflows

_LINKED = (*ANSWERED, "urges")


@dataclass(frozen=True, slots=True)
class Bearings:
    """What a document that was just issued bears on: items elsewhere that name it, and dates that pass those it rests on."""

    waiting: tuple[Resting, ...]
    passing: tuple[Passed, ...]


def registered_before(connection: Connection, asked: Issue) -> list[Registered]:
    """The same document (issuer, symbol, year) as it is registered here already, by another command than this one."""
    cascade = asked.cascade or cascade_id_of(asked.id)
    if cascades.find_command(connection, cascade, asked.id):
        return []  # this very command: it is answered as before
    return links.registered(connection, asked.symbol, asked.issued_on.year, asked.issuer)


def known_links(connection: Connection, asked: Issue, cascade: str, directive: int) -> list[Link]:
    """What the further documents of a directive that was just issued are about: for each, the one open obligation of its
    issuer under that document. Where there is none (it is not registered yet) or there are several, it stays a stub.
    """
    found: dict[Basis, Basis] = {}
    made = []
    for number, item in enumerate(asked.items, 1):
        for place, basis in enumerate(item.bases):
            if basis.cascade or basis.kind not in _LINKED:
                continue
            about = found.get(basis) or found.setdefault(basis, _about(connection, basis, asked.issuer))
            if about.cascade and (about.cascade, about.obligation) != (cascade, item.parent):
                made.append(Link(f"{asked.id}:link:{number}:{place}", asked.by, cascade, directive, number, about))
    return made


def ended_before(connection: Connection, asked: Issue, cascade: str, directive: int) -> list[EndBasis]:
    """The ends of those documents that a directive rests on and that were revoked before it was issued.

    Asked after it was stored: whoever revokes one later finds its items there, and carries the end to them by delivery.
    """
    found = []
    for number, item in enumerate(asked.items, 1):
        for basis in dict.fromkeys(item.bases):
            year = basis.issued_on.year if basis.issued_on else None
            known = links.registered(connection, basis.symbol, year)
            if known and all(one.state == "revoked" for one in known):
                document = links.revoked_by(connection, known[-1].cascade, known[-1].number)
                id_ = f"{asked.id}:ended:{number}:{basis.symbol}"
                found.append(EndBasis(id_, cascade, directive, number, basis.symbol, document))
    return list({one.id: one for one in found}.values())


def _about(connection: Connection, basis: Basis, holder: str) -> Basis:
    year = basis.issued_on.year if basis.issued_on else None
    candidates = [
        (one.cascade, number)
        for one in links.registered(connection, basis.symbol, year)
        for number in links.held_under(connection, one.cascade, one.number, holder)
    ]
    if len(candidates) != 1:
        return basis
    return replace(basis, cascade=candidates[0][0], obligation=candidates[0][1])


def bearings(connection: Connection, cascade: str, directive: Directive, obligations: list[int]) -> Bearings:
    """What to tell whoever has just issued a document."""
    waiting = links.resting_on(connection, directive.symbol, directive.issued_on.year, unresolved=True)
    elsewhere = tuple(one for one in waiting if (one.cascade, one.directive) != (cascade, directive.number))
    return Bearings(elsewhere, tuple(links.passing(connection, cascade, obligations)))


def carried(connection: Connection, message: Message, workflows: Workflows) -> list[Command]:
    """The commands that an entry of one cascade carries to others. Their ids follow from the entry's."""
    fact = message.fact
    if isinstance(fact, RenewalDue):
        directive = cascades.find_directive(connection, message.cascade_id, fact.directive)
        assert directive is not None  # it is the one that the entry is about
        rule = workflows.get(directive.workflow).definition.renewal
        given, work = cascades.given(connection, message.cascade_id, fact.directive)
        return [renewal.next_year(directive, given, work, rule, message.id, message.cascade_id, fact)]
    if isinstance(fact, Issued):
        return [*renewal.continuing(message.id, message.cascade_id, fact)]
    if isinstance(fact, ReportOffered):
        return [MakeOffer(message.id, fact.to_cascade, fact.to_obligation, fact.offer)]
    if not isinstance(fact, DirectiveMoved):
        return []
    ended = cascades.find_directive(connection, message.cascade_id, fact.directive)
    if ended is None or fact.document is None or ended.means not in DOCUMENT_MEANS:
        return []  # a direction bears the symbol of the document above it, which stands
    resting = links.resting_on(connection, ended.symbol, ended.issued_on.year)
    about = [one for one in resting if one.to_cascade in (None, message.cascade_id)]  # the others mean a namesake
    items = dict.fromkeys((one.cascade, one.directive, one.item) for one in about)
    return [
        EndBasis(f"{message.id}-{directive}.{item}", to, directive, item, ended.symbol, fact.document)
        for to, directive, item in items
    ]
