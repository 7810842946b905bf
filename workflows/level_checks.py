"""The cascade lint of levels: what they name, and what follows from their machines together.

A rule across machines takes every `Part`, its misspelt states put right.
"""

from collections.abc import Callable, Iterator, Sequence

from workflows.definition import Definition
from workflows.document_types import TYPES, URGENCIES
from workflows.each_machine import Part, machine_named
from workflows.findings import Finding, meant
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.words import STANDING

Parts = Sequence[Part]


def _levels(definition: Definition) -> Iterator[Finding]:
    """E303, E306, E378, W412: levels and machines that are named are there, nothing hangs below itself, ceilings bound."""
    levels = definition.levels
    for name, level in levels.items():
        if level.under is not None and level.under not in levels:
            path = ("levels", name, "under")
            yield Finding(
                path,
                "E303",
                say("level {under!r} is not in levels{hint}", under=level.under, hint=meant(level.under, levels)),
            )
        if level.machine is not None and level.machine not in definition.every_machine:
            known = definition.every_machine
            hint = meant(level.machine, known) or say("; there is {known}", known=list(known))
            message = say("machine {machine!r} is not in machines{hint}", machine=level.machine, hint=hint)
            yield Finding(("levels", name, "machine"), "E378", message)
    issued_at = definition.suggest_for.issued_at
    if issued_at is not None and issued_at not in levels:
        message = say("level {issued_at!r} is not in levels{hint}", issued_at=issued_at, hint=meant(issued_at, levels))
        yield Finding(("suggest_for", "issued_at"), "E303", message)
    yield from _suggested_for(definition)
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
    yield from _passing_on_at(definition)
    told: set[str] = set()
    for name in levels:
        if name not in told and definition.is_below(name, name):
            ring = [other for other in levels if definition.is_below(name, other) and definition.is_below(other, name)]
            told.update(ring)
            message = say("{ring} hang below each other in a ring; one level has to be the top", ring=list(ring))
            yield Finding(("levels", name), "E306", message, True)


def _suggested_for(definition: Definition) -> Iterator[Finding]:
    """E308: types of documents and degrees of urgency are among those that there are. One that names nothing is never
    suggested, and somebody picks it by name: that is no fault."""
    said = definition.suggest_for
    for key, given, known in (("types", said.types, tuple(TYPES)), ("urgency", said.urgency, URGENCIES)):
        for place, one in enumerate(given):
            if one not in known:
                folded = {word.casefold(): word for word in known}
                near = folded.get(one.casefold())
                hint = say("; did you mean {near!r}?", near=near) if near else meant(one, known)
                message = say("{one!r} is not one of {known}{hint}", one=one, known=list(known), hint=hint)
                yield Finding(("suggest_for", key, place), "E308", message)


def _passing_on_at(definition: Definition) -> Iterator[Finding]:
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


def _kept_machine(definition: Definition) -> Iterator[Finding]:
    """E305: the machine of `obligation` has that name, and no other."""
    if "obligation" in definition.machines:
        message = say("{name!r} has a meaning of its own; choose another name", name="obligation")
        yield Finding(("machines", "obligation"), "E305", message, True)


def _used(definition: Definition) -> Iterator[Finding]:
    """W471: a machine runs the work of some level, or others are like it."""
    used = {machine_named(definition, level.machine) for level in definition.levels.values()}
    used |= {machine.like for machine in definition.every_machine.values() if machine.like}
    named = {level.machine for level in definition.levels.values()}
    for name in definition.machines:
        if name not in used and all(one is None or one in definition.every_machine for one in named):
            message = say("no level has the machine {name!r}; write machine: {name} at one", name=name)
            yield Finding(("machines", name), "W471", message, True)


def _one_label(parts: Parts) -> Iterator[Finding]:
    """E376, W472: a state has one label, whichever machine it is in; and so has an action that has one in English."""
    definition = parts[0].definition
    states: dict[str, str] = {}
    actions: dict[str, str] = {}
    for part in parts:
        for name, label in part.machine.states.items():
            if states.setdefault(name, label) != label:
                message = say("state {name!r} is called {label!r} already; lists show both as one", name=name,
                              label=states[name])  # fmt: skip
                yield Finding((*part.states, name), "E376", message)
        for name, action in part.machine.actions.items():
            if actions.setdefault(name, action.label) != action.label and name in definition.english.actions:
                message = say("{name!r} has two labels, and in English it has one", name=name)
                yield Finding((*part.actions, name, "label"), "W472", message)


