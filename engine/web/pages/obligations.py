"""The list of obligations: every filter in the address, page after page; the same to be printed, and as a file."""

from fastapi import Response
from sqlalchemy import Connection

from engine.execute import Known
from engine.labels import GROUP_WORDS
from engine.reporting.paper import heads_words
from engine.web import obligation_filters, wordings
from engine.web.asked import OFFICES_SHOWN, Address
from engine.web.obligation_filters import SORT_WORDS, Filters, Labels
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.spreadsheet import csv_file
from engine.web.visit import Visit
from engine.wording import PART_WORDS, by_when, mode_words, short, state_words
from storage.queries import heads
from storage.queries import obligations as query
from storage.queries.lines import ObligationLine
from storage.queries.paging import NoSuchPage
from storage.queries.paging import Page as Lines
from workflows.calendar import VIETNAM, day_of
from workflows.errors import Incomplete
from workflows.obligation import GROUPS
from workflows.offices import Offices
from workflows.text import joined, say

routes = Routes()
ROWS, PRINTED_MAX = 50, 500
_TYPED = (
    "office",
    "from",
    "to",
    "since",
    "given_from",
    "given_to",
    "closed_from",
)  # shown again as typed where unreadable


@routes.get("/obligations", "look.obligation", past=True)
def obligations(visit: Visit, cursor: str = "", print: str = "") -> Page:  # noqa: A002  it is the word of the address
    """A page of the list, or with `print` all of it, up to five hundred rows."""
    with visit.reading() as connection:
        known, offices, labels, address, filters = _asked(visit, connection)
        sight, now = visit.known.sight(offices), visit.now()
        total = query.count(connection, now, sight, filters.wanted)
        if print:
            rows = tuple(query.walked(connection, now, sight, filters.wanted, PRINTED_MAX))
            lines, made_from = Lines(rows, None), heads_words(heads.seen(connection, sight))
        else:
            made_from = None
            lines = _page(connection, visit, filters, offices, cursor)
    asks = obligation_filters.in_words(filters, labels)
    return Page(
        "obligations_printed.html" if print else "obligations.html",
        {
            "rows": [shown(visit, one, known, offices) for one in lines.rows], "filters": filters, "labels": labels,
            "errors": address.errors, "typed": {name: address.text(name) for name in _TYPED},
            "total": total, "most": query.COUNTED_MAX, "now": now, "in_words": asks, "begun": bool(cursor),
            "further": filters.at(cursor=lines.next) if lines.next else "",
            "groups": [(one, GROUP_WORDS[one]) for one in GROUPS], "parts": PART_WORDS, "sorts": SORT_WORDS,
            "offered": [one for one in offices if sight.offices is None or one.id in sight.offices][:OFFICES_SHOWN],
            "may_save": visit.may("export"), "printed_max": PRINTED_MAX, "made_from": made_from,
        },
    )  # fmt: skip


@routes.get("/obligations.csv", "export")
def obligations_file(visit: Visit) -> Response:
    """The whole list as a file. Raises Incomplete where it is longer than one file holds."""
    with visit.reading() as connection:
        known, offices, _, _, filters = _asked(visit, connection)
        sight, now = visit.known.sight(offices), visit.now()
        if query.count(connection, now, sight, filters.wanted) >= query.COUNTED_MAX:
            raise Incomplete(
                say("save this list as a file"),
                say("it has {most} rows or more; narrow it by an office, a time or a group", most=query.COUNTED_MAX),
            )
        lines = query.walked(connection, now, sight, filters.wanted, query.COUNTED_MAX)
    heads = [say("Obligation"), say("Symbol"), say("Item"), say("What is owed"), say("Office"), say("Given by"), say("Part"),
             say("Officer"), say("Due"), say("Group"), say("State"), say("Received"), say("Report sent"),
             say("Closed")]  # fmt: skip
    rows = ([*_cells(one, known, offices)] for one in lines)
    return csv_file(f"nhiem-vu-{day_of(now):%Y%m%d}.csv", heads, rows)


def _asked(visit: Visit, connection: Connection) -> tuple[Known, Offices, Labels, Address, Filters]:
    known = visit.known_rules(connection)
    offices, labels = known.offices.on(day_of(visit.now())), obligation_filters.labels_of(known.workflows)
    address = Address(visit.request.query_params)
    return known, offices, labels, address, obligation_filters.read(address, offices, labels)


def _page(
    connection: Connection, visit: Visit, filters: Filters, offices: Offices, cursor: str
) -> Lines[ObligationLine]:
    """The page at a cursor; the first one where it is none of this list."""
    arguments = connection, visit.now(), visit.known.sight(offices), filters.wanted, filters.sort, ROWS
    try:
        return query.listed(*arguments, cursor or None)
    except NoSuchPage:
        return query.listed(*arguments)


def shown(visit: Visit, line: ObligationLine, known: Known, offices: Offices) -> dict[str, object]:
    """A line in words, for every list of obligations."""
    definition = known.workflows.get(line.workflow).definition
    rests = line.group == "open_in_time" and line.sent_at is not None
    return {
        "line": line,
        "text": short(line.text, 220),
        "chip": wordings.time_chip(line.group, line.due_at, rests, visit.now(), wordings.newest(known.calendars)),
        "state": state_words(definition, line.state),
        "part": PART_WORDS.get(line.part, line.part),
        "mode": joined(filter(None, [mode_words(definition, line.mode), line.period])),
        "holder": label(offices, line.holder),
        "giver": label(offices, line.giver),
        "by_when": by_when(line.due_at, line.planned_for, line.waits_for),
        "href": visit.way("obligation", cascade=line.cascade, number=line.number),
    }


def label(offices: Offices, office: str) -> str:
    """An office as a page names it."""
    found = offices.find(office)
    return found.name if found else office


def _cells(line: ObligationLine, known: Known, offices: Offices) -> list[object]:
    definition = known.workflows.get(line.workflow).definition
    moments = (
        f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if at else ""
        for at in (line.received_at, line.sent_at, line.closed_at)
    )
    due = by_when(line.due_at, line.planned_for, line.waits_for)
    return [
        f"{line.cascade}/{line.number}", line.symbol, line.label, line.text, label(offices, line.holder),
        label(offices, line.giver), PART_WORDS.get(line.part, line.part), line.officer or "", "" if due == "-" else due,
        GROUP_WORDS[line.group], state_words(definition, line.state), *moments,
    ]  # fmt: skip
