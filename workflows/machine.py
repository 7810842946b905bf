"""The state machines of a workflow, run by `transitions`. The only file that imports it.

Nothing from a definition reaches the library as a callback: a definition gives names of states and of steps, no more,
since `transitions` would resolve a string callback as a dotted import.
"""

from collections.abc import Iterable
from functools import lru_cache

from transitions import Machine, MachineError

from workflows import words
from workflows.definition import ObligationMachine

UNASSIGNED = "unassigned"
DIRECTIVE_STATES = ("draft", "issued", "completed", "revoked", "replaced")
_DIRECTIVE_STEPS: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("issue", ("draft",), "issued"),
    ("complete", ("issued",), "completed"),
    ("reopen", ("completed",), "issued"),
    ("revoke", ("issued", "completed"), "revoked"),
    ("replace", ("issued", "completed"), "replaced"),
    ("amend", ("issued", "completed"), None),
)

Steps = Iterable[tuple[str, tuple[str, ...], str | None]]


class StepRefused(Exception):
    """The machine has no such step from that state."""


class _Cursor:
    """The one thing the machine moves: a state, and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class StateMachine:
    """One machine: states and steps. It keeps no state between calls."""

    def __init__(self, states: Iterable[str], steps: Steps) -> None:
        self._machine = Machine(model=None, states=list(states), initial=None, auto_transitions=False)
        for name, sources, target in steps:
            self._machine.add_transition(name, list(sources), target)

    def step(self, state: str, name: str) -> str:
        """The state after step `name` from `state`. Raises StepRefused where the machine has no such step."""
        event = self._machine.events.get(name)
        if event is None:
            raise StepRefused(f"no step {name!r} in this workflow")
        cursor = _Cursor(state)
        try:
            moved = event.trigger(cursor)
        except (MachineError, ValueError) as refusal:  # ValueError: a state the machine does not know
            raise StepRefused(str(refusal)) from refusal
        if not moved:
            raise StepRefused(f"{name} did not take place in {state}")
        return cursor.state

    def open_from(self, state: str) -> tuple[str, ...]:
        """The names of the steps that `state` knows, in the order of the definition."""
        return tuple(name for name, event in self._machine.events.items() if event.transitions.get(state))


def obligation_machine(defined: ObligationMachine) -> StateMachine:
    """The machine of an obligation: the defined actions, and the built-in steps that change no state."""
    opened = tuple(state for state in defined.states if state in defined.open_states)
    steps: list[tuple[str, tuple[str, ...], str | None]] = [("assign", (UNASSIGNED,), defined.first)]
    for name, action in defined.actions.items():
        sources = opened if "any_open" in action.from_ else action.from_
        steps.append((name, sources, None if action.to == "same" else action.to))
    steps += [(name, opened, None) for name in words.BUILT_IN]
    return StateMachine([UNASSIGNED, *defined.states], steps)


@lru_cache(maxsize=1)
def directive_machine() -> StateMachine:
    """The machine of a directive, the same in every workflow."""
    return StateMachine(DIRECTIVE_STATES, _DIRECTIVE_STEPS)
