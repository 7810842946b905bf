"""What a command would do, asked of the law without doing it: one sentence for each obligation that it touches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.wording import day_words
from workflows.commands import Command
from workflows.decide import deciding
from workflows.facts import Acted, Assigned, DueSet, Fact, ItemAmended, Kept, Repointed
from workflows.text import Text, say
from workflows.world import World

SHOWN_MAX = 40  # consequences that are spelled out


@dataclass(frozen=True, slots=True)
class Consequence:
    """What becomes of one obligation, or (number 0) of the document. `holder` is who owes it."""

    number: int
    holder: str
    says: Text
    text: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The first consequences, and how many there are in all."""

    shown: tuple[Consequence, ...]
    total: int


def foreseen(world: World, command: Command, now: datetime) -> Foreseen:
    """What follows. Raises Refused or NotFound, as carrying it out would."""
    shown, total = list[Consequence](), 0
    for fact in deciding(world, command, now):
        for one in _consequences(world, fact):
            total += 1
            if len(shown) < SHOWN_MAX:
                shown.append(one)
    return Foreseen(tuple(shown), total)


def _consequences(world: World, fact: Fact) -> Iterator[Consequence]:
    match fact:
        case Acted(outcome="void"):
            yield _of(world, fact.number, say("stops"))
        case Kept():
            yield _of(world, fact.number, say("goes on, since {basis} still stands", basis=fact.basis))
        case Acted(paused_until=until) if until:
            yield _of(world, fact.number, say("rests"))
        case DueSet():
            before = world.obligation(fact.number).due_at
            says = say("{before} becomes {day}", before=day_words(before), day=day_words(fact.due_at)) if before else \
                say("gets the date {day}", day=day_words(fact.due_at))  # fmt: skip
            yield _of(world, fact.number, says)
        case Repointed():
            yield _of(world, fact.number, say("goes on under the new document"))
        case ItemAmended():
            label = world.item(fact.directive, fact.item).label
            yield Consequence(0, "", say("item {label} is amended", label=label))
        case Assigned():
            one = fact.obligation
            due = day_words(one.due_at) if one.due_at else say("without a date")
            yield Consequence(one.number, one.holder, say("is given it, by {day}", day=due))


def _of(world: World, number: int, says: Text) -> Consequence:
    one = world.obligation(number)
    return Consequence(number, one.holder, says, world.item(one.directive, one.item).text)
