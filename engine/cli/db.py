"""`cascade db`: the database itself."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from engine import administration
from engine.cli import replica_looks
from engine.cli.opening import file_bytes, quiet
from engine.cli.options import DatabaseOption, DatabaseUnused, JsonOption, command, group, instant
from engine.cli.printing import data, json_document, pairs, talk
from engine.cli.progress import phase
from engine.cli.workflow_publishing import shipped_news
from engine.clock import SystemClock
from engine.exchange.offices import read_offices
from engine.labels import totals_words
from engine.moving import move
from engine.runtime import check
from engine.wording import moment_words
from storage import migrate, partitions
from storage.database import Database
from storage.queries import groups, status
from workflows.offices import Office
from workflows.text import joined, say, say_count

PartitionsOption = Annotated[
    int | None,
    typer.Option(
        "--partitions", metavar="N", show_default=False, help="Divide the tables of cascades in N parts (PostgreSQL)."
    ),
]
_IMPORT = say("cascade office import FILE (or --sample)")

app = group("The database: create it, bring it up to date, copy it, see how it stands.")


@command(
    app,
    "create",
    "cascade db create",
    "cascade db create --database postgresql://user@host/cascade",
    "cascade db create --database postgresql://user@host/province --partitions 32",
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
    parts: PartitionsOption = None,
    database: DatabaseOption = "",
) -> None:
    """Make an empty database an installation, with the shipped calendar and workflows.

    A simulated one is for trying things out: its time stands still until `cascade round --at` moves it, and
    its journal says so for ever. Partitions divide the tables of the cascades for good (PostgreSQL); millions of
    obligations want them, an office does not.
    """
    quiet()
    start = instant(simulated_from, "--simulated-from") if simulated_from else None
    directory = read_offices(file_bytes(offices), offices) if offices else None
    made = Database(database)
    _check_partitions(parts, made)
    try:
        administration.create(made, SystemClock(), "office", start, parts or 0)
        if directory is not None:
            _import(made, directory)
    finally:
        made.close()
    time = say(", in simulated time from {moment}", moment=moment_words(start)) if start else ""
    then = "cascade office list" if directory else _IMPORT
    talk(say("{database} is created{time}. Next: {command}", database=made.shown, time=time, command=then))


@command(app, "upgrade", "cascade db upgrade")
def upgrade(database: DatabaseOption = "") -> None:
    """Bring the database to this program's schema; an empty one becomes an installation.

    Shipped workflows whose names are new here are published. A shipped text that has changed since is only named: what
    your office uses stays until somebody publishes it (cascade workflow shipped).
    """
    quiet()
    opened = Database(database)
    try:
        with ExitStack() as bars:
            done = administration.upgrade(opened, SystemClock(), partial(phase, bars))
    finally:
        opened.close()
    before, after, shown = done.before, done.after, opened.shown
    if before is None:
        talk(say("{database} was empty and is created, schema {after}.", database=shown, after=after))
        talk(say("Next: {command}", command=_IMPORT))
    elif before == after and not done.published:
        talk(say("{database} has schema {after} already; nothing was done.", database=shown, after=after))
    elif before == after:
        talk(say("{database} has schema {after} already.", database=shown, after=after))
    else:
        talk(say("{database} went from schema {before} to {after}.", database=shown, before=before, after=after))
    for line in shipped_news(done):
        talk(line)


@command(
    app,
    "copy",
    "cascade db copy office.db postgresql://user@host/province --partitions 32",
    "cascade db copy postgresql://user@host/province office.db",
)
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", show_default=False)],
    target: Annotated[str, typer.Argument(metavar="TO", show_default=False)],
    parts: PartitionsOption = None,
    database: DatabaseUnused = "",
) -> None:
    """Move an office to another database: from SQLite to PostgreSQL, back, or into partitions.

    TO has to be empty; it is created by the copy. Nobody may write to FROM meanwhile: stop the service first. Every row
    arrives as it was, every chain is verified there, and TO's own chain says where it came from; where anything
    fails, nothing is stored in TO. Serve only one of the two afterwards.
    """
    quiet()
    before, after = Database(source), Database(target)
    _check_partitions(parts, after)
    try:
        with ExitStack() as bars:
            moved = move(before, after, SystemClock(), parts or 0, partial(phase, bars))
    finally:
        before.close()
        after.close()
    tables = say_count("{count} table", "{count} tables", len(moved.sums))
    rows = say_count("{count} row", "{count} rows", moved.rows)
    chains = say_count("{count} chain", "{count} chains", moved.verdict.chains)
    entries = say_count("{count} entry", "{count} entries", moved.verdict.entries)
    talk(say("{target} holds what {source} held: {rows} in {tables}, the same on both sides; verified: {entries} in {chains}.",
             target=after.shown, source=before.shown, rows=rows, tables=tables, entries=entries, chains=chains))  # fmt: skip
    talk(say("Go on with --database {target} alone; keep {source} as it is, and serve it no more.",
             target=after.shown, source=before.shown))  # fmt: skip


@command(app, "status", "cascade db status")
def show_status(database: DatabaseOption = "", as_json: JsonOption = False) -> None:
    """Show what the database holds, what waits, and whether its guards are in place."""
    quiet()
    opened = Database(database)
    try:
        found, totals, schema, parts = _read(opened)
        followed = replica_looks.of(opened, getattr(database, "reads", ""))
    finally:
        opened.close()
    if as_json:
        json_document(
            {
                "database": opened.shown,
                "schema": schema,
                "partitions": parts,
                **followed.data,
                **asdict(found),
                "obligations": {"total": sum(totals.values()), **totals},
            }
        )
        return
    at = found.simulated_at
    size = f"{found.size / 1_048_576:,.1f} MB"
    data(
        say(
            "{database}  schema {schema}, {size}, created {moment}",
            database=opened.shown,
            schema=schema,
            size=size,
            moment=moment_words(found.created_at),
        )
    )
    offices = say_count("{count} office", "{count} offices", found.offices)
    workflows = say_count("{count} workflow version", "{count} workflow versions", found.workflows)
    entries = say_count("{count} entry", "{count} entries", found.entries)
    nodes = (
        say("{node}, last round {moment}", node=one.name, moment=moment_words(one.round_at))
        if one.round_at
        else say("{node}, whose rounds had nothing to do yet", node=one.name)
        for one in found.nodes
    )
    pairs(
        [
            (say("time"), say("simulated, now {moment}", moment=moment_words(at)) if at else say("real")),
            (say("directory"), joined([offices, workflows])),
            (say("cascades"), _cascades_words(found.cascades, parts)),
            (say("obligations"), totals_words(totals)),
            (say("journal"), say("{entries}; to verify them: cascade journal verify", entries=entries)),
            (say("guards"), joined(found.guard_faults, "\n") if found.guard_faults else say("in place")),
            (say("messages"), say_count("{count} waiting", "{count} waiting", found.messages_waiting)),
            (say("wakes next"), moment_words(found.wakes_at) if found.wakes_at else say("nothing is due")),
            (say("nodes"), joined(nodes, "\n")),
            *followed.pairs,
        ],
        indent="  ",
    )


def _check_partitions(wanted: int | None, database: Database) -> None:
    """Raises a usage error where there are none to be had, or not so many."""
    if wanted is None:
        return
    if database.is_sqlite:
        said = say("{database} is SQLite, which keeps a table whole; leave it out, or give a postgresql:// URL",
                   database=database.shown)  # fmt: skip
        raise typer.BadParameter(said, param_hint="--partitions")
    if not partitions.LEAST <= wanted <= partitions.MOST:
        said = say("{wanted} is not from {least} to {most}; leave it out to keep the tables whole",
                   wanted=wanted, least=partitions.LEAST, most=partitions.MOST)  # fmt: skip
        raise typer.BadParameter(said, param_hint="--partitions")


def _import(made: Database, directory: list[Office]) -> None:
    with made.transaction() as connection:
        found = status.read(connection)
        now = found.simulated_at if found and found.simulated_at else SystemClock().now()
        administration.import_offices(connection, directory, now, administration.INSTALLER)


def _cascades_words(cascades: int, parts: int) -> str:
    if not parts:
        return f"{cascades:,}"
    return say_count(
        "{cascades}, in {count} partition", "{cascades}, in {count} partitions", parts, cascades=f"{cascades:,}"
    )


def _read(opened: Database) -> tuple[status.Status, dict[str, int], str, int]:
    check(opened)
    with opened.reading() as connection:
        found = status.read(connection)
        assert found is not None  # `check` has read it
        totals = groups.totals(connection, found.simulated_at or SystemClock().now())
        parts = partitions.count(connection)
    return found, totals, migrate.head(), parts
