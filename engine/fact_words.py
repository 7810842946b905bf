"""What a fact says happened, in one sentence: a line for each kind of fact."""

from collections.abc import Callable
from typing import Any

from engine.deed_words import administered_words, seal_key_set_words
from engine.wording import day_words, moment_words, short
from engine.work_words import (
    acknowledged_words,
    acted_words,
    amended_words,
    and_told,
    assigned_words,
    attached_words,
    calendar_followed_words,
    due_set_words,
    event_day_words,
    issued_words,
    linked_words,
    moved_words,
    offer_answered_words,
    recorded_words,
    refused_words,
    renewal_due_words,
    requested_words,
    returned_words,
    review_words,
    rung_reached_words,
)
from workflows import facts as f
from workflows.causes import cause_words
from workflows.text import say


def fact_words(fact: f.Fact) -> str:
    """What a fact says happened."""
    return _WORDS[type(fact)](fact)


_WORDS: dict[type[Any], Callable[[Any], str]] = {
    f.CascadeOpened: lambda fact: say(
        "opened this cascade under {workflow}, calendar {calendar}", workflow=fact.workflow, calendar=fact.calendar
    ),
    f.Issued: issued_words,
    f.DirectiveMoved: moved_words,
    f.Assigned: assigned_words,
    f.Acted: acted_words,
    f.DueSet: due_set_words,
    f.ExtensionRequested: requested_words,
    f.ExtensionGranted: lambda fact: say("granted {day}{told}", day=day_words(fact.until), told=and_told(fact)),
    f.ExtensionRefused: refused_words,
    f.ReceiptMissed: lambda fact: say(
        "not received by {moment}{told}", moment=moment_words(fact.by), told=and_told(fact)
    ),
    f.DeadlineMissed: lambda fact: say("MISSED its date, {day}", day=day_words(fact.due_at)),
    f.AnswerMissed: lambda fact: say(
        "no answer ({about}) by {moment}{told}", about=fact.about, moment=moment_words(fact.by), told=and_told(fact)
    ),
    f.RungReached: rung_reached_words,
    f.TaskRecorded: recorded_words,
    f.OfficerNamed: lambda fact: say(
        "the officer is {officer}{told}", officer=short(fact.officer, 80), told=and_told(fact)
    ),
    f.PeriodOpened: lambda fact: say("opened {period} as obligation {number}", period=fact.period, number=fact.opened),
    f.Returned: returned_words,
    f.ReviewDue: review_words,
    f.CarriedOver: lambda fact: say(
        "carried over: stands until {day}{told}", day=day_words(fact.until), told=and_told(fact)
    ),
    f.RenewalDue: renewal_due_words,
    f.RenewalRefused: lambda fact: say(
        "the next year was not opened: {because}; tried again {moment}{told}",
        because=short(fact.because),
        moment=moment_words(fact.retry_at),
        told=and_told(fact),
    ),
    f.Continued: lambda fact: say(
        "continued by cascade {cascade} under {symbol}{told}",
        cascade=fact.by_cascade,
        symbol=fact.symbol,
        told=and_told(fact),
    ),
    f.Acknowledged: acknowledged_words,
    f.Joined: lambda fact: say("everything below is done: it can be reported upward{told}", told=and_told(fact)),
    f.Unjoined: lambda fact: say("work below it is open again"),
    f.Incident: lambda fact: say(
        "INCIDENT {error}; tried again {moment}", error=short(fact.error), moment=moment_words(fact.retry_at)
    ),
    f.IncidentRetried: lambda fact: say("to be tried again at once: {reason}", reason=short(fact.reason)),
    f.IncidentResolved: lambda fact: say(
        "seen to by hand ({clocks} count as run out): {reason}", clocks=list(fact.keys), reason=short(fact.reason)
    ),
    f.CalendarFollowed: calendar_followed_words,
    f.Administered: administered_words,
    f.SealKeySet: seal_key_set_words,
    f.ExtensionCountered: lambda fact: say(
        "proposes {day} instead: {reason}", day=day_words(fact.until), reason=fact.reason
    ),
    f.ExtensionWithdrawn: lambda fact: say("no longer asks for {day}", day=day_words(fact.until)),
    f.ItemAmended: amended_words,
    f.EventDaySet: event_day_words,
    f.EventAsked: lambda fact: say(
        "on which day is it: {event}? asked for the {times}. time{told}",
        event=fact.event,
        times=fact.times,
        told=and_told(fact),
    ),
    f.Repointed: lambda fact: say(
        "goes on under directive {directive}, item {item}", directive=fact.directive, item=fact.item
    ),
    f.Kept: lambda fact: say("goes on for the sake of {basis} ({why})", basis=fact.basis, why=cause_words(fact.cause)),
    f.Attached: attached_words,
    f.Linked: linked_words,
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
    f.OfferAnswered: offer_answered_words,
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
