"""A published definition made ready to run: its version, its machine, and the dates it has already computed."""

from datetime import datetime
from functools import cached_property
from typing import Any

from workflows.calendar import Calendar
from workflows.definition import Definition
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
    def machine(self) -> StateMachine:
        return obligation_machine(self.definition)

    def awaits_giver(self, state: str) -> bool:
        return state in self.definition.obligation.awaits_giver_in

    def outcome_of(self, state: str) -> str | None:
        """How an obligation in this state has ended, or None where it is open."""
        return self.definition.obligation.ends.get(state)


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
