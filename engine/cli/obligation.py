"""`cascade obligation`: what offices owe, to see and to act on."""

import sys
import uuid
from dataclasses import asdict, replace
from typing import Annotated

import typer

from engine.cli import figures_page, form_page, obligation_diagram, obligation_files, obligation_page, slip
from engine.cli.opening import Then, cascade_named, looking, opened, split_reference, world_of
from engine.cli.options import (
    AsCorrectedOption,
    AsOfOption,
    AsOption,
    CascadeOption,
    CommandIdOption,
    DatabaseOption,
    DeputyOption,
    JsonOption,
    LimitOption,
    actor,
    command,
    group,
)
from engine.cli.printing import cut, data, json_document, styled, table, talk
from engine.cli.progress import carried_out
from engine.cli.relay import relay
from engine.entry_words import what
from engine.execute import Answer
from engine.labels import GROUP_WORDS, totals_words
from engine.looking_back import as_data
from engine.runtime import Runtime
from engine.showing import figures
from engine.showing import obligation as showing
from engine.wording import PART_WORDS, by_when, day_words, mode_words, state_words
from storage import directory
from storage.queries import entries as entry_lists
from storage.queries import groups
from storage.queries import obligations as lists
from storage.queries.filters import Wanted
from storage.queries.lines import ObligationLine
from storage.queries.sight import EVERYTHING
from workflows.acting import open_to
from workflows.commands import Act
from workflows.errors import Incomplete
from workflows.obligation import GROUPS
from workflows.text import joined, mark, say
from workflows.workflow import Workflows

app = group("What each office owes under each item, and what may be done about it.")

_ENTRIES_MAX = 200  # of one act that are told
_HEADS = (
    mark("CASCADE"), mark("N"), mark("HOLDER"), mark("DUE"), mark("HOW IT STANDS"), mark("STATE"), mark("PART"), mark("UNDER")
)  # fmt: skip


