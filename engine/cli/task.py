"""`cascade task`: what the ladder asks persons to do, and the letters it asks for."""

import re
from dataclasses import asdict
from typing import Annotated

import typer

from engine.cli.opening import cascade_named, looking, split_reference, world_of
from engine.cli.options import CascadeOption, DatabaseOption, JsonOption, LimitOption, command, group
from engine.cli.printing import cut, data, json_document, table, talk
from engine.exchange.letters import drafted
from engine.showing.letter import letter_task, urging_of
from engine.wording import day_words, moment_words, task_words
from storage import directory
from storage.queries import tasks as task_lists
from workflows.calendar import day_of
from workflows.fields import show_day
from workflows.text import say

app = group("Persons' tasks that the ladder opened: calls, visits, letters.")

_REFERENCE = re.compile(r"(?P<obligation>.+?)(?:/(?P<task>[0-9]+(?:#[0-9]+)?\.[0-9]+))?")


@command(app, "list", "cascade task list", "cascade task list --office skhcn")
def list_tasks(
    cascade: Annotated[
        str, typer.Option("--cascade", "-c", metavar="ID", show_default=False, help="Only of this one.")
    ] = "",
    office: Annotated[
        str, typer.Option("--office", "-o", metavar="ID", show_default=False, help="Only those its people do.")
    ] = "",
    limit: LimitOption = 200,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the tasks that wait for a person, the oldest first.

    A task that was done is recorded: cascade obligation do record_task N --ask task=ID --ask done_on=DAY --ask note=TEXT
    """
    with looking(database) as (_, connection):
        only = cascade_named(connection, cascade) if cascade else None
        if office:
            directory.read_offices(connection).get(office)
        lines, total = task_lists.listed(connection, limit, only, office or None)
    if as_json:
        tasks = [{**asdict(line), "task": asdict(line.task)} for line in lines]
        json_document({"tasks": tasks, "shown": len(lines), "total": total})
        return
    if not lines:
        talk(say("No task waits for a person."))
        return
    several = len({line.cascade for line in lines}) > 1
    table(
        ["TASK", "SINCE", "HOLDER", "DUE", "WHAT"],
        [
            (f"{f'{line.cascade}/' if several else ''}{line.number}/{line.task.id}", moment_words(line.task.opened_at),
             line.holder, day_words(line.due_at), task_words(line.task))
            for line in lines
        ],
    )  # fmt: skip
    cut(len(lines), total, "tasks")


@command(app, "letter", "cascade task letter 12/4.1 > letter.txt")
def letter(
    reference: Annotated[str, typer.Argument(metavar="N[/TASK]", show_default=False)],
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the letter that a task asks for, drafted: to be numbered, signed and sent, then recorded.

    TASK may be left out where the obligation has one letter to write.
    """
    parts = _REFERENCE.fullmatch(reference)
    if parts is None:
        said = say("{text!r} is not N/TASK such as 12/4.1", text=reference)
        raise typer.BadParameter(said, param_hint="N[/TASK]")
    text, number = split_reference(parts["obligation"], cascade, "N[/TASK]")
    with looking(database) as (found, connection):
        world = world_of(found, connection, cascade_named(connection, text))
        one = world.obligation(number)
        task = letter_task(one, parts["task"])
        today = day_of(found.now())
        draft = drafted(urging_of(world, one, task, today))
    if as_json:
        json_document({"obligation": number, "task": asdict(task), "letter": draft})
        return
    data(draft)
    said = say(
        "Sent? cascade obligation do record_task {number} --as {seat} --ask task={id} --ask done_on={day}"
        ' --ask document=SYMBOL --ask note="..."',
        number=number, seat=f"{task.office}/{task.role}", id=task.id, day=show_day(today),
    )  # fmt: skip
    talk(said)
