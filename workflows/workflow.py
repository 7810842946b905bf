"""A published definition made ready to run: its version, its machine, and the dates it has already computed."""

from datetime import datetime
from functools import cached_property
from typing import Any

from workflows.definition import Definition, ObligationMachine
from workflows.errors import NotFound
from workflows.machine import StateMachine, obligation_machine
from workflows.text import say


class Workflow:
    """A definition with its version. `key` is how directives and entries name it, such as `government-notice@1`."""

    def __init__(self, definition: Definition, version: int, digest: str = "") -> None:
        self.definition = definition
        self.version = version
        self.digest = digest
        self.key = f"{definition.workflow}@{version}"
        self.schedules: dict[tuple[str, datetime], tuple[Any, ...]] = {}  # of rungs; kept by ladder.schedule

    @cached_property
    def _machines(self) -> dict[str | None, StateMachine]:
        """A machine for each that the levels name, under its name; None for the one that `obligation` says."""
        named = {level.machine for level in self.definition.levels.values()} & {*self.definition.machines}
        machines = {name: obligation_machine(self.definition.machines[name]) for name in named if name}
        found: dict[str | None, StateMachine] = {None: obligation_machine(self.definition.obligation)}
        return found | machines

    def machine_at(self, level: str) -> StateMachine:
        """The machine that runs what an office at this level owes."""
        found = self.definition.levels.get(level)
        return self._machines.get(found.machine if found else None) or self._machines[None]

    def rules_at(self, level: str) -> ObligationMachine:
        """What the definition says of that machine: its actions, what they mean, how it ends."""
        return self.definition.machine_at(level)


class Workflows:
    """The published workflows that a world needs, by key."""

    def __init__(self, workflows: dict[str, Workflow]) -> None:
        self._workflows = workflows

    def get(self, key: str) -> Workflow:
        """The workflow with this key. A bare name means its newest version. Raises NotFound, naming what there is."""
        found = self._workflows.get(key)
        if found is None and "@" not in key:
            versions = [one for one in self._workflows.values() if one.definition.workflow == key]
            found = max(versions, key=lambda one: one.version, default=None)
        if found is None:
            known = sorted(self._workflows) or say("none yet")
            raise NotFound(say("No workflow {name!r}. There is: {known}", name=key, known=known))
        return found

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._workflows.values())
