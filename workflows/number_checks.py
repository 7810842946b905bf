"""The cascade lint of the numbers: that reports ask them, under names of their own, and that their totals can be made."""

from collections.abc import Callable, Iterator

from workflows.definition import Definition, ObligationMachine
from workflows.findings import Finding, meant
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.words import DATED

NUMBERS: Path = ("numbers",)


def _never_asked(definition: Definition) -> Iterator[Finding]:
    """E381: every machine that runs below the top has an action that reports, or nobody is ever asked there."""
    for machine_name, (machine, levels) in _machines_in_use(definition).items():
        if definition.numbers and machine.action_that("mark_reported") is None:
            for name in definition.numbers:
                message = say(
                    "no action of {machine} is mark_reported, so {name!r} is never asked of {levels}",
                    machine=repr(machine_name),
                    name=name,
                    levels=levels,
                )
                yield Finding((*NUMBERS, name), "E381", message, True)


def _machines_in_use(definition: Definition) -> dict[str, tuple[ObligationMachine, list[str]]]:
    """Each machine by name that a level below another one is run by, with those levels."""
    found: dict[str, tuple[ObligationMachine, list[str]]] = {}
    for level, above in definition.above.items():
        if above is not None:
            named = definition.levels[level].machine or "obligation"
            found.setdefault(named, (definition.machine_at(level), []))[1].append(level)
    return found


def _names(definition: Definition) -> Iterator[Finding]:
    """E382: a form asks a number by its name, or by its name and the item's number; nothing else may be called so."""
    others = dict(_other_fields(definition))
    for name in definition.numbers:
        base, _, item = name.rpartition("_")
        if name in others:
            message = say("{name!r} is what {where} asks for; choose another name", name=name, where=others[name])
            yield Finding((*NUMBERS, name), "E382", message, True)
        elif item.isdigit() and (base == "events" or base in definition.numbers):
            message = say("{name!r} is what a form asks of one item; choose another name", name=name)
            yield Finding((*NUMBERS, name), "E382", message, True)
    for field, where in others.items():
        base, _, item = field.rpartition("_")
        if item.isdigit() and base in definition.numbers:
            said = {"name": base, "field": field, "where": where}
            message = say("a form asks {name!r} of an item by the field {field!r}, which {where} asks for", **said)
            yield Finding((*NUMBERS, base), "E382", message, True)


def _other_fields(definition: Definition) -> Iterator[tuple[str, str]]:
    """Every field that a report may ask for beside its numbers, with where that is written."""
    yield "offer", "take_offer"
    for field in definition.outside_offices.ask:
        yield field, "outside_offices.ask"
    for mode, how in definition.undated_items.items():
        for field in how.ask:
            yield field, f"undated_items.{mode}.ask"
    for machine in definition.every_machine.values():
        for name, action in machine.actions.items():
            if "mark_reported" in action.does:
                for field in (*action.ask, *action.ask_if_late):
                    yield field, name


def _bounds(definition: Definition) -> Iterator[Finding]:
    """E383: some figure lies within the bounds."""
    for name, number in definition.numbers.items():
        if number.at_least is not None and number.at_most is not None and number.at_least > number.at_most:
            message = say(
                "no figure is at least {least} and at most {most}", least=number.at_least, most=number.at_most
            )
            yield Finding((*NUMBERS, name, "at_most"), "E383", message)


def _modes(definition: Definition) -> Iterator[Finding]:
    """E384, W462: the follow-up modes that a number is asked in are there and report; events are not put together."""
    known = (*definition.undated_items, DATED)
    for name, number in definition.numbers.items():
        for place, mode in enumerate(number.in_):
            path = (*NUMBERS, name, "in", place)
            if mode == "info":
                yield Finding(path, "E384", say("what is only to be known reports nothing"))
            elif mode not in known:
                hint = meant(mode, known) or say("; there is {known}", known=list(known))
                yield Finding(path, "E384", say("{mode!r} is not a follow-up mode here{hint}", mode=mode, hint=hint))
            elif mode == "on_event" and number.total != "own":
                message = say("each event reports its own figure, and events are not put together up the tree")
                yield Finding(path, "W462", message)


def _totals(definition: Definition) -> Iterator[Finding]:
    """W461: a total is put together where work is passed on."""
    above = {level for level in definition.above.values() if level is not None and definition.above.get(level)}
    if any(definition.machine_at(level).action_that("issue_below") for level in above):
        return
    for name, number in definition.numbers.items():
        if number.total != "own":
            message = say("no level passes work on, so nothing is put together; write total: own")
            yield Finding((*NUMBERS, name), "W461", message, True)


NUMBER_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_never_asked, _names, _bounds, _modes, _totals)
