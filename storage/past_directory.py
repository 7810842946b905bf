"""The directory of offices as it was at an instant, as far as the administration's chain tells it.

The chain is walked backwards from the present directory: each change of it since then says what was there before. One
that does not (it is of an earlier release) is as far as one can see: the present directory is shown, and it is said so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from storage import bulk, directory, journal
from storage.journal import Entry
from storage.rows import json_text
from workflows.calendar import VIETNAM
from workflows.decoding import decoder
from workflows.directive import ADMINISTRATION
from workflows.facts import Administered
from workflows.offices import Office, Offices
from workflows.text import Text, say

# Details of a change: how many offices it changed, one as it was before, those that are new, and all before in their order.
CHANGED, WAS, NEW, ORDER = "changed", "was", "new", "order"
_EVER = datetime.min.replace(tzinfo=UTC)
_office = decoder(Office)


def change(before: Offices, after: Sequence[Office]) -> list[tuple[str, str]]:
    """What an entry has to say so that the directory before it can be told from the one after it."""
    there = {one.id: one for one in after}
    new = [one.id for one in after if before.find(one.id) is None]
    was = [one for one in before if there.get(one.id) != one]
    order = [one.id for one in before]
    said = [(CHANGED, str(len(new) + len(was)))]
    said += [(NEW, " ".join(new))] if new else []
    said += [(WAS, json_text(asdict(one))) for one in was]
    return [*said, (ORDER, " ".join(order))] if list(there)[: len(order)] != order else said


@dataclass(frozen=True, slots=True)
class Since:
    """The directory as it was from an instant on; `unknown` says why it may have been another one."""

    at: datetime
    offices: dict[str, Office]
    unknown: Text | None = None


def versions(connection: Connection, until: datetime | None = None) -> Iterator[Since]:
    """Every directory there was, the present one first, back to the one at `until`."""
    offices = {one.id: one for one in directory.read_offices(connection)}
    sqlite = connection.dialect.name == "sqlite"
    later, values = ("", ()) if until is None else (" AND recorded_at > ?", (bulk.instant(connection, until),))
    sql = f"{journal.ROWS.select} WHERE cascade_id = ?{later} ORDER BY seq DESC"
    for row in bulk.read(connection, sql, ADMINISTRATION, *values):
        entry = journal.ROWS.from_row(row, sqlite)
        fact = entry.fact
        if not isinstance(fact, Administered):
            continue
        if fact.what == "added" and fact.subject.startswith("office "):
            yield Since(entry.recorded_at, offices)
            offices = {id_: one for id_, one in offices.items() if id_ != fact.subject.removeprefix("office ")}
        elif fact.what == "imported" and fact.subject == "offices":
            yield Since(entry.recorded_at, offices)
            if not any(name == CHANGED for name, _ in fact.details):
                yield Since(_EVER, offices, _unknown(entry))
                return
            offices = _undone(dict(offices), fact)
    yield Since(_EVER, offices)


def as_of(connection: Connection, instant: datetime) -> tuple[list[Office], tuple[Text, ...]]:
    """The offices as they were, in their order, and what of that cannot be known."""
    *_, found = versions(connection, instant)
    return list(found.offices.values()), (found.unknown,) if found.unknown else ()


def _undone(offices: dict[str, Office], fact: Administered) -> dict[str, Office]:
    """The directory before an import."""
    order = list(offices)
    for name, value in fact.details:
        if name == NEW:
            for id_ in value.split():
                offices.pop(id_, None)
        elif name == WAS:
            one = _office(orjson.loads(value))
            offices[one.id] = one
        elif name == ORDER:
            order = value.split()
    return {id_: offices[id_] for id_ in order if id_ in offices}


def _unknown(entry: Entry) -> Text:
    return say(
        "The directory was replaced on {day}, by a release that did not write down what was there before: names, seats and"
        " deputies are shown as they were after that.", day=f"{entry.recorded_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    )  # fmt: skip


def write(target: Connection, offices: Sequence[Office], version: int) -> None:
    """Let these be the directory, at its version."""
    directory.write_offices(target, offices)
    bulk.update(target, "installation", ["id"], ["directory_version"], [(version, 1)])
