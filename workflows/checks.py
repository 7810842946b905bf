"""The cascade lint: what can be wrong with a definition that parses. Here its names and its fields.

`machine_checks` looks at the machine as a whole, `time_checks` at the due table, follow-up modes and the ladder. To
add a check, write a generator of findings, list it in its file's tuple, and give its code a line in `findings.CODES`.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice

from workflows import words
from workflows.date_checks import DATE_CHECKS
from workflows.definition import Definition
from workflows.findings import FINDINGS_MAX, Finding, meant, nearest
from workflows.machine import UNASSIGNED
from workflows.machine_checks import ACTIONS, MACHINE_CHECKS, STATES
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.time_checks import TIME_CHECKS

_RETURN = re.compile(r"events_\d+")
_UNKNOWN_MAX = 20  # unknown states whose meaning is still guessed at


def check(definition: Definition) -> list[Finding]:
    """Everything the lint finds, errors and warnings, at most `FINDINGS_MAX`."""
    found = chain.from_iterable(one(definition) for one in CHECKS)
    as_meant = _as_meant(definition)
    if as_meant:
        found = chain(found, chain.from_iterable(one(as_meant) for one in MACHINE_CHECKS))
    return list(islice(found, FINDINGS_MAX))


def _as_meant(definition: Definition) -> Definition | None:
    """The definition with misspelt states put right, or None where a name is like no state."""
    machine = definition.obligation
    unknown = {name for _, name, _ in _state_names(definition) if name not in machine.states}
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
    fields = {name: getattr(definition, name) for name in Definition.model_fields}
    return Definition.model_construct(**{**fields, "obligation": machine.model_copy(update=update)})


def _unknown_states(definition: Definition) -> Iterator[Finding]:
    """E301: `first`, `ends`, `awaits_giver_in`, `from` and `to` name states."""
    states = definition.obligation.states
    for path, name, on_key in _state_names(definition):
        if name not in states:
            hint = meant(name, states) or say("; there is {known}", known=list(islice(states, 12)))
            yield Finding(path, "E301", say("state {name!r} is not in states{hint}", name=name, hint=hint), on_key)


def _state_names(definition: Definition) -> Iterator[tuple[Path, str, bool]]:
    machine = definition.obligation
    yield ("obligation", "first"), machine.first, False
    for name in machine.ends:
        yield ("obligation", "ends", name), name, True
    for place, name in enumerate(machine.awaits_giver_in):
        yield ("obligation", "awaits_giver_in", place), name, False
    for action_name, action in machine.actions.items():
        for place, name in enumerate(action.from_):
            if name != "any_open":
                yield (*ACTIONS, action_name, "from", place), name, False
        if action.to != "same":
            yield (*ACTIONS, action_name, "to"), action.to, False


def _unknown_actions(definition: Definition) -> Iterator[Finding]:
    """E302, E307: `not_same_person` names other actions of the machine."""
    actions = definition.obligation.actions
    for name, action in actions.items():
        for place, other in enumerate(action.not_same_person):
            path = (*ACTIONS, name, "not_same_person", place)
            if other not in actions:
                said = say("action {other!r} is not in actions{hint}", other=other, hint=meant(other, actions))
                yield Finding(path, "E302", said)
            elif other == name:
                yield Finding(path, "E307", say("{name!r} cannot be taken after itself by another person", name=name))


def _levels(definition: Definition) -> Iterator[Finding]:
    """E303, E306, W412: every level that is named is there, nothing hangs below itself, a ceiling bounds something."""
    levels = definition.levels
    for name, level in levels.items():
        if level.under is not None and level.under not in levels:
            path = ("levels", name, "under")
            yield Finding(
                path,
                "E303",
                say("level {under!r} is not in levels{hint}", under=level.under, hint=meant(level.under, levels)),
            )
    issued_at = definition.suggest_for.issued_at
    if issued_at is not None and issued_at not in levels:
        message = say("level {issued_at!r} is not in levels{hint}", issued_at=issued_at, hint=meant(issued_at, levels))
        yield Finding(("suggest_for", "issued_at"), "E303", message)
    ceiling = definition.ladder.ceiling
    if ceiling is not None and ceiling not in levels:
        yield Finding(
            ("ladder", "ceiling"),
            "E303",
            say("level {ceiling!r} is not in levels{hint}", ceiling=ceiling, hint=meant(ceiling, levels)),
        )
    elif ceiling is not None and definition.above[ceiling] is None:
        message = say("nothing is above {ceiling!r}, so a ceiling there has no effect", ceiling=ceiling)
        yield Finding(("ladder", "ceiling"), "W412", message, True)
    yield from _passing_on(definition)
    told: set[str] = set()
    for name in levels:
        if name not in told and definition.is_below(name, name):
            ring = [other for other in levels if definition.is_below(name, other) and definition.is_below(other, name)]
            told.update(ring)
            message = say("{ring} hang below each other in a ring; one level has to be the top", ring=list(ring))
            yield Finding(("levels", name), "E306", message, True)


def _passing_on(definition: Definition) -> Iterator[Finding]:
    """E303, E317, E318: work passes on by itself at levels that have one below, and a directive's end knows its words."""
    levels = definition.levels
    for place, name in enumerate(definition.relay.automatic_at):
        path = ("relay", "automatic_at", place)
        if name not in levels:
            yield Finding(
                path, "E303", say("level {name!r} is not in levels{hint}", name=name, hint=meant(name, levels))
            )
        elif name not in definition.above.values():
            yield Finding(path, "E317", say("no level is below {name!r}, so nothing passes on from there", name=name))
    if definition.when_directive.revoked.open_work == "repoint":
        message = say("what is revoked has no document in its place: open work can stop or keep")
        yield Finding(("when_directive", "revoked", "open_work"), "E318", message)


