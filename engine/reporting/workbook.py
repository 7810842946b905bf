"""A report as a workbook (.xlsx) that is printed as an office prints: A4 landscape, its lines above, its place to sign below.

In Vietnamese, as it is kept. A day is a date and a count a number; what a person wrote is text, never a formula.
"""

import io
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from engine.language import speaking, told
from engine.reporting import paper
from engine.reporting.report import Column, Report, Row, Table, heading, shown
from workflows.calendar import VIETNAM, day_end, last_day

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FONT, _SIZE, _LINE = "Times New Roman", 11, 15.0
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a program may take for a formula
_CELL_MAX = 32_767  # characters of a cell: the format's own bound
_CUT = " […]"
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHEET = re.compile(r"[\[\]:*?/\\]")
_SHEET_MAX = 31
_LEFT_SHARE = 0.45


def workbook(report: Report) -> bytes:
    """The file. Each table has a sheet of its own, whole in itself."""
    from xlsxwriter.workbook import Workbook  # for who saves a workbook

    written = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with speaking("vi"), Workbook(written, options) as book:
        book.set_properties({"title": told(report.title), "comments": "\n".join(map(told, paper.foot(report)))})
        looks = _Looks(book)
        for table in report.tables:
            sheet = book.add_worksheet(_SHEET.sub(" ", told(table.title))[:_SHEET_MAX])
            _Page(sheet, looks, report, table).write()
    return written.getvalue()


class _Looks:
    """The formats, each made once."""

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}

    def __call__(self, **more: Any) -> "Format":
        key = tuple(sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": _FONT, "font_size": _SIZE, "valign": "vcenter", **more}
            )
        return self._made[key]

    def of_cell(self, kind: str, *, bold: bool, depth: int = 0, quoted: bool = False, hour: bool = False) -> "Format":
        """A cell of a table."""
        more: dict[str, Any] = {"border": 1, "text_wrap": True, "valign": "top"}
        if bold:
            more["bold"] = True
        if depth:
            more["indent"] = depth
        if quoted:
            more["quote_prefix"] = True
        if kind == "place":
            more |= {"align": "center", "num_format": "0"}
        elif kind == "number":
            more |= {"align": "right", "indent": 1, "num_format": "#,##0"}
        elif kind in ("day", "due"):
            more |= {"align": "center", "num_format": "dd/mm/yyyy hh:mm" if hour else "dd/mm/yyyy"}
        return self(**more)


