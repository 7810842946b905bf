"""The reports: what there is, each on the screen and to print, as a workbook, and the letter to all who are to be urged.

Each is made from the record as it is now, or as it was known at a moment that the address names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import Response
from sqlalchemy import Connection

from engine.access.rules import may
from engine.exchange.letters import drafted_to_many
from engine.reporting import asked as reports
from engine.reporting import documents, paper, periods, urging
from engine.reporting.asked import Asked, Sources
from engine.reporting.made import made
from engine.reporting.periods import Period
from engine.reporting.report import Column, Report, Row, Table, heading, shown
from engine.reporting.workbook import TYPE, workbook
from engine.web.asked import OFFICES_SHOWN, Address, way
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import PART_WORDS
from storage.queries.sight import Sight
from workflows.calendar import day_of
from workflows.errors import Incomplete, NotFound
from workflows.fields import show_day
from workflows.offices import Office
from workflows.periods import windows
from workflows.text import Text, say
from workflows.words import PARTS

routes = Routes()
PATH = "/reports"
_FIELDS = ("office", "period", "from", "to", "part", "every", "document", "item", "form_period", "overdue")  # fmt: skip
OF_REPORT = {
    "four-groups": ("office", "period", "part", "every"),
    "follow-up": ("office", "period"),
    "overdue": ("office", "part"),
    "urging": ("document", "item", "form_period", "office", "overdue"),
}
_MONTHS, _YEARS = 6, 2  # of periods that are offered
_ROWS_SHOWN, _DEPTH_MAX = 500, 8
_LONG, _MIDDLING = 24, 14  # letters from which a column is one


@routes.get("/reports", "look.overview")
def report_list(visit: Visit) -> Page:
    """What reports there are."""
    found = [(way(f"{PATH}/{kind}", {}), says, reports.SAYS[kind]) for kind, says in reports.KINDS.items()]
    return Page("reports.html", {"reports": found})


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks: of which record, seen how, of which moment; `errors` say by field what could not be read."""

    connection: Connection
    sources: Sources
    sight: Sight
    at: datetime
    asked: Asked
    errors: dict[str, Text]

    def answer(self, kind: str) -> Report:
        return made(kind, self.connection, self.sources, self.sight, self.at, self.asked)

    def refuse_errors(self, asked: Text) -> None:
        """Raises Incomplete where something could not be read: a file and a letter have no field to say it beside."""
        if self.errors:
            raise Incomplete(asked, next(iter(self.errors.values())), fields=self.errors)


@routes.get("/reports/{kind}.xlsx", "export", past=True)
def report_file(visit: Visit, kind: str) -> Response:
    """A report as a workbook, in Vietnamese."""
    with _asked(visit, kind) as question:
        question.refuse_errors(say("save the report as a workbook"))
        found = question.answer(kind)
    headers = {"Content-Disposition": f'attachment; filename="{kind}-{day_of(found.at):%Y%m%d}.xlsx"'}
    return Response(workbook(found), media_type=TYPE, headers=headers)


@routes.get("/reports/urging/letter", "look.overview", past=True)
def urging_letter(visit: Visit) -> Page:
    """One letter to all who have not reported, drafted: to be numbered, signed and sent."""
    with _asked(visit, "urging") as question:
        question.refuse_errors(say("draft an urging letter"))
        found = question.answer("urging")
        draft = drafted_to_many(
            urging.letter(question.connection, question.sources, question.sight, question.asked, found)
        )
    return Page("sheet.html", {"head": say("Urging letter, drafted"), "sheet": draft, "lang": "vi",
                               "back": way(f"{PATH}/urging", _values(visit)), "back_says": found.title})  # fmt: skip


