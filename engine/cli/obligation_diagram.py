"""`cascade obligation diagram`: the machine of one obligation, where it stands in it, and how it came there."""

from typing import Annotated

import typer
from sqlalchemy import Connection

from engine.cli.drawn import FormatOption, OutputOption, WidthOption, check_format, deliver
from engine.cli.opening import cascade_named, looking, split_reference, world_of
from engine.cli.options import CascadeOption, DatabaseOption, JsonOption, LimitOption
from engine.cli.printing import cut, json_document
from engine.entry_words import who
from engine.language import in_use, told
from engine.wording import moment_words, office_words
from storage.queries import entries
from workflows import diagrams, pictures
from workflows.diagrams import Live, Step
from workflows.facts import Acted
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World


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
        live, total = _live(connection, chosen, one, limit)
        drawn = _drawn(world, one, live, format_, width)
    if as_json:
        steps = [{"number": place, "action": step.action, "from": step.source, "to": step.target,
                  "when": told(step.when), "by": step.who} for place, step in enumerate(live.steps, live.first)]  # fmt: skip
        json_document({"cascade": chosen, "obligation": one.number, "state": live.state, "format": format_,
                       "steps": steps, "total": total, "text": drawn})  # fmt: skip
        return
    deliver(drawn, output)
    cut(len(live.steps), total, say("steps"))


def _live(connection: Connection, cascade: str, one: Obligation, limit: int) -> tuple[Live, int]:
    """Where it stands, with its newest actions, and how many there were altogether."""
    page = entries.listed(connection, entries.Wanted(cascade, one.number, Acted.__name__), limit)
    steps = []
    for entry in page.entries:
        fact = entry.fact
        if isinstance(fact, Acted):
            steps.append(Step(fact.action, fact.before, fact.after, moment_words(entry.happened_at), who(entry)))
    return Live(one.state, tuple(steps), page.total - len(steps) + 1), page.total


def _drawn(world: World, one: Obligation, live: Live, format_: str, width: int | None) -> str:
    workflow = world.workflow_of(one)
    english, machine = None if in_use() == "vi" else workflow.definition.english, workflow.rules_at(one.level)
    if format_ == "mermaid":
        return diagrams.states(machine, english, live=live)
    symbol = world.directive(one.directive).symbol
    office = office_words(world.offices, one.holder)
    title = told(
        say("Obligation {number} of {office}, under {symbol}", number=one.number, office=office, symbol=symbol)
    )
    return pictures.states(
        machine, english, title, tell=told, language=in_use(), live=live, wide_mm=width
    )  # fmt: skip