def _kept_names(definition: Definition) -> Iterator[Finding]:
    """E305: names that the machine uses itself, and those of the fields that a form adds."""
    for name in definition.obligation.actions:
        if name in words.BUILT_IN or name == "assign":
            yield Finding(
                (*ACTIONS, name), "E305", say("{name!r} is a step every workflow has; choose another", name=name), True
            )
    for name in definition.obligation.states:
        if name in (UNASSIGNED, "same", "any_open"):
            yield Finding(
                (*STATES, name), "E305", say("{name!r} has a meaning of its own; choose another name", name=name), True
            )
    for path, field in _asked(definition):
        if _RETURN.fullmatch(field):
            message = say("{field!r} is what a form asks of a silent item; choose another name", field=field)
            yield Finding((*path, field), "E305", message, True)


def _asked(definition: Definition) -> Iterator[tuple[Path, str]]:
    for name, action in definition.obligation.actions.items():
        for block in ("ask", "ask_if_late"):
            yield from (((*ACTIONS, name, block), field) for field in getattr(action, block))
    for name, mode in definition.undated_items.items():
        yield from ((("undated_items", name, "ask"), field) for field in mode.ask)


def _fields(definition: Definition) -> Iterator[Finding]:
    """E327: the fields that the law reads are asked for, with their types."""
    for name, action in definition.obligation.actions.items():
        path = (*ACTIONS, name, "ask")
        if "assign_again" in action.does:
            yield from _wanted(path, action.ask, {"new_holder": "office"}, say("{name!r} is assign_again", name=name))
        if "pause" in action.does:
            yield from _wanted(path, action.ask, {"until": "date"}, say("{name!r} is a pause", name=name))
        if "mark_reported" in action.does and "sent_on" in action.ask:
            yield from _wanted(path, action.ask, {"sent_on": "date"}, say("the report is dated by it"))
    outside = definition.outside_offices.ask
    yield from _wanted(("outside_offices", "ask"), outside, {"happened_on": "date"}, say("the act is dated by it"))
    if definition.extension:
        wanted = {"until": "date", "reason": "text"}
        yield from _wanted(("extension", "ask"), definition.extension.ask, wanted, say("a request names both"))


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


def _one_type(definition: Definition) -> Iterator[Finding]:
    """E328: where a form asks for a field twice, it asks for the same thing."""
    outside = definition.outside_offices.ask
    for name, action in definition.obligation.actions.items():
        for block, ask, other in (
            ("ask_if_late", action.ask_if_late, action.ask),
            ("ask", action.ask, outside),
            ("ask_if_late", action.ask_if_late, outside),
        ):
            whose = "outside_offices.ask" if other is outside else "ask"
            yield from _clash((*ACTIONS, name, block), ask, other, whose)
        for mode, how in definition.undated_items.items() if "mark_reported" in action.does else ():
            for ask, whose in ((action.ask, "ask"), (action.ask_if_late, "ask_if_late")):
                yield from _clash(
                    ("undated_items", mode, "ask"), how.ask, ask, say("{block} of {name!r}", block=whose, name=name)
                )
    if definition.extension:
        yield from _clash(("extension", "ask"), definition.extension.ask, outside, "outside_offices.ask")


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


def _idle_keys(definition: Definition) -> Iterator[Finding]:
    """W412: ways to pass work on, where an action passes nothing on."""
    for name, action in definition.obligation.actions.items():
        if action.means and "issue_below" not in action.does:
            message = say("means has no effect: {name!r} is not issue_below", name=name)
            yield Finding((*ACTIONS, name, "means"), "W412", message, True)


def _english(definition: Definition) -> Iterator[Finding]:
    """W431, W432: English words are for what is there."""
    english = definition.english
    for block, known in (
        ("levels", definition.levels),
        ("states", definition.obligation.states),
        ("actions", definition.obligation.actions),
        ("modes", definition.undated_items),
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


CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (
    _unknown_states,
    _unknown_actions,
    _levels,
    _kept_names,
    _fields,
    _one_type,
    _idle_keys,
    _english,
    *TIME_CHECKS,
    *DATE_CHECKS,
)
