"""The cascade lint of conditions: names that are known in their place, comparisons that make sense, guards that hold back
what they seem to.

Whether one can hold at all, `condition_bounds` works out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows import words
from workflows.condition_bounds import never_holds
from workflows.conditions import SIGNS, Any, Condition, Named, Not, Operand, Test, is_value, parse, parts
from workflows.definition import Action, Definition, ObligationMachine
from workflows.findings import Finding, meant, shown
from workflows.strict_yaml import Path
from workflows.text import say

_COUNTED = ("days_late", "days_left", "extensions", "rung", "leads_open", "leads_done", "leads_void")
_NEVER_UNKNOWN = frozenset(words.VALUES) - {"days_left"}
_BY_ITSELF = (
    "mark_received",
    "stop_below",
    "pause",
    "resume",
)  # the first action with each, also without anybody asking


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands: what it may name there, and of which values it may be about.

    `asks` are the fields of the action, with their types; None in the due table, which knows no action.
    """

    path: Path
    text: str
    conditions: tuple[str, ...]
    values: tuple[str, ...]
    asks: Mapping[str, str] | None
    definition: Definition

    @property
    def names(self) -> list[str]:
        """Everything that may be named here, for near misses."""
        numbers = self.definition.numbers if self.asks is not None else {}
        groups = [f"ask.{field}" for field in self.asks or ()]
        groups += [f"{group}.{name}" for name in numbers for group in ("number", "target")]
        return [*self.conditions, *self.values, *groups]

    def finding(self, code: str, message: str) -> Finding:
        return Finding(self.path, code, message)


def _places(definition: Definition) -> Iterator[Place]:
    for place, line in enumerate(definition.deadlines.due):
        path: Path = ("deadlines", "due", place, "when")
        yield Place(path, line.when, words.DUE_CONDITIONS, words.DUE_VALUES, None, definition)
    for where, machine in _machines(definition):
        for name, action in _own_actions(machine, definition):
            if action.if_ is not None:
                path = (*where, "actions", name, "if")
                known = tuple(words.CONDITIONS), tuple(words.VALUES)
                yield Place(path, action.if_, *known, _asks(action, definition), definition)


def _machines(definition: Definition) -> Iterator[tuple[Path, ObligationMachine]]:
    for name, machine in definition.every_machine.items():
        yield ("obligation",) if name == "obligation" else ("machines", name), machine


def _own_actions(machine: ObligationMachine, definition: Definition) -> Iterator[tuple[str, Action]]:
    """The actions of a machine without those that it took over from the one it is like: of these it was said there."""
    like = definition.every_machine.get(machine.like) if machine.like else None
    taken_over = like.actions if like else {}
    return ((name, action) for name, action in machine.actions.items() if taken_over.get(name) != action)


def _asks(action: Action, definition: Definition) -> dict[str, str]:
    """Every field that an action may ask for, with its type."""
    modes = definition.undated_items.values() if "mark_reported" in action.does else ()
    shown_in_report = {field: kind for mode in modes for field, kind in mode.ask.items()}
    return {**shown_in_report, **action.ask_if_late, **action.ask}


def _conditions(definition: Definition) -> Iterator[Finding]:
    """E361 to E367: every name is known in its place, every comparison can be made, and says something."""
    for place in _places(definition):
        condition = parse(place.text)
        found = dict.fromkeys(one for part in parts(condition) for one in _of_part(part, place))
        yield from found
        if not found:
            yield from _idle(condition, place)


def _of_part(part: Named | Test, place: Place) -> Iterator[Finding]:
    if isinstance(part, Test):
        yield from _of_test(part, place)
    elif part.name in words.VALUES or part.name.partition(".")[0] in words.VALUE_GROUPS:
        message = say(
            "{name!r} has a value; compare it: {name} {example}", name=part.name, example=_example(part.name, place)
        )
        yield place.finding("E363", message)
    elif part.name not in place.conditions:
        yield _unknown(part.name, place)


