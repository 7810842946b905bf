"""The cascade lint of each machine: what follows from all its states, actions and effects together.

These checks see a machine with its misspelt states put right: one misspelling is one fault, not five. What follows from
several machines and their levels, `level_checks` looks at.
"""

from collections.abc import Callable, Iterator

from workflows import words
from workflows.each_machine import Part
from workflows.findings import Finding, either
from workflows.text import say
from workflows.time_checks import counts_from_receipt

NO_ANSWER = {"stop_below", "end_standing"}  # ways out that finish no work: the one stops it, the other is not for all


def _graph(part: Part) -> Iterator[Finding]:
    """E311, E312, E313: every state is reached, and work that is not stopped can come to an end."""
    machine = part.machine
    if "fulfilled" not in machine.ends.values():
        yield Finding((*part.path, "ends"), "E313", say("no end is 'fulfilled', so nothing is ever done"))
    onward, back = [], []
    for action in machine.actions.values():
        for source in part.sources(action):
            target = source if action.to == "same" else action.to
            onward.append((source, target))
            if not {"stop_below", "end_standing"} & set(
                action.does
            ):  # the one is no way to finish, the other is not for all
                back.append((target, source))
    reached, ending = closure({machine.first}, onward), closure(set(machine.ends), back)
    for state in machine.states:
        if state not in reached:
            message = say(
                "state {state!r} is never reached from {first!r}; add an action that leads to it",
                state=state,
                first=machine.first,
            )
            yield Finding((*part.states, state), "E311", message, True)
        elif state not in ending:
            message = say(
                "from state {state!r} work can only be stopped, never ended; add an action that leads on", state=state
            )
            yield Finding((*part.states, state), "E312", message, True)


def closure(start: set[str], steps: list[tuple[str, str]]) -> set[str]:
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


def _ends(part: Part) -> Iterator[Finding]:
    """E314, E315: an end is the end: nothing begins, goes on or waits there."""
    machine = part.machine
    if machine.first in machine.ends:
        yield Finding(
            (*part.path, "first"), "E314", say("{first!r} is an end; work cannot begin there", first=machine.first)
        )
    for name, action in machine.actions.items():
        for place, source in enumerate(action.from_):
            if source in machine.ends:
                message = say(
                    "{source!r} is an end, and {name!r} leaves it; take it out of `from` or out of `ends`",
                    source=source,
                    name=name,
                )
                yield Finding((*part.actions, name, "from", place), "E314", message)
    for place, state in enumerate(machine.awaits_giver_in):
        if state in machine.ends:
            message = say("{state!r} is an end; nobody waits for the giver there", state=state)
            yield Finding((*part.path, "awaits_giver_in", place), "E315", message)


def _effects(part: Part) -> Iterator[Finding]:
    """E321 to E324, E329: the law finds the actions by which work is received, reported and stopped."""
    machine, doing = part.machine, {effect: part.doing(effect) for effect in words.EFFECTS}
    for name in doing["mark_received"][:1]:
        if machine.first in machine.open_states and machine.first not in part.sources(machine.actions[name]):
            message = say(
                "{name!r} is mark_received, so it has to be open in {first!r}, where work begins",
                name=name,
                first=machine.first,
            )
            yield Finding((*part.actions, name, "from"), "E329", message)
    for name in doing["mark_received"][1:]:
        message = say("{other!r} is mark_received already; only one action can be", other=doing["mark_received"][0])
        yield Finding((*part.actions, name, "does"), "E322", message)
    needs_receipt = counts_from_receipt(part.definition)
    if needs_receipt and not doing["mark_received"]:
        message = say(
            "no action is mark_received, and {place} needs the receipt", place=".".join(map(str, needs_receipt))
        )
        yield Finding(part.actions, "E321", message, True)
    if not doing["mark_reported"]:
        message = say("no action is mark_reported, so nothing is ever on time; add it to the action that reports")
        yield Finding(part.actions, "E323", message, True)
    if not doing["stop_below"]:
        message = say("no action is stop_below, so nothing below can be stopped; add it to the action that stops work")
        yield Finding(part.actions, "E324", message, True)


