"""`cascade incident`: what rounds could not carry out; tried again now, or resolved by hand, with a reason."""

import uuid
from typing import Annotated

import typer

from engine.cli.opening import cascade_named, looking, opened, split_reference, world_of
from engine.cli.options import CascadeOption, CommandIdOption, DatabaseOption, JsonOption, LimitOption, command, group
from engine.cli.printing import data, json_document, pairs, table, talk
from engine.deeds import INSTALLER
from engine.incidents import answer, in_the_way
from engine.wording import moment_words
from storage.queries import troubles
from storage.queries.sight import EVERYTHING
from workflows.commands import AnswerIncident
from workflows.errors import NotFound, Unmet
from workflows.text import say

app = group("Incidents: list, show, retry, resolve.")
NumberArgument = Annotated[str, typer.Argument(metavar="N", show_default=False)]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", show_default=False, help="What was done; goes on the record.")
]


@command(app, "list", "cascade incident list")
def list_incidents(limit: LimitOption = 50, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the obligations whose time could not be carried out. Each is tried again by itself, after pauses that grow."""
    with looking(database) as (found, connection):
        rows, cursor = list[troubles.Incident](), None
        while len(rows) < limit:
            page = troubles.incidents(connection, found.now(), EVERYTHING, min(200, limit - len(rows)), cursor)
            rows += page.rows
            cursor = page.next
            if cursor is None:
                break
    if as_json:
        json_document({
            "incidents": [{"cascade": one.line.cascade, "number": one.line.number, "failures": one.failures,
                           "retry_at": one.retry_at, "error": one.error} for one in rows],
            "more": cursor is not None,
        })  # fmt: skip
        return
    if not rows:
        talk(say("Nothing failed: everything that fell due was carried out."))
        return
    table([say("OBLIGATION"), say("FAILED"), say("AGAIN AT"), say("WHAT STANDS IN THE WAY")],
          [(f"{one.line.cascade}/{one.line.number}", str(one.failures), moment_words(one.retry_at), one.error)
           for one in rows])  # fmt: skip
    if cursor is not None:
        talk(say("There are more: --limit"))


@command(app, "show", "cascade incident show 9")
def show(
    number: NumberArgument, cascade: CascadeOption = "", database: DatabaseOption = "", as_json: JsonOption = False
) -> None:
    """Show one: what stands in the way, when it is tried again, and what has run out."""
    part, obligation = split_reference(number, cascade, "N")
    with looking(database) as (found, connection):
        id_ = cascade_named(connection, part)
        one = troubles.incident(connection, found.now(), id_, obligation)
        if one is None:
            raise NotFound(say("Nothing of {number} waits to be tried again.", number=f"{id_}/{obligation}"))
        keys = [clock.key for clock in in_the_way(world_of(found, connection, id_), obligation, found.now())]
    if as_json:
        json_document({"cascade": id_, "number": obligation, "failures": one.failures, "retry_at": one.retry_at,
                       "error": one.error, "clocks": keys})  # fmt: skip
        return
    data(f"{id_}/{obligation}")
    pairs(
        [
            (say("failed"), str(one.failures)),
            (say("again at"), moment_words(one.retry_at)),
            (say("in the way"), one.error),
            (say("has run out"), ", ".join(keys) or say("cannot be derived while it stands so")),
        ],
        indent="  ",
    )


@command(app, "retry", 'cascade incident retry 9 --reason "The disk has room again"')
def retry(
    number: NumberArgument, reason: ReasonOption = "", cascade: CascadeOption = "", command_id: CommandIdOption = "",
    database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Try again now what time asks of an obligation. Where it fails again it waits as before, and this ends with exit 5."""
    _answer(number, "retry", reason, cascade, command_id, database, as_json=as_json)


@command(app, "resolve", 'cascade incident resolve 9 --reason "Told by telephone; the period was opened by hand"')
def resolve(
    number: NumberArgument, reason: ReasonOption = "", cascade: CascadeOption = "", command_id: CommandIdOption = "",
    database: DatabaseOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let what has run out count as done: a person has seen to it. Nobody is told of it, and it is not tried again."""
    _answer(number, "resolve", reason, cascade, command_id, database, as_json=as_json)


def _answer(number: str, how: str, reason: str, cascade: str, command_id: str, database: str, *, as_json: bool) -> None:
    if not reason.strip():
        raise typer.BadParameter(say("say why: --reason TEXT"), param_hint="--reason")
    part, obligation = split_reference(number, cascade, "N")
    with opened(database) as found:
        with found.database.reading() as connection:
            id_ = cascade_named(connection, part)
        asked = AnswerIncident(command_id or uuid.uuid4().hex, INSTALLER, id_, obligation, how, reason)
        became = answer(found.executor, asked)
    if as_json:
        json_document({"cascade": id_, "number": obligation, "over": became.over, "error": became.error})
    if not became.over:
        raise Unmet(say("carry out what time asks of {number}", number=f"{id_}/{obligation}"), became.error)
    if not as_json:
        done = say("It was carried out.") if how == "retry" else say("It is resolved; that is on the record.")
        talk(done)
