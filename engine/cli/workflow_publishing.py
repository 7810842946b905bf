"""`cascade workflow publish`, `retire`, `unretire`, `two-persons` and `shipped`: what is in use, and who decided it."""

from collections.abc import Iterator
from typing import Annotated

import typer

from engine import publishing
from engine.administration import Upgraded
from engine.cli.opening import file_text, looking, opened
from engine.cli.options import AsOption, DatabaseOption, DeputyOption, JsonOption, actor, command, one_of
from engine.cli.printing import data, json_document, table, talk
from engine.cli.workflow_page import title
from engine.cli.workflow_texts import shipped_text
from engine.publishing import SHIPPED, Grounds
from storage import definitions, installation
from storage.queries import versions
from workflows.loading import check_text, shipped
from workflows.text import Text, say, say_count

_SETTINGS = ("required", "not_required")
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", show_default=False, help="Why; goes on the record.")]
NamedArgument = Annotated[str, typer.Argument(metavar="NAME[@VERSION]", show_default=False)]


def publish(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    as_: AsOption = "",
    author: Annotated[
        str,
        typer.Option("--author", metavar="OFFICE/ROLE", show_default=False, help="Who wrote it, if not who publishes."),
    ] = "",
    why: WhyOption = "",
    basis: Annotated[
        list[str] | None,
        typer.Option("--basis", metavar="DOCUMENT", show_default=False, help="Its legal basis; may be repeated."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings refuse it too.")] = False,
    as_shipped: Annotated[
        bool, typer.Option("--shipped", help="FILE is the name of a workflow that ships with the program.")
    ] = False,
    deputy: DeputyOption = "",
    database: DatabaseOption = "",
) -> None:
    """Publish a workflow as the next version of its name. What is under way stays with the version it has.

    The checks run again: errors refuse it, warnings are shown. Author and publisher, why and on which documents go into
    the journal with the hash of the text. Where your office wants two persons (cascade workflow two-persons) who wrote it
    does not publish it.
    """
    by = actor(as_, deputy)
    if as_shipped and author:
        said = say("it was written elsewhere: --author goes with a file of your own")
        raise typer.BadParameter(said, param_hint="--author")
    written = SHIPPED if as_shipped else str(actor(author)) if author else None
    text, source = (shipped_text(file).text, file) if as_shipped else (file_text(file), file)
    grounds = Grounds(written, why.strip() or None, tuple(one.strip() for one in basis or () if one.strip()))
    with opened(database) as found, found.database.transaction() as connection:
        made = publishing.publish_workflow(connection, text, source, found.now(), by, grounds, strict=strict)
        open_under = versions.open_directives(connection)
        earlier = [one.key for one in definitions.read_published(connection, "workflow") if one.name == made.name]
    for problem in check_text(text, source):
        talk(problem.text)
    running = {key: open_under[key] for key in earlier if key != made.key and open_under.get(key)}
    if running:
        talk(
            say_count(
                "{count} directive is open under an earlier version and stays there ({which}).",
                "{count} directives are open under earlier versions and stay there ({which}).",
                sum(running.values()),
                which=[f"{key}: {count:,}" for key, count in running.items()],
            )
        )
    talk(say("{workflow} is published. See it: cascade workflow show {workflow}", workflow=made.key))


def retire(named: NamedArgument, why: WhyOption = "", as_: AsOption = "", deputy: DeputyOption = "",
           database: DatabaseOption = "") -> None:  # fmt: skip
    """Take a workflow out of use: no new directive is issued under it. What runs under it goes on to its end.

    A name without a version means every version of it. A name then means its newest version that is not retired.
    """
    by = actor(as_, deputy)
    with opened(database) as found, found.database.transaction() as connection:
        gone = publishing.retire(connection, named, why, found.now(), by)
        running = versions.open_directives(connection)
        left = [
            one.key
            for one in definitions.read_published(connection, "workflow")
            if one.name == gone[0].name and not one.retired
        ]
    count = sum(running.get(one.key, 0) for one in gone)
    talk(say("Retired: {workflows}.", workflows=[one.key for one in gone]))
    talk(say_count("{count} directive is open under it and goes on.", "{count} directives are open under it and go on.",
                   count))  # fmt: skip
    name = gone[0].name
    if left:
        talk(say("New directives under {name} come under {key}.", name=name, key=left[-1]))
    else:
        talk(say("No version of {name} is in use any more.", name=name))


def unretire(named: NamedArgument, why: WhyOption = "", as_: AsOption = "", deputy: DeputyOption = "",
             database: DatabaseOption = "") -> None:  # fmt: skip
    """Take a retired version back into use."""
    by = actor(as_, deputy)
    with opened(database) as found, found.database.transaction() as connection:
        back = publishing.unretire(connection, named, why, found.now(), by)
    talk(say("{workflow} is in use again.", workflow=back.key))


def two_persons(
    setting: Annotated[str, typer.Argument(metavar="[required|not_required]", show_default=False)] = "",
    why: WhyOption = "",
    as_: AsOption = "",
    deputy: DeputyOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say whether who wrote a workflow and who publishes it have to be two persons; without a word, show how it is.

    Two seats are one person where the directory gives the same name for both, and where one stands in for the other.
    """
    if setting:
        one_of(setting, _SETTINGS, "[required|not_required]")
        by = actor(as_, deputy)
        with opened(database) as found, found.database.transaction() as connection:
            publishing.require_two_persons(connection, setting == "required", why, found.now(), by)
    with opened(database) as found, found.database.reading() as connection:
        here = installation.read(connection)
    required = bool(here and here.two_persons)
    if as_json:
        json_document({"two_persons": "required" if required else "not_required"})
    elif required:
        data(say("required: who wrote a workflow does not publish it"))
    else:
        data(say("not required: who wrote a workflow may publish it"))


def show_shipped(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the workflows that ship with this program, and whether your database has that very text published."""
    with looking(database) as (_, connection):
        published = definitions.read_published(connection, "workflow")
    differing = publishing.differing_shipped(published)
    rows = []
    for name in shipped():
        text = shipped_text(name)
        mine = [one for one in published if one.name == name]
        same = next((one.key for one in reversed(mine) if one.text == text.text), None)
        rows.append((name, same, mine[-1].key if mine else None, text.definition))
    if as_json:
        content = [
            {"name": name, "published_as": same, "newest_here": newest, "title": definition.title}
            for name, same, newest, definition in rows
        ]
        json_document({"shipped": content})
        return
    table(
        [say("WORKFLOW"), say("HERE"), say("TITLE")],
        [(name, _here(same, newest), title(definition)) for name, same, newest, definition in rows],
    )
    for name in differing:
        talk(_differs(name))


def shipped_news(done: Upgraded) -> Iterator[Text]:
    """What an upgrade did with the shipped workflows, and what it left to people."""
    if done.published:
        yield say("New with this program, and published: {workflows}.", workflows=list(done.published))
    for name in done.differing:
        yield _differs(name)


def _here(same: str | None, newest: str | None) -> Text:
    if same:
        return say("published as {key}", key=same)
    return say("another text than {key}", key=newest) if newest else say("not published; cascade db upgrade does it")


def _differs(name: str) -> Text:
    return say("This program ships another text of {name} than any version published here, which stays as it is."
               " Compare: cascade workflow diff {name} shipped:{name}. Publish it:"
               " cascade workflow publish {name} --shipped --as OFFICE/ROLE", name=name)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade workflow`."""
    example = 'cascade workflow publish flood-season.yaml --as skhcn/leader --author skhcn/officer --why "Storm season"'
    based = '    --basis "QĐ 42/2014/QĐ-TTg"'
    command(app, "publish", f"{example} \\", based)(publish)
    command(app, "retire", 'cascade workflow retire flood-season@1 --why "Replaced" --as skhcn/leader')(retire)
    command(app, "unretire", 'cascade workflow unretire flood-season@1 --why "Needed again" --as skhcn/leader')(
        unretire
    )
    command(
        app, "two-persons", "cascade workflow two-persons", "cascade workflow two-persons required --as skhcn/leader"
    )(two_persons)
    command(app, "shipped", "cascade workflow shipped")(show_shipped)
