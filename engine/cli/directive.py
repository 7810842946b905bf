"""`cascade directive`: documents that order, from their text to the tree of what came of them."""

import uuid
from dataclasses import asdict, replace
from typing import Annotated

import typer

from engine import registering
from engine.cli import directive_changes, directive_looks, numbers, suggest, tree_page
from engine.cli.opening import (
    Then,
    cascade_named,
    draft_of,
    file_bytes,
    looking,
    opened,
    reading,
    split_reference,
    world_of,
)
from engine.cli.options import (
    AsCorrectedOption,
    AsOfOption,
    AsOption,
    CommandIdOption,
    DatabaseOption,
    DeputyOption,
    JsonOption,
    LimitOption,
    actor,
    command,
    day,
    group,
)
from engine.cli.printing import cut, data, json_document, table, talk
from engine.cli.progress import carried_out
from engine.exchange.dispatch import decode, read_dispatch, standing_doubts, to_dict, to_yaml
from engine.exchange.drafts import Doubt
from engine.exchange.issuing import Choices
from engine.exchange.proposals import propose
from engine.execute import Answer
from engine.language import told
from engine.looking_back import as_data
from engine.runtime import Runtime
from engine.wording import directive_state_words, short
from storage.queries import cascades as cascade_lists
from storage.queries.links import Registered
from workflows.commands import End, Issue
from workflows.errors import Conflict
from workflows.fields import show_day
from workflows.text import Text, mark, say, say_count

app = group("Directives: read a letter, issue it, see what came of it.")

_HEADS = (
    mark("CASCADE"), mark("N"), mark("SYMBOL"), mark("DATE"), mark("ISSUER"), mark("STATE"), mark("OPEN"), mark("SUBJECT")
)  # fmt: skip


