"""`cascade db`: the database itself."""

from dataclasses import asdict
from typing import Annotated

import typer

from engine import administration
from engine.cli.opening import file_bytes, quiet
from engine.cli.options import DatabaseOption, JsonOption, command, group, instant
from engine.cli.printing import data, json_document, pairs, talk
from engine.cli.wording import count_words, moment_words, totals_words
from engine.clock import SystemClock
from engine.exchange.offices import read_offices
from engine.runtime import check
from storage import migrate
from storage.database import Database
from storage.queries import groups, status
from workflows.offices import Office

app = group("The database: create it, bring it up to date, see how it stands.")


@command(
    app,
    "create",
    "cascade db create",
    "cascade db create --database postgresql://user@host/cascade",
    "cascade db create --database try.db --simulated-from 2023-07-19T08:00",
)
def create(
    simulated_from: Annotated[
        str,
        typer.Option(metavar="INSTANT", show_default=False, help="Live in a simulated time that begins here."),
    ] = "",
    offices: Annotated[
        str, typer.Option(metavar="FILE", show_default=False, help="Import this directory at once.")
    ] = "",
    database: DatabaseOption = "",
) -> None:
    """Make an empty database an installation, with the shipped calendar and workflows.

    A simulated one is for trying things out: its time stands still until `cascade round --at` moves it, and
    its journal says so for ever.
    """
    quiet()
    start = instant(simulated_from, "--simulated-from") if simulated_from else None
    directory = read_offices(file_bytes(offices), offices) if offices else None
    made = Database(database)
    try:
        administration.create(made, SystemClock(), "office", start)
        if directory is not None:
            _import(made, directory)
    finally:
        made.close()
    time = f", in simulated time from {moment_words(start)}" if start else ""
    then = "cascade office list" if directory else "cascade office import FILE (or --sample)"
    talk(f"{made.shown} is created{time}. Next: {then}")


@command(app, "upgrade", "cascade db upgrade")
def upgrade(database: DatabaseOption = "") -> None:
    """Bring the database to this program's schema; an empty one becomes an installation."""
    quiet()
    opened = Database(database)
    try:
        before, after = administration.upgrade(opened, SystemClock())
    finally:
        opened.close()
    if before is None:
        talk(f"{opened.shown} was empty and is created, schema {after}.")
        talk("Next: cascade office import FILE (or --sample)")
    elif before == after:
        talk(f"{opened.shown} has schema {after} already; nothing was done.")
    else:
        talk(f"{opened.shown} went from schema {before} to {after}.")


@command(app, "status", "cascade db status")
def show_status(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show what the database holds, what waits, and whether its guards are in place."""
    quiet()
    opened = Database(database)
    try:
        found, totals, schema = _read(opened)
    finally:
        opened.close()
    if as_json:
        json_document(
            {
                "database": opened.shown,
                "schema": schema,
                **asdict(found),
                "obligations": {"total": sum(totals.values()), **totals},
            }
        )
        return
    time = f"simulated, now {moment_words(found.simulated_at)}" if found.simulated_at else "real"
    size = f"{found.size / 1_048_576:,.1f} MB"
    data(f"{opened.shown}  schema {schema}, {size}, created {moment_words(found.created_at)}")
    pairs(
        [
            ("time", time),
            (
                "directory",
                f"{count_words(found.offices, 'office')}, {count_words(found.workflows, 'workflow version')}",
            ),
            ("cascades", f"{found.cascades:,}"),
            ("obligations", totals_words(totals)),
            ("journal", f"{count_words(found.entries, 'entry')}; to verify them: cascade journal verify"),
            ("guards", "\n".join(found.guard_faults) or "in place"),
            ("messages", f"{found.messages_waiting:,} waiting"),
            ("wakes next", moment_words(found.wakes_at) if found.wakes_at else "nothing is due"),
            (
                "nodes",
                "\n".join(f"{one.name}, last round {moment_words(one.round_at)}" for one in found.nodes),
            ),
        ],
        indent="  ",
    )


def _import(made: Database, directory: list[Office]) -> None:
    with made.transaction() as connection:
        found = status.read(connection)
        now = found.simulated_at if found and found.simulated_at else SystemClock().now()
        administration.import_offices(connection, directory, now, administration.INSTALLER)


def _read(opened: Database) -> tuple[status.Status, dict[str, int], str]:
    check(opened)
    with opened.reading() as connection:
        found = status.read(connection)
        assert found is not None  # `check` has read it
        totals = groups.totals(connection, found.simulated_at or SystemClock().now())
    return found, totals, migrate.head()
