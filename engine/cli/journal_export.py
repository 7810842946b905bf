"""`cascade journal export`: what leaves with an auditor, as an archive that proves itself or as a table to read."""

import getpass
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from engine.archiving import tables
from engine.archiving.places import new_file
from engine.archiving.rows import Cell, Wanted, rows
from engine.archiving.whole import Asked, write_archive
from engine.cli.opening import cascade_named, looking
from engine.cli.options import DatabaseOption, JsonOption, day, one_of
from engine.cli.printing import data, json_document, talk
from engine.cli.progress import Reached, reaching
from engine.clock import real_now
from engine.kind_words import KIND_WORDS
from engine.runtime import Runtime
from storage import verification
from workflows.calendar import VIETNAM, day_of
from workflows.directive import ADMINISTRATION
from workflows.text import say, say_count

EXAMPLES = (
    "cascade journal export --output audit-2023.zip",
    "cascade journal export --output audit-2023 --cascade 7h2k9",
    "cascade journal export --output journal.xlsx --format xlsx --from 1/7/2023 --to 30/9/2023",
)
ARCHIVE = "archive"
_ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


def export(
    output: Annotated[
        Path, typer.Option("--output", "-O", metavar="FOLDER|FILE", show_default=False, help="What to write; new.")
    ],
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            show_default=False,
            help="archive, csv, xlsx or parquet; without it, what the name ends in.",
        ),
    ] = "",
    cascade: Annotated[
        list[str] | None,
        typer.Option(
            "--cascade", "-c", metavar="ID", show_default=False, help="Only this one; several times for more."
        ),
    ] = None,
    since: Annotated[
        str, typer.Option("--from", metavar="DAY", show_default=False, help="Of a table: recorded from this day on.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="DAY", show_default=False, help="Of a table: recorded up to this day's end.")
    ] = "",
    office: Annotated[
        str, typer.Option("--office", metavar="ID", show_default=False, help="Of a table: what this office did.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", "-k", metavar="KIND", show_default=False, help="Of a table: only this kind.")
    ] = "",
    without_documents: Annotated[
        bool, typer.Option("--without-documents", help="Of an archive: leave the originals out.")
    ] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write the journal out, for an auditor: an archive that is checked without this program, or a table to read.

    An archive (a folder, or a .zip) holds every entry as it is stored, the seals with their keys, the documents that
    entries name and a checker of its own, which needs Python and nothing else: python3 -I verify.py . Of some cascades it
    holds these and the administration's chain. A table (csv, xlsx, parquet) is for reading and proves nothing.

    Nothing is replaced, and nothing appears under the name before it is whole.
    """
    chosen = format_ or _ENDINGS.get(output.suffix.lower(), ARCHIVE)
    one_of(chosen, (ARCHIVE, *tables.FORMATS), "--format")
    if chosen == ARCHIVE:
        for option, value in (("--from", since), ("--to", until), ("--office", office), ("--kind", kind)):
            if value:
                said = say("an archive holds whole chains, or it would prove nothing; give --format for a table")
                raise typer.BadParameter(said, param_hint=option)
    elif without_documents:
        said = say("a table holds no documents; leave it out")
        raise typer.BadParameter(said, param_hint="--without-documents")
    tables.check_format(chosen)
    kinds = {one.lower(): one for one in KIND_WORDS}
    if kind:
        one_of(kind.lower(), kinds, "--kind")
    first = _begin_of(day(since, "--from")) if since else None
    last = _begin_of(day(until, "--to") + timedelta(days=1)) if until else None
    with looking(database) as (found, connection):
        chains = tuple(dict.fromkeys(cascade_named(connection, one, administration=True) for one in cascade or []))
        if chosen == ARCHIVE:
            _archive(found, connection, output, chains, not without_documents, as_json)
            return
        wanted = Wanted(chains or None, first, last, office or None, kinds[kind.lower()] if kind else None)
        _table(found, connection, output, chosen, wanted, as_json)


def _archive(
    found: Runtime, connection: Connection, output: Path, chains: tuple[str, ...], documents: bool, silent: bool
) -> None:
    some = tuple(sorted({ADMINISTRATION, *chains})) if chains else None
    asked = Asked(_whoever(), some, documents)
    with reaching(say("Writing, entries"), _total(connection, some), silent=silent) as reached:
        made = write_archive(connection, output, asked, _now(found), reached)
    if silent:
        json_document({"output": str(output), "format": ARCHIVE, **asdict(made)})
        return
    entries = say_count("{count} entry", "{count} entries", made.entries)
    of_chains = say_count("{count} chain", "{count} chains", made.chains)
    data(say("{output}: {entries} in {chains}; seals: {seals}; documents: {documents}.", output=output, entries=entries,
             chains=of_chains, seals=made.seals, documents=made.documents))  # fmt: skip
    for digest in made.missing:
        talk(
            say("The document {digest} is named by an entry and is not kept here; the archive says so.", digest=digest)
        )
    if output.suffix.lower() == ".zip":
        talk(
            say(
                "To check it take verify.py out of it (README.txt says more): python3 -I verify.py {output}",
                output=output,
            )
        )
    else:
        talk(say("To check it: python3 -I {checker} {output} (README.txt says more)", checker=output / "verify.py",
                 output=output))  # fmt: skip


def _table(found: Runtime, connection: Connection, output: Path, chosen: str, wanted: Wanted, silent: bool) -> None:
    known = found.executor.known(connection)
    offices = known.offices.on(day_of(found.now()))
    total = _total(connection, wanted.chains)
    unread: list[None] = []
    with new_file(output) as path, reaching(say("Writing, entries"), total, silent=silent) as reached:
        found_rows = rows(connection, wanted, known.workflows, offices, lambda: unread.append(None))
        made = tables.WRITERS[chosen](path, _counted(found_rows, reached))
    if silent:
        json_document({"output": str(output), "format": chosen, **asdict(made), "unreadable": len(unread)})
        return
    entries = say_count("{count} entry", "{count} entries", made.rows)
    data(say("{output}: {entries}.", output=output, entries=entries))
    if unread:
        talk(say_count("{count} entry cannot be read and is not in it: cascade journal verify names it.",
                       "{count} entries cannot be read and are not in it: cascade journal verify names the first.",
                       len(unread)))  # fmt: skip
    if made.sheets > 1:
        talk(say("They lie on {count} sheets: one takes no more than {most} rows.", count=made.sheets,
                 most=f"{tables.SHEET_ROWS_MAX:,}"))  # fmt: skip
    if made.cut:
        talk(say_count("{count} text is longer than a cell takes and was cut; csv, parquet and the archive have all of it.",
                       "{count} texts are longer than a cell takes and were cut; csv, parquet and the archive have all"
                       " of them.", made.cut))  # fmt: skip


def _counted(found: Iterator[list[Cell] | None], reached: Reached) -> Iterator[list[Cell]]:
    """The rows that are wanted; whoever watches is told of every entry that was read."""
    for number, row in enumerate(found, 1):
        if number % 1000 == 0:
            reached(number)
        if row is not None:
            yield row


def _total(connection: Connection, chains: tuple[str, ...] | None) -> int:
    if chains is None:
        return verification.count_entries(connection)
    return sum(verification.count_entries(connection, one) for one in chains)


def _begin_of(when: date) -> datetime:
    return datetime.combine(when, time(), VIETNAM)


def _now(found: Runtime) -> datetime:
    return real_now(found.clock)


def _whoever() -> str:
    """Who asks, as far as this machine knows."""
    with suppress(OSError, KeyError, ImportError):
        return f"{getpass.getuser()} (command line)"
    return "command line"
