"""`cascade report`: the reports of an office, on the screen, as JSON and as a workbook; as of any moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from engine.cli.opening import Then, looking
from engine.cli.options import AsCorrectedOption, AsOfOption, DatabaseOption, JsonOption, command, group, one_of
from engine.cli.printing import data, json_document, table, talk
from engine.errors import Unreadable
from engine.exchange.letters import drafted_to_many
from engine.reporting import documents, paper, urging
from engine.reporting.asked import Asked, Sources
from engine.reporting.made import made
from engine.reporting.periods import Period, read_period
from engine.reporting.report import Report, Table, as_data, heading, shown
from engine.reporting.workbook import workbook
from storage.queries.sight import EVERYTHING
from workflows.errors import Incomplete
from workflows.text import say
from workflows.words import PARTS

app = group("Reports of an office: results by group, follow-up register, what is overdue, who is to be urged.")

OfficeOption = Annotated[
    str, typer.Option("--office", "-o", metavar="ID", show_default=False, help="Of this office and those below it.")
]
PeriodOption = Annotated[
    str,
    typer.Option(
        "--period",
        "-p",
        metavar="PERIOD",
        show_default=False,
        help="2023-12, 2023-Q4, 2023-H1, 2023-9M or 2023, by the windows of decree 09/2019; else the present month.",
    ),
]
FromOption = Annotated[str, typer.Option("--from", metavar="DAY", show_default=False, help="Or its first day.")]
ToOption = Annotated[str, typer.Option("--to", metavar="DAY", show_default=False, help="And its last day.")]
PartOption = Annotated[
    str, typer.Option("--part", metavar="lead|support|info", show_default=False, help="Only what has this part.")
]
XlsxOption = Annotated[
    str, typer.Option("--xlsx", metavar="FILE", show_default=False, help="Save it as a workbook, in Vietnamese.")
]


@command(
    app,
    "four-groups",
    "cascade report four-groups --period 2023-12",
    "cascade report four-groups --office skhcn --period 2023-Q4 --xlsx quy4.xlsx",
    "cascade report four-groups --period 2023-12 --as-of 2023-12-16T09:00",
)
def four_groups(
    office: OfficeOption = "",
    period: PeriodOption = "",
    first: FromOption = "",
    last: ToOption = "",
    part: PartOption = "",
    every: Annotated[bool, typer.Option("--every-office", help="A line for each office by itself.")] = False,
    as_of: AsOfOption = "",
    corrected: AsCorrectedOption = False,
    xlsx: XlsxOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Report how what was at hand in a period stands, per office and level.

    At hand is what was given before its end and not closed before its beginning; the groups always add up to it.
    """
    asked = Asked(office or None, _period(period, first, last), _part(part), every)
    _report("four-groups", database, asked, (as_of, corrected), xlsx, as_json=as_json)


