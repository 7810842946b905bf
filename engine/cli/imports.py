"""`cascade import`: what an office has in spreadsheets. Its open tasks become the opening balance."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine import balance
from engine.cli.opening import opened
from engine.cli.options import AsOption, DatabaseOption, JsonOption, actor, command, group
from engine.cli.printing import data, json_document, talk
from engine.cli.progress import progress
from engine.errors import Unreadable
from engine.exchange.errors import UnreadableDocument
from engine.exchange.opening import Choices, Opening, read_opening
from engine.exchange.opening_heads import HEADS, sample
from engine.exchange.table_heads import scoring
from engine.exchange.tables import SIZE_MAX, Table, read_table
from workflows.errors import Conflict, NotFound, Problem
from workflows.text import Text, say, say_count
from workflows.words import MODES

app = group("What an office has in spreadsheets: its open tasks as an opening balance.")


@command(
    app,
    "tasks",
    "cascade import tasks --print-sample > tasks.csv",
    "cascade import tasks tasks.xlsx --as skhcn/clerk --dry-run",
    "cascade import tasks tasks.xlsx --as skhcn/clerk",
)
def import_tasks(
    file: Annotated[str, typer.Argument(metavar="FILE.xlsx|csv|-", show_default=False)] = "",
    as_: AsOption = "",
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", show_default=False, help="Which sheet, where several are filled.")
    ] = "",
    workflow: Annotated[
        str, typer.Option("--workflow", metavar="NAME", show_default=False, help="The workflow, where several suit.")
    ] = "",
    mode: Annotated[
        str, typer.Option("--mode", metavar="MODE", help="How tasks are followed up that have neither date nor mode.")
    ] = "once",
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Store the documents that are whole; the others are named.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be stored; store nothing.")] = False,
    show_sample: Annotated[
        bool, typer.Option("--print-sample", help="Print a list to write your own from (CSV).")
    ] = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take an office's present list of open tasks in, as an opening balance.

    Columns are found by their headers, in Vietnamese or English and in any order: the document's symbol, date and
    issuer; the task and who leads it; and where there are such columns the support, the deadline, how it is
    followed up, the officer, the progress and a remark. Rows of the same document become one directive.

    Every fault of every row is reported as file:line:column CODE. Nothing is stored while one stands (exit 3), unless
    --skip-faulty; a document with a faulty row is never stored in part. The same list again adds nothing; a mended one
    adds what was missing. A document that was imported with other content is a conflict (exit 5).

    \b
    T101-T110  the file cannot be read, or its headers are not found
    I201-I214  a row cannot be used
    I301       the law refuses a document
    I302-I303  a document stands already: with other content, or not by import
    """
    if show_sample:
        data(sample())
        return
    if not file:
        raise typer.BadParameter(say("give a FILE, or --print-sample"), param_hint="FILE")
    if mode not in MODES:
        raise typer.BadParameter(say("there are {modes}", modes=list(MODES)), param_hint="--mode")
    by = actor(as_)
    try:
        with progress(say("Reading"), None, silent=as_json) as advance:
            table = read_table(_content(file), file, scoring(HEADS), sheet or None, advance)
        with opened(database) as found:
            with found.database.reading() as connection:
                known = found.executor.known(connection)
            choices = Choices(by, workflow or None, mode)
            with progress(say("Comparing"), len(table.rows), silent=as_json) as advance:
                opening = read_opening(table, known.offices, known.workflows, choices, advance)
            with progress(say("Trying"), len(opening.documents), silent=as_json) as advance:
                outcome = balance.tried(found.executor, opening.documents, file, advance)
            in_the_way = [*opening.faults, *outcome.refused, *outcome.conflicts]
            storing = outcome.new if not dry_run and (skip_faulty or not in_the_way) else []
            with progress(say("Storing"), len(storing), silent=as_json) as advance:
                stored = balance.carried_out(found.executor, storing, file, advance)
    except UnreadableDocument as error:
        raise Unreadable(error.text) from None
    report = _report(table, opening, outcome, stored, dry_run=dry_run)
    problems = sorted([*in_the_way, *stored.problems], key=lambda one: (one.line, one.column))
    if as_json:
        json_document({**report, "problems": [_problem(one) for one in problems]})
    else:
        for one in problems:
            talk(one.text)
        _tell(report, opening, dry_run=dry_run)
    _end(file, problems, report, dry_run=dry_run)


