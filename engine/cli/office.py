"""`cascade office`: the directory of offices."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from engine.administration import INSTALLER, import_offices
from engine.cli import office_files, office_persons
from engine.cli.opening import Then, looking, opened
from engine.cli.options import AsOfOption, DatabaseOption, JsonOption, command, group
from engine.cli.printing import data, json_document, pairs, table, talk
from engine.exchange.offices import read_offices, sample
from engine.labels import totals_words
from engine.language import told
from engine.looking_back import as_data
from engine.office_words import absences, deputies, mark
from engine.wording import office_words
from storage import directory
from storage.queries import groups
from workflows.calendar import day_of
from workflows.offices import Office, Offices
from workflows.text import joined, say, say_count
from workflows.words import ROLES

app = group("The directory of offices: who is above whom, who is outside, who sits where.")


@command(app, "list", "cascade office list")
def list_offices(as_of: AsOfOption = "", database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show the tree of offices."""
    with looking(database, Then(as_of, corrected=False, silent=as_json, offices=True)) as (found, connection):
        offices = directory.read_offices(connection)
    if as_json:
        json_document({**as_data(found.past), "offices": [_office(office) for office in offices]})
    elif not len(offices):
        talk(say("No office yet. Fill the directory: cascade office import FILE (or --sample)"))
    else:
        table([say("ID"), say("OFFICE"), say("LEVEL"), say("SEATS"), ""], _tree(offices))


@command(app, "show", "cascade office show vp")
def show_office(
    office: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    as_of: AsOfOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one office: where it hangs, who sits in it, what it owes."""
    with looking(database, Then(as_of, corrected=False, silent=as_json)) as (found, connection):
        offices = directory.read_offices(connection)
        one = offices.get(office)
        totals, today = groups.totals(connection, found.now(), office=one.id), day_of(found.now())
    below = [each.id for each in offices.below(one.id)]
    if as_json:
        json_document(
            {**as_data(found.past), **_office(one), "below": below, "owes": {"total": sum(totals.values()), **totals}}
        )
        return
    marked = f" ({told(mark(one))})" if mark(one) else ""
    data(f"{one.id}  {one.name}{marked}")
    seats = [f"{role}: {one.people[role]}" for role in ROLES if role in one.people]
    pairs(
        [
            (say("label"), one.short),
            (say("level"), one.level),
            (say("above"), office_words(offices, one.above) if one.above else ""),
            (say("below"), ", ".join(below)),
            (
                say("seats"),
                "\n".join(seats)
                or ("" if one.outside else say("all vacant: its mail goes to a deputy, or to the office above")),
            ),
            (say("deputies"), joined(deputies(one, today), "\n")),
            (say("e-mail"), "\n".join(f"{role}: {address}" for role, address in one.email.items())),
            (say("telephone"), "\n".join(f"{role}: {number}" for role, number in one.phone.items())),
            (say("away"), joined(absences(one, today), "\n")),
            (say("owes"), totals_words(totals)),
        ],
        indent="  ",
    )


@command(app, "import", "cascade office import offices.yaml", "cascade office import offices.csv",
         "cascade office import --sample")  # fmt: skip
def import_file(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)] = "",
    use_sample: Annotated[bool, typer.Option("--sample", help="The directory that ships with cascade.")] = False,
    show_sample: Annotated[
        bool, typer.Option("--print-sample", help="Print that file, to write your own from.")
    ] = False,
    database: DatabaseOption = "",
) -> None:
    """Replace the directory by a file's offices: YAML (UTF-8), or a table (.csv, .xlsx) with one row an office.

    A table has the columns id, name, short, level, above, outside, host, clerk, officer, leader, in any order; or their
    Vietnamese names; deputies and absences stay as they are. An office that holds or has given an obligation cannot
    be left out.
    """
    if show_sample:
        data(sample().rstrip())
        return
    if bool(file) == use_sample:
        raise typer.BadParameter(say("give a FILE, or --sample"), param_hint="FILE")
    offices = office_files.read(file) if file else read_offices(sample(), "sample")
    with opened(database) as found, found.database.transaction() as connection:
        offices = office_files.completed(offices, file, connection)
        import_offices(connection, offices, found.now(), INSTALLER)
    outside = sum(office.outside for office in offices)
    talk(
        say_count(
            "{count} office is in the directory, {outside} of them outside. See: cascade office list",
            "{count} offices are in the directory, {outside} of them outside. See: cascade office list",
            len(offices),
            outside=outside,
        )
    )


office_files.register(app)
office_persons.register(app)


def _tree(offices: Offices) -> list[tuple[str, str, str, str, str]]:
    """Every office under the one above it; one whose `above` is missing hangs at the top."""
    rows: list[tuple[str, str, str, str, str]] = []

    def add(office: Office, depth: int) -> None:
        seats = ", ".join(role for role in ROLES if role in office.people) or "-"
        rows.append(("  " * depth + office.id, office.name, office.level, seats, mark(office)))
        for below in offices.below(office.id):
            add(below, depth + 1)

    for office in offices:
        if offices.find(office.above) is None:
            add(office, 0)
    return rows


def _office(office: Office) -> dict[str, Any]:
    return {
        "id": office.id,
        "name": office.name,
        "short": office.short or None,
        "level": office.level,
        "above": office.above,
        "outside": office.outside,
        "host": office.host,
        "people": dict(office.people),
        "deputies": [asdict(one) for one in office.deputies],
        "absent": [asdict(one) for one in office.absent],
        "email": dict(office.email),
        "phone": dict(office.phone),
        "language": office.language,
    }
