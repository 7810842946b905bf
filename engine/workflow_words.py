"""A workflow in words, for people who do not read YAML: section after section, for a page or a terminal to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.labels import labelled
from engine.wording import mode_words, number_label
from workflows.condition_words import condition_words
from workflows.conditions import parse
from workflows.deadlines import rule_words, span_words
from workflows.decimals import spoken
from workflows.definition import Action, Definition, DueRule, Number, ObligationMachine, Rung, UndatedMode
from workflows.each_machine import Part, parts
from workflows.text import Text, joined, say, say_count
from workflows.words import ANSWERS, BEFORE_DAY, OUTCOMES, PERIODS, POLICIES, SOFT_DATES, TASKS, TOTALS

ACTION_HEADS = (say("ACTION"), say("FROM"), say("TO"), say("BY"), say("ASKS FOR"))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a workflow in words: `first` are pairs that go before the others, `actions` rows under ACTION_HEADS."""

    head: Text
    pairs: tuple[tuple[str, str], ...] = ()
    first: tuple[tuple[str, str], ...] = ()
    actions: tuple[tuple[str, str, str, str, str], ...] = ()
    note: Text | None = None


def title(definition: Definition) -> str:
    return labelled(definition.title, definition.english.title)


def sections(definition: Definition) -> Iterator[Section]:
    """Everything that a definition says, in the order of its blocks."""
    levels = say_count("{count} level", "{count} levels", len(definition.levels))
    yield Section(say("LEVELS, from the top ({levels})", levels=levels), tuple(_levels(definition)))
    for part in parts(definition):
        yield from _machine(part)
    yield Section(say("DATES"), tuple(_dates(definition)))
    modes = tuple((name, _mode(name, mode, definition)) for name, mode in definition.undated_items.items())
    yield Section(say("ITEMS WITHOUT A DATE"), modes)
    if definition.numbers:
        numbers = tuple((name, _number(name, number, definition)) for name, number in definition.numbers.items())
        yield Section(say("NUMBERS that reports give"), numbers)
    english, held = definition.english.rungs, definition.ladder.acknowledged
    rungs = [
        (f"{place + 1}", _rung(rung, english[place] if place < len(english) else ""))
        for place, rung in enumerate(definition.ladder.rungs)
    ]
    span = span_words(held.holds_next_rung) if held else None
    note = say("Acknowledging holds the next rung for {span}.", span=span) if span else None
    yield Section(say("LADDER"), (*rungs, *_bounds(definition)), note=note)


def _machine(part: Part) -> Iterator[Section]:
    """One machine; of several, whose it is, and what it changes of the one that it is like."""
    definition, machine = part.definition, part.machine
    several = bool(definition.machines)
    head = say("STATES of what one office owes")
    at = list(part.levels) or say("no level")
    other = definition.every_machine.get(machine.like or "")
    yield Section(
        say("{states}, at {levels} (machine {name})", states=head, levels=at, name=part.name) if several else head,
        tuple(_states(part)), tuple(_changes(machine, other)) if other else (),
    )  # fmt: skip
    yield Section(
        say("ACTIONS at {levels} (machine {name})", levels=at, name=part.name) if several else say("ACTIONS"),
        actions=tuple(_action(name, action, definition) for name, action in machine.actions.items()),
    )


def _levels(definition: Definition) -> Iterator[tuple[str, str]]:
    for name, level in definition.levels.items():
        label, above = labelled(level.label, definition.english.levels.get(name)), definition.above[name]
        said: Text | str = say("{label}, under {above}", label=label, above=above) if above else label
        yield name, say("{level}; machine {name}", level=said, name=level.machine) if level.machine else said


def _changes(machine: ObligationMachine, other: ObligationMachine) -> Iterator[tuple[str, str]]:
    """What a machine that is like another has not, has more, and has otherwise."""
    yield say("like"), str(machine.like)
    mine: dict[str, object] = {**machine.states, **machine.actions}
    theirs: dict[str, object] = {**other.states, **other.actions}
    for said, names in (
        (say("without"), [name for name in theirs if name not in mine]),
        (say("besides"), [name for name in mine if name not in theirs]),
        (say("otherwise"), [name for name in mine if name in theirs and mine[name] != theirs[name]]),
    ):
        if names:
            yield said, ", ".join(names)


def _states(part: Part) -> Iterator[tuple[str, str]]:
    definition, machine = part.definition, part.machine
    for name, state in machine.states.items():
        label = labelled(state, definition.english.states.get(name))
        notes: list[Text] = []
        if name == machine.first:
            notes.append(say("first"))
        if name in machine.ends:
            notes.append(say("final, {outcome}", outcome=say(OUTCOMES[machine.ends[name]])))
        if name in machine.awaits_giver_in:
            notes.append(say("the giver has to answer"))
        yield name, joined([label, joined(notes, "; ")], ": ") if notes else label


