"""`cascade account`: who may sign in, what they hold, and who did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from engine.access import administering, throttling
from engine.access.gate import Gate
from engine.access.naming import folded
from engine.access.noting import TURNED_AWAY
from engine.access.person import WIDE_ROLES
from engine.account_words import held_words, sign_in_words, state_words
from engine.cli import account_changes, account_tokens
from engine.cli.account_changes import AddressOption, AskOption, StdinOption, chosen_password, tell_link
from engine.cli.opening import looking, opened
from engine.cli.options import DatabaseOption, JsonOption, LimitOption, command, group
from engine.cli.printing import cut, data, json_document, pairs, table, talk
from engine.clock import real_now
from engine.deeds import INSTALLER
from engine.language import LANGUAGES
from engine.wording import moment_words
from storage import accounts, credentials, sign_ins
from storage.accounts import Account
from storage.sign_ins import SignIn
from workflows.errors import NotFound
from workflows.text import say

app = group("Accounts: who may sign in, which seats and roles each holds, and who came in or was turned away.")


@command(app, "add", 'cascade account add chi --shown "Trần Thị Chi" --seat vp/clerk',
         'cascade account add root --shown "Quản trị" --role admin --ask')  # fmt: skip
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    shown: Annotated[
        str, typer.Option("--shown", metavar="TEXT", show_default=False, help="The person's name, as pages show it.")
    ],
    seat: Annotated[
        list[str] | None,
        typer.Option("--seat", metavar="OFFICE/ROLE", show_default=False, help="A seat it holds; may be repeated."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="|".join(WIDE_ROLES), show_default=False,
                     help="What it may do in the whole installation; may be repeated."),
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="|".join(LANGUAGES), help="The language its pages are in.")
    ] = "vi",
    ask: AskOption = False,
    password_stdin: StdinOption = False,
    address: AddressOption = "",
    database: DatabaseOption = "",
) -> None:  # fmt: skip
    """Add an account, and print the link by which its owner chooses a password.

    A seat says for which office somebody acts, and sees the work of that office and of those below it. A role is of the
    whole installation: admin keeps accounts, offices, workflows and calendars; operator the rounds and messages; auditor
    reads everything and changes nothing. The link is good once, for a day.
    """
    seats = [administering.seat_named(one) for one in seat or []]
    with opened(database) as found:
        gate = Gate(found.database, found.clock)
        given = chosen_password(name, shown, ask=ask, stdin=password_stdin)
        hashed = gate.passwords.hashed(given) if given else None
        with found.database.transaction() as connection:
            made = administering.add_account(
                connection, name, shown, seats, role or [], found.now(), INSTALLER, language, hashed
            )
            secret = None if given else gate.links.in_hand(connection, made.name, INSTALLER)
    talk(say("Account {name} ({shown}) is there. See: cascade account show {name}", name=made.name, shown=made.shown))
    if secret:
        tell_link(secret, address)


@command(app, "list", "cascade account list")
def list_accounts(limit: LimitOption = 200, database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the accounts, with what each holds."""
    with looking(database) as (found, connection):
        listed, total = accounts.listed(connection, limit), accounts.count(connection)
        seats, roles = accounts.held(connection)
        now = real_now(found.clock)
        locked = {one.name: throttling.locked_until(connection, one.name, now) for one in listed}
    if as_json:
        json_document(
            {
                "accounts": [
                    _document(one, seats.get(one.name, ()), roles.get(one.name, ()), locked[one.name]) for one in listed
                ]
            }
        )
        return
    if not listed:
        talk(say('No account yet. Add the first: cascade account add NAME --shown "..." --role admin'))
        return
    rows = [
        (
            one.name,
            one.shown,
            state_words(one, locked[one.name]),
            held_words(seats.get(one.name, ()), roles.get(one.name, ())),
        )
        for one in listed
    ]
    table([say("NAME"), say("PERSON"), say("STATE"), say("HOLDS")], rows)
    cut(len(listed), total, say("accounts"))


@command(app, "show", "cascade account show chi")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one account: what it holds, whether it may come in, its tokens, when it last did."""
    with looking(database) as (found, connection):
        one = accounts.find(connection, folded(name))
        if one is None:
            raise NotFound(say("No account {name!r}. See: cascade account list", name=name))
        seats, roles = accounts.seats_of(connection, one.name), sorted(accounts.roles_of(connection, one.name))
        now = real_now(found.clock)
        locked = throttling.locked_until(connection, one.name, now)
        good = [token for token in credentials.tokens(connection, one.name) if token.good(now)]
        last = next(iter(sign_ins.listed(connection, 1, account=one.name, what=("signed_in",))), None)
    if as_json:
        json_document(
            {
                **_document(one, seats, roles, locked),
                "tokens": [account_tokens.document(token, now) for token in good],
                "last_signed_in_at": last.at if last else None,
            }
        )
        return
    data(f"{one.name}  {one.shown}")
    pairs(
        [
            (say("state"), state_words(one, locked)),
            (say("seats"), ", ".join("/".join(each) for each in seats)),
            (say("roles"), ", ".join(roles)),
            (say("language"), one.language),
            (say("since"), moment_words(one.created_at)),
            (say("tokens"), "\n".join(f"{token.id} {token.name} ({token.scope})" for token in good)),
            (say("last came in"), moment_words(last.at) if last else say("never")),
        ],
        indent="  ",
    )


@command(app, "sign-ins", "cascade account sign-ins", "cascade account sign-ins --denied --account chi")
def list_sign_ins(
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", show_default=False, help="Of this account only.")
    ] = "",
    denied: Annotated[bool, typer.Option("--denied", help="Only who was turned away.")] = False,
    limit: LimitOption = 50,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show who came in, from where, and who was turned away and why; the newest first.

    It is kept for two years, apart from the journal: strangers write it.
    """
    what = TURNED_AWAY if denied else ()
    with looking(database) as (_, connection):
        listed = sign_ins.listed(connection, limit, account=folded(account), what=what)
    if as_json:
        json_document({"sign_ins": [_sign_in(one) for one in listed]})
    elif not listed:
        talk(say("Nobody was turned away.") if denied else say("Nobody has signed in yet."))
    else:
        rows = [(moment_words(one.at), one.account, one.address or "-", sign_in_words(one)) for one in listed]
        table([say("AT"), say("NAME"), say("FROM"), say("WHAT")], rows)


account_changes.register(app)
account_tokens.register(app)


def _sign_in(one: SignIn) -> dict[str, Any]:
    return {
        "at": one.at,
        "account": one.account,
        "address": one.address,
        "what": one.what,
        "turned_away": one.what in TURNED_AWAY,
        "detail": one.detail,
    }


def _document(
    one: Account, seats: Sequence[tuple[str, str]], roles: Sequence[str], locked: datetime | None
) -> dict[str, Any]:
    return {
        "name": one.name,
        "shown": one.shown,
        "seats": ["/".join(each) for each in seats],
        "roles": list(roles),
        "language": one.language,
        "created_at": one.created_at,
        "disabled_at": one.disabled_at,
        "locked_until": locked,
        "has_password": one.password is not None,
        "must_change": one.must_change,
    }
