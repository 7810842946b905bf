"""The overview for leaders: how everything stands, per office, level and month; what is longest overdue; what changed."""

from datetime import date, timedelta

from sqlalchemy import Connection

from engine.entry_words import what
from engine.execute import Known
from engine.labels import GROUP_WORDS
from engine.language import told
from engine.reporting import rollup
from engine.reporting.paper import heads_words
from engine.reporting.rollup import Row, Totals, Tree
from engine.web import charts, obligation_filters
from engine.web.asked import OFFICES_SHOWN, Address, way
from engine.web.charts import Bar
from engine.web.pages.obligations import shown
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage.queries import entries, heads, obligations
from storage.queries import overview as query
from storage.queries.filters import Wanted, subtree
from storage.queries.sight import Sight
from workflows.calendar import add_months, day_of, end_of_month, first_instant
from workflows.fields import show_day
from workflows.obligation import GROUPS
from workflows.offices import Office, Offices
from workflows.text import say

routes = Routes()
OLDEST, CHANGED = 10, 10
MONTHS_BACK, MONTHS_AHEAD = 9, 2
SINCE_DAYS = 7
_SHADES = (0.0, 0.1, 0.25, 0.5)  # shares of late ones from which a cell is a shade darker


@routes.get("/overview", "look.overview", past=True)
def overview(visit: Visit) -> Page:
    """Everything that is seen, or what an office and those below it have."""
    address, now = Address(visit.request.query_params), visit.now()
    today = day_of(now)
    since = address.day("since") or today - timedelta(days=SINCE_DAYS)
    months = [add_months(today.replace(day=1), n) for n in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices  # also those of other days: a list of what is below an office has them too
        sight, top = visit.known.sight(offices.on(today)), address.office("office", offices)
        within = subtree(connection, top.id) if top else None
        shown_months = tuple(f"{month:%Y-%m}" for month in months)
        tree = visit.counted.tree(
            (sight.offices, top.id if top else "", shown_months, known.version),
            query.mark(connection, now),
            lambda: Tree(offices, query.tallies(connection, now, sight, query.BY, within), shown_months),
        )
        made_from = heads_words(heads.seen(connection, sight))
        lists = {
            "oldest": _oldest(visit, connection, sight, top, known, offices),
            "changed": _changed(visit, connection, sight, top, since, known, offices),
        }
    labels = obligation_filters.labels_of(known.workflows)
    rows, by_month = tree.rows(top), tree.months
    here = {"office": top.id, "below": True} if top else {}
    return Page(
        "overview.html",
        {
            "top": top, "crumbs": _crumbs(top, offices), "errors": address.errors, "now": now, "since": since,
            "typed": {name: address.text(name) for name in ("office", "since")},
            "offered": [one for one in offices.on(today) if sight.offices is None or one.id in sight.offices][:OFFICES_SHOWN],
            "groups": [(one, GROUP_WORDS[one], charts.swatch(one)) for one in GROUPS],
            "sum": _line(rollup.total_of(one.totals for one in rows), here),
            "rows": [_office(one) for one in rows],
            "levels": [(labels.levels.get(name, name), _line(tree.levels[name], {**here, "level": name}))
                       for name in sorted(tree.levels, key=lambda one: _place(one, labels.levels))],
            "months": [f"{one:%m/%Y}" for one in months],
            "heat": [(_office(one), _cells(one, months)) for one in rows],
            "trend": [(f"{month:%m/%Y}", _line(by_month[f"{month:%Y-%m}"], {**here, **_bounds(month)})) for month in months],
            "chart": _chart(months, by_month, here),
            "oldest_way": way("/obligations", {**here, "group": ("open_overdue",)}),
            "changed_way": way("/obligations", {**here, "since": show_day(since)}),
            "since_shown": show_day(since),
            "made_from": made_from, **lists,
        },
    )  # fmt: skip


def _oldest(
    visit: Visit, connection: Connection, sight: Sight, top: Office | None, known: Known, offices: Offices
) -> list[dict[str, object]]:
    wanted = Wanted(office=top.id if top else None, below=top is not None, groups=("open_overdue",))
    found = obligations.listed(connection, visit.now(), sight, wanted, "due", OLDEST)
    return [shown(visit, one, known, offices) for one in found.rows]


def _changed(
    visit: Visit, connection: Connection, sight: Sight, top: Office | None, since: date, known: Known, offices: Offices
) -> list[dict[str, object]]:
    """What changed last since a day, each with its newest entry in words."""
    wanted = Wanted(office=top.id if top else None, below=top is not None, changed_since=first_instant(since))
    found = obligations.listed(connection, visit.now(), sight, wanted, "changed", CHANGED).rows
    last = entries.last_about(connection, [(one.cascade, one.number) for one in found])
    rows = []
    for one in found:
        entry = last.get((one.cascade, one.number))
        changed = {"at": entry.recorded_at, "says": what(entry, known.workflows)} if entry else None
        rows.append({**shown(visit, one, known, offices), "changed": changed})
    return rows


def _crumbs(top: Office | None, offices: Offices) -> list[tuple[str, str]]:
    """From everything down to the office that is looked at."""
    if top is None:
        return []
    up = [(one.name, way("/overview", {"office": one.id})) for one in reversed(list(offices.way_up(top.id)))]
    return [(say("Overview"), "/overview"), *up]


def _of(row: Row) -> dict[str, object]:
    """The filters of what a row counts."""
    return {"office": row.id, "below": row.below}


def _office(row: Row) -> dict[str, object]:
    return {
        "name": row.office.name if row.office else row.id,
        "itself": not row.below and row.office is not None,
        "gone": row.office is None,
        "opens": way("/overview", {"office": row.id}) if row.opens else "",
        "line": _line(row.totals, _of(row)),
        "strip": charts.strip(row.totals),
    }


def _line(totals: Totals, filters: dict[str, object]) -> dict[str, object]:
    """A line of counts that adds up, each with the list that it counts."""
    parts = [
        (group, GROUP_WORDS[group], totals[group], way("/obligations", filters, group=(group,))) for group in GROUPS
    ]
    return {"parts": parts, "total": sum(totals.values()), "way": way("/obligations", filters)}


def _cells(row: Row, months: list[date]) -> list[dict[str, object] | None]:
    return [_cell(row.months.get(f"{month:%Y-%m}"), month, _of(row)) for month in months]


def _cell(totals: Totals | None, month: date, filters: dict[str, object]) -> dict[str, object] | None:
    """A cell of the grid: how many of those due in a month were late or are; darker where more are."""
    if totals is None or not (timed := rollup.timed_of(totals)):
        return None
    late = rollup.late_of(totals)
    shade = sum(late / timed > least for least in _SHADES)
    judged = tuple(group for group in GROUPS if group not in ("info", "void"))
    asked = {**filters, **_bounds(month)}
    return {"late": late, "timed": timed, "shade": shade, "late_way": way("/obligations", asked, group=rollup.LATE),
            "way": way("/obligations", asked, group=judged)}  # fmt: skip


def _bounds(month: date) -> dict[str, object]:
    return {"from": show_day(month), "to": show_day(end_of_month(month))}


def _chart(months: list[date], by_month: dict[str, Totals], here: dict[str, object]) -> object:
    def bar(month: date) -> Bar:
        asked = {**here, **_bounds(month)}
        totals = by_month[f"{month:%Y-%m}"]
        return Bar(f"{month:%m/%y}", totals, lambda group: way("/obligations", asked, group=(group,)))

    title, says = told(say("What fell due each month")), told(say("The same numbers stand in the table below."))
    return charts.stacked([bar(month) for month in months], title, says)


def _place(level: str, known: dict[str, str]) -> int:
    names = list(known)
    return names.index(level) if level in names else len(names)
