"""`cascade office deputy`, `absence` and `address`: who stands in, who is away, where messages go, changed one by one."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from engine import office_changes
from engine.cli.opening import opened
from engine.cli.options import DatabaseOption, command, day, group
from engine.cli.printing import data, talk
from engine.deeds import INSTALLER
from engine.office_words import absences, deputies
from workflows.calendar import day_of
from workflows.offices import Absence, Deputy, Office, seat_of_text
from workflows.text import say

_deputies = group("Who stands in for a seat: add, end.")
_absences = group("Whose holder is away: add, end.")
SeatArgument = Annotated[str, typer.Argument(metavar="OFFICE/ROLE", show_default=False)]
OfficeArgument = Annotated[str, typer.Argument(metavar="OFFICE", show_default=False)]
PlaceArgument = Annotated[int, typer.Argument(metavar="N", min=1, show_default=False)]
SinceOption = Annotated[str, typer.Option("--since", metavar="DAY", show_default=False, help="The first day.")]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="DAY", show_default=False, help="The last day; left out, until it is ended.")
]
LastOption = Annotated[
    str, typer.Option("--until", metavar="DAY", show_default=False, help="The last day; left out, off the list.")
]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", show_default=False, help="Why; goes on the record.")]


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade office`."""
    app.add_typer(_deputies, name="deputy", short_help=say("Who stands in for a seat: add, end."))
    app.add_typer(_absences, name="absence", short_help=say("Whose holder is away: add, end."))
    command(app, "address", "cascade office address vp/clerk --email vanthu@example.vn --phone 0296 3852 576",
            'cascade office address vp --email ""')(address)  # fmt: skip


@command(_deputies, "add", "cascade office deputy add skhcn/leader vp/leader --since 21/08/2023 --until 25/08/2023"
         " --document 70/QĐ-SKHCN")  # fmt: skip
def add_deputy(
    seat: SeatArgument,
    who: Annotated[str, typer.Argument(metavar="SEAT|POST", show_default=False)],
    since: SinceOption,
    until: UntilOption = "",
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ACTION", show_default=False, help="Only this action; may be repeated."),
    ] = None,
    document: Annotated[
        str, typer.Option("--document", metavar="SYMBOL", show_default=False, help="The document that appoints.")
    ] = "",
    database: DatabaseOption = "",
) -> None:
    """Let another seat, or a post by its name, stand in for a seat from a day on."""
    office, role = _seat(seat)
    made = Deputy(role, who.strip(), day(since, "--since"), _day(until), tuple(only or ()), document.strip() or None)
    _change(database, lambda connection, now: office_changes.add_deputy(connection, office, made, now, INSTALLER))


@command(_deputies, "end", "cascade office deputy end skhcn 1 --until 23/08/2023")
def end_deputy(
    office: OfficeArgument, place: PlaceArgument, until: LastOption = "", why: WhyOption = "",
    database: DatabaseOption = "",
) -> None:  # fmt: skip
    """End a deputy: N is the place on the list of `cascade office show`, from 1."""
    last = _day(until)
    _change(database, lambda connection, now: office_changes.end_deputy(connection, office, place, last, why, now,
                                                                        INSTALLER))  # fmt: skip


@command(_absences, "add", "cascade office absence add skhcn/leader --since 21/08/2023 --until 25/08/2023")
def add_absence(
    seat: SeatArgument, since: SinceOption, until: UntilOption = "", why: WhyOption = "", database: DatabaseOption = ""
) -> None:
    """Note that who holds a seat is away: its messages go to a deputy, or to the office above."""
    office, role = _seat(seat)
    made = Absence(role, day(since, "--since"), _day(until))
    _change(database, lambda connection, now: office_changes.add_absence(connection, office, made, why, now, INSTALLER))


@command(_absences, "end", "cascade office absence end skhcn 1 --until 23/08/2023")
def end_absence(
    office: OfficeArgument, place: PlaceArgument, until: LastOption = "", why: WhyOption = "",
    database: DatabaseOption = "",
) -> None:  # fmt: skip
    """End an absence: N is the place on the list of `cascade office show`, from 1."""
    last = _day(until)
    _change(database, lambda connection, now: office_changes.end_absence(connection, office, place, last, why, now,
                                                                         INSTALLER))  # fmt: skip


def address(
    seat: Annotated[str, typer.Argument(metavar="OFFICE[/ROLE]", show_default=False)],
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", show_default=False, help="Empty takes it away.")
    ] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="NUMBER", show_default=False, help="Empty takes it away.")
    ] = None,
    database: DatabaseOption = "",
) -> None:
    """Write down where messages to a seat go; without a role, to the office as a whole."""
    office, role = seat_of_text(seat.strip()) or (seat.strip(), "office")
    _change(database, lambda connection, now: office_changes.set_address(connection, office, role, email, phone, now,
                                                                         INSTALLER))  # fmt: skip


def _seat(text: str) -> tuple[str, str]:
    found = seat_of_text(text.strip())
    if found is None or not all(found):
        raise typer.BadParameter(
            say("{text!r} is not OFFICE/ROLE, such as vp/clerk", text=text), param_hint="OFFICE/ROLE"
        )
    return found


def _day(text: str) -> date | None:
    found: date | None = day(text, "--until") if text else None
    return found


def _change(database: str, change: Callable[[Connection, Any], Office]) -> None:
    with opened(database) as found:
        with found.database.transaction() as connection:
            made = change(connection, found.now())
        today = day_of(found.now())
    for place, said in enumerate(deputies(made, today), 1):
        data(say("deputy {place}: {said}", place=place, said=said))
    for place, said in enumerate(absences(made, today), 1):
        data(say("absence {place}: {said}", place=place, said=said))
    for held in (made.email, made.phone):
        for role, given in held.items():
            data(f"{role}: {given}")
    talk(say("{office} is changed; it holds from now on.", office=made.id))
