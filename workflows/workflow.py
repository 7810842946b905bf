"""A published definition made ready to run: its version, its machine, and the dates it has already computed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from workflows import words
from workflows.calendar import Calendar
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
        self.schedules: dict[tuple[Calendar, str, str, datetime], tuple[Any, ...]] = {}  # kept by ladder.schedule

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

    @property
    def states(self) -> tuple[str, ...]:
        """Every state that an obligation may be in."""
        return tuple(self.definition.state_labels)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that may be taken: those of its machines, and those that every workflow has."""
        own = dict.fromkeys(name for machine in self.definition.every_machine.values() for name in machine.actions)
        return (*own, *(one for one in words.BUILT_IN if one != "elapse"))

    def rules_at(self, level: str) -> ObligationMachine:
        """What the definition says of that machine: its actions, what they mean, how it ends."""
        return self.definition.machine_at(level)


class Workflows:
    """The published workflows that a world needs, by key. `retired` gives, by key, why no directive is issued under it any
    more; what runs under it goes on."""

    def __init__(self, workflows: dict[str, Workflow], retired: Mapping[str, str] = MappingProxyType({})) -> None:
        self._workflows = workflows
        self.retired = retired

    def get(self, key: str) -> Workflow:
        """The workflow with this key. A bare name means its newest version that is not retired; where all of them are, the
        newest, under which the law issues nothing. Raises NotFound, naming what there is."""
        found = self._workflows.get(key)
        if found is None and "@" not in key:
            found = self.newest_in_use(key) or max(self._of(key), key=lambda one: one.version, default=None)
        if found is None:
            known = sorted(self._workflows) or say("none yet")
            raise NotFound(say("No workflow {name!r}. There is: {known}", name=key, known=known))
        return found

    def newest_in_use(self, name: str) -> Workflow | None:
        """The version of this name that directives are issued under; None where every one is retired."""
        return max((one for one in self._of(name) if self.usable(one)), key=lambda one: one.version, default=None)

    def usable(self, workflow: Workflow) -> bool:
        """May directives be issued under it?"""
        return workflow.key not in self.retired

    def in_use(self) -> dict[str, Workflow]:
        """What a bare name means, for every name that has a version which is not retired."""
        names = sorted({one.definition.workflow for one in self._workflows.values()})
        return {name: found for name in names if (found := self.newest_in_use(name))}

    def _of(self, name: str) -> list[Workflow]:
        return [one for one in self._workflows.values() if one.definition.workflow == name]

    def __iter__(self) -> Iterator[Workflow]:
        return iter(self._workflows.values())
