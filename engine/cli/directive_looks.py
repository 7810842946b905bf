"""How a directive stands, seen in other ways than as a list: drawn, and who is behind. Part of `cascade directive`."""

from typing import Annotated

import typer

from engine.cli import urging_page
from engine.cli.drawn import FormatOption, OutputOption, WidthOption, check_format, deliver
from engine.cli.opening import Then, cascade_named, looking, world_of
from engine.cli.options import AsCorrectedOption, AsOfOption, DatabaseOption, JsonOption, LimitOption
from engine.cli.printing import cut, json_document
from engine.language import in_use, told
from engine.looking_back import as_data
from engine.showing import tree_picture
from storage.queries import unreported
from workflows import tree_pictures
from workflows.diagrams import tree
from workflows.text import say


def diagram(
    cascade: Annotated[str, typer.Argument(metavar="[CASCADE]", show_default=False)] = "",
    format_: FormatOption = "mermaid",
    output: OutputOption = "",
    width: WidthOption = None,
    limit: LimitOption = 500,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw a cascade: who ordered whom, and how what is owed under each directive stands."""
    check_format(format_, width, output, as_json=as_json)
    with looking(database) as (found, connection):
        chosen = cascade_named(connection, cascade)
        boxes, total = tree_picture.read(
            connection, found.executor.known(connection).offices, found.now(), chosen, limit
        )
        title = world_of(found, connection, chosen).opened.title
    if format_ == "svg":
        drawn = tree_pictures.tree(boxes, title, tell=told, language=in_use(), wide_mm=width)
    else:
        drawn = tree(boxes)
    if as_json:
        shown = tree_picture.as_data(boxes)
        json_document({"cascade": chosen, "format": format_, "text": drawn, "boxes": shown, "total": total})
    else:
        deliver(drawn, output)
        cut(len(boxes), total, say("directives"))


def show_unreported(
    document: Annotated[str, typer.Argument(metavar="SYMBOL|CASCADE/N", show_default=False)],
    limit: LimitOption = 500,
    as_of: AsOfOption = "",
    as_corrected: AsCorrectedOption = False,
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show who has not yet reported under a document, the longest overdue first: for an urging letter.

    Days overdue are working days, by the calendar of its cascade.
    """
    with looking(database, Then(as_of, as_corrected, silent=as_json)) as (found, connection):
        chosen = urging_page.find(connection, document)
        rows = unreported.listed(connection, chosen, limit)
        page = urging_page.UrgingPage(chosen, world_of(found, connection, chosen.cascade_id), found.now(), rows)
    if as_json:
        json_document({**as_data(found.past), **urging_page.as_data(page)})
    else:
        urging_page.show(page)
