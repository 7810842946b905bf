"""The cascade lint of the machine: what follows from all states, actions and effects together.

These checks see a definition with its misspelt states put right: one misspelling is one fault, not five.
"""

from collections.abc import Callable, Iterable, Iterator

from workflows import words
from workflows.definition import Action, Definition
from workflows.findings import Finding, either
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.time_checks import counts_from_receipt

ACTIONS: Path = ("obligation", "actions")
STATES: Path = ("obligation", "states")
_NO_ANSWER = {"stop_below", "end_standing"}  # ways out that finish no work: the one stops it, the other is not for all


def _graph(definition: Definition) -> Iterator[Finding]:
    """E311, E312, E313: every state is reached, and work that is not stopped can come to an end."""
    machine = definition.obligation
    if "fulfilled" not in machine.ends.values():
        yield Finding(("obligation", "ends"), "E313", say("no end is 'fulfilled', so nothing is ever done"))
    onward, back = [], []
    for action in machine.actions.values():
        for source in _sources(action, definition):
            target = source if action.to == "same" else action.to
            onward.append((source, target))
            if not {"stop_below", "end_standing"} & set(
                action.does
            ):  # the one is no way to finish, the other is not for all
                back.append((target, source))
    reached, ending = _closure({machine.first}, onward), _closure(set(machine.ends), back)
    for state in machine.states:
        if state not in reached:
            message = say(
                "state {state!r} is never reached from {first!r}; add an action that leads to it",
                state=state,
                first=machine.first,
            )
            yield Finding((*STATES, state), "E311", message, True)
        elif state not in ending:
            message = say(
                "from state {state!r} work can only be stopped, never ended; add an action that leads on", state=state
            )
            yield Finding((*STATES, state), "E312", message, True)


def _closure(start: set[str], steps: list[tuple[str, str]]) -> set[str]:
    """Every state that steps lead to from the start, itself included."""
    onward: dict[str, set[str]] = {}
    for source, target in steps:
        onward.setdefault(source, set()).add(target)
    reached, waiting = set(start), list(start)
    while waiting:
        fresh = onward.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return reached


def _ends(definition: Definition) -> Iterator[Finding]:
    """E314, E315: an end is the end: nothing begins, goes on or waits there."""
    machine = definition.obligation
    if machine.first in machine.ends:
        yield Finding(
            ("obligation", "first"), "E314", say("{first!r} is an end; work cannot begin there", first=machine.first)
        )
    for name, action in machine.actions.items():
        for place, source in enumerate(action.from_):
            if source in machine.ends:
                message = say(
                    "{source!r} is an end, and {name!r} leaves it; take it out of `from` or out of `ends`",
                    source=source,
                    name=name,
                )
                yield Finding((*ACTIONS, name, "from", place), "E314", message)
    for place, state in enumerate(machine.awaits_giver_in):
        if state in machine.ends:
            message = say("{state!r} is an end; nobody waits for the giver there", state=state)
            yield Finding(("obligation", "awaits_giver_in", place), "E315", message)


def _effects(definition: Definition) -> Iterator[Finding]:
    """E321 to E324, E329: the law finds the actions by which work is received, reported and stopped."""
    machine, doing = definition.obligation, {effect: _doing(effect, definition) for effect in words.EFFECTS}
    for name in doing["mark_received"][:1]:
        if machine.first in machine.open_states and machine.first not in _sources(machine.actions[name], definition):
            message = say(
                "{name!r} is mark_received, so it has to be open in {first!r}, where work begins",
                name=name,
                first=machine.first,
            )
            yield Finding((*ACTIONS, name, "from"), "E329", message)
    for name in doing["mark_received"][1:]:
        message = say("{other!r} is mark_received already; only one action can be", other=doing["mark_received"][0])
        yield Finding((*ACTIONS, name, "does"), "E322", message)
    needs_receipt = counts_from_receipt(definition)
    if needs_receipt and not doing["mark_received"]:
        message = say(
            "no action is mark_received, and {place} needs the receipt", place=".".join(map(str, needs_receipt))
        )
        yield Finding(ACTIONS, "E321", message, True)
    if not doing["mark_reported"]:
        message = say("no action is mark_reported, so nothing is ever on time; add it to the action that reports")
        yield Finding(ACTIONS, "E323", message, True)
    if not doing["stop_below"]:
        message = say("no action is stop_below, so nothing below can be stopped; add it to the action that stops work")
        yield Finding(ACTIONS, "E324", message, True)


def _endings(definition: Definition) -> Iterator[Finding]:
    """E325, E326, E330: stopping ends any open work as void, and so does giving it to another office; what stands ends as
    fulfilled from wherever it is."""
    machine = definition.obligation
    yield from _standing_ends(definition)
    for name, action in machine.actions.items():
        if machine.ends.get(action.to) == "void":
            continue
        if "stop_below" in action.does:
            message = say(
                "{name!r} is stop_below, so it has to lead to an end that is void; {to!r} is not one",
                name=name,
                to=action.to,
            )
            yield Finding((*ACTIONS, name, "to"), "E325", message)
        if "assign_again" in action.does:
            message = say("{name!r} gives the work to another, so it has to lead to an end that is void", name=name)
            yield Finding((*ACTIONS, name, "to"), "E326", message)
    stopping = definition.obligation.stopping
    if stopping:
        left = sorted(definition.obligation.open_states - set(_sources(machine.actions[stopping], definition)))
        if left:
            message = say(
                "what is {states} cannot be stopped with what is above it; write from: any_open", states=either(left)
            )
            yield Finding((*ACTIONS, stopping, "from"), "E325", message)


