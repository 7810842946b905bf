"""`cascade backup`: the whole database as one file, made beside all work, with a manifest that says what is in it."""

from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine.backing_up import back_up, check, copying
from engine.backup_series import place_for
from engine.backup_words import made_words
from engine.cli.opening import quiet
from engine.cli.options import DatabaseOption, JsonOption, settings
from engine.cli.printing import data, json_document, talk
from engine.cli.progress import phase
from engine.clock import SystemClock
from engine.manifest import beside
from storage.database import Database
from workflows.text import joined, say

ProgramsOption = Annotated[
    Path | None,
    typer.Option("--pg-bin", metavar="DIR", show_default=False,
                 help="Where pg_dump and pg_restore are [env: CASCADE_PG_BIN; else on PATH]."),
]  # fmt: skip


def backup(
    to: Annotated[Path, typer.Argument(metavar="TO", show_default=False)],
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, metavar="N", show_default=False,
                     help="Of a folder: take older backups of this database away, so that N are left."),
    ] = None,
    programs: ProgramsOption = None,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Make a backup of the whole database as it stands at one moment, while everybody goes on working.

    TO is a file, or a folder in which it is named after the database and the time. Nothing is ever written over, and nothing
    half made lies under the name. Beside it lies a manifest: what it is of, what is in it, its sum. SQLite becomes a SQLite
    file, PostgreSQL a dump by pg_dump of the server's version. Try it: cascade restore FILE --check. Keep it elsewhere than
    the database, and keys and seals elsewhere than both.
    """
    quiet()
    if keep is not None and not to.is_dir():
        said = say("{path} is no folder: only backups that a folder names are a series", path=to)
        raise typer.BadParameter(said, param_hint="--keep")
    opened, clock = Database(database), SystemClock()
    try:
        check(opened)
        place_for(opened, to, clock.now())
        with ExitStack() as bars:
            made = back_up(opened, clock, to, copying(opened, programs or settings().pg_bin),
                           partial(phase, bars, silent=as_json), keep=keep)  # fmt: skip
    finally:
        opened.close()
    if as_json:
        json_document({
            "file": str(made.file), "manifest": str(beside(made.file)), "seconds": round(made.seconds, 3),
            "recorded": made.unrecorded is None, "dropped": [str(one) for one in made.dropped],
            "made": {name: value for name, value in asdict(made.manifest).items() if name != "heads"},
        })  # fmt: skip
        return
    data(str(made.file))
    talk(made_words(made))
    for one in made.dropped:
        talk(say("Taken away, with its manifest: {file}", file=one))
    if made.unrecorded:
        talk(say("It is not on the record of the database: {why}", why=made.unrecorded))
    talk(joined([say("Try it now and then:"), f"cascade restore {made.file} --check"], " "))
