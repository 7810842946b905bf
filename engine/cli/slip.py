"""`cascade obligation slip`: the processing slip of an incoming document, to print."""

from typing import Annotated

import typer

from engine.cli.opening import cascade_named, looking, split_reference, world_of
from engine.cli.options import CascadeOption, DatabaseOption, JsonOption
from engine.cli.printing import data, json_document
from engine.exchange.slip import page
from engine.language import speaking
from engine.showing.slip import read


def slip(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print the processing slip (phiếu giải quyết văn bản đến): the document, the directions given on it, by when, by whom.

    An obligation that was itself given by a direction on a slip is found on that slip. It is in Vietnamese, as it is kept.
    """
    text, wanted = split_reference(number, cascade, "N")
    with looking(database) as (found, connection):
        chosen = cascade_named(connection, text)
        world = world_of(found, connection, chosen)
        with speaking("vi"):
            sheet = page(read(connection, world, wanted))
    if as_json:
        json_document({"cascade": chosen, "obligation": wanted, "lines": sheet.split("\n")})
    else:
        data(sheet)