def _endings(part: Part) -> Iterator[Finding]:
    """E325, E326, E330: stopping ends any open work as void, and so does giving it to another office; what stands ends as
    fulfilled from wherever it is."""
    machine = part.machine
    yield from _standing_ends(part)
    for name, action in machine.actions.items():
        if machine.ends.get(action.to) == "void":
            continue
        if "stop_below" in action.does:
            message = say(
                "{name!r} is stop_below, so it has to lead to an end that is void; {to!r} is not one",
                name=name,
                to=action.to,
            )
            yield Finding((*part.actions, name, "to"), "E325", message)
        if "assign_again" in action.does:
            message = say("{name!r} gives the work to another, so it has to lead to an end that is void", name=name)
            yield Finding((*part.actions, name, "to"), "E326", message)
    stopping = machine.stopping
    if stopping:
        left = sorted(machine.open_states - set(part.sources(machine.actions[stopping])))
        if left:
            message = say(
                "what is {states} cannot be stopped with what is above it; write from: any_open", states=either(left)
            )
            yield Finding((*part.actions, stopping, "from"), "E325", message)


def _standing_ends(part: Part) -> Iterator[Finding]:
    machine = part.machine
    for name in part.doing("end_standing"):
        action = machine.actions[name]
        if machine.ends.get(action.to) != "fulfilled":
            message = say(
                "{name!r} is end_standing, so it has to lead to an end that is fulfilled; {to!r} is not one",
                name=name,
                to=action.to,
            )
            yield Finding((*part.actions, name, "to"), "E330", message)
        left = sorted(machine.open_states - set(part.sources(action)))
        if left:
            message = say("what is {states} cannot end at its year end; write from: any_open", states=either(left))
            yield Finding((*part.actions, name, "from"), "E330", message)


def _waiting(part: Part) -> Iterator[Finding]:
    """W401, W402: the giver's turn is marked as such, and the giver can take it."""
    machine = part.machine
    for name in part.doing("mark_reported"):
        target = machine.actions[name].to
        if target in machine.open_states and target not in machine.awaits_giver_in:
            message = say(
                "the clock runs on after {name!r}; add {target!r} to awaits_giver_in if the giver answers",
                name=name,
                target=target,
            )
            yield Finding((*part.actions, name, "to"), "W401", message)
    answered = {
        source
        for action in machine.actions.values()
        if not {"stop_below", "end_standing"} & set(action.does)
        and any(party.split(".")[0].endswith("giver") for party in action.by)
        for source in part.sources(action)
    }
    for place, state in enumerate(machine.awaits_giver_in):
        if state in machine.open_states and state not in answered:
            message = say("the giver has no action from {state!r}, and the holder's clock rests there", state=state)
            yield Finding((*part.path, "awaits_giver_in", place), "W402", message)


def _pauses(part: Part) -> Iterator[Finding]:
    """E316: time itself takes the first action that resumes, so it has to lead on from wherever a pause leads to."""
    machine = part.machine
    resuming = next(iter(part.doing("resume")), None)
    action = machine.actions[resuming] if resuming else None
    onward = set(part.sources(action)) if action else set()
    for name in part.doing("pause"):
        paused = machine.actions[name]
        for target in sorted(part.sources(paused)) if paused.to == "same" else [paused.to]:
            if target in machine.ends or target in machine.awaits_giver_in:
                message = say("{name!r} is a pause, and nothing can rest in {target!r}", name=name, target=target)
                yield Finding((*part.actions, name, "to"), "E316", message)
            elif target not in onward:
                message = say(
                    "no action resumes from {target!r}, so a pause there never ends; add one that does: resume",
                    target=target,
                )
                yield Finding((*part.actions, name, "to"), "E316", message)


def _never_open(part: Part) -> Iterator[Finding]:
    """E377: an action is open somewhere; what a machine is `without` may have left it nothing."""
    for name, action in part.machine.actions.items():
        if not action.from_:
            message = say("{name!r} is open in no state; write from, or take the action out: without", name=name)
            yield Finding((*part.actions, name, "from"), "E377", message, True)


MACHINE_CHECKS: tuple[Callable[[Part], Iterator[Finding]], ...] = (
    _never_open,
    _graph,
    _ends,
    _effects,
    _endings,
    _waiting,
    _pauses,
)
