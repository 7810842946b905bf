"""What one batch has worked out already, so that ten thousand alike obligations cost one verdict and not ten thousand.

Remembered is only what depends on nothing else: a step on the machine, the state and the step's name; the clocks on
everything an obligation is, but for its number, whose it is, and what no clock asks for. A batch lasts as long as its world.
"""

from dataclasses import fields
from typing import Any

from workflows.calendar import Calendar
from workflows.ladder import Clock, clocks
from workflows.light import all_of
from workflows.machine import StateMachine
from workflows.obligation import Obligation
from workflows.workflow import Workflow

NEVER_TIMED = {
    "number",
    "directive",
    "item",
    "holder",
    "giver",
    "parent",
    "officer",
    "controller",
    "recipient",
    "note",
    "because",
    "offers",
    "doers",
    "figures",
    "wake_at",
}
_TIMED = all_of(field.name for field in fields(Obligation) if field.name not in NEVER_TIMED)
_CLOCKS_MAX = 10_000  # kept at a time


Stop = tuple[str, str, str | None]  # the action, the state after it, and how that has ended


class Batch:
    """The memory of one batch."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[StateMachine, str, str], str] = {}
        self._stops: dict[tuple[Workflow, str, str], Stop] = {}
        self._clocks: dict[Any, list[Clock]] = {}

    def step(self, machine: StateMachine, state: str, name: str) -> str:
        """The state after step `name` from `state`, taken by `transitions` once. Raises StepRefused where the machine has
        no such step."""
        after = self._verdicts.get((machine, state, name))
        if after is None:
            after = self._verdicts[machine, state, name] = machine.step(state, name)
        return after

    def stop(self, workflow: Workflow, level: str, state: str) -> Stop | None:
        """How work at a level and in a state stops; None where the workflow knows no way. Raises StepRefused."""
        key = (workflow, level, state)
        found = self._stops.get(key)
        if found is None:
            rules = workflow.rules_at(level)
            if rules.stopping is None:
                return None
            after = self.step(workflow.machine_at(level), state, rules.stopping)
            found = self._stops[key] = (rules.stopping, after, rules.outcome_of(after))
        return found

    def clocks(self, obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
        """The clocks of an obligation that are still to run out, soonest first; nobody changes the list."""
        alike = _TIMED(obligation)
        found = self._clocks.get(alike)
        if found is None:
            if len(self._clocks) >= _CLOCKS_MAX:
                self._clocks.clear()
            found = self._clocks[alike] = clocks(obligation, workflow, calendar)
        return found
