"""`cascade workflow suggest`: which workflow suits a document, and why. It says, and chooses nothing."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from engine.cli.opening import draft_of, looking
from engine.cli.options import DatabaseOption, JsonOption, one_of
from engine.cli.printing import data, json_document, talk
from engine.cli.workflow_page import title
from engine.cli.workflow_texts import has_database, texts
from engine.exchange.drafts import Draft
from engine.exchange.office_names import named
from engine.language import told
from storage import directory
from workflows.definition import Definition
from workflows.document_types import TYPES, URGENCIES
from workflows.errors import CascadeError
from workflows.offices import Offices
from workflows.suggesting import Document, Suggestion, against, best, suggested
from workflows.text import Text, joined, say


def suggest(
    draft: Annotated[str, typer.Argument(metavar="[DRAFT.yaml]", show_default=False)] = "",
    kind: Annotated[
        str, typer.Option("--type", metavar="CODE", show_default=False, help="Its type, such as CV or KH.")
    ] = "",
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="OFFICE", show_default=False, help="Whose document it is.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", show_default=False, help="What it is about.")
    ] = "",
    urgency: Annotated[
        str, typer.Option("--urgency", metavar="DEGREE", show_default=False, help="How it is marked, such as khẩn.")
    ] = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say which workflows suit a document, the best first, each with its reasons.

    The document is a draft, or what the options say of it; these go before what the draft says.
    """
    if not (draft or kind or issuer or subject or urgency):
        raise typer.BadParameter(say("give a draft, or at least one of --type, --issuer, --subject, --urgency"))
    if kind:
        one_of(kind, TYPES, "--type")
    if urgency:
        one_of(urgency, URGENCIES, "--urgency")
    definitions = in_use(database)
    document = _document(draft_of(draft) if draft else Draft(), database, issuer)
    given = {"type": kind, "urgency": urgency, "subject": subject}
    document = replace(document, **{key: value for key, value in given.items() if value})
    found = suggested(definitions, document)
    if as_json:
        _as_json(definitions, document, found)
    else:
        _show(definitions, document, found)


def in_use(database: str, *, silent: bool = False) -> dict[str, Definition]:
    """The definition that each name means now, of what is not retired."""
    return {one.name: one.definition for one in texts(database, silent=silent) if one.state == "in_use"}


def comment_on(draft: Draft, database: str) -> list[str]:
    """What a draft that was just read says of the workflow to choose: nothing where none is suggested. A letter can be
    read whatever state the database is in."""
    try:
        definitions = in_use(database, silent=True)
        found = best(suggested(definitions, _document(draft, database)))
    except CascadeError as error:
        talk(say("No workflow is suggested: {why}", why=error.text))
        return []
    lines = [_line(definitions[one.workflow], one) for one in found]
    if len(lines) == 1:
        return [told(say("suggested: {line}", line=lines[0]))]
    return [told(say("these suit equally well; write one of them:")), *map(told, lines)] if lines else []


def _document(draft: Draft, database: str, issuer: str = "") -> Document:
    """What is known of the document; the level of its issuer only where the directory knows who that is."""
    given = issuer or str(draft.issue.get("issuer") or "")
    if issuer and not has_database(database):
        said = say(
            "there is no database {database}, so no directory that knows {issuer}", database=database, issuer=issuer
        )
        raise typer.BadParameter(said, param_hint="--issuer")
    level = None
    if (given or draft.issuer) and has_database(database):
        with looking(database) as (_, connection):
            offices: Offices = directory.read_offices(connection)
        if given:
            level = offices.get(given).level
        elif len(fitting := named(draft.issuer or "", list(offices))) == 1:
            level = fitting[0].level
    return Document(draft.type, level, draft.urgency, draft.subject)


def _line(definition: Definition, one: Suggestion) -> Text:
    called = say("{name} ({title})", name=one.workflow, title=title(definition))
    return say("{workflow}: {reasons}", workflow=called, reasons=joined(one.reasons, "; "))


def _places(found: list[Suggestion]) -> list[int]:
    """The place of each in the ranking; those that are equally good share one."""
    ranks = [one.rank for one in found]
    return [ranks.index(rank) + 1 for rank in ranks]


def _show(definitions: dict[str, Definition], document: Document, found: list[Suggestion]) -> None:
    for place, one in zip(_places(found), found, strict=True):
        data(f"{place}  {told(_line(definitions[one.workflow], one))}")
    first = best(found)
    if len(first) > 1:
        talk(say("Several suit equally well: choose one, and give it with --workflow."))
    elif first:
        talk(say("{name} is taken when the document is issued without --workflow.", name=first[0].workflow))
    else:
        for name, definition in definitions.items():
            reasons = against(definition, document) or (say("nothing speaks for it"),)
            talk(_line(definition, Suggestion(name, reasons, ())))
        talk(say("No workflow is suggested for it; give one with --workflow."))


def _as_json(definitions: dict[str, Definition], document: Document, found: list[Suggestion]) -> None:
    first, names = best(found), [one.workflow for one in found]
    json_document(
        {
            "document": asdict(document),
            "best": first[0].workflow if len(first) == 1 else None,
            "suggestions": [
                {"place": place, "workflow": one.workflow, "title": title(definitions[one.workflow]),
                 "reasons": [told(reason) for reason in one.reasons]}
                for place, one in zip(_places(found), found, strict=True)
            ],
            "not_suggested": [
                {"workflow": name, "title": title(one), "because": [told(reason) for reason in against(one, document)]}
                for name, one in definitions.items()
                if name not in names
            ],
        }
    )  # fmt: skip