def _example(name: str, place: Place) -> str:
    kind = _kind_of(name, place)
    return {"number": "> 3", "date": "< 2026-01-31", "word": f"is {next(iter(_words_of(name, place)), 'lead')}"}.get(
        kind or "", 'is "…"'
    )


def _in_whole(name: str, place: Place) -> str:
    """What was meant by a name without its group, or with another one: `spent` is number.spent."""
    whole = next((one for one in place.names if one.partition(".")[2] == name), None)
    return say("; did you mean {near!r}?", near=whole) if whole else ""


def _unknown(name: str, place: Place) -> Finding:
    """A name that conditions do not know, or not here."""
    if name in words.CONDITIONS or name in words.VALUES or name.partition(".")[0] in words.VALUE_GROUPS:
        message = say(
            "{name!r} is not known before there is an obligation; the due table knows {known}",
            name=name,
            known=[*place.conditions, *place.values],
        )
        return place.finding("E362", message)
    hint = (
        _in_whole(name, place)
        or meant(name, place.names)
        or say("; there is {known}", known=[*place.conditions, *place.values])
    )
    return place.finding("E361", say("a condition has no name {name}{hint}", name=shown(name), hint=hint))


def _of_test(test: Test, place: Place) -> Iterator[Finding]:
    """E361 to E366: what is compared has values, known here, of one kind."""
    values = [one for one in test.operands if is_value(one, words.VALUES)]
    faults = [found for one in values if (found := _of_value(one.text, place))]
    if not values:
        yield _no_value(test.left, place)
    yield from faults
    if not values or faults:
        return
    first, kind = values[0].text, _kind_of(values[0].text, place)
    assert kind is not None  # it has a value here, since nothing was found wrong with its name
    if test.sign in SIGNS and kind in ("word", "text"):
        message = say("{name!r} is a word, which is neither more nor less; use is, is not, in", name=first)
        yield place.finding("E364", message)
        return
    for one in test.operands:
        if one is not values[0]:
            yield from _of_other(one, first, kind, place)


def _no_value(left: Operand, place: Place) -> Finding:
    """Nothing in a comparison has a value; what stands on the left was meant to."""
    if left.kind == "word" and left.text in words.CONDITIONS:
        message = say("{name!r} holds or it does not, and is not compared; write it alone, or with not", name=left.text)
        return place.finding("E363", message)
    if left.kind == "word":
        return _unknown(left.text, place)
    said = say("neither side has a value: compare one of {known}", known=list(place.values))
    return place.finding("E364", said)


def _of_value(name: str, place: Place) -> Finding | None:
    """What is wrong with the name of a value in this place, or None."""
    group, dot, one = name.partition(".")
    if not dot:
        return None if name in place.values else _unknown(name, place)
    if group not in words.VALUE_GROUPS or place.asks is None:
        return _unknown(name, place)
    if group == "ask" and one not in place.asks:
        hint = (
            _in_whole(one, place)
            or meant(one, place.asks)
            or say("; it asks for {known}", known=list(place.asks) or say("nothing"))
        )
        return place.finding("E366", say("this action does not ask for {field}{hint}", field=shown(one), hint=hint))
    numbers = place.definition.numbers
    if group != "ask" and one not in numbers:
        hint = meant(one, numbers) or say("; there is {known}", known=list(numbers) or say("none"))
        return place.finding("E366", say("figure {name} is not in numbers{hint}", name=shown(one), hint=hint))
    return None


def _kind_of(name: str, place: Place) -> str | None:
    """number, date, word (of a closed set) or text; None for what has no value."""
    group, _, one = name.partition(".")
    if group == "ask":
        kind = (place.asks or {}).get(one)
        return kind if kind in ("number", "date", None) else "text"
    if group in words.VALUE_GROUPS or name in _COUNTED:
        return "number"
    return "text" if name == "type" else "word" if name in words.VALUES else None


