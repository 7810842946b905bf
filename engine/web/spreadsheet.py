"""A list as a CSV file for a spreadsheet, in which nothing that a person wrote is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

from engine.exchange.cells import safe
from engine.language import told

_MARK = "\ufeff"  # by which Excel knows that it is UTF-8


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The answer that a browser keeps as a file."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([cell(one) for one in heads])
    writer.writerows([cell(one) for one in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_MARK + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def cell(value: object) -> object:
    """A value as it stands in the file: a number as it is, a text with an apostrophe before what would be a formula."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return safe(told(str(value) if not isinstance(value, str) else value))