class _Page:
    """One sheet, row after row from the top: the memory of a workbook holds no more than one."""

    def __init__(self, sheet: "Worksheet", looks: _Looks, report: Report, table: Table) -> None:
        self._sheet, self._look, self._report, self._table, self._row = sheet, looks, report, table, 0
        self._last = len(table.columns) - 1

    def write(self) -> None:
        self._set_up()
        self._heading()
        head = self._row
        self._heads()
        self._sheet.freeze_panes(self._row, 1)
        self._sheet.repeat_rows(head, self._row - 1)
        for row in self._table.rows:
            self._line(row, bold=False)
        if not self._table.rows:
            said = told(self._report.then or "")
            self._across(said, self._look(italic=True, text_wrap=True, border=1))
        if self._table.sum is not None and self._table.rows:
            self._line(self._table.sum, bold=True)
        self._foot()

    def _set_up(self) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.59, right=0.39, top=0.59, bottom=0.59)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        for place, column in enumerate(self._table.columns):
            sheet.set_column(place, place, column.width)
        digest, head = self._report.digest[:16], self._report.heads.short  # the blank ends the size before digits
        sheet.set_footer(f"&L&8 {digest} · {head}&R&8 Trang &P/&N")

    def _heading(self) -> None:
        above, issuer = paper.issuer_lines(self._report)
        centre = {"align": "center", "text_wrap": True}
        left, bold, plain = self._split(), self._look(bold=True, **centre), self._look(**centre)
        under = self._look(bold=True, underline=1, **centre)
        self._two(above.upper(), plain, paper.NATION[0], bold, left)
        self._two(issuer.upper(), bold, paper.NATION[1], under, left)
        self._two(
            "Số: ........./.........", plain, paper.place_and_day(self._report), self._look(italic=True, **centre), left
        )
        self._row += 1
        self._across(told(self._report.title).upper(), self._look(bold=True, font_size=14, **centre), 20)
        if len(self._report.tables) > 1:
            self._across(told(self._table.title), self._look(bold=True, **centre))
        for line in paper.about(self._report):
            self._across(told(line), self._look(italic=True, **centre))
        self._row += 1

    def _heads(self) -> None:
        look = self._look(bold=True, border=1, align="center", text_wrap=True, bg_color="#E7ECF3")
        high = max(_lines(heading(one), one.width, 1.15) for one in self._table.columns)
        self._sheet.set_row(self._row, _LINE * high + 4)
        for place, column in enumerate(self._table.columns):
            self._sheet.write_string(self._row, place, heading(column), look)
        self._row += 1
        small = self._look(border=1, align="center", italic=True, font_size=9)
        for place in range(len(self._table.columns)):
            self._sheet.write_string(self._row, place, f"({place + 1})", small)
        self._row += 1

    def _line(self, row: Row, *, bold: bool) -> None:
        cells = [self._cell(place, column, row, bold=bold) for place, column in enumerate(self._table.columns)]
        high = max(_lines(text, column.width) for text, column in zip(cells, self._table.columns, strict=True))
        # Whoever opens it would fit the heights anew, but not every program that prints does.
        self._sheet.set_row(self._row, _LINE * high + 3)
        self._row += 1

    def _cell(self, place: int, column: Column, row: Row, *, bold: bool) -> str:
        """Write a cell as what it is; how it reads."""
        value, depth = row.data.get(column.name), row.depth if place == 0 else 0
        if column.kind in ("day", "due") and isinstance(value, date):
            at, hour = _as_date(value)
            self._sheet.write_datetime(self._row, place, at, self._look.of_cell(column.kind, bold=bold, hour=hour))
            return "00/00/0000 00:00" if hour else "00/00/0000"
        if column.kind == "number" and isinstance(value, int):
            look = self._look.of_cell("place" if column.name == "no" else "number", bold=bold)
            self._sheet.write_number(self._row, place, value, look)
            return str(value)
        text = clean(shown(column, row))
        quoted = text.lstrip(" ").startswith(_FORMULA)
        self._sheet.write_string(
            self._row, place, text, self._look.of_cell("text", bold=bold, depth=depth, quoted=quoted)
        )
        return text

    def _foot(self) -> None:
        look = self._look(italic=True, text_wrap=True, font_size=10, valign="top")
        self._row += 1
        for note in self._report.notes:
            self._across(told(note), look)
        self._row += 1
        centre = {"align": "center", "text_wrap": True}
        left, bold, plain = self._split(), self._look(bold=True, **centre), self._look(italic=True, **centre)
        self._two(paper.MAKER, bold, paper.HEAD, bold, left)
        self._two(paper.SIGN, plain, paper.SIGN, plain, left)
        self._row += 5
        small = self._look(font_size=9, text_wrap=True, valign="top", font_color="#444444")
        for line in paper.foot(self._report):
            self._across(told(line), small)

    def _split(self) -> int:
        """The last column of the left half."""
        wide, sofar = sum(one.width for one in self._table.columns), 0
        for place, column in enumerate(self._table.columns[:-1]):
            sofar += column.width
            if sofar >= wide * _LEFT_SHARE:
                return place
        return max(self._last - 1, 0)

    def _two(self, left: str, left_look: "Format", right: str, right_look: "Format", split: int) -> None:
        widths = [one.width for one in self._table.columns]
        high = max(_lines(left, sum(widths[: split + 1])), _lines(right, sum(widths[split + 1 :])))
        self._sheet.set_row(self._row, _LINE * high + 2)
        self._merged(0, split, left, left_look)
        self._merged(split + 1, self._last, right, right_look)
        self._row += 1

    def _across(self, text: str, look: "Format", least: float = _LINE) -> None:
        text = clean(text)
        high = _lines(text, sum(one.width for one in self._table.columns))
        self._sheet.set_row(self._row, max(least, _LINE * high + 2))
        self._merged(0, self._last, text, look)
        self._row += 1

    def _merged(self, first: int, last: int, text: str, look: "Format") -> None:
        if first < last:
            self._sheet.merge_range(self._row, first, self._row, last, "", look)
        self._sheet.write_string(self._row, first, text, look)


def clean(text: str) -> str:
    """A text as a cell can hold it: without characters that no workbook holds, and cut, saying so, at the most it takes."""
    text = _NO_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= _CELL_MAX else text[: _CELL_MAX - len(_CUT)] + _CUT


def _as_date(value: date) -> tuple[datetime, bool]:
    """A day, or an instant in Vietnam's time with its hour where it has one."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day), False
    day = last_day(value)
    if value == day_end(day):
        return datetime(day.year, day.month, day.day), False
    return value.astimezone(VIETNAM).replace(tzinfo=None), True


def _lines(text: str, width: float, larger: float = 0.95) -> int:
    """How many lines a text takes in a column of so many letters."""
    return max(1, sum(max(1, math.ceil(len(part) * larger / max(width, 1))) for part in text.split("\n")))
