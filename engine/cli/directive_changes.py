"""What happens to a directive later: it is amended, rests on further documents, and is urged. Part of `cascade directive`."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from engine import links as bearing
from engine import registering
from engine.cli.opening import cascade_named, draft_of, opened, split_reference, world_of
from engine.cli.options import (
    AsOption,
    CommandIdOption,
    DatabaseOption,
    DeputyOption,
    JsonOption,
    actor,
    day,
    instant,
)
from engine.cli.printing import data, json_document, talk
from engine.cli.progress import carried_out
from engine.execute import Answer
from engine.runtime import Runtime
from engine.wording import day_words
from storage.queries import links
from workflows.commands import Actor, Amend, Issue, ItemChange, Link
from workflows.directive import BASIS_KINDS, Basis
from workflows.errors import CascadeError, Incomplete, NotFound, Refused
from workflows.text import say, say_count

DirectiveArgument = Annotated[str, typer.Argument(metavar="CASCADE/N", show_default=False)]
DocumentOption = Annotated[str, typer.Option(metavar="SYMBOL", show_default=False, help="The document that says so.")]
ReasonOption = Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="Why; kept in the journal.")]
HappenedOption = Annotated[
    str,
    typer.Option(metavar="DAY", show_default=False, help="The day of that document, where an outside office wrote it."),
]


def amend(
    directive: DirectiveArgument,
    document: DocumentOption,
    reason: ReasonOption,
    due: Annotated[
        list[str] | None,
        typer.Option("--due", metavar="ITEM=DAY", show_default=False, help="An item's new date; may be repeated."),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="ITEM=TEXT", show_default=False, help="An item's new words; may be repeated."),
    ] = None,
    happened_on: HappenedOption = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    command_id: CommandIdOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Change items of a directive by a later document of its issuer. The work under it goes on.

    Dates below that would pass a new date are held to it, and who gave them is told. ITEM is the item's own label.
    """
    by, on = actor(as_, deputy), day(happened_on, "--happened-on") if happened_on else None
    with opened(database) as found:
        cascade, number = directive_named(found, directive)
        changes = _changes(found, cascade, number, due or [], text or [])
        asked = Amend(command_id or uuid.uuid4().hex, by, cascade, number, document, changes, reason, on)
        [answer] = carried_out(found.executor, [asked], silent=as_json)
    if as_json:
        json_document({**asdict(answer), "directive": number})
        return
    _again_or(answer, say("Directive {number} is amended by {document}.", number=number, document=document))
    talk(say("What followed: {how}", how=f"cascade journal show -c {cascade} --after {answer.first_seq - 1}"))


def link(
    directive: DirectiveArgument,
    symbol: Annotated[str, typer.Option(metavar="SYMBOL", show_default=False, help="The further document.")],
    item: Annotated[
        str, typer.Option(metavar="ITEM", show_default=False, help="The item's label; every item where none is given.")
    ] = "",
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"One of {', '.join(BASIS_KINDS)}.")] = "implements",
    of: Annotated[str, typer.Option("--of", metavar="DAY", show_default=False, help="The document's own date.")] = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="CASCADE/N", show_default=False, help="The obligation that document is about."),
    ] = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let an item rest on a further document, or say which obligation a document it names is about.

    A report that is accepted under the item then offers itself there, and a person takes it or not.
    """
    by = actor(as_, deputy)
    with opened(database) as found:
        cascade, number = directive_named(found, directive)
        basis = Basis(kind, symbol, day(of, "--of") if of else None)
        if to:
            to_text, obligation = split_reference(to, "", "--to")
            with found.database.reading() as connection:
                target = cascade_named(connection, to_text)
                world_of(found, connection, target).obligation(obligation)
            basis = Basis(kind, symbol, basis.issued_on, cascade=target, obligation=obligation)
        rests = [
            Link(uuid.uuid4().hex, by, cascade, number, one, basis) for one in _items(found, cascade, number, item)
        ]
        answers = carried_out(found.executor, rests, silent=as_json)
    if as_json:
        json_document({"links": [asdict(answer) for answer in answers], "directive": number})
        return
    count = say_count("{count} item rests", "{count} items rest", len(answers))
    data(say("{count} on {symbol} ({kind}).", count=count, symbol=symbol, kind=kind))


def urge(
    letter: Annotated[str, typer.Argument(metavar="LETTER.yaml|SYMBOL", show_default=False)],
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of", metavar="CASCADE/N", show_default=False, help="The directive it urges; else those the letter cites."
        ),
    ] = None,
    happened_on: HappenedOption = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Attach an urging letter to what it urges: every open obligation that has not been reported. Nothing new is owed.

    LETTER.yaml is a reviewed draft of the letter; with --of its symbol alone will do.
    """
    by = actor(as_, deputy)
    with opened(database) as found:
        symbol, on, directives = _letter(
            found, letter, of or [], day(happened_on, "--happened-on") if happened_on else None
        )
        urged = [
            pair for cascade, number in directives for pair in _urged(found, by, cascade, number, symbol, on, as_json)
        ]
    if as_json:
        json_document({"symbol": symbol, "urged": [{"cascade": one[0], "obligation": one[1]} for one in urged]})
        return
    for cascade, number in urged:
        data(f"{cascade}/{number}")
    done = say_count("{count} obligation is urged", "{count} obligations are urged", len(urged))
    talk(say("{done} by {symbol}.", done=done, symbol=symbol))


