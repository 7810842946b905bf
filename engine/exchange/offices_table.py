"""The directory of offices as a table: one row an office, CSV or .xlsx in, CSV out. Checked as the YAML is, by it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from engine.exchange.office_names import plain
from engine.exchange.offices import offices_in
from engine.exchange.table_heads import Headed, Heads, find_heads, head, scoring
from engine.exchange.tables import Broken, Cell, Row, read_table
from workflows.errors import Problem
from workflows.offices import Office
from workflows.strict_yaml import Path, Plain
from workflows.text import Text, say
from workflows.words import ROLES

NO_ID, ID_TWICE, YES_OR_NO, CELL = "O130", "O131", "O132", "O133"

# After folding: small letters, no accents. The examples are the headers that are written.
HEADS: Heads = {
    "id": head(r"id|ma(?: so)?(?: (?:co quan|don vi))?", "id", needed=True),
    "name": head(r"name|ten(?: day du)?(?: (?:co quan|don vi))?|(?:co quan|don vi)", "name", needed=True),
    "short": head(r"short(?: name)?|label|(?:ten )?viet tat|ten (?:ngan|tat)", "short"),
    "level": head(r"level|cap(?: hanh chinh)?", "level", needed=True),
    "above": head(r"above|parent|(?:(?:co quan|don vi) )?cap tren(?: truc tiep)?|truc thuoc|thuoc", "above"),
    "outside": head(r"outside|(?:ben )?ngoai(?: he thong)?", "outside"),
    "host": head(r"host|(?:(?:co quan|don vi) )?chu quan|noi cai dat", "host"),
    "clerk": head(r"clerk|van thu", "clerk"),
    "officer": head(r"officer|nguoi thu ly|chuyen vien|can bo", "officer"),
    "leader": head(r"leader|head|lanh dao|thu truong", "leader"),
}
_TRUE = frozenset(("yes", "true", "x", "1", "co"))
_FALSE = frozenset(("no", "false", "0", "khong"))


def read_offices_table(data: bytes, source: str, sheet: str | None = None) -> list[Office]:
    """The offices of a table, in its order.

    Raises UnreadableDocument where it is no table with these headers, and InvalidDefinition naming every fault.
    """
    rows = _Rows(find_heads(read_table(data, source, scoring(HEADS), sheet), HEADS))
    return offices_in(rows, rows.problems, source)


def to_csv(offices: Iterable[Office]) -> str:
    """The directory as CSV, to be read again by `read_offices_table`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([one.example for one in HEADS.values()])
    for office in offices:
        flags = ["yes" if flag else "" for flag in (office.outside, office.host)]
        seats = [office.people.get(role, "") for role in ROLES]
        writer.writerow([office.id, office.name, office.short, office.level, office.above or "", *flags, *seats])
    return out.getvalue().rstrip("\n")


class _Rows:
    """The rows as the blocks of a directory file, and where each part of them stands."""

    def __init__(self, headed: Headed) -> None:
        self._headed = headed
        self._lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.data: Plain = {"offices": {id_: block for row in headed.rows for id_, block in self._block(row)}}

    def at(self, path: Path) -> tuple[int, int]:
        """The cell of `offices`, an id, a field and (under people) a role."""
        line = self._lines.get(str(path[1])) if len(path) > 1 else None
        field = str(path[-1]) if len(path) > 2 else "id"
        return line or self._headed.line, self._headed.place(field)

    def at_key(self, path: Path) -> tuple[int, int]:
        return self.at(path)

    def _block(self, row: Row) -> Sequence[tuple[str, Plain]]:
        texts = {field: self._text(row, field) for field in self._headed.columns}
        if not any(texts.values()):
            return ()
        id_ = texts.pop("id")
        if not id_:
            self._refuse(row, "id", NO_ID, say("the row has no id"))
            return ()
        if id_ in self._lines:
            line = str(self._lines[id_])
            self._refuse(row, "id", ID_TWICE, say("{id} stands in line {line} already", id=id_, line=line))
            return ()
        self._lines[id_] = row.line
        flags: Mapping[str, Plain] = {
            field: self._flag(row, field, text) for field in ("outside", "host") if (text := texts.pop(field, ""))
        }
        people: Mapping[str, Plain] = {role: text for role in ROLES if (text := texts.pop(role, ""))}
        block: dict[str, Plain] = {field: text for field, text in texts.items() if text}
        return ((id_, {**block, **flags, **({"people": dict(people)} if people else {})}),)

    def _text(self, row: Row, field: str) -> str:
        cell: Cell = self._headed.cell(row, field)
        if isinstance(cell, Broken):
            self._refuse(row, field, CELL, cell.says)
            return ""
        return " ".join(str(cell).split())

    def _flag(self, row: Row, field: str, text: str) -> bool:
        said = plain(text)
        if said not in _TRUE | _FALSE:
            self._refuse(row, field, YES_OR_NO, say("{text} is neither yes nor no", text=f'"{text}"'))
        return said in _TRUE

    def _refuse(self, row: Row, field: str, code: str, says: Text) -> None:
        self.problems.append(Problem(self._headed.source, row.line, self._headed.place(field), code, says))
