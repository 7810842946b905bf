"""What an action would do, in words, before somebody confirms it."""

from collections.abc import Iterator
from datetime import datetime

from engine.entry_words import fact_words
from engine.showing.names import Names
from engine.wording import OUTCOME_WORDS, day_words
from workflows import parties
from workflows.commands import Act
from workflows.deadlines import span_words
from workflows.decide import decide
from workflows.errors import NotFound, Refused
from workflows.facts import Acted, Fact
from workflows.obligation import Obligation
from workflows.text import Text, say
from workflows.words import BUILT_IN, EFFECTS
from workflows.world import World

_FORESEEN_MAX = 12


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
