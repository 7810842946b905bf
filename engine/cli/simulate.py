"""`cascade workflow simulate`: a workflow run through time in memory, before anything is published or stored."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli import simulation_page
from engine.cli.opening import check_is_a_path, file_bytes
from engine.cli.options import DatabaseUnused, JsonOption, one_of
from engine.cli.printing import json_document, talk
from engine.cli.simulation_page import SimulationPage
from engine.cli.trying import others_of
from engine.errors import FAILURE, Unreadable
from engine.exchange.offices import read_offices, sample
from engine.exchange.scenario_checks import unknown_words
from engine.exchange.scenarios import Scenario, read_scenarios
from engine.language import in_use, told
from engine.playing import end_or, play
from engine.rehearsing import PLAYS, rehearse
from workflows.errors import InvalidDefinition
from workflows.fields import parse_day, parse_instant, show_day
from workflows.loading import load_workflow, shipped
from workflows.offices import Offices
from workflows.text import say
from workflows.timelines import timeline
from workflows.workflow import Workflow


def simulate(
    file: Annotated[str, typer.Argument(metavar="FILE", show_default=False)],
    offices: Annotated[str, typer.Option("--offices", metavar="FILE", help="The directory; else the sample.")] = "",
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="When it begins; of a script, instead.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="When it ends; else after a year.")] = "",
    script: Annotated[str, typer.Option("--script", metavar="FILE", help="A file of scenarios: who does what.")] = "",
    scenario: Annotated[int, typer.Option("--scenario", min=1, help="Which of the script's scenarios.")] = 1,
    play_: Annotated[str, typer.Option("--play", metavar="|".join(PLAYS), help="Without a script.")] = "silent",
    issuer: Annotated[str, typer.Option("--issuer", metavar="OFFICE", help="Who issues, without a script.")] = "",
    svg: Annotated[str, typer.Option("--svg", metavar="FILE", help="Also draw it as a timeline.")] = "",
    database: DatabaseUnused = "",
    as_json: JsonOption = False,
) -> None:
    """Run a workflow through time in memory: every obligation, its date and why, who is told and when. Nothing is stored.

    FILE is a workflow, or the name of one that ships with the program. Without a script one document is made up, with
    an item for each way of following up; --play says what people do then.
    """
    one_of(play_, PLAYS, "--play")
    workflow = _workflow(file)
    if script:
        page = _scripted(workflow, script, scenario, offices, from_, until)
    else:
        page = _made_up(workflow, offices, from_, until, play_, issuer)
    if svg:
        drawn = timeline(page.simulation, workflow, english=in_use() != "vi", tell=told, language=in_use())
        _write(svg, drawn)
        talk(say("The timeline is in {file}.", file=svg))
    if as_json:
        json_document(simulation_page.as_data(page))
    else:
        simulation_page.show(page)
    if page.failures or page.incidents:
        raise typer.Exit(FAILURE)


def _workflow(file: str) -> Workflow:
    if not Path(file).exists():
        if file in shipped():
            return load_workflow(shipped()[file], 1, file)
        check_is_a_path(file)
    return load_workflow(file_bytes(file), 1, file)


def _directory(file: str) -> Offices:
    read = read_offices(file_bytes(file), file) if file else read_offices(sample(), "offices.yaml")
    return Offices({one.id: one for one in read})


def _made_up(workflow: Workflow, file: str, from_: str, until: str, play_: str, issuer: str) -> SimulationPage:
    if not from_:
        raise typer.BadParameter(say("say when it begins: --from 2026-03-02"), param_hint="--from")
    since, end = _moment(from_, "--from"), _end(until)
    _check_end(since, end)
    done = rehearse(workflow, _directory(file), since, end, play_, issuer or None)
    issue = done.issue
    says = say(
        "No script was given, so this is what happens: {issuer} issues {symbol} on {day}, with one item that has a date and"
        " one for each way of following up, to {offices}; {play}.",
        issuer=issue.issuer, symbol=issue.symbol, day=show_day(issue.issued_on), offices=list(issue.items[0].lead),
        play=say(PLAYS[play_]),
    )  # fmt: skip
    return SimulationPage(workflow.key, [says], done.simulation)


def _scripted(workflow: Workflow, file: str, number: int, directory: str, from_: str, until: str) -> SimulationPage:
    folder = Path(file).parent
    given = read_scenarios(file_bytes(file), file, lambda name: file_bytes(str(folder / name)))
    found = given.scenarios
    if number > len(found):
        names = [f"{place} {one.name}" for place, one in enumerate(found, 1)]
        said = say("{file} has {count} scenarios: {names}", file=file, count=len(found), names=names)
        raise typer.BadParameter(said, param_hint="--scenario")
    others = others_of(given, workflow)
    problems = unknown_words(given, [workflow, *others])
    if problems:
        raise InvalidDefinition(file, sorted(problems, key=lambda one: (one.line, one.column)))
    chosen = _changed(found[number - 1], directory, from_, until)
    _check_end(chosen.since, end_or(chosen.until) if chosen.until else None)
    played = play(chosen, workflow, others)
    says = say("By {file}, line {line}: {name}", file=file, line=chosen.place[0], name=chosen.name)
    return SimulationPage(workflow.key, [says], played.simulation, played.failures, played.refusals, file)


def _changed(chosen: Scenario, directory: str, from_: str, until: str) -> Scenario:
    """The scenario with what the command line says instead."""
    changes: dict[str, Any] = {}
    if directory:
        changes["offices"] = _directory(directory)
    if from_:
        changes["since"] = _moment(from_, "--from")
    if until:
        changes["until"] = _moment(until, "--until")
    return replace(chosen, **changes)


def _moment(text: str, option: str) -> date | datetime:
    """A day, or an instant of Vietnam. Anything else is a usage error."""
    try:
        return parse_day(text)
    except ValueError:
        try:
            return parse_instant(text)
        except (ValueError, OverflowError):
            said = say("{text!r} is not a moment; write 2026-03-02, 02/03/2026 or 2026-03-02T16:00", text=text)
            raise typer.BadParameter(said, param_hint=option) from None


def _end(text: str) -> datetime | None:
    return end_or(_moment(text, "--until")) if text else None


def _check_end(since: date | datetime, end: datetime | None) -> None:
    if end is not None and end < end_or(since):
        said = say("it ends before it begins; --until has to lie after --from")
        raise typer.BadParameter(said, param_hint="--until")


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unreadable(say("{path} cannot be written: {why}", path=file, why=error.strerror)) from None
