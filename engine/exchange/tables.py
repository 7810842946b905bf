"""A spreadsheet or CSV file → its rows with their line numbers. Knows no column and no office; touches no disk.

Codes of what stands in the way of a whole file (T1..) are listed in engine/README.md.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.exchange.errors import UnreadableDocument
from workflows.errors import Problem
from workflows.text import Text, say

SIZE_MAX = 20 << 20  # bytes of a file
ROWS_MAX = 50_000  # rows that hold something
COLUMNS_MAX = 100  # columns that are looked at
HEADS_WITHIN = 20  # rows from the first, among which the headers are looked for

TOO_BIG, NO_TABLE, NOT_UTF8, TOO_MANY_ROWS, QUOTES = "T101", "T102", "T103", "T106", "T107"

_DELIMITERS = ",;\t"
_DELIMITER_SAID = re.compile(r"sep=(.)(?:\r\n|\r|\n)")  # what Excel writes and reads in a first line
_OTHER_FILES: tuple[tuple[bytes, Text], ...] = (
    (b"\xd0\xcf\x11\xe0", say("an old .xls workbook, or one with a password; save it as .xlsx without a password")),
    (b"%PDF-", say("a PDF file; give the spreadsheet it was made from")),
)
_OTHER_ENCODINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds something, and yet no value that can be used; `says` why."""

    says: Text


Cell = str | date | datetime | Broken  # an empty cell is ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something. `line` counts from 1: the sheet's row, or the line where a CSV record begins."""

    line: int
    cells: tuple[Cell, ...]

    def __getitem__(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file; `sheet` names the worksheet, where it is one."""

    source: str
    rows: tuple[Row, ...]
    sheet: str | None = None


Advance = Callable[[], None]
Score = Callable[[Sequence[Cell]], int]  # how many headers that the reader knows stand in a row


def unreadable(source: str, code: str, says: Text, line: int = 1, column: int = 1) -> UnreadableDocument:
    """The refusal of a whole file for one reason."""
    return refusal(source, [Problem(source, line, column, code, says)])


def refusal(source: str, problems: Sequence[Problem]) -> UnreadableDocument:
    """The refusal of a whole file, with every reason."""
    return UnreadableDocument(say("{source} cannot be used:", source=source), problems)


def unwatched() -> None:
    """A step of work that nobody waits for."""


def read_table(data: bytes, source: str, score: Score, sheet: str | None = None, advance: Advance = unwatched) -> Table:
    """The rows of an .xlsx workbook or a CSV text, told apart by their content; `advance` is called for each.

    A workbook with several filled sheets is read where `sheet` names one. Raises UnreadableDocument, saying why.
    """
    if len(data) > SIZE_MAX:
        says = say("the file is larger than {most} bytes; divide it", most=f"{SIZE_MAX:,}")
        raise unreadable(source, TOO_BIG, says)
    for signature, what in _OTHER_FILES:
        if data.startswith(signature):
            raise unreadable(source, NO_TABLE, say("this is {what}", what=what))
    if data.startswith(b"PK"):
        from engine.exchange.workbooks import read_workbook

        return read_workbook(data, source, sheet, advance)
    if sheet:
        raise unreadable(source, NO_TABLE, say("a CSV file has no sheets; leave --sheet out"))
    return _read_csv(_decoded(data, source), source, score, advance)


def blank(cells: Sequence[Cell]) -> bool:
    """Does the row hold nothing but white space?"""
    return not any(not isinstance(cell, str) or cell.strip() for cell in cells)


def too_many_rows(source: str) -> UnreadableDocument:
    return unreadable(source, TOO_MANY_ROWS, say("it has more than {most} rows; divide it", most=f"{ROWS_MAX:,}"))


def _decoded(data: bytes, source: str) -> str:
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            says = say("the text is in {encoding}; save it as CSV UTF-8", encoding=encoding)
            raise unreadable(source, NOT_UTF8, says)
    if b"\x00" in data:
        line = data.count(b"\n", 0, data.index(b"\x00")) + 1
        raise unreadable(source, NO_TABLE, say("it holds a NUL byte, so it is no text; save it as CSV UTF-8"), line)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        says = say("byte {byte} is not UTF-8; save it as CSV UTF-8, or give the .xlsx", byte=error.start + 1)
        raise unreadable(source, NOT_UTF8, says, line) from None


def _read_csv(text: str, source: str, score: Score, advance: Advance) -> Table:
    said = _DELIMITER_SAID.match(text)
    delimiter = said.group(1) if said else max(_DELIMITERS, key=lambda one: _headed(text, one, score))
    rows: list[Row] = []
    for row in _records(text, delimiter, source):
        advance()
        if row.line == 1 and said:
            continue
        if not blank(row.cells):
            rows.append(row)
        if len(rows) > ROWS_MAX:
            raise too_many_rows(source)
    return Table(source, tuple(rows))


def _headed(text: str, delimiter: str, score: Score) -> int:
    """The most headers that a row among the first holds, when the text is cut by this delimiter."""
    best = 0
    try:
        for place, row in enumerate(_records(text, delimiter, "")):
            if place >= HEADS_WITHIN:
                break
            best = max(best, score(row.cells))
    except UnreadableDocument:  # told where the whole text is read
        return best
    return best


def _records(text: str, delimiter: str, source: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(cells[:COLUMNS_MAX]))
            line = reader.line_num + 1
    except csv.Error as error:
        says = say("the record that begins here cannot be read: {why}; look at its quotes", why=str(error))
        raise unreadable(source, QUOTES, says, line) from None