@routes.get("/reports/{kind}", "look.overview", past=True)
def report(visit: Visit, kind: str) -> Page:
    """A report with the form that asks for it; where something could not be read, or nothing was asked yet, the form alone."""
    found: Report | None = None
    has_letter = False
    with _asked(visit, kind) as question:
        errors = dict(question.errors)
        if not errors and (kind != "urging" or question.asked.document or question.asked.form_period):
            found = question.answer(kind)
            has_letter = kind == "urging" and urging.may_be_drafted(
                question.connection, question.sources, question.sight, question.asked, found
            )
        elif not errors and visit.request.url.query:
            errors["document"] = say(
                "Name the document that they have not reported under, or the period that they report for."
            )
        offices, seen = question.sources.offices, question.sight.offices
        offered = [one for one in offices if seen is None or one.id in seen][:OFFICES_SHOWN]
        office = offices.find(question.asked.office)
    values = _values(visit)
    return Page(
        "report.html",
        {
            "kind": kind, "heading": heading, "width": _width,
            "title": reports.KINDS[kind], "says": reports.SAYS[kind], "values": values, "errors": errors,
            "fields": OF_REPORT[kind], "offered": offered, "office": office.name if office else values["office"],
            "periods": _periods(visit, str(values["period"])), "parts": [("", say("any")), *PART_WORDS.items()],
            "report": found, "here": f"{PATH}/{kind}", "about": paper.about(found) if found else [],
            "tables": _tables(visit, found) if found else [], "file": way(f"{PATH}/{kind}.xlsx", values),
            "issuer": paper.issuer_lines(found) if found else ("", ""), "nation": paper.NATION,
            "day": paper.place_and_day(found) if found else "", "signing": (paper.MAKER, paper.HEAD, paper.SIGN),
            "proof": paper.foot(found) if found else [], "may_save": may(visit.known, "export"),
            "letter": way(f"{PATH}/urging/letter", values) if has_letter else "",
            "onward": _onward(visit, kind, found, values) if found else [],
        },
    )  # fmt: skip


@contextmanager
def _asked(visit: Visit, kind: str) -> Iterator[Question]:
    """What is asked of the record that the visit looks at. Raises NotFound for a report that there is not."""
    if kind not in reports.KINDS:
        raise NotFound(say("There is no report {kind!r}; there is {known}", kind=kind[:40], known=list(reports.KINDS)))
    address = Address(visit.request.query_params)
    with visit.reading() as connection:
        sources = Sources.of(visit.known_rules(connection), visit.now(), visit.runtime.past)
        sight = visit.known.sight(sources.offices)
        asked = _read(kind, address, connection, sources, sight, visit)
        yield Question(connection, sources, sight, visit.now(), asked, address.errors)


def _read(kind: str, address: Address, connection: Connection, sources: Sources, sight: Sight, visit: Visit) -> Asked:
    """What the address asks of a report; what cannot be read is said beside its field."""
    fields = OF_REPORT[kind]
    office = address.office("office", sources.offices) if "office" in fields else None
    if kind == "follow-up" and office is None and "office" not in address.errors:
        office = _own(visit, sources)
    period = _period(address) if "period" in fields else None
    document, item = _document(address, connection, sight) if "document" in fields else (None, None)
    return Asked(
        office.id if office else None, period, address.choice("part", PARTS) if "part" in fields else None,
        address.flag("every"), document, item, address.text("form_period") or None, address.flag("overdue"),
    )  # fmt: skip


def _period(address: Address) -> Period | None:
    label, first, last = (address.text(name) for name in ("period", "from", "to"))
    if not (label or first or last):
        return None
    try:
        return periods.read_period(label if not (first or last) else "", first, last)
    except Incomplete as wrong:
        address.errors.update({name: say("{why}", why=why) for name, why in wrong.fields.items()})
        return None


def _document(address: Address, connection: Connection, sight: Sight) -> tuple[tuple[str, int] | None, int | None]:
    symbol, label = address.text("document"), address.text("item")
    if not symbol:
        if label:
            address.errors["item"] = say("an item is one of a document; name that too")
        return None, None
    try:
        document = documents.meant(connection, sight, symbol)
        key = document.cascade_id, document.number
        return key, documents.item_of(connection, document, label) if label else None
    except NotFound as wrong:
        address.errors["document"] = say("{why}", why=wrong.text)
    except Incomplete as wrong:
        address.errors.update({name: say("{why}", why=why) for name, why in wrong.fields.items()})
    return None, None


