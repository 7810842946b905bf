"""An .xlsx workbook → the rows of one of its sheets. The only file that imports openpyxl."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from engine.exchange.errors import UnreadableDocument
from engine.exchange.tables import (
    COLUMNS_MAX,
    ROWS_MAX,
    Advance,
    Broken,
    Cell,
    Row,
    Table,
    blank,
    too_many_rows,
    unreadable,
)
from engine.exchange.workbook_guard import BROKEN, Survey, survey
from workflows.text import say

WHICH_SHEET = "T108"


def read_workbook(data: bytes, source: str, sheet: str | None, advance: Advance) -> Table:
    """The rows of the sheet that is named, or of the only one that is filled. Raises UnreadableDocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            surveys = survey(archive, source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out (colours, checks of input) is no value
            return _read(data, source, sheet, surveys, advance)
    except UnreadableDocument:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the parts of a broken archive make openpyxl stumble over
        said = " ".join(str(error).split())[:200] or type(error).__name__
        says = say("this is no workbook that can be read ({why}); save it as .xlsx again", why=said)
        raise unreadable(source, BROKEN, says) from None


def _read(data: bytes, source: str, sheet: str | None, surveys: dict[str, Survey], advance: Advance) -> Table:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        seen = [one for one in book.worksheets if one.sheet_state == "visible"]
        if sheet is not None:
            seen = [one for one in book.worksheets if one.title == sheet]
            if not seen:
                names = [one.title for one in book.worksheets]
                raise unreadable(
                    source, WHICH_SHEET, say("it has no sheet {sheet!r}; it has {names}", sheet=sheet, names=names)
                )
        filled = []
        for one in seen:
            looked_over = surveys.get(getattr(one, "_worksheet_path", ""), Survey())
            rows = tuple(_rows(one, looked_over, source, advance))
            if rows:
                filled.append(Table(source, rows, one.title))
    finally:
        book.close()
    if len(filled) > 1:
        names = [str(table.sheet) for table in filled]
        raise unreadable(
            source, WHICH_SHEET, say("several of its sheets are filled; name one with --sheet: {names}", names=names)
        )
    return filled[0] if filled else Table(source, ())


def _rows(sheet: Any, looked_over: Survey, source: str, advance: Advance) -> Iterator[Row]:
    """The rows that hold something; what is merged down stands in each of the rows that it covers."""
    tall = sorted(looked_over.tall, reverse=True)
    held: dict[int, tuple[int, Cell]] = {}
    count = 0
    # Sizes that a workbook states of itself are not trusted: rows and columns are bounded by what was seen.
    width = min(looked_over.width, COLUMNS_MAX)
    for line, read in enumerate(sheet.iter_rows(1, looked_over.lines, 1, width) if width else (), 1):
        cells = [_cell(one) for one in read]
        for column in looked_over.unvalued.get(line, ()):
            if column < width:
                cells[column] = Broken(say("its formula has no stored value; open the file in Excel and save it"))
        while tall and tall[-1][0] <= line:
            _, last, column = tall.pop()
            held[column] = (last, cells[column] if column < len(cells) else "")
        if blank(cells):
            continue
        for column, (last, value) in held.items():
            if line <= last and column < len(cells) and cells[column] == "":
                cells[column] = value
        count += 1
        advance()
        if count > ROWS_MAX:
            raise too_many_rows(source)
        yield Row(line, _trimmed(cells))


def _trimmed(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Without the empty cells at the end."""
    length = len(cells)
    while length and cells[length - 1] == "":
        length -= 1
    return tuple(cells[:length])


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return Broken(say("it shows the error {error}", error=str(value)))
    if isinstance(value, str | date | datetime):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
