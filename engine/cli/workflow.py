"""`cascade workflow`: definitions, to check, read and publish."""

from typing import Annotated, Any

import typer

from engine.cli import (
    simulate,
    suggest,
    trying,
    workflow_changes,
    workflow_checking,
    workflow_page,
    workflow_publishing,
)
from engine.cli.drawn import FormatOption, OutputOption, WidthOption, check_format, deliver
from engine.cli.options import DatabaseOption, DatabaseUnused, JsonOption, command, group, one_of
from engine.cli.printing import data, json_document, table
from engine.cli.workflow_texts import WorkflowText, author_words, looked_at, shipped_text, texts
from engine.language import in_use, told
from engine.law_texts import published_rows
from engine.publishing import SHIPPED
from engine.wording import moment_words
from workflows import diagrams, pictures, tree_pictures
from workflows.json_schema import json_schema
from workflows.text import say

_DRAWN = ("states", "levels")

app = group("Workflows: what may happen, as files that an admin can read and write.")


workflow_checking.register(app)


@command(app, "schema", "cascade workflow schema > workflow.schema.json")
def schema(database: DatabaseUnused = "") -> None:
    """Print the JSON Schema of workflow files, for an editor that completes and checks while one types."""
    json_document(json_schema())


command(
    app,
    "simulate",
    "cascade workflow simulate flood-season.yaml --offices offices.yaml --from 2026-09-01",
    "cascade workflow simulate government-notice --from 2026-03-02 --issuer skhcn --play diligent --svg notice.svg",
)(simulate.simulate)
command(app, "test", "cascade workflow test flood-season.yaml", "cascade workflow test government-notice")(
    trying.play_scenarios
)


command(
    app,
    "suggest",
    "cascade workflow suggest draft.yaml",
    'cascade workflow suggest --type CV --issuer skhcn --subject "Nâng cao chỉ số PAPI"',
)(suggest.suggest)


@command(app, "list", "cascade workflow list")
def list_workflows(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the published workflows, each with its versions: who published and wrote them, and what runs under them."""
    found = texts(database)
    if as_json:
        json_document({"workflows": [{**_publication(one), "title": one.definition.title} for one in found]})
        return
    heads = [say("WORKFLOW"), say("STATE"), say("OPEN"), say("PUBLISHED"), say("BY"), say("AUTHOR"), say("TITLE")]
    rows = []
    for one in found:
        published = one.published
        when = moment_words(published.published_at if published else None)
        who = (published.published_by, author_words(published)) if published else ("-", say("shipped with the program"))
        state = one.state_words if published else say("not published")
        rows.append((one.key, state, f"{one.running:,}", when, *who, workflow_page.title(one.definition)))
    table(heads, rows)


@command(app, "show", "cascade workflow show government-notice", "cascade workflow show government-notice@1 --yaml",
         "cascade workflow show government-notice --shipped --yaml")  # fmt: skip
def show(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]|FILE", show_default=False)],
    yaml: Annotated[bool, typer.Option("--yaml", help="Print the text itself.")] = False,
    as_shipped: Annotated[bool, typer.Option("--shipped", help="As it comes with the program.")] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a workflow in words: who published it and why, levels, states, actions, dates, ladder.

    Without a version, the newest that is not retired.
    """
    found = shipped_text(name) if as_shipped else looked_at(name, database)
    definition = found.definition
    if yaml:
        data(found.text.rstrip())
    elif as_json:
        content = definition.model_dump(mode="json", by_alias=True)
        json_document({**_publication(found), "definition": content})
    else:
        workflow_page.show(found.name if as_shipped else found.key, definition, published_rows(found))


@command(
    app,
    "diagram",
    "cascade workflow diagram government-notice > notice.mmd",
    "cascade workflow diagram government-notice@1 --what levels",
    "cascade --lang vi workflow diagram government-notice --format svg --output notice.svg",
)
def diagram(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]|FILE", show_default=False)],
    what: Annotated[str, typer.Option(metavar="|".join(_DRAWN), help="Which of its pictures.")] = "states",
    machine: Annotated[
        str, typer.Option("--machine", metavar="NAME", help="Which machine, where levels have their own.")
    ] = "obligation",
    format_: FormatOption = "mermaid",
    output: OutputOption = "",
    width: WidthOption = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw a workflow: the states and who may move between them, or the tree of levels."""
    one_of(what, _DRAWN, "--what")
    check_format(format_, width, output, as_json=as_json)
    found = looked_at(name, database)
    one_of(machine, found.definition.every_machine, "--machine")
    drawn = _drawn(found, what, machine, format_, width)
    if as_json:
        json_document({"name": found.name, "version": found.version, "what": what, "format": format_, "text": drawn})
        return
    deliver(drawn, output)


def _drawn(found: WorkflowText, what: str, machine: str, format_: str, width: int | None) -> str:
    definition = found.definition
    english = None if in_use() == "vi" else definition.english
    if format_ == "mermaid":
        if what == "levels":
            return diagrams.levels(definition, english=english is not None)
        return diagrams.states(definition.every_machine[machine], english, tell=told)
    title = f"{workflow_page.title(definition)} ({found.key})"
    if what == "levels":
        return tree_pictures.levels(definition, english, title, tell=told, language=in_use(), wide_mm=width)
    return pictures.states(
        definition.every_machine[machine], english, title, tell=told, language=in_use(), wide_mm=width
    )


def _publication(one: WorkflowText) -> dict[str, Any]:
    """A version and how it was published, for JSON."""
    found = one.published
    content: dict[str, Any] = {"name": one.name, "version": one.version or None}
    if found is None:
        return {**content, "published_at": None, "published_by": None, "author": SHIPPED, "state": None}
    retired = {"at": found.retired_at, "by": found.retired_by, "why": found.retired_why} if found.retired else None
    return {
        **content,
        "published_at": found.published_at,
        "published_by": found.published_by,
        "author": found.author,
        "why": found.why,
        "basis": list(found.basis),
        "warnings": found.warnings,
        "digest": found.digest,
        "state": one.state,
        "retired": retired,
        "open_directives": one.running,
    }


workflow_publishing.register(app)
workflow_changes.register(app)