def directive_named(found: Runtime, text: str, hint: str = "CASCADE/N") -> tuple[str, int]:
    """The cascade and the number of a directive. Raises NotFound; anything but such a name is a usage error."""
    named, number = split_reference(text, "", hint)
    with found.database.reading() as connection:
        cascade = cascade_named(connection, named)
        world_of(found, connection, cascade).directive(number)
    return cascade, number


def _items(found: Runtime, cascade: str, number: int, label: str = "") -> list[int]:
    """The numbers of a directive's items with this label; of all of them where it is empty. Raises NotFound."""
    with found.database.reading() as connection:
        known = links.labels(connection, cascade, number)
    chosen = [item for item, of_item in known.items() if label in ("", of_item)]
    if not chosen:
        raise NotFound(say("No item {label}; there are {labels}", label=repr(label), labels=tuple(known.values())))
    return chosen


def _changes(found: Runtime, cascade: str, number: int, due: list[str], text: list[str]) -> tuple[ItemChange, ...]:
    changes: dict[int, ItemChange] = {}
    for option, values in (("--due", due), ("--text", text)):
        for value in values:
            label, equals, new = value.partition("=")
            if not equals or not new.strip():
                shape = "1=31/08/2023" if option == "--due" else "1=TEXT"
                said = say("{value} is not such as {shape}", value=repr(value), shape=shape)
                raise typer.BadParameter(said, param_hint=option)
            [item] = _items(found, cascade, number, label.strip())[:1]
            before = changes.get(item, ItemChange(item))
            if option == "--due":
                changes[item] = ItemChange(item, instant(new, option), new.strip(), before.text)
            else:
                changes[item] = ItemChange(item, before.due, before.due_wording, new.strip())
    return tuple(changes.values())


def _letter(
    found: Runtime, letter: str, of: list[str], happened_on: date | None
) -> tuple[str, date | None, list[tuple[str, int]]]:
    """The letter's symbol and day, and the directives it urges. Raises Incomplete or NotFound."""
    if of and not letter.endswith((".yaml", ".yml", "-")):
        return letter, happened_on, [directive_named(found, one, "--of") for one in of]
    draft = draft_of(letter)
    if not draft.symbol or not draft.issued_on:
        asked = say("urge by {letter}", letter=letter)
        raise Incomplete(asked, say("its number and its day have to be filled in first"))
    if of:
        return draft.symbol, happened_on or draft.issued_on, [directive_named(found, one, "--of") for one in of]
    cited = [one for one in draft.cites if one.relation == "urges"] or list(draft.cites)
    with found.database.reading() as connection:
        known = [
            (one.cascade, one.number)
            for citation in cited
            for one in links.registered(
                connection, citation.symbol, citation.issued_on.year if citation.issued_on else None
            )
        ]
    if not known:
        symbols = tuple(one.symbol for one in cited) or say("nothing")
        raise NotFound(say("None of the documents it cites is registered here ({symbols}); give --of", symbols=symbols))
    return draft.symbol, happened_on or draft.issued_on, list(dict.fromkeys(known))


def _urged(
    found: Runtime, by: Actor, cascade: str, number: int, symbol: str, on: date | None, silent: bool
) -> Iterable[tuple[str, int]]:
    """Urge what is open under one directive, as one batch. The same letter urges the same obligation once."""
    acts = list(registering.urged(found.executor, by, cascade, number, symbol, on))
    if acts:
        carried_out(found.executor, acts, silent=silent)
    return [(cascade, one.obligation) for one in acts]


def _again_or(answer: Answer, said: str) -> None:
    talk(say("Already done under this command id; nothing was done now.")) if answer.again else talk(said)


def link_what_is_known(found: Runtime, asked: Issue, answer: Answer) -> int:
    """Link the further documents of a directive to what they are about, as far as that is known. Returns how many."""
    done, warned = registering.link_what_is_known(found.executor, asked, answer)
    for one in warned:
        talk(one)
    return done


def tell_bearings(found: Runtime, answer: Answer, linked: int) -> None:
    """What whoever has just issued a document should know: who waited for it, and which dates do not fit together."""
    with found.database.reading() as connection:
        directive = world_of(found, connection, answer.cascade).directive(answer.directive or 0)
        bearings = bearing.bearings(connection, answer.cascade, directive, list(answer.obligations))
    if linked:
        talk(say_count("{count} document it rests on is linked.", "{count} documents it rests on are linked.", linked))
    for one in bearings.waiting:
        key = f"{one.cascade}/{one.directive}"
        how = f"cascade directive link {key} --symbol {directive.symbol} --kind {one.kind} --to {answer.cascade}/N"
        talk(say("{symbol} (directive {key}) rests on it: {how}", symbol=one.by_symbol, key=key, how=how))
    for passed in bearings.passing:
        talk(
            say(
                "Warning: obligation {number} is due {day}, later than {basis_day}, the date of {key} under {symbol}",
                number=passed.number, day=day_words(passed.due_at), basis_day=day_words(passed.basis_due_at),
                key=f"{passed.basis_cascade}/{passed.basis_obligation}", symbol=passed.symbol,
            )
        )  # fmt: skip


def known_already(asked_symbol: str, known: list[links.Registered]) -> CascadeError:
    """The refusal of a document that is registered here already, with the two ways on."""
    first = known[0]
    return Refused(
        say("issue {symbol}", symbol=asked_symbol),
        say(
            "{symbol} of {issuer}, {year}, is registered already: directive {key}. Attach what it carries further to that one:"
            " --attach; if it is another document all the same: --command-id ID",
            symbol=first.symbol, issuer=first.issuer, year=first.issued_on.year, key=f"{first.cascade}/{first.number}",
        ),
    )  # fmt: skip