def _own(visit: Visit, sources: Sources) -> Office | None:
    """The office whose register is meant where none is named: of the person's own seat, else the one that runs it all."""
    mine = (sources.offices.find(seat[0]) for seat in visit.known.seats)
    return next((one for one in mine if one is not None), sources.offices.host)


def _values(visit: Visit) -> dict[str, object]:
    address = Address(visit.request.query_params)
    return {name: address.text(name) for name in _FIELDS}


def _periods(visit: Visit, chosen: str) -> list[tuple[str, Text]]:
    """The periods that a form offers, the newest first; one that was typed in the address is among them."""
    today = day_of(visit.now())
    found: list[Period] = []
    for kind in ("month", "quarter", "half_year", "nine_months", "year"):
        since = today.replace(day=1) - timedelta(days=31 * _MONTHS if kind == "month" else 366 * _YEARS)
        ones = windows((kind,), "nd09", since, date(today.year + 1, 12, 31))
        begun = [one for one in ones if one.opens_on <= today]
        found += [Period(one.opens_on, one.ends_on, one.label) for one in reversed(begun)]
    offered = [("", say("this month")), *((one.label, periods.words(one)) for one in found)]
    return offered if chosen in dict(offered) else [*offered, (chosen, say("{label}", label=chosen))]


def _tables(visit: Visit, report: Report) -> list[dict[str, object]]:
    """The tables with every cell in words, and each number with the list that it counts: of the same moment."""
    return [
        {
            "table": table, "columns": table.columns, "cut": max(len(table.rows) - _ROWS_SHOWN, 0),
            "rows": [_row(visit, table, row) for row in table.rows[:_ROWS_SHOWN]],
            "sum": _row(visit, table, table.sum) if table.sum and table.rows else None,
        }
        for table in report.tables
    ]  # fmt: skip


def _row(visit: Visit, table: Table, row: Row) -> dict[str, object]:
    cells = [{"column": one, "says": _cell(one, row), "way": _way(one, row)} for one in table.columns]
    about = visit.way("obligation", cascade=row.about[0], number=row.about[1]) if row.about else ""
    return {"cells": cells, "about": about, "depth": min(row.depth, _DEPTH_MAX)}


def _width(column: Column) -> str:
    """How much room a column has on the screen: the class of its cells."""
    if column.kind != "text":
        return "number" if column.kind == "number" else "short"
    if column.name in ("office", "level"):
        return "name"
    return "long" if column.width > _LONG else "middling" if column.width >= _MIDDLING else ""


def _cell(column: Column, row: Row) -> object:
    value = row.data.get(column.name)
    return value if column.kind == "number" and isinstance(value, int) else shown(column, row)


def _way(column: Column, row: Row) -> str:
    filters = row.lists.get(column.name)
    return way("/obligations", filters) if filters is not None and row.data[column.name] else ""


def _onward(visit: Visit, kind: str, report: Report, values: dict[str, object]) -> list[tuple[Text, str]]:
    """The same of other records: as it was known at the end of a period that has passed, and with and without what was
    corrected since."""
    here, typed = f"{PATH}/{kind}", Address(visit.request.query_params).text("as_of")
    if report.known == "then":
        return [(say("With every correction since"), way(here, {**values, "as_of": typed, "as_corrected": True}))]
    if report.known == "corrected":
        return [(say("As it was known then"), way(here, {**values, "as_of": typed}))]
    if report.period and kind == "four-groups" and report.period.until <= report.at:
        end = show_day(report.period.last)
        return [(say("As it was known at its end, {day}", day=end), way(here, {**values, "as_of": end}))]
    return []
