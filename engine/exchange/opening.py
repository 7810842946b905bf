"""An office's list of open tasks → one command for each document in it. The document is the unit: whole, or left out.

Pure: a table, the directory and the published workflows go in; documents and faults come out.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from engine.exchange.document_types import find_code
from engine.exchange.due_fields import before_by_words
from engine.exchange.issuing import suitable_workflow
from engine.exchange.opening_heads import HEADS
from engine.exchange.opening_rows import Reading, Task, mode_words
from engine.exchange.table_heads import Headed, find_heads
from engine.exchange.tables import Advance, Table, blank, unwatched
from workflows.commands import Actor, Issue, ItemDraft
from workflows.document_types import TYPES
from workflows.errors import CascadeError, Problem
from workflows.fields import show_day
from workflows.offices import Offices
from workflows.suggesting import Document as Suited
from workflows.text import say
from workflows.workflow import Workflows

TWO_DATES, SAME_TASK, NO_WORKFLOW = "I209", "I210", "I214"
MEANS = "opening"
_SUBJECT_MAX = 300  # letters of the first task, where the list has no column for the document's subject

Key = tuple[str, str, int]  # issuer, symbol, year


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the list: what its rows say together, as a command, and where they stand."""

    symbol: str
    issuer: str
    issued_on: date
    lines: tuple[int, ...]
    command: Issue

    @property
    def key(self) -> Key:
        return key_of(self.issuer, self.symbol, self.issued_on)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that is not whole: rows of it are faulty, or (`doubtful`) rows that may be of it."""

    name: str
    lines: tuple[int, ...]
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What a list gives: documents that are whole, those that are not, and every fault in the order of the file.

    `passed_over` are rows with nothing in the columns that are read; `unread` the headers of the other columns.
    """

    documents: tuple[Document, ...]
    left_out: tuple[LeftOut, ...]
    faults: tuple[Problem, ...]
    rows: int
    faulty_rows: int
    passed_over: tuple[int, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What was said beside the file: who records it, the workflow where several suit, how undated tasks are followed up."""

    by: Actor
    workflow: str | None = None
    mode: str = "once"


def read_opening(
    table: Table, offices: Offices, workflows: Workflows, choices: Choices, advance: Advance = unwatched
) -> Opening:
    """The documents of a table; `advance` is called for every row.

    Raises UnreadableDocument where its headers are not found.
    """
    headed = find_heads(table, HEADS)
    read = headed.columns.values()
    filled = [row for row in headed.rows if not blank([row[column] for column in read])]
    reading = Reading(headed, offices, mode_words(workflows), choices.mode)
    tasks = []
    for row in filled:
        tasks.append(reading.task(row))
        advance()
    groups = _grouped(tasks)
    for rows in groups.values():
        _compare(rows, headed)
    documents = []
    for rows in groups.values():
        if not any(task.faults for task in rows):
            try:
                documents.append(_document(rows, offices, workflows, choices))
            except CascadeError as error:  # no workflow, or several: the choice is missing, not a row
                says = error.text
                rows[0].faults.append(Problem(headed.source, rows[0].line, 1, NO_WORKFLOW, says))
    held_back = _held_back(tasks, groups)
    whole = tuple(one for one in documents if one.key not in held_back)
    faults = sorted((fault for task in tasks for fault in task.faults), key=lambda one: (one.line, one.column))
    return Opening(
        documents=whole,
        left_out=_left_out(tasks, groups, held_back),
        faults=tuple(faults),
        rows=len(tasks),
        faulty_rows=sum(bool(task.faults) for task in tasks),
        passed_over=tuple(sorted({row.line for row in headed.rows} - {row.line for row in filled})),
        unread=headed.unread,
    )


def command_id(issuer: str, symbol: str, issued_on: date) -> str:
    """A document has one id, however often the list is imported."""
    return ":".join(map(str, (MEANS, *key_of(issuer, symbol, issued_on))))


def key_of(issuer: str, symbol: str, issued_on: date) -> Key:
    """What makes a document the same one, however it is written: numbers restart every year, at every issuer."""
    plain = "".join(unicodedata.normalize("NFC", symbol).upper().split())
    return issuer, plain.lstrip("0"), issued_on.year


def _key(task: Task) -> Key | None:
    """The document a row belongs to; None where it does not say which."""
    if task.symbol is None or task.issuer is None or task.issued_on is None:
        return None
    return key_of(task.issuer, str(task.symbol), task.issued_on)


def _grouped(tasks: Iterable[Task]) -> dict[Key, list[Task]]:
    groups: dict[Key, list[Task]] = {}
    for task in tasks:
        key = _key(task)
        if key is not None:
            groups.setdefault(key, []).append(task)
    return groups


def _compare(rows: Sequence[Task], headed: Headed) -> None:
    """Rows of one document agree on its date, and none stands twice."""
    first = rows[0]
    seen: dict[tuple[object, ...], int] = {}
    for task in rows:
        if task.issued_on != first.issued_on and task.issued_on and first.issued_on:
            says = say(
                "dated {date}, and in line {line} the same document is dated {other}",
                date=show_day(task.issued_on), line=str(first.line), other=show_day(first.issued_on),
            )  # fmt: skip
            task.faults.append(Problem(headed.source, task.line, headed.place("issued_on"), TWO_DATES, says))
        said = (task.label, " ".join(task.text.split()), task.lead, task.due)
        if task.text and said in seen:
            says = say("the same task stands in line {line}", line=str(seen[said]))
            task.faults.append(Problem(headed.source, task.line, headed.place("text"), SAME_TASK, says))
        seen.setdefault(said, task.line)


def _document(rows: Sequence[Task], offices: Offices, workflows: Workflows, choices: Choices) -> Document:
    first = rows[0]
    assert first.symbol and first.issuer and first.issued_on  # noqa: PT018 - rows without them are in no group
    symbol, kind = str(first.symbol), find_code(first.symbol.notation) or "CV"
    subject = next((task.subject for task in rows if task.subject), None) or first.text
    command = Issue(
        id=command_id(first.issuer, symbol, first.issued_on),
        by=choices.by,
        symbol=symbol,
        type=kind if kind in TYPES else "CV",
        issuer=first.issuer,
        issued_on=first.issued_on,
        subject=" ".join(subject.split())[:_SUBJECT_MAX],
        items=tuple(_item(task, place) for place, task in enumerate(rows, 1)),
        workflow=suitable_workflow(
            Suited(kind, offices.get(first.issuer).level, subject=subject), workflows, choices.workflow, symbol
        )[0],
        means=MEANS,
    )
    return Document(symbol, first.issuer, first.issued_on, tuple(task.line for task in rows), command)


def _item(task: Task, place: int) -> ItemDraft:
    return ItemDraft(
        label=task.label or str(place),
        text=task.text,
        mode=task.mode,
        due=task.due,
        due_wording=task.due_wording,
        due_form="before" if task.due and before_by_words(task.due_wording) else None,
        lead=task.lead,
        support=task.support,
        officer=task.officer,
        note=task.note,
    )


def _held_back(tasks: Sequence[Task], groups: dict[Key, list[Task]]) -> dict[Key, tuple[int, ...]]:
    """The documents with a faulty row, or with one that may be of them (those lines): none of them is stored in part."""
    held: dict[Key, tuple[int, ...]] = {key: () for key, rows in groups.items() if any(task.faults for task in rows)}
    for place, task in enumerate(tasks):
        if task.faults and _key(task) is None:
            for key in _candidates(place, tasks, groups):
                held[key] = (*held.get(key, ()), task.line)
    return held


def _candidates(place: int, tasks: Sequence[Task], groups: dict[Key, list[Task]]) -> list[Key]:
    """The documents that a row may be of which does not say all of issuer, symbol and date.

    By its symbol, else by its date; a row that says neither goes with the rows around it, as in a list that names a
    document once.
    """
    task = tasks[place]
    symbol = key_of("", str(task.symbol), date.min)[1] if task.symbol else None
    if symbol is None and task.issued_on is None:
        above = next((key for one in reversed(tasks[:place]) if (key := _key(one))), None)
        below = next((key for one in tasks[place + 1 :] if (key := _key(one))), None)
        return [key for key in (above, below) if key is not None]
    return [
        key
        for key, rows in groups.items()
        if symbol in (None, key[1])
        and task.issuer in (None, key[0])
        and (task.issued_on is None or task.issued_on in {one.issued_on for one in rows})
    ]


def _left_out(
    tasks: Sequence[Task], groups: dict[Key, list[Task]], held_back: dict[Key, tuple[int, ...]]
) -> tuple[LeftOut, ...]:
    """The documents that are not stored, by name, and the rows that do not say whose they are, one by one."""
    found = [
        LeftOut(f"{rows[0].symbol} ({rows[0].issuer}, {key[2]})", tuple(task.line for task in rows), held_back[key])
        for key, rows in groups.items()
        if key in held_back
    ]
    found += [LeftOut(str(task.symbol or "?"), (task.line,)) for task in tasks if _key(task) is None]
    return tuple(sorted(found, key=lambda one: one.lines))
