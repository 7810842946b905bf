"""The cascade lint of ways: at each level that owes by a machine, work gets to its end, whatever the guards say.

`machine_checks` looks at the states alone; here it counts who owes, what is below them, and what time does by itself. By
whom work gets there, `party_checks` says.
"""

from collections.abc import Callable, Iterable, Iterator

from workflows.condition_checks import one_always_holds
from workflows.definition import Action, Definition
from workflows.each_machine import Part
from workflows.findings import Finding, either
from workflows.machine_checks import NO_ANSWER, closure
from workflows.text import Text, say
from workflows.words import STANDING

_ALONE = ("issue_below", "end_standing")  # the law takes such an action for this alone, and does nothing else with it


def owing_levels(part: Part) -> list[str]:
    """The levels that owe by a machine. The top level gives, and owes nothing."""
    above = part.definition.above
    return [level for level in part.levels if above[level] is not None] if is_tree(part.definition) else []


def is_tree(definition: Definition) -> bool:
    """Do the levels hang together? Otherwise `level_checks` has said so, and nothing follows from them."""
    known = all(above is None or above in definition.levels for above in definition.above.values())
    return known and not any(definition.is_below(level, level) for level in definition.levels)


def _lowest(part: Part) -> list[str]:
    """Those of them with no level below."""
    above = set(part.definition.above.values())
    return [level for level in owing_levels(part) if level not in above]


def _steps(part: Part, without: Iterable[str]) -> list[tuple[str, str]]:
    """From which state to which the actions lead that have none of these effects."""
    left_out = set(without)
    return [
        (source, source if action.to == "same" else action.to)
        for action in part.machine.actions.values()
        if not left_out & set(action.does)
        for source in part.sources(action)
    ]


def _passed_on(part: Part) -> Iterator[Finding]:
    """E402: what was passed on is reported once that is done below; a join of what nobody can report is never met."""
    machine, reporting = part.machine, part.doing("mark_reported")
    if part.definition.join.until_then != "refuse_report" or not reporting:
        return
    reported_from = {source for name in reporting for source in part.sources(machine.actions[name])}
    steps = _steps(part, (*NO_ANSWER, "pause"))  # a rest that the giver orders is no way on for the holder
    for name in part.doing("issue_below"):
        action = machine.actions[name]
        for target in sorted(part.sources(action)) if action.to == "same" else [action.to]:
            if target in machine.open_states and not closure({target}, steps) & reported_from:
                message = say(
                    "what is passed on is {target!r}, and from there nothing leads to {reporting}: its join is never "
                    "met by a report",
                    target=target,
                    reporting=either(reporting),
                )
                yield Finding((*part.actions, name, "to"), "E402", message)
                break


def _never_done(part: Part) -> Iterator[Finding]:
    """E403: some work ends as fulfilled, and not only what stands."""
    machine = part.machine
    fulfilled = {state for state, outcome in machine.ends.items() if outcome == "fulfilled"}
    reached = closure({machine.first}, _steps(part, NO_ANSWER))
    if fulfilled and machine.first in machine.open_states and not fulfilled & reached:
        message = say(
            "from {first!r} no work gets to {ends}; only what stands ends there",
            first=machine.first,
            ends=either(sorted(fulfilled)),
        )
        yield Finding((*part.path, "ends"), "E403", message, True)


def _by_time(part: Part) -> Iterator[Finding]:
    """E405: what time takes by itself it takes by one action; of two that are open it could take either."""
    machine, definition = part.machine, part.definition
    effects = ["resume", "end_standing"]
    if definition.passes_on_at & set(part.levels):
        effects.append("issue_below")
    for effect in effects:
        taken: dict[str, str] = {}
        for name in part.doing(effect):
            both = [state for state in sorted(part.sources(machine.actions[name])) if state in taken]
            if both:
                message = say(
                    "time takes an action that is {effect} by itself, and from {state!r} it could be {other!r} or "
                    "{name!r}; leave one of them",
                    effect=effect,
                    state=both[0],
                    other=taken[both[0]],
                    name=name,
                )
                yield Finding((*part.actions, name, "does"), "E405", message)
            taken = dict.fromkeys(part.sources(machine.actions[name]), name) | taken


def _nothing_below(part: Part) -> Iterator[Finding]:
    """E406: at a level with none below, work gets on without being passed on."""
    machine, lowest = part.machine, _lowest(part)
    if not lowest:
        return
    own = _steps(part, (*NO_ANSWER, "issue_below"))
    reached = closure({machine.first}, own)
    ending, anyway = (
        closure(set(machine.ends), [(target, source) for source, target in steps])
        for steps in (own, _steps(part, NO_ANSWER))
    )
    for state in machine.states:
        if state in reached and state in anyway and state not in ending:
            message = say(
                "nothing is below {levels}, and there work that is {state!r} could only be passed on; add an action that "
                "leads to an end",
                levels=either(lowest),
                state=state,
            )
            yield Finding((*part.states, state), "E406", message, True)
            return


