"""Who has not yet reported under a document, by name: what an urging letter is written from."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import typer
from sqlalchemy import Connection

from engine.cli.opening import cascade_named, split_reference
from engine.cli.printing import cut, data, styled, table, talk
from engine.cli.wording import day_words
from engine.exchange.symbols import read_symbol
from engine.language import told
from storage.queries import unreported
from storage.queries.unreported import Document, Unreported
from workflows.calendar import Calendar, day_of, last_day
from workflows.errors import NotFound
from workflows.fields import show_day
from workflows.text import say, say_count
from workflows.world import World

_HINT = "SYMBOL|CASCADE/N"
_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class UrgingPage:
    """The document, and who has not reported under it, at an instant."""

    document: Document
    world: World
    now: datetime
    page: unreported.Page


def find(connection: Connection, text: str) -> Document:
    """The directive that a person means by its symbol, however it is spaced, or by CASCADE/N.

    Raises NotFound; several are a usage error that names them.
    """
    wanted = text.strip()
    found = unreported.documents(connection, wanted) or _read_tolerantly(connection, wanted)
    if not found and wanted.rpartition("/")[2].isdigit():
        named, number = split_reference(wanted, "", _HINT)
        found = unreported.documents(connection, cascade=cascade_named(connection, named), number=number)
    if not found:
        raise NotFound(say("No directive {symbol!r} in this database. See: cascade directive list", symbol=wanted))
    if len(found) > 1:
        places = [f"{one.cascade_id}/{one.number} ({show_day(one.issued_on)})" for one in found[:_NAMED_MAX]]
        more = say(", and more") if len(found) > _NAMED_MAX else ""
        said = say("several documents are {symbol}; name one: {places}{more}", symbol=wanted, places=places, more=more)
        raise typer.BadParameter(told(said), param_hint=_HINT)
    return found[0]


def _read_tolerantly(connection: Connection, text: str) -> list[Document]:
    """The directives with the same symbol written in another way: `2221 /ubnd-th`, `05/KH–SKHCN`."""
    meant = read_symbol(text)
    if meant is None:
        return []
    near = unreported.numbered(connection, meant.number.lstrip("0") or "0")
    return [one for one in near if (symbol := read_symbol(one.symbol)) and symbol.key == meant.key]


def show(page: UrgingPage) -> None:
    """Print the list, the longest due first, and how many they are."""
    document = page.document
    issuer = page.world.offices.find(document.issuer)
    data(f"{document.symbol}  {show_day(document.issued_on)}  {issuer.label if issuer else document.issuer}")
    if not page.page.total:
        talk(say("Nobody owes a report under {symbol}.", symbol=document.symbol))
        return
    heads = [say("N"), say("OFFICE"), say("OFFICER"), say("DUE"), say("DAYS OVERDUE"), say("STATE"), say("ITEM")]
    table([told(head) for head in heads], [_line(page, one) for one in page.page.rows])
    cut(len(page.page.rows), page.page.total, "obligations")
    offices = len({one.holder for one in page.page.rows})
    owed = say_count("{count} report is missing", "{count} reports are missing", page.page.total)
    by = say_count("of {count} office", "of {count} offices", offices)
    if len(page.page.rows) == page.page.total:
        data(told(say("{owed} {by}.", owed=owed, by=by)))


def as_data(page: UrgingPage) -> dict[str, Any]:
    return {
        "now": page.now,
        "directive": asdict(page.document),
        "calendar": page.world.opened.calendar,
        "unreported": [
            {
                **asdict(one),
                "office": _office(page, one),
                "officer": _officer(page, one),
                "overdue": overdue(one, page.now),
                "working_days_overdue": working_days_overdue(one, page.now, page.world.calendar),
            }
            for one in page.page.rows
        ],
        "shown": len(page.page.rows),
        "total": page.page.total,
    }


def overdue(one: Unreported, now: datetime) -> bool:
    """Is its date past? While the giver has to answer, it is judged by the moment its clock came to rest."""
    return one.due_at is not None and (one.rested_at or now) > one.due_at


def working_days_overdue(one: Unreported, now: datetime, calendar: Calendar) -> int:
    """The working days that have begun since the day it was due; 0 where it is not overdue."""
    if one.due_at is None or not overdue(one, now):
        return 0
    return calendar.between(last_day(one.due_at), day_of(one.rested_at or now))


def _line(page: UrgingPage, one: Unreported) -> list[str]:
    definition = page.world.workflows.get(one.workflow).definition
    state = definition.english.states.get(one.state) or definition.obligation.states.get(one.state, one.state)
    late = overdue(one, page.now)
    days = str(working_days_overdue(one, page.now, page.world.calendar)) if late else "-"
    due = day_words(one.due_at) if one.due_at else "-"
    item = f"{one.label} ({one.period})" if one.period else one.label
    return [str(one.number), _office(page, one), _officer(page, one) or "-", due,
            styled(days, "red") if late else days, state, item]  # fmt: skip


def _office(page: UrgingPage, one: Unreported) -> str:
    found = page.world.offices.find(one.holder)
    return found.label if found else one.holder


def _officer(page: UrgingPage, one: Unreported) -> str | None:
    """The officer the obligation names, else who sits in the office's seat for one."""
    found = page.world.offices.find(one.holder)
    return one.officer or (found.people.get("officer") if found else None)
