"""Whose rows a reader may see: everything, or what concerns some offices. Every list and every page is read through one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees. `offices` None: everything (an auditor). Else an obligation is seen whose holder, giver, controller
    or recipient is among them, with the chain above it; a directive or cascade, whose issuer is or in which an obligation is
    seen."""

    offices: frozenset[str] | None

    @property
    def everything(self) -> bool:
        return self.offices is None
