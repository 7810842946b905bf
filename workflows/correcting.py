"""The law of corrections (đính chính): a wrong field of an earlier entry gets its right value by a new entry.

The entry itself stays. Where the state follows from the field, the state takes the right value; dates that were computed
stay as they are, since people have worked by them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from workflows import parties
from workflows.calendar import day_end, day_of
from workflows.commands import Correct
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Acted, Corrected, Fact, Issued
from workflows.fields import check_fields, parse_day, show_day
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

# What may be wrong in a document's entry, with the type of its value; the law computes nothing from them again.
OF_DIRECTIVE = {"symbol": "document", "type": "text", "subject": "text", "place": "text", "signer": "text",
                "urgency": "text", "issued_on": "date", "arrived_on": "date", "arrival_number": "text"}  # fmt: skip
OF_ITEM = {"label": "text", "text": "text", "due_wording": "text"}


def correct(world: World, command: Correct, now: datetime) -> Iterator[Fact]:
    """The fact of a correction. Raises NotFound, NotYours, Incomplete or Unmet."""
    recorded = world.recorded(command.seq)
    asked = say("correct {field} of entry {seq}", field=command.field, seq=command.seq)
    if command.by.office != recorded.by.office or command.by.role not in ("clerk", "leader"):
        because = say(
            "it was entered by {who}; the clerk or leader of that office corrects it, and you are {actor}",
            who=recorded.by, actor=command.by,
        )  # fmt: skip
        raise NotYours(asked, because)
    parties.check_deputy(world, command.by, "correct", asked)
    check_fields({"reason": "text"}, {"reason": command.reason}, world.offices, asked)
    found = _CORRECTED.get(type(recorded.fact))
    if found is None:
        raise Unmet(asked, say("an entry of this kind has nothing that a person typed"))
    yield from found(world, command, recorded.fact, now, asked)


def _issued(world: World, command: Correct, fact: Issued, now: datetime, asked: str) -> Iterator[Fact]:
    if command.item is not None:
        kind = _kind_of(OF_ITEM, command, asked)
        item = world.item(fact.directive.number, command.item)
        old, new = _checked(world, command, kind, getattr(item, command.field), asked)
        yield Corrected(command.seq, command.field, old, new, command.reason, item.directive, item.number)
        return
    kind = _kind_of(OF_DIRECTIVE, command, asked)
    directive = world.directive(fact.directive.number)
    old, new = _checked(world, command, kind, getattr(directive, command.field), asked)
    if kind == "date":
        _check_day(command, asked, now)
        issued_on = parse_day(new) if command.field == "issued_on" else directive.issued_on
        arrived_on = parse_day(new) if command.field == "arrived_on" else directive.arrived_on
        if arrived_on and arrived_on < issued_on:
            raise Incomplete(
                asked, say("it would have arrived on {day}, before its own date", day=show_day(arrived_on))
            )
    yield Corrected(command.seq, command.field, old, new, command.reason, directive.number)


def _acted(world: World, command: Correct, fact: Acted, now: datetime, asked: str) -> Iterator[Fact]:
    given = dict(fact.fields)
    if command.field not in given:
        because = say("it has no such field; it has {fields}", fields=tuple(given) or say("none"))
        raise Incomplete(asked, because)
    one = world.obligation(fact.number)
    action = world.workflow_of(one).definition.obligation.actions.get(fact.action)
    asks = {**action.ask, **action.ask_if_late} if action else {}
    kind = asks.get(command.field) or ("date" if command.field.endswith("_on") else "text")
    old, new = _checked(world, command, kind, given[command.field], asked)
    if kind == "date":
        _check_day(command, asked, now)
    # The report that stands now is the one this entry sent: the obligation's own values follow it.
    stands = fact.sent_at is not None and fact.sent_at == one.sent_at
    if not stands or command.field not in ("sent_on", "symbol"):
        yield Corrected(command.seq, command.field, old, new, command.reason)
        return
    sent_at = _sent_at(one, command, now, asked)
    yield Corrected(command.seq, command.field, old, new, command.reason, number=one.number, sent_at=sent_at)


def _corrected(world: World, command: Correct, fact: Corrected, now: datetime, asked: str) -> Iterator[Fact]:
    """A correction of a report's values was wrong itself; of a document, its own entry is corrected again."""
    if fact.directive is not None:
        raise Unmet(asked, say("correct entry {seq} again, which it corrects", seq=fact.seq))
    kind = "date" if fact.field.endswith("_on") else "document" if fact.field == "symbol" else "text"
    old, new = _checked(world, command, _kind_of({fact.field: kind}, command, asked), fact.new, asked)
    if kind == "date":
        _check_day(command, asked, now)
    one = world.obligation(fact.number) if fact.number is not None else None
    if one is None or (fact.sent_at != one.sent_at if fact.sent_at else fact.new != one.sent_as):
        yield Corrected(command.seq, command.field, old, new, command.reason)
        return
    yield Corrected(
        command.seq,
        command.field,
        old,
        new,
        command.reason,
        number=one.number,
        sent_at=_sent_at(one, command, now, asked),
    )


def _sent_at(one: Obligation, command: Correct, now: datetime, asked: str) -> datetime | None:
    """When the report was sent, where its day is what is corrected. Raises Incomplete for a day before it was assigned."""
    if command.field != "sent_on":
        return None
    sent_at = min(day_end(parse_day(command.new)), now)
    if sent_at < one.assigned_at:
        because = say("{day} is before it was assigned", day=show_day(parse_day(command.new)))
        raise Incomplete(asked, because)
    return sent_at


def _kind_of(known: dict[str, str], command: Correct, asked: str) -> str:
    if command.field not in known:
        because = say(
            "it has no field {field} to correct; it has {fields}", field=repr(command.field), fields=tuple(known)
        )
        raise Incomplete(asked, because)
    return known[command.field]


def _checked(world: World, command: Correct, kind: str, old: Any, asked: str) -> tuple[str | None, str]:
    """The old and the new value as texts. Raises Incomplete for one of the wrong type, Unmet where nothing changes."""
    check_fields({command.field: kind}, {command.field: command.new}, world.offices, asked)
    new = str(parse_day(command.new)) if kind == "date" else command.new.strip()
    before = None if old is None else str(parse_day(old) if kind == "date" and isinstance(old, str) else old)
    if before == new:
        raise Unmet(asked, say("it is {value} already", value=new))
    return before, new


def _check_day(command: Correct, asked: str, now: datetime) -> None:
    if parse_day(command.new) > day_of(now):
        day = show_day(parse_day(command.new))
        raise Incomplete(asked, say("{name} {day} has not come yet", name=command.field, day=day))


_CORRECTED: dict[type[Any], Callable[[World, Correct, Any, datetime, str], Iterator[Fact]]] = {
    Issued: _issued,
    Acted: _acted,
    Corrected: _corrected,
}
