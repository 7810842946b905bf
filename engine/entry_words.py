"""An entry of the journal as one readable line: what happened, in words."""

from collections.abc import Callable
from typing import Any

from engine.labels import labelled
from engine.wording import PART_WORDS, day_words, moment_words, short, state_words, task_words, told_words
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import last_day
from workflows.causes import Cause, cause_words
from workflows.decimals import spoken
from workflows.definition import Definition
from workflows.errors import NotFound
from workflows.fields import show_day
from workflows.figures import missing_words
from workflows.obligation import Figure, Obligation
from workflows.text import Text, joined, mark, say, say_count
from workflows.words import POLICIES, ROLES
from workflows.workflow import Workflows


def what(entry: Entry, workflows: Workflows | None = None) -> str:
    """What an entry says happened. One that cannot be read says so, and never raises. With `workflows` actions and states
    have the labels of the version it was done under; without, their names."""
    try:
        fact = entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):
        return say("{kind}: this entry cannot be read; cascade journal verify says more", kind=entry.kind)
    if workflows and isinstance(fact, f.Acted):
        try:
            return _acted(fact, workflows.get(entry.data["workflow"]).definition)
        except (KeyError, NotFound):  # one of an unknown version has its names
            pass
    return fact_words(fact)


def fact_words(fact: f.Fact) -> str:
    """What a fact says happened."""
    return _WORDS[type(fact)](fact)


def who(entry: Entry) -> str:
    """Who did it: an office and role, with the deputy who acted for it, or time, or whoever installed."""
    if entry.role not in ROLES:
        return entry.role
    deputy = _by(entry).get("deputy")
    return f"{entry.office}/{entry.role}" + (f" ({deputy})" if deputy else "")


def on_behalf(entry: Entry) -> str:
    """Both names where a deputy acted; empty otherwise."""
    by = _by(entry)
    if not by.get("deputy"):
        return ""
    holder, own = by.get("person"), by.get("deputy_person") or by["deputy"]
    return say("{own} for {holder}", own=own, holder=holder) if holder else say("{own}, the seat being vacant", own=own)


