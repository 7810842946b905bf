"""The cascade lint of time: the due table, what times count from, follow-up modes, the ladder."""

from collections.abc import Callable, Iterator
from math import ceil

from workflows.conditions import All, Any, Condition, Named, parse, parts, requires
from workflows.definition import Definition, DueRule, Rung, UndatedMode
from workflows.findings import Finding, either, meant, shown
from workflows.grammar import TimeRule
from workflows.strict_yaml import Path
from workflows.text import say
from workflows.words import DUE_CONDITIONS, MODE_USES, STANDING

_DUE: Path = ("deadlines", "due")
_MODE_NEEDS = {"once": ("due",), "periodic": ("every", "due"), "on_event": ("each_event_due",)}
_START = ("issue", "receipt")
_ALWAYS = Named("otherwise")


def counts_from_receipt(definition: Definition) -> Path | None:
    """The first place of a definition that needs to know when work was received, or None."""
    if definition.deadlines.receive:
        return ("deadlines", "receive")
    rules = ((path, rule) for path, rule, _ in _times(definition))
    return next((path for path, rule in rules if rule.event == "receipt"), None)


def _times(definition: Definition) -> Iterator[tuple[Path, TimeRule, tuple[str, ...]]]:
    """Every time in a definition, with the events that it can count from in its place."""
    deadlines, extension = definition.deadlines, definition.extension
    if deadlines.receive:
        yield ("deadlines", "receive"), deadlines.receive, ("issue",)
    for place, line in enumerate(deadlines.due):
        condition = parse(line.when)
        if isinstance(line.is_, TimeRule) and not requires(condition, "date_written") and _is_known(condition):
            yield (*_DUE, place, "is"), line.is_, _events_of(condition)
    if deadlines.confirm:
        yield ("deadlines", "confirm"), deadlines.confirm, ("reported",)
    for name, mode in definition.undated_items.items():
        if mode.due and name in ("once", "periodic"):
            yield ("undated_items", name, "due"), mode.due, _START if name == "once" else ("window_end",)
        if mode.each_event_due and name == "on_event":
            yield ("undated_items", name, "each_event_due"), mode.each_event_due, ("event",)
        if mode.review and name in STANDING:
            yield ("undated_items", name, "review"), mode.review, ("until",)
    if extension and extension.rules.ask_until:
        yield ("extension", "rules", "ask_until"), extension.rules.ask_until, ("due",)
    if extension and extension.rules.decide:
        yield ("extension", "rules", "decide"), extension.rules.decide, ("asked",)
    for place, rung in enumerate(definition.ladder.rungs):
        yield ("ladder", "rungs", place, "at"), rung.at, ("due",)
    for place, rung in enumerate(definition.rungs_of("giver")):
        yield ("giver_ladder", "rungs", place, "at"), rung.at, ("answer_due",)


def _events_of(condition: Condition) -> tuple[str, ...]:
    """What a line of the due table may count from: where there is a date above and nothing else is said, from that one."""
    if condition == Named("parent_dated"):
        return ("parent_due",)
    return ("parent_due", *_START) if requires(condition, "parent_dated") else _START


def _is_known(condition: Condition) -> bool:
    """Are its names those of the due table? Otherwise `condition_checks` has said so, and no more can be told of the line."""
    return all(one.name in DUE_CONDITIONS for one in parts(condition) if isinstance(one, Named))


def _events(definition: Definition) -> Iterator[Finding]:
    """E335, E336: a time counts from an event known in its place, and on the side where it makes sense."""
    for path, rule, known in _times(definition):
        if rule.event not in known:
            only = say(" (only a line `when: parent_dated` knows that date)") if rule.event == "parent_due" else ""
            message = say(
                "it cannot count from {event!r} here{only}; it counts from {known}",
                event=rule.event,
                only=only,
                known=either(known),
            )
            yield Finding(path, "E335", message)
        elif rule.event == "parent_due" and rule.count > 0:
            yield Finding(
                path, "E336", say("'{rule}' is later than the date above; count before parent_due", rule=rule)
            )
        elif rule.event == "until" and rule.count >= 0:
            yield Finding(path, "E336", say("'{rule}' leaves nobody time to act; count before until", rule=rule))
        elif rule.event not in ("due", "parent_due", "window_end", "until", "answer_due") and rule.count < 0:
            yield Finding(
                path, "E336", say("'{rule}' is over before it begins; count after {event}", rule=rule, event=rule.event)
            )


def _due_table(definition: Definition) -> Iterator[Finding]:
    """E331 to E334, W411: the first line whose condition holds is used, and there always is one."""
    lines = [(line, parse(line.when)) for line in definition.deadlines.due]
    known = all(_is_known(condition) for _, condition in lines)
    if known and not any(condition == _ALWAYS for _, condition in lines):
        yield Finding(_DUE, "E331", say("the last line has to be `when: otherwise`; some items have no answer"), True)
    for place, (line, condition) in enumerate(lines):
        path = (*_DUE, place)
        before = next((other for other, wider in lines[:place] if _covers(wider, condition)), None)
        if before:
            message = say(
                "this line is never used: a line `when: {before}` stands before it", before=shown(before.when)[1:-1]
            )
            yield Finding(path, "E332", message)
        elif _is_known(condition):
            yield from _answer(path, line, condition, definition)


