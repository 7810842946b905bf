"""`cascade account seat`, `role`, `disable`, `enable`, `unlock` and `password`: what becomes of an account."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from engine.access import administering
from engine.access.gate import Gate
from engine.access.links import GOOD_FOR, path_of
from engine.access.passwords import check_strength
from engine.access.person import WIDE_ROLES, Seat
from engine.cli.opening import opened
from engine.cli.options import DatabaseOption, command, group
from engine.cli.printing import data, talk
from engine.deeds import INSTALLER
from engine.language import told
from workflows.commands import Actor
from workflows.text import say, say_count

_HERE = "http://127.0.0.1:8000"  # where `cascade serve` answers unless it is told otherwise
_LINE_MAX = 4096
NameArgument = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
SeatArgument = Annotated[str, typer.Argument(metavar="OFFICE/ROLE", show_default=False)]
RoleArgument = Annotated[str, typer.Argument(metavar="|".join(WIDE_ROLES), show_default=False)]
AskOption = Annotated[bool, typer.Option("--ask", help="Ask for the password here, twice, instead of printing a link.")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input: one line.")]
AddressOption = Annotated[
    str,
    typer.Option("--address", metavar="URL", show_default=False,
                 help="Where the office's pages are, for the link [http://127.0.0.1:8000]."),
]  # fmt: skip
_SeatDeed = Callable[[Connection, str, Seat, datetime, Actor], None]
_RoleDeed = Callable[[Connection, str, str, datetime, Actor], None]

seats = group("The seats that an account holds: add, remove.")
roles = group("What an account may do in the whole installation: add, remove.")


@command(seats, "add", "cascade account seat add chi vp/clerk")
def add_seat(name: NameArgument, seat: SeatArgument, database: DatabaseOption = "") -> None:
    """Give an account a seat. Its sessions end: who was signed in signs in again."""
    _seat(administering.give_seat, name, seat, database)


@command(seats, "remove", "cascade account seat remove chi vp/clerk")
def remove_seat(name: NameArgument, seat: SeatArgument, database: DatabaseOption = "") -> None:
    """Take a seat from an account. Its sessions end at once."""
    _seat(administering.take_seat, name, seat, database)


@command(roles, "add", "cascade account role add chi auditor")
def add_role(name: NameArgument, role: RoleArgument, database: DatabaseOption = "") -> None:
    """Give an account a role of the whole installation: admin, auditor or operator."""
    _role(administering.give_role, name, role, database)


@command(roles, "remove", "cascade account role remove chi auditor")
def remove_role(name: NameArgument, role: RoleArgument, database: DatabaseOption = "") -> None:
    """Take a role of the whole installation from an account. The last admin keeps theirs."""
    _role(administering.take_role, name, role, database)


def disable(
    name: NameArgument,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", show_default=False, help="Why; goes on the record.")
    ] = "",
    database: DatabaseOption = "",
) -> None:
    """Let nobody in by an account any more: its sessions end, its tokens and links open nothing.

    It is never deleted: the record names it. Its name stays taken.
    """
    with opened(database) as found, found.database.transaction() as connection:
        administering.disable(connection, name, why, found.now(), INSTALLER)
    talk(say("{name} is disabled. To take it back into use: cascade account enable {name}", name=name))


def enable(name: NameArgument, database: DatabaseOption = "") -> None:
    """Take a disabled account back into use, with the password and the tokens it had."""
    with opened(database) as found, found.database.transaction() as connection:
        administering.enable(connection, name, found.now(), INSTALLER)
    talk(say("{name} is in use again.", name=name))


def unlock(name: NameArgument, database: DatabaseOption = "") -> None:
    """Listen to a name again at once that was locked after ten failures; else that takes a quarter of an hour."""
    with opened(database) as found, found.database.transaction() as connection:
        administering.unlock(connection, name, found.now(), INSTALLER)
    talk(say("{name} may sign in again.", name=name))


def password(
    name: NameArgument,
    ask: AskOption = False,
    password_stdin: StdinOption = False,
    must_change: Annotated[
        bool, typer.Option("--must-change", help="Its owner has to choose another one when signing in.")
    ] = False,
    address: AddressOption = "",
    database: DatabaseOption = "",
) -> None:
    """Print a link by which the owner of an account chooses a password, or set one.

    The link is good once, for a day; the password it has stays good until then. A password is never given as an
    argument, where every other user of the machine could read it.
    """
    with opened(database) as found:
        gate = Gate(found.database, found.clock)
        with found.database.transaction() as connection:
            account = administering.get(connection, name)
        given = chosen_password(account.name, account.shown, ask=ask, stdin=password_stdin)
        if not given:
            tell_link(gate.links.for_password(account.name, INSTALLER), address)
            return
        hashed = gate.passwords.hashed(given)
        with found.database.transaction() as connection:
            administering.set_password(
                connection, account.name, hashed, found.now(), INSTALLER, must_change=must_change
            )  # fmt: skip
    talk(say("The password of {name} is set; its sessions have ended.", name=account.name))


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade account`."""
    app.add_typer(seats, name="seat")
    app.add_typer(roles, name="role")
    command(app, "disable", 'cascade account disable chi --why "moved to another office"')(disable)
    command(app, "enable", "cascade account enable chi")(enable)
    command(app, "unlock", "cascade account unlock chi")(unlock)
    command(app, "password", "cascade account password chi", "cascade account password chi --ask")(password)


def chosen_password(name: str, shown: str, *, ask: bool, stdin: bool) -> str | None:
    """The password that was typed twice or came by standard input; None where a link is wanted. Raises WeakPassword."""
    if ask and stdin:
        raise typer.BadParameter(say("give one of --ask and --password-stdin"), param_hint="--ask")
    if stdin:
        given = sys.stdin.buffer.readline(_LINE_MAX).decode("utf-8", "replace").rstrip("\r\n")
    elif ask:
        given = typer.prompt(told(say("Password")), hide_input=True, err=True)
        if given != typer.prompt(told(say("Again")), hide_input=True, err=True):
            raise typer.BadParameter(say("the two are not the same"), param_hint="--ask")
    else:
        return None
    check_strength(given, name, shown)
    return given


def tell_link(secret: str, address: str) -> None:
    """The link on standard output, and what it is good for."""
    data((address or _HERE).rstrip("/") + path_of(secret))
    hours = GOOD_FOR.total_seconds() // 3600
    talk(say_count("Whoever opens this link chooses the password; it is good once, for {count} hour. Hand it over in person.",
                   "Whoever opens this link chooses the password; it is good once, for {count} hours. Hand it over in person.",
                   int(hours)))  # fmt: skip


def _seat(deed: _SeatDeed, name: str, seat: str, database: str) -> None:
    with opened(database) as found, found.database.transaction() as connection:
        deed(connection, name, administering.seat_named(seat), found.now(), INSTALLER)
    _changed(name)


def _role(deed: _RoleDeed, name: str, role: str, database: str) -> None:
    with opened(database) as found, found.database.transaction() as connection:
        deed(connection, name, role, found.now(), INSTALLER)
    _changed(name)


def _changed(name: str) -> None:
    talk(say("{name} is changed, and its sessions have ended. See: cascade account show {name}", name=name))
