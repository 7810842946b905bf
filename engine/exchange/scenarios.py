"""Scenarios beside a workflow, as YAML that an admin writes: who does what when, and what has to be so then.

Pure: text goes in, and values with their places in the file come out, or every fault at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.exchange.offices import offices_in, read_offices, sample
from engine.exchange.scenario_fields import (
    EXPECT_FIELDS,
    STEP_FIELDS,
    Amending,
    Ending,
    Issuing,
    On,
    Relaying,
    When,
    moment,
)
from engine.exchange.yaml_fields import MISSING, NOT_ALLOWED, Faults, Reader, list_of, needed_text, record, shown
from workflows.errors import CascadeError, InvalidDefinition
from workflows.offices import Office, Offices
from workflows.strict_yaml import DATA, Located, Path, Plain, Position, examine
from workflows.text import say

ACTS = ("issue", "do", "relay", "revoke", "amend")
_FORMS = ("told", "not_told", "open_to", "totals", "directive")
_OF_FORM: Mapping[str, tuple[str, ...]] = {
    "told": ("told", "to", "on", "at"),
    "not_told": ("not_told", "to", "on", "at"),
    "open_to": ("open_to", "on", "actions", "closed"),
    "totals": ("totals", "on"),
    "directive": ("directive", "state"),
    "": ("on", "state", "time", "due", "first_due", "because", "joined", "tasks", "absent"),
}
Beside = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What has to be so at a moment. `places` holds the keys that were written, each with where its value stands."""

    place: Position = (1, 1)
    places: Mapping[str, Position] = field(default_factory=dict)
    on: On | None = None
    state: str | None = None
    time: str | None = None
    due: When | None = None
    first_due: When | None = None
    because: str | None = None
    joined: bool | None = None
    tasks: tuple[str, ...] = ()
    absent: bool = False
    told: str | None = None
    not_told: str | None = None
    to: tuple[str, ...] = ()
    at: When | None = None
    open_to: str | None = None
    actions: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    directive: str | None = None

    @property
    def form(self) -> str:
        """Which kind of expectation it is: one of told, not_told, open_to, totals, directive; empty for an obligation."""
        return next((one for one in _FORMS if one in self.places), "")


