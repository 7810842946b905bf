"""`cascade office add` and `export`, and the files that `import` takes: YAML, or a table with one row an office."""

from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from engine.administration import INSTALLER
from engine.administration import add_office as put_office
from engine.cli.opening import file_bytes, looking, opened
from engine.cli.options import DatabaseOption, JsonOption, command
from engine.cli.printing import data, json_document, talk
from engine.errors import Unreadable
from engine.exchange.errors import UnreadableDocument
from engine.exchange.offices import read_offices
from engine.exchange.offices_blocks import block_of, keeping_deputies, to_yaml
from engine.exchange.offices_table import read_offices_table, to_csv
from storage import directory
from workflows.offices import Office
from workflows.text import say

_TABLES = (".csv", ".xlsx")


def read(file: str) -> list[Office]:
    """The offices of a file: a table by its ending, else YAML. Raises Unreadable or InvalidDefinition."""
    if not file.lower().endswith(_TABLES):
        return read_offices(file_bytes(file), file)
    try:
        return read_offices_table(file_bytes(file), file)
    except UnreadableDocument as error:
        raise Unreadable(error.text) from None


def completed(offices: list[Office], file: str, connection: Connection) -> list[Office]:
    """The offices of a table with the deputies, absences and addresses that they have at present; of YAML as they are."""
    if not file.lower().endswith(_TABLES):
        return offices
    return keeping_deputies(offices, directory.read_offices(connection))


def add_office(
    id_: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", show_default=False, help="As documents write it.")],
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", show_default=False, help="A level of the workflows.")
    ],
    above: Annotated[
        str, typer.Option("--above", metavar="OFFICE", show_default=False, help="The office over it.")
    ] = "",
    short: Annotated[
        str, typer.Option("--short", metavar="TEXT", show_default=False, help="A label for narrow columns.")
    ] = "",
    outside: Annotated[bool, typer.Option("--outside", help="It does not use this installation.")] = False,
    host: Annotated[bool, typer.Option("--host", help="It runs this installation.")] = False,
    person: Annotated[
        list[str] | None,
        typer.Option("--person", metavar="ROLE=NAME", show_default=False, help="Who sits there; may be repeated."),
    ] = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add one office to the directory.

    It is checked with all the others, as a whole file would be; what makes the directory wrong is refused by name.
    """
    given: dict[str, Any] = {"name": name, "short": short, "level": level, "above": above}
    block = {key: value for key, value in given.items() if value or key in ("name", "level")}
    block |= {"outside": outside, "host": host, "people": _people(person or [])}
    with opened(database) as found, found.database.transaction() as connection:
        office = put_office(connection, id_, block, found.now(), INSTALLER)
    if as_json:
        json_document({"id": office.id, **block_of(office)})
        return
    talk(say("{id} ({name}) is in the directory. See: cascade office show {id}", id=office.id, name=office.name))


def export(
    as_csv: Annotated[bool, typer.Option("--csv", help="One row an office, for a spreadsheet.")] = False,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="As `office import` reads it (the default).")] = False,
    database: DatabaseOption = "",
) -> None:
    """Print the directory as a file that `office import` reads again."""
    if as_csv and as_yaml:
        raise typer.BadParameter(say("give one of --csv and --yaml"), param_hint="--csv")
    with looking(database) as (_, connection):
        offices = list(directory.read_offices(connection))
    data(to_csv(offices) if as_csv else to_yaml(offices))
    if as_csv and any(one.deputies or one.absent for one in offices):
        talk(say("Deputies and absences have no column; they stay as they are when the table is imported here again."))


def register(app: typer.Typer) -> None:
    """Put these commands under `cascade office`."""
    example = 'cascade office add vp --name "Văn phòng Sở" --level unit --above skhcn --person leader="Chánh Văn phòng"'
    command(app, "add", example)(add_office)
    command(app, "export", "cascade office export > offices.yaml", "cascade office export --csv > offices.csv")(export)


def _people(given: list[str]) -> dict[str, str]:
    """`leader=Giám đốc` as role and name. Anything else is a usage error."""
    found: dict[str, str] = {}
    for one in given:
        role, equals, name = one.partition("=")
        role = role.strip()
        if not equals or not role:
            raise typer.BadParameter(
                say("{one!r} is not ROLE=NAME, such as leader=Director", one=one), param_hint="--person"
            )
        if role in found:
            raise typer.BadParameter(say("{role} is given twice", role=role), param_hint="--person")
        found[role] = name.strip()
    return found
