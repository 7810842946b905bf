"""Entries of the journal as commands print them: by any filter, in words, in the order asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.cli.printing import cut, data, json_document, table, talk
from engine.entry_words import days_late, entry_data
from engine.runtime import Runtime
from engine.showing.entries import Reader, fact_of
from storage.journal import Entry
from storage.queries import history, paging
from storage.queries.entry_filters import Wanted
from storage.queries.sight import EVERYTHING
from workflows.calendar import VIETNAM, last_day
from workflows.facts import Corrected
from workflows.fields import show_day
from workflows.text import Text, joined, say

COUNTED_MAX = 100_000  # up to which a whole list is counted


@dataclass(frozen=True, slots=True)
class How:
    """How a list is printed: how many, from which end, where it goes on, and in which form."""

    limit: int = 200
    oldest: bool = False
    cursor: str = ""
    raw: bool = False
    as_json: bool = False


def tell(found: Runtime, connection: Connection, wanted: Wanted, how: How, columns: str = "plain") -> None:
    """Print a list. `columns` is plain, late or corrected."""
    entries, cursor = _gathered(connection, wanted, how)
    cut_off = cursor is not None or bool(how.cursor)
    total = history.count(connection, EVERYTHING, wanted, COUNTED_MAX) if cut_off else len(entries)
    reader = reader_of(found, connection)
    if how.as_json:
        shown = [as_data(reader, one) for one in entries]
        json_document({"cascade": wanted.chain, "entries": shown, "shown": len(shown), "total": total, "next": cursor})
        return
    if how.raw:
        for one in entries:
            data(one.body)
    elif entries:
        heads, line = _TABLES[columns]
        table(list(heads), [line(reader, one) for one in entries])
    else:
        talk(
            say("Nothing was recorded on a later day than it happened.") if columns == "late" else say("No such entry.")
        )
    if cursor is not None:
        cut(len(entries), total, say("entries"), say("--limit, or go on with --cursor {cursor}", cursor=cursor))


def reader_of(found: Runtime, connection: Connection) -> Reader:
    known = found.executor.known(connection)
    return Reader(known.offices, known.workflows)


def as_data(reader: Reader, entry: Entry) -> dict[str, Any]:
    """An entry as JSON shows it: as it is stored, and in words."""
    line = reader.line(entry)
    return {
        "cascade": entry.cascade_id, **entry_data(entry), "says": line.says, "who": line.who, "person": line.person or None,
        "known_by": line.known_by, "notes": list(line.notes), "days_late": days_late(entry),
        "changed": [{"name": one.name, "before": one.before or None, "after": one.after or None}
                    for one in reader.changed(entry)],
    }  # fmt: skip


def said(reader: Reader, entry: Entry) -> Text:
    """What happened, with what has to be known beside."""
    line = reader.line(entry)
    if not line.notes:
        return joined([line.says])
    return say("{what}  [{notes}]", what=line.says, notes=joined(line.notes, "; "))


def who(reader: Reader, entry: Entry) -> str:
    line = reader.line(entry)
    return f"{line.who}, {line.person}" if line.person else line.who


def recorded(entry: Entry) -> str:
    return f"{entry.recorded_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _gathered(connection: Connection, wanted: Wanted, how: How) -> tuple[list[Entry], str | None]:
    """Up to as many as asked for, and where the next page begins."""
    entries, cursor = list[Entry](), how.cursor or None
    while True:
        most = min(paging.MOST, how.limit - len(entries))
        page = history.listed(connection, EVERYTHING, wanted, most, cursor, newest_first=not how.oldest)
        entries += page.rows
        cursor = page.next
        if cursor is None or len(entries) >= how.limit:
            return entries, cursor


def _key(entry: Entry) -> str:
    return f"{entry.cascade_id}/{entry.seq}"


def _plain(reader: Reader, entry: Entry) -> list[str]:
    about = str(entry.obligation or "")
    return [_key(entry), recorded(entry), who(reader, entry), about, said(reader, entry)]


def _late(reader: Reader, entry: Entry) -> list[str]:
    happened, late = show_day(last_day(entry.happened_at)), str(days_late(entry))
    return [
        _key(entry),
        happened,
        recorded(entry),
        late,
        who(reader, entry),
        str(entry.obligation or ""),
        reader.says(entry),
    ]


def _corrected(reader: Reader, entry: Entry) -> list[str]:
    fact = fact_of(entry)
    if not isinstance(fact, Corrected):
        return [_key(entry), recorded(entry), who(reader, entry), "", "", "", reader.says(entry)]
    names = reader.names(entry)
    old, new = names.written(fact.old) or "-", names.written(fact.new) or ""
    corrected = f"{entry.cascade_id}/{fact.seq}"
    return [
        _key(entry),
        recorded(entry),
        who(reader, entry),
        corrected,
        names.field(fact.field),
        f"{old} → {new}",
        fact.reason,
    ]


_TABLES: dict[str, tuple[Iterable[Text], Any]] = {
    "plain": ((say("ENTRY"), say("RECORDED"), say("WHO"), say("OBL"), say("WHAT")), _plain),
    "late": (
        (say("ENTRY"), say("HAPPENED"), say("RECORDED"), say("DAYS LATE"), say("WHO"), say("OBL"), say("WHAT")), _late,
    ),
    "corrected": (
        (say("ENTRY"), say("RECORDED"), say("WHO"), say("CORRECTS"), say("FIELD"), say("CHANGE"), say("REASON")), _corrected,
    ),
}  # fmt: skip
