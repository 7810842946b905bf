"""`cascade obligation relay`: work passed on by a direction on the processing slip (bút phê), without a document of its own."""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from engine import registering
from engine.cli.opening import cascade_named, opened, split_reference, world_of
from engine.cli.options import (
    AsOption,
    CascadeOption,
    CommandIdOption,
    DatabaseOption,
    DeputyOption,
    JsonOption,
    actor,
    instant,
)
from engine.cli.printing import data, json_document, talk
from engine.cli.progress import carried_out
from workflows.calendar import day_of
from workflows.commands import ItemDraft
from workflows.text import say, say_count


def relay(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    direction: Annotated[
        str, typer.Option(metavar="TEXT", show_default=False, help="The leader's direction, as it stands on the slip.")
    ],
    lead: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="OFFICE", show_default=False, help="Who leads; may be repeated."),
    ] = None,
    support: Annotated[
        list[str] | None,
        typer.Option("--support", metavar="OFFICE", show_default=False, help="Who supports; may be repeated."),
    ] = None,
    info: Annotated[
        list[str] | None,
        typer.Option("--info", metavar="OFFICE", show_default=False, help="Who is to know of it; may be repeated."),
    ] = None,
    due: Annotated[
        str, typer.Option(metavar="DAY", show_default=False, help="By when; else as the workflow says.")
    ] = "",
    mode: Annotated[
        str, typer.Option(metavar="MODE", show_default=False, help="How it is followed up where it has no date.")
    ] = "",
    officer: Annotated[
        str, typer.Option(metavar="NAME", show_default=False, help="The officer who is to do the work.")
    ] = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    cascade: CascadeOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Pass an obligation on by a direction on its processing slip. It goes under the symbol of the document it came by.

    By a document of one's own: cascade directive issue --under. The slip itself: cascade obligation slip N.
    """
    text, wanted = split_reference(number, cascade, "N")
    by = actor(as_, deputy)
    until = instant(due, "--due") if due else None
    with opened(database) as found:
        with found.database.reading() as connection:
            chosen = cascade_named(connection, text)
            world = world_of(found, connection, chosen)
            draft = ItemDraft("", "", mode or None, until, due.strip() or None, lead=tuple(lead or ()),
                              support=tuple(support or ()), info=tuple(info or ()), officer=officer or None)  # fmt: skip
            today = day_of(found.now())
            asked = registering.relayed(world, wanted, by, direction, today, command_id or uuid.uuid4().hex, draft)
        [answer] = carried_out(found.executor, [asked], silent=as_json)
    if as_json:
        json_document(asdict(answer))
        return
    made = say_count("{count} obligation", "{count} obligations", len(answer.obligations))
    if answer.again:
        talk(say("Already done under this command id; nothing was done now."))
    else:
        data(say("Obligation {number} is passed on by a direction on its slip: {made}.", number=wanted, made=made))
    talk(say("See them: cascade directive tree {cascade}", cascade=chosen))
