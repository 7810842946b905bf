"""`cascade workflow diff` and `new`: what a version changes, and the start of a file of one's own."""

from typing import Annotated, Any

import typer

from engine.cli.options import DatabaseOption, JsonOption, command
from engine.cli.printing import data, json_document, talk
from engine.cli.workflow_texts import Compared, named, shipped_text, side, texts
from workflows.copying import copied
from workflows.differences import Change, differences
from workflows.errors import Conflict
from workflows.loading import shipped
from workflows.text import Text, joined, say, say_count

_SIGNS = {"added": "+", "removed": "-"}
OldArgument = Annotated[str, typer.Argument(metavar="OLD", show_default=False)]
NewArgument = Annotated[str, typer.Argument(metavar="NEW", show_default=False)]


def diff(
    old: OldArgument,
    new: NewArgument,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say in words what a workflow changes against another. Each is NAME[@VERSION], a FILE, or shipped:NAME.

    Every difference is named: states, actions, dates, parties, rungs; what has no words of its own, by its place.
    """
    before, after = side(old, database), side(new, database)
    found = differences(before.definition, after.definition)
    running = _running(before, after)
    if as_json:
        changes: list[dict[str, Any]] = [
            {"code": one.code, "kind": one.kind, "path": list(one.path), "text": one.says} for one in found
        ]
        json_document({"from": before.called, "to": after.called, "changes": changes, "open_directives": running})
        return
    for one in found:
        data(_line(one))
    count = say_count("{count} difference", "{count} differences", len(found)) if found else say("no difference")
    talk(say("{old} to {new}: {count}.", old=before.called, new=after.called, count=count))
    if found:
        talk(_matters(before, after, running))


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    like: Annotated[
        str,
        typer.Option("--like", metavar="WORKFLOW", help="A published workflow, NAME[@VERSION], or shipped:NAME."),
    ],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", show_default=False, help="Its title.")] = "",
    database: DatabaseOption = "",
) -> None:
    """Print a copy of a workflow under another name, comments and all: the start of a file of your own."""
    known = texts(database)
    if any(one.name == name for one in known) or name in shipped():
        because = say("there is one of that name; to change it: cascade workflow show {name} --yaml", name=name)
        raise Conflict(say("begin workflow {name}", name=name), because)
    if like.startswith("shipped:"):
        found = shipped_text(like.removeprefix("shipped:"))
    elif like in shipped() and not any(one.name == like for one in known):
        found = shipped_text(like)
    else:
        found = named(known, like)
    data(copied(found.text, name, title or name).rstrip())


def _line(one: Change) -> Text:
    return joined([_SIGNS.get(one.kind, "~"), one.says], " ")


def _running(before: Compared, after: Compared) -> dict[str, int]:
    """The versions with open directives, of the two workflows."""
    return {key: count for key, count in {**before.running, **after.running}.items() if count}


def _matters(before: Compared, after: Compared, running: dict[str, int]) -> Text:
    """Does it matter for what runs?"""
    if running:
        which = [f"{key}: {count:,}" for key, count in running.items()]
        return say(
            "None of it touches what runs: open directives stay on their version ({which}). It holds for directives"
            " issued under {new}.", which=which, new=after.called,
        )  # fmt: skip
    if before.definition.workflow != after.definition.workflow:
        return say("They are two workflows: neither changes what runs under the other.")
    return say("Nothing runs under them; it holds for directives issued under {new}.", new=after.called)


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade workflow`."""
    command(app, "diff", "cascade workflow diff flood-season@1 flood-season@2",
            "cascade workflow diff flood-season flood-season.yaml")(diff)  # fmt: skip
    example = 'cascade workflow new flood-season --like government-notice --title "Mùa mưa bão" > flood-season.yaml'
    command(app, "new", example)(new)
