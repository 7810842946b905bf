"""`cascade obligation diagram`: the machine of one obligation, where it stands in it, and how it came there."""

from typing import Annotated

import typer

from engine.cli.drawn import FormatOption, OutputOption, WidthOption, check_format, deliver
from engine.cli.opening import cascade_named, looking, split_reference, world_of
from engine.cli.options import CascadeOption, DatabaseOption, JsonOption, LimitOption
from engine.cli.printing import cut, json_document
from engine.language import told
from engine.showing.pictures import drawn, live_of
from workflows.text import say


def diagram(
    number: Annotated[str, typer.Argument(metavar="N", show_default=False)],
    format_: FormatOption = "mermaid",
    output: OutputOption = "",
    width: WidthOption = None,
    limit: LimitOption = 200,
    cascade: CascadeOption = "",
    database: DatabaseOption = "",
    as_json: JsonOption = False,
) -> None:
    """Draw where an obligation stands: its states, the present one, and the actions taken, numbered in order.

    The newest --limit actions are drawn. An SVG also says when each was taken and by whom.
    """
    check_format(format_, width, output, as_json=as_json)
    text, wanted = split_reference(number, cascade, "N")
    with looking(database) as (found, connection):
        chosen = cascade_named(connection, text)
        world = world_of(found, connection, chosen)
        one = world.obligation(wanted)
        live, total = live_of(connection, chosen, one, limit, world.offices)
        picture = drawn(world, one, live, format_, width)
    if as_json:
        steps = [{"number": place, "action": step.action, "from": step.source, "to": step.target,
                  "when": told(step.when), "by": step.who} for place, step in enumerate(live.steps, live.first)]  # fmt: skip
        json_document({"cascade": chosen, "obligation": one.number, "state": live.state, "format": format_,
                       "steps": steps, "total": total, "text": picture})  # fmt: skip
        return
    deliver(picture, output)
    cut(len(live.steps), total, say("steps"))