def _words_of(name: str, place: Place) -> tuple[str, ...]:
    """The words that a value can be, where those are a closed set."""
    match name:
        case "part":
            return tuple(words.PARTS)
        case "mode":
            return (*place.definition.undated_items, words.DATED)
        case "level" | "giver_level":
            return tuple(place.definition.levels)
    return ()


def _of_other(other: Operand, first: str, kind: str, place: Place) -> Iterator[Finding]:
    """E364, E365: the other side of a comparison is of the same kind, and a word is one that the value can be."""
    if is_value(other, words.VALUES):
        theirs = _kind_of(other.text, place)
        if theirs != kind and {theirs, kind} != {"word", "text"}:
            message = say("{first!r} and {other!r} cannot be compared", first=first, other=other.text)
            yield place.finding("E364", message)
        return
    written = "text" if other.kind == "word" else other.kind
    if written != ("text" if kind == "word" else kind):
        wanted = {"number": say("a number"), "date": say("a date, 2026-01-31"), "word": say("a word")}
        message = say(
            "{first!r} is compared with {wanted}, not with {written}{hint}",
            first=first, wanted=wanted.get(kind, say("a text")), written=shown(other.text),
            hint=_in_whole(other.text, place) if other.kind == "word" else "",
        )  # fmt: skip
        yield place.finding("E364", message)
    elif kind == "word" and other.text not in (known := _words_of(first, place)):
        hint = meant(other.text, known)
        message = say(
            "{first!r} is never {written}; allowed: {known}{hint}",
            first=first, written=shown(other.text), known=known, hint=hint,
        )  # fmt: skip
        yield place.finding("E365", message)


def _idle(condition: Condition, place: Place) -> Iterator[Finding]:
    """E367: a condition that never holds, or always does, as far as that is seen from how it is written."""
    always = Named("otherwise")
    if condition == always and place.asks is None:
        return
    if _never(condition, place):
        yield place.finding("E367", say("this condition never holds"))
    elif condition == always or _never(Not(condition), place):
        yield place.finding("E367", say("this condition always holds; leave it out, or write `otherwise`"))


def _never(condition: Condition, place: Place) -> bool:
    known = {name for name in place.values if name in _NEVER_UNKNOWN}
    universe = {name: _words_of(name, place) for name in place.values if _kind_of(name, place) == "word"}
    return never_holds(condition, universe, frozenset(_COUNTED), known)


def _refusals(definition: Definition) -> Iterator[Finding]:
    """W412: words of refusal belong to a condition."""
    for where, machine in _machines(definition):
        for name, action in _own_actions(machine, definition):
            if action.refusal and action.if_ is None:
                message = say("refusal has no effect: {name!r} has no condition; add if", name=name)
                yield Finding((*where, "actions", name, "refusal"), "W412", message, True)


def _by_itself(definition: Definition) -> Iterator[Finding]:
    """W441: the law also takes some actions by itself, and asks no condition then."""
    for where, machine in _machines(definition):
        effects = [*_BY_ITSELF]
        levels = [name for name in definition.levels if definition.machine_at(name) is machine]
        if any(mode.until and mode.then == "close" for mode in definition.undated_items.values()):
            effects.append("end_standing")
        if definition.passes_on_at & set(levels):
            effects.append("issue_below")
        for effect in effects:
            name = machine.action_that(effect)
            if name and machine.actions[name].if_ is not None:
                message = say(
                    "{name!r} is {effect}, which also comes about by itself; this condition holds back only who asks for it",
                    name=name, effect=effect,
                )  # fmt: skip
                yield Finding((*where, "actions", name, "if"), "W441", message)


def one_always_holds(guards: Iterable[str], definition: Definition) -> bool:
    """Does one of these guards always hold, whatever the obligation, as far as that is seen from how they are written?"""
    place = Place((), "", tuple(words.CONDITIONS), tuple(words.VALUES), {}, definition)
    return _never(Not(Any(tuple(parse(one) for one in guards))), place)


CONDITION_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_conditions, _refusals, _by_itself)