def _passing_on(definition: Definition) -> Iterator[Finding]:
    """E317: work that passes on by itself can do so from where it is received."""
    if definition.relay.automatic_at and not _can_pass_on(definition):
        message = say("no action that is issue_below is open where work is received, so nothing passes on by itself")
        yield Finding(("relay", "automatic_at"), "E317", message, True)


def _can_pass_on(definition: Definition) -> bool:
    """Is there an action that passes work on from the state it is received in?"""
    machine = definition.obligation
    received = [machine.actions[name].to for name in _doing("mark_received", definition)] or [machine.first]
    passed = {
        source for name in _doing("issue_below", definition) for source in _sources(machine.actions[name], definition)
    }
    return set(received) <= passed


def _standing_ends(definition: Definition) -> Iterator[Finding]:
    machine = definition.obligation
    for name in _doing("end_standing", definition):
        action = machine.actions[name]
        if machine.ends.get(action.to) != "fulfilled":
            message = say(
                "{name!r} is end_standing, so it has to lead to an end that is fulfilled; {to!r} is not one",
                name=name,
                to=action.to,
            )
            yield Finding((*ACTIONS, name, "to"), "E330", message)
        left = sorted(definition.obligation.open_states - set(_sources(action, definition)))
        if left:
            message = say("what is {states} cannot end at its year end; write from: any_open", states=either(left))
            yield Finding((*ACTIONS, name, "from"), "E330", message)


def _waiting(definition: Definition) -> Iterator[Finding]:
    """W401, W402, W403: the giver's turn is marked as such, and the giver can take it."""
    machine = definition.obligation
    for name in _doing("mark_reported", definition):
        target = machine.actions[name].to
        if target in definition.obligation.open_states and target not in machine.awaits_giver_in:
            message = say(
                "the clock runs on after {name!r}; add {target!r} to awaits_giver_in if the giver answers",
                name=name,
                target=target,
            )
            yield Finding((*ACTIONS, name, "to"), "W401", message)
    answered = {
        source
        for action in machine.actions.values()
        if not {"stop_below", "end_standing"} & set(action.does)
        and any(party.split(".")[0].endswith("giver") for party in action.by)
        for source in _sources(action, definition)
    }
    for place, state in enumerate(machine.awaits_giver_in):
        if state in definition.obligation.open_states and state not in answered:
            message = say("the giver has no action from {state!r}, and the holder's clock rests there", state=state)
            yield Finding(("obligation", "awaits_giver_in", place), "W402", message)
    if definition.deadlines.confirm and not machine.awaits_giver_in:
        message = say("this clock never starts: no state is in awaits_giver_in")
        yield Finding(("deadlines", "confirm"), "W403", message)


def _pauses(definition: Definition) -> Iterator[Finding]:
    """E316: time itself takes the first action that resumes, so it has to lead on from wherever a pause leads to."""
    machine = definition.obligation
    resuming = next(iter(_doing("resume", definition)), None)
    action = machine.actions[resuming] if resuming else None
    onward = set(_sources(action, definition)) if action else set()
    for name in _doing("pause", definition):
        paused = machine.actions[name]
        for target in sorted(_sources(paused, definition)) if paused.to == "same" else [paused.to]:
            if target in machine.ends or target in machine.awaits_giver_in:
                message = say("{name!r} is a pause, and nothing can rest in {target!r}", name=name, target=target)
                yield Finding((*ACTIONS, name, "to"), "E316", message)
            elif target not in onward:
                message = say(
                    "no action resumes from {target!r}, so a pause there never ends; add one that does: resume",
                    target=target,
                )
                yield Finding((*ACTIONS, name, "to"), "E316", message)


def _silence(definition: Definition) -> Iterator[Finding]:
    """W404: while the giver has to answer the holder's clock rests, and one of the giver's own has to run."""
    if definition.obligation.awaits_giver_in and not definition.deadlines.confirm:
        message = say("the holder's clock rests while the giver answers, and nothing reminds the giver; add confirm")
        yield Finding(("deadlines",), "W404", message, True)
    if definition.extension and not definition.extension.rules.decide:
        message = say("the holder's clock rests while a request waits, and nothing reminds the giver; add decide")
        yield Finding(("extension", "rules"), "W404", message, True)


def _sources(action: Action, definition: Definition) -> Iterable[str]:
    return definition.obligation.open_states if "any_open" in action.from_ else action.from_


def _doing(effect: str, definition: Definition) -> list[str]:
    return [name for name, action in definition.obligation.actions.items() if effect in action.does]


MACHINE_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (
    _graph,
    _ends,
    _effects,
    _endings,
    _waiting,
    _pauses,
    _passing_on,
    _silence,
)
