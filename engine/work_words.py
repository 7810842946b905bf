"""What happened to obligations and documents, each kind of fact as a sentence: those that need more than one line of code."""

from typing import Any

from engine.labels import labelled
from engine.wording import (
    PART_WORDS,
    day_words,
    moment_words,
    period_words,
    short,
    size_words,
    state_words,
    task_words,
    told_words,
)
from workflows import facts as f
from workflows.calendar import last_day
from workflows.causes import Cause, cause_words
from workflows.decimals import spoken
from workflows.definition import Definition
from workflows.fields import show_day
from workflows.figures import missing_words
from workflows.obligation import Figure, Obligation
from workflows.text import Text, joined, mark, say, say_count
from workflows.words import POLICIES


def and_told(fact: Any) -> str:
    return joined(["", told_words(fact.told)], " -> ") if fact.told else ""


def because_words(cause: Cause | str | None) -> str:
    return say(" ({cause})", cause=cause_words(cause)) if cause else ""


def calendar_followed_words(fact: f.CalendarFollowed) -> str:
    said = say("goes by calendar {after} from now on, not {before}", before=fact.before, after=fact.after)
    said = say("{said}, by {document}", said=said, document=fact.document) if fact.document else said
    return say("{said}: {reason}", said=said, reason=short(fact.reason, 90)) if fact.reason else said


def issued_words(fact: f.Issued) -> str:
    directive = fact.directive
    by = say(", recorded by {seat}", seat=directive.recorded_by) if directive.recorded_by else ""
    return say(
        "issued {symbol} of {day} by {issuer}: {items}{by}",
        symbol=directive.symbol,
        day=show_day(directive.issued_on),
        issuer=directive.issuer,
        items=say_count("{count} item", "{count} items", len(fact.items)),
        by=by,
    )


def moved_words(fact: f.DirectiveMoved) -> str:
    by = say(" by {document}", document=fact.document) if fact.document else ""
    step = say(_STEPS[fact.step], number=fact.directive) if fact.step in _STEPS else f"{fact.step} {fact.directive}"
    return say("{step}: {before} -> {after}{by}", step=step, before=fact.before, after=fact.after, by=by)


def assigned_words(fact: f.Assigned) -> str:
    one = fact.obligation
    period = say(" for {period}", period=period_words(one.period)) if one.period else ""
    due = _due_words(one)
    return say(
        "assigned to {holder} as {part}{period}{due}{because}",
        holder=one.holder,
        part=PART_WORDS.get(one.part, one.part),
        period=period,
        due=due,
        because=because_words(fact.cause),
    )


def _due_words(one: Obligation) -> str:
    if one.waits_for:
        return say(", its date waits for: {event}", event=one.waits_for)
    if one.planned_for:
        return say(", planned for {day}", day=day_words(one.planned_for))
    return say(", due {day}", day=day_words(one.due_at)) if one.due_at else say(", no date")


def event_day_words(fact: f.EventDaySet) -> str:
    day, item = show_day(fact.event_on), fact.item
    if not fact.before:
        return say("the day of {event} is {day} (item {item})", event=fact.event, day=day, item=item)
    before = show_day(fact.before)
    said = say("the day of {event} is {day} now, not {before} (item {item})",
               event=fact.event, day=day, before=before, item=item)  # fmt: skip
    return say("{said}: {reason}", said=said, reason=fact.reason) if fact.reason else said


def acted_words(fact: f.Acted, definition: Definition | None = None) -> str:
    given = "; ".join(f"{name} {short(value, 60)}" for name, value in fact.fields)
    action, before, after = fact.action, fact.before, fact.after
    if definition:
        action = action_words(definition, action)
        before, after = state_words(definition, before), state_words(definition, after)
    said = f"{action}: {before} -> {after}" if fact.after != fact.before else action
    totals = [say("; {figure}", figure=_figure(one)) for one in fact.figures if one.of]
    return joined([f"{said}{f' [{given}]' if given else ''}", *totals, because_words(fact.cause), and_told(fact)], "")


def action_words(definition: Definition, name: str) -> str:
    """An action by its label; its name where no machine has it, such as one that every workflow has."""
    found = next((one.actions[name] for one in definition.every_machine.values() if name in one.actions), None)
    return labelled(found.label, definition.english.actions.get(name)) if found else name


def _figure(figure: Figure) -> Text:
    """A total with what it is made of: `spent 31.5 from 2 of 3 below, missing: unit-3`."""
    said = say(
        "{name} {total} from {reported} of {of} below",
        name=figure.name,
        total=spoken(figure.total),
        reported=figure.of - len(figure.missing),
        of=figure.of,
    )
    return (
        say("{said}, missing: {missing}", said=said, missing=missing_words(figure.missing)) if figure.missing else said
    )


