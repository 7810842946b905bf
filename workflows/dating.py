"""Which date an obligation gets: the item's own, its follow-up mode's, or the due table's; and what a receipt changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from workflows import deadlines, item_dates
from workflows.calendar import Calendar, day_end, last_day
from workflows.deadlines import Due
from workflows.definition import Definition
from workflows.directive import Item
from workflows.facts import DueSet
from workflows.grammar import TimeRule
from workflows.guards import Share, first_rule
from workflows.obligation import Because, Obligation
from workflows.words import DATED
from workflows.world import World


def date_for(
    definition: Definition,
    share: Share,
    reached: datetime,
    receive_by: datetime | None,
    received_at: datetime | None,
    calendar: Calendar,
) -> Due | None:
    """The date of an obligation that is done once, with its explanation; None where the workflow gives it none.

    A date that counts from receipt exists from the first moment: it counts from the last day to receive until the
    receipt is known, and a late receipt wins no time.
    """
    item, parent_due_at = share.item, share.parent_due_at
    if item.due_at:
        return item_dates.written(definition, item, calendar)
    own = item_dates.own_rule(item)
    if own and own.event == "event" and item.event_on is None:
        return None  # it waits for the event
    if own:
        start, notes = (
            (day_end(item.event_on), ())
            if own.event == "event" and item.event_on
            else _start_of(own, reached, receive_by, received_at)
        )
        found = item_dates.counted_from(item, own, start, calendar, *notes)
        return deadlines.within(found, parent_due_at if definition.deadlines.later_than_parent == "refuse" else None)
    mode = definition.undated_items.get(item.mode)
    if mode and mode.due:
        start, notes = _start_of(mode.due, reached, receive_by, received_at)
        return deadlines.within(deadlines.reckon(mode.due, start, calendar, *notes), parent_due_at)
    rule = first_rule(definition, share)
    if rule is None or not isinstance(rule.is_, TimeRule):
        # Whoever issues chooses a mode instead; what passes on by itself has nobody to choose, and keeps the date above.
        return (
            Due(parent_due_at, Because("parent_due", last_day(parent_due_at), calendar.key)) if parent_due_at else None
        )
    start, notes = _start_of(rule.is_, reached, receive_by, received_at)
    if rule.is_.event == "parent_due":
        assert parent_due_at is not None  # `parent_dated` holds, or the check of the definition has refused it
        start = parent_due_at
    due = deadlines.reckon(rule.is_, start, calendar, *notes)
    if item.due_form:  # at once, or soft: in the document's words
        due = item_dates.counted_from(item, rule.is_, start, calendar, *notes)
    if due.at <= reached and parent_due_at and rule.if_no_room == "parent_due":
        because = replace(due.because, result_on=last_day(parent_due_at), notes=("no_room",))
        return Due(parent_due_at, because)
    return deadlines.within(due, parent_due_at)


def date_at_receipt(world: World, obligation: Obligation, received_at: datetime, now: datetime) -> Iterator[DueSet]:
    """The date that becomes known with the receipt, where it is another one than before."""
    if obligation.because is None or "provisional" not in obligation.because.notes:
        return  # it does not wait for the receipt, or was moved since
    definition = world.workflow_of(obligation).definition
    limit = world.obligation(obligation.parent).due_at if obligation.parent else None
    share = share_of(world, obligation, limit)
    due = date_for(definition, share, obligation.assigned_at, obligation.receive_by, received_at, world.calendar)
    if due and due.because != obligation.because:
        yield DueSet(obligation.number, due.at, due.because, "receipt", now)


def share_of(world: World, obligation: Obligation, limit: datetime | None) -> Share:
    """An obligation's item as it gets its date, due by `limit` at the latest."""
    directive, item = world.directive(obligation.directive), world.item(obligation.directive, obligation.item)
    giver = world.office(obligation.giver)
    return Share(item, directive, obligation.part, obligation.level, giver.level, limit)


def date_after_rest(
    world: World, obligation: Obligation, resumed_at: datetime, now: datetime, limit: datetime | None = None
) -> Iterator[DueSet]:
    """The date after a rest: what was left of it when the rest began is left again.

    It stays within the date above (`limit`, where that moves in the same breath) where the workflow refuses later ones,
    and is never earlier than it was.
    """
    due_at, rested_at, because = obligation.due_at, obligation.rested_at, obligation.because
    if not (due_at and rested_at and because):
        return
    in_time = obligation.sent_at is not None and obligation.sent_at <= due_at
    began = min(rested_at, due_at) if in_time else rested_at
    moved = deadlines.shifted(due_at, because, began, resumed_at, world.calendar)
    if world.workflow_of(obligation).definition.deadlines.later_than_parent == "refuse":
        limit = limit or limit_of(world, obligation)
        moved = deadlines.within(moved, max(limit, due_at) if limit else None)
    if moved.at != due_at:
        yield DueSet(obligation.number, moved.at, moved.because, "rest", now)


def limit_of(world: World, obligation: Obligation) -> datetime | None:
    """The date above that bounds an obligation's own; none for a period or event, and none where what is above has ended."""
    if obligation.parent is None or obligation.standing:
        return None
    above = world.obligation(obligation.parent)
    return above.due_at if above.open else None


def handed_down(item: Item, one: Obligation) -> Item:
    """The item as it passes on by itself: below, a date follows from the one above. Where there is none yet, since the day
    of an event is not known or a day is only planned, the item's own words go down."""
    if one.waits_for or one.planned_for:
        return item
    return replace(item, due_at=None, due_wording=None, due_form=None, due_rule=None, due_event=None, event_on=None,
                   due_from=None)  # fmt: skip


def has_own_date(mode: str) -> bool:
    """Is an obligation with this follow-up mode done once, by a date? The others stand, or are followed elsewhere."""
    return mode in ("once", DATED)


def _start_of(
    rule: TimeRule, reached: datetime, receive_by: datetime | None, received_at: datetime | None
) -> tuple[datetime, tuple[str, ...]]:
    if rule.event != "receipt":
        return reached, ()
    if received_at is None:
        return (receive_by, ("provisional",)) if receive_by else (reached, ())
    if receive_by and received_at > receive_by:
        return receive_by, ("received_late",)
    return received_at, ()