def _stuck(part: Part) -> Iterator[Finding]:
    """W442: an end is reached from every state whatever the guards say: by ways without one, or by several of which one
    always holds."""
    machine, reached = part.machine, closure({part.machine.first}, _steps(part, ()))
    left_out = {*NO_ANSWER, "issue_below"} if _lowest(part) else NO_ANSWER
    anyway = closure(set(machine.ends), [(target, source) for source, target in _steps(part, left_out)])
    ways = {
        state: [
            (name, action)
            for name, action in machine.actions.items()
            if state in part.sources(action) and action.to not in ("same", state) and not set(action.does) & left_out
        ]
        for state in machine.states
        if state in machine.open_states and state in reached and state in anyway
    }
    told: set[str] = set()
    while True:
        sure = _sure(part, ways, told)
        stuck = [state for state in ways if state not in sure and any(action.to in sure for _, action in ways[state])]
        if not stuck:
            return
        # Where every way on has a guard first: what comes before it is as a rule put right with it.
        state = next((one for one in stuck if all(action.if_ for _, action in ways[one])), stuck[0])
        name = next(name for name, action in ways[state] if action.to in sure)
        message = say(
            "from {state!r} an end is only reached where a condition holds, such as that of {name!r}; where it does not, "
            "work can only be stopped",
            state=state,
            name=name,
        )
        yield Finding((*part.actions, name, "if"), "W442", message)
        told.add(state)


def _sure(part: Part, ways: dict[str, list[tuple[str, Action]]], taken: set[str]) -> set[str]:
    """The states from which an end is reached whatever the guards say; those of `taken` are taken to be such."""
    sure = {*part.machine.ends, *taken}
    while True:
        fresh = {state for state in ways if state not in sure and _goes_on(part, ways[state], sure)}
        if not fresh:
            return sure
        sure |= fresh


def _goes_on(part: Part, ways: list[tuple[str, Action]], sure: set[str]) -> bool:
    guards = [action.if_ for _, action in ways if action.to in sure]
    return None in guards or (len(guards) > 1 and one_always_holds([one for one in guards if one], part.definition))


def _together(part: Part) -> Iterator[Finding]:
    """E407: effects that the law can bring about in one step."""
    for name, action in part.machine.actions.items():
        does = list(dict.fromkeys(action.does))
        alone = next((effect for effect in _ALONE if effect in does), None)
        pair = alone or ("pause" if {"pause", "resume"} <= set(does) else None)
        if pair and len(does) > 1:
            other = next(effect for effect in reversed(does) if effect != pair)
            message = say(
                "{name!r} is {effect}, and cannot be {other} in the same step; make two actions of it",
                name=name,
                effect=pair,
                other=other,
            )
            yield Finding((*part.actions, name, "does"), "E407", message)


def _subjects(part: Part) -> Iterator[Finding]:
    """W451: an effect has something that it can happen to."""
    owing, lowest = owing_levels(part), _lowest(part)
    idle: list[tuple[str, Text]] = []
    if owing and owing == lowest:
        idle.append(("issue_below", say("no level is below {levels}", levels=either(lowest))))
    if not any(name in STANDING for name in part.definition.undated_items):
        idle.append(("end_standing", say("no follow-up mode lets an item stand")))
    if not part.doing("pause"):
        idle.append(("resume", say("no action is a pause")))
    for effect, because in idle:
        for name in part.doing(effect):
            message = say(
                "{name!r} is {effect}, and never has anything to do: {because}",
                name=name,
                effect=effect,
                because=because,
            )
            yield Finding((*part.actions, name, "does"), "W451", message)


def _idle_ask(part: Part) -> Iterator[Finding]:
    """W412: passing on is issuing a document, which asks for no fields."""
    for name, action in part.machine.actions.items():
        for key in ("ask", "ask_if_late"):
            if "issue_below" in action.does and getattr(action, key):
                message = say(
                    "{key} has no effect: {name!r} is issue_below, and a document that is issued asks for no fields",
                    key=key,
                    name=name,
                )
                yield Finding((*part.actions, name, key), "W412", message, True)


def _recipients(definition: Definition) -> Iterator[Finding]:
    """E401: who issues a document has offices below to give it to."""
    level = definition.suggest_for.issued_at
    if is_tree(definition) and level in definition.levels and level not in definition.above.values():
        message = say("no level is below {level!r}, so what is issued there has no recipient", level=level)
        yield Finding(("suggest_for", "issued_at"), "E401", message)


def _top(definition: Definition) -> Iterator[Finding]:
    """W412: the top level owes nothing, so it has no machine of its own and passes nothing on."""
    above = definition.above
    if not is_tree(definition):
        return
    for name, level in definition.levels.items():
        if above[name] is None and level.machine in definition.every_machine:
            message = say("machine has no effect: {name!r} is the top level, and owes nothing", name=name)
            yield Finding(("levels", name, "machine"), "W412", message, True)
    for place, name in enumerate(definition.relay.automatic_at):
        if name in above.values() and above.get(name) is None and name in definition.levels:
            message = say("{name!r} is the top level, and owes nothing that could pass on by itself", name=name)
            yield Finding(("relay", "automatic_at", place), "W412", message)


def _join(definition: Definition) -> Iterator[Finding]:
    """W412: a join waits for what is below, so something has to be passed on."""
    passed_on = any(machine.action_that("issue_below") for machine in definition.every_machine.values())
    if "join" in definition.model_fields_set and not passed_on:
        message = say("join has no effect: no action is issue_below, so nothing is ever below")
        yield Finding(("join",), "W412", message, True)


WAY_CHECKS: tuple[Callable[[Part], Iterator[Finding]], ...] = (
    _passed_on,
    _never_done,
    _by_time,
    _nothing_below,
    _stuck,
    _together,
    _subjects,
    _idle_ask,
)
WHOLE_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_recipients, _top, _join)
