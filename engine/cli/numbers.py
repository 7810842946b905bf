"""`cascade directive number`: the next free number of a series, and the gaps in it."""

from dataclasses import asdict
from typing import Annotated

import typer

from engine.cli.opening import looking
from engine.cli.options import DatabaseOption, JsonOption
from engine.cli.printing import data, json_document, talk
from engine.exchange.symbols import compose, number_in, read_notation
from storage import directory
from storage.queries.numbers import Series, series
from workflows.calendar import day_of
from workflows.fields import YEARS
from workflows.text import say, say_count


def number(
    notation: Annotated[str, typer.Argument(metavar="NOTATION", show_default=False)],
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="OFFICE", show_default=False, help="Whose documents they are.")
    ],
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="Y", min=YEARS[0], max=YEARS[1], show_default=False, help="Else this year."),
    ] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say which number comes next in a series: an issuer's documents of one year under one notation, such as SKHCN-VP.

    Numbers restart on 1 January. Only documents that are kept here are known: compare with the register on paper.
    """
    wanted = read_notation(notation)
    if wanted is None:
        raise typer.BadParameter(
            say("'{text}' is no notation such as SKHCN-VP or TB-UBND", text=notation), param_hint="NOTATION"
        )
    with looking(database) as (found, connection):
        directory.read_offices(connection).get(issuer)
        known = series(connection, issuer, year or day_of(found.now()).year, wanted, number_in)
    if as_json:
        json_document({**asdict(known), "next": known.next})
    else:
        _show(known)


def _show(known: Series) -> None:
    data(compose(known.next, known.notation))
    if not known.used:
        says = say("{issuer} has used no number of {notation} in {year}.",
                   issuer=known.issuer, notation=known.notation, year=known.year)  # fmt: skip
        talk(says)
        return
    says = say_count("{issuer} has used {count} number of {notation} in {year}, the highest {highest}.",
                     "{issuer} has used {count} numbers of {notation} in {year}, the highest {highest}.",
                     known.used, issuer=known.issuer, notation=known.notation, year=known.year,
                     highest=known.highest)  # fmt: skip
    talk(says)
    if known.missing > len(known.gaps):
        talk(say("Free below it: {gaps}, … ({missing} in all).", gaps=known.gaps, missing=known.missing))
    elif known.gaps:
        talk(say("Free below it: {gaps}.", gaps=known.gaps))
