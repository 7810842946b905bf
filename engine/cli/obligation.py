"""`cascade obligation`: what offices owe, to see and to act on."""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from engine.cli import form_page, obligation_page
from engine.cli.entry_words import what
from engine.cli.opening import cascade_named, opened, split_reference, world_of
from engine.cli.options import (
    AsOption,
    CascadeOption,
    CommandIdOption,
    DatabaseOption,
    JsonOption,
    LimitOption,
    actor,
    command,
    group,
)
from engine.cli.printing import cut, data, json_document, styled, table, talk
from engine.cli.wording import GROUP_WORDS, day_words, state_words, totals_words
from engine.execute import Answer
from engine.runtime import Runtime
from storage import directory
from storage.queries import entries as entry_lists
from storage.queries import groups
from storage.queries import obligations as lists
from workflows.acting import open_to
from workflows.commands import Act
from workflows.errors import Incomplete
from workflows.obligation import GROUPS
from workflows.workflow import Workflows

app = group("What each office owes under each item, and what may be done about it.")

_ENTRIES_MAX = 200  # of one act that are told


@command(
    app,
    "list",
    "cascade obligation list",
    "cascade obligation list --group open_overdue --office vp",
)
def list_obligations(
    cascade: Annotated[
        str, typer.Option("--cascade", "-c", metavar="ID", show_default=False, help="Only of this one.")
    ] = "",
    office: Annotated[
        str,
        typer.Option("--office", "-o", metavar="ID", show_default=False, help="Only what this office owes."),
    ] = "",
    time: Annotated[
        str,
        typer.Option("--group", "-g", metavar="GROUP", show_default=False, help=f"Only: {', '.join(GROUPS)}."),
    ] = "",
    state: Annotated[
        str, typer.Option("--state", "-s", metavar="STATE", show_default=False, help="Only in this state.")
    ] = "",
    limit: LimitOption = 200,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is owed, by whom, until when, and the count that adds up."""
    if time and time not in GROUPS:
        raise typer.BadParameter(f"{time!r} is not a group; groups are {', '.join(GROUPS)}", param_hint="--group")
    with opened(database) as found, found.database.reading() as connection:
        only = cascade_named(connection, cascade) if cascade else None
        if office:
            directory.read_offices(connection).get(office)
        if state:
            state = _state_named(found.executor.known(connection).workflows, state)
        wanted = lists.Wanted(only, office or None, time or None, state or None)
        page = lists.listed(connection, found.now(), wanted, limit)
        totals = groups.totals(connection, found.now(), only, office or None)
        workflows = found.executor.known(connection).workflows
        several = only is None and len({row.cascade for row in page.rows}) > 1
    if as_json:
        json_document(
            {
                "now": found.now(),
                "obligations": [asdict(row) for row in page.rows],
                "shown": len(page.rows),
                "total": page.total,
                "totals": {"total": sum(totals.values()), **totals},
            }
        )
        return
    if page.rows:
        heads = ["CASCADE", "N", "HOLDER", "DUE", "HOW IT STANDS", "STATE", "PART", "UNDER"]
        rows = [_row(row, workflows) for row in page.rows]
        table(heads if several else heads[1:], rows if several else [row[1:] for row in rows])
    else:
        talk("No such obligation." if sum(totals.values()) else "No obligation yet. See: cascade directive list")
    cut(len(page.rows), page.total, "obligations")
    data(totals_words(totals))


@command(app, "show", "cascade obligation show 12", "cascade obligation show 12 --as vp/leader")
def show(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    as_: AsOption = "",
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one obligation: what, whose, by when and why, what runs, who was told, what may be done."""
    text, wanted = split_reference(number, cascade, "N")
    by = actor(as_) if as_ else None
    with opened(database) as found, found.database.reading() as connection:
        chosen = cascade_named(connection, text)
        world = world_of(found, connection, chosen)
        page = obligation_page.read(connection, world, wanted, found.now(), by)
    if as_json:
        json_document(obligation_page.as_data(page))
    else:
        obligation_page.show(page)


@command(app, "form", "cascade obligation form vp 2023-Q3", "cascade obligation form vp 2023-Q3 --json")
def form(
    holder: Annotated[str, typer.Argument(metavar="HOLDER", show_default=False)],
    period: Annotated[str, typer.Argument(metavar="PERIOD", show_default=False)],
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what one form of an office has to answer for a period: items, windows, dates, and the returns to make."""
    with opened(database) as found, found.database.reading() as connection:
        world = world_of(found, connection, cascade_named(connection, cascade))
        page = form_page.read(connection, world, holder, period, found.now())
        if as_json:
            json_document(form_page.as_data(page))
        else:
            form_page.show(page)


@command(
    app,
    "do",
    "cascade obligation do receive 12 --as vp/clerk",
    "cascade obligation do report 12 --as vp/leader --ask symbol=15/BC-VP --ask sent_on=30/08/2023",
)
def do(
    action: Annotated[str, typer.Argument(metavar="ACTION", show_default=False)],
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    as_: AsOption = "",
    ask: Annotated[
        list[str] | None,
        typer.Option(
            "--ask",
            "-a",
            metavar="NAME=VALUE",
            show_default=False,
            help="What the action asks for.",
        ),
    ] = None,
    cascade: CascadeOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take an action on an obligation. What is open to whom: cascade obligation show N."""
    text, wanted = split_reference(number, cascade, "N")
    by, fields = actor(as_), _fields(ask or [])
    with opened(database) as found:
        with found.database.reading() as connection:
            chosen = cascade_named(connection, text)
        asked = Act(command_id or uuid.uuid4().hex, by, chosen, wanted, action, fields)
        try:
            [answer] = found.executor.execute([asked])
        except Incomplete as error:
            because = error.because.rstrip(".")
            raise Incomplete(error.asked, f"{because}. Give each as --ask NAME=VALUE", error.open_now) from None
        _answered(found, asked, answer, as_json)


def _fields(asked: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in asked:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE, such as sent_on=30/08/2023", param_hint="--ask")
        if name.strip() in found:
            raise typer.BadParameter(f"{name.strip()!r} is given twice", param_hint="--ask")
        found[name.strip()] = value.strip()
    return found


def _answered(found: Runtime, asked: Act, answer: Answer, as_json: bool) -> None:
    """What happened, how the obligation stands now, and what is open next."""
    with found.database.reading() as connection:
        world = world_of(found, connection, asked.cascade)
        after = world.obligation(asked.obligation)
        definition = world.workflow_of(after).definition
        wanted = entry_lists.Wanted(asked.cascade, after=answer.first_seq - 1, until=answer.last_seq)
        written = entry_lists.listed(connection, wanted, _ENTRIES_MAX)
        mine = open_to(world, asked)
        others = obligation_page.open_to_seats(world, after) if not mine else {}
    if as_json:
        json_document(
            {
                **asdict(answer),
                "obligation": after.number,
                "state": after.state,
                "group": after.group(found.now()),
                "due_at": after.due_at,
                "open": mine,
            }
        )
        return
    if answer.again:
        talk("Already done under this command id; nothing was done now.")
    for entry in written.entries:
        about = f"obligation {entry.obligation}: " if entry.obligation else ""
        data(f"{about}{what(entry)}")
    due = f", due {day_words(after.due_at)}" if after.open and after.due_at else ""
    talk(f"Obligation {after.number} is {state_words(definition, after.state)} now{due}.")
    if mine:
        talk(f"Open to {asked.by}: {', '.join(mine)}.")
    elif others:
        talk("Open now: " + "; ".join(f"{seat}: {', '.join(actions)}" for seat, actions in others.items()) + ".")


def _row(row: lists.ObligationLine, workflows: Workflows) -> list[str]:
    definition = workflows.get(row.workflow).definition
    standing = styled(GROUP_WORDS[row.group], "red") if row.group == "open_overdue" else GROUP_WORDS[row.group]
    state = definition.english.states.get(row.state) or definition.obligation.states.get(row.state, row.state)
    under = f"{row.symbol}, item {row.label} ({row.mode}{f', {row.period}' if row.period else ''})"
    due = day_words(row.due_at) if row.due_at else "-"
    return [row.cascade, str(row.number), row.holder, due, standing, state, row.part, under]


def _state_named(workflows: Workflows, text: str) -> str:
    """The state that a person means by its own word or by a label, as lists show it. Anything else is a usage error."""
    known: dict[str, str] = {}
    for workflow in workflows:
        definition = workflow.definition
        for name, label in definition.obligation.states.items():
            for word in (name, label, definition.english.states.get(name, name)):
                known.setdefault(word.casefold(), name)
    if text.casefold() not in known:
        names = ", ".join(dict.fromkeys(known.values()))
        raise typer.BadParameter(f"{text!r} is not a state; states are {names}", param_hint="--state")
    return known[text.casefold()]
