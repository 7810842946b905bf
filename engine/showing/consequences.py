"""What a command would do, in words, before somebody confirms it: asked of the law without doing it.

Of an act, sentences about it; of whatever touches several obligations, one consequence for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.fact_words import fact_words
from engine.showing.names import Names
from engine.wording import OUTCOME_WORDS, day_words
from workflows import parties
from workflows.commands import Act, Command
from workflows.deadlines import span_words
from workflows.decide import decide, deciding
from workflows.errors import NotFound, Refused
from workflows.facts import Acted, Assigned, DueSet, Fact, ItemAmended, Kept, Repointed
from workflows.obligation import Obligation
from workflows.text import Text, say
from workflows.words import BUILT_IN, EFFECTS
from workflows.world import World

_FORESEEN_MAX = 12
SHOWN_MAX = 40  # consequences that are spelled out


def consequences(world: World, one: Obligation, action: str, names: Names) -> Iterator[str]:
    """Sentences about what the action does, whatever is filled in."""
    workflow = world.workflow_of(one)
    taken = workflow.rules_at(one.level).actions.get(action)
    if taken is None:
        yield _sentence(names.of(_built_in(world, one, action)))
        return
    after = one.state if taken.to == "same" else taken.to
    rules = workflow.rules_at(one.level)
    if after == one.state:
        yield names.of(say("It stays {state}.", state=repr(one.state)))
    else:
        yield names.of(say("It goes from {before} to {after}.", before=repr(one.state), after=repr(after)))
    for effect in taken.does:
        yield _sentence(names.of(say(EFFECTS[effect])))
    if rules.awaits_giver(after) and not rules.awaits_giver(one.state):
        yield names.of(say("From then on {office} has to answer, and the clock of {holder} rests.",
                           office=one.giver, holder=one.holder))  # fmt: skip
    if after in rules.ends:
        yield names.of(say("That ends it: it is then {outcome}.", outcome=OUTCOME_WORDS[rules.ends[after]]))


def foreseen(world: World, command: Act, now: datetime, names: Names) -> tuple[list[str], Refused | None]:
    """What the law would write down for this command as things stand, in words; or why it refuses. Nothing is stored."""
    try:
        facts = list(decide(world, command, now))
    except Refused as refused:
        return [], refused
    except NotFound as missing:
        return [], Refused(say("do that"), missing.text)
    return [_fact(world, fact, names) for fact in facts if not _is_the_act(fact, command)][:_FORESEEN_MAX], None


def _is_the_act(fact: Fact, command: Act) -> bool:
    return isinstance(fact, Acted) and fact.number == command.obligation


def _fact(world: World, fact: Fact, names: Names) -> str:
    if isinstance(fact, Acted):
        other = world.obligation(fact.number)
        return Names(world.offices, world, other).of(say("{office}: {action}", office=other.holder, action=fact.action))
    return _sentence(names.of(fact_words(fact)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _built_in(world: World, one: Obligation, action: str) -> Text:
    definition, request = world.workflow_of(one).definition, one.request
    if action == "acknowledge" and definition.ladder.acknowledged:
        span = span_words(definition.ladder.acknowledged.holds_next_rung)
        return say(
            "You confirm that you know of it. The next reminder waits {span}; its date does not move.", span=span
        )
    if action == "request_extension" and definition.extension:
        seats = parties.told(world, definition.extension.decided_by, one)
        return say("The request goes to {seats}. Until it is answered the clock rests; the date itself stays {day}.",
                   seats=list(seats), day=day_words(one.due_at))  # fmt: skip
    if action == "grant_extension" and request:
        return say("The date becomes {day}.", day=day_words(request.until))
    if action == "refuse_extension" and one.due_at:
        return say("The date stays {day}; the working days that the answer took are given back.",
                   day=day_words(one.due_at))  # fmt: skip
    if action == "counter_extension":
        return say("The holder may take the date that you propose, or let it be; its clock runs on.")
    if action == "accept_counter" and request and request.counter:
        return say("The date becomes {day}.", day=day_words(request.counter))
    return say(BUILT_IN[action])


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


def touched(world: World, command: Command, now: datetime) -> Foreseen:
    """What a command does to every obligation that it touches. Raises Refused or NotFound, as carrying it out would."""
    shown, total = list[Consequence](), 0
    for fact in deciding(world, command, now):
        for one in _touched(world, fact):
            total += 1
            if len(shown) < SHOWN_MAX:
                shown.append(one)
    return Foreseen(tuple(shown), total)


def _touched(world: World, fact: Fact) -> Iterator[Consequence]:
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
