"""Lists of open tasks as offices keep them: spreadsheets that openpyxl writes, and CSV texts."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from engine.exchange.opening_heads import HEADS
from engine.exchange.table_heads import scoring
from engine.exchange.tables import Table, read_table
from tests.support.offices import DEPARTMENT, PROVINCE, unit

HEADERS = ("TT", "Số/ký hiệu văn bản", "Ngày văn bản", "Cơ quan ban hành", "Nội dung nhiệm vụ", "Đơn vị chủ trì",
           "Đơn vị phối hợp", "Thời hạn", "Người thụ lý", "Tiến độ", "Ghi chú")  # fmt: skip


def task_row(number: int, **changed: Any) -> list[Any]:
    """A good row of the tests' offices: two tasks to a document of the province, led by one unit each."""
    document = (number + 1) // 2
    row = {
        "number": number,
        "symbol": f"{document}/UBND-NC",
        "issued_on": "01/06/2023",
        "issuer": PROVINCE,
        "text": f"Nhiệm vụ số {number}",
        "lead": unit(1 + number % 8) if number % 3 else DEPARTMENT,
        "support": "",
        "due": "31/07/2023" if number % 4 == 0 else "29/09/2023",
        "officer": "Chuyên viên",
        "progress": "Đang thực hiện",
        "remark": "",
    }
    return list({**row, **changed}.values())


def workbook(*rows: Sequence[Any], merged: Sequence[str] = (), titles: Sequence[str] = ("Tasks",)) -> bytes:
    """An .xlsx file with these rows on its first sheet; the other sheets are empty."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = titles[0]
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    for title in titles[1:]:
        book.create_sheet(title)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same archive with one part put in, or in place of another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def read(data: bytes | str, sheet: str | None = None) -> Table:
    """The rows of a list, as the command reads them."""
    return read_table(data.encode() if isinstance(data, str) else data, "tasks", scoring(HEADS), sheet)
