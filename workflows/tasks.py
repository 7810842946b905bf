"""What persons are asked to do beside the state machine: the tasks that a rung opens, and the officer who is named."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from workflows import parties
from workflows.calendar import day_of
from workflows.commands import Act
from workflows.errors import Incomplete, NotYours
from workflows.facts import Fact, OfficerNamed, TaskRecorded, Told
from workflows.fields import parse_day, show_day
from workflows.obligation import Obligation, Task
from workflows.text import say
from workflows.world import World

NAMING = {"officer": "text"}
RECORDING = {"task": "text", "done_on": "date", "note": "text"}
_LETTER = {"document": "document"}


def opened_by(rung: str, kind: str | None, told: Told, now: datetime) -> tuple[Task, ...]:
    """The tasks that a rung opens, one for each who is told. Who is outside is always written to."""
    asked = [(one, "letter" if one.letter_to else kind) for one in told]
    return tuple(
        Task(f"{rung}.{place}", what, one.office, one.role, now, one.letter_to)
        for place, (one, what) in enumerate(asked, 1)
        if what
    )


def recorders(obligation: Obligation) -> tuple[str, ...]:
    """The seats that may record a task: those it is for, and their offices' clerks."""
    if not obligation.tasks:  # to hear that there is none
        return ("holder.leader", "holder.officer", "holder.clerk", "giver.leader", "giver.clerk", "host.clerk")
    return tuple(dict.fromkeys(seat for task in obligation.tasks for seat in _seats(task)))


def _seats(task: Task) -> tuple[str, str]:
    return f"{task.office}/{task.role}", f"{task.office}/clerk"


def recording_of(task: Task) -> dict[str, str]:
    """What recording a task asks for: of a letter, its symbol too."""
    return RECORDING | (_LETTER if task.kind == "letter" else {})


def recording(obligation: Obligation, given: Mapping[str, str]) -> dict[str, str]:
    """What recording asks for, of the task that is meant."""
    task = next((one for one in obligation.tasks if one.id == given.get("task")), None)
    return recording_of(task) if task else RECORDING


def record_task(world: World, obligation: Obligation, command: Act, asked: str, now: datetime) -> Iterator[Fact]:
    """A task is done. Raises Incomplete for one that is not open or a day that cannot be, NotYours for another's."""
    given = command.fields
    task = next((one for one in obligation.tasks if one.id == given["task"]), None)
    if task is None:
        there = [f"{one.id} ({one.kind})" for one in obligation.tasks]
        none = say("no task of it is open")
        raise Incomplete(
            asked, say("no task {id} is open; there is {there}", id=given["task"], there=there) if there else none
        )
    if f"{command.by.office}/{command.by.role}" not in _seats(task):
        who = list(dict.fromkeys(_seats(task)))
        raise NotYours(asked, say("task {id} is for {who}, and you are {you}", id=task.id, who=who, you=command.by))
    done_on, opened_on = parse_day(given["done_on"]), day_of(task.opened_at)
    if done_on > day_of(now):
        raise Incomplete(asked, say("done_on {day} has not come yet", day=show_day(done_on)))
    if done_on < opened_on:
        early = say("done_on {day} is before {first}, the day the task was opened",
                    day=show_day(done_on), first=show_day(opened_on))  # fmt: skip
        raise Incomplete(asked, early)
    yield TaskRecorded(obligation.number, task.id, task.kind, done_on, given["note"], given.get("document"))


def name_officer(world: World, obligation: Obligation, command: Act) -> Iterator[Fact]:
    """The holder's leader says who does the work."""
    told = parties.told(world, ["holder.officer"], obligation)
    yield OfficerNamed(obligation.number, command.fields["officer"], told)