def _action(name: str, action: Action, definition: Definition) -> tuple[str, str, str, str, str]:
    asks: list[str] = [f"{field}: {kind}" for field, kind in action.ask.items()]
    asks += [say("{field}: {kind} if late", field=field, kind=kind) for field, kind in action.ask_if_late.items()]
    if action.if_:
        asks.append(say("only where {what}", what=_condition(action.if_, definition)))
    if action.not_same_person:
        asks.append(say("another person than for {actions}", actions=action.not_same_person))
    label = labelled(action.label, definition.english.actions.get(name))
    any_open = "any_open" in action.from_
    return (
        f"{name} ({label})",
        say("any open") if any_open else ", ".join(action.from_),
        action.to,
        ", ".join(action.by),
        joined(asks, "; ") if asks else "-",
    )


def _dates(definition: Definition) -> Iterator[tuple[str, str]]:
    deadlines, block = definition.deadlines, definition.extension
    if deadlines.receive:
        yield say("receive"), say("by {time}", time=rule_words(deadlines.receive))
    for rule in deadlines.due:
        yield say("due, {condition}", condition=_condition(rule.when, definition)), _due(rule)
    yield say("before a day"), say(BEFORE_DAY[deadlines.before_day])
    yield say("planned days"), say(SOFT_DATES[deadlines.soft_dates])
    yield say("event's day"), say("asked for every {span}", span=span_words(deadlines.ask_about_event))
    yield say("later than above"), say(POLICIES[deadlines.later_than_parent])
    if deadlines.confirm:
        yield say("giver answers"), say("by {time}", time=rule_words(deadlines.confirm))
    yield say("near due"), say("from {span} before", span=span_words(definition.near_due))
    if block:
        limit = block.rules.granted_at_most
        most = (
            say_count("at most {count} time", "at most {count} times", limit) if limit is not None else say("no bound")
        )
        label = labelled(block.label, definition.english.extension)
        yield say("extension"), say("{label}: asked by {asked}, decided by {decided}, {most}",
                                    label=label, asked=block.asked_by, decided=block.decided_by, most=most)  # fmt: skip


def _condition(text: str, definition: Definition) -> Text:
    numbers, english = definition.numbers, definition.english.numbers
    return condition_words(parse(text), {name: labelled(one.label, english.get(name)) for name, one in numbers.items()})


def _due(rule: DueRule) -> Text:
    said = say(ANSWERS[rule.is_]) if isinstance(rule.is_, str) else rule_words(rule.is_)
    return say("{rule}; where there is no room, the date above", rule=said) if rule.if_no_room else said


def _mode(name: str, mode: UndatedMode, definition: Definition) -> str:
    parts: list[Text] = [say(PERIODS[every]) for every in mode.every]
    if mode.due:
        parts.append(say("due {time}", time=rule_words(mode.due)))
    if mode.each_event_due:
        parts.append(say("each event due {time}", time=rule_words(mode.each_event_due)))
    if mode.nil_return_in:
        parts.append(say("nil return in {mode}", mode=mode.nil_return_in))
    if mode.one_report_per_office:
        parts.append(say("one report of an office answers all that is due in a period"))
    if mode.if_still_open == "merge":
        parts.append(say(POLICIES["merge"]))
    if mode.follows:
        parts.append(say("follows {what}", what=say(POLICIES[mode.follows])))
    if mode.review:
        parts.append(say("review {time}", time=rule_words(mode.review)))
    if mode.until:
        parts.append(say("{until}, then {then}", until=say(POLICIES[mode.until]), then=say(POLICIES[mode.then])))
    label = labelled(mode.label, definition.english.modes.get(name))
    return joined([label, joined(parts, "; ")], ": ") if parts else label


def _number(name: str, number: Number, definition: Definition) -> Text:
    decimals = say_count("{count} decimal", "{count} decimals", number.decimals)
    parts: list[Text] = [decimals, say(TOTALS[number.total])]
    if number.at_least is not None:
        parts.append(say("at least {least}", least=spoken(str(number.at_least))))
    if number.at_most is not None:
        parts.append(say("at most {most}", most=spoken(str(number.at_most))))
    if number.in_:
        parts.append(say("asked of {modes}", modes=[mode_words(definition, mode) for mode in number.in_]))
    if number.only_with_target:
        parts.append(say("asked only where the item has a target for it"))
    return joined([number_label(definition, name), joined(parts, "; ")], ": ")


def _rung(rung: Rung, english: str) -> Text:
    again = say(", again every {span}, {times} times in all",
                span=span_words(rung.repeat_every), times=rung.times) if rung.repeat_every else ""  # fmt: skip
    task = say("; whoever hears it: {task}", task=say(TASKS[rung.task])) if rung.task else ""
    return say("{time}: {label} -> {told}{again}{task}",
               time=rule_words(rung.at), label=labelled(rung.label, english), told=rung.tell,
               again=again, task=task)  # fmt: skip


def _bounds(definition: Definition) -> Iterator[tuple[str, str]]:
    """Above whom and when no rung is told."""
    ladder = definition.ladder
    if ladder.ceiling:
        yield say("ceiling"), say("nobody above {level} hears", level=ladder.ceiling)
    if ladder.quiet_hours:
        quiet = ladder.quiet_hours
        hours = {"first": f"{quiet.from_:%H:%M}", "last": f"{quiet.to:%H:%M}", "off": say(POLICIES[quiet.days_off])}
        yield say("quiet"), say("from {first} to {last}; on a day off: {off}", **hours)
