"""A table of entries written as CSV, XLSX or Parquet, a row at a time; nothing that a person typed becomes a formula."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.archiving.rows import COLUMNS, Cell, heads, local
from engine.errors import Unreadable
from engine.exchange.cells import is_risky, safe
from engine.language import told
from workflows.text import say

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS_MAX = 1_048_576  # of XLSX, the headings among them
CELL_MAX = 32_767  # letters that a cell of XLSX takes
BATCH = 10_000  # rows of Parquet in memory
FORMATS = ("csv", "xlsx", "parquet")
_CUT = say("... (cut here: a cell takes no more; the archive has all of it)")
_MARK = "\ufeff"  # by which a spreadsheet knows that it is UTF-8


@dataclass(frozen=True, slots=True)
class Tabled:
    """What was written: rows, sheets, and cells that are too long for a sheet and were cut there."""

    rows: int
    sheets: int = 1
    cut: int = 0


Rows = Iterable[Sequence[Cell]]


def check_format(name: str) -> None:
    """Raises Unreadable, with what to install, where this installation cannot write a format."""
    if name == "parquet":
        try:
            import pyarrow.parquet  # noqa: F401  as large as all the rest: only for who asks for it
        except ImportError:
            said = say("Parquet needs pyarrow, which is not installed here: pip install 'directive-cascade[parquet]'")
            raise Unreadable(said) from None


def write_csv(path: Path, rows: Rows) -> Tabled:
    """UTF-8 with its mark, every text in quotes; instants as Vietnam's clocks show them."""
    count = 0
    with path.open("x", encoding="utf-8", newline="") as stream:
        stream.write(_MARK)
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow([safe(one) for one in heads()])
        for row in rows:
            writer.writerow([_csv_cell(one) for one in row])
            count += 1
    return Tabled(count)


def _csv_cell(value: Cell) -> str | int:
    if value is None:
        return ""
    if isinstance(value, bool):
        return told(say("yes")) if value else ""
    if isinstance(value, int):
        return value
    return f"{local(value):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else safe(value)


def write_xlsx(path: Path, rows: Rows, most: int = SHEET_ROWS_MAX) -> Tabled:
    """Sheets of at most `most` rows, each with its headings frozen and filters; instants are dates of Vietnam's clocks."""
    import xlsxwriter  # some 60 ms: for who asks for it

    book = xlsxwriter.Workbook(str(path), {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy hh:mm:ss", "tmpdir": str(path.parent),
    })  # fmt: skip
    bold, typed = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"quote_prefix": True})
    count = sheets = cut = 0
    sheet: Worksheet | None = None
    at = most
    for row in rows:
        if sheet is None or at >= most:
            sheets += 1
            sheet, at = _new_sheet(book, sheets, bold), 1
        for place, value in enumerate(row):
            cut += _xlsx_cell(sheet, at, place, value, typed)
        at += 1
        count += 1
    if sheet is None:
        sheets, _ = 1, _new_sheet(book, 1, bold)
    book.close()
    return Tabled(count, sheets, cut)


def _new_sheet(book: Any, number: int, bold: Any) -> "Worksheet":
    name = told(say("Journal"))
    sheet: Worksheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
    for place, head in enumerate(heads()):
        sheet.write_string(0, place, head, bold)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, SHEET_ROWS_MAX - 1, len(COLUMNS) - 1)
    return sheet


def _xlsx_cell(sheet: "Worksheet", row: int, place: int, value: Cell, typed: Any) -> int:
    """Write a cell as what it is; 1 where a text had to be cut."""
    if value is None or value is False:
        return 0
    if isinstance(value, bool):
        sheet.write_string(row, place, told(say("yes")))
    elif isinstance(value, int):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, local(value))
    else:
        text, long = value.replace("\0", ""), len(value) > CELL_MAX
        if long:
            text = f"{text[: CELL_MAX - 100]} {told(_CUT)}"
        # Written as a text in any case; the mark keeps it one when a person edits the cell.
        sheet.write_string(row, place, text, typed if is_risky(text) else None)
        return int(long)
    return 0


def write_parquet(path: Path, rows: Rows) -> Tabled:
    """Typed columns under the programs' names; instants in UTC, to the microsecond."""
    check_format("parquet")
    import pyarrow
    import pyarrow.parquet

    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        bool: pyarrow.bool_(),
        datetime: pyarrow.timestamp("us", "UTC"),
    }
    schema = pyarrow.schema([(column.name, kinds[column.holds]) for column in COLUMNS])
    count, held = 0, list[Sequence[Cell]]()
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for row in rows:
            held.append(row)
            count += 1
            if len(held) >= BATCH:
                writer.write_table(_batch(pyarrow, schema, held))
                held.clear()
        if held or not count:
            writer.write_table(_batch(pyarrow, schema, held))
    return Tabled(count)


def _batch(pyarrow: Any, schema: Any, held: Sequence[Sequence[Cell]]) -> Any:
    columns = zip(*held, strict=True) if held else [[] for _ in COLUMNS]
    arrays = [pyarrow.array(list(one), field.type) for one, field in zip(columns, schema, strict=True)]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


WRITERS: dict[str, Callable[[Path, Rows], Tabled]] = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}
