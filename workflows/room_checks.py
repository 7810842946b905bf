"""The cascade lint of room: times that hold by themselves, and leave nothing between them and another one.

`time_checks` judges each time in its place; here two of them are compared. Working days are a range of days.
"""

from collections.abc import Callable, Iterator

from workflows.conditions import parse, requires
from workflows.definition import Definition
from workflows.findings import Finding
from workflows.grammar import Span, TimeRule
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.time_checks import days_of

_YEAR = 366  # days
_START = ("issue", "receipt")


def _given(definition: Definition) -> Iterator[tuple[Path, TimeRule]]:
    """The dates that the workflow itself gives to what is done once, as times after its issue or receipt."""
    for place, line in enumerate(definition.deadlines.due):
        written = requires(parse(line.when), "date_written")
        if isinstance(line.is_, TimeRule) and line.is_.event in _START and not written:
            yield ("deadlines", "due", place, "is"), line.is_
    once = definition.undated_items.get("once")
    if once and once.due and once.due.event in _START:
        yield ("undated_items", "once", "due"), once.due


def _no_shorter(one: TimeRule | Span, other: TimeRule) -> bool:
    """Is the one length of time at least the other, whatever days off lie between?"""
    if one.unit == other.unit:
        return abs(one.count) >= abs(other.count)
    after = TimeRule(count=abs(one.count), unit=one.unit, event="event")
    return days_of(after)[0] >= days_of(other)[1]


def _no_room_below(definition: Definition) -> Iterator[Finding]:
    """W452: what is passed on has days left before the date above, where that date is one the workflow gives."""
    given = [date for _, date in _given(definition) if date.count > 0]
    for place, line in enumerate(definition.deadlines.due):
        rule = line.is_
        if not isinstance(rule, TimeRule) or rule.event != "parent_due" or rule.count >= 0:
            continue
        if given and all(_no_shorter(rule, date) for date in given):
            message = say(
                "where the date above is '{date}', '{rule}' never leaves room; take fewer days before it",
                date=given[0],
                rule=rule,
            )
            yield Finding(("deadlines", "due", place, "is"), "W452", message)


def _before_receipt(definition: Definition) -> Iterator[Finding]:
    """W453: work has to be received before it has to be done."""
    receive = definition.deadlines.receive
    for path, date in _given(definition):
        from_issue = receive is not None and {receive.event, date.event} == {"issue"} and date.count >= 0
        if receive and from_issue and date != receive and _no_shorter(receive, date):
            message = say(
                "'{date}' is over before the work has to be received, '{receive}'; count after receipt",
                date=date,
                receive=receive,
            )
            yield Finding(path, "W453", message)


def _after_the_end(definition: Definition) -> Iterator[Finding]:
    """W454: a rung is told while the work is there. A period that joins the next one ends when its date has passed."""
    periodic = definition.undated_items.get("periodic")
    merges = periodic is not None and periodic.if_still_open == "merge" and _nothing_else_dated(definition)
    for place, rung in enumerate(definition.ladder.rungs):
        if rung.at.event != "due" or rung.at.count <= 0:
            continue
        fewest = days_of(rung.at)[0]
        path: Path = ("ladder", "rungs", place, "at")
        if fewest > _YEAR:
            message = say(
                "'{at}' is more than a year after the date; who is told then no longer follows it", at=rung.at
            )
            yield Finding(path, "W454", message)
        elif merges and fewest >= 2:
            message = say(
                "'{at}' is never told: if_still_open: merge ends a period the morning after its date", at=rung.at
            )
            yield Finding(path, "W454", message)


def _nothing_else_dated(definition: Definition) -> bool:
    """Do only periods have dates?"""
    lines = any(line.is_ != "choose_below" for line in definition.deadlines.due)
    return not lines and not {"once", "on_event"} & set(definition.undated_items)


def _before_the_start(definition: Definition) -> Iterator[Finding]:
    """W424: a reminder is told after what it reminds of has begun: the year that is reviewed, the giver's turn."""
    for name, mode in definition.undated_items.items():
        if mode.review and mode.review.event == "until" and -days_of(mode.review)[1] >= _YEAR:
            message = say("'{at}' is before the year begins; it is never told", at=mode.review)
            yield Finding(("undated_items", name, "review"), "W424", message)
    answers = [definition.deadlines.confirm] if definition.deadlines.confirm else []
    if definition.extension and definition.extension.rules.decide:
        answers.append(definition.extension.rules.decide)
    for place, rung in enumerate(definition.rungs_of("giver")):
        early = rung.at.event == "answer_due" and rung.at.count < 0
        if early and answers and all(_no_shorter(rung.at, answer) for answer in answers):
            message = say(
                "'{at}' is before the giver's turn begins, '{answer}'; it is never told", at=rung.at, answer=answers[0]
            )
            yield Finding(("giver_ladder", "rungs", place, "at"), "W424", message)


ROOM_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (
    _no_room_below,
    _before_receipt,
    _after_the_end,
    _before_the_start,
)
