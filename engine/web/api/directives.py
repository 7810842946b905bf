"""Directives: the register, one document, its tree, and who has not reported."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query

from engine.exchange.symbols import number_in, read_notation
from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import NUMBER_MAX, CascadeId, Cursor, Limit, Number, given_day, word
from engine.web.api.replies import Listed, Reply, listed
from engine.web.visit import Visit
from storage.queries import obligations, registers, tree, unreported
from storage.queries.entry_filters import Wanted as Entries
from storage.queries.numbers import series
from storage.queries.obligations import ItemLine
from storage.queries.registers import Registered, Wanted
from storage.queries.tree import Blocker, Node
from storage.queries.unreported import Unreported
from workflows.calendar import day_of
from workflows.errors import Incomplete
from workflows.text import say

api = Api("directives", "Documents that order: what came in, what was issued, what came of each.")
_ITEMS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class DirectiveFound:
    """A directive with its items."""

    directive: Registered
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Who has not reported, the longest due first. `resting` counts those left out because somebody else acts first."""

    items: tuple[Unreported, ...]
    total: int
    resting: int


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """A series of numbers. `gaps` are free numbers below the highest, the first ten; `missing` counts them all."""

    issuer: str
    year: int
    notation: str
    used: int
    highest: int
    gaps: tuple[int, ...]
    missing: int
    next: int


@api.get("/directives", "look.directive", Listed[Registered], past=True)
def list_directives(
    visit: Visit,
    kind: Annotated[
        Literal["issued", "incoming"] | None, Query(description="Issued by an office here, or of one outside.")
    ] = None,
    issuer: Annotated[str | None, word("The issuing office.", "skhcn")] = None,
    symbol: Annotated[str | None, word("The whole symbol.", "61/SKHCN-VP")] = None,
    of_type: Annotated[str | None, word("The code of its type.", "CV", "type")] = None,
    state: Annotated[str | None, word("issued, completed, revoked or replaced.", "issued")] = None,
    arrival_number: Annotated[str | None, word("Its number in the register of arrivals.")] = None,
    cascade: Annotated[str | None, word("Only of this cascade.")] = None,
    issued_from: Annotated[str | None, given_day("Dated on this day or later.")] = None,
    issued_before: Annotated[str | None, given_day("Dated before this day.")] = None,
    text: Annotated[str, word("Words of it, in any order, accents or not.", "khoa hoc cong nghe")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Registered]:
    """The register of documents

    The newest date first; what concerns the offices that are seen, and nothing else."""
    wanted = Wanted(kind, issuer, symbol, of_type, state, arrival_number, cascade, asking.day(issued_from, "issued_from"),
                    asking.day(issued_before, "issued_before"), text)  # fmt: skip
    with visit.reading() as connection:
        return listed(registers.listed(connection, asking.sight_of(visit, connection), wanted, limit, cursor))


@api.get("/directives/{cascade}/{number}", "look.directive", DirectiveFound, etag=True, past=True)
def show_directive(visit: Visit, cascade: CascadeId, number: Number) -> Reply:
    """One document with its items"""
    with visit.reading() as connection:
        found = asking.check_directive(visit, connection, cascade, number)
        items = tuple(one for one in obligations.items(connection, cascade, _ITEMS_MAX) if one.directive == number)
        etag = asking.etag_of(connection, Entries(cascade, directive=number))
    return Reply(DirectiveFound(found, items), etag=etag)


@api.get("/directives/{cascade}/{number}/unreported", "look.directive", Silent, past=True)
def list_unreported(visit: Visit, cascade: CascadeId, number: Number, limit: Limit = 200) -> Silent:
    """Who has not reported under it

    For an urging letter: the longest due first."""
    with visit.reading() as connection:
        asking.check_directive(visit, connection, cascade, number)
        [document] = unreported.documents(connection, cascade=cascade, number=number)
        found = unreported.listed(connection, document, limit)
        sight = asking.sight_of(visit, connection)
    if not sight.everything:
        mine = tuple(one for one in found.rows if sight.offices is not None and one.holder in sight.offices)
        return Silent(mine, len(mine), 0)
    return Silent(found.rows, found.total, found.resting)


@api.get("/cascades/{cascade}/tree", "look.directive", Listed[Node], past=True)
def list_tree(
    visit: Visit,
    cascade: CascadeId,
    under: Annotated[
        int | None, Query(ge=1, le=NUMBER_MAX, description="What hangs under this obligation; else at the top.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Node]:
    """A cascade as a tree, node by node

    Each with what is below it added up by the groups of time."""
    with visit.reading() as connection:
        asking.check_cascade(visit, connection, cascade)
        sight = asking.sight_of(visit, connection)
        return listed(tree.children(connection, visit.now(), sight, cascade, under, limit, cursor))


@api.get("/cascades/{cascade}/blockers", "look.directive", Listed[Blocker], past=True)
def list_blockers(
    visit: Visit,
    cascade: CascadeId,
    under: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="Only below this obligation.")] = None,
    limit: Limit = 50,
) -> Listed[Blocker]:
    """For whom a cascade waits

    Open obligations on which nothing below is still owed, the longest due first."""
    with visit.reading() as connection:
        asking.check_cascade(visit, connection, cascade)
        sight = asking.sight_of(visit, connection)
        return Listed(tuple(tree.blockers(connection, visit.now(), sight, cascade, under, limit)))


@api.get("/numbers", "look.directive", NumberSeries)
def next_number(
    visit: Visit,
    issuer: Annotated[str, word("Whose documents they are.", "skhcn")],
    notation: Annotated[str, word("What stands behind the number.", "SKHCN-VP")],
    year: Annotated[int | None, Query(ge=1900, le=2200, description="Else this year.")] = None,
) -> NumberSeries:
    """The next free number of a series

    Numbers restart on 1 January. Only documents that are kept here are known: compare with the register on paper."""
    wanted = read_notation(notation)
    if wanted is None:
        said = say("'{text}' is no notation such as SKHCN-VP or TB-UBND", text=notation)
        raise Incomplete(say("number a document"), said, fields={"notation": said})
    with visit.reading() as connection:
        asking.rules_of(visit, connection).offices.get(issuer)
        found = series(connection, issuer, year or day_of(visit.now()).year, wanted, number_in)
    return NumberSeries(found.issuer, found.year, found.notation, found.used, found.highest, found.gaps, found.missing,
                        found.next)  # fmt: skip
