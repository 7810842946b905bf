"""Offices, who sits in them and who stands in for whom: a snapshot of the directory, as the law sees it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from workflows.errors import NotFound
from workflows.light import light
from workflows.text import say

_RISE_MAX = 32  # no tree of offices is deeper; a ring in bad data ends here
_DAYS_MAX = 64  # of which a directory keeps its view


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for a role in an office, from a day to a day, for some actions or (none named) for all.

    `deputy` is another seat, `vp/leader`, or the name of a post that is no seat. `document` is
    what appointed it. Nobody stands in for a deputy in turn: authority that was lent is not lent again.
    """

    role: str
    deputy: str
    since: date
    until: date | None = None
    actions: tuple[str, ...] = ()
    document: str | None = None

    def active(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def covers(self, action: str) -> bool:
        return not self.actions or action in self.actions

    @property
    def seat(self) -> tuple[str, str] | None:
        """The office and role that stand in, or None where it is a post by name."""
        return seat_of_text(self.deputy)


@dataclass(frozen=True, slots=True)
class Absence:
    """A seat whose holder is away, from a day to a day."""

    role: str
    since: date
    until: date | None = None

    def active(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Office:
    """A body in the tree of offices. `people` maps a role to the name shown for who holds it; a missing role is vacant.

    `email` maps a role to the address of that seat, and `office` to the mailbox of the whole office, `phone` likewise to
    the telephone; `language` is the one that its messages are written in.
    """

    id: str
    name: str
    level: str
    above: str | None = None
    outside: bool = False
    host: bool = False
    short: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    deputies: tuple[Deputy, ...] = ()
    absent: tuple[Absence, ...] = ()
    email: Mapping[str, str] = field(default_factory=dict)
    language: str = "vi"
    phone: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.short or self.name


@light(frozen=True, slots=True)
class Addressee:
    """Who is told: a role in an office. `letter_to` names the outside office a letter has to be drafted to; `deputy` who
    hears it instead, where the seat is vacant or its holder away."""

    office: str
    role: str
    letter_to: str | None = None
    deputy: str | None = None

    def __str__(self) -> str:
        deputy = f" ({self.deputy})" if self.deputy else ""
        letter = f" (letter to {self.letter_to})" if self.letter_to else ""
        return f"{self.office}/{self.role}{deputy}{letter}"


def seat_of_text(text: str) -> tuple[str, str] | None:
    """The office and role of `vp/leader`; None for the name of a post, which holds no stroke."""
    office, stroke, role = text.partition("/")
    return (office, role) if stroke else None


class Offices:
    """The tree of offices at one moment. Without a day nobody is away and nobody stands in for anybody: see `on`."""

    def __init__(self, offices: Mapping[str, Office], version: int = 0) -> None:
        self._offices = dict(offices)
        self._views: dict[date, Offices] = {}
        self._deputies: dict[tuple[str, str], tuple[Deputy, ...]] = {}
        self._away: frozenset[tuple[str, str]] = frozenset()
        self.version = version
        self.day: date | None = None
        self.host = next((office for office in self._offices.values() if office.host), None)

    def on(self, day: date) -> "Offices":
        """The directory as it is on a day, with who is away then and who stands in; kept, since a batch asks again."""
        found = self._views.get(day)
        if found is None:
            if len(self._views) >= _DAYS_MAX:
                self._views.clear()
            found = self._views[day] = self._seen_on(day)
        return found

    def _seen_on(self, day: date) -> "Offices":
        view = Offices(self._offices, self.version)
        view.day, view._views = day, self._views
        deputies: dict[tuple[str, str], list[Deputy]] = {}
        for office in self._offices.values():
            for one in office.deputies:
                if one.active(day):
                    deputies.setdefault((office.id, one.role), []).append(one)
        # Who stands in for everything goes first: what is told is seldom about the few actions of the others.
        view._deputies = {
            seat: tuple(sorted(ones, key=lambda one: bool(one.actions))) for seat, ones in deputies.items()
        }
        away = ((office.id, one.role) for office in self._offices.values() for one in office.absent if one.active(day))
        view._away = frozenset(away)
        return view

    def __iter__(self) -> Iterator[Office]:
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
        return self._below.get(office, [])

    @cached_property
    def _below(self) -> dict[str, list[Office]]:
        found: dict[str, list[Office]] = {}
        for one in self._offices.values():
            if one.above:
                found.setdefault(one.above, []).append(one)
        return found

    def way_up(self, office: str | None) -> Iterator[Office]:
        """An office and those above it, up to the top."""
        current = self.find(office)
        for _ in range(_RISE_MAX):
            if current is None:
                return
            yield current
            current = self.find(current.above)

    def deputies(self, office: str, role: str) -> tuple[Deputy, ...]:
        """Who stands in for a seat on this day; those who do so for everything come first."""
        return self._deputies.get((office, role), ())

    def is_there(self, office: str, role: str) -> bool:
        """Does somebody hold this seat who is not away on this day?"""
        found = self.find(office)
        return found is not None and role in found.people and (office, role) not in self._away

    def holder(self, office: str, role: str) -> str | None:
        """The name of who holds a seat, or None where it is vacant."""
        found = self.find(office)
        return found.people.get(role) if found else None

    def reach(self, office: str | None, role: str, within: Callable[[Office], bool] | None = None) -> Addressee | None:
        """Who hears what is meant for a role in an office. A seat that is vacant, or whose holder is away, passes it to
        its deputy, then to the office's leader, then to the office above.

        An outside office is told by a letter that the host's clerk drafts. None where nobody is left to tell among the
        offices that are `within`, where that is asked.
        """
        first = self.find(office)
        if (
            first
            and role in first.people
            and not first.outside
            and (first.id, role) not in self._away
            and (within is None or within(first))
        ):
            return Addressee(first.id, role)  # as it nearly always is
        for current in self.way_up(office):
            if within and not within(current):
                return None
            if current.outside:
                return Addressee(self.host.id, "clerk", letter_to=current.id) if self.host else None
            for one in dict.fromkeys((role, "leader")):
                if self.is_there(current.id, one):
                    return Addressee(current.id, one)
                deputy = self._deputy_there(current.id, one)
                if deputy:
                    return Addressee(current.id, one, deputy=deputy.deputy)
            role = "leader"
        return None

    def _deputy_there(self, office: str, role: str) -> Deputy | None:
        """The first deputy of a seat who is there to hear; a post by name always is."""
        found = self.deputies(office, role)
        return next((one for one in found if one.seat is None or self.is_there(*one.seat)), None)
