"""Who has not yet reported under a document, by name: what an urging letter is written from."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import typer
from sqlalchemy import Connection

from engine.cli.opening import cascade_named, split_reference
from engine.cli.printing import cut, data, styled, table, talk
from engine.exchange.symbols import read_symbol
from engine.wording import day_words, state_words
from storage.queries import unreported
from storage.queries.unreported import Document, Unreported
from workflows.calendar import day_of, last_day
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
        raise typer.BadParameter(said, param_hint=_HINT)
    return found[0]


def _read_tolerantly(connection: Connection, text: str) -> list[Document]:
    """The directives with the same symbol written in another way: `2221 /UBND-TH`, `05/kh–skhcn`."""
    meant = read_symbol(text) or read_symbol(text.upper())
    if meant is None:
        return []
    near = unreported.numbered(connection, meant.number.lstrip("0") or "0")
    return [one for one in near if (symbol := read_symbol(one.symbol)) and symbol.key == meant.key]


def show(page: UrgingPage) -> None:
    """Print the list, the longest due first, and how many they are."""
    document, found = page.document, page.page
    issuer = page.world.offices.find(document.issuer)
    data(f"{document.symbol}  {show_day(document.issued_on)}  {issuer.label if issuer else document.issuer}")
    if found.rows:
        heads = (say("N"), say("OFFICE"), say("OFFICER"), say("DUE"), say("DAYS OVERDUE"), say("STATE"), say("ITEM"))
        table(heads, [_line(page, one) for one in found.rows])
        cut(len(found.rows), found.total, say("obligations"))
        data(say_count("{count} report is missing.", "{count} reports are missing.", found.total))
    else:
        talk(say("Nobody owes a report under {symbol} now.", symbol=document.symbol))
    if found.resting:
        talk(say_count("{count} more rests: it is paused, or its giver has to answer first.",
                       "{count} more rest: they are paused, or their giver has to answer first.",
                       found.resting))  # fmt: skip


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
                "overdue": _overdue(page, one),
                "working_days_overdue": _days_overdue(page, one),
            }
            for one in page.page.rows
        ],
        "shown": len(page.page.rows),
        "total": page.page.total,
        "resting": page.page.resting,
    }


def _overdue(page: UrgingPage, one: Unreported) -> bool:
    return one.due_at is not None and page.now > one.due_at


def _days_overdue(page: UrgingPage, one: Unreported) -> int:
    """The working days that have begun since the day it was due; none on the weekend after."""
    if one.due_at is None or not _overdue(page, one):
        return 0
    return page.world.calendar.between(last_day(one.due_at), day_of(page.now))


def _line(page: UrgingPage, one: Unreported) -> list[str]:
    definition = page.world.workflows.get(one.workflow).definition
    days = styled(f"{_days_overdue(page, one)}", "red") if _overdue(page, one) else "-"
    due = day_words(one.due_at) if one.due_at else "-"
    item = f"{one.label} ({one.period})" if one.period else one.label
    state = state_words(definition, one.state)
    return [str(one.number), _office(page, one), _officer(page, one) or "-", due, days, state, item]


def _office(page: UrgingPage, one: Unreported) -> str:
    found = page.world.offices.find(one.holder)
    return found.label if found else one.holder


def _officer(page: UrgingPage, one: Unreported) -> str | None:
    """The officer the obligation names, else who sits in the office's seat for one."""
    return one.officer or page.world.offices.holder(one.holder, "officer")
