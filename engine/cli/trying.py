"""`cascade workflow test`: scenarios beside a workflow, played and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.opening import check_is_a_path, file_bytes
from engine.cli.options import DatabaseUnused, JsonOption
from engine.cli.printing import data, json_document, styled, talk
from engine.errors import FAILURE
from engine.exchange.scenario_checks import unknown_words
from engine.exchange.scenarios import Scenario, Scenarios, read_scenarios
from engine.playing import Played, play
from workflows.errors import InvalidDefinition, NotFound
from workflows.loading import SCENARIOS, load_workflow, shipped, shipped_scenarios
from workflows.text import joined, say, say_count
from workflows.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Tried:
    """A workflow with the scenarios that were written for it; `others` are the workflows that they name beside it."""

    workflow: Workflow
    scenarios: Scenarios
    others: tuple[Workflow, ...] = ()


def play_scenarios(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
    database: DatabaseUnused = "",
    as_json: JsonOption = False,
) -> None:
    """Play the scenarios of workflows, and say which expectations do not hold; exit code 1 if one does not.

    FILE is a workflow (its scenarios lie beside it in NAME.scenarios.yaml), a file of scenarios, or the name of a
    workflow that ships with the program.
    """
    tried = [read_tried(file) for file in files]
    results = [(one, scenario, _played(one, scenario)) for one in tried for scenario in one.scenarios.scenarios]
    failed = sum(bool(_faults(played, scenario)) for _, scenario, played in results)
    if as_json:
        json_document(
            {
                "passed": len(results) - failed,
                "failed": failed,
                "scenarios": [_as_data(one, scenario, played) for one, scenario, played in results],
            }
        )
    else:
        for one, scenario, played in results:
            _show(one, scenario, played)
        counted = say_count("{count} scenario", "{count} scenarios", len(results))
        if failed:
            talk(say("{scenarios} played, {failed} failed.", scenarios=counted, failed=failed))
        else:
            talk(say("{scenarios} played, and all is as they say.", scenarios=counted))
    if failed:
        raise typer.Exit(FAILURE)


def read_tried(file: str) -> Tried:
    """A workflow and its scenarios. Raises NotFound, or InvalidDefinition naming every fault of either."""
    source, text, source_of_scenarios, scenarios, beside = _texts(file)
    workflow = load_workflow(text, 1, source)
    given = read_scenarios(scenarios, source_of_scenarios, beside)
    others = others_of(given, workflow)
    problems = unknown_words(given, [workflow, *others])
    if problems:
        raise InvalidDefinition(source_of_scenarios, sorted(problems, key=lambda one: (one.line, one.column)))
    return Tried(workflow, given, others)


Texts = tuple[str, str | bytes, str, str | bytes, Callable[[str], bytes]]


def _texts(file: str) -> Texts:
    """Source and text of its definition and of its scenarios, and how what lies beside is read."""
    path = Path(file)
    if file in shipped() and not path.exists():
        return _shipped(file)
    if not path.exists():
        check_is_a_path(file)
    named = path.name.endswith(SCENARIOS)
    definition = path.with_name(path.name.removesuffix(SCENARIOS) + ".yaml") if named else path
    scenarios = path if named else path.with_name(path.name.removesuffix(path.suffix) + SCENARIOS)
    text = file_bytes(str(definition))
    if not scenarios.exists():
        says = say("There is no file {path}: the scenarios of {file} lie beside it", path=scenarios, file=definition)
        raise NotFound(says)

    def beside(name: str) -> bytes:
        return file_bytes(str(scenarios.parent / name))

    return str(definition), text, str(scenarios), file_bytes(str(scenarios)), beside


def _shipped(name: str) -> Texts:
    found = shipped_scenarios().get(name)
    if found is None:
        known = list(shipped_scenarios()) or say("none yet")
        raise NotFound(say("{name} ships without scenarios; with some do: {known}", name=name, known=known))

    def beside(other: str) -> bytes:
        raise NotFound(say("There is no file {path}", path=other))

    return f"{name}.yaml", shipped()[name], f"{name}{SCENARIOS}", found, beside


def others_of(given: Scenarios, workflow: Workflow) -> tuple[Workflow, ...]:
    """The shipped workflows that documents of the scenarios name beside the one they are written for."""
    issues = (step.issue for scenario in given.scenarios for step in scenario.steps if step.issue)
    named = dict.fromkeys(one.workflow.partition("@")[0] for one in issues if one.workflow)
    texts = shipped()
    wanted = (one for one in named if one in texts and one != workflow.definition.workflow)
    return tuple(load_workflow(texts[one], 1, one) for one in wanted)


def _played(tried: Tried, scenario: Scenario) -> Played:
    return play(scenario, tried.workflow, tried.others)


def _faults(played: Played, scenario: Scenario) -> list[tuple[tuple[int, int], str]]:
    """What is otherwise than a scenario says; also what time could not carry out."""
    incidents = [
        (scenario.place, say("obligation {number}: {error}", number=one.number, error=one.error))
        for one in played.incidents
    ]
    return [*((one.place, one.says) for one in played.failures), *incidents]


def _show(tried: Tried, scenario: Scenario, played: Played) -> None:
    source = tried.scenarios.source
    faults = _faults(played, scenario)
    verdict = styled(say("FAILED"), "red") if faults else styled(say("ok"), "green")
    data(joined([verdict, f"{source}:{scenario.place[0]}", scenario.name], "  "))
    for (line, column), says in faults:
        data(joined([f"{source}:{line}:{column}", says], " "))


def _as_data(tried: Tried, scenario: Scenario, played: Played) -> dict[str, object]:
    faults = _faults(played, scenario)
    return {
        "source": tried.scenarios.source,
        "line": scenario.place[0],
        "workflow": tried.workflow.definition.workflow,
        "scenario": scenario.name,
        "passed": not faults,
        "failures": [{"line": line, "column": column, "says": says} for (line, column), says in faults],
        "refusals": [{"at": one.at, "by": one.by, "says": one.says} for one in played.refusals],
    }