def requested_words(fact: f.ExtensionRequested) -> str:
    reason, until = short(fact.request.reason, 80), day_words(fact.request.until)
    return say("asks for {day}: {reason}{told}", day=until, reason=reason, told=and_told(fact))


def refused_words(fact: f.ExtensionRefused) -> str:
    reason, until = short(fact.reason, 80), day_words(fact.until)
    return say("refused {day}: {reason}{told}", day=until, reason=reason, told=and_told(fact))


def rung_reached_words(fact: f.RungReached) -> str:
    again = say(" (time {number})", number=fact.occurrence) if fact.occurrence > 1 else ""
    skipped = say("; passed over while it was not told: {rungs}", rungs=list(fact.skipped)) if fact.skipped else ""
    later = say(" at {moment}", moment=moment_words(fact.tell_at)) if fact.tell_at else ""
    tasks = joined([say("; task {id}: {task}", id=one.id, task=task_words(one)) for one in fact.tasks], "")
    return say(
        "rung {number}, {label}{again}{told}{later}{skipped}{tasks}",
        number=fact.rung,
        label=fact.label,
        again=again,
        told=and_told(fact),
        later=later,
        skipped=skipped,
        tasks=tasks,
    )


def recorded_words(fact: f.TaskRecorded) -> str:
    said = say("task {task} ({kind}) done on {day}", task=fact.task, kind=fact.kind, day=show_day(fact.done_on))
    if fact.document:
        said = say("{said} by {document}", said=said, document=fact.document)
    return say("{said}: {note}", said=said, note=short(fact.note, 80))


def acknowledged_words(fact: f.Acknowledged) -> str:
    if not fact.held_until:
        return say("acknowledged rung {number}", number=fact.rung)
    held = moment_words(fact.held_until)
    return say("acknowledged rung {number}: the next rung waits until {moment}", number=fact.rung, moment=held)


def amended_words(fact: f.ItemAmended) -> str:
    changed = [day_words(fact.due_at)] if fact.due_at else []
    changed += [short(fact.text, 60)] if fact.text else []
    return say("item {item} amended by {document}: {changed}", item=fact.item, document=fact.document, changed=changed)


def attached_words(fact: f.Attached) -> str:
    names = [say("{name} ({size})", name=one.name, size=size_words(one.size)) for one in fact.files]
    if fact.action:
        return say("files given with {action}: {names}", action=repr(fact.action), names=names)
    return say("files added: {names}", names=names)


def linked_words(fact: f.Linked) -> str:
    basis = fact.basis
    if not basis.cascade:
        return say("item {item} rests on {symbol} ({kind})", item=fact.item, symbol=basis.symbol, kind=basis.kind)
    return say(
        "item {item} rests on {symbol} ({kind}), which is obligation {key}",
        item=fact.item, symbol=basis.symbol, kind=basis.kind, key=f"{basis.cascade}/{basis.obligation}",
    )  # fmt: skip


def offer_answered_words(fact: f.OfferAnswered) -> str:
    if fact.taken:
        return say("the report offered as {key} answers it too", key=fact.key)
    return say("the report offered as {key} is no answer here: {reason}", key=fact.key, reason=fact.reason)


def returned_words(fact: f.Returned) -> str:
    by = say(" ({form})", form=fact.form) if fact.form else ""
    return say_count(
        "return for {period}: {count} event{by}",
        "return for {period}: {count} events{by}",
        fact.events,
        period=fact.period,
        by=by,
    )


def review_words(fact: f.ReviewDue) -> str:
    said = say("stands until {day}, then {then}", day=day_words(fact.until), then=say(POLICIES[fact.then]))
    if fact.follows:
        said = say("{said}; it follows {documents}", said=said, documents=fact.follows)
    return say("{said}{told}", said=said, told=and_told(fact))


def renewal_due_words(fact: f.RenewalDue) -> str:
    if fact.again_at is None:
        return say("its next year opens by itself{told}", told=and_told(fact))
    return say("the document of its next year is due; asked again on {day} where none is issued{told}",
               day=show_day(last_day(fact.again_at)), told=and_told(fact))  # fmt: skip


def due_set_words(fact: f.DueSet) -> str:
    cause = say(_DUE_CAUSES[fact.cause]) if fact.cause in _DUE_CAUSES else fact.cause
    if "planned" in fact.because.notes:
        return say("planned for {day} from now on ({cause})", day=day_words(fact.due_at), cause=cause)
    return say("due {day} from now on ({cause})", day=day_words(fact.due_at), cause=cause)


_DUE_CAUSES = {
    "receipt": mark("receipt"),
    "rest": mark("rest"),
    "extension": mark("extension"),
    "amended": mark("amended"),
    "replaced": mark("its document was replaced"),
    "above": mark("held to the date above"),
    "event": mark("the day of the event"),
    "calendar": mark("the calendar has changed"),
}
_STEPS = {"revoke": mark("revoke directive {number}"), "replace": mark("replace directive {number}")}