def _content(file: str) -> bytes:
    """The file's bytes, one more than is taken so that a larger one is seen. Raises NotFound or Unreadable."""
    if file == "-":
        return sys.stdin.buffer.read(SIZE_MAX + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(SIZE_MAX + 1)
    except FileNotFoundError:
        raise NotFound(say("There is no file {file}", file=file)) from None
    except OSError as error:
        raise Unreadable(say("{file} cannot be read: {why}", file=file, why=str(error.strerror))) from None


def _report(
    table: Table, opening: Opening, outcome: balance.Tried, stored: balance.Stored, *, dry_run: bool
) -> dict[str, Any]:
    return {
        "file": table.source,
        "sheet": table.sheet,
        "dry_run": dry_run,
        "rows": opening.rows,
        "faulty_rows": opening.faulty_rows,
        "new": {"documents": len(outcome.new), "tasks": sum(len(one.lines) for one in outcome.new)},
        "known": {"documents": len(outcome.known), "tasks": sum(len(one.lines) for one in outcome.known)},
        "refused": len(outcome.refused),
        "conflicts": len(outcome.conflicts),
        "stored": {
            "documents": len(stored.answers),
            "obligations": sum(len(answer.obligations) for answer in stored.answers),
            "cascades": [answer.cascade for answer in stored.answers],
        },
        "left_out": [
            {"document": one.name, "lines": list(one.lines), "doubtful_lines": list(one.doubtful)}
            for one in opening.left_out
        ],
        "passed_over_rows": list(opening.passed_over),
        "columns_not_read": list(opening.unread),
    }


def _problem(one: Problem) -> dict[str, Any]:
    return {"line": one.line, "column": one.column, "code": one.code, "says": one.message}


def _lines(lines: Sequence[int]) -> Text:
    numbers = [str(line) for line in lines]
    return say_count("line {lines}", "lines {lines}", len(numbers), lines=numbers)


def _tell(report: dict[str, Any], opening: Opening, *, dry_run: bool) -> None:
    """What became of the list, in a few lines."""
    if opening.unread:
        talk(say("Columns that are not read: {names}.", names=list(opening.unread)))
    if opening.passed_over:
        talk(say("Nothing in the columns that are read: {lines}.", lines=_lines(opening.passed_over)))
    for one in opening.left_out:
        says = say("Not whole, so left out: {document}, {lines}", document=one.name, lines=_lines(one.lines))
        if one.doubtful:
            says = say("{says}; of it may be {lines}", says=says, lines=_lines(one.doubtful))
        talk(says)
    rows = say_count("{count} row", "{count} rows", report["rows"])
    faulty = say_count("{count} of them faulty", "{count} of them faulty", report["faulty_rows"])
    new, known = report["new"]["documents"], report["known"]["documents"]
    talk(
        say(
            "Read: {rows}, {faulty}; {new}, {known}.",
            rows=rows,
            faulty=faulty,
            new=say_count("{count} new document", "{count} new documents", new),
            known=say_count("{count} imported before", "{count} imported before", known),
        )
    )
    made = report["stored"]
    if dry_run:
        talk(say("Nothing was stored: --dry-run."))
    elif made["documents"]:
        documents = say_count("{count} document", "{count} documents", made["documents"])
        duties = say_count("{count} obligation", "{count} obligations", made["obligations"])
        data(
            say(
                "Stored: {documents}, {obligations}. See: cascade obligation list",
                documents=documents,
                obligations=duties,
            )
        )
    else:
        data(say("Nothing was stored."))


def _end(file: str, problems: list[Problem], report: dict[str, Any], *, dry_run: bool) -> None:
    """An honest exit code: 3 where a row or document cannot be used, 5 where only conflicts stand in the way."""
    if not problems:
        return
    count = say_count("{count} fault", "{count} faults", len(problems))
    kept = say_count("{count} document was stored", "{count} documents were stored", report["stored"]["documents"])
    more = (
        ""
        if dry_run or report["stored"]["documents"]
        else say(" Mend the list and import it again, or store what is whole: --skip-faulty.")
    )
    if all(one.code in balance.CONFLICTS for one in problems):
        raise Conflict(say("import all of {file}", file=file), say("{count}; {kept}", count=count, kept=kept))
    raise Unreadable(say("{file}: {count}; {kept}.{more}", file=file, count=count, kept=kept, more=more))
