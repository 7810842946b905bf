"""A workflow in words, for people who do not read YAML."""

from collections.abc import Iterator, Mapping

from engine.cli.printing import data, pairs, table
from engine.cli.wording import count_words
from workflows.definition import Action, Definition, DueRule, Rung, UndatedMode
from workflows.words import ANSWERS, CONDITIONS, OUTCOMES, POLICIES


def title(definition: Definition) -> str:
    english = definition.english.title
    return f"{english} ({definition.title})" if english else definition.title


def show(key: str, definition: Definition) -> None:
    """Print the whole page."""
    data(f"{key}  {title(definition)}")
    data(f"\nLEVELS, from the top ({count_words(len(definition.levels), 'level')})")
    pairs(_levels(definition), indent="  ")
    data("\nSTATES of what one office owes")
    pairs(_states(definition), indent="  ")
    data("\nACTIONS")
    rows = [_action(name, action, definition) for name, action in definition.obligation.actions.items()]
    table(["ACTION", "FROM", "TO", "BY", "ASKS FOR"], rows, indent="  ")
    data("\nDATES")
    pairs(_dates(definition), indent="  ")
    data("\nITEMS WITHOUT A DATE")
    pairs(((name, _mode(mode)) for name, mode in definition.undated_items.items()), indent="  ")
    data("\nLADDER")
    english = definition.english.rungs
    rungs = enumerate(definition.ladder.rungs)
    pairs(
        ((f"{place + 1}", _rung(rung, english[place] if place < len(english) else "")) for place, rung in rungs),
        indent="  ",
    )
    held = definition.ladder.acknowledged
    if held:
        data(f"  Acknowledging holds the next rung for {held.holds_next_rung}.")


def _both(label: str, english: str | None) -> str:
    return f"{english} ({label})" if english else label


def _levels(definition: Definition) -> Iterator[tuple[str, str]]:
    for name, level in definition.levels.items():
        above = definition.above[name]
        yield (
            name,
            _both(level.label, definition.english.levels.get(name)) + (f", under {above}" if above else ""),
        )


def _states(definition: Definition) -> Iterator[tuple[str, str]]:
    machine = definition.obligation
    for name, label in machine.states.items():
        notes = [
            "first" if name == machine.first else "",
            f"final, {OUTCOMES[machine.ends[name]]}" if name in machine.ends else "",
            "the giver has to answer" if name in machine.awaits_giver_in else "",
        ]
        said = "; ".join(filter(None, notes))
        yield name, _both(label, definition.english.states.get(name)) + (f": {said}" if said else "")


def _action(name: str, action: Action, definition: Definition) -> tuple[str, str, str, str, str]:
    asks = [f"{field}: {kind}" for field, kind in action.ask.items()]
    asks += [f"{field}: {kind} if late" for field, kind in action.ask_if_late.items()]
    label = definition.english.actions.get(name) or action.label
    return (
        f"{name} ({label})",
        ", ".join(action.from_).replace("any_open", "any open"),
        action.to,
        ", ".join(action.by),
        "; ".join(asks) or "-",
    )


def _dates(definition: Definition) -> Iterator[tuple[str, str]]:
    deadlines, block = definition.deadlines, definition.extension
    if deadlines.receive:
        yield "receive", f"by {deadlines.receive}"
    for rule in deadlines.due:
        yield f"due, {CONDITIONS[rule.when]}", _due(rule)
    yield "later than above", POLICIES[deadlines.later_than_parent]
    if deadlines.confirm:
        yield "giver answers", f"by {deadlines.confirm}"
    yield "near due", f"from {definition.near_due} before"
    if block:
        limit = block.rules.granted_at_most
        most = "no bound" if limit is None else f"at most {limit} times"
        by = f"asked by {', '.join(block.asked_by)}, decided by {', '.join(block.decided_by)}"
        yield "extension", f"{_both(block.label, definition.english.extension)}: {by}, {most}"


def _due(rule: DueRule) -> str:
    said = ANSWERS[rule.is_] if isinstance(rule.is_, str) else str(rule.is_)
    return f"{said}; where there is no room, the date above" if rule.if_no_room else said


def _mode(mode: UndatedMode) -> str:
    rules: Mapping[str, object] = {
        "every": " and ".join(mode.every),
        "due": mode.due,
        "each event due": mode.each_event_due,
        "nil return in": mode.nil_return_in,
        "follows": mode.follows,
        "review": mode.review,
    }
    parts = [f"{name} {value}" for name, value in rules.items() if value]
    if mode.one_report_per_office:
        parts.append("one report of an office answers all that is due in a period")
    if mode.if_still_open == "merge":
        parts.append(POLICIES["merge"])
    said = "; ".join([*parts, POLICIES[mode.until], f"then {POLICIES[mode.then]}"] if mode.until else parts)
    return f"{mode.label}{f': {said}' if said else ''}"


def _rung(rung: Rung, english: str) -> str:
    again = f", again every {rung.repeat_every}, {rung.times} times in all" if rung.repeat_every else ""
    return f"{rung.at}: {_both(rung.label, english)} -> {', '.join(rung.tell)}{again}"
