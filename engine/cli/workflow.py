"""`cascade workflow`: definitions, to check, read and publish."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.administration import publish_workflow
from engine.cli import simulate, trying, workflow_page
from engine.cli.opening import file_bytes, file_text, opened
from engine.cli.options import AsOption, DatabaseOption, DatabaseUnused, JsonOption, actor, command, group, one_of
from engine.cli.printing import data, json_document, pairs, table, talk
from engine.cli.wording import moment_words
from engine.errors import INVALID
from engine.language import in_use
from storage import definitions
from storage.database import Database
from workflows import words
from workflows.definition import Definition
from workflows.diagrams import DRAWINGS, FORMATS
from workflows.errors import InvalidDefinition, NotFound
from workflows.loading import check_text, load_workflow, shipped
from workflows.text import say, say_count

app = group("Workflows: what may happen, as files that an admin can read and write.")


@dataclass(frozen=True, slots=True)
class _Text:
    """A workflow's text, published in a database or shipped with the program."""

    name: str
    version: int
    text: str
    published_at: datetime | None = None
    published_by: str | None = None

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def definition(self) -> Definition:
        return load_workflow(self.text, self.version, self.key, published=True).definition


@command(app, "check", "cascade workflow check flood-season.yaml")
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail it too.")] = False,
    database: DatabaseUnused = "",
    as_json: JsonOption = False,
) -> None:
    """Look for everything that is wrong with workflow files; exit code 3 if something is."""
    found = [problem for file in files for problem in check_text(file_bytes(file), file)]
    errors = [problem for problem in found if strict or not problem.warning]
    if as_json:
        json_document({"valid": not errors, "problems": [asdict(problem) for problem in found]})
    else:
        for problem in found:
            data(problem.text)
        said = [say_count("{count} error", "{count} errors", len(errors)) if errors else say("no error")]
        if len(found) > len(errors):
            said.append(say_count("{count} warning", "{count} warnings", len(found) - len(errors)))
        files_read = say_count("{count} file", "{count} files", len(files))
        talk(say("{files} checked: {result}.", files=files_read, result=said))
    if errors:
        raise typer.Exit(INVALID)


command(
    app,
    "simulate",
    "cascade workflow simulate flood-season.yaml --offices offices.yaml --from 2026-09-01",
    "cascade workflow simulate government-notice --from 2026-03-02 --issuer skhcn --play diligent --svg notice.svg",
)(simulate.simulate)
command(app, "test", "cascade workflow test flood-season.yaml", "cascade workflow test government-notice")(
    trying.play_scenarios
)


@command(app, "list", "cascade workflow list")
def list_workflows(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the published workflows, each with its versions."""
    rows = [(one, one.definition) for one in _texts(database)]
    if as_json:
        json_document(
            {
                "workflows": [
                    {
                        "name": one.name,
                        "version": one.version,
                        "title": definition.title,
                        "published_at": one.published_at,
                        "published_by": one.published_by,
                    }
                    for one, definition in rows
                ]
            }
        )
        return
    table(
        [say("WORKFLOW"), say("PUBLISHED"), say("BY"), say("TITLE")],
        [
            (
                one.key,
                moment_words(one.published_at),
                one.published_by or "-",
                workflow_page.title(definition),
            )
            for one, definition in rows
        ],
    )


@command(app, "show", "cascade workflow show government-notice", "cascade workflow show government-notice@1 --yaml")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", show_default=False)],
    yaml: Annotated[bool, typer.Option("--yaml", help="Print the text itself.")] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a workflow in words: levels, states, actions, dates, ladder. Without a version, the newest."""
    found = _find(_texts(database), name)
    definition = found.definition
    if yaml:
        data(found.text.rstrip())
    elif as_json:
        content = definition.model_dump(mode="json", by_alias=True)
        json_document({"name": found.name, "version": found.version, "definition": content})
    else:
        workflow_page.show(found.key, definition)


@command(
    app,
    "diagram",
    "cascade workflow diagram government-notice > notice.mmd",
    "cascade workflow diagram government-notice@1 --what levels",
)
def diagram(
    name: Annotated[str, typer.Argument(metavar="NAME[@VERSION]", show_default=False)],
    what: Annotated[str, typer.Option(metavar="|".join(DRAWINGS), help="Which of its pictures.")] = "states",
    format_: Annotated[str, typer.Option("--format", metavar="mermaid", help="The text it is drawn from.")] = "mermaid",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw a workflow as Mermaid text: the states and who may move between them, or the tree of levels."""
    one_of(what, DRAWINGS, "--what")
    one_of(format_, FORMATS, "--format")
    found = _find(_texts(database), name)
    drawn = DRAWINGS[what](found.definition, english=in_use() != "vi")
    if as_json:
        json_document({"name": found.name, "version": found.version, "what": what, "format": format_, "text": drawn})
        return
    data(drawn.rstrip())


@command(app, "words", "cascade workflow words")
def show_words(database: DatabaseUnused = "", as_json: JsonOption = False) -> None:
    """Show every word a workflow may use, and what it means."""
    if as_json:
        json_document({**words.SETS, "built_in": words.BUILT_IN})
        return
    for title, known in [*words.SETS.items(), (say("steps every workflow has"), words.BUILT_IN)]:
        data(title)
        pairs(((word, say(means)) for word, means in known.items()), indent="  ")
        data()


@command(app, "publish", "cascade workflow publish flood-season.yaml --as skhcn/leader")
def publish(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    as_: AsOption = "",
    database: DatabaseOption = "",
) -> None:
    """Publish a workflow as the next version of its name. What is under way stays with the version it has."""
    by = actor(as_)
    text = file_text(file)
    problems = check_text(text, file)
    if any(not problem.warning for problem in problems):
        raise InvalidDefinition(file, problems)
    with opened(database) as found, found.database.transaction() as connection:
        published = publish_workflow(connection, text, file, found.now(), by)
    for problem in problems:
        talk(problem.text)
    talk(say("{workflow} is published. See it: cascade workflow show {workflow}", workflow=published.key))


def _texts(database: str) -> list[_Text]:
    """What is published in the database; where there is no database yet, what ships with the program."""
    url = Database(database)
    missing = url.is_sqlite and url.url.database is not None and not Path(url.url.database).exists()
    url.close()
    if missing:
        talk(say("There is no database {database}; this is what ships with cascade.", database=database))
        return [_Text(name, 1, text) for name, text in shipped().items()]
    with opened(database) as found, found.database.reading() as connection:
        published = definitions.read_published(connection, "workflow")
    return [_Text(one.name, one.version, one.text, one.published_at, one.published_by) for one in published]


def _find(texts: list[_Text], name: str) -> _Text:
    found = [one for one in texts if name in (one.key, one.name)]
    if not found:
        known = [one.key for one in texts] or say("none yet")
        raise NotFound(say("No workflow {name!r}. There is: {known}", name=name, known=known))
    return found[-1]
