"""A report as a value: tables of plain data, how each column says it, and the digest by which two reports are proved equal.

The data is the same in every language: codes, ids, numbers, days and instants. Words come with the columns.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import orjson

from engine.language import told
from engine.reporting.periods import Period
from storage.queries.heads import Heads
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.offices import Offices
from workflows.text import Text

Data = Mapping[str, Any]
Kind = Literal["text", "number", "day", "due"]
Known = Literal["now", "then", "corrected"]
CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True)
class Column:
    """A column: which value of the data it shows, its heading, and how wide it is on paper in letters. `says` puts a row's data
    in words where the plain value is none. A `due` is an instant shown as its day, with the hour where it has one."""

    name: str
    label: Text
    kind: Kind = "text"
    width: int = 12
    says: Callable[[Data], str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. `lists` are the filters of the list that a column's number counts; `about` the obligation that it is;
    `depth` how far it stands in."""

    data: Data
    lists: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    about: tuple[str, int] | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns. `sum` adds its rows up, where they are numbers."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sum: Row | None = None

    def lines(self) -> Iterator[Row]:
        """The rows, and the sum after them."""
        yield from self.rows
        if self.sum is not None:
            yield self.sum


@dataclass(frozen=True)
class Report:
    """A report of a moment. `issuer` is the office whose report it is; `known` says of which record: as it is now, as it was
    known at `at`, or what is known of `at` with every correction since. `asks` are the words of what was asked for, `notes`
    what a reader has to know, `then` what to do where it is empty."""

    kind: str
    title: Text
    issuer: str
    offices: Offices
    at: datetime
    known: Known
    tables: tuple[Table, ...]
    heads: Heads
    period: Period | None = None
    asks: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    then: Text | None = None

    @property
    def empty(self) -> bool:
        return not any(table.rows for table in self.tables)

    @cached_property
    def digest(self) -> str:
        """sha256 over the canonical rows, in hex: equal rows in the same order have the same, whatever the language."""
        return digest_of((table.name, [row.data for row in table.rows]) for table in self.tables)


def digest_of(tables: Iterable[tuple[str, Sequence[Data]]]) -> str:
    """The digest of rows, table by table: a line with the table's name, then a line for each row as canonical JSON (keys
    sorted, no spaces, UTF-8, days ISO, instants ISO with Z), each ended by a line feed."""
    hashed = hashlib.sha256()
    for name, rows in tables:
        hashed.update(orjson.dumps({"table": name}, option=CANONICAL) + b"\n")
        for row in rows:
            hashed.update(orjson.dumps(dict(row), option=CANONICAL) + b"\n")
    return hashed.hexdigest()


def heading(column: Column) -> str:
    """The heading of a column in the language in use, with a capital."""
    said = told(column.label)
    return said[:1].upper() + said[1:]


def shown(column: Column, row: Row) -> str:
    """A cell in words of the language in use; nothing where there is nothing."""
    if column.says is not None:
        return told(column.says(row.data))
    value = row.data.get(column.name)
    if value is None:
        return ""
    if isinstance(value, datetime):
        day = last_day(value)
        return f"{day:%d/%m/%Y}" if value == day_end(day) else f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return told(value) if isinstance(value, str) else str(value)


def as_data(report: Report) -> dict[str, Any]:
    """The report as one JSON object: what a program compares, and from which the digest can be worked out again."""
    period = report.period
    named = {one for table in report.tables for row in table.rows for one in _offices(row.data)}
    return {
        "report": report.kind,
        "title": report.title,
        "issuer": report.issuer,
        "period": {"label": period.label, "from": period.first, "to": period.last} if period else None,
        "at": report.at,
        "known": report.known,
        "asks": list(report.asks),
        "tables": [
            {
                "name": table.name,
                "columns": [{"name": one.name, "label": one.label} for one in table.columns],
                "rows": [dict(row.data) for row in table.rows],
                "sum": dict(table.sum.data) if table.sum else None,
            }
            for table in report.tables
        ],
        "offices": {one: found.name for one in sorted(named) if (found := report.offices.find(one))},
        "notes": list(report.notes),
        "digest": report.digest,
        "heads": {"hash": report.heads.hash, "chains": report.heads.chains, "entries": report.heads.entries,
                  "chain": report.heads.chain},
    }  # fmt: skip


def _offices(data: Data) -> Iterator[str]:
    for name in ("office", "holder", "giver", "unit", "issuer"):
        value = data.get(name)
        if isinstance(value, str):
            yield value
