"""What scenarios name that their workflow and offices do not know: states, actions, seats, what is told. Told all at once."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from engine.exchange.scenario_fields import On
from engine.exchange.scenarios import Expectation, Scenario, Scenarios, Step
from engine.exchange.yaml_fields import NOT_ALLOWED
from workflows import facts as f
from workflows.errors import Problem
from workflows.findings import meant
from workflows.machine import DIRECTIVE_STATES
from workflows.offices import Offices
from workflows.strict_yaml import Position
from workflows.text import Text, say
from workflows.workflow import Workflow

_SHOWN_MAX = 30
MESSAGE_KINDS = tuple(kind.__name__ for kind in f.Fact.__args__ if any(one.name == "told" for one in fields(kind)))
_Named = tuple[Position, Text]


def unknown_words(given: Scenarios, workflows: Iterable[Workflow]) -> list[Problem]:
    """Every word of the scenarios that none of these workflows, or no office of theirs, knows."""
    each = list(workflows)
    found = [one for scenario in given.scenarios for one in _scenario(scenario, each)]
    return [Problem(given.source, *place, NOT_ALLOWED, says) for place, says in found]


def names_told(workflow: Workflow) -> list[str]:
    """What `told` may name: the rungs by either label, and the kinds of messages."""
    definition = workflow.definition
    rungs = [rung.label for of in ("holder", "giver") for rung in definition.rungs_of(of)]
    return [*rungs, *definition.english.rungs, *definition.english.giver_rungs, *MESSAGE_KINDS]


def _scenario(scenario: Scenario, workflows: list[Workflow]) -> Iterator[_Named]:
    actions = list(dict.fromkeys(action for one in workflows for action in one.actions))
    for step in scenario.steps:
        yield from _step(step, scenario.offices, actions)
        for expected in step.expect:
            yield from _expected(expected, scenario.offices, workflows, actions)


def _step(step: Step, offices: Offices, actions: list[str]) -> Iterator[_Named]:
    yield from _on(step.on, step.places, offices)
    if step.by:
        yield from _offices([step.by], step.places["by"], offices)
    if step.do:
        yield from _among([step.do], step.places["do"], actions)
    if step.relay:
        yield from _offices(step.relay.to, step.places["relay"], offices)
    if step.issue:
        named = [one for item in step.issue.items for one in (*item.lead, *item.support, *item.info)]
        yield from _offices([step.issue.issuer, *named], step.places["issue"], offices)


def _expected(
    expected: Expectation, offices: Offices, workflows: list[Workflow], actions: list[str]
) -> Iterator[_Named]:
    places = expected.places
    yield from _on(expected.on, places, offices)
    if expected.state is not None:
        ours = list(dict.fromkeys(state for one in workflows for state in one.states))
        yield from _among([expected.state], places["state"], DIRECTIVE_STATES if expected.directive else ours)
    if expected.to:
        yield from _offices(expected.to, places["to"], offices)
    if expected.open_to:
        yield from _offices([expected.open_to], places["open_to"], offices)
    for key, named in (("actions", expected.actions), ("closed", expected.closed)):
        if named:
            yield from _among(named, places[key], actions)
    told = {one.casefold(): one for workflow in workflows for one in names_told(workflow)}
    for key, label in (("told", expected.told), ("not_told", expected.not_told)):
        if label is not None and label.casefold() not in told:
            yield from _among([label], places[key], list(told.values()))


def _on(on: On | None, places: dict[str, Position] | object, offices: Offices) -> Iterator[_Named]:
    if on is not None and isinstance(places, dict):
        yield from _offices(on.office, places["on"], offices)


def _offices(named: Iterable[str], place: Position, offices: Offices) -> Iterator[_Named]:
    """Offices, or seats in them."""
    known = [one.id for one in offices]
    return _among([one.partition("/")[0] for one in named], place, known)


def _among(named: Iterable[str], place: Position, known: Iterable[str]) -> Iterator[_Named]:
    words = list(known)
    for one in dict.fromkeys(named):
        if one not in words:
            listed = [*words[:_SHOWN_MAX], *(["…"] if len(words) > _SHOWN_MAX else [])]
            yield place, say("{word} is not known here{near}; there is {known}",
                             word=repr(one), near=meant(one, words), known=listed)  # fmt: skip