@dataclass(frozen=True, slots=True)
class Step:
    """One act of somebody at a moment, or only the moment; then what has to be so. `refused` is the text that has to
    occur in the refusal, empty for any, None where the act has to go through."""

    place: Position = (1, 1)
    places: Mapping[str, Position] = field(default_factory=dict)
    at: When | None = None
    by: str | None = None
    acting_for: str | None = None
    deputy: str | None = None
    on: On | None = None
    do: str | None = None
    ask: Mapping[str, str] = field(default_factory=dict)
    issue: Issuing | None = None
    relay: Relaying | None = None
    revoke: Ending | None = None
    amend: Amending | None = None
    refused: str | None = None
    expect: tuple[Expectation, ...] = ()

    @property
    def act(self) -> str | None:
        """Which of ACTS it is, or None where time only passes."""
        return next((one for one in ACTS if one in self.places), None)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story: from a moment, with these offices, step by step, and on to `until`."""

    name: str
    since: When
    steps: tuple[Step, ...]
    offices: Offices
    until: When | None = None
    place: Position = (1, 1)


@dataclass(frozen=True, slots=True)
class Scenarios:
    """A file of scenarios."""

    source: str
    scenarios: tuple[Scenario, ...]


def read_scenarios(text: str | bytes, source: str, beside: Beside) -> Scenarios:
    """The scenarios of a file, in its order. `beside` gives what a file beside it holds, or raises CascadeError.

    Raises InvalidDefinition naming every fault and its place.
    """
    located, problems = examine(text, source, limits=DATA)
    reader = _Reader(source, located, beside) if located else None
    found = reader.scenarios() if reader else ()
    problems += reader.faults.found if reader else []
    if problems:
        raise InvalidDefinition(source, sorted(problems, key=lambda one: (one.source, one.line, one.column)))
    return Scenarios(source, found)


class _Reader:
    """One reading of one file; it goes on after a fault, to find them all."""

    def __init__(self, source: str, located: Located, beside: Beside) -> None:
        self.faults = Faults(source, located)
        self._beside = beside
        self._offices: Offices | None = None
        self._scenario: Reader = record(
            dict,
            {
                "scenario": needed_text,
                "from": moment,
                "until": moment,
                "offices": self._read_offices,
                "steps": list_of(_step),
            },
            needed=("scenario", "from", "steps"),
        )

    def scenarios(self) -> tuple[Scenario, ...]:
        data = self.faults.located.data
        if isinstance(data, dict) and "offices" in data:  # before the scenarios, which go by them
            self._offices = self._read_offices(data["offices"], ("offices",), self.faults)
        if not isinstance(data, dict) or "scenarios" not in data:
            self.faults.add((), MISSING, say("a file of scenarios is `scenarios:` with a list, and perhaps `offices:`"))
            return ()
        read: Reader = record(
            dict, {"offices": lambda *_: None, "scenarios": list_of(self._one)}, needed=("scenarios",)
        )
        return tuple(one for one in (read(data, (), self.faults) or {}).get("scenarios", ()) if one)

    def _one(self, value: Plain, path: Path, faults: Faults) -> Scenario | None:
        read = self._scenario(value, path, faults)
        if read is None or read["from"] is None:
            return None
        offices = read.get("offices") or self._offices or _sample()
        steps = tuple(one for one in read["steps"] if one)
        place = faults.located.at(path)
        return Scenario(read["scenario"], read["from"], steps, offices, read.get("until"), place)

    def _read_offices(self, value: Plain, path: Path, faults: Faults) -> Offices | None:
        """A file beside this one, or the blocks themselves."""
        try:
            if isinstance(value, str):
                return _directory(read_offices(self._beside(value), value))
            if isinstance(value, dict):
                return _directory(offices_in(_Part(faults.located, path[:-1], {"offices": value}), [], faults.source))
        except InvalidDefinition as error:
            faults.found += error.problems
        except CascadeError as error:
            faults.add(path, NOT_ALLOWED, error.text)
        else:
            faults.expected(path, say("the name of a directory file beside this one, or blocks of offices"), value)
        return None


class _Part:
    """The offices that are written in a file of scenarios, as if they were a file of their own."""

    def __init__(self, located: Located, prefix: Path, data: dict[str, Plain]) -> None:
        self._located, self._prefix, self.data = located, prefix, data

    def at(self, path: Path) -> Position:
        return self._located.at((*self._prefix, *path))

    def at_key(self, path: Path) -> Position:
        return self._located.at_key((*self._prefix, *path))


def _directory(offices: list[Office]) -> Offices:
    return Offices({one.id: one for one in offices})


def _sample() -> Offices:
    return _directory(read_offices(sample(), "offices.yaml"))


def _placed(make: Callable[..., Any], value: Plain, path: Path, faults: Faults, read: Mapping[str, Any]) -> Any:
    """The value that was read, with where it and each of its keys stands."""
    assert isinstance(value, dict)  # it was just read
    places = {key: faults.located.at((*path, key)) for key in value}
    return make(place=faults.located.at(path), places=places, **read)


def _step(value: Plain, path: Path, faults: Faults) -> Step | None:
    read = _READ_STEP(value, path, faults)
    if read is None:
        return None
    step: Step = _placed(Step, value, path, faults, read | {"expect": tuple(filter(None, read.get("expect", ())))})
    acts = [one for one in ACTS if one in step.places]
    if len(acts) > 1 or not (acts or step.expect):
        faults.add(path, NOT_ALLOWED, say("a step is one of {acts}, or only has `expect`", acts=[*ACTS]))
    wanted = {"do": ("on",), "relay": ("on",)}.get(acts[0] if acts else "", ())
    for key in wanted:
        if key not in step.places:
            faults.add(path, MISSING, say("`{key}` is missing", key=key))
    for key, when in (("ask", ("do",)), ("on", ("do", "relay")), ("refused", ACTS)):
        if key in step.places and not set(acts).intersection(when):
            faults.add((*path, key), NOT_ALLOWED, say("`{key}` belongs to a step with {acts}", key=key, acts=[*when]))
    return step


def _expectation(value: Plain, path: Path, faults: Faults) -> Expectation | None:
    read = _READ_EXPECTATION(value, path, faults)
    if read is None:
        return None
    made: Expectation = _placed(Expectation, value, path, faults, read)
    known = _OF_FORM[made.form]
    for key in made.places:
        if key not in known:
            says = say("{key} does not go with {form}; that takes {known}",
                       key=shown(key), form=shown(made.form or "on"), known=[*known])  # fmt: skip
            faults.add((*path, key), NOT_ALLOWED, says, at_key=True)
    if made.form in ("", "open_to") and made.on is None:
        faults.add(path, MISSING, say("`{key}` is missing", key="on"))
    if len(made.places) == 1 and made.form in ("", "open_to", "directive"):
        faults.add(path, MISSING, say("nothing is expected here; write one of {known}", known=[*known[1:]]))
    return made


_READ_EXPECTATION: Reader = record(dict, EXPECT_FIELDS)
_READ_STEP: Reader = record(dict, {**STEP_FIELDS, "expect": list_of(_expectation)})


def is_day(when: When) -> bool:
    """Is it a day alone, and no instant?"""
    return not isinstance(when, datetime)
