"""What one batch has worked out already, so that ten thousand alike obligations cost one verdict and not ten thousand.

Remembered is only what depends on nothing else: a step on the machine, the state and the step's name; the clocks on
everything an obligation is, but for whose it is and its number. A batch lasts as long as its world.
"""

from dataclasses import fields
from typing import Any

from workflows.calendar import Calendar
from workflows.ladder import Clock, clocks
from workflows.light import all_of
from workflows.machine import StateMachine
from workflows.obligation import Obligation
from workflows.workflow import Workflow

_WHOSE = {
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
    "wake_at",
}
_TIMED = all_of(field.name for field in fields(Obligation) if field.name not in _WHOSE)
_CLOCKS_MAX = 10_000  # kept at a time


class Batch:
    """The memory of one batch."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[StateMachine, str, str], str] = {}
        self._clocks: dict[Any, list[Clock]] = {}

    def step(self, machine: StateMachine, state: str, name: str) -> str:
        """The state after step `name` from `state`, taken by `transitions` once. Raises StepRefused where the machine has
        no such step."""
        after = self._verdicts.get((machine, state, name))
        if after is None:
            after = self._verdicts[machine, state, name] = machine.step(state, name)
        return after

    def clocks(self, obligation: Obligation, workflow: Workflow, calendar: Calendar) -> list[Clock]:
        """The clocks of an obligation that are still to run out, soonest first; nobody changes the list."""
        alike = _TIMED(obligation)
        found = self._clocks.get(alike)
        if found is None:
            if len(self._clocks) >= _CLOCKS_MAX:
                self._clocks.clear()
            found = self._clocks[alike] = clocks(obligation, workflow, calendar)
        return found
