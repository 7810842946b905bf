"""The cascade lint: what can be wrong with a definition that parses. Here its names, its machine and effects.

Times, the due table, follow-up modes and the ladder are looked at in `time_checks`. To add a check, write a
generator of findings, list it in `CHECKS`, and give its code a line in `findings.CODES`.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from workflows import words
from workflows.definition import Action, Definition
from workflows.findings import FINDINGS_MAX, Finding, meant, nearest
from workflows.machine import UNASSIGNED
from workflows.strict_yaml import Path
from workflows.time_checks import TIME_CHECKS, counts_from_receipt

ACTIONS: Path = ("obligation", "actions")
STATES: Path = ("obligation", "states")
_UNKNOWN_MAX = 20  # unknown states that are still guessed at before the picture of the machine is given up


def check(definition: Definition) -> list[Finding]:
    """Everything the lint finds, errors and warnings, at most `FINDINGS_MAX`."""
    return list(islice(chain.from_iterable(one(definition) for one in CHECKS), FINDINGS_MAX))


def _unknown_states(definition: Definition) -> Iterator[Finding]:
    """E301: `first`, `ends`, `awaits_giver_in`, `from` and `to` name states."""
    states = definition.obligation.states
    for path, name, on_key in _state_names(definition):
        if name not in states:
            hint = meant(name, states) or f"; there is {', '.join(islice(states, 12))}"
            yield Finding(path, "E301", f"state {name!r} is not in states{hint}", on_key)


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
    """E302, E307: `not_same_person` names the action that reports; the law remembers no other person."""
    actions = definition.obligation.actions
    reports = [name for name, action in actions.items() if "mark_reported" in action.does]
    for name, action in actions.items():
        other = action.not_same_person
        path = (*ACTIONS, name, "not_same_person")
        if other is not None and other not in actions:
            yield Finding(path, "E302", f"action {other!r} is not in actions{meant(other, actions)}")
        elif other is not None and reports and other not in reports:
            because = f"{other!r} sends no report, and only who reported is kept; write {' or '.join(reports)}"
            yield Finding(path, "E307", because)


def _levels(definition: Definition) -> Iterator[Finding]:
    """E303, E306: every level hangs below one that is there, and nothing hangs below itself."""
    levels = definition.levels
    for name, level in levels.items():
        if level.under is not None and level.under not in levels:
            path = ("levels", name, "under")
            yield Finding(path, "E303", f"level {level.under!r} is not in levels{meant(level.under, levels)}")
    issued_at = definition.suggest_for.issued_at
    if issued_at is not None and issued_at not in levels:
        message = f"level {issued_at!r} is not in levels{meant(issued_at, levels)}"
        yield Finding(("suggest_for", "issued_at"), "E303", message)
    told: set[str] = set()
    for name in levels:
        if name not in told and definition.is_below(name, name):
            ring = [other for other in levels if definition.is_below(name, other) and definition.is_below(other, name)]
            told.update(ring)
            message = f"{', '.join(ring)} hang below each other in a ring; one level has to be the top"
            yield Finding(("levels", name), "E306", message, True)


def _kept_names(definition: Definition) -> Iterator[Finding]:
    """E305: names that the machine uses itself."""
    for name in definition.obligation.actions:
        if name in words.BUILT_IN or name == "assign":
            yield Finding((*ACTIONS, name), "E305", f"{name!r} is a step every workflow has; choose another", True)
    for name in definition.obligation.states:
        if name in (UNASSIGNED, "same", "any_open"):
            yield Finding((*STATES, name), "E305", f"{name!r} has a meaning of its own; choose another name", True)


def _graph(definition: Definition) -> Iterator[Finding]:
    """E311, E312, E313: every state is reached, and work that is not stopped can come to an end."""
    machine = definition.obligation
    if "fulfilled" not in machine.ends.values():
        yield Finding(("obligation", "ends"), "E313", "no end is 'fulfilled', so nothing is ever done")
    guess = _guesses(definition)
    if guess is None:
        return
    onward, back = [], []
    for action in machine.actions.values():
        for source in _sources(action, definition):
            step = guess[source], guess[source if action.to == "same" else action.to]
            onward.append(step)
            if "stop_below" not in action.does:
                back.append((step[1], step[0]))
    first = guess[machine.first]
    reached, ending = _closure({first}, onward), _closure({guess[name] for name in machine.ends}, back)
    for state in machine.states:
        if state not in reached:
            message = f"state {state!r} is never reached from {first!r}; add an action that leads to it"
            yield Finding((*STATES, state), "E311", message, True)
        elif state not in ending:
            message = f"from state {state!r} work can only be stopped, never ended; add an action that leads on"
            yield Finding((*STATES, state), "E312", message, True)


def _guesses(definition: Definition) -> dict[str, str] | None:
    """Every name used for a state, and the state it is or most likely means; None where one means nothing.

    A misspelt state is one fault: it should not make others look unreachable.
    """
    states = definition.obligation.states
    unknown = {name for _, name, _ in _state_names(definition) if name not in states}
    guesses = {name: nearest(name, states) for name in islice(unknown, _UNKNOWN_MAX)}
    found = {name: guess for name, guess in guesses.items() if guess}
    return {**{state: state for state in states}, **found} if len(found) == len(unknown) else None


def _sources(action: Action, definition: Definition) -> Iterable[str]:
    return definition.open_states if "any_open" in action.from_ else action.from_


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
        yield Finding(("obligation", "first"), "E314", f"{machine.first!r} is an end; work cannot begin there")
    for name, action in machine.actions.items():
        for place, source in enumerate(action.from_):
            if source in machine.ends:
                message = f"{source!r} is an end, and {name!r} leaves it; take it out of `from` or out of `ends`"
                yield Finding((*ACTIONS, name, "from", place), "E314", message)
    for place, state in enumerate(machine.awaits_giver_in):
        if state in machine.ends:
            message = f"{state!r} is an end; nobody waits for the giver there"
            yield Finding(("obligation", "awaits_giver_in", place), "E315", message)


def _effects(definition: Definition) -> Iterator[Finding]:
    """E321 to E324: the law finds the actions by which work is received, reported and stopped."""
    doing, first = (
        {effect: _doing(effect, definition) for effect in words.EFFECTS},
        definition.obligation.first,
    )
    for place, name in enumerate(doing["mark_received"]):
        if place:
            message = f"{doing['mark_received'][0]!r} is mark_received already; only one action can be"
            yield Finding((*ACTIONS, name, "does"), "E322", message)
        elif first in definition.open_states and first not in _sources(definition.obligation.actions[name], definition):
            message = f"{name!r} is mark_received, so it has to be open in {first!r}, where work begins"
            yield Finding((*ACTIONS, name, "from"), "E329", message)
    needs_receipt = counts_from_receipt(definition)
    if needs_receipt and not doing["mark_received"]:
        message = f"no action is mark_received, and {'.'.join(map(str, needs_receipt))} needs the receipt"
        yield Finding(ACTIONS, "E321", message, True)
    if not doing["mark_reported"]:
        message = "no action is mark_reported, so nothing is ever on time; add it to the action that reports"
        yield Finding(ACTIONS, "E323", message, True)
    if not doing["stop_below"]:
        message = "no action is stop_below, so nothing below can be stopped; add it to the action that stops work"
        yield Finding(ACTIONS, "E324", message, True)


def _endings(definition: Definition) -> Iterator[Finding]:
    """E325, E326: stopping ends any open work as void, and so does giving it to another office."""
    machine = definition.obligation
    if not machine.ends.keys() <= machine.states.keys():
        return  # which states are ends is not known
    for name, action in machine.actions.items():
        outcome = machine.ends.get(action.to)
        known = action.to in machine.states or action.to == "same"
        if "stop_below" in action.does and known and outcome != "void":
            message = f"{name!r} is stop_below, so it has to lead to an end that is void; {action.to!r} is not one"
            yield Finding((*ACTIONS, name, "to"), "E325", message)
        if "assign_again" in action.does and known and outcome != "void":
            message = f"{name!r} gives the work to another, so it has to lead to an end that is void"
            yield Finding((*ACTIONS, name, "to"), "E326", message)
    stopping = definition.stopping
    if stopping:
        left = sorted(definition.open_states - set(_sources(machine.actions[stopping], definition)))
        if left:
            message = f"what is {' or '.join(left)} cannot be stopped with what is above it; write from: any_open"
            yield Finding((*ACTIONS, stopping, "from"), "E325", message)


def _fields(definition: Definition) -> Iterator[Finding]:
    """E327: the fields that the law reads are asked for, with their types."""
    for name, action in definition.obligation.actions.items():
        path = (*ACTIONS, name, "ask")
        if "assign_again" in action.does:
            yield from _wanted(path, action.ask, {"new_holder": "office"}, f"{name!r} is assign_again")
        if "mark_reported" in action.does and "sent_on" in action.ask:
            yield from _wanted(path, action.ask, {"sent_on": "date"}, "the report is dated by it")
    outside = definition.outside_offices.ask
    yield from _wanted(("outside_offices", "ask"), outside, {"happened_on": "date"}, "the act is dated by it")
    if definition.extension:
        wanted = {"until": "date", "reason": "text"}
        yield from _wanted(("extension", "ask"), definition.extension.ask, wanted, "a request names both")


def _wanted(path: Path, ask: dict[str, str], wanted: dict[str, str], because: str) -> Iterator[Finding]:
    for field, kind in wanted.items():
        if ask.get(field) != kind:
            near = "" if field in ask else meant(field, ask).replace("did you mean", "is that")
            yield Finding((*path, field), "E327", f"it has to ask for {field}: {kind}, since {because}{near}")


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
    if definition.extension:
        yield from _clash(("extension", "ask"), definition.extension.ask, outside, "outside_offices.ask")


def _clash(path: Path, ask: dict[str, str], other: dict[str, str], whose: str) -> Iterator[Finding]:
    for field, kind in ask.items():
        if other.get(field, kind) != kind:
            yield Finding((*path, field), "E328", f"{field!r} is {kind} here and {other[field]} in {whose}")


def _waiting(definition: Definition) -> Iterator[Finding]:
    """W401, W402, W403: the giver's turn is marked as such, and the giver can take it."""
    machine = definition.obligation
    for name in _doing("mark_reported", definition):
        target = machine.actions[name].to
        if target in definition.open_states and target not in machine.awaits_giver_in:
            message = f"the clock runs on after {name!r}; add {target!r} to awaits_giver_in if the giver answers"
            yield Finding((*ACTIONS, name, "to"), "W401", message)
    answered = {
        source
        for action in machine.actions.values()
        if "stop_below" not in action.does and any(party.split(".")[0].endswith("giver") for party in action.by)
        for source in _sources(action, definition)
    }
    for place, state in enumerate(machine.awaits_giver_in):
        if state in definition.open_states and state not in answered:
            message = f"the giver has no action from {state!r}, and the holder's clock rests there"
            yield Finding(("obligation", "awaits_giver_in", place), "W402", message)
    if definition.deadlines.confirm and not machine.awaits_giver_in:
        message = "this clock never starts: no state is in awaits_giver_in"
        yield Finding(("deadlines", "confirm"), "W403", message)


def _idle_keys(definition: Definition) -> Iterator[Finding]:
    """W412: ways to pass work on, where an action passes nothing on."""
    for name, action in definition.obligation.actions.items():
        if action.means and "issue_below" not in action.does:
            message = f"means has no effect: {name!r} is not issue_below"
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
                message = f"there is no {name!r} among the {block}{meant(name, known)}"
                yield Finding(("english", block, name), "W431", message, True)
    if english.extension and not definition.extension:
        yield Finding(("english", "extension"), "W431", "there is no extension in this workflow", True)
    rungs = len(definition.ladder.rungs)
    if english.rungs and len(english.rungs) != rungs:
        message = f"{len(english.rungs)} English rungs, and the ladder has {rungs}"
        yield Finding(("english", "rungs"), "W432", message, True)


def _doing(effect: str, definition: Definition) -> list[str]:
    return [name for name, action in definition.obligation.actions.items() if effect in action.does]


CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (
    _unknown_states,
    _unknown_actions,
    _levels,
    _kept_names,
    _graph,
    _ends,
    _effects,
    _endings,
    _fields,
    _one_type,
    _waiting,
    _idle_keys,
    _english,
    *TIME_CHECKS,
)
