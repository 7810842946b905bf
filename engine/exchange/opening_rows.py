"""One row of an office's list of open tasks → a task, with everything that is wrong with the row at once.

Codes of faults (I2..) are listed in engine/README.md. Pure: the directory and the modes go in as values.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.exchange import table_cells as cells
from engine.exchange.due_wordings import find_dues
from engine.exchange.office_names import named, plain
from engine.exchange.opening_heads import ENDED, HEADS
from engine.exchange.symbols import Symbol, find_symbols, read_symbol
from engine.exchange.table_heads import Headed
from engine.exchange.tables import Broken, Cell, Row
from engine.exchange.written_dates import find_date
from workflows.calendar import day_end, last_day
from workflows.errors import Problem
from workflows.fields import TEXT_MAX, YEARS, is_text, show_day
from workflows.offices import Office, Offices
from workflows.text import Text, say
from workflows.workflow import Workflow

BLANK, SYMBOL, DATE, NO_OFFICE, WHICH_OFFICE, OFFICE_TWICE = "I201", "I202", "I203", "I204", "I205", "I206"
MODE, TOO_EARLY, NO_TEXT, CELL, ENDED_ALREADY = "I207", "I208", "I211", "I212", "I213"

_NAMED_MAX = 5
_BETWEEN = re.compile(r"[;\n\r]+")


@dataclass(slots=True)
class Task:
    """What a row says. Parts that could not be read are None or empty, and then `faults` is not."""

    line: int
    symbol: Symbol | None = None
    issued_on: date | None = None
    issuer: str | None = None
    subject: str | None = None
    label: str | None = None
    text: str = ""
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    due: datetime | None = None
    due_wording: str | None = None
    mode: str | None = None
    officer: str | None = None
    note: str | None = None
    faults: list[Problem] = field(default_factory=list)


class Reading:
    """The reading of one table; offices and modes that were looked up are kept."""

    def __init__(self, headed: Headed, offices: Offices, modes: Mapping[str, str], default_mode: str) -> None:
        self._headed, self._offices, self._modes, self._default = headed, list(offices), modes, default_mode
        self._named: dict[str, list[Office]] = {}

    def task(self, row: Row) -> Task:
        """The task of a row; it goes on after a fault, to find them all."""
        one = _OneRow(self, self._headed, row)
        return one.read(self._modes, self._default)

    def named(self, name: str) -> list[Office]:
        """The offices that a name can mean."""
        if name not in self._named:
            self._named[name] = named(name, self._offices)
        return self._named[name]


def mode_words(workflows: Iterable[Workflow]) -> dict[str, str]:
    """The follow-up modes by every word that these workflows have for them."""
    words: dict[str, str] = {}
    for workflow in workflows:
        definition = workflow.definition
        for mode, undated in definition.undated_items.items():
            for word in (mode, undated.label, definition.english.modes.get(mode, mode)):
                words.setdefault(plain(word), mode)
    return words


class _OneRow:
    def __init__(self, reading: Reading, headed: Headed, row: Row) -> None:
        self._reading, self._headed, self._row = reading, headed, row
        self._task = Task(row.line)

    def read(self, modes: Mapping[str, str], default_mode: str) -> Task:
        task = self._task
        task.symbol, beside = self._symbol()
        task.issued_on = self._issued_on(beside)
        task.issuer = next(iter(self._offices("issuer", several=False)), None)
        task.subject, task.label, task.officer = self._text("subject"), self._text("label"), self._text("officer")
        task.text = self._text("text") or ""
        task.lead, task.support = self._offices("lead"), self._offices("support")
        for office in task.support:
            if office in task.lead:
                self._fault("support", OFFICE_TWICE, say("{office} leads it already", office=office))
        given = self._mode(modes)
        task.due, task.due_wording = self._due(undated=given is not None)
        task.mode = given or (None if task.due else default_mode)
        if task.due and task.issued_on and last_day(task.due) < task.issued_on:
            due, own = show_day(last_day(task.due)), show_day(task.issued_on)
            self._fault("due", TOO_EARLY, say("{due} is before the document's own date, {own}", due=due, own=own))
        task.note = self._note()
        return task

    # One cell

    def _cell(self, name: str) -> Cell:
        """What stands in a column; a cell that holds no value is a fault, and counts as empty."""
        cell = self._headed.cell(self._row, name)
        if isinstance(cell, Broken):
            self._fault(name, CELL, cell.says)
            return ""
        return cell

    def _text(self, name: str) -> str | None:
        """The words of a cell, or None where it is empty; a needed one must not be."""
        cell = self._cell(name)
        found = cell.strip() if isinstance(cell, str) else cells.shown(cell)
        if not found:
            if HEADS[name].needed and not isinstance(self._headed.cell(self._row, name), Broken):
                self._fault(name, BLANK, say("{head} is blank", head=f'"{HEADS[name].example}"'))
            return None
        if len(found) > TEXT_MAX:
            self._fault(
                name,
                NO_TEXT,
                say("{length} letters; {most} is the most", length=f"{len(found):,}", most=f"{TEXT_MAX:,}"),
            )
            return None
        if not is_text(found):
            self._fault(name, NO_TEXT, say("it holds characters that are no text"))
            return None
        return found

    def _symbol(self) -> tuple[Symbol | None, date | None]:
        """The document's symbol, and the date that may stand beside it in the same cell."""
        written = self._text("symbol")
        if written is None:
            return None, None
        alone = read_symbol(written)
        found = [alone] if alone else list({one.symbol.key: one.symbol for one in find_symbols(written)}.values())
        if len(found) != 1:
            what = say("names several documents") if found else say("is no document symbol such as 304/TB-VPCP")
            self._fault("symbol", SYMBOL, say("{written} {what}", written=cells.quoted(written), what=what))
            return None, None
        beside = find_date(written)
        return found[0], beside.on if beside else None

    def _issued_on(self, beside: date | None) -> date | None:
        cell = self._headed.cell(self._row, "issued_on")
        if beside and cell == "":
            return beside
        if isinstance(cell, date):
            return self._in_years("issued_on", cell.date() if isinstance(cell, datetime) else cell)
        written = self._text("issued_on")
        if written is None:
            return None
        found = cells.day(written)
        if found is None:
            self._fault("issued_on", DATE, say("{written} is no date; write dd/mm/yyyy", written=cells.quoted(written)))
            return None
        return self._in_years("issued_on", found)

    def _due(self, *, undated: bool) -> tuple[datetime | None, str | None]:
        """The deadline and its wording. Words that give no date stand where the row says how it is followed up."""
        cell = self._headed.cell(self._row, "due")
        if isinstance(cell, date):
            return (cells.instant(cell) if self._in_years("due", cell) else None), None
        written = self._text("due")
        if written is None:
            return None, None
        on = cells.day(written)
        if on:
            return (day_end(on) if self._in_years("due", on) else None), None
        found = cells.moment(written)
        if found:
            return found, None
        worded = [one for one in find_dues(written, None) if one.wording == written and one.text]
        if len(worded) == 1 and (found := cells.moment(str(worded[0].text))):
            return found, written
        if undated:
            return None, written
        says = say("{written} is no date; write dd/mm/yyyy, or how it is followed up", written=cells.quoted(written))
        self._fault("due", DATE, says)
        return None, written

    def _in_years(self, name: str, day: date) -> date | None:
        """The day, unless its year cannot be meant: 9999 is how some lists say that there is no limit."""
        if YEARS[0] <= day.year <= YEARS[1]:
            return day
        self._fault(name, DATE, say("the year {year} cannot be meant", year=str(day.year)))
        return None

    def _mode(self, modes: Mapping[str, str]) -> str | None:
        written = self._text("mode")
        if written is None:
            return None
        found = modes.get(plain(written))
        if found is None:
            known = list(dict.fromkeys(modes.values()))
            says = say(
                "{written} is no way to follow a task up; there are {known}", written=cells.quoted(written), known=known
            )
            self._fault("mode", MODE, says)
        return found

    def _offices(self, name: str, *, several: bool = True) -> tuple[str, ...]:
        written = self._text(name)
        if written is None:
            return ()
        found: list[str] = []
        names = [one.strip() for one in _BETWEEN.split(written)] if several else [" ".join(written.split())]
        if not any(names):
            self._fault(name, BLANK, say("{written} names no office", written=cells.quoted(written)))
        for each in filter(None, names):
            matched = self._reading.named(each)
            if len(matched) == 1:
                if matched[0].id in found:
                    self._fault(name, OFFICE_TWICE, say("{office} is named twice", office=matched[0].id))
                found.append(matched[0].id)
            elif matched:
                ids = [one.id for one in matched[:_NAMED_MAX]]
                says = say("{written} can be {ids}; write the id", written=cells.quoted(each), ids=ids)
                self._fault(name, WHICH_OFFICE, says)
            else:
                says = say("no office {written} in the directory: cascade office list", written=cells.quoted(each))
                self._fault(name, NO_OFFICE, says)
        return tuple(dict.fromkeys(found))

    def _note(self) -> str | None:
        """What the list says of progress, and its remark under it."""
        progress, remark = self._text("progress"), self._text("remark")
        if progress and plain(progress) in ENDED:
            says = say(
                "{written}: a task that has ended is no opening balance; take the row out",
                written=cells.quoted(progress),
            )
            self._fault("progress", ENDED_ALREADY, says)
        return "\n".join(part for part in (progress, remark) if part) or None

    def _fault(self, name: str, code: str, says: Text) -> None:
        headed = self._headed
        self._task.faults.append(Problem(headed.source, self._row.line, headed.place(name), code, says))
