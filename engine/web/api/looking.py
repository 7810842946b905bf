"""Search and the overview: the numbers for leaders, and one box to search from."""

from typing import Annotated, Literal

from fastapi import Query

from engine.web.api import asking
from engine.web.api.door import Api
from engine.web.api.parameters import given_day, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from storage.queries import overview, search
from storage.queries.filters import subtree
from storage.queries.overview import Tally
from storage.queries.search import Found

api = Api("looking", "Search, and the numbers for leaders.")


@api.get("/search", "search", Found)
def find_anything(
    visit: Visit,
    q: Annotated[str, word("Words in any order, accents or not.", "khẩn cấp")],
    limit: Annotated[int, Query(ge=1, le=50, description="How many of each kind at most.")] = 10,
) -> Found:
    """Search documents, obligations, offices and people"""
    with visit.reading() as connection:
        return search.find(connection, visit.now(), asking.sight_of(visit, connection), q, limit)


@api.get("/overview", "look.overview", Listed[Tally], past=True)
def show_overview(
    visit: Visit,
    by: Annotated[
        list[Literal["office", "level", "month"]], Query(min_length=1, max_length=3, description="What to count by.")
    ] = ["office"],  # noqa: B006
    office: Annotated[str | None, word("Only what this office and those below it hold.", "skhcn")] = None,
    due_from: Annotated[str | None, given_day("Due after this day.")] = None,
    due_to: Annotated[str | None, given_day("Due by the end of this day.")] = None,
) -> Listed[Tally]:
    """Obligations counted

    By office, level or month of their date, each with the group of time; the rest is addition. What was not asked is null."""
    after, before = asking.instant(due_from, "due_from"), asking.instant(due_to, "due_to")
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        if office is not None:
            asking.rules_of(visit, connection).offices.get(office)
        within = subtree(connection, office) if office else None
        return Listed(tuple(overview.tallies(connection, visit.now(), sight, by, within, after, before)))