def _covers(wider: Condition, condition: Condition) -> bool:
    """Does the one hold wherever the other does, as far as that is seen from how they are written?"""
    inside = condition.parts if isinstance(condition, All) else (condition,)
    if wider == _ALWAYS or wider in (condition, *inside):
        return True
    if isinstance(wider, All):
        return set(wider.parts) <= set(inside)
    return isinstance(wider, Any) and any(_covers(one, condition) for one in wider.parts)


def _answer(path: Path, line: DueRule, condition: Condition, definition: Definition) -> Iterator[Finding]:
    planned = requires(condition, "soft")  # a planned day may be kept as it is, or another one take its place
    if (line.is_ == "as_written") != requires(condition, "date_written") and not planned:
        message = say("a date that is written is kept: `when: date_written` and `is: as_written` go together")
        yield Finding((*path, "is"), "E333", message)
    if line.is_ == "choose_below" and not definition.undated_items:
        yield Finding((*path, "is"), "E334", say("there is nothing below to choose: undated_items is empty"))
    before_parent = isinstance(line.is_, TimeRule) and line.is_.event == "parent_due" and line.is_.count < 0
    if line.if_no_room and not before_parent:
        message = say("if_no_room has no effect: the line does not count before parent_due")
        yield Finding((*path, "if_no_room"), "W412", message, True)
    if before_parent and requires(condition, "parent_dated") and not line.if_no_room:
        message = say("say what happens where the date above leaves no room: if_no_room: parent_due")
        yield Finding((*path, "is"), "W411", message)


def _modes(definition: Definition) -> Iterator[Finding]:
    """E304, E341, E342, W412: every follow-up mode has what it needs, and nothing that it does not use."""
    for name, mode in definition.undated_items.items():
        path: Path = ("undated_items", name)
        missing = [key for key in _MODE_NEEDS.get(name, ()) if not getattr(mode, key)]
        for key in missing:
            yield Finding(path, "E341", say("{name!r} needs {key!r}", name=name, key=key), True)
        if mode.window and not mode.every and "every" not in missing:
            yield Finding((*path, "window"), "E342", say("a window is the data of a period; say `every` which"))
        for key in sorted(mode.model_fields_set - MODE_USES[name] - {"label", "like"}):
            if key != "window" or mode.every:
                yield Finding((*path, key), "W412", say("{key!r} has no effect in {name!r}", key=key, name=name), True)
        for place, period in enumerate(mode.every):
            if period in mode.every[:place]:
                yield Finding(
                    (*path, "every", place), "W412", say("{period!r} stands before it already", period=period)
                )
        if name in STANDING:
            yield from _year_end(path, name, definition)
        if name == "on_event":
            yield from _nil_return((*path, "nil_return_in"), mode, definition)


def _year_end(path: Path, name: str, definition: Definition) -> Iterator[Finding]:
    mode = definition.undated_items[name]
    for key in ("then", "review"):
        if key in mode.model_fields_set and not mode.until:
            yield Finding((*path, key), "W412", say("{key!r} has no effect without until: year_end", key=key), True)


def _nil_return(path: Path, mode: UndatedMode, definition: Definition) -> Iterator[Finding]:
    answers, modes = mode.nil_return_in, definition.undated_items
    if answers is None:
        return
    if answers not in modes:
        hint = meant(answers, modes) or say("; there is {modes}", modes=list(modes))
        yield Finding(path, "E304", say("mode {answers!r} is not in undated_items{hint}", answers=answers, hint=hint))
    elif answers != "periodic":
        yield Finding(
            path, "E304", say("a nil return is made with a periodic report, and {answers!r} is none", answers=answers)
        )
    elif not modes[answers].one_report_per_office:
        message = say(
            "nil_return_in has no effect: {answers!r} is not one_report_per_office, so there is no form to make it in",
            answers=answers,
        )
        yield Finding(path, "W412", message, True)


