"""Entries that were recorded on a later day than they happened, as a list that people ask for."""

import sys

from sqlalchemy import Connection

from engine.cli.printing import cut, data, json_document, table, talk
from engine.entry_words import days_late, entry_data, what, who
from storage.journal import Entry
from storage.queries import history
from storage.queries.entries import Page
from storage.queries.sight import EVERYTHING
from workflows.calendar import VIETNAM, last_day
from workflows.fields import show_day
from workflows.text import say


def read(connection: Connection, wanted: history.Wanted, limit: int) -> Page:
    """The newest late entries first, up to a limit, and how many there are altogether."""
    found = history.first(connection, EVERYTHING, wanted, limit)
    total = len(found) if len(found) < limit else history.count(connection, EVERYTHING, wanted, most=sys.maxsize)
    return Page(tuple(found), total)


def tell(page: Page, cascade: str | None, *, raw: bool, as_json: bool) -> None:
    """Print them, the newest first: as a table, as their stored bodies, or as one JSON document."""
    if as_json:
        shown = [{"cascade": one.cascade_id, **entry_data(one), "days_late": days_late(one)} for one in page.entries]
        json_document({"cascade": cascade, "entries": shown, "shown": len(shown), "total": page.total})
        return
    if raw:
        for entry in page.entries:
            data(entry.body)
    elif page.entries:
        heads = [
            say("CASCADE"),
            say("ENTRY"),
            say("HAPPENED"),
            say("RECORDED"),
            say("DAYS LATE"),
            say("WHO"),
            say("OBL"),
        ]
        table([*heads, say("WHAT")], [_line(entry) for entry in page.entries])
    else:
        talk(say("Nothing was recorded on a later day than it happened."))
    cut(len(page.entries), page.total, say("entries"))


def _line(entry: Entry) -> list[str]:
    recorded = f"{entry.recorded_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    happened = show_day(last_day(entry.happened_at))
    about = str(entry.obligation or "")
    return [entry.cascade_id, str(entry.seq), happened, recorded, str(days_late(entry)), who(entry), about, what(entry)]
