"""Which column of a table means what: headers found by their words, in any order, accents and case folded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.exchange.tables import HEADS_WITHIN, Cell, Row, Score, Table, refusal
from storage.folding import folded
from workflows.errors import Problem
from workflows.text import say

NO_HEADS, TWICE = "T109", "T110"
_HEAD_MAX = 80  # letters; a longer cell is no header
_REMARK = re.compile(r"\([^)]*\)")  # "Thời hạn (dd/mm/yyyy)"
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_COUNTING = re.compile(r"\(?[0-9]{1,2}\)?")
_FEWEST = 2  # headers; a row with fewer is taken for none


@dataclass(frozen=True, slots=True)
class Head:
    """A column that a reader knows: `words` it is called by, after folding; `example` as a person would write it."""

    words: re.Pattern[str]
    example: str
    needed: bool = False


Heads = Mapping[str, Head]


@dataclass(frozen=True, slots=True)
class Headed:
    """A table below its headers: where each field stands (columns from 0), and what is not read."""

    source: str
    line: int
    columns: Mapping[str, int]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]

    def cell(self, row: Row, field: str) -> Cell:
        """The cell of a field; empty where the table has no such column."""
        column = self.columns.get(field)
        return "" if column is None else row[column]

    def place(self, field: str) -> int:
        """The column to point at, from 1."""
        return self.columns.get(field, 0) + 1


def head(words: str, example: str, *, needed: bool = False) -> Head:
    return Head(re.compile(words), example, needed)


def scoring(heads: Heads) -> Score:
    """How many of these headers a row holds."""
    return lambda cells: len({field for cell in cells if (field := _meant(cell, heads))})


def find_heads(table: Table, heads: Heads) -> Headed:
    """The table below its header row, which may stand under a row of wider headings.

    Raises UnreadableDocument where no row looks like headers, a needed one is missing, or one stands twice.
    """
    best: dict[int, str] = {}
    at = -1
    above: Row | None = None
    for place, row in enumerate(table.rows[:HEADS_WITHIN]):
        found = _columns(row, above, heads)
        if len(set(found.values())) > len(set(best.values())):
            best, at = found, place
        above = row
    if len(set(best.values())) < _FEWEST:
        says = say(
            "none of the first {rows} rows holds the headers; write a row with {examples}",
            rows=HEADS_WITHIN, examples=[f'"{one.example}"' for one in heads.values() if one.needed],
        )  # fmt: skip
        raise refusal(table.source, [Problem(table.source, 1, 1, NO_HEADS, says)])
    header = table.rows[at]
    _refuse_faults(table.source, header.line, best, heads)
    unread = tuple(
        " ".join(str(cell).split()) for column, cell in enumerate(header.cells) if cell != "" and column not in best
    )
    rest = table.rows[at + 1 :]
    rest = rest[1:] if rest and _counts_columns(rest[0]) else rest
    return Headed(table.source, header.line, {field: column for column, field in best.items()}, unread, rest)


def _columns(row: Row, above: Row | None, heads: Heads) -> dict[int, str]:
    """The fields of a row of headers by column; what it leaves open may be said by the row above it."""
    own = {column: field for column, cell in enumerate(row.cells) if (field := _meant(cell, heads))}
    if above is None or not own:
        return own
    wider = {
        column: field
        for column, cell in enumerate(above.cells)
        if column not in own and row[column] == "" and (field := _meant(cell, heads)) and field not in own.values()
    }
    return {**wider, **own}


def _meant(cell: Cell, heads: Heads) -> str | None:
    if not isinstance(cell, str) or not cell or len(cell) > _HEAD_MAX:
        return None
    plain = _NOT_WORDS.sub(" ", folded(_REMARK.sub(" ", cell))).strip()
    return next((field for field, one in heads.items() if plain and one.words.fullmatch(plain)), None)


def _counts_columns(row: Row) -> bool:
    """The row under the headers of an official form: (1) (2) (3)."""
    written = [cell for cell in row.cells if cell != ""]
    return len(written) > _FEWEST and all(isinstance(one, str) and _COUNTING.fullmatch(one.strip()) for one in written)


def _refuse_faults(source: str, line: int, found: Mapping[int, str], heads: Heads) -> None:
    problems = []
    first: dict[str, int] = {}
    for column, field in sorted(found.items()):
        if field in first:
            says = say(
                "two columns mean {head}: {first} and {second}; rename one",
                head=f'"{heads[field].example}"', first=first[field] + 1, second=column + 1,
            )  # fmt: skip
            problems.append(Problem(source, line, column + 1, TWICE, says))
        first.setdefault(field, column)
    problems += [
        Problem(source, line, 1, NO_HEADS, say("there is no column {head}", head=f'"{one.example}"'))
        for field, one in heads.items()
        if one.needed and field not in first
    ]
    if problems:
        raise refusal(source, problems)