@command(
    app,
    "read",
    "cascade directive read letter.txt > draft.yaml",
    "pdftotext letter.pdf - | cascade directive read -",
)
def read(
    file: Annotated[str, typer.Argument(metavar="FILE|-", show_default=False)],
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Read the text of a dispatch into a draft (YAML) that a person reviews. Nothing is stored.

    What the reader is not sure of are doubts: some have to be settled in the draft before it can be issued. A workflow
    that suits it is named in a comment.
    """
    with reading(file):
        draft = propose(read_dispatch(decode(file_bytes(file))))
    if as_json:
        json_document(to_dict(draft, told))
    else:
        data(to_yaml(draft, told, suggest.comment_on(draft, database)).rstrip())
    for doubt in draft.doubts:
        _tell_doubt(doubt)
    standing = len(standing_doubts(draft))
    items = say_count("{count} item", "{count} items", len(draft.items))
    cites = say_count("{count} cited document", "{count} cited documents", len(draft.cites))
    doubts = say_count("{count} doubt", "{count} doubts", len(draft.doubts))
    talk(say("Read: {items}, {cites}, {doubts}.", items=items, cites=cites, doubts=doubts))
    first = say_count(
        "Settle {count} blocking doubt in the draft first",
        "Settle {count} blocking doubts in the draft first",
        standing,
    )
    then = say("{first}; then: cascade directive issue DRAFT.yaml --as OFFICE/ROLE", first=first)
    talk(then if standing else say("Review it; then: cascade directive issue DRAFT.yaml --as OFFICE/ROLE"))


@command(
    app,
    "issue",
    "cascade directive issue draft.yaml --as skhcn/leader",
    "cascade directive issue draft.yaml --as skhcn/leader --number 61 --date 16/08/2023 --under 2",
)
def issue(
    file: Annotated[str, typer.Argument(metavar="DRAFT.yaml", show_default=False)],
    as_: AsOption = "",
    deputy: DeputyOption = "",
    under: Annotated[
        str,
        typer.Option("--under", metavar="N", show_default=False, help="The obligation it passes on: N or CASCADE/N."),
    ] = "",
    workflow: Annotated[
        str,
        typer.Option("--workflow", metavar="NAME", show_default=False, help="The workflow, where several suit."),
    ] = "",
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="OFFICE", show_default=False, help="Whose document it is.")
    ] = "",
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="OFFICE", show_default=False, help="Who leads; may be repeated."),
    ] = None,
    number: Annotated[
        str, typer.Option("--number", metavar="N", show_default=False, help="Its number, such as 61.")
    ] = "",
    date: Annotated[str, typer.Option("--date", metavar="DAY", show_default=False, help="Its own date.")] = "",
    replaces: Annotated[
        str,
        typer.Option(
            "--replaces", metavar="CASCADE/N", show_default=False, help="The directive it takes the place of."
        ),
    ] = "",
    open_work: Annotated[
        str,
        typer.Option(
            metavar="repoint|stop|keep", show_default=False, help="What becomes of open work under the replaced one."
        ),
    ] = "",
    continues: Annotated[
        str,
        typer.Option(
            "--continues",
            metavar="CASCADE",
            show_default=False,
            help="The cascade of the year before that it continues.",
        ),
    ] = "",
    attach: Annotated[
        bool, typer.Option("--attach", help="It is registered already: let its items rest on what this one names too.")
    ] = False,
    arrived: Annotated[
        str,
        typer.Option("--arrived", metavar="DAY", show_default=False, help="The day it reached its holders."),
    ] = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Issue a reviewed draft, or record a document that an outside office has issued.

    The same document issued twice is answered as the first time; nothing is done again.
    """
    by = actor(as_, deputy)
    draft = draft_of(file)
    with opened(database) as found:
        cascade, parent, parent_workflow = _parent(found, under or str(draft.issue.get("under") or ""))
        choices = Choices(
            by=by,
            cascade=cascade,
            parent=parent,
            parent_workflow=parent_workflow,
            workflow=workflow or None,
            issuer=issuer or None,
            to=tuple(to or ()),
            number=number or None,
            issued_on=day(date, "--date") if date else None,
            arrived_on=day(arrived, "--arrived") if arrived else None,
            command_id=command_id or None,
        )
        with found.database.reading() as connection:
            known = found.executor.known(connection)
            ready = registering.ready(connection, known, draft, choices, another=bool(command_id))
        asked, before = ready.prepared.issue, list(ready.known)
        for note in ready.prepared.notes:
            talk(note)
        if replaces:
            asked = _replacing(found, asked, replaces, open_work)
        if continues:
            with found.database.reading() as connection:
                asked = replace(asked, continues=cascade_named(connection, continues))
        if before and not attach:
            raise directive_changes.known_already(asked.symbol, before)
        if before:
            _attach(found, asked, before[0], as_json)
            return
        try:
            [answer] = carried_out(found.executor, [asked], silent=as_json)
        except Conflict as error:
            raise _issued_otherwise(error, asked, bool(command_id)) from None
        linked = directive_changes.link_what_is_known(found, asked, answer)
        _answered(answer, asked.symbol, as_json)
        if not as_json:
            directive_changes.tell_bearings(found, answer, linked)


command(app, "number", "cascade directive number SKHCN-VP --issuer skhcn --year 2023")(numbers.number)


@command(app, "list", "cascade directive list")
def list_directives(
    cascade: Annotated[
        str, typer.Option("--cascade", "-c", metavar="ID", show_default=False, help="Only of this one.")
    ] = "",
    limit: LimitOption = 200,
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the directives of every cascade, each with how many obligations it gave."""
    with looking(database, Then(as_of, as_corrected, cascade or None, as_json)) as (found, connection):
        only = cascade_named(connection, cascade) if cascade else None
        rows = cascade_lists.directives(connection, limit, only)
        total = len(rows) if len(rows) < limit else cascade_lists.count_directives(connection, only)
    if as_json:
        shown = [asdict(row) for row in rows]
        json_document({**as_data(found.past), "directives": shown, "shown": len(rows), "total": total})
        return
    if not rows:
        talk(say("No directive yet. Begin: cascade directive read LETTER.txt > draft.yaml"))
        return
    table(
        [*map(say, _HEADS)],
        [
            (row.cascade, str(row.number), row.symbol, show_day(row.issued_on), row.issuer, directive_state_words(row.state),
             say("{open} of {total}", open=row.open, total=row.obligations), short(row.subject))
            for row in rows
        ],
    )  # fmt: skip
    cut(len(rows), total, say("directives"))


@command(app, "tree", "cascade directive tree", "cascade directive tree --as-of 31/08/2023")
def tree(
    cascade: Annotated[str, typer.Argument(metavar="[CASCADE]", show_default=False)] = "",
    limit: LimitOption = 500,
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show who ordered whom: directives under each other, their items, and what each office owes.

    With --as-of it is the tree as it was known at that moment.
    """
    with looking(database, Then(as_of, as_corrected, cascade, as_json)) as (found, connection):
        chosen = cascade_named(connection, cascade)
        page = tree_page.read(connection, world_of(found, connection, chosen), chosen, found.now(), limit)
    if as_json:
        json_document({**as_data(found.past), **tree_page.as_data(page)})
    else:
        tree_page.show(page)
        cut(page.shown, page.total, say("obligations"))


@command(
    app,
    "revoke",
    'cascade directive revoke 7h2k9 3 --document 75/SKHCN-VP --reason "replaced" --as skhcn/leader',
)
def revoke(
    cascade: Annotated[str, typer.Argument(metavar="CASCADE", show_default=False)],
    number: Annotated[int, typer.Argument(metavar="N", min=1, show_default=False)],
    document: Annotated[str, typer.Option(metavar="SYMBOL", show_default=False, help="The document that revokes it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="Why; kept in the journal.")],
    open_work: Annotated[
        str,
        typer.Option(
            metavar="stop|keep", show_default=False, help="What becomes of open work; else as the workflow says."
        ),
    ] = "",
    happened_on: Annotated[
        str,
        typer.Option(
            metavar="DAY", show_default=False, help="The day of that document, where an outside office revoked it."
        ),
    ] = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Revoke a directive: what is open under it stops, all the way down."""
    by = actor(as_, deputy)
    with opened(database) as found:
        with found.database.reading() as connection:
            chosen = cascade_named(connection, cascade)
        on = day(happened_on, "--happened-on") if happened_on else None
        asked = End(command_id or uuid.uuid4().hex, by, chosen, number, document, reason, open_work or None, on)
        [answer] = carried_out(found.executor, [asked], silent=as_json)
        with found.database.reading() as connection:
            symbol = world_of(found, connection, chosen).directive(number).symbol
    if as_json:
        json_document({**asdict(answer), "directive": number})
    elif answer.again:
        said = say("Already done: {symbol} is revoked in cascade {cascade}; nothing was done now.",
                   symbol=symbol, cascade=chosen)  # fmt: skip
        talk(said)
    else:
        written = answer.last_seq - answer.first_seq + 1
        entries = say_count("{count} entry", "{count} entries", written)
        talk(say("{symbol} is revoked; {entries} written.", symbol=symbol, entries=entries))
        how = f"cascade journal show -c {chosen} --after {answer.first_seq - 1}"
        talk(say("What stopped: {how}", how=how))


command(
    app, "amend",
    'cascade directive amend 7h2k9/3 --due 1=15/09/2023 --document 70/SKHCN-VP --reason "more time" --as skhcn/leader',
)(directive_changes.amend)  # fmt: skip
command(
    app,
    "diagram",
    "cascade directive diagram 7h2k9 > cascade.mmd",
    "cascade directive diagram --format svg --output cascade.svg",
)(directive_looks.diagram)
command(
    app, "unreported", "cascade directive unreported 61/SKHCN-VP", "cascade directive unreported 7h2k9/3"
)(directive_looks.show_unreported)  # fmt: skip
command(
    app,
    "link",
    "cascade directive link 7h2k9/3 --item 2 --symbol 05/KH-SKHCN --kind continues --to 4c8d1/2 --as skhcn/leader",
)(directive_changes.link)
command(
    app, "urge", "cascade directive urge letter.yaml --as skhcn/clerk", "cascade directive urge 88/SKHCN-VP --of 7h2k9/3",
)(directive_changes.urge)  # fmt: skip


def _replacing(found: Runtime, asked: Issue, text: str, open_work: str) -> Issue:
    """The directive as one that takes the place of another, in that one's cascade."""
    cascade, number = directive_changes.directive_named(found, text, "--replaces")
    if asked.cascade not in (None, cascade):
        said = say("{text} lies in another cascade than the obligation it comes under", text=repr(text))
        raise typer.BadParameter(said, param_hint="--replaces")
    return replace(asked, cascade=cascade, replaces=number, open_work=open_work or None)


def _attach(found: Runtime, asked: Issue, known: Registered, as_json: bool) -> None:
    """What this registration adds to a document that is here already: its items rest on these documents too."""
    count = registering.attached(found.executor, asked, known)
    if as_json:
        json_document({"cascade": known.cascade, "directive": known.number, "links": count})
        return
    added = say_count("{count} link", "{count} links", count)
    key = f"{known.cascade}/{known.number}"
    data(say("{symbol} is directive {key}; {links} added to it.", symbol=known.symbol, key=key, links=added))


def _parent(found: Runtime, under: str) -> tuple[str | None, int | None, str | None]:
    """The cascade, the obligation and its workflow that --under means; nothing where it is empty."""
    if not under:
        return None, None, None
    text, number = split_reference(under, "", "--under")
    with found.database.reading() as connection:
        cascade = cascade_named(connection, text)
        obligation = world_of(found, connection, cascade).obligation(number)
    return cascade, number, obligation.workflow


def _issued_otherwise(error: Conflict, asked: Issue, id_given: bool) -> Conflict:
    """The conflict in the terms of documents, where the id followed from the document."""
    if id_given:
        return error
    return Conflict(
        say("issue {symbol}", symbol=asked.symbol),
        say("{issuer} has issued {symbol} of {year} already, with other content."
            " See what stands: cascade directive list. If this is another document all the same, give it an id:"
            " --command-id ID",
            issuer=asked.issuer, symbol=asked.symbol, year=asked.issued_on.year),
    )  # fmt: skip


def _answered(answer: Answer, symbol: str, as_json: bool) -> None:
    if as_json:
        json_document(asdict(answer))
        return
    if answer.again:
        said = say("{symbol} is already issued: cascade {cascade}, directive {number}. Nothing was done.",
                   symbol=symbol, cascade=answer.cascade, number=answer.directive)  # fmt: skip
        talk(said)
        return
    made = say_count("{count} obligation", "{count} obligations", len(answer.obligations))
    data(say("{symbol} is issued: cascade {cascade}, directive {number}, {made}.",
             symbol=symbol, cascade=answer.cascade, number=answer.directive, made=made))  # fmt: skip
    talk(say("See them: cascade directive tree {cascade}", cascade=answer.cascade))


def _tell_doubt(doubt: Doubt) -> None:
    """A doubt as a line, on which the blocking ones stand out."""
    says = doubt.says if isinstance(doubt.says, Text) else " ".join(doubt.says.split())
    kind = told(say("BLOCKING") if doubt.blocking else say("doubt")).ljust(8)
    at = say("line {line}: ", line=doubt.line) if doubt.line else ""
    talk(say("{kind}  {at}{says}", kind=kind, at=at, says=says))
