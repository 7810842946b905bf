"""What the names of a condition stand for: for an obligation that is acted on, and for an item as it gets its date.

Also who may not be the same person as who. The grammar is that of `conditions`; each set of names is closed, one table
for each place in which a condition may stand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from workflows import conditions, figures, parties, words
from workflows.calendar import last_day
from workflows.condition_words import condition_words
from workflows.conditions import Value
from workflows.definition import Action, Definition, DueRule
from workflows.directive import Directive, Item
from workflows.errors import Unmet
from workflows.fields import parse_day
from workflows.light import light
from workflows.obligation import Obligation
from workflows.text import say
from workflows.world import World

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BY_DAY = ("late", "days_late", "days_left")  # what the sent date of a report decides


@light(frozen=True, slots=True)
class Share:
    """An item as it gets its date for one office: the part which that office has in it, and what lies above."""

    item: Item
    directive: Directive
    part: str
    level: str
    giver_level: str
    parent_due_at: datetime | None


@light(frozen=True, slots=True)
class Acting:
    """An obligation that is acted on: what the action `asks` (field and type), what was `given`, and the moment by which
    it is judged whether it is late; `reports` where the action gives figures."""

    world: World
    obligation: Obligation
    asks: Mapping[str, str]
    given: Mapping[str, str]
    judged_at: datetime
    reports: bool = False

    @property
    def item(self) -> Item:
        return self.world.item(self.obligation.directive, self.obligation.item)

    @property
    def directive(self) -> Directive:
        return self.world.directive(self.obligation.directive)

    @property
    def late(self) -> bool:
        return self.obligation.due_at is not None and self.judged_at > self.obligation.due_at

    def value_of(self, name: str) -> Value:
        """What a name stands for; None where it is not known, such as the days left of what has no date."""
        group, dot, one = name.partition(".")
        if dot:
            return _GROUPS[group](self, one) if group in _GROUPS else None
        found = _OF_AN_ACT.get(name)
        return found(self) if found else None


def _parent_due_at(acting: Acting) -> datetime | None:
    parent = acting.obligation.parent
    return acting.world.obligation(parent).due_at if parent else None


def _days_late(acting: Acting) -> int:
    """Begun days: what is late by an hour is one day late."""
    due_at = acting.obligation.due_at
    return max(1, (last_day(acting.judged_at) - last_day(due_at)).days) if due_at and acting.late else 0


def _days_left(acting: Acting) -> int | None:
    due_at = acting.obligation.due_at
    return max(0, (last_day(due_at) - last_day(acting.judged_at)).days) if due_at else None


def _evidence_given(acting: Acting) -> bool:
    return any(kind == "attachment" and acting.given.get(field, "").strip() for field, kind in acting.asks.items())


def _asked(acting: Acting, field: str) -> Value:
    """The value given in a field, by its type; None where there is none that could be used."""
    text = acting.given.get(field, "").strip()
    match acting.asks.get(field) if text else None:
        case None:
            return None
        case "number":
            return _decimal(text)
        case "date":
            try:
                return parse_day(text)
            except ValueError:
                return None
    return text


def _number(acting: Acting, name: str) -> Value:
    """A figure with all below: as this very report gives it, or as it was last reported."""
    if not acting.reports:
        return figures.figure_of(acting.obligation, name)
    found = figures.reported(acting.world, acting.obligation, acting.given)
    return next((_decimal(one.total) for one in found if one.name == name), None)


def _target(acting: Acting, name: str) -> Value:
    return figures.target_of(acting.item, name)


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


_OF_AN_ACT: dict[str, Callable[[Acting], Value]] = {
    "date_written": lambda acting: acting.item.due_at is not None,
    "parent_dated": lambda acting: _parent_due_at(acting) is not None,
    "otherwise": lambda _: True,
    "at_once": lambda acting: acting.item.due_form == "at_once",
    "soft": lambda acting: acting.item.due_form == "soft",
    "urgent": lambda acting: bool(acting.directive.urgency),
    "dated": lambda acting: acting.obligation.due_at is not None,
    "late": lambda acting: acting.late,
    "received": lambda acting: acting.obligation.received_at is not None,
    "passed_on": lambda acting: bool(acting.world.children(acting.obligation.number)),
    "all_leads_done": lambda acting: not acting.obligation.leads_open and acting.obligation.leads_done > 0,
    "stands": lambda acting: acting.obligation.stands,
    "in_a_period": lambda acting: acting.obligation.standing is not None and acting.obligation.mode == "periodic",
    "evidence_given": _evidence_given,
    "part": lambda acting: acting.obligation.part,
    "mode": lambda acting: acting.obligation.mode,
    "level": lambda acting: acting.obligation.level,
    "giver_level": lambda acting: acting.world.office(acting.obligation.giver).level,
    "type": lambda acting: acting.directive.type,
    "days_late": _days_late,
    "days_left": _days_left,
    "extensions": lambda acting: acting.obligation.extensions,
    "rung": lambda acting: acting.obligation.rung,
    "leads_open": lambda acting: acting.obligation.leads_open,
    "leads_done": lambda acting: acting.obligation.leads_done,
    "leads_void": lambda acting: acting.obligation.leads_void,
}
_GROUPS: dict[str, Callable[[Acting, str], Value]] = {"ask": _asked, "number": _number, "target": _target}
_OF_A_SHARE: dict[str, Callable[[Share], Value]] = {
    "date_written": lambda share: share.item.due_at is not None,
    "parent_dated": lambda share: share.parent_due_at is not None,
    "otherwise": lambda _: True,
    "at_once": lambda share: share.item.due_form == "at_once",
    "soft": lambda share: share.item.due_form == "soft",
    "urgent": lambda share: bool(share.directive.urgency),
    "part": lambda share: share.part,
    "mode": lambda share: share.item.mode,
    "level": lambda share: share.level,
    "giver_level": lambda share: share.giver_level,
    "type": lambda share: share.directive.type,
}
assert set(_OF_AN_ACT) == {*words.CONDITIONS, *words.VALUES}
assert set(_GROUPS) == set(words.VALUE_GROUPS)
assert set(_OF_A_SHARE) == {*words.DUE_CONDITIONS, *words.DUE_VALUES}


def first_rule(definition: Definition, share: Share) -> DueRule | None:
    """The first line of the due table whose condition holds."""

    def value_of(name: str) -> Value:
        found = _OF_A_SHARE.get(name)
        return found(share) if found else None

    for line in definition.deadlines.due:
        if conditions.holds(conditions.parse(line.when), value_of, words.DUE_VALUES):
            return line
    return None


# Acting. Only what a person asks for is guarded. What follows by itself is not: work that stops or rests with what is above
# it, goes on again, ends with its year, passes on, or is evidently received. A guard there would leave a tree half stopped,
# with nobody to hear why; W441 tells whoever writes one.


def may_be_taken(world: World, obligation: Obligation, action: Action, asks: Mapping[str, str], now: datetime) -> bool:
    """Could an action be taken, as far as is known before its fields are given? Of what they decide, it is taken that it
    fits."""
    if action.if_ is None:
        return True
    reports = "mark_reported" in action.does
    numbers = world.workflow_of(obligation).definition.numbers
    later = {*(f"ask.{field}" for field in asks), *(f"number.{name}" for name in numbers if reports)}
    if "sent_on" in asks:
        later.update(_BY_DAY)
    if "attachment" in asks.values():
        later.add("evidence_given")
    acting = Acting(world, obligation, asks, {}, _judged_at(obligation, None, now), reports)
    return conditions.holds(conditions.parse(action.if_), acting.value_of, words.VALUES, later)


def check_guard(
    world: World,
    obligation: Obligation,
    action: Action,
    asks: Mapping[str, str],
    given: Mapping[str, str],
    sent_at: datetime | None,
    now: datetime,
    asked: str,
    open_now: Callable[[], Sequence[str]] = tuple,
) -> None:
    """Raises Unmet where an action is not open as things are, in the words of the definition or naming its condition.

    `sent_at` is the moment at which a report counts as sent, where one is given.
    """
    if action.if_ is None:
        return
    reports = "mark_reported" in action.does
    acting = Acting(world, obligation, asks, given, _judged_at(obligation, sent_at, now), reports)
    condition = conditions.parse(action.if_)
    if conditions.holds(condition, acting.value_of, words.VALUES):
        return
    numbers = world.workflow_of(obligation).definition.numbers
    what = condition_words(condition, {name: number.label for name, number in numbers.items()})
    because = action.refusal or say("it is open only where {what}", what=what)
    raise Unmet(asked, because, open_now())


def _judged_at(obligation: Obligation, sent_at: datetime | None, now: datetime) -> datetime:
    """The moment by which it is late or not: as in the totals, that of the report that waits for the giver, or of the rest."""
    rested_at = (obligation.sent_at or obligation.rested_at) if obligation.rested_at else None
    return sent_at or rested_at or now


def check_person(world: World, obligation: Obligation, action: Action, doer: str, asked: str) -> None:
    """Raises Unmet where who acts took another action on it before, and the definition wants two persons."""
    rules = world.workflow_of(obligation).rules_at(obligation.level)
    doers = dict(obligation.doers)
    for name in action.not_same_person:
        reports = name in rules.actions and "mark_reported" in rules.actions[name].does
        # Reports of before doers were remembered are known by who sent them.
        same = parties.same_person(doers.get(name) or (obligation.sent_by if reports else None), doer)
        if same and reports:
            raise Unmet(
                asked, say("{person} sent the report, and nobody decides on a report of their own", person=same)
            )
        if same:
            because = say(
                "{person} took {action} on it, and this has to be another person", person=same, action=repr(name)
            )
            raise Unmet(asked, because)


def remembered(world: World, obligation: Obligation, name: str, doer: str) -> str | None:
    """Who takes an action, where the definition wants another person for another one; else None, and nothing is kept."""
    return doer if name in world.workflow_of(obligation).rules_at(obligation.level).watched else None