@command(
    app,
    "follow-up",
    "cascade report follow-up --office skhcn --period 2023-08",
    "cascade report follow-up --office skhcn --from 2023-08-01 --to 2023-08-31 --xlsx so-theo-doi.xlsx",
)
def follow_up(
    office: OfficeOption = "",
    period: PeriodOption = "",
    first: FromOption = "",
    last: ToOption = "",
    as_of: AsOfOption = "",
    corrected: AsCorrectedOption = False,
    xlsx: XlsxOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the follow-up register of what came in to an office: seven columns, decree 30/2020.

    Without --office it is that of the office that runs the installation.
    """
    asked = Asked(office or None, _period(period, first, last))
    _report("follow-up", database, asked, (as_of, corrected), xlsx, as_json=as_json)


@command(app, "overdue", "cascade report overdue", "cascade report overdue --office skhcn --xlsx qua-han.xlsx")
def overdue(
    office: OfficeOption = "",
    part: PartOption = "",
    as_of: AsOfOption = "",
    corrected: AsCorrectedOption = False,
    xlsx: XlsxOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """List what is overdue: by how many working days, whose, its first and present date, the cause, what is proposed."""
    _report("overdue", database, Asked(office or None, None, _part(part)), (as_of, corrected), xlsx, as_json=as_json)


@command(
    app,
    "urging",
    "cascade report urging 61/SKHCN-VP",
    "cascade report urging 61/SKHCN-VP --item 2 --letter > cong-van.txt",
    "cascade report urging --form-period 2023-Q3",
)
def urge(
    document: Annotated[str, typer.Argument(metavar="[SYMBOL|CASCADE/N]", show_default=False)] = "",
    item: Annotated[
        str, typer.Option("--item", metavar="LABEL", show_default=False, help="Only under this item.")
    ] = "",
    form_period: Annotated[
        str,
        typer.Option(
            "--form-period", metavar="LABEL", show_default=False, help="Only reports for this period, such as 2023-Q3."
        ),
    ] = "",
    office: OfficeOption = "",
    late: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    letter: Annotated[bool, typer.Option("--letter", help="Draft one letter to all of them, in Vietnamese.")] = False,
    as_of: AsOfOption = "",
    corrected: AsCorrectedOption = False,
    xlsx: XlsxOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """List who has not yet reported under a document: what each owes, since when, what was told already.

    With --letter one letter to all of them is drafted instead.
    """
    asked = Asked(office or None, form_period=form_period or None, overdue=late)
    about = (document, item)
    _report("urging", database, asked, (as_of, corrected), xlsx, as_json=as_json, about=about, drafting=letter)


def _report(
    kind: str, database: str, asked: Asked, when: tuple[str, bool], xlsx: str, *, as_json: bool,
    about: tuple[str, str] = ("", ""), drafting: bool = False,
) -> None:  # fmt: skip
    """Make a report and hand it over as it is wanted."""
    silent, cascade = True, None  # the report says itself of which record it is
    if about[0] and (when[0] or when[1]):  # of one document only its own cascade has to be rebuilt
        with looking(database) as (_, connection), _usage():
            cascade = documents.meant(connection, EVERYTHING, about[0]).cascade_id
    with looking(database, Then(*when, cascade, silent)) as (found, connection), _usage():
        sources = Sources.of(found.executor.known(connection), found.now(), found.past)
        asked = _completed(kind, asked, about, connection, sources)
        report = made(kind, connection, sources, EVERYTHING, found.now(), asked)
        letter = urging.letter(connection, sources, EVERYTHING, asked, report) if drafting else None
    if letter is not None:
        data(drafted_to_many(letter))
        return
    if xlsx:
        _save(report, xlsx)
    if as_json:
        json_document(as_data(report))
    elif not xlsx:
        _show(report)


def _completed(kind: str, asked: Asked, about: tuple[str, str], connection: Connection, sources: Sources) -> Asked:
    """What is asked for with what words mean in this database: the office whose register it is, the document and its item."""
    symbol, item = about
    if kind == "follow-up" and asked.office is None and sources.offices.host:
        return replace(asked, office=sources.offices.host.id)
    if not symbol:
        if item:
            raise typer.BadParameter(say("an item is one of a document; name that too"), param_hint="--item")
        return asked
    document = documents.meant(connection, EVERYTHING, symbol)
    number = documents.item_of(connection, document, item) if item else None
    return replace(asked, document=(document.cascade_id, document.number), item=number)


_OPTIONS = {"period": "--period", "from": "--from", "to": "--to", "as_of": "--as-of", "item": "--item", "office": "--office",
            "document": "SYMBOL|CASCADE/N"}  # fmt: skip


@contextmanager
def _usage() -> Iterator[None]:
    """What an option is to blame for is wrong usage of the command."""
    try:
        yield
    except Incomplete as error:
        for name, why in error.fields.items():
            if name in _OPTIONS:
                raise typer.BadParameter(why, param_hint=_OPTIONS[name]) from None
        raise


def _period(text: str, first: str, last: str) -> Period | None:
    with _usage():
        return read_period(text, first, last) if text or first or last else None


def _part(text: str) -> str | None:
    if text:
        one_of(text, PARTS, "--part")
    return text or None


def _save(report: Report, path: str) -> None:
    try:
        Path(path).write_bytes(workbook(report))
    except OSError as error:
        raise Unreadable(say("{path} cannot be written: {why}", path=path, why=error.strerror)) from None
    talk(say("Written to {path}.", path=path))


def _show(report: Report) -> None:
    """Print it: its tables, the sum, and what proves it; talk where there is nothing in it."""
    data(report.title)
    for line in paper.about(report):
        data(line)
    for one in report.tables:
        if one.rows:
            data()
            if len(report.tables) > 1:
                data(one.title)
            table([heading(column) for column in one.columns], _lines(one))
    if report.empty:
        talk(report.then or say("There is nothing in it."))
    data()
    for line in (*report.notes, *paper.foot(report)):
        data(line)


def _lines(one: Table) -> Iterator[list[str]]:
    for row in one.lines():
        cells = [" ".join(shown(column, row).split()) for column in one.columns]
        yield ["  " * row.depth + cells[0], *cells[1:]]
