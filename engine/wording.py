"""Values of the law in the words of a screen: a label in the language in use, a date as people write it."""

from collections.abc import Mapping
from datetime import datetime

from engine.labels import TASK_WORDS, labelled
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.definition import Definition
from workflows.obligation import Task
from workflows.offices import Addressee, Offices
from workflows.text import Text, joined, say
from workflows.words import DATED

PART_WORDS: Mapping[str, Text] = {"lead": say("lead"), "support": say("support"), "info": say("info")}
DIRECTIVE_STATE_WORDS: Mapping[str, Text] = {
    "draft": say("draft"),
    "issued": say("issued"),
    "completed": say("completed"),
    "revoked": say("revoked"),
    "replaced": say("replaced"),
}
OUTCOME_WORDS: Mapping[str, Text] = {"fulfilled": say("fulfilled"), "void": say("void")}


def day_words(at: datetime | None) -> str:
    """The day a deadline belongs to, with the hour where it is not the day's end."""
    if at is None:
        return say("no date")
    day = last_day(at)
    return f"{day:%d/%m/%Y}" if at == day_end(day) else f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def by_when(due_at: datetime | None, planned_for: datetime | None, waits_for: str | None) -> str:
    """By when, in a list: the day, the planned day, or that it waits for an event; `-` where there is nothing."""
    if due_at:
        return day_words(due_at)
    if planned_for:
        return say("planned {day}", day=day_words(planned_for))
    return say("waits for: {event}", event=short(waits_for, 40)) if waits_for else "-"


def moment_words(at: datetime | None) -> str:
    """A moment, to the minute, in Vietnam's time; the end of a day is called so."""
    if at is None:
        return "-"
    day = last_day(at)
    if at == day_end(day):
        return say("end of {day}", day=f"{day:%d/%m/%Y}")
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def state_words(definition: Definition, state: str) -> str:
    """A state by its label."""
    return labelled(definition.state_labels.get(state, state), definition.english.states.get(state))


def directive_state_words(state: str) -> str:
    return DIRECTIVE_STATE_WORDS.get(state, state)


def mode_words(definition: Definition, mode: str) -> str:
    if mode == DATED:
        return say("dated")
    known = definition.undated_items.get(mode)
    return labelled(known.label if known else mode, definition.english.modes.get(mode))


def number_label(definition: Definition, name: str) -> str:
    """A number of reports by its label and what it counts in; its name where the workflow has no such number."""
    number = definition.numbers.get(name)
    if number is None:
        return name
    label = labelled(number.label, definition.english.numbers.get(name))
    return say("{label} ({unit})", label=label, unit=number.unit) if number.unit else label


def rung_words(definition: Definition, number: int, of: str = "holder") -> str:
    """A rung of the holder's ladder, or of the giver's, by its label."""
    english = definition.english.rungs if of == "holder" else definition.english.giver_rungs
    rungs = definition.rungs_of(of)
    if not 0 < number <= len(rungs):
        return say("rung {number}", number=number)
    return labelled(rungs[number - 1].label, english[number - 1] if number <= len(english) else None)


def office_words(offices: Offices, office: str | None) -> str:
    """An office by id and label; the id alone where the directory does not know it."""
    found = offices.find(office)
    if found is None:
        return office or "-"
    if found.outside:
        return say("{id} ({label}, outside)", id=found.id, label=found.label)
    return f"{found.id} ({found.label})"


def told_words(told: tuple[Addressee, ...]) -> str:
    """Whom something is told to, by seat; an outside office by the seat that drafts the letter."""
    return joined(map(addressee_words, told)) if told else say("nobody")


def addressee_words(one: Addressee) -> Text:
    """Who is told: the seat, its deputy where that is who hears, the letter where it is one."""
    seat = say("{seat}", seat=f"{one.office}/{one.role}")
    if one.deputy:
        seat = say("{seat} (deputy {deputy})", seat=seat, deputy=one.deputy)
    return say("{seat} (letter to {office})", seat=seat, office=one.letter_to) if one.letter_to else seat


def task_words(task: Task) -> Text:
    """What is to be done, and by whom."""
    seat = f"{task.office}/{task.role}"
    if task.to:
        return say(
            "{kind} to {office}, by {seat}", kind=TASK_WORDS.get(task.kind, task.kind), office=task.to, seat=seat
        )
    return say("{kind}, by {seat}", kind=TASK_WORDS.get(task.kind, task.kind), seat=seat)


def period_words(period: str) -> str:
    """A period as it is said; an event is known by its day."""
    kind, _, day = period.partition(" ")
    return say("event of {day}", day=day) if kind == "event" else period


def short(text: str, most: int = 90) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def size_words(size: int) -> Text:
    """A size as people read it."""
    if size < 1_000:
        return say("{count} bytes", count=size)
    if size < 1_000_000:
        return say("{count} kB", count=-(-size // 1_000))
    return say("{count} MB", count=f"{size / 1_000_000:.1f}")


def volume_words(count: int) -> str:
    """Bytes of a database, a backup or a disk as people read them."""
    return f"{count / (1 << 30):,.1f} GB" if count >= 1 << 30 else f"{count / (1 << 20):,.1f} MB"