def _by(entry: Entry) -> dict[str, Any]:
    """Who asked, as the body says; nothing where the body cannot be read."""
    try:
        found = entry.data["by"]
    except (KeyError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def person(entry: Entry) -> str:
    """Who held the seat then, by the name in the directory; the account's name where an administrator acted; or empty."""
    found = _by(entry).get("person")
    return found if isinstance(found, str) else ""


def late(entry: Entry) -> str:
    """Says when it happened where it was recorded on a later day; empty otherwise."""
    on = last_day(entry.happened_at)
    return say("recorded late, of {day}", day=show_day(on)) if on < last_day(entry.recorded_at) else ""


def days_late(entry: Entry) -> int:
    """How many days later than it happened it was recorded; 0 where that was the same day."""
    return (last_day(entry.recorded_at) - last_day(entry.happened_at)).days


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry as JSON shows it; `body` is None where it cannot be read."""
    try:
        body: Any = entry.data
    except ValueError:
        body = None
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "obligation": entry.obligation,
        "directive": entry.directive,
        "office": entry.office,
        "role": entry.role,
        "by": who(entry),
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "recorded_late": bool(late(entry)),
        "says": what(entry),
        "hash": entry.hash,
        "body": body,
    }


def _told(fact: Any) -> str:
    return joined(["", told_words(fact.told)], " -> ") if fact.told else ""


def _because(cause: Cause | str | None) -> str:
    return say(" ({cause})", cause=cause_words(cause)) if cause else ""


def _followed(fact: f.CalendarFollowed) -> str:
    said = say("goes by calendar {after} from now on, not {before}", before=fact.before, after=fact.after)
    said = say("{said}, by {document}", said=said, document=fact.document) if fact.document else said
    return say("{said}: {reason}", said=said, reason=short(fact.reason, 90)) if fact.reason else said


def _issued(fact: f.Issued) -> str:
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


def _moved(fact: f.DirectiveMoved) -> str:
    by = say(" by {document}", document=fact.document) if fact.document else ""
    step = say(_STEPS[fact.step], number=fact.directive) if fact.step in _STEPS else f"{fact.step} {fact.directive}"
    return say("{step}: {before} -> {after}{by}", step=step, before=fact.before, after=fact.after, by=by)


def _assigned(fact: f.Assigned) -> str:
    one = fact.obligation
    period = say(" for {period}", period=one.period) if one.period else ""
    due = _due_words(one)
    return say(
        "assigned to {holder} as {part}{period}{due}{because}",
        holder=one.holder,
        part=PART_WORDS.get(one.part, one.part),
        period=period,
        due=due,
        because=_because(fact.cause),
    )


def _due_words(one: Obligation) -> str:
    if one.waits_for:
        return say(", its date waits for: {event}", event=one.waits_for)
    if one.planned_for:
        return say(", planned for {day}", day=day_words(one.planned_for))
    return say(", due {day}", day=day_words(one.due_at)) if one.due_at else say(", no date")


def _event_day(fact: f.EventDaySet) -> str:
    day, item = show_day(fact.event_on), fact.item
    if not fact.before:
        return say("the day of {event} is {day} (item {item})", event=fact.event, day=day, item=item)
    before = show_day(fact.before)
    said = say("the day of {event} is {day} now, not {before} (item {item})",
               event=fact.event, day=day, before=before, item=item)  # fmt: skip
    return say("{said}: {reason}", said=said, reason=fact.reason) if fact.reason else said


def _acted(fact: f.Acted, definition: Definition | None = None) -> str:
    given = "; ".join(f"{name} {short(value, 60)}" for name, value in fact.fields)
    action, before, after = fact.action, fact.before, fact.after
    if definition:
        action = _action_words(definition, action)
        before, after = state_words(definition, before), state_words(definition, after)
    said = f"{action}: {before} -> {after}" if fact.after != fact.before else action
    totals = [say("; {figure}", figure=_figure(one)) for one in fact.figures if one.of]
    return joined([f"{said}{f' [{given}]' if given else ''}", *totals, _because(fact.cause), _told(fact)], "")


def _action_words(definition: Definition, name: str) -> str:
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


def _requested(fact: f.ExtensionRequested) -> str:
    reason, until = short(fact.request.reason, 80), day_words(fact.request.until)
    return say("asks for {day}: {reason}{told}", day=until, reason=reason, told=_told(fact))


def _refused(fact: f.ExtensionRefused) -> str:
    reason, until = short(fact.reason, 80), day_words(fact.until)
    return say("refused {day}: {reason}{told}", day=until, reason=reason, told=_told(fact))


def _rung(fact: f.RungReached) -> str:
    again = say(" (time {number})", number=fact.occurrence) if fact.occurrence > 1 else ""
    skipped = say("; passed over while it was not told: {rungs}", rungs=list(fact.skipped)) if fact.skipped else ""
    later = say(" at {moment}", moment=moment_words(fact.tell_at)) if fact.tell_at else ""
    tasks = joined([say("; task {id}: {task}", id=one.id, task=task_words(one)) for one in fact.tasks], "")
    return say(
        "rung {number}, {label}{again}{told}{later}{skipped}{tasks}",
        number=fact.rung,
        label=fact.label,
        again=again,
        told=_told(fact),
        later=later,
        skipped=skipped,
        tasks=tasks,
    )


def _recorded(fact: f.TaskRecorded) -> str:
    said = say("task {task} ({kind}) done on {day}", task=fact.task, kind=fact.kind, day=show_day(fact.done_on))
    if fact.document:
        said = say("{said} by {document}", said=said, document=fact.document)
    return say("{said}: {note}", said=said, note=short(fact.note, 80))


def _acknowledged(fact: f.Acknowledged) -> str:
    if not fact.held_until:
        return say("acknowledged rung {number}", number=fact.rung)
    held = moment_words(fact.held_until)
    return say("acknowledged rung {number}: the next rung waits until {moment}", number=fact.rung, moment=held)


def _amended(fact: f.ItemAmended) -> str:
    changed = [day_words(fact.due_at)] if fact.due_at else []
    changed += [short(fact.text, 60)] if fact.text else []
    return say("item {item} amended by {document}: {changed}", item=fact.item, document=fact.document, changed=changed)


def _linked(fact: f.Linked) -> str:
    basis = fact.basis
    if not basis.cascade:
        return say("item {item} rests on {symbol} ({kind})", item=fact.item, symbol=basis.symbol, kind=basis.kind)
    return say(
        "item {item} rests on {symbol} ({kind}), which is obligation {key}",
        item=fact.item, symbol=basis.symbol, kind=basis.kind, key=f"{basis.cascade}/{basis.obligation}",
    )  # fmt: skip


def _offer_answered(fact: f.OfferAnswered) -> str:
    if fact.taken:
        return say("the report offered as {key} answers it too", key=fact.key)
    return say("the report offered as {key} is no answer here: {reason}", key=fact.key, reason=fact.reason)


def _returned(fact: f.Returned) -> str:
    by = say(" ({form})", form=fact.form) if fact.form else ""
    return say_count(
        "return for {period}: {count} event{by}",
        "return for {period}: {count} events{by}",
        fact.events,
        period=fact.period,
        by=by,
    )


def _review(fact: f.ReviewDue) -> str:
    said = say("stands until {day}, then {then}", day=day_words(fact.until), then=say(POLICIES[fact.then]))
    if fact.follows:
        said = say("{said}; it follows {documents}", said=said, documents=fact.follows)
    return say("{said}{told}", said=said, told=_told(fact))


def _renewal_due(fact: f.RenewalDue) -> str:
    if fact.again_at is None:
        return say("its next year opens by itself{told}", told=_told(fact))
    return say("the document of its next year is due; asked again on {day} where none is issued{told}",
               day=show_day(last_day(fact.again_at)), told=_told(fact))  # fmt: skip


def _administered(fact: f.Administered) -> str:
    told = (one for one in fact.details if one[0] not in _TOLD_ALREADY)
    details = joined((_detail(name, value) for name, value in told), "; ")
    kind, _, name = fact.subject.partition(" ")
    subject = say(_SUBJECTS[kind], name=name) if name and kind in _SUBJECTS else fact.subject
    about = joined([subject, say("[{details}]", details=details)], " ") if details else subject
    return say(_DEEDS[fact.what], subject=about) if fact.what in _DEEDS else f"{fact.what} {about}"


def _seal_key_set(fact: f.SealKeySet) -> str:
    if fact.signed_by is None and fact.key == 1:
        return say("seals are signed with key {number} from now on: {public}", number=fact.key, public=fact.public_key)
    if fact.signed_by is None:
        return say("seals are signed with key {number} from now on, which NO key before it has signed: {public}",
                   number=fact.key, public=fact.public_key)  # fmt: skip
    return say("seals are signed with key {number} from now on, signed by key {before}: {public}", number=fact.key,
               before=fact.signed_by, public=fact.public_key)  # fmt: skip


def _detail(name: str, value: str) -> Text:
    if name == "reach" and value in _REACHES:
        return say(_REACHES[value])
    said = short(value, 16 if name in ("digest", "sha256") else 90)
    return say(_DETAILS[name], value=said) if name in _DETAILS else joined([name, said], " ")


_SUBJECTS = {
    "account": mark("account {name}"),
    "workflow": mark("workflow {name}"),
    "calendar": mark("calendar {name}"),
    "office": mark("office {name}"),
    "webhook": mark("webhook {name}"),
}
_REACHES = {"all": mark("also for what runs"), "new": mark("for new cascades alone")}
_DETAILS = {
    "seat": mark("seat {value}"),
    "role": mark("role {value}"),
    "shown": mark("shown {value}"),
    "author": mark("author {value}"),
    "publisher": mark("publisher {value}"),
    "warnings": mark("warnings {value}"),
    "why": mark("why {value}"),
    "basis": mark("basis {value}"),
    "digest": mark("digest {value}"),
    "count": mark("count {value}"),
    "token": mark("token {value}"),
    "called": mark("called {value}"),
    "scope": mark("scope {value}"),
    "schema": mark("schema {value}"),
    "url": mark("url {value}"),
    "kind": mark("kind {value}"),
    "user": mark("user {value}"),
    "node": mark("node {value}"),
    "size": mark("{value} bytes"),
    "entries": mark("{value} entries"),
    "seconds": mark("{value} s"),
    "made": mark("made {value}"),
    "database": mark("of {value}"),
    "later_seals": mark("without the seals {value}, which lie outside"),
    "outcome": mark("outcome: {value}"),
    "fault": mark("fault: {value}"),
    "deputy": mark("deputy {value}"),
    "absence": mark("absence {value}"),
    "email": mark("e-mail {value}"),
    "phone": mark("telephone {value}"),
    "ended": mark("ended {value}"),
    "how": mark("by {value}"),
}


def _due_set(fact: f.DueSet) -> str:
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
_DEEDS = {
    "created": mark("created {subject}"),
    "upgraded": mark("upgraded {subject}"),
    "copied": mark("copied everything here from {subject}"),
    "backed_up": mark("made the backup {subject}"),
    "drilled": mark("tried the backup {subject}"),
    "restored": mark("restored everything here from the backup {subject}"),
    "imported": mark("imported {subject}"),
    "added": mark("added {subject}"),
    "changed": mark("changed {subject}"),
    "published": mark("published {subject}"),
    "retired": mark("retired {subject}"),
    "unretired": mark("took back into use {subject}"),
    "settled": mark("settled {subject}"),
    "given": mark("gave to {subject}"),
    "taken": mark("took from {subject}"),
    "disabled": mark("disabled {subject}"),
    "enabled": mark("enabled {subject}"),
    "unlocked": mark("unlocked {subject}"),
    "reset": mark("reset the password of {subject}"),
    "revoked": mark("revoked a {subject}"),
    "subscribed": mark("subscribed {subject}"),
    "unsubscribed": mark("unsubscribed {subject}"),
}
# By the subject, and by who did it; and what only a rebuilding of the directory needs.
_TOLD_ALREADY = ("name", "version", "publisher", "was", "new", "order")
_WORDS: dict[type[Any], Callable[[Any], str]] = {
    f.CascadeOpened: lambda fact: say(
        "opened this cascade under {workflow}, calendar {calendar}", workflow=fact.workflow, calendar=fact.calendar
    ),
    f.Issued: _issued,
    f.DirectiveMoved: _moved,
    f.Assigned: _assigned,
    f.Acted: _acted,
    f.DueSet: _due_set,
    f.ExtensionRequested: _requested,
    f.ExtensionGranted: lambda fact: say("granted {day}{told}", day=day_words(fact.until), told=_told(fact)),
    f.ExtensionRefused: _refused,
    f.ReceiptMissed: lambda fact: say("not received by {moment}{told}", moment=moment_words(fact.by), told=_told(fact)),
    f.DeadlineMissed: lambda fact: say("MISSED its date, {day}", day=day_words(fact.due_at)),
    f.AnswerMissed: lambda fact: say(
        "no answer ({about}) by {moment}{told}", about=fact.about, moment=moment_words(fact.by), told=_told(fact)
    ),
    f.RungReached: _rung,
    f.TaskRecorded: _recorded,
    f.OfficerNamed: lambda fact: say(
        "the officer is {officer}{told}", officer=short(fact.officer, 80), told=_told(fact)
    ),
    f.PeriodOpened: lambda fact: say("opened {period} as obligation {number}", period=fact.period, number=fact.opened),
    f.Returned: _returned,
    f.ReviewDue: _review,
    f.CarriedOver: lambda fact: say(
        "carried over: stands until {day}{told}", day=day_words(fact.until), told=_told(fact)
    ),
    f.RenewalDue: _renewal_due,
    f.RenewalRefused: lambda fact: say(
        "the next year was not opened: {because}; tried again {moment}{told}",
        because=short(fact.because),
        moment=moment_words(fact.retry_at),
        told=_told(fact),
    ),
    f.Continued: lambda fact: say(
        "continued by cascade {cascade} under {symbol}{told}",
        cascade=fact.by_cascade,
        symbol=fact.symbol,
        told=_told(fact),
    ),
    f.Acknowledged: _acknowledged,
    f.Joined: lambda fact: say("everything below is done: it can be reported upward{told}", told=_told(fact)),
    f.Unjoined: lambda fact: say("work below it is open again"),
    f.Incident: lambda fact: say(
        "INCIDENT {error}; tried again {moment}", error=short(fact.error), moment=moment_words(fact.retry_at)
    ),
    f.IncidentRetried: lambda fact: say("to be tried again at once: {reason}", reason=short(fact.reason)),
    f.IncidentResolved: lambda fact: say(
        "seen to by hand ({clocks} count as run out): {reason}", clocks=list(fact.keys), reason=short(fact.reason)
    ),
    f.CalendarFollowed: _followed,
    f.Administered: _administered,
    f.SealKeySet: _seal_key_set,
    f.ExtensionCountered: lambda fact: say(
        "proposes {day} instead: {reason}", day=day_words(fact.until), reason=fact.reason
    ),
    f.ExtensionWithdrawn: lambda fact: say("no longer asks for {day}", day=day_words(fact.until)),
    f.ItemAmended: _amended,
    f.EventDaySet: _event_day,
    f.EventAsked: lambda fact: say(
        "on which day is it: {event}? asked for the {times}. time{told}",
        event=fact.event,
        times=fact.times,
        told=_told(fact),
    ),
    f.Repointed: lambda fact: say(
        "goes on under directive {directive}, item {item}", directive=fact.directive, item=fact.item
    ),
    f.Kept: lambda fact: say("goes on for the sake of {basis} ({why})", basis=fact.basis, why=cause_words(fact.cause)),
    f.Linked: _linked,
    f.BasisEnded: lambda fact: say(
        "item {item}: {symbol}, which it rests on, was revoked by {document}",
        item=fact.item,
        symbol=fact.symbol,
        document=fact.document,
    ),
    f.Urged: lambda fact: say("urged by {document}", document=fact.document),
    f.ReportOffered: lambda fact: say(
        "its report {symbol} is offered to obligation {key}",
        symbol=fact.offer.symbol,
        key=f"{fact.to_cascade}/{fact.to_obligation}",
    ),
    f.Offered: lambda fact: say(
        "report {symbol} of {holder}, accepted under {about}, is offered to it as {key}",
        symbol=fact.offer.symbol,
        holder=fact.offer.holder,
        about=fact.offer.about,
        key=fact.offer.key,
    ),
    f.OfferAnswered: _offer_answered,
    f.Corrected: lambda fact: say(
        "corrects {field} of entry {seq}: {old} becomes {new} ({reason})",
        field=fact.field,
        seq=fact.seq,
        old=fact.old or say("nothing"),
        new=fact.new,
        reason=fact.reason,
    ),
}
assert set(_WORDS) == set(f.Fact.__args__)
