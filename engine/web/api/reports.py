"""The reports: each of what is seen, for a period, as it is now or as it was known at a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query

from engine.reporting import documents
from engine.reporting.asked import Asked, Sources
from engine.reporting.made import made
from engine.reporting.periods import read_period
from engine.reporting.report import as_data
from engine.web.api.door import Api
from engine.web.api.parameters import given_day, word
from engine.web.visit import Visit

api = Api("reports", "What an office reports, so that it can be made again of the same moment.")


@dataclass(frozen=True, slots=True)
class ReportFound:
    """A report. `known` says of which record it is: now, then (as known at `at`) or corrected. `digest` is the sha256 of its
    rows: a line with each table's name, then its rows as canonical JSON (sorted keys, no spaces), each ended by a line feed.
    `offices` has the names of the ids in it; `heads` says how far the journal went."""

    report: str
    title: str
    issuer: str
    period: dict[str, Any] | None
    at: datetime
    known: str
    asks: tuple[str, ...]
    tables: tuple[dict[str, Any], ...]
    offices: dict[str, str]
    notes: tuple[str, ...]
    digest: str
    heads: dict[str, Any]


@api.get("/reports/{report}", "look.overview", ReportFound, past=True)
def show_report(
    visit: Visit,
    report: Annotated[Literal["four-groups", "follow-up", "overdue", "urging"], Path(description="Which report.")],
    office: Annotated[str | None, word("Of this office and those below it.", "skhcn")] = None,
    period: Annotated[
        str | None, word("2023-12, 2023-Q4, 2023-H1, 2023-9M or 2023; else this month.", "2023-12")
    ] = None,
    first: Annotated[str | None, given_day("Or its first day.")] = None,
    last: Annotated[str | None, given_day("And its last day.")] = None,
    part: Annotated[Literal["lead", "support", "info"] | None, Query(description="Only what has this part.")] = None,
    every: Annotated[bool, Query(description="Each office by itself.")] = False,
    document: Annotated[str | None, word("Of urging: the symbol, or CASCADE/N.", "61/SKHCN-VP")] = None,
    item: Annotated[str | None, word("Of urging: only under this item, by its label.", "2")] = None,
    form_period: Annotated[str | None, word("Of urging: only reports for this period.", "2023-Q3")] = None,
    overdue: Annotated[bool, Query(description="Of urging: only what is overdue.")] = False,
) -> dict[str, Any]:
    """A report

    Results by group, the follow-up register, what is overdue, or who is to be urged; of what is seen."""
    asks = read_period(period or "", first or "", last or "") if period or first or last else None
    with visit.reading() as connection:
        sources = Sources.of(visit.known_rules(connection), visit.now(), visit.runtime.past)
        sight = visit.known.sight(sources.offices)
        found = documents.meant(connection, sight, document) if document else None
        number = documents.item_of(connection, found, item) if found and item else None
        key = (found.cascade_id, found.number) if found else None
        asked = Asked(office, asks, part, every, key, number, form_period, overdue)
        return as_data(made(report, connection, sources, sight, visit.now(), asked))
