"""Entries as rows of a table that a person reads: what each says, of whom, from where to where, and the hash that proves it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from engine.entry_words import days_late, on_behalf, person, what
from engine.kind_words import KIND_WORDS
from engine.language import told
from storage import archived, journal
from storage.journal import Entry
from workflows.calendar import VIETNAM
from workflows.directive import ADMINISTRATION
from workflows.offices import Offices
from workflows.text import Text, say
from workflows.workflow import Workflows

_PAGE = 2000  # entries in memory at a time
Cell = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its heading for people, what it holds, and how wide it is read well (characters)."""

    name: str
    heads: Text
    holds: type
    width: int


COLUMNS: Sequence[Column] = (
    Column("chain", say("Cascade"), str, 16),
    Column("seq", say("Entry"), int, 8),
    Column("kind", say("Kind"), str, 18),
    Column("kind_words", say("Kind, in words"), str, 22),
    Column("says", say("What"), str, 60),
    Column("office", say("Office"), str, 14),
    Column("office_name", say("Name of the office"), str, 30),
    Column("role", say("Role"), str, 10),
    Column("person", say("Person"), str, 20),
    Column("acted_for", say("Acted for"), str, 26),
    Column("happened_at", say("Happened"), datetime, 19),
    Column("recorded_at", say("Recorded"), datetime, 19),
    Column("days_late", say("Days recorded late"), int, 8),
    Column("directive", say("Directive"), int, 9),
    Column("symbol", say("Document"), str, 18),
    Column("cited", say("By document"), str, 18),
    Column("obligation", say("Obligation"), int, 10),
    Column("before", say("From state"), str, 16),
    Column("after", say("To state"), str, 16),
    Column("due_at", say("Date set"), datetime, 19),
    Column("asked_until", say("Date asked for"), datetime, 19),
    Column("reason", say("Reason"), str, 40),
    Column("command", say("Command"), str, 20),
    Column("workflow", say("Workflow"), str, 22),
    Column("simulated", say("In simulated time"), bool, 8),
    Column("hash", say("Hash"), str, 66),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None asks for all. `since` and `until` (excluded) bound when they were recorded."""

    chains: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    office: str | None = None
    kind: str | None = None

    def takes(self, entry: Entry) -> bool:
        return (
            (self.since is None or entry.recorded_at >= self.since)
            and (self.until is None or entry.recorded_at < self.until)
            and self.office in (None, entry.office)
            and self.kind in (None, entry.kind)
        )


def heads() -> list[str]:
    """The headings in the language in use."""
    return [told(column.heads) for column in COLUMNS]


def rows(
    connection: Connection, wanted: Wanted, workflows: Workflows, offices: Offices, passed_over: Callable[[], None]
) -> Iterator[list[Cell] | None]:
    """A row for each entry that is wanted, chain by chain and in order; None for one that was read and is not. `passed_over`
    hears of each that cannot be read."""
    chains = wanted.chains if wanted.chains is not None else archived.chains(connection)
    for chain in chains:
        symbols = {} if chain == ADMINISTRATION else archived.symbols(connection, chain)
        entries = journal.readable(connection, chain, passed_over=passed_over)
        while page := list(islice(entries, _PAGE)):
            numbers = sorted(
                {one.obligation for one in page if isinstance(one.obligation, int) and one.directive is None}
            )
            under = archived.directives_of(connection, chain, numbers)
            for entry in page:
                yield _fitting(_row(entry, symbols, under, workflows, offices)) if wanted.takes(entry) else None


def _row(
    entry: Entry, symbols: Mapping[int, str], under: Mapping[int, int], workflows: Workflows, offices: Offices
) -> list[Cell]:
    data, fact = _parts(entry)
    directive = under.get(entry.obligation) if entry.directive is None and entry.obligation else entry.directive
    found = offices.find(entry.office)
    return [
        entry.cascade_id,
        entry.seq,
        entry.kind,
        told(KIND_WORDS.get(entry.kind, entry.kind)),
        told(what(entry, workflows)),
        entry.office,
        found.name if found else None,
        entry.role,
        person(entry) or None,
        told(on_behalf(entry)) or None,
        entry.happened_at,
        entry.recorded_at,
        days_late(entry),
        directive,
        symbols.get(directive) if directive is not None else None,
        _cited(fact),
        entry.obligation,
        _text(fact.get("before")),
        _text(fact.get("after")) or _text(_inside(fact, "obligation").get("state")),
        _instant(fact.get("due_at")) or _instant(_inside(fact, "obligation").get("due_at")),
        _instant(_inside(fact, "request").get("until")) or _instant(fact.get("until")),
        _text(data.get("reason")) or _text(fact.get("reason")) or _text(_inside(fact, "request").get("reason")),
        _text(data.get("command")),
        _text(data.get("workflow")),
        data.get("simulated") is True,
        entry.hash,
    ]


def _fitting(row: list[Any]) -> list[Cell]:
    """The row with what each column holds: a value of another kind, which SQLite keeps, is shown as what it is or left out."""
    fitting: list[Cell] = []
    for column, value in zip(COLUMNS, row, strict=True):
        fits = value is None or isinstance(value, column.holds)
        fitting.append(value if fits else repr(value) if column.holds is str else None)
    return fitting


def _parts(entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body and its fact; nothing where they cannot be read: the row then has what the columns say."""
    try:
        read: Any = entry.data
    except (ValueError, TypeError):
        return {}, {}
    data = read if isinstance(read, dict) else {}
    fact = data.get("fact")
    return data, fact if isinstance(fact, dict) else {}


def _inside(fact: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = fact.get(name)
    return found if isinstance(found, dict) else {}


def _cited(fact: Mapping[str, Any]) -> str | None:
    """The document that an act cites: a report's symbol, what revoked or amended."""
    fields = fact.get("fields")
    given = dict(one for one in fields if isinstance(one, list) and len(one) == 2) if isinstance(fields, list) else {}
    return _text(fact.get("document")) or _text(given.get("symbol"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def local(value: datetime) -> datetime:
    """An instant as clocks show it in Vietnam, without its zone: spreadsheets know none."""
    return value.astimezone(VIETNAM).replace(tzinfo=None)
