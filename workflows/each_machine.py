"""The machines of a definition one by one, as the lint looks at them: where each stands, and whose work it runs.

A check of machines takes a `Part` and looks at nothing else of the definition but through it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.definition import Action, Definition, ObligationMachine
from workflows.strict_yaml import Path


@dataclass(frozen=True, slots=True)
class Part:
    """One machine. `path` is where it stands in the data: `obligation`, or `machines.NAME`; `levels` are those whose
    offices owe by it."""

    definition: Definition
    name: str
    machine: ObligationMachine
    levels: tuple[str, ...]

    @property
    def path(self) -> Path:
        return path_of(self.name)

    @property
    def actions(self) -> Path:
        """Where its actions stand."""
        return (*self.path, "actions")

    @property
    def states(self) -> Path:
        """Where its states stand."""
        return (*self.path, "states")

    def sources(self, action: Action) -> Iterable[str]:
        """The states from which an action is open."""
        return self.machine.open_states if "any_open" in action.from_ else action.from_

    def doing(self, effect: str) -> list[str]:
        """The names of the actions with an effect."""
        return [name for name, action in self.machine.actions.items() if effect in action.does]


def parts(definition: Definition) -> Iterator[Part]:
    """Every machine of a definition, `obligation` first."""
    for name, machine in definition.every_machine.items():
        levels = (
            level for level, found in definition.levels.items() if machine_named(definition, found.machine) == name
        )
        yield Part(definition, name, machine, tuple(levels))


def machine_named(definition: Definition, named: str | None) -> str:
    """The name of the machine that a level which names this one has; that of `obligation` where there is none so called."""
    return named if named in definition.machines else "obligation"


def path_of(machine: str) -> Path:
    """Where the machine of this name stands."""
    return ("obligation",) if machine == "obligation" else ("machines", machine)
