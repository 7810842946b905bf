"""The law of a directive's later life: it is revoked, replaced or amended, and what that does to the work under it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from workflows import dating, joins, parties
from workflows.assigning import Delivery
from workflows.calendar import day_end, day_of, last_day
from workflows.causes import Cause
from workflows.commands import Actor, Amend, End, Issue, ItemChange
from workflows.deadlines import Due
from workflows.directive import Directive, Item
from workflows.errors import Incomplete, NotOpen, NotYours, Unmet
from workflows.facts import DirectiveMoved, DueSet, Fact, ItemAmended, Repointed
from workflows.fields import check_backdating, check_fields, is_text, show_day
from workflows.guards import Share
from workflows.machine import StepRefused, directive_machine
from workflows.obligation import Because, Obligation
from workflows.text import say
from workflows.world import World


def end(world: World, command: End, now: datetime) -> Iterator[Fact]:
    """A directive is revoked by who issued it; what is open under it stops, all the way down, or goes on as chosen."""
    directive = world.directive(command.directive)
    asked = _asked("revoke", directive)
    moment = _seated(world, directive, command.by, "revoke", command.happened_on, now, asked)
    _check_said(world, command.document, command.reason, asked)
    after = _moved(directive, "revoke", asked)
    chosen = command.open_work or world.workflows.get(directive.workflow).definition.when_directive.revoked.open_work
    if chosen not in ("stop", "keep"):
        raise Incomplete(asked, say("open work cannot {word} here; it can stop or keep", word=repr(chosen)))
    yield DirectiveMoved(directive.number, "revoke", directive.state, after, command.document, chosen, moment)
    if chosen == "stop":
        cause = Cause("directive_ended", text=f"{directive.symbol}, {command.document}")
        work = joins.each_once(world.under(directive.number))
        joins.read_below(world, (one.number for one in work))
        for obligation in work:
            yield from _stopped_with_all(world, obligation, now, cause)


def _stopped_with_all(world: World, obligation: Obligation, now: datetime, cause: Cause) -> Iterator[Fact]:
    """One obligation of a directive that has ended, and all below it, but for what another document still supports."""
    if obligation.open:
        yield joins.stopped(world, obligation, now, cause)
    yield from joins.stopped_below_as_read(world, obligation, now, supported=True)


def amend(world: World, command: Amend, now: datetime) -> Iterator[Fact]:
    """A later document changes items; dates below that would pass a new date are held to it, and their givers told."""
    directive = world.directive(command.directive)
    asked = _asked("amend", directive)
    moment = _seated(world, directive, command.by, "amend", command.happened_on, now, asked)
    _check_said(world, command.document, command.reason, asked)
    _moved(directive, "amend", asked)
    if not command.changes:
        raise Incomplete(asked, say("nothing is changed; name an item and its new date or text"))
    for change in command.changes:
        item = world.item(directive.number, change.item)
        _check_change(world, directive, item, change, asked)
        yield ItemAmended(
            directive.number, item.number, command.document, change.due, change.due_wording, change.text, moment
        )
        if change.due:
            yield from _redated(world, item, change.due, command.document, now)


def _redated(world: World, item: Item, due_at: datetime, document: str, now: datetime) -> Iterator[Fact]:
    for one in world.under(item.directive):
        if one.item == item.number and one.open and one.standing is None and dating.has_own_date(one.mode):
            because = Because("amended", last_day(due_at), world.calendar.key, label=document)
            told = parties.told(world, ["holder.leader", "holder.officer"], one)
            yield DueSet(one.number, due_at, because, "amended", now, told)
            yield from held_below(world, one, due_at, now)


def held_below(world: World, obligation: Obligation, limit: datetime, now: datetime) -> Iterator[DueSet]:
    """Dates below that would now pass the one above are held to it; who gave them and who owes them hear of it."""
    for child in world.children(obligation.number):
        bound = world.workflow_of(child).definition.deadlines.later_than_parent == "refuse"
        if bound and child.open and child.due_at and child.due_at > limit and child.standing is None and child.because:
            notes = (*(note for note in child.because.notes if note != "held_to_parent"), "held_to_parent")
            because = replace(child.because, result_on=last_day(limit), notes=notes)
            told = parties.told(world, ["giver.leader", "holder.leader"], child)
            yield DueSet(child.number, limit, because, "above", now, told)
        yield from held_below(world, child, limit, now)


def _check_change(world: World, directive: Directive, item: Item, change: ItemChange, asked: str) -> None:
    if change.text is not None and not (change.text.strip() and is_text(change.text)):
        raise Incomplete(asked, say("item {label}: the new text is no text", label=item.label))
    if change.due is None and change.text is None:
        raise Incomplete(asked, say("item {label}: neither a new date nor a new text is given", label=item.label))
    if change.due is None:
        return
    if not dating.has_own_date(item.mode):
        because = say("item {label} is followed up as {mode}, without a date", label=item.label, mode=repr(item.mode))
        raise Unmet(asked, because)
    if last_day(change.due) < directive.issued_on:
        day = show_day(last_day(change.due))
        raise Incomplete(asked, say("item {label} would be due {day}, before its own date", label=item.label, day=day))
    above = world.obligation(item.parent) if item.parent else None
    bound = world.workflows.get(directive.workflow).definition.deadlines.later_than_parent == "refuse"
    if bound and above and above.open and above.due_at and change.due > above.due_at:
        because = say(
            "its date {day} is later than {limit}, the date of obligation {parent} above it;"
            " have that one extended first",
            day=show_day(last_day(change.due)), limit=show_day(last_day(above.due_at)), parent=above.number,
        )  # fmt: skip
        raise Unmet(asked, because)


class Replacing:
    """A directive takes the place of an earlier one of the same issuer: what is open moves under it, item by item.

    An item of the new document takes over what the item with the same label gave to the same office in the same part,
    where it is followed up in the same way. What has no place in the new document stops, or is kept, as chosen.
    """

    def __init__(
        self, world: World, command: Issue, directive: Directive, items: tuple[Item, ...], delivery: Delivery
    ) -> None:
        assert command.replaces is not None  # the caller asks only where it replaces one
        self._world, self._directive, self._delivery = world, directive, delivery
        self._old = world.directive(command.replaces)
        self._asked = say("replace directive {number} ({symbol})", number=self._old.number, symbol=self._old.symbol)
        if self._old.issuer != directive.issuer:
            raise NotYours(self._asked, say("it is of {issuer}, who alone replaces it", issuer=self._old.issuer))
        self._after = _moved(self._old, "replace", self._asked)
        policy = world.workflows.get(self._old.workflow).definition.when_directive.replaced
        self._chosen = command.open_work or policy.open_work
        if self._chosen not in ("repoint", "stop", "keep"):
            because = say("open work cannot {word}; it can repoint, stop or keep", word=repr(self._chosen))
            raise Incomplete(self._asked, because)
        self._unmatched = policy.unmatched if self._chosen == "repoint" else self._chosen
        self._open = [one for one in world.under(self._old.number) if one.open]
        self._taken: set[int] = set()

    def takes_over(self, item: Item, holder: str, part: str) -> Obligation | None:
        """The open obligation that goes on under this item of the new document, or None."""
        if self._chosen != "repoint":
            return None
        for one in self._open:
            if (one.holder, one.part) != (holder, part) or one.standing or one.number in self._taken:
                continue
            if one.parent != item.parent and one.parent and self._world.obligation(one.parent).open:
                continue  # it was passed on from another obligation, by whose date it goes
            before = self._world.item(one.directive, one.item)
            same_kind = before.mode == item.mode or (
                dating.has_own_date(before.mode) and dating.has_own_date(item.mode)
            )
            if before.label == item.label and same_kind:
                return one
        return None

    def repointed(self, one: Obligation, item: Item, limit: datetime | None) -> Iterator[Fact]:
        """The obligation goes on under the new item, by the date that gives; its periods and events move with it."""
        world, delivery = self._world, self._delivery
        self._taken.add(one.number)
        told = parties.told(world, ["holder.leader", "holder.officer"], one)
        yield Repointed(one.number, item.directive, item.number, one.directive, one.item, told)
        for below in world.standing_under(one.number):
            self._taken.add(below.number)
            yield Repointed(below.number, item.directive, item.number, below.directive, below.item)
        if not dating.has_own_date(one.mode):
            return
        share = Share(item, delivery.directive, one.part, one.level, world.office(one.giver).level, limit)
        due = dating.date_for(
            delivery.workflow.definition, share, delivery.reached, one.receive_by, one.received_at, world.calendar
        )
        if due and due.at != (one.due_at or one.planned_for):
            yield from self._redated(one, due)

    def _redated(self, one: Obligation, due: Due) -> Iterator[Fact]:
        yield DueSet(one.number, due.at, due.because, "replaced", self._delivery.now)
        if "planned" not in due.because.notes:
            yield from held_below(self._world, one, due.at, self._delivery.now)

    def ended(self) -> Iterator[Fact]:
        """The old directive is replaced; what was not taken over stops or is kept."""
        old, world, now = self._old, self._world, self._delivery.now
        symbol = self._directive.symbol
        yield DirectiveMoved(old.number, "replace", old.state, self._after, symbol, self._chosen)
        if self._unmatched == "stop":
            cause = Cause("replaced", text=symbol)
            for one in joins.each_once([one for one in self._open if one.number not in self._taken]):
                yield from _stopped_with_all(world, one, now, cause)


def with_parents(world: World, command: Issue) -> Issue:
    """A directive that replaces another one stands under the same obligations, where its items name none."""
    if command.replaces is None or world.cascade is None or all(item.parent for item in command.items):
        return command
    parents = {}
    for one in world.under(command.replaces):
        item = world.item(one.directive, one.item)
        if item.parent and world.obligation(item.parent).open:
            parents[item.label] = item.parent
    only = next(iter(parents.values()), None)
    items = tuple(replace(one, parent=one.parent or parents.get(one.label, only)) for one in command.items)
    return replace(command, items=items)


def _asked(what: str, directive: Directive) -> str:
    return say("{what} directive {number} ({symbol})", what=what, number=directive.number, symbol=directive.symbol)


def _seated(
    world: World, directive: Directive, by: Actor, step: str, happened_on: date | None, now: datetime, asked: str
) -> datetime:
    """When it happened: now, or the day of an outside office's document. Raises NotYours, Incomplete or Unmet."""
    issuer, host = world.office(directive.issuer), world.offices.host
    seat = (host.id if host else "", "clerk") if issuer.outside else (issuer.id, "leader")
    if (by.office, by.role) != seat:
        raise NotYours(asked, say("that is for {seat}, and you are {actor}", seat="/".join(seat), actor=by))
    parties.check_deputy(world, by, step, asked)
    if not issuer.outside:
        return now
    if happened_on is None:
        raise Incomplete(asked, say("happened_on (the day of the document that says so) is missing"))
    if happened_on > day_of(now):
        raise Incomplete(asked, say("happened_on {day} has not come yet", day=show_day(happened_on)))
    if happened_on < directive.issued_on:
        raise Incomplete(asked, say("happened_on {day} is before its own date", day=show_day(happened_on)))
    limit = world.workflows.get(directive.workflow).definition.backdating
    check_backdating(limit, "happened_on", happened_on, now, world.calendar, asked)
    return now if happened_on == day_of(now) else day_end(happened_on)


def _check_said(world: World, document: str, reason: str, asked: str) -> None:
    said = {"document": document, "reason": reason}
    check_fields({"document": "document", "reason": "text"}, said, world.offices, asked)


def _moved(directive: Directive, step: str, asked: str) -> str:
    """The directive's state after a step of its machine. Raises NotOpen, naming what is open instead."""
    try:
        return directive_machine().step(directive.state, step)
    except StepRefused:
        open_now = directive_machine().open_from(directive.state)
        raise NotOpen(asked, say("it is {state}", state=repr(directive.state)), open_now) from None
