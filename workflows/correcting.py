"""The law of corrections (đính chính): a wrong field of an earlier entry gets its right value by a new entry.

The entry itself stays. Where the state follows from the field, the state takes the right value; dates that were computed
stay as they are, since people have worked by them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from workflows import figures, parties
from workflows.calendar import day_end, day_of
from workflows.commands import Correct
from workflows.decimals import read_decimal
from workflows.errors import Incomplete, NotYours, Unmet
from workflows.facts import Acted, Corrected, Fact, Issued
from workflows.fields import check_backdating, check_fields, parse_day, show_day
from workflows.grammar import Span
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import Recorded, World

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
    yield from found(world, command, recorded, now, asked)


def _issued(world: World, command: Correct, recorded: Recorded, now: datetime, asked: str) -> Iterator[Fact]:
    fact = recorded.fact
    assert isinstance(fact, Issued)
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
        limit = world.workflows.get(directive.workflow).definition.backdating if command.field == "arrived_on" else None
        _check_day(world, command, recorded, limit, asked, now)
        issued_on = parse_day(new) if command.field == "issued_on" else directive.issued_on
        arrived_on = parse_day(new) if command.field == "arrived_on" else directive.arrived_on
        if arrived_on and arrived_on < issued_on:
            raise Incomplete(
                asked, say("it would have arrived on {day}, before its own date", day=show_day(arrived_on))
            )
    yield Corrected(command.seq, command.field, old, new, command.reason, directive.number)


def _acted(world: World, command: Correct, recorded: Recorded, now: datetime, asked: str) -> Iterator[Fact]:
    fact = recorded.fact
    assert isinstance(fact, Acted)
    # As the entry reads now: what was corrected before may be wrong too, or was right after all.
    given = dict(fact.fields) | {one.field: one.new for one in recorded.corrected}
    sent_as_read = next((one.sent_at for one in reversed(recorded.corrected) if one.sent_at), fact.sent_at)
    if command.field not in given:
        because = say("it has no such field; it has {fields}", fields=tuple(given) or say("none"))
        raise Incomplete(asked, because)
    one = world.obligation(fact.number)
    workflow = world.workflow_of(one)
    # The report that stands now is the one this entry sent: the obligation's own values follow it.
    stands = sent_as_read is not None and sent_as_read == one.sent_at
    if fact.figures and figures.is_figure(workflow.definition, command.field):
        yield _figure(world, command, one, given[command.field], stands, asked)
        return
    action = workflow.rules_at(one.level).actions.get(fact.action)
    asks = {**action.ask, **action.ask_if_late} if action else {}
    kind = asks.get(command.field) or ("date" if command.field.endswith("_on") else "text")
    old, new = _checked(world, command, kind, given[command.field], asked)
    if kind == "date" and command.field.endswith("_on"):
        _check_day(world, command, recorded, workflow.definition.backdating, asked, now)
    if not stands or command.field not in ("sent_on", "symbol"):
        yield Corrected(command.seq, command.field, old, new, command.reason)
        return
    sent_at = min(day_end(parse_day(new)), now) if command.field == "sent_on" else None
    if sent_at and sent_at < one.assigned_at:
        because = say("{day} is before it was assigned", day=show_day(parse_day(new)))
        raise Incomplete(asked, because)
    yield Corrected(command.seq, command.field, old, new, command.reason, number=one.number, sent_at=sent_at)


def _figure(world: World, command: Correct, one: Obligation, old: str, stands: bool, asked: str) -> Corrected:
    """A figure was entered wrongly: the office's own share is another, and so is its total where that alone makes it. What
    was sent further up stays as it was sent."""
    share = next((share for share in figures.asked(world, [one]) if share.field == command.field), None)
    if share is None:
        because = say(
            "{field} is of another item of this form; correct it in the entry of its own obligation",
            field=command.field,
        )
        raise Incomplete(asked, because)
    fault = figures.judged([share], {share.field: command.new})[share.field]
    if fault or not command.new.strip():
        raise Incomplete(asked, fault or say("it is blank"))
    new = read_decimal(command.new, share.number)
    if new == old:
        raise Unmet(asked, say("it is {value} already", value=new))
    figure = figures.figure_in(one, share.name)
    if not stands or figure is None:
        return Corrected(command.seq, command.field, old, new, command.reason)
    right = figures.corrected(figure, share.number, new)
    if right is None:
        because = say(
            "the total of {name} is the {how} of what was reported below too, and does not follow from it alone; the giver"
            " sends the report back, and it is sent again",
            name=share.name, how=share.number.total,
        )  # fmt: skip
        raise Unmet(asked, because)
    return Corrected(command.seq, command.field, old, new, command.reason, number=one.number, figure=right)


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


def _check_day(
    world: World, command: Correct, recorded: Recorded, limit: Span | None, asked: str, now: datetime
) -> None:
    """Could the paper have been entered with this day when it was entered?"""
    day = parse_day(command.new)
    if day > day_of(now):
        raise Incomplete(asked, say("{name} {day} has not come yet", name=command.field, day=show_day(day)))
    check_backdating(limit, command.field, day, recorded.at, world.calendar, asked)


_CORRECTED: dict[type[Any], Callable[[World, Correct, Recorded, datetime, str], Iterator[Fact]]] = {
    Issued: _issued,
    Acted: _acted,
}
