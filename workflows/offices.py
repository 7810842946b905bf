"""Offices and who sits in them: a snapshot of the directory, as the law sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.errors import NotFound
from workflows.text import say

_RISE_MAX = 32  # no tree of offices is deeper; a ring in bad data ends here


@dataclass(frozen=True, slots=True)
class Office:
    """A body in the tree of offices. `people` maps a role to the name shown for who holds it; a missing role is vacant."""

    id: str
    name: str
    level: str
    above: str | None = None
    outside: bool = False
    host: bool = False
    short: str = ""
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.short or self.name


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is told: a role in an office. `letter_to` names the outside office a letter has to be drafted to."""

    office: str
    role: str
    letter_to: str | None = None

    def __str__(self) -> str:
        letter = f" (letter to {self.letter_to})" if self.letter_to else ""
        return f"{self.office}/{self.role}{letter}"


class Offices:
    """The tree of offices at one moment."""

    def __init__(self, offices: Mapping[str, Office], version: int = 0) -> None:
        self._offices = dict(offices)
        self.version = version
        self.host = next((office for office in self._offices.values() if office.host), None)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._offices.values())

    def __len__(self) -> int:
        return len(self._offices)

    def find(self, office: str | None) -> Office | None:
        return self._offices.get(office) if office else None

    def get(self, office: str) -> Office:
        """The office with this id. Raises NotFound, naming the nearest ids."""
        found = self._offices.get(office)
        if found is None:
            known = sorted(self._offices)[:12] or say("none yet: cascade office import FILE")
            raise NotFound(say("No office {office!r} in the directory. Known: {known}", office=office, known=known))
        return found

    def below(self, office: str) -> list[Office]:
        """The offices directly under one, in the order of the directory."""
        return [one for one in self._offices.values() if one.above == office]

    def reach(self, office: str | None, role: str) -> Addressee | None:
        """Who hears what is meant for a role in an office: a vacant seat passes it to the office above.

        An outside office is told by a letter that the host's clerk drafts. None where nobody is left to tell.
        """
        current = self.find(office)
        for _ in range(_RISE_MAX):
            if current is None:
                return None
            if current.outside:
                return Addressee(self.host.id, "clerk", letter_to=current.id) if self.host else None
            if role in current.people:
                return Addressee(current.id, role)
            if role != "leader" and "leader" in current.people:
                return Addressee(current.id, "leader")
            current, role = self.find(current.above), "leader"
        return None