def _ladder(definition: Definition) -> Iterator[Finding]:
    """E351, E352, W421 to W424, W426: rungs rise, repeats have an interval, and somebody can hold them."""
    ladder = definition.ladder
    yield from _rungs(("ladder", "rungs"), ladder.rungs)
    for place, rung in enumerate(ladder.rungs):
        yield from _too_early(("ladder", "rungs", place, "at"), rung.at, definition)
    if ladder.rungs and all(rung.at.event == "due" and rung.at.count < 0 for rung in ladder.rungs):
        message = say("every rung is before the date, so nobody hears that it was missed; add one at due or after it")
        yield Finding(("ladder", "rungs"), "W426", message, True)
    if definition.giver_ladder:
        yield from _giver_ladder(definition)
    if not ladder.acknowledged and any(rung.repeat_every and rung.times > 1 for rung in ladder.rungs):
        message = say("a rung repeats and nothing holds it; add acknowledged: {{holds_next_rung: 5 working days}}")
        yield Finding(("ladder",), "W423", message, True)
    if ladder.acknowledged and not ladder.acknowledged.holds_next_rung.count:
        yield Finding(("ladder", "acknowledged", "holds_next_rung"), "E352", say("it holds the next rung for no time"))


def _rungs(where: Path, rungs: tuple[Rung, ...]) -> Iterator[Finding]:
    for place, rung in enumerate(rungs):
        path: Path = (*where, place)
        if rung.times > 1 and rung.repeat_every is None:
            yield Finding(
                (*path, "times"), "E351", say("{times} times, but how far apart? add repeat_every", times=rung.times)
            )
        if rung.repeat_every and not rung.repeat_every.count:
            yield Finding((*path, "repeat_every"), "E352", say("repeats have to be some time apart"))
        elif rung.repeat_every and rung.times == 1:
            message = say("repeat_every has no effect with one time; add times, 2 or more")
            yield Finding((*path, "repeat_every"), "W422", message)
        if place and not _rises(rungs[place - 1].at, rung.at):
            message = say(
                "'{at}' is not later than '{before}', the rung before it", at=rung.at, before=rungs[place - 1].at
            )
            yield Finding((*path, "at"), "W421", message)


def _giver_ladder(definition: Definition) -> Iterator[Finding]:
    """W403, W427: the giver's ladder has a day to count from, and does not end while the giver is silent."""
    rungs = definition.rungs_of("giver")
    yield from _rungs(("giver_ladder", "rungs"), rungs)
    extension = definition.extension
    if not definition.deadlines.confirm and not (extension and extension.rules.decide):
        message = say(
            "this ladder never starts: neither deadlines.confirm nor extension.rules.decide says when to answer"
        )
        yield Finding(("giver_ladder",), "W403", message, True)
    if not rungs[-1].repeat_every:
        message = say("a giver who stays silent is forgotten after the last rung; let it repeat: repeat_every, times")
        yield Finding(("giver_ladder", "rungs", len(rungs) - 1), "W427", message)


def _too_early(path: Path, at: TimeRule, definition: Definition) -> Iterator[Finding]:
    """A reminder from before the work was given is never told, so a long one is lost on short work."""
    for _, rule, known in _times(definition):
        begins = set(_START) <= set(known) and rule.event in _START
        if not begins or at.event != "due" or at.count >= 0:
            continue
        same = at.unit == rule.unit
        if -at.count >= rule.count if same else -days_of(at)[1] >= days_of(rule)[1]:
            message = say(
                "'{at}' is before the work begins where the date is '{rule}'; it is never told there", at=at, rule=rule
            )
            yield Finding(path, "W424", message)


def _rises(before: TimeRule, after: TimeRule) -> bool:
    """Can the second time be later than the first? Where units differ, working days are a range of days."""
    if before.event != after.event:
        return True  # E335 has said so
    if before.unit == after.unit:
        return before.count < after.count
    return days_of(before)[0] < days_of(after)[1]


def days_of(rule: TimeRule) -> tuple[float, float]:
    """The fewest and most days that a time lies after its event, holidays left out; negative before it."""
    count = abs(rule.count)
    fewest: float = count / 24 if rule.unit == "hour" else count
    most = fewest + 2 * ceil(count / 5) if rule.unit == "working day" else fewest
    return (fewest, most) if rule.count >= 0 else (-most, -fewest)


def _quiet(definition: Definition) -> Iterator[Finding]:
    """E353, W412, W425: quiet hours begin and end, hold something, and let a reminder through before its date."""
    ladder, path = definition.ladder, ("ladder", "quiet_hours")
    quiet = ladder.quiet_hours
    if quiet is None:
        return
    if quiet.from_ == quiet.to:
        message = say(
            "from {start} to {end} is no time or the whole day; write two hours",
            start=f"{quiet.from_:%H:%M}",
            end=f"{quiet.to:%H:%M}",
        )
        yield Finding((*path, "to"), "E353", message)
    if not ladder.rungs:
        yield Finding(path, "W412", say("quiet_hours has no effect: the ladder has no rung"), True)
    for place, rung in enumerate(ladder.rungs):
        if rung.at.unit == "hour" and rung.at.count < 0 and rung.at.event == "due":
            message = say("'{at}' may lie in quiet hours, and be told only after the date", at=rung.at)
            yield Finding(("ladder", "rungs", place, "at"), "W425", message)


TIME_CHECKS: tuple[Callable[[Definition], Iterator[Finding]], ...] = (_events, _due_table, _modes, _ladder, _quiet)
