"""`cascade webhook`: who is told of messages by a signed POST, beside the seats themselves."""

from dataclasses import asdict
from typing import Annotated

import typer

from engine.administration import INSTALLER
from engine.cli.opening import looking, opened
from engine.cli.options import DatabaseOption, JsonOption, command, group, settings
from engine.cli.printing import data, json_document, table, talk
from engine.hooks import subscribe, unsubscribe
from engine.notify.secrets import Secrets
from engine.wording import moment_words
from storage import webhooks
from workflows.text import say

app = group("Webhooks: add, list, remove.")


@command(app, "add", "cascade webhook add van-phong https://example.vn/cascade --office skhcn --kind RungReached")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False)],
    office: Annotated[
        list[str] | None,
        typer.Option("--office", metavar="OFFICE", show_default=False, help="Only messages to it; may be repeated."),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", show_default=False, help="Only these, such as RungReached."),
    ] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tell an address of every message from now on, signed as Standard Webhooks says.

    Its secret is the file webhook-NAME in the folder CASCADE_SECRETS; it is made where there is none. Give it to whoever
    receives, and to every other node.
    """
    given = settings()
    if given.secrets is None:
        raise typer.BadParameter(
            say("CASCADE_SECRETS has to name a folder for its secret"), param_hint="CASCADE_SECRETS"
        )
    with opened(database) as found, found.database.transaction() as connection:
        known = found.executor.known(connection).offices
        made = subscribe(connection, known, (name, url), office or [], kind or [], found.now(), INSTALLER,
                         private=given.webhooks_private)  # fmt: skip
        path, new = Secrets(given.secrets).make_for_webhook(name)
    if as_json:
        json_document({**asdict(made), "secret_file": str(path), "secret_made": new})
        return
    data(str(path))
    talk(say("{name} is told from now on. Its secret is in that file.", name=name))


@command(app, "list", "cascade webhook list")
def list_webhooks(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """The webhooks, with what each is told."""
    with looking(database) as (_, connection):
        listed = webhooks.listed(connection)
    if as_json:
        json_document({"webhooks": [asdict(one) for one in listed]})
    elif listed:
        heads = [say("NAME"), say("SINCE"), say("OFFICES"), say("KINDS"), say("ADDRESS")]
        table(heads, [
            [one.name, moment_words(one.created_at), ", ".join(one.offices) or say("all"), ", ".join(one.kinds) or say("all"),
             one.url]
            for one in listed
        ])  # fmt: skip
    else:
        talk(say("There is no webhook. Add one: cascade webhook add NAME URL"))


@command(app, "remove", "cascade webhook remove van-phong")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)], database: DatabaseOption = ""
) -> None:
    """Tell it nothing more, of what waits for it neither. The file of its secret is left."""
    with opened(database) as found, found.database.transaction() as connection:
        unsubscribe(connection, name, found.now(), INSTALLER)
    talk(say("{name} is told nothing more.", name=name))
