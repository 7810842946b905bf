"""The lists that auditors ask for by name: recorded late, corrected, only claimed, and what is not sealed outside yet."""

from collections.abc import Callable

from engine.entry_words import days_late
from engine.showing.entries import Reader, fact_of
from engine.web import entries as words
from engine.web.asked import way
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import moment_words
from storage.journal import Entry
from storage.queries import history, unsealed
from storage.queries.entry_filters import Wanted
from storage.queries.paging import NoSuchPage
from workflows.calendar import day_of, last_day
from workflows.facts import Corrected
from workflows.fields import show_day
from workflows.text import Text, say

routes = Routes()
ROWS, COUNTED_MAX = 50, 10_000
PATHS = {
    "late": "/journal/late",
    "corrected": "/journal/corrections",
    "claimed": "/journal/claimed",
    "unsealed": "/journal/unsealed",
}
Cells = Callable[[Reader, Entry], list[str]]


@routes.get("/journal/late", "look.journal")
def recorded_late(visit: Visit, cursor: str = "") -> Page:
    """What was recorded on a later day than it happened, and by how many days."""

    def cells(reader: Reader, one: Entry) -> list[str]:
        happened, recorded = show_day(last_day(one.happened_at)), moment_words(one.recorded_at)
        return [happened, recorded, f"{days_late(one):,}", reader.says(one)]

    heads = [say("Happened"), say("Recorded"), say("Days late"), say("What happened")]
    title, hint = say("Recorded late"), say("What was recorded on a later day than it happened, and by how many days.")
    return _page(visit, PATHS["late"], cursor, Wanted(late=True), (title, hint), heads, cells)


@routes.get("/journal/corrections", "look.journal")
def corrections(visit: Visit, cursor: str = "") -> Page:
    """What was corrected: the field, the old value and the new one, and why."""

    def cells(reader: Reader, one: Entry) -> list[str]:
        fact, names = fact_of(one), reader.names(one)
        if not isinstance(fact, Corrected):
            return [moment_words(one.recorded_at), reader.says(one), "", "", ""]
        old, new = names.written(fact.old) or "–", names.written(fact.new) or "–"
        return [moment_words(one.recorded_at), names.field(fact.field), old, new, fact.reason]

    heads = [say("Recorded"), say("Field"), say("Before"), say("After"), say("Reason")]
    title, hint = (
        say("Corrections"),
        say("Entries that were wrong, and what is right. The wrong ones stay as they are."),
    )
    return _page(visit, PATHS["corrected"], cursor, Wanted(kind="Corrected"), (title, hint), heads, cells)


@routes.get("/journal/claimed", "look.journal")
def only_claimed(visit: Visit, cursor: str = "") -> Page:
    """What was done by who was named at the command line alone."""

    def cells(reader: Reader, one: Entry) -> list[str]:
        return [moment_words(one.recorded_at), reader.says(one)]

    heads = [say("Recorded"), say("What happened")]
    title = say("Actors only claimed")
    hint = say("Done at the command line, by who only said to be this seat: with no password and no token.")
    return _page(visit, PATHS["claimed"], cursor, Wanted(claimed=True), (title, hint), heads, cells)


@routes.get("/journal/unsealed", "look.journal")
def not_sealed(visit: Visit, cursor: str = "") -> Page:
    """The chains whose newest entries no seal outside the database covers."""
    with visit.reading() as connection:
        try:
            found = unsealed.listed(connection, ROWS, cursor or None)
        except NoSuchPage:
            found = unsealed.listed(connection, ROWS)
        chains, total = unsealed.count(connection)
    return Page(
        "journal_unsealed.html",
        {
            "rows": [(one, way("/journal", {"cascade": one.chain}), f"/journal/{one.chain}/{one.first}") for one in found.rows],
            "chains": chains, "total": total, "begun": bool(cursor), "first": PATHS["unsealed"],
            "further": way(PATHS["unsealed"], {}, cursor=found.next) if found.next else "",
        },
    )  # fmt: skip


def _page(
    visit: Visit, path: str, cursor: str, wanted: Wanted, says: tuple[Text, Text], heads: list[Text], cells: Cells
) -> Page:
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        offices = known.offices.on(day_of(visit.now()))
        sight, reader = visit.known.sight(offices), Reader(offices, known.workflows)
        try:
            found = history.listed(connection, sight, wanted, ROWS, cursor or None)
        except NoSuchPage:
            found = history.listed(connection, sight, wanted, ROWS)
        total = history.count(connection, sight, wanted, COUNTED_MAX)
    return Page(
        "journal_list.html",
        {
            "title": says[0], "hint": says[1], "heads": heads, "total": total, "most": COUNTED_MAX,
            "rows": [(words.shown(visit, one, known, offices), cells(reader, one)) for one in found.rows],
            "begun": bool(cursor), "first": path, "further": way(path, {}, cursor=found.next) if found.next else "",
        },
    )  # fmt: skip
