"""The cascade lint: what can be wrong with a definition that parses. Here its names and its fields.

`machine_checks` looks at each machine as a whole, `level_checks` at levels and at their machines together, `time_checks`
at the due table, follow-up modes and the ladder, `number_checks` at the figures, `condition_checks` at conditions,
`way_checks` at whether work gets to its end, `party_checks` at by whom, `room_checks` at the room between two times. To add
a check, write a generator of findings, list it in its file's tuple (a check of machines takes a `Part`, and runs on every
one), and give its code a line in `findings.CODES`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice

from workflows import words
from workflows.condition_checks import CONDITION_CHECKS
from workflows.date_checks import DATE_CHECKS
from workflows.definition import Definition
from workflows.each_machine import Part, parts
from workflows.findings import FINDINGS_MAX, Finding, meant, nearest
from workflows.level_checks import ACROSS_CHECKS, LEVEL_CHECKS
from workflows.machine import UNASSIGNED
from workflows.machine_checks import MACHINE_CHECKS
from workflows.number_checks import NUMBER_CHECKS
from workflows.party_checks import PARTY_CHECKS, TOLD_CHECKS
from workflows.room_checks import ROOM_CHECKS
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.time_checks import TIME_CHECKS
from workflows.way_checks import WAY_CHECKS, WHOLE_CHECKS

_RETURN = re.compile(r"events_\d+")
_UNKNOWN_MAX = 20  # unknown states whose meaning is still guessed at


def check(definition: Definition) -> list[Finding]:
    """Everything the lint finds, errors and warnings, at most `FINDINGS_MAX`."""
    every = list(parts(definition))
    found = chain(
        chain.from_iterable(one(part) for one in PART_CHECKS for part in every),
        chain.from_iterable(one(definition) for one in CHECKS),
    )
    meant_parts = [_as_meant(part) for part in every]
    sound = [part for part in meant_parts if part]
    found = chain(
        found, chain.from_iterable(one(part) for one in (*MACHINE_CHECKS, *WAY_CHECKS, *PARTY_CHECKS) for part in sound)
    )
    if len(sound) == len(every):
        found = chain(found, chain.from_iterable(one(sound) for one in ACROSS_CHECKS))
    return list(islice(found, FINDINGS_MAX))


def _as_meant(part: Part) -> Part | None:
    """The machine with misspelt states put right, or None where a name is like no state."""
    machine = part.machine
    unknown = {name for _, name, _ in _state_names(part) if name not in machine.states}
    meanings = {name: nearest(name, machine.states) for name in islice(unknown, _UNKNOWN_MAX)}
    right = {name: state for name, state in meanings.items() if state}
    if len(right) < len(unknown):
        return None
    actions = {
        name: action.model_copy(
            update={"from_": tuple(right.get(one, one) for one in action.from_), "to": right.get(action.to, action.to)}
        )
        for name, action in machine.actions.items()
    }
    update = {
        "first": right.get(machine.first, machine.first),
        "ends": {right.get(name, name): outcome for name, outcome in machine.ends.items()},
        "awaits_giver_in": tuple(right.get(name, name) for name in machine.awaits_giver_in),
        "actions": actions,
    }
    return replace(part, machine=machine.model_copy(update=update)) if right else part


def _unknown_states(part: Part) -> Iterator[Finding]:
    """E301: `first`, `ends`, `awaits_giver_in`, `from` and `to` name states."""
    states = part.machine.states
    for path, name, on_key in _state_names(part):
        if name not in states:
            hint = meant(name, states) or say("; there is {known}", known=list(islice(states, 12)))
            yield Finding(path, "E301", say("state {name!r} is not in states{hint}", name=name, hint=hint), on_key)


def _state_names(part: Part) -> Iterator[tuple[Path, str, bool]]:
    machine = part.machine
    yield (*part.path, "first"), machine.first, False
    for name in machine.ends:
        yield (*part.path, "ends", name), name, True
    for place, name in enumerate(machine.awaits_giver_in):
        yield (*part.path, "awaits_giver_in", place), name, False
    for action_name, action in machine.actions.items():
        for place, name in enumerate(action.from_):
            if name != "any_open":
                yield (*part.actions, action_name, "from", place), name, False
        if action.to != "same":
            yield (*part.actions, action_name, "to"), action.to, False


def _unknown_actions(part: Part) -> Iterator[Finding]:
    """E302, E307: `not_same_person` names other actions of the machine."""
    actions = part.machine.actions
    for name, action in actions.items():
        for place, other in enumerate(action.not_same_person):
            path = (*part.actions, name, "not_same_person", place)
            if other not in actions:
                said = say("action {other!r} is not in actions{hint}", other=other, hint=meant(other, actions))
                yield Finding(path, "E302", said)
            elif other == name:
                yield Finding(path, "E307", say("{name!r} cannot be taken after itself by another person", name=name))


def _kept_names(part: Part) -> Iterator[Finding]:
    """E305: names that the machine uses itself, and those of the fields that a form adds."""
    for name in part.machine.actions:
        if name in words.BUILT_IN or name == "assign":
            message = say("{name!r} is a step every workflow has; choose another", name=name)
            yield Finding((*part.actions, name), "E305", message, True)
    for name in part.machine.states:
        if name in (UNASSIGNED, "same", "any_open"):
            message = say("{name!r} has a meaning of its own; choose another name", name=name)
            yield Finding((*part.states, name), "E305", message, True)
    for name, action in part.machine.actions.items():
        for block in ("ask", "ask_if_late"):
            yield from _returns((*part.actions, name, block), getattr(action, block))


def _returns(path: Path, ask: dict[str, str]) -> Iterator[Finding]:
    for field in ask:
        if _RETURN.fullmatch(field):
            message = say("{field!r} is what a form asks of a silent item; choose another name", field=field)
            yield Finding((*path, field), "E305", message, True)


def _fields(part: Part) -> Iterator[Finding]:
    """E327: the fields that the law reads are asked for by the actions, with their types."""
    for name, action in part.machine.actions.items():
        path = (*part.actions, name, "ask")
        if "assign_again" in action.does:
            yield from _wanted(path, action.ask, {"new_holder": "office"}, say("{name!r} is assign_again", name=name))
        if "pause" in action.does:
            yield from _wanted(path, action.ask, {"until": "date"}, say("{name!r} is a pause", name=name))
        if "mark_reported" in action.does and "sent_on" in action.ask:
            yield from _wanted(path, action.ask, {"sent_on": "date"}, say("the report is dated by it"))


def _other_fields(definition: Definition) -> Iterator[Finding]:
    """E305, E327, E328: the same of what is asked outside of the machines."""
    for name, mode in definition.undated_items.items():
        yield from _returns(("undated_items", name, "ask"), mode.ask)
    outside = definition.outside_offices.ask
    yield from _wanted(("outside_offices", "ask"), outside, {"happened_on": "date"}, say("the act is dated by it"))
    if definition.extension:
        wanted = {"until": "date", "reason": "text"}
        yield from _wanted(("extension", "ask"), definition.extension.ask, wanted, say("a request names both"))
        yield from _clash(("extension", "ask"), definition.extension.ask, outside, "outside_offices.ask")


def _wanted(path: Path, ask: dict[str, str], wanted: dict[str, str], because: str) -> Iterator[Finding]:
    for field, kind in wanted.items():
        if ask.get(field) != kind:
            near = "" if field in ask else _is_that(field, ask)
            yield Finding(
                (*path, field),
                "E327",
                say(
                    "it has to ask for {field}: {kind}, since {because}{near}",
                    field=field,
                    kind=kind,
                    because=because,
                    near=near,
                ),
            )


def _is_that(field: str, ask: dict[str, str]) -> str:
    near = nearest(field, ask)
    return say("; is that {near!r}?", near=near) if near else ""


def _one_type(part: Part) -> Iterator[Finding]:
    """E328: where a form asks for a field twice, it asks for the same thing."""
    outside = part.definition.outside_offices.ask
    for name, action in part.machine.actions.items():
        for block, ask, other in (
            ("ask_if_late", action.ask_if_late, action.ask),
            ("ask", action.ask, outside),
            ("ask_if_late", action.ask_if_late, outside),
        ):
            whose = "outside_offices.ask" if other is outside else "ask"
            yield from _clash((*part.actions, name, block), ask, other, whose)
        for mode, how in part.definition.undated_items.items() if "mark_reported" in action.does else ():
            for ask, whose in ((action.ask, "ask"), (action.ask_if_late, "ask_if_late")):
                path = ("undated_items", mode, "ask")
                yield from _clash(path, how.ask, ask, say("{block} of {name!r}", block=whose, name=name))


def _clash(path: Path, ask: dict[str, str], other: dict[str, str], whose: str) -> Iterator[Finding]:
    for field, kind in ask.items():
        if other.get(field, kind) != kind:
            yield Finding(
                (*path, field),
                "E328",
                say(
                    "{field!r} is {kind} here and {other} in {whose}",
                    field=field,
                    kind=kind,
                    other=other[field],
                    whose=whose,
                ),
            )


def _idle_keys(part: Part) -> Iterator[Finding]:
    """W412: ways to pass work on, where an action passes nothing on."""
    for name, action in part.machine.actions.items():
        if action.means and "issue_below" not in action.does:
            message = say("means has no effect: {name!r} is not issue_below", name=name)
            yield Finding((*part.actions, name, "means"), "W412", message, True)


def _english(definition: Definition) -> Iterator[Finding]:
    """W431, W432: English words are for what is there."""
    english, every = definition.english, definition.every_machine.values()
    for block, known in (
        ("levels", definition.levels),
        ("states", definition.state_labels),
        ("actions", {name for machine in every for name in machine.actions}),
        ("modes", definition.undated_items),
        ("numbers", definition.numbers),
    ):
        for name in getattr(english, block):
            if name not in known:
                message = say(
                    "there is no {name!r} among the {block}{hint}", name=name, block=block, hint=meant(name, known)
                )
                yield Finding(("english", block, name), "W431", message, True)
    if english.extension and not definition.extension:
        yield Finding(("english", "extension"), "W431", say("there is no extension in this workflow"), True)
    rungs = len(definition.ladder.rungs)
    if english.rungs and len(english.rungs) != rungs:
        message = say("{count} English rungs, and the ladder has {rungs}", count=len(english.rungs), rungs=rungs)
        yield Finding(("english", "rungs"), "W432", message, True)
    giver_rungs = len(definition.rungs_of("giver"))
    if english.giver_rungs and len(english.giver_rungs) != giver_rungs:
        count = len(english.giver_rungs)
        message = say("{count} English rungs, and the giver's ladder has {rungs}", count=count, rungs=giver_rungs)
        yield Finding(("english", "giver_rungs"), "W432", message, True)


# Of each machine by itself, of the definition as a whole.
PART_CHECKS: tuple[Callable[[Part], Iterator[Finding]], ...] = (
    _unknown_states,
    _unknown_actions,
    _kept_names,
    _fields,
    _one_type,
    _idle_keys,
)
CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (
    *LEVEL_CHECKS,
    _other_fields,
    _english,
    *TIME_CHECKS,
    *WHOLE_CHECKS,
    *TOLD_CHECKS,
    *ROOM_CHECKS,
    *NUMBER_CHECKS,
    *CONDITION_CHECKS,
    *DATE_CHECKS,
)
