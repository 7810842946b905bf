"""Values of the law in the words of a screen: plain English, with the Vietnamese label beside it."""

from collections.abc import Mapping
from datetime import datetime

from workflows.calendar import VIETNAM, day_end, last_day
from workflows.definition import Definition
from workflows.obligation import GROUPS, Task
from workflows.offices import Addressee, Offices
from workflows.text import Text, say

GROUP_WORDS: Mapping[str, str] = {
    "done_on_time": "done on time",
    "done_late": "done late",
    "open_in_time": "open in time",
    "open_overdue": "open overdue",
    "no_deadline": "no deadline",
    "info": "info",
    "void": "void",
}
PART_WORDS: Mapping[str, str] = {
    "lead": "lead (chủ trì)",
    "support": "support (phối hợp)",
    "info": "info (để biết)",
}


def day_words(at: datetime | None) -> str:
    """The day a deadline belongs to, with the hour where it is not the day's end."""
    if at is None:
        return "no date"
    day = last_day(at)
    return f"{day:%d/%m/%Y}" if at == day_end(day) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def moment_words(at: datetime | None) -> str:
    """A moment, to the minute, in Vietnam's time; the end of a day is called so."""
    if at is None:
        return "-"
    day = last_day(at)
    return f"end of {day:%d/%m/%Y}" if at == day_end(day) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def state_words(definition: Definition, state: str) -> str:
    """A state in English with its Vietnamese label."""
    label = definition.obligation.states.get(state, state)
    return f"{definition.english.states.get(state, state)} ({label})"


def mode_words(definition: Definition, mode: str) -> str:
    known = definition.undated_items.get(mode)
    return f"{definition.english.modes.get(mode, mode)}{f' ({known.label})' if known else ''}"


def rung_words(definition: Definition, number: int) -> str:
    """A rung's label; its English one where there is one."""
    english, rungs = definition.english.rungs, definition.ladder.rungs
    label = rungs[number - 1].label if 0 < number <= len(rungs) else f"rung {number}"
    return f"{english[number - 1]} ({label})" if 0 < number <= len(english) else label


def office_words(offices: Offices, office: str | None) -> str:
    """An office by id and label; the id alone where the directory does not know it."""
    found = offices.find(office)
    if found is None:
        return office or "-"
    return f"{found.id} ({found.label}{', outside' if found.outside else ''})"


def told_words(told: tuple[Addressee, ...]) -> str:
    return ", ".join(map(str, told)) or "nobody"


def task_words(task: Task) -> Text:
    """What is to be done, and by whom."""
    seat = f"{task.office}/{task.role}"
    if task.to:
        return say("{kind} to {office}, by {seat}", kind=task.kind, office=task.to, seat=seat)
    return say("{kind}, by {seat}", kind=task.kind, seat=seat)


def totals_words(totals: Mapping[str, int]) -> str:
    """The count that adds up: every group, and their sum."""
    parts = " + ".join(f"{GROUP_WORDS[group]} {totals[group]:,}" for group in GROUPS)
    return f"{parts} = {sum(totals.values()):,}"


def count_words(count: int, what: str) -> str:
    """`1 item`, `5 items`, `2 entries`."""
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what[:-1]}ies" if what.endswith("y") else f"{count:,} {what}s"


def short(text: str, most: int = 90) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