@command(
    app,
    "list",
    "cascade obligation list",
    "cascade obligation list --group open_overdue --office vp",
    "cascade obligation list --as-of 30/09/2023 --as-corrected",
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
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is owed, by whom, until when, and the count that adds up.

    With --as-of it is what was known at that moment, whatever was recorded since.
    """
    if time and time not in GROUPS:
        said = say("{group!r} is not a group; groups are {known}", group=time, known=list(GROUPS))
        raise typer.BadParameter(said, param_hint="--group")
    with looking(database, Then(as_of, as_corrected, cascade or None, as_json)) as (found, connection):
        only = cascade_named(connection, cascade) if cascade else None
        if office:
            directory.read_offices(connection).get(office)
        if state:
            state = _state_named(found.executor.known(connection).workflows, state)
        wanted = Wanted(only, office=office or None, groups=(time,) if time else (), state=state or None)
        shown = lists.walked(connection, found.now(), EVERYTHING, wanted, limit)
        full = len(shown) == limit
        total = lists.count(connection, found.now(), EVERYTHING, wanted, most=sys.maxsize) if full else len(shown)
        totals = groups.totals(connection, found.now(), only, office or None)
        workflows = found.executor.known(connection).workflows
        several = only is None and len({row.cascade for row in shown}) > 1
    if as_json:
        json_document(
            {
                **as_data(found.past),
                "now": found.now(),
                "obligations": [asdict(row) for row in shown],
                "shown": len(shown),
                "total": total,
                "totals": {"total": sum(totals.values()), **totals},
            }
        )
        return
    if shown:
        heads = [*map(say, _HEADS)]
        rows = [_row(row, workflows) for row in shown]
        table(heads if several else heads[1:], rows if several else [row[1:] for row in rows])
    else:
        none = say("No obligation yet. See: cascade directive list")
        talk(say("No such obligation.") if sum(totals.values()) else none)
    cut(len(shown), total, say("obligations"))
    data(totals_words(totals))


@command(app, "show", "cascade obligation show 12", "cascade obligation show 12 --as vp/leader")
def show(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    as_: AsOption = "",
    cascade: CascadeOption = "",
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one obligation: what, whose, by when and why, what runs, who was told, what may be done."""
    text, wanted = split_reference(number, cascade, "N")
    by = actor(as_) if as_ else None
    with looking(database, Then(as_of, as_corrected, text, as_json)) as (found, connection):
        chosen = cascade_named(connection, text)
        world = world_of(found, connection, chosen)
        page = showing.read(connection, world, wanted, found.now(), by)
        if found.past:
            page = replace(page, open_to={}, past=True)  # nobody acts in the past
    if as_json:
        json_document({**as_data(found.past), **obligation_page.as_data(page)})
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
    with looking(database) as (found, connection):
        world = world_of(found, connection, cascade_named(connection, cascade))
        page = form_page.read(connection, world, holder, period, found.now())
        if as_json:
            json_document(form_page.as_data(page))
        else:
            form_page.show(page)


@command(
    app,
    "figures",
    "cascade obligation figures 1",
    "cascade obligation figures 1 --period 2023-Q3 --number spent",
)
def show_figures(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    period: Annotated[
        str,
        typer.Option(
            "--period", metavar="PERIOD", show_default=False, help="Of what stands: which one; else the last."
        ),
    ] = "",
    only: Annotated[str, typer.Option("--number", metavar="NAME", show_default=False, help="Only this number.")] = "",
    cascade: CascadeOption = "",
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the figures of an obligation and of all below it: own shares, totals, who is missing, targets."""
    text, wanted = split_reference(number, cascade, "N")
    with looking(database, Then(as_of, as_corrected, text, as_json)) as (found, connection):
        world = world_of(found, connection, cascade_named(connection, text))
        page = figures.read(world, wanted, period, only)
    if as_json:
        json_document({**as_data(found.past), **figures_page.as_data(page)})
        return
    figures_page.show(page)
    if len(page.periods) > 1 and not period:
        talk(say("The last period is shown. Its periods: {known}", known=page.periods))


@command(
    app,
    "do",
    "cascade obligation do receive 12 --as vp/clerk",
    "cascade obligation do report 12 --as vp/leader --ask symbol=15/BC-VP --ask sent_on=30/08/2023",
    "cascade obligation do submit 12 --as vp/officer --ask summary=… --file evidence=minh-chung.pdf",
    "cascade obligation do accept 12 --as skhcn/leader --deputy vp/leader",
)
def do(
    action: Annotated[str, typer.Argument(metavar="ACTION", show_default=False)],
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    as_: AsOption = "",
    deputy: DeputyOption = "",
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
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            "-f",
            metavar="[FIELD=]PATH",
            show_default=False,
            help="A file given with it, for a field that asks one, or beside them.",
        ),
    ] = None,
    cascade: CascadeOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take an action on an obligation. What is open to whom: cascade obligation show N."""
    text, wanted = split_reference(number, cascade, "N")
    by, fields = actor(as_, deputy), _fields(ask or [])
    with opened(database) as found:
        with found.database.reading() as connection:
            chosen = cascade_named(connection, text)
        given = obligation_files.handed_in(found, file or [])
        asked = Act(command_id or uuid.uuid4().hex, by, chosen, wanted, action, fields, given)
        try:
            [answer] = carried_out(found.executor, [asked], silent=as_json)
        except Incomplete as error:
            because = say("{because}. Give each as --ask NAME=VALUE", because=error.because)
            raise Incomplete(error.asked, because, error.open_now) from None
        obligation_files.named(found, given)
        _answered(found, asked, answer, as_json)


command(
    app,
    "diagram",
    "cascade obligation diagram 9 --format svg --output obligation.svg",
    "cascade obligation diagram 7h2k9/9 > obligation.mmd",
)(obligation_diagram.diagram)

command(app, "attach", "cascade obligation attach 12 phu-luc.xlsx --as vp/clerk")(obligation_files.attach)
command(app, "files", "cascade obligation files 12", "cascade obligation files 12 --save ./ho-so")(
    obligation_files.files
)

command(app, "slip", "cascade obligation slip 12")(slip.slip)


def _fields(asked: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in asked:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            said = say("{given!r} is not NAME=VALUE, such as sent_on=30/08/2023", given=one)
            raise typer.BadParameter(said, param_hint="--ask")
        if name.strip() in found:
            raise typer.BadParameter(say("{name!r} is given twice", name=name.strip()), param_hint="--ask")
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
        mine = open_to(world, asked, found.now())
        others = showing.open_to_seats(world, after, found.now()) if not mine else {}
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
        talk(say("Already done under this command id; nothing was done now."))
    for entry in written.entries:
        happened = what(entry)
        about = say("obligation {number}: {what}", number=entry.obligation, what=happened)
        data(about if entry.obligation else happened)
    state = state_words(definition, after.state)
    due = say(", due {day}", day=day_words(after.due_at)) if after.open and after.due_at else ""
    talk(say("Obligation {number} is {state} now{due}.", number=after.number, state=state, due=due))
    if mine:
        talk(say("Open to {seat}: {actions}.", seat=asked.by, actions=mine))
    elif others:
        seats = "; ".join(f"{seat}: {', '.join(actions)}" for seat, actions in others.items())
        talk(say("Open now: {seats}.", seats=seats))


def _row(row: ObligationLine, workflows: Workflows) -> list[str]:
    definition = workflows.get(row.workflow).definition
    standing = styled(GROUP_WORDS[row.group], "red") if row.group == "open_overdue" else GROUP_WORDS[row.group]
    mode = joined(filter(None, [mode_words(definition, row.mode), row.period]))
    under = say("{symbol}, item {label} ({mode})", symbol=row.symbol, label=row.label, mode=mode)
    due, part = by_when(row.due_at, row.planned_for, row.waits_for), PART_WORDS.get(row.part, row.part)
    return [row.cascade, str(row.number), row.holder, due, standing, state_words(definition, row.state), part, under]


def _state_named(workflows: Workflows, text: str) -> str:
    """The state that a person means by its own word or by a label, as lists show it. Anything else is a usage error."""
    known: dict[str, str] = {}
    for workflow in workflows:
        definition = workflow.definition
        for name, label in definition.state_labels.items():
            for word in (name, label, definition.english.states.get(name, name)):
                known.setdefault(word.casefold(), name)
    if text.casefold() not in known:
        said = say(
            "{state!r} is not a state; states are {known}", state=text, known=list(dict.fromkeys(known.values()))
        )
        raise typer.BadParameter(said, param_hint="--state")
    return known[text.casefold()]


command(
    app,
    "relay",
    'cascade obligation relay 2 --to vp --support khtc --direction "VP tham mưu, báo cáo" --as skhcn/leader',
)(relay)
