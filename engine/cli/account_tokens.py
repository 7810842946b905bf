"""`cascade account token`: keys for programs, each to one account and narrower than it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from engine.access.gate import Gate
from engine.access.naming import folded
from engine.access.rules import SCOPES
from engine.access.tokens import GOOD_MAX
from engine.account_words import token_words
from engine.cli.opening import looking, opened
from engine.cli.options import DatabaseOption, JsonOption, command, group
from engine.cli.printing import data, json_document, table, talk
from engine.clock import real_now
from engine.deeds import INSTALLER
from engine.wording import moment_words
from storage import credentials
from storage.credentials import Token
from workflows.text import say

tokens = group("Tokens: keys by which a program is known as an account: add, list, revoke.")


@command(tokens, "add", "cascade account token add chi --name reports --scope read --days 90")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    called: Annotated[str, typer.Option("--name", metavar="TEXT", show_default=False, help="What the token is for.")],
    scope: Annotated[
        str, typer.Option("--scope", metavar="|".join(SCOPES), help="What it opens; each holds those before it.")
    ] = "read",
    days: Annotated[int, typer.Option("--days", min=1, max=GOOD_MAX.days, help="For how long it is good.")] = 90,
    database: DatabaseOption = "",
) -> None:
    """Make a token for an account, and print it this once.

    It opens what its scope says and never more than the account may: feed the owner's calendar of dates, read what they
    see, write their work, admin what an administrator keeps. It ends with its day, when it is revoked, or with the account.
    """
    with opened(database) as found:
        gate = Gate(found.database, found.clock)
        secret, made = gate.tokens.make(folded(name), called, scope, timedelta(days=days), INSTALLER)
    data(secret)
    talk(say("Token {id} is good until {moment}. It is shown this once: only its hash is kept.",
             id=made.id, moment=moment_words(made.expires_at)))  # fmt: skip


@command(tokens, "list", "cascade account token list", "cascade account token list chi")
def list_tokens(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)] = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the tokens of one account or of all: what each opens, until when, when it was last used."""
    with looking(database) as (found, connection):
        listed, now = credentials.tokens(connection, folded(name)), real_now(found.clock)
    if as_json:
        json_document({"tokens": [document(one, now) for one in listed]})
    elif not listed:
        talk(say("No token."))
    else:
        heads = [say("ID"), say("ACCOUNT"), say("SCOPE"), say("LAST USED"), say("STATE"), say("NAME")]
        rows = [
            (one.id, one.account, one.scope, moment_words(one.used_at), token_words(one, now), one.name)
            for one in listed
        ]
        table(heads, rows)


@command(tokens, "revoke", "cascade account token revoke 3f2a9c01d4")
def revoke(
    token: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    database: DatabaseOption = "",
) -> None:
    """Revoke a token by its id: it opens nothing from now on."""
    with opened(database) as found:
        gone = Gate(found.database, found.clock).tokens.revoke(token, by=INSTALLER)
    talk(say("Token {id} of {account} ({name}) is revoked.", id=gone.id, account=gone.account, name=gone.name))


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade account`."""
    app.add_typer(tokens, name="token")


def document(one: Token, now: datetime) -> dict[str, Any]:
    """A token as JSON; never what opens."""
    return {
        "id": one.id,
        "account": one.account,
        "name": one.name,
        "scope": one.scope,
        "good": one.good(now),
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "used_at": one.used_at,
        "revoked_at": one.revoked_at,
    }