def _relay(parts: Parts) -> Iterator[Finding]:
    """E317: work that passes on by itself can do so from where it is received."""
    definition = parts[0].definition
    for place, level in enumerate(definition.relay.automatic_at):
        part = _part_at(level, parts)
        if part and level in definition.above.values() and not _can_pass_on(part):
            message = say(
                "no action that is issue_below is open where work is received, so nothing passes on by itself"
            )
            yield Finding(("relay", "automatic_at", place), "E317", message)


def _can_pass_on(part: Part) -> bool:
    """Is there an action that passes work on from the state it is received in?"""
    machine = part.machine
    received = [machine.actions[name].to for name in part.doing("mark_received")] or [machine.first]
    passed = {source for name in part.doing("issue_below") for source in part.sources(machine.actions[name])}
    return set(received) <= passed


def _handed_down(parts: Parts) -> Iterator[Finding]:
    """W473: where work is passed on at all and levels hang below one, its machine can do so, too. The top level gives,
    and owes nothing."""
    above = parts[0].definition.above
    passed_on = any(part.doing("issue_below") for part in parts)
    for part in parts:
        if passed_on and not part.doing("issue_below"):
            for level in part.levels:
                below = [name for name, over in above.items() if over == level]
                if below and above[level] is not None:
                    message = say(
                        "{below} hang below {level!r}, whose machine has no action that is issue_below; "
                        "they never get work from there",
                        below=below,
                        level=level,
                    )
                    yield Finding(_machine_key(level, part), "W473", message)


def _reaches_below(parts: Parts) -> Iterator[Finding]:
    """W474: what rests or ends its follow-up at one level can do so at the level below it, too."""
    definition = parts[0].definition
    for level, over in definition.above.items():
        upper, lower = _part_at(over, parts), _part_at(level, parts)
        if over is None or definition.above.get(over) is None or upper is lower or not upper or not lower:
            continue
        if upper.doing("pause") and not lower.doing("pause"):
            message = say("work at {over!r} can rest, and what is below it at {level!r} goes on; its machine has no "
                          "action that is a pause", over=over, level=level)  # fmt: skip
            yield Finding(_machine_key(level, lower), "W474", message)


def _year_end(parts: Parts) -> Iterator[Finding]:
    """E343: where something ends with the year, each machine has an action that ends it."""
    definition = parts[0].definition
    owing = [part for part in parts if any(definition.above[level] for level in part.levels)]
    lacking = [part for part in owing if not part.doing("end_standing")]
    for name, mode in definition.undated_items.items():
        if not (name in STANDING and mode.until and mode.then == "close" and lacking):
            continue
        path: Path = ("undated_items", name, "until")
        if len(lacking) == len(owing):
            message = say("no action is end_standing, so nothing ends it at its year end; add one, or then: carry_over")
        else:
            levels = [level for part in lacking for level in part.levels]
            message = say(
                "no action at {levels} is end_standing, so nothing ends it there at its year end", levels=levels
            )
        yield Finding(path, "E343", message)


def _silence(parts: Parts) -> Iterator[Finding]:
    """W403, W404: while the giver has to answer the holder's clock rests, and one of the giver's own has to run."""
    definition = parts[0].definition
    waits = any(part.machine.awaits_giver_in for part in parts)
    if definition.deadlines.confirm and not waits:
        message = say("this clock never starts: no state is in awaits_giver_in")
        yield Finding(("deadlines", "confirm"), "W403", message)
    if waits and not definition.deadlines.confirm:
        message = say("the holder's clock rests while the giver answers, and nothing reminds the giver; add confirm")
        yield Finding(("deadlines",), "W404", message, True)
    if definition.extension and not definition.extension.rules.decide:
        message = say("the holder's clock rests while a request waits, and nothing reminds the giver; add decide")
        yield Finding(("extension", "rules"), "W404", message, True)


def _part_at(level: str | None, parts: Parts) -> Part | None:
    return next((part for part in parts if level in part.levels), None)


def _machine_key(level: str, part: Part) -> Path:
    """Where a level says which machine it has, or the level itself where it has the usual one."""
    return ("levels", level) if part.name == "obligation" else ("levels", level, "machine")


LEVEL_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_levels, _kept_machine, _used)
ACROSS_CHECKS: tuple[Callable[[Parts], Iterator[Finding]], ...] = (
    _one_label,
    _relay,
    _handed_down,
    _reaches_below,
    _year_end,
    _silence,
)
